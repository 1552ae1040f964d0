"""Whatever is typed, stored or sent: no page runs it, no answer is a failure of ours, no path leads out of the house."""

# ruff: noqa: E501 - payloads stand as they are sent

import io
import itertools
import os
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from domain.people import ALL, Signature
from outreach import casework
from serving.logs import configure_logs
from store import tables
from store.database import Database
from tests.support.browser import chromium_page, policy_violations, watch
from tests.support.hostile import MARKUP, ODD, PLACES, Shape
from tests.support.made_service import made_service
from tests.support.made_store import NEWEST, NOW, PASSWORD, PER_DONG
from tests.support.matrix import WITH_HUB, Cell, World, make_world, request_of, undone, wrong_headers
from tests.support.matrix_rows import ROWS
from tests.support.postgres import ON_SQLITE
from tests.support.running import running, sign_in
from tests.web.routes_table import routes_table

WORKER, HUB, OWN = "dong-4128151000", "hub-41281", "4128151000"
PARAMETERS = ("next", "why", "done", "mode", "round", "dong", "district", "status", "worker", "band", "slot", "sort", "order",
              "area", "who", "whose", "act", "since", "until", "before_id", "a", "b", "code", "state", "error", "format")  # fmt: skip
SIGNING = ("/login", "/logout", "/oidc/callback")


@pytest.fixture
def world(any_database: Database) -> Iterator[World]:
    configure_logs(io.StringIO())
    found = make_world(any_database)
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        yield found
    found.close()


@pytest.fixture
def lasting(any_database: Database) -> Iterator[World]:
    """A world whose acts are kept."""
    configure_logs(io.StringIO())
    found = make_world(any_database)
    yield found
    found.close()


def asker_of(world: World, route: tuple[str, str]) -> str:
    """Somebody who may use a route."""
    who = ROWS[route].who
    for name in (WORKER, HUB, "analyst", "auditor"):
        if isinstance(who, str) or world.askers[name].roles(who):
            return name
    raise AssertionError(route)


def cell_of(world: World, route: tuple[str, str], words: Mapping[str, str] | None = None) -> Cell:
    row = ROWS[route]
    target = world.targets[OWN, row.place]
    return Cell(
        world.askers[asker_of(world, route)], route, row, replace(target, words={**target.words, **(words or {})})
    )


def sent(world: World, requests: list[tuple[Cell, dict]]) -> list[httpx2.Response]:
    """Answers to cells' requests with other parameters, fields, headers or addresses."""

    async def send() -> list[httpx2.Response]:
        async with world.client() as client:
            answers = []
            for cell, more in requests:
                whole = request_of(client, cell)
                url = more.get("url", whole.url)
                body = more.get("body", {"content": whole.content})
                headers = {
                    name: value
                    for name, value in whole.headers.items()
                    if name not in ("content-length", "content-type")
                }
                if "body" not in more and "content-type" in whole.headers:
                    headers["content-type"] = whole.headers["content-type"]
                answers.append(
                    await client.request(whole.method, url, headers=headers | more.get("headers", {}), **body)
                )
            return answers

    return world.run(send())


def check_answers(asked: list[tuple[str, str]], answers: list[httpx2.Response]) -> None:
    """``asked``: what was sent, and by which route."""
    wrong = [
        f"{told}: {answer.status_code}"
        for told, answer in zip(asked, answers, strict=True)
        if answer.status_code >= 500
    ]
    wrong = [one for one in wrong if not one.endswith(" 503") or ("/scores" not in one and "/drift" not in one)]
    assert wrong == []
    assert [(told, found) for told, answer in zip(asked, answers, strict=True) for found in wrong_headers(answer)] == []


def check_pages(typed: str, answer: httpx2.Response, known: set[tuple[str, ...]]) -> None:
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return
    shape = Shape(answer.text)
    assert shape.tags <= known, f"{answer.request.url.path}: {sorted(shape.tags - known)}"
    assert shape.foreign_addresses == set(), answer.request.url.path
    if "<" in typed:
        assert typed not in answer.text, answer.request.url.path


def known_tags(world: World) -> set[tuple[str, ...]]:
    """Tags and attributes of every page, and of every form that comes back, with nothing but plain words in it."""
    asked = [cell_of(world, route) for route in ROWS if route[1] not in SIGNING]
    plain = sent(world, [(cell, {}) for cell in asked])
    refused = sent(
        world,
        [(cell, {"body": {"data": {"seen": "0", "note": "낱말"}}}) for cell in asked if cell.row.form is not None],
    )
    nobody = [cell for cell in asked if cell.route[0] == "GET"]
    errors = sent(world, [(replace(cell, asker=world.askers["nobody"]), {}) for cell in nobody[:3]])
    errors += sent(
        world,
        [(cell_of(world, ("GET", "/login")), {"url": "/nothing/at/all"}), (cell_of(world, ("GET", "/login")), {})],
    )
    errors += sent(world, [(cell_of(world, ("GET", "/households/{ref}"), {"ref": "B" * 22}), {})])
    errors += sent(world, [(cell_of(world, ("POST", "/login")), {})])
    pages = [one for one in (*plain, *refused, *errors) if one.headers.get("content-type", "").startswith("text/html")]
    return set().union(*(Shape(page.text).tags for page in pages))


# --- what is sent -----------------------------------------------------------------------------------------------------

GETS = [route for route in ROWS if route[0] == "GET" and route[1] not in SIGNING]
ACTS = [route for route in ROWS if route[0] != "GET" and route[1] not in SIGNING and route[1] != "/password"]
PAYLOADS = (*MARKUP, *PLACES, *ODD)


def some(number: int, seed: int) -> list[str]:
    """Payloads drawn so that a run over all routes sends each of them."""
    drawn = random.Random(20261118).sample(PAYLOADS, len(PAYLOADS))
    # A sign that PostgreSQL keeps in no text goes everywhere.
    return ["a\x00b", *(drawn[(seed * number + place) % len(drawn)] for place in range(number))]


def asked_with(one: str) -> str:
    """Every parameter there is, with this value; of a very long one a single parameter."""
    return "&".join(f"{name}={quote(one)}" for name in (PARAMETERS if len(one) < 400 else ("round",)))


Tags = set[tuple[str, ...]]


def every_parameter(world: World, known: Tags, number: int, first: int = 0) -> None:
    for place, route in enumerate(GETS, first):
        typed = some(number, place)
        cell = cell_of(world, route)
        path = route[1].format(**cell.target.words)
        answers = sent(world, [(cell, {"url": f"{path}?{asked_with(one)}"}) for one in typed])
        check_answers([(one[:40], path) for one in typed], answers)
        for one, answer in zip(typed, answers, strict=True):
            check_pages(one, answer, known)


def every_field(world: World, known: Tags, number: int, first: int = 0) -> None:
    for place, route in enumerate(ACTS, first):
        cell, typed = cell_of(world, route), some(number, 7 + place)
        requests = []
        for one in typed:
            if cell.row.json is not None:
                requests += [(cell, {"body": {"json": cell.row.json | {name: one}}}) for name in [*cell.row.json][:3]]
            else:
                form = dict.fromkeys(cell.row.form or {}, one) | {
                    "worker": one,
                    "chosen": f"{one}:0",
                    "reason": one,
                    "note": one,
                }
                requests += [
                    (cell, {"body": {"data": form}}),
                    (cell, {"body": {"data": form | {"seen": cell.target.words["seen"]}}}),
                ]
        answers = sent(world, requests)
        check_answers([(" ".join(route), "") for _ in requests], answers)
        for (_, more), answer in zip(requests, answers, strict=True):
            check_pages(str(more["body"].get("data", {}).get("note", "")), answer, known)


def every_place(world: World, known: Tags, number: int, first: int = 0) -> None:
    """Payloads where the address itself names something."""
    for place, route in enumerate((route for route in ROWS if "{" in route[1]), first):
        name = route[1].split("{")[1].split("}")[0]
        typed = some(number, 31 + place)
        requests = [(cell_of(world, route, {name: quote(one, safe="") or "%00"}), {}) for one in typed]
        answers = sent(world, [(cell, {"url": cell.route[1].format(**cell.target.words)}) for cell, _ in requests])
        check_answers([(one[:40], " ".join(route)) for one in typed], answers)
        for one, answer in zip(typed, answers, strict=True):
            check_pages(one, answer, known)


def test_no_parameter_field_or_place_breaks_a_page_or_comes_back_as_markup(world: World) -> None:
    """Each database takes its half of the payloads: no page knows on which of them it stands."""
    known, first = known_tags(world), 0 if world.made.database.is_sqlite else len(GETS)
    every_parameter(world, known, 2, first)
    every_field(world, known, 1, first)
    every_place(world, known, 2, first)


def test_nothing_that_is_typed_to_sign_in_or_out_breaks_it(lasting: World) -> None:
    typed = [*ODD, *some(10, 3)]
    for path, names in (("/login", ("login", "password", "next")), ("/logout", ("csrf", "next"))):
        cell = cell_of(lasting, ("POST", path))
        requests = [
            (cell, {"body": {"data": {"login": WORKER, "password": "x", name: one}}}) for name in names for one in typed
        ]
        check_answers([(path, one[:40]) for _ in names for one in typed], sent(lasting, requests))
    back = cell_of(lasting, ("GET", "/oidc/callback"))
    answers = sent(lasting, [(back, {"url": f"/oidc/callback?code={quote(one)}&state={quote(one)}"}) for one in typed])
    check_answers([("/oidc/callback", one[:40]) for one in typed], answers)


@pytest.mark.soak
def test_every_payload_goes_into_every_parameter_field_and_place(world: World) -> None:
    known = known_tags(world)
    every_parameter(world, known, len(PAYLOADS))
    every_field(world, known, len(PAYLOADS))
    every_place(world, known, len(PAYLOADS))


def test_bodies_that_are_no_form_and_no_json_break_nothing(world: World) -> None:
    bodies = [
        ("application/json", b"\xff\xfe\x00"), ("application/json", b"[" * 5_000), ("application/json", b'{"version": 1e999}'),
        ("application/json", b""), ("application/json", b'{"version": NaN}'), ("application/json", b'{"note": "\\ud800"}'),
        ("application/x-www-form-urlencoded", b"seen=%ff%fe&note=%00&%=%zz"), ("application/x-www-form-urlencoded", b"&" * 5_000),
        ("multipart/form-data; boundary=x", b"--x\r\ngarbage"), ("multipart/form-data", b"--x"), ("text/plain", b"x" * 100), ("", b"x"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="note"; filename="../../x"\r\n\r\nx\r\n--x--\r\n'),
    ]  # fmt: skip
    turns = itertools.cycle([bodies[start::3] for start in range(3)])
    for route in ACTS:
        requests = [
            (cell_of(world, route), {"body": {"content": body}, "headers": {"content-type": kind}})
            for kind, body in next(turns)
        ]
        check_answers([(" ".join(route), str(number)) for number in range(len(requests))], sent(world, requests))


def test_a_body_of_a_size_that_is_no_number_is_refused(world: World) -> None:
    cell = cell_of(world, ("POST", "/households/{ref}/notes"))
    for size in ("abc", "-1", "1" * 30, "1e3"):
        (answer,) = sent(world, [(cell, {"headers": {"content-length": size}})])
        assert answer.status_code < 500, size


@ON_SQLITE
def test_other_methods_are_refused_with_all_headers(world: World) -> None:
    table, answers = routes_table(world.app), []
    for path in sorted({path for _, path in table}):
        for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
            if (method, path) not in table:
                cell = replace(cell_of(world, next(route for route in ROWS if route[1] == path)), route=(method, path))
                answers += sent(world, [(cell, {"url": path.format(**cell.target.words)})])
    assert {answer.status_code for answer in answers} == {405}
    assert [found for answer in answers for found in wrong_headers(answer)] == []


# --- where it leads ---------------------------------------------------------------------------------------------------


def is_here(address: str) -> bool:
    """Whether a browser stays on this site: it takes a backslash for a slash, and drops tabs and line ends."""
    seen = address.strip().translate({9: None, 10: None, 13: None}).replace("\\", "/")
    return seen.startswith("/") and not seen.startswith("//")


@ON_SQLITE
@pytest.mark.parametrize(
    "route", [("POST", "/login"), ("GET", "/contrast"), ("POST", "/session/extend"), ("GET", "/login")]
)
def test_no_link_leads_to_another_site(lasting: World, route: tuple[str, str]) -> None:
    cell = cell_of(lasting, route)
    form = {"login": WORKER, "password": PASSWORD}
    for one in PLACES:
        body = {"body": {"data": form | {"next": one}}} if route[0] == "POST" else {}
        (answer,) = sent(lasting, [(cell, {"url": f"{route[1]}?next={quote(one)}", **body})])
        assert answer.status_code < 500
        assert is_here(answer.headers.get("location", "/")), one
        assert Shape(answer.text).foreign_addresses == set()


OPENED: list[str] = []
CALLED: list[str] = []
_WATCHING = []


def _watch(event: str, arguments: tuple) -> None:
    if not _WATCHING:
        return
    if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        OPENED.append(os.fsdecode(arguments[0]))
    elif event == "socket.connect" and not isinstance(arguments[1], str):
        CALLED.append(str(arguments[1]))


sys.addaudithook(_watch)
_HOUSE = (str(Path(__file__).parents[2]), sys.prefix, sys.base_prefix, "/usr/share/zoneinfo", "/dev/null")


@ON_SQLITE
def test_no_name_leads_out_of_the_house(any_database: Database, tmp_path: Path) -> None:
    """Nothing is opened beside the home, and nobody is called, whatever a name or a path is said to be."""
    configure_logs(io.StringIO())
    home = tmp_path / "home"
    for folder in ("models/need-1", "core", "exports"):
        (home / folder).mkdir(parents=True)
    (tmp_path / "secret.html").write_text("secret")
    world = make_world(any_database, home=home)
    named = [route for route in ROWS if route[1] not in SIGNING]
    places = [one for one in (*PLACES, "../secret.html", "../../secret.html", str(tmp_path / "secret.html")) if one]
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        sent(world, [(cell_of(world, route), {}) for route in named])
        _WATCHING.append(True)
        try:
            for number, route in enumerate(named):
                requests = []
                for one in places[number % 12 :: 12] if "/bundles/" not in route[1] else places:
                    words = dict.fromkeys(("name", "bundle", "round", "dong_code"), quote(one, safe=""))
                    cell = cell_of(world, route, words)
                    data = (
                        {"body": {"data": dict.fromkeys((*(cell.row.form or {}), "area", "name"), one)}}
                        if route[0] == "POST"
                        else {}
                    )
                    requests.append(
                        (cell, {"url": f"{route[1].format(**cell.target.words)}?{asked_with(one)}", **data})
                    )
                answers = sent(world, requests)
                check_answers([(route[1], "") for _ in answers], answers)
        finally:
            _WATCHING.clear()
    world.close()
    outside = {path for path in OPENED if path.startswith("/") and not path.startswith((*_HOUSE, str(home)))}
    assert {
        path for path in outside if not path.startswith((str(tmp_path / "sagak.db"), "/proc/", "/tmp/pytest"))
    } == set()
    assert not any("secret" in path for path in OPENED)
    assert CALLED == []


# --- what is stored ---------------------------------------------------------------------------------------------------


def poison(world: World, payloads: tuple[str, ...]) -> None:
    """Payloads wherever text of people or of deliveries is kept: each is somewhere on each kind of page."""
    at = NOW - timedelta(hours=1)
    with world.made.database.writing(ALL) as connection:
        for place in range(PER_DONG):
            ref = world.made.house(OWN, place).ref
            text = " ".join(payloads[place::PER_DONG])
            connection.execute(
                update(tables.people).where(tables.people.c.ref == ref).values(name=text, address=text, phone=text)
            )
            reason = {"theme": "arrears", "sentence": text, "contribution": 1.0}
            explanation = {
                "raising": [reason] * 3,
                "lowering": [reason],
                "unknown": [text],
                "newest_report": None,
                "has_reports": True,
            }
            of = tables.entries.c
            connection.execute(
                update(tables.entries).where(of.ref == ref).values(slot_sentence=text, explanation=explanation)
            )
            for table, column in ((tables.contacts, "note"), (tables.handovers, "reason")):
                connection.execute(update(table).where(table.c.ref == ref).values({column: text}))
        connection.execute(
            update(tables.users).where(tables.users.c.login == WORKER).values(name=payloads[1] + payloads[5])
        )
        dongs = tables.publication_dongs
        connection.execute(
            update(dongs)
            .where(dongs.c.dong_code == OWN)
            .values(name=payloads[5], sigungu=payloads[0], sido=payloads[10])
        )
        for house in world.made.in_dong(OWN)[:PER_DONG:WITH_HUB]:
            seen = int(world.targets[OWN, house.number % PER_DONG].words["seen"])
            by = Signature(world.made.users[WORKER], WORKER, ALL, at, "console")
            for number, payload in enumerate(payloads):
                try:
                    casework.add_note(connection, by=by, ref=house.ref, seen=seen + number, note=payload)
                except casework.ActRefused:  # pragma: no cover - none of them holds a sign that cannot be seen
                    raise AssertionError(payload) from None


def shows_text_only(world: World, payloads: tuple[str, ...]) -> None:
    known = known_tags(world)
    poison(world, payloads)
    everybody = [world.askers[name] for name in (WORKER, HUB, "auditor", "analyst")]
    asked = [
        replace(cell_of(world, route), asker=asker)
        for route in ROWS for asker in everybody
        if route[1] not in (*SIGNING, "/password") and not route[1].startswith("/api/") and not isinstance(ROWS[route].who, str)
        and asker.roles(ROWS[route].who)
    ]  # fmt: skip
    for cell, answer in zip(asked, world.ask(asked), strict=True):
        assert answer.status_code < 500, str(cell)
        check_pages("", answer, known)
    notes = world.ask([cell_of(world, ("GET", "/households/{ref}"))])[0].text
    told = " ".join(" ".join(Shape(notes).text).split())
    assert [one for one in payloads if " ".join(one.split()) not in told] == []


def test_what_is_stored_is_shown_as_text_only(hostile_page: "HostilePage") -> None:
    assert len(MARKUP) >= 60
    shows_text_only(hostile_page.world, MARKUP)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.text(alphabet="<>/=\"'`&;:!-{}%$#() \tabcsvgimonerlpt한\\x", min_size=1, max_size=60), min_size=3, max_size=8
    )
)
def test_any_text_is_escaped_by_the_page_that_shows_it(hostile_page: "HostilePage", words: list[str]) -> None:
    told = hostile_page.with_note(" ".join(words))
    assert told.tags <= hostile_page.known and told.foreign_addresses == set()


class HostilePage:
    """The page of one household with another note each time."""

    def __init__(self, world: World) -> None:
        self.world, self.known = world, known_tags(world)

    def with_note(self, note: str) -> Shape:
        ref = self.world.made.house(OWN, 1).ref
        with self.world.made.database.writing(ALL) as connection:
            connection.execute(update(tables.contacts).where(tables.contacts.c.ref == ref).values(note=note))
            connection.execute(update(tables.entries).where(tables.entries.c.ref == ref).values(slot_sentence=note))
            connection.execute(update(tables.people).where(tables.people.c.ref == ref).values(address=note))
        cell = replace(cell_of(self.world, ("GET", "/households/{ref}")), target=self.world.targets[OWN, 1])
        return Shape(self.world.ask([cell])[0].text)


@pytest.fixture
def hostile_page(sqlite_database: Database) -> Iterator[HostilePage]:
    configure_logs(io.StringIO())
    world = make_world(sqlite_database)
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        yield HostilePage(world)
    world.close()


def test_in_a_browser_nothing_that_is_stored_runs(sqlite_database: Database) -> None:
    configure_logs(io.StringIO())
    world = make_world(sqlite_database)
    poison(world, MARKUP)
    place = f"dong={OWN}&round={NEWEST}"
    paths = {
        WORKER: [f"/list?{place}", f"/list/print?{place}", f"/households/{world.made.house(OWN, 0).ref}", f"/area?{place}"],
        HUB: ["/hub", "/hub/cases"],
        "auditor": [f"/audit/entries/{NEWEST}/{world.made.house(OWN, 0).ref}", f"/audit/replay?round={NEWEST}&area={OWN}"],
    }  # fmt: skip
    service = made_service(sqlite_database)
    with running(service) as address, chromium_page() as page:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for login, own in paths.items():
            page.context.clear_cookies()
            sign_in(page, address, login)
            for path in own:
                seen = watch(page)
                answer = page.goto(f"{address}{path}")
                page.wait_for_load_state("networkidle")
                assert answer.status == 200, path.split("?")[0]
                assert policy_violations(page) == [] and seen.errors == [], path.split("?")[0]
                assert seen.hosts() <= {address.removeprefix("http://")}, path.split("?")[0]
                assert page.evaluate("document.scripts.length") == page.evaluate(
                    "[...document.scripts].filter(one => one.src.startsWith(location.origin + '/static/')).length"
                )
        assert dialogs == []
    world.close()
