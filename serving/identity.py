"""Who sends a request: a person by the cookie of a session, or a machine by a bearer token. Never both.

A session is looked up at every request, so that a right that is taken away is gone at the next one.
"""

from datetime import datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from serving.service import Rules
from store.accounts import MACHINE, PAGE, digest_of, find_running
from store.accounts import Session as Session
from store.database import Connection

# Noting every use would make each look at a page wait for a write; so a session can end up to this much early.
NOTED_EVERY = timedelta(minutes=1)
_FOR_MACHINES = ("/api/", "/metrics")


def is_for_machines(path: str) -> bool:
    """Whether this address takes bearer tokens, and answers in JSON; all others are pages and take cookies."""
    return path.startswith(_FOR_MACHINES)


def find_session(connection: Connection, request: Request, now: datetime, rules: Rules) -> Session | None:
    """The session that the request's cookie or bearer token belongs to, if it is still running."""
    digest = sent_digest(request, rules)
    if digest is None:
        return None
    kind = MACHINE if is_for_machines(request.url.path) else PAGE
    session = find_running(connection, digest, kind=kind, at=now)
    if session is None or (kind == PAGE and now >= session.seen_at + rules.idle):
        return None
    return session


def sent_digest(request: Request, rules: Rules) -> str | None:
    """The digest of the token that came with the request: a cookie counts on pages only, a bearer token elsewhere."""
    if not is_for_machines(request.url.path):
        token = request.cookies.get(cookie_name(rules), "")
    else:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
    return digest_of(token) if token else None


def time_left(session: Session, now: datetime, rules: Rules) -> timedelta:
    """Until the session ends if nothing more is done in it."""
    return max(timedelta(0), min(session.seen_at + rules.idle, session.expires_at) - now)


def cookie_name(rules: Rules, name: str = "sagak") -> str:
    """With the prefix a browser refuses the cookie from any other host of the domain, and over plain http."""
    return f"__Host-{name}" if rules.is_secure else name


def give_cookie(response: Response, token: str, rules: Rules) -> None:
    """Lets the browser keep a session's token until it is closed.

    Lax, not Strict: a Strict cookie is missing on the first page after a link in the agency's portal and after the
    return from its sign-on, so that people who are signed in would be asked to sign in again. What Strict would have
    kept out, requests that change something, is kept out by `serving.forgery`.
    """
    response.set_cookie(cookie_name(rules), token, path="/", httponly=True, secure=rules.is_secure, samesite="lax")


def take_cookie(response: Response, rules: Rules) -> None:
    """Lets the browser forget the token."""
    response.delete_cookie(cookie_name(rules), path="/", httponly=True, secure=rules.is_secure, samesite="lax")
