"""Who gets what: every route times everybody who may ask times every household, on both databases.

Nobody meets a household outside the own areas, in no page, call, file, header or error; a foreign household is
answered like one that does not exist. That the matrix sees what it looks for is shown by faults that are put in.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import true

import domain.people
import serving.access
import serving.pages.household
import store.cases
import store.database
import store.figures_of_dongs
import store.figures_of_hubs
import store.history
import store.list_queries
from domain.people import NOBODY, Caller, Role, Scope
from serving.access import Guard
from serving.logs import configure_logs
from store.database import Database
from tests.support.made_store import DONGS, PER_DONG
from tests.support.matrix import Asker, Cell, Judgement, World, cells, make_world, undone
from tests.support.matrix_rows import ROWS
from tests.support.postgres import _TEMPLATE, Cluster, open_file
from tests.web.routes_table import _calls, iter_route_contexts, routes_table

WORKER, HUB = "dong-4128151000", "hub-41281"
OWN, NEAR, FAR = "4128151000", "4128152000", "4128552600"
# In the short matrix three dongs stand for five: the own one, its neighbour, and one of another district.
SHORT = {
    "sqlite": (WORKER, "dong-4128552600", HUB, "hub-41285", "two-dongs", "dong-and-hub", "analyst", "auditor",
               "just-ended", "without", "locked", "swapped", "nobody"),
    "postgresql": (WORKER, "hub-41285", "two-dongs", "dong-and-hub", "analyst", "auditor", "just-ended", "nobody"),
}  # fmt: skip
LEAST_CELLS = {"sqlite": 1_300, "postgresql": 800}
_IN_MEMORY = Path("/dev/shm")  # what nobody reads again need not wait for a disk


@pytest.fixture(scope="module")
def sqlite_world(migrated_file: Path) -> Iterator[World]:
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        database = open_file(Path(shutil.copy(migrated_file, Path(folder) / "sagak.db")))
        yield from _world(database)


@pytest.fixture(scope="module")
def postgres_world(postgres: Cluster) -> Iterator[World]:
    yield from _world(postgres.open(postgres.new(_TEMPLATE)))


def _world(database: Database) -> Iterator[World]:
    configure_logs(io.StringIO())
    world = make_world(database)
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        yield world
    world.close()
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue("sqlite_world" if request.param == "sqlite" else "postgres_world")
    return found


def test_every_route_has_a_row_that_says_whom_it_is_for_and_no_row_is_stale(sqlite_world: World) -> None:
    table = routes_table(sqlite_world.app)
    assert set(table) - set(ROWS) == set(), "a route has no row in tests/support/matrix_rows.py"
    assert set(ROWS) - set(table) == set(), "a row stands for no route"
    assert {route: table[route] for route in table if table[route] != ROWS[route].who} == {}


def test_nobody_gets_more_than_is_theirs(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    kind = "sqlite" if world.made.database.is_sqlite else "postgresql"
    found = Judgement.of(world, cells(world, ROWS, SHORT[kind], codes=(OWN, NEAR, FAR)))
    with capsys.disabled():
        print(f"\nmatrix on {kind}: {found.number} cells, {len(found.wrong)} wrong")
    assert found.wrong == []
    assert set(ROWS) - found.worked == set(), "a route never did what it is for, so its refusals show nothing"
    assert found.number >= LEAST_CELLS[kind]


@pytest.mark.soak
def test_nobody_gets_more_than_is_theirs_of_any_household(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    found = Judgement.of(world, cells(world, ROWS, places=range(PER_DONG)))
    with capsys.disabled():
        print(f"\nmatrix: {found.number} cells, {len(found.wrong)} wrong")
    assert found.wrong == [] and found.number >= 15_000


def test_what_belongs_to_another_household_is_not_there_either(world: World) -> None:
    """An own household with the contact, or the worker, of a foreign one."""
    own, far = world.targets[OWN, 1], world.targets[FAR, 1]
    mixed = [
        [replace(own, words={**own.words, word: value}) for value in (far.words[word], world.absent.words[word])]
        for word in ("number", "worker")
    ]
    for route, targets in (
        (("GET", "/households/{ref}/contacts/{number}"), mixed[0]),
        (("POST", "/households/{ref}/contacts/{number}"), mixed[0]),
        (("POST", "/households/{ref}/worker"), mixed[1]),
        (("POST", "/assignments"), mixed[1]),
    ):
        answers = world.ask([Cell(world.askers[WORKER], route, ROWS[route], target) for target in targets])
        assert {answer.status_code for answer in answers} <= {404, 422}, route
        assert len({answer.status_code for answer in answers}) == 1, route


# --- faults that are put in -------------------------------------------------------------------------------------------

Fault = Callable[[pytest.MonkeyPatch, World], None]


def forgets_scope(module: ModuleType, function: str) -> Fault:
    """A function whose query begins with no scope; without a name, all but the one that says which dongs there are."""

    def plant(patch: pytest.MonkeyPatch, world: World) -> None:
        kept = module.within

        def within(scope: Scope, column: Any) -> Any:
            asked = sys._getframe(1).f_code.co_name
            return true() if asked == function or (not function and asked != "dongs_in") else kept(scope, column)

        patch.setattr(module, "within", within)

    return plant


def is_for(method: str, path: str, *roles: Role) -> Fault:
    """A route with the guard of other roles."""

    def plant(patch: pytest.MonkeyPatch, world: World) -> None:
        for context in iter_route_contexts(world.app.routes):
            if context.path == path and method in (context.methods or ()):
                guard = next(call for call in _calls(context.dependant) if isinstance(call, Guard))
                patch.setitem(guard.__dict__, "roles", frozenset(roles))

    return plant


def shows_as_it_is(module: ModuleType, name: str, what: str) -> Fault:
    """A page that forgets to mask."""
    return lambda patch, world: patch.setattr(module, name, lambda person: getattr(person, what))


def covers_all(patch: pytest.MonkeyPatch, world: World) -> None:
    """Pages that offer every dong there is."""
    patch.setattr(Scope, "covers", lambda scope, code: bool(scope.areas))
    forgets_scope(store.list_queries, "dongs_in")(patch, world)


def every_role_counts(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(Caller, "scope", lambda caller, roles: Scope(tuple(sorted({one.area for one in caller.grants}))))


def rights_never_end(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(domain.people.Grant, "holds_at", lambda grant, moment: True)


def tells_foreign_from_absent(patch: pytest.MonkeyPatch, world: World) -> None:
    def household_page(visit: Any, ref: str, *rest: Any, **more: Any) -> Any:
        if any(house.ref == ref and not visit.scope.covers(house.dong_code) for house in world.made.houses):
            raise serving.access.NotAllowed
        return kept(visit, ref, *rest, **more)

    kept = serving.pages.household.household_page
    patch.setattr(serving.pages.household, "household_page", household_page)


household = serving.pages.household
NARROWING = (store.list_queries, store.cases, store.history, store.figures_of_hubs, store.figures_of_dongs)
FAULTS: dict[str, tuple[str, Fault]] = {
    "lists and entries without scope": (WORKER, forgets_scope(store.list_queries, "_entries")),
    "a case without scope": (WORKER, forgets_scope(store.cases, "_case_in")),
    "acting on a case without scope": (WORKER, forgets_scope(store.cases, "_held_in")),
    "cases of the hub without scope": (HUB, forgets_scope(store.figures_of_hubs, "cases_with_hub")),
    "a household's page for analysts": (
        "analyst", is_for("GET", "/households/{ref}", Role.DONG, Role.HUB, Role.ANALYST)
    ),
    "the hub's cases for dongs": (WORKER, is_for("GET", "/hub/cases", Role.HUB, Role.DONG)),
    "an entry for analysts": ("analyst", is_for("GET", "/api/v1/rounds/{round}/entries/{ref}", *Role)),
    "names in full on a household's page": (WORKER, shows_as_it_is(household, "name_of", "name")),
    "addresses in full on a household's page": (WORKER, shows_as_it_is(household, "address_of", "address")),
    "phones in full on a household's page": (WORKER, shows_as_it_is(household, "phone_of", "phone")),
    "dongs of others to choose from": (WORKER, covers_all),
    "districts of others to choose from": (HUB, covers_all),
    "areas of one role by another": ("dong-and-hub", every_role_counts),
    "rights that never end": ("just-ended", rights_never_end),
    "another word for foreign than for absent": (WORKER, tells_foreign_from_absent),
}  # fmt: skip
# Where another guard stands before it, one forgotten scope alone gives nothing away.
BEHIND_ANOTHER: dict[str, Fault] = {
    "who lives there": forgets_scope(store.list_queries, "who_is"),
    "history": forgets_scope(store.history, "_rows"),
    "who left the list": forgets_scope(store.list_queries, "left_from"),
    "facts": forgets_scope(store.list_queries, "facts_about"),
    "neighbours on the list": forgets_scope(store.list_queries, "at_ranks"),
}


def forget_queries() -> None:
    """Queries are kept by scope; those that were made with a fault, or before it, must not be used again."""
    for module in NARROWING:
        for query in vars(module).values():
            if hasattr(query, "cache_clear"):
                query.cache_clear()


@pytest.fixture
def planting(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    forget_queries()
    yield monkeypatch
    monkeypatch.undo()
    forget_queries()


def seen_by(world: World, login: str) -> list[Cell]:
    """What somebody asks of each route of theirs, and of the few that a fault opens."""
    asker = world.askers[login]
    files = ("/list/files", "/households/{ref}/files")
    rows = {route: row for route, row in ROWS.items() if not isinstance(row.who, str) and route[1] not in files}
    near = rows if login in ("analyst", "just-ended") else {r: row for r, row in rows.items() if _is_near(asker, row)}
    return cells(world, near, [login], codes=(OWN, FAR))


def _is_near(asker: Asker, row: Any) -> bool:
    return bool(asker.roles(row.who)) or row.who == frozenset((Role.HUB,))


@pytest.mark.parametrize("name", FAULTS)
def test_the_matrix_finds(name: str, sqlite_world: World, planting: pytest.MonkeyPatch) -> None:
    login, plant = FAULTS[name]
    plant(planting, sqlite_world)
    assert Judgement.of(sqlite_world, seen_by(sqlite_world, login), at_most=1).wrong


def test_one_guard_stands_behind_another(sqlite_world: World, planting: pytest.MonkeyPatch) -> None:
    for plant in BEHIND_ANOTHER.values():
        plant(planting, sqlite_world)
    assert Judgement.of(sqlite_world, seen_by(sqlite_world, WORKER)).wrong == []


def test_where_every_query_forgets_its_scope_postgresql_still_shows_nothing_foreign(
    postgres_world: World, planting: pytest.MonkeyPatch
) -> None:
    for module in NARROWING:
        forgets_scope(module, "")(planting, postgres_world)
    for login in (WORKER, "dong-and-hub"):
        wrong = Judgement.of(postgres_world, seen_by(postgres_world, login)).wrong
        # Numbers of dongs are no household's secret and stand under no such lock.
        assert [told for told in wrong if "gives away" in told or "not [" in told] == []


def test_where_nobody_says_whose_areas_they_are_postgresql_shows_no_household(
    postgres_world: World, planting: pytest.MonkeyPatch
) -> None:
    """Threat: a connection that nobody narrowed."""
    kept = store.database.narrow
    for module in (store.database, serving.access):
        planting.setattr(module, "narrow", lambda connection, scope: kept(connection, NOBODY))
    route = ("GET", "/households/{ref}")
    own = [
        Cell(postgres_world.askers[WORKER], route, ROWS[route], postgres_world.targets[OWN, place])
        for place in range(3)
    ]
    assert {answer.status_code for answer in postgres_world.ask(own)} == {404}


def test_all_dongs_are_asked_for(sqlite_world: World) -> None:
    asked = cells(sqlite_world, ROWS, [WORKER])
    assert {cell.target.dong_code for cell in asked if cell.row.is_about_one} >= set(DONGS)
