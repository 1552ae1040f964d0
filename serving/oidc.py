"""Signing in through the agency's own sign-on: OpenID Connect, authorization code with PKCE, state and nonce.

What must be remembered between leaving and coming back is derived from one random number in a cookie, by a key that
only the service has; nothing is stored. The person is matched by ``sub``, which the agency never gives to another; an
e-mail address or a name would match whoever got it next.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from fastapi import APIRouter, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.responses import RedirectResponse, Response

from outreach.sessions import note_refused_sign_on, sign_in_by_subject
from serving.access import anyone
from serving.identity import cookie_name
from serving.pages.signin import NextInQuery, attempt_of, own_path, welcome
from serving.refusals import NoSuchThing, OutOfService
from serving.rendering import url
from serving.service import Service, SignOn

router = APIRouter(include_in_schema=False)
BACK = "/oidc/callback"
_COOKIE, _MINUTES = "sagak-sign-on", 10
_PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_ALGORITHMS = ("RS256", "PS256", "ES256")  # never "none", never a secret shared with the sign-on
_SECONDS = 10.0  # to wait for the sign-on
_LEEWAY = 60  # seconds that two clocks may differ


class _Refused(Exception):
    """The sign-on did not vouch for anybody; whoever tries is sent back to begin anew."""


@dataclass(frozen=True)
class _Round:
    """One way there and back: everything that must agree, from one seed."""

    seed: str
    secret: bytes

    def _part(self, name: str) -> str:
        digest = hmac.new(self.secret, f"{name} {self.seed}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @property
    def state(self) -> str:
        return self._part("state")

    @property
    def nonce(self) -> str:
        return self._part("nonce")

    @property
    def verifier(self) -> str:
        return self._part("verifier")


@router.get("/oidc", dependencies=[anyone])
def leave(request: Request, goes_on: NextInQuery = "/", again: str = "") -> Response:
    """Leads to the agency's sign-on. ``again``: it shall ask who is there, also where it knows somebody.

    Whoever signs out here stays signed in there; on a shared desk the next one would come in as them.
    """
    service, sign_on = _service(request)
    way = _Round(secrets.token_urlsafe(32), service.key_for("sign-on"))
    address, _ = _client(sign_on).create_authorization_url(
        _provider(sign_on.issuer)["authorization_endpoint"],
        state=way.state,
        nonce=way.nonce,
        code_verifier=way.verifier,
        **({"prompt": "login"} if again else {}),  # OpenID Connect Core 1.0, 3.1.2.1
    )
    answer = RedirectResponse(address, 303)
    # Lax: the way back comes from another site. For all paths, as only such a cookie can have the name that no other
    # host of the domain can set: from one that did, people would be signed in as somebody else.
    answer.set_cookie(
        cookie_name(service.rules, _COOKIE),
        f"{way.seed} {quote(own_path(goes_on))}",
        max_age=_MINUTES * 60,
        path="/",
        httponly=True,
        secure=service.rules.is_secure,
        samesite="lax",
    )
    return answer


@router.get(BACK, dependencies=[anyone])
def come_back(request: Request, code: str = "", state: str = "") -> Response:
    """Begins a session for whom the sign-on vouches, if we know them; says so if we do not."""
    service, sign_on = _service(request)
    cookie, attempt = cookie_name(service.rules, _COOKIE), attempt_of(request)
    seed, _, path = request.cookies.get(cookie, "").partition(" ")
    way = _Round(seed, service.key_for("sign-on"))
    if not seed or not hmac.compare_digest(state.encode(), way.state.encode()):
        return RedirectResponse(url("/login", {"why": "refused"}), 303)
    try:
        subject = _subject(sign_on, way, code, int(service.now().timestamp()))
    except (_Refused, OAuthError, JoseError):
        note_refused_sign_on(service.database, attempt)
        return RedirectResponse(url("/login", {"why": "refused"}), 303)
    begun = sign_in_by_subject(service.database, subject, attempt)
    if begun is None:
        return RedirectResponse(url("/login", {"why": "unknown"}), 303)
    answer = welcome(begun, own_path(unquote(path)), service)
    answer.delete_cookie(cookie, path="/", httponly=True, secure=service.rules.is_secure, samesite="lax")
    return answer


def _service(request: Request) -> tuple[Service, SignOn]:
    service: Service = request.app.state.service
    if service.rules.sign_on is None:
        raise NoSuchThing
    return service, service.rules.sign_on


def _client(sign_on: SignOn) -> OAuth2Client:
    return OAuth2Client(
        sign_on.client_id,
        sign_on.client_secret,
        scope="openid",
        redirect_uri=sign_on.base_url.rstrip("/") + BACK,
        code_challenge_method="S256",
        timeout=_SECONDS,
    )


def _subject(sign_on: SignOn, way: _Round, code: str, now: int) -> str:
    """Whom the sign-on vouches for, by an identity token for us and for this sign-in; raises what is wrong with it."""
    provider = _provider(sign_on.issuer)
    with _client(sign_on) as client:
        try:
            tokens = client.fetch_token(provider["token_endpoint"], code=code, code_verifier=way.verifier)
        except (httpx2.HTTPError, ValueError) as error:  # no answer, or one that is no JSON object
            raise OutOfService from error
    token = jwt.decode(str(tokens.get("id_token", "")), _keys(provider["jwks_uri"]), algorithms=list(_ALGORITHMS))
    jwt.JWTClaimsRegistry(
        now=now,
        leeway=_LEEWAY,
        iss={"essential": True, "value": sign_on.issuer},
        aud={"essential": True, "value": sign_on.client_id},
        nonce={"essential": True, "value": way.nonce},
        exp={"essential": True},
        sub={"essential": True},
    ).validate(token.claims)
    # OpenID Connect Core 1.0, 3.1.3.7, 4 and 5: whom the token was made for, where it says so or several might use it.
    is_for_several = isinstance(token.claims["aud"], list) and len(token.claims["aud"]) > 1
    if token.claims.get("azp", None if is_for_several else sign_on.client_id) != sign_on.client_id:
        raise _Refused
    return str(token.claims["sub"])


@lru_cache(maxsize=4)
def _provider(issuer: str) -> Mapping[str, Any]:
    """What the sign-on says of itself (OpenID Connect Discovery 1.0), asked once in the life of the process."""
    said = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise OutOfService
    if not all(isinstance(said.get(name), str) for name in _PLACES):
        raise OutOfService
    return said


def _keys(address: str) -> KeySet:
    """The keys of today: asked at every sign-in, so that a new key of the sign-on is known at once."""
    try:
        return KeySet.import_key_set(_fetched(address))
    except (JoseError, LookupError, TypeError) as error:
        raise OutOfService from error


def _fetched(address: str) -> Any:
    try:
        return httpx2.get(address, timeout=_SECONDS).raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as error:
        raise OutOfService from error
