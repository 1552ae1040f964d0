"""Headers on every answer: pages, calls, errors, files, and what no route answers."""

from dataclasses import replace

import pytest

from serving.headers import SECURITY_HEADERS
from serving.rendering import asset
from serving.service import Service
from store.database import Database
from tests.support.made_service import RULES, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import fill
from tests.web.routes_table import routes_table


@pytest.fixture
def service(sqlite_database: Database) -> Service:
    fill(sqlite_database)
    return made_service(sqlite_database)


def check(answer, *, caching: str = "no-store") -> None:
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.get_list(name) == [value], (answer.request.url.path, name)
    assert answer.headers["cache-control"] == caching
    assert "server" not in answer.headers


def test_every_route_answers_with_them_to_a_stranger_and_to_a_worker(service: Service) -> None:
    worker = signed_in(client_of(service), "dong-4128151000")
    worker.headers["x-csrf-token"] = csrf_of(worker)
    for method, path in routes_table(worker.app):
        for client in (client_of(service, worker.app), worker):
            if path != "/logout" and "/oidc" not in path:
                check(client.request(method, path))


def test_errors_have_them_too(service: Service) -> None:
    client = client_of(service)
    check(client.get("/nothing"))
    check(client.get("/api/v1/nothing"))
    check(client.request("BREW", "/login"))
    check(client.post("/login", content=b"x" * (service.rules.largest_body + 1)))
    check(client.get("/login", headers={"host": "elsewhere.example"}))


def test_files_of_the_program_are_kept_for_good(service: Service) -> None:
    answer = client_of(service).get(asset("app.css"))
    assert answer.status_code == 200
    check(answer, caching="public, max-age=31536000, immutable")
    check(client_of(service).get("/static/nothing.css"))
    check(client_of(service).get("/static/../app.py"))


def test_https_is_promised_where_there_is_https(sqlite_database: Database) -> None:
    service = made_service(sqlite_database, rules=replace(RULES, is_secure=True))
    assert "max-age=31536000" in client_of(service).get("/login").headers["strict-transport-security"]


def test_without_https_none_is_promised(service: Service) -> None:
    assert "strict-transport-security" not in client_of(service).get("/login").headers


def test_a_name_that_is_not_ours_is_not_answered(service: Service) -> None:
    answer = client_of(service).get("/healthz", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400 and "elsewhere" not in answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/list/"), ("POST", "/login/"), ("GET", "/api/v1/me/")])
def test_a_slash_too_many_leads_to_no_address_that_the_caller_names(service: Service, method: str, path: str) -> None:
    answer = client_of(service).request(method, path)
    assert answer.status_code == 404 and "location" not in answer.headers


def test_the_page_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = SECURITY_HEADERS["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy


def test_a_large_body_is_refused_before_it_is_read(service: Service) -> None:
    client = client_of(service)
    told = client.post("/login", content=b"a=" + b"x" * (1 << 20))
    assert told.status_code == 413 and "너무 큽니다" in told.text
    problem = client.post("/api/v1/scores", content=b"x" * (1 + (1 << 20)))
    assert (problem.status_code, problem.headers["content-type"]) == (413, "application/problem+json")
    chunks = (b"x" * 65536 for _ in range(32))
    answer = client.post("/login", content=chunks, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413 and "너무 큽니다" in answer.text
