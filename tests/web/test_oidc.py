"""Signing in through a sign-on of the agency: a real one, small, that this test runs on a port of its own."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import update

from domain.people import ALL
from serving.service import Service, SignOn
from store.database import Database
from store.tables import users
from tests.support.made_service import HOST, RULES, Clock, client_of, csrf_of, made_service
from tests.support.made_store import NOW, fill
from tests.web.test_signin import lines

WORKER, SUBJECT = "dong-4128151000", "gov-7f3a"
CLIENT, SECRET = "sagak", "told to the sign-on and to nobody else"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)


@dataclass
class Provider:
    """An OpenID Connect provider that vouches for ``subject`` whenever it is asked, and checks what it is given."""

    subject: str = SUBJECT
    claims: dict[str, Any] = field(default_factory=dict)  # instead of the right ones
    says: dict[str, Any] = field(default_factory=dict)  # by path, instead of what is right
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: Any = field(default_factory=lambda: KEY)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    issuer: str = ""

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        assert query["response_type"] == "code" and query["client_id"] == CLIENT and "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        self.asked.append(query)
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})

    def token(self, form: dict[str, str], basic: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".replace(" ", "+").encode()).decode()
        plain = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        is_ours = asked is not None and challenge.rstrip(b"=").decode() == asked["code_challenge"]
        if not is_ours or basic not in (expected, plain) or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        at = int(NOW.timestamp())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": at, "exp": at + 60}
        claims |= {"nonce": asked["nonce"], **self.claims}
        signed = jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])
        return 200, {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": signed}


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/authorize":
                self.send_response(302)
                query = {name: values[0] for name, values in parse_qs(asked.query).items()}
                self.send_header("location", provider.authorize(query))
                self.end_headers()
            elif asked.path in provider.says:
                self.say(200, provider.says[asked.path])
            elif asked.path == "/keys":
                self.say(200, KeySet([KEY]).as_dict(private=False))
            else:
                here = provider.issuer
                places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
                self.say(200, {"issuer": here, **{name: here + path for name, path in places.items()}})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            right = provider.token(form, self.headers.get("authorization", ""))
            self.say(right[0], provider.says.get("/token", right[1]))

        def say(self, status: int, what: Any) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_: object) -> None: ...

    return Handler


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(provider)) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()


@pytest.fixture
def service(sqlite_database: Database, provider: Provider) -> Service:
    fill(sqlite_database)
    with sqlite_database.writing(ALL) as connection:
        connection.execute(update(users).where(users.c.login == WORKER).values(subject=SUBJECT, password_hash=None))
        connection.execute(update(users).where(users.c.login == "left").values(subject="gov-left"))
    sign_on = SignOn(provider.issuer, CLIENT, SECRET, f"http://{HOST}")
    return made_service(sqlite_database, now=Clock(), rules=replace(RULES, sign_on=sign_on))


def there(client, next_path: str = "/tasks") -> str:
    """Out to the sign-on; the address it sends the browser back to."""
    away = client.get("/oidc", params={"next": next_path}).headers["location"]
    return httpx2.get(away).headers["location"]


def test_the_sign_on_is_offered_where_there_is_one(service: Service) -> None:
    assert 'href="/oidc?next=%2Flist"' in client_of(service).get("/login?next=/list").text
    assert "/oidc" not in client_of(made_service(service.database)).get("/login").text


def test_after_signing_out_the_sign_on_asks_anew_who_is_there(service: Service, provider: Provider) -> None:
    client = client_of(service)
    client.get(there(client))
    left = client.post("/logout", data={"csrf": csrf_of(client)}).headers["location"]
    (way,) = re.findall(r'href="(/oidc[^"]*)"', client.get(left).text)
    httpx2.get(client.get(way).headers["location"])
    assert [asked.get("prompt") for asked in provider.asked] == [None, "login"]


def test_whom_the_sign_on_vouches_for_is_signed_in(service: Service) -> None:
    client = client_of(service)
    answer = client.get(there(client))
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
    assert client.get("/").headers["location"] == "/list"
    assert lines(service) == [(WORKER, "sign_in", WORKER, {"way": "sign_on", "ended": 0})]


@pytest.mark.parametrize("subject", ["gov-stranger", "gov-left"])
def test_somebody_we_do_not_know_is_told_so(service: Service, provider: Provider, subject: str) -> None:
    provider.subject = subject
    client = client_of(service)
    answer = client.get(there(client))
    assert answer.headers["location"] == "/login?why=unknown"
    assert "등록되지 않은 분입니다" in client.get(answer.headers["location"]).text
    assert subject not in str(lines(service)) and lines(service)[-1][:2] == ("-", "sign_in_failed")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-service"},
        {"aud": ["another-service", CLIENT]},
        {"azp": "another-service"},
        {"nonce": "of another round"},
        {"exp": int(NOW.timestamp()) - 3600},
        {"sub": None},
    ],
)
def test_a_word_that_is_not_for_us_or_not_for_now_is_refused(
    service: Service, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    client = client_of(service)
    assert client.get(there(client)).headers["location"] == "/login?why=refused"
    assert client.get("/session", headers={"accept": "application/json"}).status_code == 401
    assert lines(service) == [("-", "sign_in_failed", "", {"way": "sign_on"})]


def test_a_word_signed_with_another_key_is_refused(service: Service, provider: Provider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    client = client_of(service)
    assert client.get(there(client)).headers["location"] == "/login?why=refused"


def test_a_word_signed_with_the_shared_secret_is_refused(service: Service, provider: Provider) -> None:
    provider.key, provider.header = OctKey.import_key(SECRET), {"alg": "HS256", "kid": "one"}
    client = client_of(service)
    assert client.get(there(client)).headers["location"] == "/login?why=refused"


def test_coming_back_in_another_browser_is_refused(service: Service) -> None:
    victim, attacker = client_of(service), client_of(service)
    assert victim.get(there(attacker)).headers["location"] == "/login?why=refused"
    there(victim)  # with a round of their own under way
    assert victim.get(there(attacker)).headers["location"] == "/login?why=refused"
    assert lines(service) == []  # whoever is sent here writes nothing


def test_a_code_works_once(service: Service) -> None:
    client = client_of(service)
    back = there(client)
    cookie = client.cookies["sagak-sign-on"]
    client.get(back)
    client.cookies.set("sagak-sign-on", cookie)
    assert client.get(back).headers["location"] == "/login?why=refused"


@pytest.mark.parametrize("path", ["/list?worker=김민지", "/a;b", '/a"b'])
def test_the_way_leads_back_to_whatever_page_it_began_at(service: Service, path: str) -> None:
    client = client_of(service)
    assert unquote(client.get(there(client, path)).headers["location"]) == path


def test_over_https_no_other_host_of_the_domain_can_begin_the_way_for_somebody(service: Service) -> None:
    secure = made_service(service.database, rules=replace(service.rules, is_secure=True))
    cookie = client_of(secure).get("/oidc").headers["set-cookie"]
    assert cookie.startswith("__Host-sagak-sign-on=") and "Secure" in cookie and "Path=/;" in cookie


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/token", []),
        ("/token", "words"),
        ("/keys", []),
        ("/keys", {"keys": [{"kty": "RSA"}]}),
        ("/.well-known/openid-configuration", []),
        ("/.well-known/openid-configuration", {}),
    ],
)
def test_a_sign_on_that_talks_nonsense_is_one_that_does_not_answer(
    service: Service, provider: Provider, path: str, said: Any
) -> None:
    client = client_of(service)
    provider.says = {path: {"issuer": provider.issuer} if said == {} else said}
    answer = client.get("/oidc")
    assert (answer if answer.status_code == 503 else client.get(there(client))).status_code == 503


def test_the_way_leads_back_to_our_own_pages_only(service: Service) -> None:
    client = client_of(service)
    assert client.get(there(client, "//elsewhere.example")).headers["location"] == "/"


def test_without_a_sign_on_its_addresses_do_not_exist(sqlite_database: Database) -> None:
    client = client_of(made_service(sqlite_database))
    assert client.get("/oidc").status_code == client.get("/oidc/callback").status_code == 404


def test_a_sign_on_that_does_not_answer_is_told(sqlite_database: Database) -> None:
    sign_on = SignOn("http://127.0.0.1:9", CLIENT, SECRET, f"http://{HOST}")
    client = client_of(made_service(sqlite_database, rules=replace(RULES, sign_on=sign_on)))
    assert client.get("/oidc").status_code == 503
