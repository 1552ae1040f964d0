"""Every route says who may use it, and means it."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from domain.people import Role
from serving.app import create_app
from serving.service import Service
from store.database import Database
from tests.support.made_service import bearer, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import fill
from tests.web.routes_table import ANYONE, SIGNED_IN, printed, routes_table

LOGINS = {Role.DONG: "dong-4128151000", Role.HUB: "hub-41281", Role.ANALYST: "analyst", Role.AUDITOR: "auditor"}
# Whoever adds one of these thinks twice: it is seen by everybody on the network.
OPEN_TO_ANYONE = {
    ("GET", "/login"), ("POST", "/login"), ("GET", "/contrast"), ("GET", "/oidc"), ("GET", "/oidc/callback"),
    ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/api/v1/openapi.json"),
}  # fmt: skip
OPEN_TO_SIGNED_IN = {
    ("POST", "/logout"), ("GET", "/session"), ("POST", "/session/extend"), ("GET", "/password"), ("POST", "/password"),
}  # fmt: skip
REF = "A" * 22


@pytest.fixture
def service(sqlite_database: Database) -> Service:
    fill(sqlite_database)
    return made_service(sqlite_database)


@pytest.fixture
def app(service: Service) -> FastAPI:
    return create_app(service)


def test_every_route_has_exactly_one_mark(app: FastAPI, capsys: pytest.CaptureFixture[str]) -> None:
    table = routes_table(app)
    with capsys.disabled():
        print("\n" + printed(table))
    assert len(table) > 10


def test_the_walk_misses_no_route_of_an_included_router(app: FastAPI) -> None:
    paths = {context.path for context in iter_route_contexts(app.routes)}
    assert {"/login", "/", "/healthz", "/static"} <= paths


def test_what_everybody_may_use_is_a_short_list_that_is_not_stale(app: FastAPI) -> None:
    table = routes_table(app)
    assert {route for route, who in table.items() if who == ANYONE} == OPEN_TO_ANYONE
    assert {route for route, who in table.items() if who == SIGNED_IN} == OPEN_TO_SIGNED_IN


def test_no_two_routes_answer_at_the_same_address(app: FastAPI) -> None:
    found = [
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        for method in sorted(context.methods or [])
    ]
    assert len(found) == len(set(found))


def test_a_route_without_a_mark_fails_the_walk() -> None:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter(prefix="/deep")

    @router.get("/forgotten")
    def forgotten() -> None: ...

    app.include_router(router)
    with pytest.raises(AssertionError, match="/deep/forgotten has 0 marks"):
        routes_table(app)


def answer_of(client: TestClient, method: str, path: str, headers: dict[str, str]) -> int:
    address = path.replace("{ref}", REF).replace("{round}", "2026-W47").replace("{dong_code}", "4128151000")
    return client.request(method, address, headers=headers).status_code


def test_nobody_in_particular_gets_in_nowhere(app: FastAPI, service: Service) -> None:
    client = client_of(service, app)
    for (method, path), who in routes_table(app).items():
        if who != ANYONE:
            status = answer_of(client, method, path, {})
            is_page_read = method in ("GET", "HEAD") and not path.startswith(("/api/", "/metrics"))
            assert status == (303 if is_page_read else 401), (method, path)


@pytest.mark.parametrize("role", Role)
def test_each_role_is_refused_where_its_routes_end(app: FastAPI, service: Service, role: Role) -> None:
    client = signed_in(client_of(service, app), LOGINS[role])
    page, machine = {"x-csrf-token": csrf_of(client)}, bearer(service, LOGINS[role])
    for (method, path), who in routes_table(app).items():
        if isinstance(who, frozenset) and role not in who:
            headers = machine if path.startswith(("/api/", "/metrics")) else page
            assert answer_of(client, method, path, headers) == 403, (method, path)
