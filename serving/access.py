"""Who may come in: every route names the roles it is for, and gets a visit that sees no more than the caller may.

    @router.get("/list")
    def show(visit: Annotated[Visit, may(Role.DONG)]) -> HTMLResponse: ...

The visit reads one snapshot in the caller's scope. What was looked at is recorded when the route is done and before the
answer leaves; where that fails, the answer is an error that shows nothing. An unsafe request with a cookie must show
that it comes from our own page: the guard itself asks, so no route can forget to.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anyio import Semaphore
from anyio.lowlevel import RunVar
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from domain.casework import NoSuchHousehold
from domain.people import NOBODY, Caller, Role, Scope, Signature
from serving.forgery import check_token, sent_token
from serving.identity import NOTED_EVERY, Session, find_session, sent_digest
from serving.refusals import Forged, NoSuchThing, NotAllowed, NotSignedIn, OutOfService, PasswordFirst, Refusal
from serving.service import Service
from serving.typed import is_ref
from store.accounts import PAGE, touch, was_replaced
from store.database import Connection, narrow
from store.trail import Line

# A visit holds a connection from its first query until its answer is made, through several turns of threads. With
# fewer visits at a time than there are readers, none waits for its first, and those in line wait without a thread. The
# readers left over are for signing in and for pages that read anew after a refusal. SQLite answers within this process,
# where more threads only take the interpreter from each other: of fifty clients four at once got 58 pages a second,
# twelve 44 to 49 (python -m benchmarks load). PostgreSQL is waited for, so more can.
VISITS_AT_ONCE = {True: 4, False: 12}  # by whether it is SQLite
_ROOM: RunVar[Semaphore | None] = RunVar("room for visits")


@dataclass(frozen=True)
class Visit:
    """One request of somebody who may make it."""

    service: Service
    session: Session
    scope: Scope
    connection: Connection
    by: Signature
    request: Request
    _looks: list[Line] = field(default_factory=list, repr=False)

    @property
    def caller(self) -> Caller:
        return self.session.caller

    @property
    def now(self) -> datetime:
        return self.by.at

    def look(self, act: str, *subjects: str, **detail: Any) -> None:
        """Notes what is shown; it is on disk before the answer leaves."""
        self._looks.append(Line.of(self.by, act, *subjects, **detail))

    @contextmanager
    def acting(self) -> Iterator[Connection]:
        """A transaction for an act and its line in the trail: both are kept, or neither."""
        with self.service.database.writing(self.scope) as connection:
            yield connection

    @property
    def looks(self) -> tuple[Line, ...]:
        """What has been noted so far."""
        return tuple(self._looks)


@dataclass(frozen=True)
class Guard:
    """Lets in whoever has one of the roles, with the areas of those roles only.

    Without ``roles`` it lets in everybody who is signed in, with no area at all, even before the first change of
    the password: for signing out and for that change.
    """

    roles: frozenset[Role] | None

    async def __call__(self, request: Request) -> AsyncIterator[Visit]:
        service: Service = request.app.state.service
        token = await sent_token(request)
        held, visit = ExitStack(), None
        try:
            async with _room(request.app.state.service):
                try:
                    visit = self._open(held, service, request)
                    self._check(visit.session, request, token)
                    if visit.now - visit.session.seen_at >= NOTED_EVERY:
                        await run_in_threadpool(note_use, service, visit.session, visit.now)
                    request.state.visit = visit
                    yield visit
                finally:
                    held.close()
        except (NotAllowed, PasswordFirst, Forged, NoSuchThing, NoSuchHousehold) as refusal:
            if visit:
                await record(service, _refused(visit.by, request, refusal))
            raise
        # Out of the room: whoever waits for the disk holds no connection that others wait for.
        if visit.looks:
            await record(service, *visit.looks)

    def _open(self, held: ExitStack, service: Service, request: Request) -> Visit:
        now = service.now()
        connection = held.enter_context(service.database.reading(NOBODY))
        session = find_session(connection, request, now, service.rules)
        if session is None:
            raise NotSignedIn(why=_why_signed_out(connection, request, service))
        scope = NOBODY if self.roles is None else session.caller.scope(self.roles)
        narrow(connection, scope)
        by = Signature(session.caller.user_id, session.caller.login, scope, now, origin_of(request))
        return Visit(service, session, scope, connection, by, request)

    def _check(self, session: Session, request: Request, token: str) -> None:
        if session.kind == PAGE:
            check_token(request, token, session.csrf)
        if self.roles is None:
            return
        if session.must_change_password and session.kind == PAGE:
            raise PasswordFirst
        if not session.caller.roles & self.roles:
            raise NotAllowed


def _room(service: Service) -> Semaphore:
    """The room for visits of this event loop: a process that answers requests has one."""
    room = _ROOM.get(None)
    if room is None:
        room = Semaphore(VISITS_AT_ONCE[service.database.is_sqlite], fast_acquire=True)
        _ROOM.set(room)
    return room


def may(*roles: Role) -> Any:
    """The dependency of a route that is for these roles."""
    # "function": what follows the route, above all recording, is done before the answer is sent.
    return Depends(Guard(frozenset(roles)), scope="function")


signed_in = Depends(Guard(None), scope="function")  # for the few routes of everybody who is signed in


async def _let_in() -> None:
    """Lets everybody in."""


anyone = Depends(_let_in)  # marks the few routes that need no sign-in: signing in, health


async def record(service: Service, *lines: Line) -> None:
    """Raises `OutOfService` where the lines cannot be kept: what is not on record is not shown."""
    try:
        done = asyncio.wrap_future(service.recorder.submit(lines))
        await asyncio.wait_for(done, service.recorder.patience)
    except Exception as error:
        raise OutOfService from error


def note_use(service: Service, session: Session, at: datetime) -> None:
    """Begins the session's idle time anew."""
    with service.database.writing(NOBODY) as connection:
        touch(connection, session.digest, at)


def origin_of(request: Request) -> str:
    """The address a request comes from; behind a proxy, what uvicorn took from its trusted header."""
    return request.client.host if request.client else "-"


def _refused(by: Signature, request: Request, refusal: Refusal | NoSuchHousehold) -> Line:
    """Who asked in vain, and for whom: the household only where it is named as we name them."""
    asked = str(request.path_params.get("ref", ""))
    subjects = (asked,) if is_ref(asked) else ()
    route = getattr(request.scope.get("route"), "path", "")
    status = refusal.status if isinstance(refusal, Refusal) else 404
    return Line.of(by, "refused", *subjects, status=status, route=f"{request.method} {route}")


def _why_signed_out(connection: Connection, request: Request, service: Service) -> str:
    digest = sent_digest(request, service.rules)
    return "elsewhere" if digest and was_replaced(connection, digest) else ""
