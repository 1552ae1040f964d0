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
import serving.api.bundles
import serving.api.scores
import serving.pages.analysis
import serving.pages.analysis_data
import serving.pages.audit_fairness
import serving.pages.audit_replay
import serving.pages.downloads
import serving.pages.household
import serving.showing.sheets
import store.cases
import store.database
import store.figures_of_dongs
import store.figures_of_hubs
import store.history
import store.list_queries
from domain.people import NOBODY, Caller, Role, Scope
from serving.access import Guard
from serving.files.sheet import Kind, VisitSheet
from serving.logs import configure_logs
from serving.showing.gates_view import GateRow
from store.database import Database
from store.remembered import Memory
from tests.support.made_store import DONGS, NEWEST, PER_DONG
from tests.support.matrix import (
    Asker,
    Cell,
    Judgement,
    World,
    cells,
    file_cells,
    make_world,
    said,
    undone,
    without_gaps,
)
from tests.support.matrix_home import IN_USE, made_from_these, matrix_home
from tests.support.matrix_rows import OPEN_FILES, ROWS_WITH_MODEL
from tests.support.postgres import _TEMPLATE, Cluster, open_file
from tests.web.routes_table import _calls, iter_route_contexts, routes_table

WORKER, HUB = "dong-4128151000", "hub-41281"
OWN, NEAR, FAR = "4128151000", "4128152000", "4128552600"
# In the short matrix three dongs stand for five: the own one, its neighbour, and one of another district. One of each
# kind of asker asks on SQLite; on PostgreSQL those whom its own row security has to tell apart.
SHORT = {
    "sqlite": (WORKER, HUB, "two-dongs", "dong-and-hub", "analyst", "auditor", "just-ended", "without", "locked",
               "swapped", "nobody"),
    "postgresql": (WORKER, "hub-41285", "dong-and-hub", "analyst", "auditor", "nobody"),
}  # fmt: skip
LEAST_CELLS = {"sqlite": 1_200, "postgresql": 700}
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
    world = make_world(database, model=IN_USE, home=matrix_home())
    made_from_these(database, world.made)
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
    assert set(table) - set(ROWS_WITH_MODEL) == set(), "a route has no row in tests/support/matrix_rows.py"
    assert set(ROWS_WITH_MODEL) - set(table) == set(), "a row stands for no route"
    assert {route: table[route] for route in table if table[route] != ROWS_WITH_MODEL[route].who} == {}


def test_nobody_gets_more_than_is_theirs(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    kind = "sqlite" if world.made.database.is_sqlite else "postgresql"
    found = Judgement.of(world, cells(world, ROWS_WITH_MODEL, SHORT[kind], codes=(OWN, NEAR, FAR)))
    with capsys.disabled():
        print(f"\nmatrix on {kind}: {found.number} cells, {len(found.wrong)} wrong")
    assert found.wrong == []
    assert set(ROWS_WITH_MODEL) - found.worked == set(), (
        "a route never did what it is for, so its refusals show nothing"
    )
    assert found.number >= LEAST_CELLS[kind]


def test_names_are_in_full_only_in_files_of_whoever_may_have_them(world: World) -> None:
    """Every format where it takes no longer; the pages that are set take theirs on one database."""
    quick = {name: file for name, file in OPEN_FILES.items() if name.endswith(("xlsx", "csv"))}
    files, askers = (OPEN_FILES, (WORKER, HUB)) if world.made.database.is_sqlite else (quick, (WORKER,))
    found = Judgement.of(world, file_cells(world, files, askers, codes=(OWN, FAR)))
    assert found.wrong == []
    assert found.worked == {route for route, _ in files.values()}


@pytest.mark.parametrize("name", OPEN_FILES)
def test_a_file_in_full_is_one(name: str, sqlite_world: World) -> None:
    """What is looked for in a file is found there where it belongs, and nothing of anybody else."""
    route, row = OPEN_FILES[name]
    (answer,) = sqlite_world.ask([Cell(sqlite_world.askers[WORKER], route, row, sqlite_world.targets[OWN, 0])])
    made, told = sqlite_world.made, without_gaps(said(answer))
    theirs = made.listed(NEWEST, OWN) if route == ("POST", "/list/files") else made.listed(NEWEST, OWN)[:1]
    for house in made.houses:
        who = (house.name, house.address, house.who[-1])
        assert [without_gaps(word) in told for word in who] == [house in theirs] * 3, house.number


@pytest.mark.soak
def test_names_are_in_full_nowhere_else_for_anybody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    found = Judgement.of(world, file_cells(world, OPEN_FILES, places=(0, 3, 7)))
    with capsys.disabled():
        print(f"\nfiles in full: {found.number} cells, {len(found.wrong)} wrong", *found.wrong[:20], sep="\n")
    assert found.wrong == [] and found.number >= 1_000


@pytest.mark.soak
def test_nobody_gets_more_than_is_theirs_of_any_household(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    found = Judgement.of(world, cells(world, ROWS_WITH_MODEL, places=range(PER_DONG)))
    with capsys.disabled():
        print(f"\nmatrix: {found.number} cells, {len(found.wrong)} wrong", *found.wrong[:20], sep="\n")
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
        answers = world.ask([Cell(world.askers[WORKER], route, ROWS_WITH_MODEL[route], target) for target in targets])
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
    monkeypatch.setattr(Memory, "get", lambda *_: None)  # what one fault showed is not to be another's
    monkeypatch.setattr(Memory, "keep", lambda *_: None)
    yield monkeypatch
    monkeypatch.undo()
    forget_queries()


# --- faults in the places that only a model and files have ---


def adds_a_foreign_row(patch: pytest.MonkeyPatch, world: World) -> None:
    """Files that name somebody of another dong, among the words that a page or a cell may break."""
    words = f"이웃 동의 가구도 함께 보시기 바랍니다: {world.made.house(FAR, 0).address}"

    def write(sheet: Any, kind: Any) -> bytes:
        if isinstance(sheet, VisitSheet):
            return kept(replace(sheet, reasons=(*sheet.reasons, words)), kind)
        row = tuple(words if column.kind is Kind.LONG_TEXT else None for column in sheet.columns)
        return kept(replace(sheet, rows=(*sheet.rows, row)), kind)

    kept = serving.pages.downloads.write
    patch.setattr(serving.pages.downloads, "write", write)


def opens_for_hubs(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(Scope, "has_dong", lambda scope, code: scope.covers(code))


@pytest.mark.parametrize("name", OPEN_FILES)
def test_the_matrix_finds_somebody_of_another_dong_in_a_file(
    name: str, sqlite_world: World, planting: pytest.MonkeyPatch
) -> None:
    adds_a_foreign_row(planting, sqlite_world)
    asked = file_cells(sqlite_world, {name: OPEN_FILES[name]}, [WORKER], codes=(OWN,))
    assert [told for told in Judgement.of(sqlite_world, asked).wrong if "gives away" in told]


def test_the_matrix_finds_names_that_a_hub_gets_in_a_file(sqlite_world: World, planting: pytest.MonkeyPatch) -> None:
    opens_for_hubs(planting, sqlite_world)
    name = "list csv"
    wrong = Judgement.of(sqlite_world, file_cells(sqlite_world, {name: OPEN_FILES[name]}, [HUB], codes=(OWN,))).wrong
    assert [told for told in wrong if "gives away" in told]


def test_the_matrix_finds_names_in_a_file_that_is_masked(sqlite_world: World, planting: pytest.MonkeyPatch) -> None:
    planting.setattr(serving.showing.sheets, "name_of", lambda person: person.name)
    route = ("POST", "/list/files")
    asked = cells(sqlite_world, {route: ROWS_WITH_MODEL[route]}, [WORKER], codes=(OWN,))
    assert [told for told in Judgement.of(sqlite_world, asked).wrong if "gives away" in told]


def tells(module: ModuleType, name: str, told: Callable[[Any, str], Any]) -> Fault:
    """A function whose answer holds somebody's pseudonym: ``told`` puts it there."""

    def plant(patch: pytest.MonkeyPatch, world: World) -> None:
        kept, who = getattr(module, name), world.made.house(FAR, 0).household_id
        patch.setattr(module, name, lambda *given: told(kept(*given), who))

    return plant


bundles = serving.api.bundles
TELLING: dict[tuple[str, str], Fault] = {
    ("POST", "/api/v1/scores"): tells(
        serving.api.scores, "_shown", lambda shown, who: shown.model_copy(update={"unknown": [who]})
    ),
    ("POST", "/api/v1/scores/records"): tells(
        serving.api.scores, "_shown", lambda shown, who: shown.model_copy(update={"unknown": [who]})
    ),
    ("GET", "/api/v1/models/{name}"): tells(
        bundles, "bundle_called", lambda bundle, who: replace(bundle, recipe={**bundle.recipe, "seed": who})
    ),
    ("GET", "/api/v1/models/{name}/metrics"): tells(bundles, "_without_small", lambda metrics, who: {"first": who}),
    ("GET", "/api/v1/models/{name}/fairness"): tells(
        bundles, "_groups", lambda groups, who: [one.model_copy(update={"group": who}) for one in groups]
    ),
    ("GET", "/api/v1/drift"): tells(
        bundles, "_findings", lambda found, who: [one.model_copy(update={"sentence": who}) for one in found]
    ),
    ("GET", "/analysis/bundles/{name}"): tells(
        serving.pages.analysis, "bundle_called", lambda bundle, who: replace(bundle, card=f"# {who}\n")
    ),
    ("GET", "/analysis/drift"): tells(serving.pages.analysis_data, "_summary", lambda summary, who: f"{summary} {who}"),
    ("GET", "/audit/fairness"): tells(
        serving.pages.audit_fairness, "gate_rows", lambda rows, who: (GateRow("", "", "gray", "", "", who),)
    ),
    ("POST", "/audit/replay"): tells(
        serving.pages.audit_replay, "replay_view", lambda view, who: replace(view, values=(who,))
    ),
}


@pytest.mark.parametrize("route", TELLING, ids=" ".join)
def test_the_matrix_finds_a_household_in_what_is_told_of_models(
    route: tuple[str, str], sqlite_world: World, planting: pytest.MonkeyPatch
) -> None:
    asked = cells(sqlite_world, {route: ROWS_WITH_MODEL[route]}, ["auditor"], codes=(OWN,))
    whole = Judgement.of(sqlite_world, asked)
    assert (whole.wrong, whole.worked) == ([], {route})
    TELLING[route](planting, sqlite_world)
    assert Judgement.of(sqlite_world, asked).wrong


def seen_by(world: World, login: str) -> list[Cell]:
    """What somebody asks of each route of theirs, and of the few that a fault opens."""
    asker = world.askers[login]
    files = ("/list/files", "/households/{ref}/files")
    rows = {
        route: row for route, row in ROWS_WITH_MODEL.items() if not isinstance(row.who, str) and route[1] not in files
    }
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
        Cell(postgres_world.askers[WORKER], route, ROWS_WITH_MODEL[route], postgres_world.targets[OWN, place])
        for place in range(3)
    ]
    assert {answer.status_code for answer in postgres_world.ask(own)} == {404}


def test_all_dongs_are_asked_for(sqlite_world: World) -> None:
    asked = cells(sqlite_world, ROWS_WITH_MODEL, [WORKER])
    assert {cell.target.dong_code for cell in asked if cell.row.is_about_one} >= set(DONGS)
