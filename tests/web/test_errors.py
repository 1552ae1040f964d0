"""Errors: what people and machines are told, what the log holds, and what neither does."""

import io
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, text

import serving.app
from domain.errors import BundleRefused, NotFound, StorageFailed, UsageError
from domain.people import ALL, Role
from sagak.serving import running_service
from sagak.settings import Settings
from sagak.site import Site
from serving.access import Visit, may
from serving.logs import KEYS, configure_logs
from serving.refusals import Conflict, NoSuchThing
from serving.service import Service
from store.database import Database
from store.sealer import Sealer
from store.tables import trail
from store.trail import Line, append
from tests.support.made_service import bearer, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NOW, fill

CANARY = "김표지-010-5550-0000"
WORKER = "dong-4128151000"
REF = "A1b2" * 5 + "xy"
KINDS = {
    "refusal": (NoSuchThing(), 404),
    "conflict": (Conflict(), 409),
    "usage": (UsageError("The day is not one.", hint="Write 2026-11-16."), 422),
    "not-found": (NotFound("There is no such round."), 404),
    "bundle": (BundleRefused(f"secret path {CANARY}"), 503),
    "storage": (StorageFailed(f"disk {CANARY}"), 503),
    "ours": (RuntimeError(f"household {CANARY}"), 500),
}
router = APIRouter()


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")
    months: int


@router.get("/failing/{kind}")
@router.get("/api/v1/failing/{kind}")
def fail(kind: str, visit: Annotated[Visit, may(*Role)]) -> None:
    raise KINDS[kind][0]


@router.get("/failing/household/{ref}")
def fail_on(ref: str, visit: Annotated[Visit, may(*Role)]) -> None:
    raise NoSuchThing


@router.get("/looking")
def look(visit: Annotated[Visit, may(*Role)]) -> dict[str, str]:
    visit.look("view_list", "2026-W47")
    return {"shown": CANARY}


@router.post("/api/v1/taking")
def take(sent: Sent, visit: Annotated[Visit, may(*Role)]) -> None: ...


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logs(stream)
    return stream


@pytest.fixture
def service(sqlite_database: Database) -> Service:
    fill(sqlite_database)
    return made_service(sqlite_database)


@pytest.fixture
def app(service: Service, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(serving.app, "ROUTERS", (*serving.app.ROUTERS, router))
    return serving.app.create_app(service)


@pytest.fixture
def page(service: Service, app: FastAPI) -> TestClient:
    return signed_in(client_of(service, app), WORKER)


@pytest.fixture
def machine(service: Service, app: FastAPI) -> TestClient:
    client = client_of(service, app)
    client.headers.update(bearer(service, WORKER))
    return client


def lines(log: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_people_get_a_page_that_says_what_to_do_and_a_number(page: TestClient, log: io.StringIO, kind: str) -> None:
    answer = page.get(f"/failing/{kind}")
    assert answer.status_code == KINDS[kind][1]
    number = lines(log)[-1]["error"]
    assert f"오류 번호 {answer.status_code}-{number}" in answer.text
    assert "담당1" in answer.text and "복지정책과 02-000-0000" in answer.text
    assert CANARY not in answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_machines_get_a_problem_with_a_number(machine: TestClient, log: io.StringIO, kind: str) -> None:
    answer = machine.get(f"/api/v1/failing/{kind}")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (KINDS[kind][1], KINDS[kind][1])
    assert problem["instance"] == f"urn:sagak:error:{lines(log)[-1]['error']}"
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    assert CANARY not in answer.text


def test_a_mistake_of_ours_is_logged_by_place_without_its_words(page: TestClient, log: io.StringIO) -> None:
    page.get(f"/failing/ours?name={CANARY}")
    line = lines(log)[-1]
    assert (line["event"], line["level"], line["kind"], line["status"]) == ("failed", "error", "RuntimeError", 500)
    assert line["route"] == "/failing/{kind}"
    assert any(frame.startswith("web/test_errors.py:") for frame in line["trace"])
    assert set(line) <= KEYS
    assert CANARY not in log.getvalue() and WORKER not in log.getvalue()


@pytest.mark.parametrize(
    "body", [{"months": CANARY}, {"months": 1, CANARY: 2}, {CANARY: {}}, [CANARY], CANARY, {"months": None}]
)
def test_what_was_sent_wrongly_is_not_said_back(machine: TestClient, log: io.StringIO, body: object) -> None:
    answer = machine.post("/api/v1/taking", json=body)
    assert answer.status_code == 422 and answer.json()["errors"]
    assert CANARY not in json.loads(json.dumps(answer.text, ensure_ascii=False)) and "표지" not in answer.text
    assert CANARY not in log.getvalue()


def test_broken_json_is_not_said_back(machine: TestClient) -> None:
    content = f'{{"months": {CANARY}'.encode()
    answer = machine.post("/api/v1/taking", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422 and "표지" not in answer.text


def test_asking_in_vain_is_on_record_with_the_household(page: TestClient, service: Service) -> None:
    page.get(f"/failing/household/{REF}")
    page.get(f"/failing/household/{CANARY}")
    with service.database.reading(ALL) as connection:
        rows = connection.execute(
            select(trail.c.actor, trail.c.subjects, trail.c.detail).where(trail.c.act == "refused").order_by(trail.c.id)
        ).all()
    detail = {"status": 404, "route": "GET /failing/household/{ref}"}
    assert [tuple(row) for row in rows] == [(WORKER, REF, detail), (WORKER, "", detail)]


def test_what_cannot_be_recorded_is_not_shown(page: TestClient, service: Service, log: io.StringIO) -> None:
    assert page.get("/looking").json() == {"shown": CANARY}
    service.recorder.__exit__(None, None, None)
    answer = page.get("/looking")
    assert answer.status_code == 503 and CANARY not in answer.text
    assert lines(log)[-1]["kind"] == "OutOfService<-StorageFailed"


def test_without_the_table_of_the_trail_nothing_is_shown(page: TestClient, service: Service) -> None:
    with service.database.writing(ALL) as connection:
        connection.execute(text("ALTER TABLE trail RENAME TO gone"))
    answer = page.get("/looking")
    assert answer.status_code == 503 and CANARY not in answer.text


def test_without_a_database_pages_say_so(service: Service, app: FastAPI) -> None:
    broken = type(service)(**(service.__dict__ | {"database": _Gone()}))
    app.state.service = broken
    answer = client_of(broken, app).get("/", headers={"cookie": "sagak=x"})
    assert answer.status_code == 503 and "지금은 쓸 수 없습니다" in answer.text
    assert client_of(broken, app).get("/healthz").status_code == 200
    ready = client_of(broken, app).get("/readyz")
    assert (ready.status_code, ready.json()["schema"]) == (503, False)


class _Gone:
    """A database that does not answer, as `store.database` says it."""

    is_sqlite = True

    def reading(self, scope):
        raise StorageFailed("The database does not answer.")


def test_readiness_says_what_is_there(service: Service) -> None:
    found = client_of(service).get("/readyz").json()
    assert found == {"is_ready": True, "schema": True, "round": True, "trail": True, "model": False}


def test_a_trail_that_cannot_be_sealed_is_told_to_whoever_watches(service: Service, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with Sealer(service.database, tmp_path / "file" / "checkpoints.txt", lambda: NOW, pause=0.01) as sealer:
        watched = client_of(replace(service, trail_failure=lambda: sealer.failure))
        told = bearer(service, "auditor")
        while not sealer.failure:
            time.sleep(0.01)
        ready = watched.get("/readyz")
        assert (ready.status_code, ready.json()["is_ready"], ready.json()["trail"]) == (503, False, False)
        assert "sagak_trail_failing 1.0" in watched.get("/metrics", headers=told).text


def test_a_service_knows_what_its_sealer_knows(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    unwritable = str(tmp_path / "file" / "checkpoints.txt")
    settings = Settings.from_environment({"SAGAK_HOME": str(tmp_path), "SAGAK_CHECKPOINTS": unwritable})
    with running_service(settings, Site.from_environment({})) as service:
        with service.database.writing(ALL) as connection:
            append(connection, Line(NOW, "kim", "-", "sign_in", (), {}))
        while not service.trail_failure():
            time.sleep(0.01)


def test_a_part_of_a_page_gets_a_part(page: TestClient) -> None:
    answer = page.get("/failing/refusal", headers={"hx-request": "true"})
    assert answer.status_code == 404 and "<html" not in answer.text and "자료가 없습니다" in answer.text


def test_a_script_is_told_that_nobody_is_signed_in(service: Service) -> None:
    for headers in ({"hx-request": "true"}, {"accept": "application/json"}):
        assert client_of(service).get("/session", headers=headers).status_code == 401


def test_figures_name_routes_by_their_template(page: TestClient, machine: TestClient, service: Service) -> None:
    page.get(f"/failing/household/{REF}")
    page.get(f"/nothing/{REF}")
    figures = client_of(service, page.app).get("/metrics", headers=bearer(service, "auditor")).text
    assert 'sagak_requests_total{method="GET",route="/failing/household/{ref}",status="404"} 1.0' in figures
    assert 'route="(unknown)"' in figures and REF not in figures


@given(st.text())
def test_whatever_a_line_holds_it_is_one_line_of_ascii(words: str) -> None:
    import structlog

    stream = io.StringIO()
    configure_logs(stream)
    structlog.get_logger().info("answered", route=words, login=words)
    assert stream.getvalue().isascii() and stream.getvalue().count("\n") == 1
    assert json.loads(stream.getvalue())["route"] == words and "login" not in json.loads(stream.getvalue())


def test_signing_out_works_from_an_error_page(page: TestClient) -> None:
    assert f'name="csrf" value="{csrf_of(page)}"' in page.get("/failing/refusal").text


@pytest.mark.parametrize("path", ["/hub", "/nothing/here"])
def test_whoever_is_signed_in_keeps_the_menu_on_an_error_page(service: Service, path: str) -> None:
    client = signed_in(client_of(service), "dong-4128151000")
    answer = client.get(path)
    assert answer.status_code in (403, 404)
    assert 'href="/list"' in answer.text
    assert 'action="/logout"' in answer.text
    assert '<a class="krds-btn medium primary" href="/">' in answer.text
    assert 'action="/logout"' not in client_of(service).get("/nothing/here").text


@pytest.mark.parametrize(
    ("login", "path", "page"),
    [
        ("dong-4128151000", "/households/{ref}/contacts?round=2026-W47", "/households/{ref}?round=2026-W47"),
        ("dong-4128151000", "/households/{ref}/reveal", "/households/{ref}"),
        ("dong-4128151000", "/assignments?band=high", "/list?band=high"),
        ("hub-41281", "/hub/cases/{ref}/take", "/hub/cases"),
        ("auditor", "/audit/reviews", "/audit/access"),
        ("auditor", "/audit/access/files", "/audit/access"),
        ("analyst", "/analysis/proposals", "/analysis"),
    ],
)
def test_the_address_of_a_form_leads_to_the_page_on_which_it_stands(
    service: Service, login: str, path: str, page: str
) -> None:
    answer = signed_in(client_of(service), login).get(path.format(ref="A" * 22), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, page.format(ref="A" * 22))


def test_a_site_without_contact_or_overseer_says_neither_and_names_the_administrator(
    service: Service, page: TestClient
) -> None:
    bare = replace(service, rules=replace(service.rules, contact="", overseer=""))
    foot = client_of(bare).get("/login").text
    assert "인공지능 운영 책임자</dt>" not in foot
    assert "문의</dt>" not in foot
    page.app.state.service = bare
    told = page.get("/failing/ours").text
    assert "관리자에게 알려 주십시오" in told
    assert "문의처" not in told
