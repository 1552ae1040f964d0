"""Around every request: its line in the log, its figures, and an answer even where our own code fails."""

import time
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.figures import Figures
from serving.logs import where
from serving.problems import answer_to
from serving.refusals import OutOfService

UNKNOWN = "(unknown)"
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Observing:
    """Pure ASGI, outermost of ours."""

    def __init__(self, app: ASGIApp, *, figures: Figures) -> None:
        self.app = app
        self.figures = figures
        self.log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        status = 500

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                state["started"] = True
            await send(message)

        started = time.perf_counter()
        self.figures.running.inc()
        try:
            await self.app(scope, receive, send_and_see)
        except Exception as error:
            if state.get("started"):
                raise  # half an answer cannot be taken back; the server cuts the connection
            await answer_to(Request(scope, receive), error)(scope, receive, send_and_see)
        finally:
            self.figures.running.dec()
            self._note(scope, status, time.perf_counter() - started, state.get("error"))

    def _note(self, scope: Scope, status: int, seconds: float, error: Exception | None) -> None:
        route, method = _route_of(scope), scope["method"] if scope["method"] in _METHODS else UNKNOWN
        self.figures.requests.labels(method, route, str(status)).inc()
        self.figures.seconds.labels(route).observe(seconds)
        line: dict[str, Any] = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        if error is None:
            self.log.info("answered", **line)
            return
        if isinstance(error, OutOfService):
            self.figures.trail_failures.inc()
        line |= {"error": scope["state"]["error_number"], "kind": _kind(error)}
        if status < 500:
            self.log.info("refused", **line)
        else:
            self.log.error("failed", **line, trace=where((error.__cause__ or error).__traceback__))


def _route_of(scope: Scope) -> str:
    """The route's template, such as ``/households/{ref}``; what no route answers is told without its address."""
    if scope["path"].startswith("/static/"):
        return "/static"
    context = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(context, "path", None) or getattr(scope.get("route"), "path", None) or UNKNOWN)


def _kind(error: Exception) -> str:
    return (
        type(error).__name__ if error.__cause__ is None else f"{type(error).__name__}<-{type(error.__cause__).__name__}"
    )
