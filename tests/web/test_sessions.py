"""Sessions: how they end, what their cookie is, and that rights are those of this very request."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import httpx2
import pytest
from fastapi import APIRouter
from sqlalchemy import select

import serving.app
from domain.people import ALL, Role, Signature
from outreach.accounts import grant_right, revoke_right
from serving.access import Visit, may
from serving.service import Service
from store.database import Database
from store.tables import sessions, trail
from store.trail import Line, append
from tests.support.made_service import HOST, RULES, Clock, bearer, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NOW, fill

WORKER = "dong-4128151000"
BY = Signature(0, "console:admin", ALL, NOW, "this machine")
WHY = "made up for tests"
JSON = {"accept": "application/json"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(any_database: Database, clock: Clock) -> Service:
    fill(any_database)
    return made_service(any_database, now=clock)


def is_in(client) -> bool:
    return client.get("/session", headers=JSON).status_code == 200


def test_the_database_knows_no_token(service: Service) -> None:
    client = signed_in(client_of(service), WORKER)
    with service.database.reading(ALL) as connection:
        kept = str(connection.execute(select(sessions)).all())
    assert client.cookies["sagak"] not in kept
    assert len(client.cookies["sagak"]) == 43  # 256 bits


def test_idle_sessions_end_and_used_ones_do_not(service: Service, clock: Clock) -> None:
    client = signed_in(client_of(service), WORKER)
    for _ in range(3):
        clock.forward(minutes=19)
        assert is_in(client)
    clock.forward(minutes=20)
    assert not is_in(client)


def test_a_session_ends_after_nine_hours_of_work(service: Service, clock: Clock) -> None:
    client = signed_in(client_of(service), WORKER)
    for _ in range(35):
        clock.forward(minutes=15)
        assert is_in(client)
    clock.forward(minutes=15)
    assert not is_in(client)


def test_use_is_noted_once_a_minute_at_most(service: Service, clock: Clock) -> None:
    client = signed_in(client_of(service), WORKER)

    def seen():
        with service.database.reading(ALL) as connection:
            return connection.scalar(select(sessions.c.seen_at))

    clock.forward(seconds=59)
    is_in(client)
    assert seen() == NOW
    clock.forward(seconds=1)
    is_in(client)
    assert seen() == NOW + timedelta(minutes=1)


def test_extending_begins_the_idle_time_anew(service: Service, clock: Clock) -> None:
    client = signed_in(client_of(service), WORKER)
    clock.forward(minutes=19)
    answer = client.post("/session/extend", data={"csrf": csrf_of(client)}, headers=JSON)
    assert answer.json() == {"seconds_left": 1200}
    clock.forward(minutes=19)
    assert client.get("/session").json()["seconds_left"] == 60 or is_in(client)
    plain = client.post("/session/extend", data={"csrf": csrf_of(client), "next": "/list?band=high"})
    assert (plain.status_code, plain.headers["location"]) == (303, "/list?band=high")


def test_signing_out_ends_the_session_on_the_server(service: Service) -> None:
    client = signed_in(client_of(service), WORKER)
    token = client.cookies["sagak"]
    answer = client.post("/logout", data={"csrf": csrf_of(client)})
    assert answer.status_code == 303 and "Max-Age=0" in answer.headers["set-cookie"]
    client.cookies.set("sagak", token)
    assert not is_in(client)


def test_a_new_sign_in_ends_the_former_and_both_are_told(service: Service) -> None:
    first = signed_in(client_of(service), WORKER)
    second = client_of(service)
    answer = second.post("/login", data={"login": WORKER, "password": "좋은 아침입니다 2026"})
    assert answer.headers["location"] == "/?done=replaced"
    told = first.get("/list")
    assert told.headers["location"] == "/login?next=%2Flist&why=elsewhere"
    assert "다른 곳에서 같은 아이디로 로그인" in first.get(told.headers["location"]).text
    assert is_in(second)


def test_rights_are_those_of_this_request(service: Service) -> None:
    client = signed_in(client_of(service), "without")
    assert client.get("/").status_code == 403
    with service.database.writing(ALL) as connection:
        grant_right(connection, login="without", role=Role.DONG, area="4128151000", reason=WHY, by=BY)
    assert client.get("/").headers["location"] == "/list"
    with service.database.writing(ALL) as connection:
        revoke_right(connection, login="without", role=Role.DONG, area="4128151000", reason=WHY, by=BY)
    assert client.get("/").status_code == 403


@pytest.mark.parametrize("login", ["ended", "not-yet", "without"])
def test_rights_outside_their_time_do_not_count(service: Service, login: str) -> None:
    assert signed_in(client_of(service), login).get("/").status_code == 403


def test_a_right_begins_and_ends_by_the_clock(service: Service, clock: Clock) -> None:
    clock.forward(days=7)
    assert signed_in(client_of(service), "not-yet").get("/").headers["location"] == "/list"


def test_cookies_are_for_pages_and_tokens_for_the_api(service: Service) -> None:
    client = signed_in(client_of(service), "auditor")
    assert client.get("/metrics").status_code == 401
    machine = bearer(service, "auditor")
    assert client_of(service).get("/metrics", headers=machine).status_code == 200
    assert client_of(service).get("/session", headers=machine | JSON).status_code == 401
    as_cookie = client_of(service)
    as_cookie.cookies.set("sagak", machine["authorization"].removeprefix("Bearer "))
    assert not is_in(as_cookie)
    as_token = {"authorization": f"Bearer {client.cookies['sagak']}"}
    assert client_of(service).get("/metrics", headers=as_token).status_code == 401


def test_a_token_ends_on_its_day(service: Service, clock: Clock) -> None:
    machine = bearer(service, "auditor")
    clock.forward(days=29, hours=23)
    assert client_of(service).get("/metrics", headers=machine).status_code == 200
    clock.forward(hours=1)
    assert client_of(service).get("/metrics", headers=machine).status_code == 401


def test_the_cookie_is_hidden_from_scripts_and_bound_to_https(sqlite_database: Database) -> None:
    fill(sqlite_database)

    def cookie(*, is_secure: bool) -> str:
        service = made_service(sqlite_database, rules=replace(RULES, is_secure=is_secure))
        data = {"login": WORKER, "password": "좋은 아침입니다 2026"}
        return str(client_of(service).post("/login", data=data).headers["set-cookie"])

    plain, secure = cookie(is_secure=False), cookie(is_secure=True)
    assert plain.startswith("sagak=") and secure.startswith("__Host-sagak=")
    assert "Secure" in secure
    for sent in (plain, secure):
        assert "HttpOnly" in sent and "SameSite=lax" in sent and "Path=/" in sent
        assert "Domain" not in sent and "Max-Age" not in sent


def test_more_at_once_than_there_are_connections_all_get_their_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = APIRouter()

    @router.post("/acting")
    def act(visit: Annotated[Visit, may(Role.DONG)]) -> None:
        visit.look("view_list", "2026-W47")
        with visit.acting() as connection:
            append(connection, Line.of(visit.by, "assign"))

    monkeypatch.setattr(serving.app, "ROUTERS", (*serving.app.ROUTERS, router))
    client = signed_in(client_of(service), WORKER)
    headers = {**client.headers, "x-csrf-token": csrf_of(client), "cookie": f"sagak={client.cookies['sagak']}"}

    async def all_at_once() -> list[int]:
        base = f"http://{HOST}"
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(client.app), base_url=base) as crowd:
            answers = await asyncio.gather(*(crowd.post("/acting", headers=headers, timeout=60) for _ in range(100)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [200] * 100
    with service.database.reading(ALL) as connection:
        acts = Counter(connection.scalars(select(trail.c.act)))
    assert (acts["view_list"], acts["assign"]) == (100, 100)
