"""Keeps other sites from acting in the name of somebody who is signed in.

Every unsafe request with a cookie shows twice that it comes from our own page: by what the browser says of its origin,
and by the token of the session, which only our pages know. Requests with a bearer token need neither: no browser sends
one by itself.
"""

import hmac
from urllib.parse import urlsplit

from fastapi import Request

from serving.refusals import Forged

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
FIELD, HEADER = "csrf", "x-csrf-token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def sent_token(request: Request) -> str:
    """The token that came with an unsafe request, in a header or a form; reading it leaves the form to the route."""
    if request.method in SAFE:
        return ""
    if HEADER in request.headers:
        return request.headers[HEADER]
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return ""
    token = (await request.form()).get(FIELD, "")
    return token if isinstance(token, str) else ""


def check_token(request: Request, sent: str, expected: str) -> None:
    """Raises `Forged` where an unsafe request does not show that it comes from a page of this session."""
    if request.method in SAFE:
        return
    check_origin(request)
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode()):
        raise Forged


def check_origin(request: Request) -> None:
    """Raises `Forged` unless the browser says that the request comes from our own page.

    ``Sec-Fetch-Site`` says it best, but is sent over https and to localhost only; ``Origin`` goes with every POST. A
    request with neither is refused: every browser of the last years sends one (Fetch Metadata, W3C; RFC 6454).
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        is_ours = site == "same-origin"
    else:
        is_ours = _host_in(request.headers.get("origin", "")) == request.headers.get("host", "-")
    if not is_ours:
        raise Forged


def _host_in(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # "http://[" and what else no browser sends
        return ""
