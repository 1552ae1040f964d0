"""Signing in and out, staying signed in, and changing the own password."""

from functools import partial
from typing import Annotated, Any

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from domain.errors import UsageError
from outreach.sessions import Attempt, Begun, change_own_password, is_flooding, sign_in, sign_out
from serving import wording_people_ko as ko
from serving.access import Visit, anyone, origin_of, signed_in
from serving.forgery import check_origin
from serving.identity import give_cookie, take_cookie, time_left
from serving.pages.framing import bare_frame, page_frame
from serving.refusals import TooMany, TooManyFailures
from serving.rendering import render, url
from serving.service import Service
from store.accounts import touch

router = APIRouter(include_in_schema=False)
_LONGEST = 200  # characters of a login or a password that are looked at
# Each check takes 19 MiB and some 30 ms of a core. Two at once leave the other pages their turn; the rest wait without
# a thread, and where too many wait, the next is asked to come back.
_CHECKS_AT_ONCE, _MOST_IN_LINE = 2, 200
_CHECKS: RunVar[CapacityLimiter | None] = RunVar("checks of passwords")
_Text = Annotated[str, Form(max_length=_LONGEST)]
# Where to go on afterwards.
NextInQuery = Annotated[str, Query(alias="next", max_length=2000)]
_NextInForm = Annotated[str, Form(alias="next", max_length=2000)]


def attempt_of(request: Request) -> Attempt:
    """Who wants to come in, by the rules of this site."""
    service: Service = request.app.state.service
    rules = service.rules
    return Attempt(
        service.now(),
        origin_of(request),
        rules.absolute,
        rules.failures_until_locked,
        rules.locked_for,
        service.key_for("mistyped logins"),
    )


def own_path(path: str) -> str:
    r"""The path if it lies on this site, else "/": a link to sign in must not lead elsewhere afterwards.

    >>> own_path("/households/x?tab=notes"), own_path("//other.example"), own_path("/\\other.example")
    ('/households/x?tab=notes', '/', '/')
    """
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_ours else "/"


@router.get("/login", dependencies=[anyone])
async def show_login(request: Request, goes_on: NextInQuery = "", why: str = "") -> Response:
    """The form; ``why`` is a word for how the last session ended."""
    return _login_page(request, goes_on, flash=ko.WHY_SIGNED_OUT.get(why, ""), has_left=why == "out")


@router.post("/login", dependencies=[anyone])
async def log_in(request: Request, login: _Text = "", password: _Text = "", goes_on: _NextInForm = "") -> Response:
    """Begins a session, or says in the same words whatever was wrong."""
    check_origin(request)  # nobody is signed in yet: the origin keeps others from signing people in as somebody else
    checks = _checks()
    if checks.statistics().tasks_waiting >= _MOST_IN_LINE:
        raise TooMany
    service: Service = request.app.state.service
    attempt = attempt_of(request)
    if await run_sync(is_flooding, service.database, attempt):
        raise TooManyFailures
    begun = await run_sync(partial(sign_in, service.database, login, password, attempt), limiter=checks)
    if begun is None:
        return _login_page(request, goes_on, login=login, problem=_failed(service))
    return welcome(begun, own_path(goes_on), service)


def welcome(begun: Begun, path: str, service: Service) -> Response:
    """Leads into a session that has begun, and says where another ended for it."""
    if begun.must_change_password:
        path = "/password"
    elif begun.ended and path == "/":
        path = url("/", {"done": "replaced"})
    answer = RedirectResponse(path, 303)
    give_cookie(answer, begun.token, service.rules)
    return answer


def _checks() -> CapacityLimiter:
    checks = _CHECKS.get(None)
    if checks is None:
        checks = CapacityLimiter(_CHECKS_AT_ONCE)
        _CHECKS.set(checks)
    return checks


def _login_page(
    request: Request, goes_on: str, *, login: str = "", problem: str = "", flash: str = "", has_left: bool = False
) -> Response:
    path, has_sign_on = own_path(goes_on) if goes_on else "", request.app.state.service.rules.sign_on is not None
    page = render(
        "login.html.j2",
        frame=bare_frame(request, ko.LOGIN),
        login=login,
        problem=problem or flash,
        next=path,
        sso_href=url("/oidc", {"next": path, "again": "1" if has_left else ""}) if has_sign_on else "",
    )
    return HTMLResponse(page, 401 if problem else 200)


def _failed(service: Service) -> str:
    rules = service.rules
    minutes = int(rules.locked_for.total_seconds() // 60)
    return ko.SIGN_IN_FAILED.format(failures=rules.failures_until_locked, minutes=minutes)


@router.post("/logout")
def log_out(visit: Annotated[Visit, signed_in]) -> Response:
    """Ends the session on the server, and takes its cookie back."""
    with visit.acting() as connection:
        sign_out(connection, visit.session.digest, by=visit.by)
    answer = RedirectResponse(url("/login", {"why": "out"}), 303)
    take_cookie(answer, visit.service.rules)
    return answer


@router.get("/session")
def show_session(visit: Annotated[Visit, signed_in]) -> Response:
    """Who is signed in, until when, and the token for forms that were open before."""
    return JSONResponse({"person": str(visit.caller.user_id), "csrf": visit.session.csrf, **_seconds_left(visit)})


@router.post("/session/extend")
def extend(visit: Annotated[Visit, signed_in], request: Request, goes_on: _NextInForm = "/") -> Response:
    """Begins the idle time anew; the session's last moment stays."""
    with visit.acting() as connection:
        touch(connection, visit.session.digest, visit.now)
    if request.headers.get("accept", "").startswith("application/json"):
        left = min(visit.service.rules.idle, visit.session.expires_at - visit.now)
        return JSONResponse({"seconds_left": int(left.total_seconds())})
    return RedirectResponse(own_path(goes_on), 303)


def _seconds_left(visit: Visit) -> dict[str, int]:
    return {"seconds_left": int(time_left(visit.session, visit.now, visit.service.rules).total_seconds())}


@router.get("/password")
def show_password(visit: Annotated[Visit, signed_in]) -> Response:
    """The form to change the own password."""
    return _password_page(visit)


@router.post("/password")
def change_password(
    visit: Annotated[Visit, signed_in],
    request: Request,
    old: _Text = "",
    new: _Text = "",
    again: _Text = "",
) -> Response:
    """Changes the own password: every session ends, and one begins anew with another token."""
    if old == new or new != again:
        return _password_page(visit, ko.SAME_AS_BEFORE if old == new else ko.NOT_THE_SAME)
    try:
        begun = change_own_password(visit.service.database, visit.by, old=old, new=new, attempt=attempt_of(request))
    except UsageError:
        return _password_page(visit, ko.WEAK_PASSWORD.format(rule=ko.PASSWORD_RULE))
    if begun is None:
        return _password_page(visit, ko.WRONG_OLD_PASSWORD)
    answer = RedirectResponse(url("/", {"done": "password"}), 303)
    give_cookie(answer, begun.token, visit.service.rules)
    return answer


def _password_page(visit: Visit, problem: str = "") -> Response:
    words: dict[str, Any] = {"problem": problem, "rule": ko.PASSWORD_RULE}
    frame = page_frame(visit, ko.PASSWORD_TITLE)
    page = render("password.html.j2", frame=frame, is_forced=visit.session.must_change_password, **words)
    return HTMLResponse(page, 422 if problem else 200)
