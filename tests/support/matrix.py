"""Every route times everybody who may ask times every household: who gets what, and what an answer gives away.

    world = make_world(database)
    Judgement.of(world, cells(world, ROWS)).wrong     # sentences; none is what we want

A row (`tests.support.matrix_rows`) says of a route whom it is for and how to ask, in words such as ``{ref}`` that a
`Target` fills. What an answer must be follows from the row and the asker's areas alone; what it may hold, from the
strings that only one household has. Acts are undone once they are answered, so that each cell meets the same town.
"""

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx2
from fastapi import FastAPI
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from domain.casework import Request
from domain.people import ALL, EVERYWHERE, NOBODY, Grant, Role, Scope, Signature
from domain.policy import Policy
from outreach import accounts, casework
from serving.access import Visit
from serving.app import create_app
from serving.headers import SECURITY_HEADERS
from serving.service import Service
from store import accounts as stored
from store.cases import find_case
from store.database import Connection, Database
from store.tables import contacts, requests
from tests.support.made_service import HOST, bearer, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import DONGS, LISTED, NEWEST, NOW, OLDER, PER_DONG, House, Made, fill
from tests.web.routes_table import ANYONE, SIGNED_IN, Who

_T = TypeVar("_T")
MACHINES = ("/api/", "/metrics")
_AT_A_TIME = 200
WITH_HUB, ASKING = 7, 4  # in each dong, who is with the hub, and who asks for data to be put right
ABSENT_CODE = "4199900000"
_NO_MODEL = "need-1"
_MANY = (
    ("two-dongs", ((Role.DONG, "4128151000"), (Role.DONG, "4128552600"))),
    ("dong-and-hub", ((Role.DONG, "4128152000"), (Role.HUB, "41285"))),
)


@dataclass(frozen=True)
class Target:
    """A household that is asked for, or one that does not exist, with the words that a request names it by."""

    name: str
    dong_code: str
    words: Mapping[str, str]
    house: House | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """How a route is asked. ``place``: the household of each dong that it works for."""

    who: Who
    place: int = 0
    query: str = ""
    form: Mapping[str, Any] | None = None
    json: Mapping[str, Any] | None = None
    ok: int = 200
    absent: int = 404
    opens: bool = False  # shows name, address and phone of the household
    opens_list: bool = False  # of every household of the asker's own dongs; a hub has none and is refused
    is_about_one: bool = True  # whether the answer depends on the household asked for


@dataclass(frozen=True)
class Asker:
    """Somebody with a cookie and a token; the rights are those that hold now."""

    name: str
    grants: tuple[tuple[Role, str], ...] = ()
    page: Mapping[str, str] = field(default_factory=dict, repr=False)
    machine: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_in: bool = True

    def roles(self, who: Who) -> frozenset[Role]:
        return frozenset(role for role, _ in self.grants if not isinstance(who, str) and role in who)

    def scope(self, who: Who) -> Scope:
        """The areas whose households this asker may meet by such a route; nobody's for an analyst."""
        seeing = self.roles(who) - {Role.ANALYST}
        return Scope(tuple(area for role, area in self.grants if role in seeing))


@dataclass(frozen=True)
class Cell:
    """One request."""

    asker: Asker
    route: tuple[str, str]
    row: Row
    target: Target

    def __str__(self) -> str:
        return f"{self.asker.name} · {' '.join(self.route)} · {self.target.name}"


@dataclass
class World:
    """A filled service, and everybody who asks it."""

    made: Made
    service: Service
    app: FastAPI
    askers: Mapping[str, Asker]
    targets: Mapping[tuple[str, int], Target]  # by dong and place
    absent: Target
    runner: asyncio.Runner

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.run(work)

    def ask(self, cells: Sequence[Cell]) -> list[httpx2.Response]:
        """The answers, in order."""
        return self.run(self._ask(cells))

    async def _ask(self, cells: Sequence[Cell]) -> list[httpx2.Response]:
        async with self.client() as client:
            return [await client.send(request_of(client, cell)) for cell in cells]

    def client(self) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url=f"http://{HOST}")

    def close(self) -> None:
        self.service.recorder.__exit__(None, None, None)
        self.runner.close()


def request_of(client: httpx2.AsyncClient, cell: Cell) -> httpx2.Request:
    """The request of a cell: a page's with cookie and origin, a machine's with its token."""
    method, path = cell.route
    is_machine = path.startswith(MACHINES)
    own = cell.asker.machine if is_machine else cell.asker.page
    headers = dict(own) if is_machine else {"origin": f"http://{HOST}", **own}
    if cell.row.json is not None and method != "GET":
        headers["idempotency-key"] = f"key-{abs(hash(str(cell))):020d}"
    words = cell.target.words
    client.cookies.clear()
    return client.build_request(
        method,
        path.format(**words) + (f"?{cell.row.query.format(**words)}" if cell.row.query else ""),
        data=_filled(cell.row.form, words) if cell.row.form is not None else None,
        json=_filled(cell.row.json, words) if cell.row.json is not None else None,
        headers=headers,
    )


def _filled(form: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    filled = {name: value.format(**words) if isinstance(value, str) else value for name, value in form.items()}
    return {name: int(value) if name == "version" else value for name, value in filled.items()}


# --- the town and the people ------------------------------------------------------------------------------------------


def make_world(database: Database, *, model: str = _NO_MODEL, **more: Any) -> World:
    """A filled database behind the application, everybody signed in; ``model`` is the one that is asked for by name."""
    made = fill(database)
    same = {"name": model, "bundle": model, "capacity": str(Policy().list.capacity)}
    with database.writing(ALL) as connection:
        _hand_over(connection, made)
        targets = {
            (house.dong_code, house.number % PER_DONG): _target(connection, made, house, same) for house in made.houses
        }
        _add_people(connection)
    service = made_service(database, **more)
    app = create_app(service)
    absent = {"ref": "A" * 22, "dong_code": ABSENT_CODE, "district": ABSENT_CODE[:5], "number": "987654",
              "request": "987654", "round": NEWEST, "seen": "0", "worker": "987654", **same}  # fmt: skip
    nothing = Target("absent", ABSENT_CODE, absent)
    return World(made, service, app, _askers(service, app, made), targets, nothing, asyncio.Runner())


def _hand_over(connection: Connection, made: Made) -> None:
    for code in DONGS:
        ref, at = made.house(code, WITH_HUB).ref, NOW - timedelta(days=1)
        dong, hub = (
            Signature(made.users[login], login, Scope((area,)), at, "console")
            for login, area in ((f"dong-{code}", code), (f"hub-{code[:5]}", code[:5]))
        )
        casework.hand_over(connection, by=dong, ref=ref, seen=0, reason="혼자 두기 어렵습니다")
        casework.take(connection, by=hub, ref=ref, seen=1)
        asking, kind, day = made.house(code, ASKING).ref, Request.CORRECTION, at.date()
        casework.record_request(connection, by=dong, ref=asking, seen=0, kind=kind, made_on=day, note="고쳐 달라고 함")


def _target(connection: Connection, made: Made, house: House, same: Mapping[str, str]) -> Target:
    case = find_case(connection, ALL, house.ref)
    number, request = (
        connection.scalar(select(table.c.id).where(table.c.ref == house.ref)) or 987_653
        for table in (contacts, requests)
    )
    place = house.number % PER_DONG
    assert case is not None
    words = {"ref": house.ref, "dong_code": house.dong_code, "district": house.dong_code[:5],
             "number": str(number), "request": str(request), "round": NEWEST if place in LISTED[NEWEST] else OLDER,
             "seen": str(case.version), "worker": str(made.users[f"dong-{house.dong_code}"]), **same}  # fmt: skip
    return Target(f"{house.dong_code}/{place}", house.dong_code, words, house)


def _add_people(connection: Connection) -> None:
    known = stored.find_account(connection, "analyst")
    assert known is not None
    long_ago = NOW - timedelta(days=30)
    rights = [(login, role, area, None) for login, grants in _MANY for role, area in grants]
    rights += [("just-ended", Role.DONG, "4128151000", NOW - timedelta(seconds=1))]
    ids: dict[str, int] = {}
    for login, role, area, until in rights:
        if login not in ids:
            ids[login] = stored.add_account(
                connection, login=login, name="여럿담당", password_hash=known.password_hash, subject=None, at=long_ago
            )
            stored.change_account(connection, ids[login], must_change_password=False)
        grant = Grant(role, area, long_ago, until)
        stored.add_grant(connection, ids[login], grant, granted_by="setup", reason="made up for tests")


def _askers(service: Service, app: FastAPI, made: Made) -> dict[str, Asker]:
    rights: dict[str, tuple[tuple[Role, str], ...]] = dict(_MANY)
    rights |= {f"dong-{code}": ((Role.DONG, code),) for code in DONGS}
    rights |= {f"hub-{code}": ((Role.HUB, code),) for code in ("41281", "41285")}
    rights |= {"analyst": ((Role.ANALYST, EVERYWHERE),), "auditor": ((Role.AUDITOR, EVERYWHERE),)}
    rights |= {"just-ended": (), "without": ()}
    found = {login: _asker(service, app, login, grants) for login, grants in rights.items()}
    worker, locked = found["dong-4128151000"], _asker(service, app, "dong-4128151000-2", (), is_in=False)
    by = Signature(0, "console", ALL, service.now(), "console")
    with service.database.writing(ALL) as connection:
        accounts.lock_user(connection, login=locked.name, reason="made up for tests", by=by)
    swapped = Asker("keys swapped", (), worker.machine, {"cookie": worker.page["cookie"]}, is_in=False)
    return found | {"locked": locked, "swapped": swapped, "nobody": Asker("nobody", is_in=False)}


def _asker(
    service: Service, app: FastAPI, login: str, grants: tuple[tuple[Role, str], ...], *, is_in: bool = True
) -> Asker:
    browser = signed_in(client_of(service, app), login)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    page = {"cookie": cookie, "x-csrf-token": csrf_of(browser)}
    return Asker(login, grants, page, bearer(service, login), is_in)


class _UndoneError(Exception):
    """Takes an act back that was answered."""


@contextmanager
def undone(patch: Any) -> Iterator[None]:
    """Acts are answered as ever, but not kept."""
    kept = Visit.acting

    @contextmanager
    def acting(visit: Visit) -> Iterator[Connection]:
        try:
            with kept(visit) as connection:
                yield connection
                raise _UndoneError
        except _UndoneError:
            return

    patch.setattr(Visit, "acting", acting)
    yield


# --- cells and what they must come to ---------------------------------------------------------------------------------


def cells(
    world: World,
    rows: Mapping[tuple[str, str], Row],
    askers: Iterable[str] = (),
    *,
    places: Sequence[int] = (),
    codes: Sequence[str] = (),
) -> list[Cell]:
    """Everybody's requests; ``places``: which households of each dong, else the one each row works for.

    ``codes``: of which dongs, else of all; of only the first for those who are turned away at once.

    For every asker, row and round the absent household comes first: it is what the foreign ones are compared with.
    """
    found = []
    for name in askers or world.askers:
        for route, row in rows.items():
            asker, asked = world.askers[name], codes or list(DONGS)
            theirs = asked if asker.roles(row.who) or places else asked[:1]
            chosen = [world.targets[code, place] for place in (places or [row.place]) for code in theirs]
            rounds = dict.fromkeys(target.words["round"] for target in chosen) if row.is_about_one else [NEWEST]
            absent = [replace(world.absent, words={**world.absent.words, "round": one}) for one in rounds]
            found += [Cell(asker, route, row, target) for target in (*absent, *(chosen if row.is_about_one else ()))]
    return found


def file_cells(
    world: World,
    files: Mapping[str, tuple[tuple[str, str], Row]],
    askers: Iterable[str] = (),
    *,
    places: Sequence[int] = (),
    codes: Sequence[str] = (),
) -> list[Cell]:
    """Requests for files as `cells` makes those for rows; each says of itself which file it is."""
    return [
        replace(cell, target=replace(cell.target, name=f"{cell.target.name} · {name}"))
        for name, (route, row) in files.items()
        for cell in cells(world, {route: row}, askers, places=places, codes=codes)
    ]


@dataclass
class Judgement:
    """What is wrong with the answers, a sentence each (nothing of a household stands in it), and what worked."""

    world: World = field(repr=False)
    wrong: list[str] = field(default_factory=list)
    worked: set[tuple[str, str]] = field(default_factory=set)
    number: int = 0
    _absent: dict[tuple[str, tuple[str, str], str], tuple[int, str]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, world: World, asked: Sequence[Cell], *, at_most: int | None = None) -> "Judgement":
        """Asks, and judges the answers; goes no further once ``at_most`` are wrong."""
        found = cls(world)
        for start in range(0, len(asked), _AT_A_TIME):
            some = asked[start : start + _AT_A_TIME]
            for cell, answer in zip(some, world.ask(some), strict=True):
                found.number += 1
                found.wrong += found(cell, answer)
                if answer.status_code == cell.row.ok:
                    found.worked.add(cell.route)
            if at_most and len(found.wrong) >= at_most:
                break
        return found

    def __call__(self, cell: Cell, answer: httpx2.Response) -> Iterator[str]:
        wanted = self._wanted(cell)
        if answer.status_code not in wanted:
            yield f"{cell}: {answer.status_code}, not {sorted(wanted)}"
        if self._is_out(cell) and cell.row.is_about_one:
            yield from self._differs(cell, answer)
        told = said(answer)
        run_on = without_gaps(told) if is_file(answer) else ""
        for house, words in self._hidden(cell):
            if any(word in told or without_gaps(word) in run_on for word in words if word not in _sent(cell)):
                yield f"{cell}: the answer gives away the household {house.number}"
        yield from (f"{cell}: {told}" for told in wrong_headers(answer))

    def _wanted(self, cell: Cell) -> set[int]:
        who, method, path = cell.row.who, *cell.route
        if who == ANYONE:
            return {cell.row.ok}
        if not cell.asker.is_in:
            return {303} if method == "GET" and not path.startswith(MACHINES) else {401}
        if who == SIGNED_IN:
            return {cell.row.ok}
        if not cell.asker.roles(who):
            return {403}
        if cell.row.opens_list:
            return {cell.row.ok} if (Role.DONG, self._shown(cell)) in cell.asker.grants else {422}
        if cell.row.is_about_one and self._is_out(cell):
            return {cell.row.absent}
        # Not every act fits where every case stands; that each works where it should is asked for apart.
        is_dong = (Role.DONG, cell.target.dong_code) in cell.asker.grants
        fits = cell.target.house is None or cell.target.house.number % PER_DONG == cell.row.place
        fits = fits and (is_dong or method == "GET" or not cell.row.is_about_one)
        return {cell.row.ok} if fits else {cell.row.ok, 422, 404}

    def _shown(self, cell: Cell) -> str:
        """The dong whose list is shown: the one asked for, or instead of a foreign one the first of the asker's."""
        scope = cell.asker.scope(cell.row.who)
        return next(code for code in (cell.target.dong_code, *DONGS) if code in DONGS and scope.covers(code))

    def _is_out(self, cell: Cell) -> bool:
        return cell.target.house is None or not cell.asker.scope(cell.row.who).covers(cell.target.dong_code)

    def _differs(self, cell: Cell, answer: httpx2.Response) -> Iterator[str]:
        same, asked = (
            (answer.status_code, _without(cell, answer)),
            (cell.asker.name, cell.route, cell.target.words["round"]),
        )
        if cell.target.house is None:
            self._absent[asked] = same
        elif self._absent[asked] != same:
            yield f"{cell}: the answer tells a foreign household from an absent one"

    def _hidden(self, cell: Cell) -> Iterator[tuple[House, Sequence[str]]]:
        scope = cell.asker.scope(cell.row.who) if cell.asker.is_in else NOBODY
        for house in self.world.made.houses:
            if not scope.covers(house.dong_code):
                yield house, house.canaries
            elif not _may_open(cell, house):
                yield house, (house.household_id, *house.who)
            else:
                yield house, (house.household_id,)


def wrong_headers(answer: httpx2.Response) -> Iterator[str]:
    """What is wrong with the headers of an answer that is no file of the program."""
    for name, value in SECURITY_HEADERS.items():
        if answer.headers.get_list(name) != [value]:
            yield f"{name} is missing or said twice"
    if answer.headers.get_list("cache-control") != ["no-store"]:
        yield "the answer could be kept"
    if {"server", "x-powered-by", "via"} & set(answer.headers):
        yield "the answer says what made it"
    if any(
        "httponly" not in one.lower() or "samesite=lax" not in one.lower()
        for one in answer.headers.get_list("set-cookie")
    ):
        yield "a cookie is open to scripts or to other sites"
    is_error_to_machine = answer.status_code >= 400 and answer.request.url.path.startswith(MACHINES)
    if is_error_to_machine and answer.headers.get("content-type") != "application/problem+json":
        yield "a machine's error is no problem+json"


def _may_open(cell: Cell, house: House) -> bool:
    if cell.row.opens_list:
        return (Role.DONG, house.dong_code) in cell.asker.grants
    return cell.row.opens and cell.target.house is house


def _sent(cell: Cell) -> str:
    return " ".join((cell.target.words["ref"],))


_OF_ITS_OWN = re.compile(r"\b\d{3}-[0-9a-f]{8}\b|urn:sagak:error:[0-9a-f]{8}|\b\d{8}-[0-9a-f]{6}\b")


def _without(cell: Cell, answer: httpx2.Response) -> str:
    """What an answer says, without its own number and without what was asked for."""
    words, told = cell.target.words, unquote(_OF_ITS_OWN.sub("#", said(answer)))
    for word in (words["ref"], words["dong_code"], f"district={words['district']}", f"/contacts/{words['number']}",
                 f"round={words['round']}", f"/rounds/{words['round']}"):  # fmt: skip
        told = told.replace(word, "*")
    return told


_DATED = re.compile(r'"(?:created|modified)":|<dcterms:.*?</dcterms:\w+>', re.DOTALL)


def said(answer: httpx2.Response) -> str:
    """All that an answer says: headers, and the body in each way that it can be read."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "content-length")
    body = _DATED.sub("", text_in(answer.content))
    if answer.headers.get("content-type", "").startswith("text/html"):
        body = f"{body}\n{unescape(body)}" if "&" in body else body
    elif "json" in answer.headers.get("content-type", "") and answer.content:
        body = json.dumps(json.loads(body), ensure_ascii=False)
    return f"{headers}\n{unquote(headers) if '%' in headers else ''}\n{body}"


def is_file(answer: httpx2.Response) -> bool:
    """Whether an answer is one to take along."""
    return answer.headers.get("content-disposition", "").startswith("attachment")


def without_gaps(text: str) -> str:
    """A text as it runs on, wherever a page or a cell breaks its lines."""
    return "".join(text.split())


def text_in(content: bytes) -> str:
    """The text in a file: of every member of an archive, of every cell of a workbook, of every page of a PDF."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
            is_workbook = "xl/workbook.xml" in archive.namelist()
        return "\n".join(
            [*members, *(unescape(member) for member in members), *(_cells_in(content) if is_workbook else ())]
        )
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        about = (reader.metadata or {}).values()
        return "\n".join([*(page.extract_text() for page in reader.pages), *map(str, about)])
    return content.decode("utf-8", "replace")


def _cells_in(content: bytes) -> Iterator[str]:
    """What an office program shows of a workbook: names of sheets, values, remarks; also of hidden ones."""
    for sheet in load_workbook(io.BytesIO(content)):
        yield sheet.title
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            yield "" if cell.value is None else str(cell.value)
            yield cell.comment.text if cell.comment else ""
