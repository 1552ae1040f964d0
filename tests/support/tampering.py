"""Changes of the trail by somebody who may do everything in the database, but has no key."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from domain.calendar import SEOUL
from domain.people import NOBODY
from store.database import Database
from store.trail import Line, append
from tests.support.postgres import Cluster

START_AT = datetime(2026, 11, 16, 9, 0, tzinfo=SEOUL)
Admin = Callable[..., None]


def admin_of(database: Database, request: pytest.FixtureRequest) -> Admin:
    """Runs statements past every right and every policy, all in one transaction."""
    if database.is_sqlite:

        def run(*statements: str) -> None:
            with database.writers.connect() as connection:
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                for statement in statements:
                    connection.exec_driver_sql(statement)
                connection.commit()
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")

        return run
    cluster: Cluster = request.getfixturevalue("postgres")
    name = database.engine.url.database
    assert name
    return lambda *statements: cluster.run(*statements, database=name)


def a_line(number: int, **changes: object) -> Line:
    """A look at one household, a second after the one before."""
    values: dict[str, object] = {
        "at": START_AT + timedelta(seconds=number),
        "actor": f"worker{number % 3}",
        "origin": "10.0.0.7",
        "act": "household.look",
        "subjects": (f"ref{number:019d}",),
        "detail": {"page": "household", "number": number},
    }
    return Line(**(values | changes))  # type: ignore[arg-type]


def write_lines(database: Database, numbers: Sequence[int]) -> None:
    """One transaction for each line, as a service writes them."""
    for number in numbers:
        with database.writing(NOBODY) as connection:
            append(connection, a_line(number))
