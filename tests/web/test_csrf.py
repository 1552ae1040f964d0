"""No other site acts in the name of somebody who is signed in: on every unsafe route, whatever it is."""

import pytest

from serving.app import create_app
from serving.service import Service
from store.database import Database
from tests.support.made_service import HOST, client_of, csrf_in, csrf_of, made_service, signed_in
from tests.support.made_store import fill
from tests.web.routes_table import ANYONE, routes_table
from tests.web.test_routes import LOGINS, REF

OURS, ELSEWHERE = f"http://{HOST}", "https://elsewhere.example"


@pytest.fixture
def service(sqlite_database: Database) -> Service:
    fill(sqlite_database)
    return made_service(sqlite_database)


def test_every_unsafe_page_route_refuses_a_request_of_another_site_or_without_the_token(service: Service) -> None:
    app = create_app(service)
    unsafe = [
        (method, path.replace("{ref}", REF), who)
        for (method, path), who in routes_table(app).items()
        if method not in ("GET", "HEAD") and not path.startswith("/api/") and who != ANYONE
    ]
    assert len(unsafe) >= 3
    for method, path, who in unsafe:
        role = next(role for role in LOGINS if isinstance(who, str) or role in who)
        client = signed_in(client_of(service, app), LOGINS[role])
        token = csrf_of(client)
        for headers in (
            {"origin": OURS},
            {"origin": OURS, "x-csrf-token": "wrong"},
            {"origin": ELSEWHERE, "x-csrf-token": token},
            {"origin": "null", "x-csrf-token": token},
            {"origin": "", "x-csrf-token": token},
            {"origin": OURS, "sec-fetch-site": "cross-site", "x-csrf-token": token},
            {"origin": OURS, "sec-fetch-site": "same-site", "x-csrf-token": token},
        ):
            assert client.request(method, path, headers=headers).status_code == 403, (method, path, headers)
        assert client.get("/session").status_code == 200


def test_the_token_of_another_session_does_not_do(service: Service) -> None:
    mine = signed_in(client_of(service), "dong-4128151000")
    theirs = signed_in(client_of(service), "dong-4128152000")
    assert mine.post("/logout", data={"csrf": csrf_of(theirs)}).status_code == 403


@pytest.mark.parametrize("way", ["form", "header", "multipart"])
def test_the_token_comes_in_a_form_or_a_header(service: Service, way: str) -> None:
    client = signed_in(client_of(service), "dong-4128151000")
    token = csrf_in(client.get("/password").text)
    sent = {
        "form": {"data": {"csrf": token}},
        "header": {"headers": {"x-csrf-token": token}},
        "multipart": {"files": {"csrf": (None, token)}},
    }[way]
    assert client.post("/logout", **sent).status_code == 303


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", f"{OURS}@elsewhere.example", HOST, "null"])
def test_an_origin_that_no_browser_sends_is_not_ours(service: Service, origin: str) -> None:
    answer = client_of(service).post("/login", data={"login": "x", "password": "x"}, headers={"origin": origin})
    assert answer.status_code == 403


def test_reading_needs_no_token(service: Service) -> None:
    client = signed_in(client_of(service), "dong-4128151000")
    assert client.get("/password", headers={"origin": ELSEWHERE, "sec-fetch-site": "cross-site"}).status_code == 200
