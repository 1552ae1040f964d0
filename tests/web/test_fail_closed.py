"""What cannot be recorded is neither shown nor done, whatever it is that fails; and all goes on once it is mended."""

import io
import resource
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from domain.people import ALL
from serving.logs import configure_logs
from store import tables
from store.database import Database
from store.recorder import Recorder
from store.schema import APP_ROLE
from tests.support.made_service import client_of
from tests.support.made_store import PASSWORD
from tests.support.matrix import Cell, World, make_world, said, undone
from tests.support.matrix_rows import ROWS
from tests.support.postgres import Cluster

OWN = "4128151000"
LOGINS = ("dong-4128151000", "hub-41281", "auditor")
SIGNING = ("/login", "/logout", "/password", "/oidc", "/oidc/callback")
KEPT = (tables.contacts, tables.notes, tables.assignments, tables.handovers, tables.requests, tables.capacities,
        tables.sessions,
        tables.trail, tables.idempotency)  # fmt: skip


@pytest.fixture
def world(any_database: Database) -> Iterator[World]:
    configure_logs(io.StringIO())
    found = make_world(any_database)
    yield found
    found.close()


# --- ways to fail -----------------------------------------------------------------------------------------------------


@contextmanager
def refused_by_the_database(world: World, cluster: Cluster | None) -> Iterator[None]:
    """No line can be added: the right to is gone, or a trigger says no."""
    database = world.made.database
    if cluster:
        name = str(database.engine.url.database)
        cluster.run(f"REVOKE INSERT ON trail FROM {APP_ROLE}", database=name)
        yield
        cluster.run(f"GRANT INSERT ON trail TO {APP_ROLE}", database=name)
        return
    with database.writing(ALL) as connection:
        connection.execute(text("CREATE TRIGGER no BEFORE INSERT ON trail BEGIN SELECT RAISE(ABORT, 'no'); END"))
    yield
    with database.writing(ALL) as connection:
        connection.execute(text("DROP TRIGGER no"))


@contextmanager
def every_writer(database: Database, setting: str) -> Iterator[None]:
    with ExitStack() as held:
        for connection in [held.enter_context(database.writers.connect()) for _ in range(database.writers.pool.size())]:
            connection.exec_driver_sql(setting)
    yield


@contextmanager
def read_only(world: World, cluster: Cluster | None) -> Iterator[None]:
    """The file, or the whole database, takes no writes."""
    database = world.made.database
    if cluster:
        name = str(database.engine.url.database)
        cluster.run(f"ALTER ROLE {APP_ROLE} IN DATABASE {name} SET default_transaction_read_only = on")
        database.writers.dispose()
        yield
        cluster.run(f"ALTER ROLE {APP_ROLE} IN DATABASE {name} RESET default_transaction_read_only")
        database.writers.dispose()
        return
    with every_writer(database, "PRAGMA query_only = ON"):
        yield
    with every_writer(database, "PRAGMA query_only = OFF"):
        pass


@contextmanager
def full(world: World, cluster: Cluster | None) -> Iterator[None]:
    """No file may grow: of SQLite, which writes with our own hands. PostgreSQL's server is another process."""
    if cluster:
        pytest.skip("a full disk is tried on SQLite")
    with world.made.database.writing(ALL) as connection:
        where = Path(connection.exec_driver_sql("PRAGMA database_list").first()[2])
        connection.exec_driver_sql("CREATE TABLE ballast (x)")
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The log of changes would begin anew at its start; a reader's snapshot keeps it growing.
    with world.made.database.reading(ALL) as reader:
        reader.exec_driver_sql("SELECT count(*) FROM trail").scalar()
        resource.setrlimit(resource.RLIMIT_FSIZE, (where.with_name(f"{where.name}-wal").stat().st_size, kept[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, kept)


@contextmanager
def recorder_stopped(world: World, cluster: Cluster | None) -> Iterator[None]:
    """Looks are no longer written; acts write their own line, and are done."""
    recorder: Recorder = world.service.recorder
    recorder.__exit__(None, None, None)
    yield
    recorder.__enter__()


Failing = Callable[[World, Cluster | None], object]
FAILURES = {one.__name__: one for one in (refused_by_the_database, read_only, full, recorder_stopped)}


def asked(world: World) -> list[Cell]:
    return [
        Cell(world.askers[login], route, row, world.targets[OWN, row.place])
        for route, row in ROWS.items() for login in LOGINS
        if not isinstance(row.who, str) and world.askers[login].roles(row.who) and route[1] not in SIGNING
    ]  # fmt: skip


def shows(world: World, cell: Cell, told: str) -> bool:
    sent = cell.target.words["ref"]
    return any(word in told for house in world.made.houses for word in (*house.canaries, "○○") if word != sent)


def numbers(world: World) -> dict[str, int]:
    with world.made.database.reading(ALL) as connection:
        rows = {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in KEPT}
        return rows | {"versions": connection.scalar(select(func.sum(tables.cases.c.version))) or 0}


@pytest.mark.parametrize("failing", FAILURES)
def test_what_cannot_be_recorded_is_not_shown_and_not_done(
    failing: str, world: World, request: pytest.FixtureRequest
) -> None:
    cluster = None if world.made.database.is_sqlite else request.getfixturevalue("postgres")
    cells = asked(world)
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        well = world.ask(cells)
    must_fail = {
        number for number, (cell, answer) in enumerate(zip(cells, well, strict=True))
        if shows(world, cell, said(answer)) or (cell.route[0] != "GET" and answer.status_code in (201, 303))
        or (cell.route[0] == "PUT" and answer.status_code == 200)
    }  # fmt: skip
    if failing == "recorder_stopped":
        must_fail = {number for number in must_fail if cells[number].route[0] == "GET"}
    assert len(must_fail) > (12 if failing == "recorder_stopped" else 40)
    before = numbers(world)
    with FAILURES[failing](world, cluster):  # type: ignore[attr-defined]
        broken = world.ask(
            cells if failing != "recorder_stopped" else [cell for cell in cells if cell.route[0] == "GET"]
        )
        with_cells = zip(
            cells if failing != "recorder_stopped" else [c for c in cells if c.route[0] == "GET"], broken, strict=True
        )
        failed = {str(cell): answer for cell, answer in with_cells}
        entering = client_of(world.service, world.app).post(
            "/login", data={"login": "dong-4128153000", "password": PASSWORD}
        )
    assert [str(cells[number]) for number in must_fail if failed[str(cells[number])].status_code != 503] == []
    assert [str(cell) for cell in cells if str(cell) in failed and shows(world, cell, said(failed[str(cell)]))] == []
    if failing != "recorder_stopped":
        assert entering.status_code == 503 and "set-cookie" not in entering.headers
        assert numbers(world) == before
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        again = world.ask(cells)
    assert [answer.status_code for answer in again] == [answer.status_code for answer in well]
