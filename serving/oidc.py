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

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from fastapi import APIRouter, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.responses import RedirectResponse, Response

from outreach.sessions import sign_in_by_subject
from serving.access import anyone
from serving.pages.signin import NextInQuery, attempt_of, own_path, welcome
from serving.refusals import NoSuchThing, OutOfService
from serving.rendering import url
from serving.service import Service, SignOn

router = APIRouter(include_in_schema=False)
BACK = "/oidc/callback"
_COOKIE, _MINUTES = "sagak-sign-on", 10
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
def leave(request: Request, goes_on: NextInQuery = "/") -> Response:
    """Leads to the agency's sign-on."""
    service, sign_on = _service(request)
    way = _Round(secrets.token_urlsafe(32), service.key_for("sign-on"))
    address, _ = _client(sign_on).create_authorization_url(
        _provider(sign_on.issuer)["authorization_endpoint"],
        state=way.state,
        nonce=way.nonce,
        code_verifier=way.verifier,
    )
    answer = RedirectResponse(address, 303)
    # Lax: the way back comes from another site.
    answer.set_cookie(
        _COOKIE,
        f"{way.seed} {own_path(goes_on)}",
        max_age=_MINUTES * 60,
        path=BACK,
        httponly=True,
        secure=service.rules.is_secure,
        samesite="lax",
    )
    return answer


@router.get(BACK, dependencies=[anyone])
def come_back(request: Request, code: str = "", state: str = "") -> Response:
    """Begins a session for whom the sign-on vouches, if we know them; says so if we do not."""
    service, sign_on = _service(request)
    seed, _, path = request.cookies.get(_COOKIE, "").partition(" ")
    way = _Round(seed, service.key_for("sign-on"))
    try:
        if not seed or not hmac.compare_digest(state.encode(), way.state.encode()):
            raise _Refused
        subject = _subject(sign_on, way, code, int(service.now().timestamp()))
    except (_Refused, OAuthError, JoseError):
        return RedirectResponse(url("/login", {"why": "refused"}), 303)
    begun = sign_in_by_subject(service.database, subject, attempt_of(request))
    if begun is None:
        return RedirectResponse(url("/login", {"why": "unknown"}), 303)
    answer = welcome(begun, own_path(path), service)
    answer.delete_cookie(_COOKIE, path=BACK)
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
        except httpx2.HTTPError as error:
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
    audience = token.claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and token.claims.get("azp") != sign_on.client_id:
        raise _Refused
    return str(token.claims["sub"])


@lru_cache(maxsize=4)
def _provider(issuer: str) -> Mapping[str, Any]:
    """What the sign-on says of itself (OpenID Connect Discovery 1.0), asked once in the life of the process."""
    said: Mapping[str, Any] = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise OutOfService
    return said


def _keys(address: str) -> KeySet:
    """The keys of today: asked at every sign-in, so that a new key of the sign-on is known at once."""
    return KeySet.import_key_set(_fetched(address))


def _fetched(address: str) -> Any:
    try:
        return httpx2.get(address, timeout=_SECONDS).raise_for_status().json()
    except (httpx2.HTTPError, ValueError) as error:
        raise OutOfService from error
