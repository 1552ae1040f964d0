"""Whether others can write while something slow runs."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest

from domain.people import ALL
from store.database import Database


def writes_beside(monkeypatch: pytest.MonkeyPatch, place: str, database: Database) -> list[bool]:
    """Each time the function at ``place`` is called: whether another thread could write meanwhile."""
    module, _, name = place.rpartition(".")
    slow: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)
    could: list[bool] = []

    def write() -> None:
        with database.writing(ALL):
            pass

    def watched(*given: Any, **named: Any) -> Any:
        other = Thread(target=write, daemon=True)
        other.start()
        other.join(timeout=1)
        could.append(not other.is_alive())
        return slow(*given, **named)

    monkeypatch.setattr(place, watched)
    return could
