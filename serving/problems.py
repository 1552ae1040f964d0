"""Every error becomes an answer here: problem+json (RFC 9457) for machines, a page that says what to do for people.

Neither says back what was sent, nor anything of a household. Each has a number of its own, by which whoever runs the
service finds its line in the log.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.casework import CaseChanged
from domain.errors import BundleRefused, CheckFailed, DeliveryRefused, NotFound, SagakError, StorageFailed, UsageError
from domain.people import NOBODY
from serving import wording_people_ko as ko
from serving.identity import find_session, is_for_machines, sent_digest
from serving.pages.form_pages import page_of_form
from serving.pages.framing import bare_frame, own_frame, page_frame
from serving.refusals import NotSignedIn, PasswordFirst, Refusal
from serving.rendering import Frame, render, url
from serving.service import Service

_STATUS_OF: Mapping[type[SagakError], int] = {
    CaseChanged: 409,
    UsageError: 422,
    DeliveryRefused: 422,
    NotFound: 404,
    BundleRefused: 503,
    CheckFailed: 503,
    StorageFailed: 503,
}
_TITLES = {
    400: "Bad request",
    401: "Sign in first",
    403: "Not allowed",
    404: "There is no such thing",
    405: "This address takes other methods",
    413: "The request is too large",
    422: "The request cannot be used",
    500: "The service failed",
    503: "The service cannot answer now",
}


def answer_errors(app: FastAPI) -> None:
    """Lets ``app`` answer every error it knows with `answer_to`; the unknown ones come from `serving.observing`."""
    for kind in (Refusal, SagakError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    return answer_to(request, error)


def answer_to(request: Request, error: Exception) -> Response:
    """The answer to a request that ended in ``error``; notes error and number for the log."""
    number = secrets.token_hex(4)
    request.state.error, request.state.error_number = error, number
    status = _status_of(error)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if is_for_machines(request.url.path):
        return _problem(error, status, number, headers)
    elsewhere = _where_to_go(request, error, status)
    if elsewhere:
        return RedirectResponse(elsewhere, status_code=303)
    return HTMLResponse(_page(request, error, status, number), status_code=status, headers=headers)


def _status_of(error: Exception) -> int:
    """The status that tells a machine whose fault it is and whether to try again."""
    if isinstance(error, Refusal):
        return error.status
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError):
        return 422
    if isinstance(error, SagakError):
        return next((status for kind, status in _STATUS_OF.items() if isinstance(error, kind)), 500)
    return 500


def _problem(error: Exception, status: int, number: str, headers: Mapping[str, str]) -> Response:
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title if isinstance(error, Refusal) else _TITLES.get(status, _TITLES[400]),
        "status": status,
        "detail": _detail(error),
        "instance": f"urn:sagak:error:{number}",
    }
    if isinstance(error, RequestValidationError):
        content["errors"] = [{"where": _place(one), "problem": _rule(one)} for one in error.errors()]
    if status == 401:
        headers = {**headers, "www-authenticate": "Bearer"}
    return Response(orjson.dumps(content), status, dict(headers), "application/problem+json")


def _detail(error: Exception) -> str:
    if isinstance(error, Refusal):
        return str(error)
    if isinstance(error, RequestValidationError):
        return "Some fields are missing or of another form; see errors."
    if isinstance(error, SagakError) and _status_of(error) < 500:
        return f"{error} {error.hint}".strip()
    return _TITLES.get(_status_of(error), _TITLES[400])


def _place(one: Mapping[str, Any]) -> str:
    """Where the fault is, by names of ours only: a key that the sender made up is not said back."""
    place = list(one["loc"][:-1]) if one["type"] == "extra_forbidden" else list(one["loc"])
    return "/".join(str(part) for part in place)


def _rule(one: Mapping[str, Any]) -> str:
    """What is wrong, by pydantic's name of the rule: its sentence may quote what was sent."""
    return str(one["type"])


def _where_to_go(request: Request, error: Exception, status: int) -> str:
    """Reading pages leads to signing in, and back; a request that changes something, or of a script, does not.

    Where a refused form is opened again by its address, which takes posts only, it leads to the page of the form.
    """
    if request.method not in ("GET", "HEAD") or "hx-request" in request.headers or _wants_json(request):
        return ""
    if isinstance(error, NotSignedIn):
        here = url(request.url.path, dict(request.query_params))
        return url("/login", {"next": "" if here == "/" else here, "why": error.why})
    if status == 405 and request.method == "GET":
        return page_of_form(request)
    return "/password" if isinstance(error, PasswordFirst) else ""


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _page(request: Request, error: Exception, status: int, number: str) -> str:
    visit = getattr(request.state, "visit", None)
    words = (
        ko.ERRORS.get(type(error).__name__) or ko.ERRORS.get(str(status)) or ko.ERRORS["500" if status > 499 else "400"]
    )
    frame = page_frame(visit, words.title) if visit else _frame(request, words.title, status)
    name = "error_part.html.j2" if "hx-request" in request.headers else "error.html.j2"
    advice = words.advice.format(whom=ko.TO_CONTACT if frame.contact else ko.TO_ADMINISTRATOR)
    return render(name, frame=frame, status=f"{status}-{number}", sentence=words.sentence, advice=advice)


def _frame(request: Request, title: str, status: int) -> Frame:
    """Whoever is signed in keeps the menu where no route let them in; where the service fails nobody is asked."""
    service: Service = request.app.state.service
    if status >= 500 or sent_digest(request, service.rules) is None:
        return bare_frame(request, title)
    now = service.now()
    with service.database.reading(NOBODY) as connection:
        session = find_session(connection, request, now, service.rules)
    return own_frame(request, session, title, now=now) if session else bare_frame(request, title)
