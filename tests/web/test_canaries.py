"""No word of a household, no login and no query where they do not belong: logs, other dongs, other workers' memory."""

import io
import json
import logging
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from domain.people import ALL, Role, Signature
from outreach import accounts
from serving.logs import KEYS, configure_logs
from store import tables
from store.database import Database
from tests.support.made_service import HOST, bearer, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NOW, fill
from tests.support.matrix import Cell, World, cells, make_world, said, undone
from tests.support.matrix_rows import ROWS
from tests.support.postgres import Cluster

WORKER, OWN, FAR = "dong-4128151000", "4128151000", "4128551000"
WHY = "made up for tests"


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logs(stream)
    return stream


@pytest.fixture
def world(any_database: Database, log: io.StringIO) -> Iterator[World]:
    found = make_world(any_database)
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        yield found
    found.close()


def check_log(world: World, log: io.StringIO, *, more: Sequence[str] = ()) -> int:
    """Every line is an object of known keys, and holds nobody; how many there are."""
    lines = log.getvalue().splitlines()
    for line in lines:
        assert line.isascii() and set(json.loads(line)) <= KEYS
    told = json.dumps([json.loads(line) for line in lines], ensure_ascii=False)
    people = [word for house in world.made.houses for word in house.canaries]
    assert [
        word
        for word in (*people, *world.askers, "?", *more)
        if word in told and word not in ("analyst", "without", "nobody")
    ] == []
    return len(lines)


def test_the_log_of_a_day_names_nobody(world: World, log: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    asked = cells(world, ROWS, [WORKER, "hub-41281", "analyst", "auditor", "nobody"], codes=(OWN, FAR))
    world.ask(asked)
    logging.getLogger("somebody.elses").warning("a library says %s", world.made.houses[0].name)
    assert check_log(world, log) > len(asked)
    written = "".join(capfd.readouterr())
    assert not any(word in written for house in world.made.houses for word in house.canaries)


_HEADER = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=80)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.text(min_size=1, max_size=60),
    header=_HEADER,
    body=st.binary(max_size=200) | st.text(max_size=100).map(lambda words: f"login={words}&password={words}".encode()),
    method=st.sampled_from(["GET", "POST", "PUT", "BREW"]),
)
def test_whatever_comes_in_the_log_stays_one_object_a_line(
    quiet: tuple[World, io.StringIO], path: str, header: str, body: bytes, method: str
) -> None:
    world, log = quiet

    async def ask() -> list[httpx2.Response]:
        async with world.client() as client:
            marked = f"표지{path}"
            urls = (httpx2.URL(f"http://{HOST}/households/", params={"q": marked}), httpx2.URL(f"http://{HOST}/{quote(marked)}"),
                    httpx2.URL(f"http://{HOST}/login"), httpx2.URL(f"http://{HOST}/api/v1/households/x"))  # fmt: skip
            headers = {"user-agent": header, "referer": header, "x-forwarded-for": header,
                       "authorization": f"Bearer {header}",
                       "content-type": "application/x-www-form-urlencoded", "origin": f"http://{HOST}"}  # fmt: skip
            return [await client.request(method, url, headers=headers, content=body) for url in urls]

    assert all(answer.status_code < 500 for answer in world.run(ask()))
    assert check_log(world, log, more=["표지", *([header] if len(header) > 12 else [])])
    log.truncate(0)
    log.seek(0)


@pytest.fixture
def quiet(sqlite_database: Database, log: io.StringIO) -> Iterator[tuple[World, io.StringIO]]:
    world = make_world(sqlite_database)
    yield world, log
    world.close()


def test_who_moved_is_shown_to_the_old_dong_without_who_it_is(world: World) -> None:
    """The past entry stays with the dong it was made for; the case, and who lives there, go with the household."""
    house = world.made.house(OWN, 0)
    with world.made.database.writing(ALL) as connection:
        for table in (tables.households, tables.people, tables.cases):
            connection.execute(update(table).where(table.c.ref == house.ref).values(dong_code=FAR))
    target = world.targets[OWN, 0]
    for login in (WORKER, "two-dongs"):
        asked = [
            Cell(world.askers[login], route, row, target) for route, row in ROWS.items()
            if world.askers[login].roles(row.who) and (row.is_about_one or route[1] == "/tasks")
        ]  # fmt: skip
        for cell, answer in zip(asked, world.ask(asked), strict=True):
            assert not any(word in said(answer) for word in (house.household_id, *house.who)), str(cell)
            if cell.route[0] != "GET" and "/households/{ref}" in cell.route[1]:
                assert answer.status_code in (200, 404, 422), str(cell)
    new = replace(target, dong_code=FAR, words={**target.words, "dong_code": FAR})
    (opened,) = world.ask(
        [Cell(world.askers["dong-4128551000"], route := ("POST", "/households/{ref}/reveal"), ROWS[route], new)]
    )
    assert opened.status_code == 200 and house.name in opened.text


# --- what is taken away is gone at the next request, in every worker --------------------------------------------------


def test_what_one_worker_takes_away_is_gone_in_the_other(
    postgres: Cluster, postgres_database: Database, log: io.StringIO
) -> None:
    made, name = fill(postgres_database), str(postgres_database.engine.url.database)
    elsewhere = postgres.open(name)
    here, there = made_service(postgres_database), made_service(elsewhere)
    house = made.house(OWN, 0)
    by = Signature(0, "console", ALL, NOW, "console")

    def visitor(login: str) -> tuple[object, dict[str, str]]:
        browser = signed_in(client_of(here), login)
        other = client_of(there)
        other.cookies.update(browser.cookies)
        return other, bearer(here, login)

    def seen(visitor: tuple[object, dict[str, str]]) -> tuple[int, int]:
        browser, token = visitor
        page = browser.get(f"/households/{house.ref}")  # type: ignore[attr-defined]
        return page.status_code, browser.get(f"/api/v1/households/{house.ref}", headers=token).status_code  # type: ignore[attr-defined]

    revoked, locked, leaving = visitor(WORKER), visitor("dong-4128151000-2"), visitor("hub-41281")
    assert seen(revoked) == seen(locked) == seen(leaving) == (200, 200)
    with postgres_database.writing(ALL) as connection:
        accounts.revoke_right(connection, login=WORKER, role=Role.DONG, area=OWN, reason=WHY, by=by)
        accounts.lock_user(connection, login="dong-4128151000-2", reason=WHY, by=by)
    assert seen(revoked) == (403, 403) and seen(locked) == (303, 401)
    out = client_of(here)
    out.cookies.update(leaving[0].cookies)  # type: ignore[attr-defined]
    assert out.post("/logout", headers={"x-csrf-token": csrf_of(out)}).status_code == 303
    assert seen(leaving) == (303, 200)
    with postgres_database.writing(ALL) as connection:
        accounts.grant_right(connection, login=WORKER, role=Role.DONG, area=FAR, reason=WHY, by=by)
    assert seen(revoked) == (404, 404)
    for service in (here, there):
        service.recorder.__exit__(None, None, None)
    elsewhere.close()


# --- the time an answer takes -----------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.parametrize(
    "route", [("GET", "/households/{ref}"), ("GET", "/api/v1/households/{ref}"), ("POST", "/households/{ref}/notes")]
)
def test_the_time_an_answer_takes_does_not_tell_foreign_from_absent(world: World, route: tuple[str, str]) -> None:
    from scipy.stats import mannwhitneyu

    row, asker = ROWS[route], world.askers[WORKER]
    pair = [Cell(asker, route, row, world.absent), Cell(asker, route, row, world.targets[FAR, 0])]
    times: tuple[list[float], list[float]] = ([], [])
    world.ask(pair * 20)
    for turn in range(300):
        for place in (0, 1) if turn % 2 else (1, 0):
            started = time.perf_counter()
            world.ask([pair[place]])
            times[place].append(time.perf_counter() - started)
    absent, foreign = map(statistics.median, times)
    assert abs(absent - foreign) <= 0.1 * absent or mannwhitneyu(*times).pvalue > 0.01
