"""What tasks share: the day they look at, and how they time a part of themselves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

AS_OF = date(2026, 11, 16)
Parts = dict[str, float]


@contextmanager
def timed(parts: Parts, name: str) -> Iterator[None]:
    """Adds the seconds of a block to ``parts``."""
    start = time.perf_counter()
    yield
    parts[name] = time.perf_counter() - start


class Stages:
    """The ``progress`` of a long function: seconds up to the last word about each stage."""

    def __init__(self) -> None:
        self.seconds: Parts = {}
        self._last = time.perf_counter()

    def __call__(self, stage: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
