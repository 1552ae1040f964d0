"""No request is larger than the site allows, whatever it says of its size."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Ends a request that is too large with 413, answered like every error; Starlette's own answers in plain text."""

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._check(_size(Headers(scope=scope).get("content-length", "0")))
        taken = 0

        async def receive_and_count() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            self._check(taken)
            return message

        await self.app(scope, receive_and_count, send)

    def _check(self, size: int) -> None:
        if size > self.largest:
            raise HTTPException(413)


def _size(said: str) -> int:
    """What a request says of its size; raises 400 where that is no number, whatever server let it through."""
    if not (said.isascii() and said.isdecimal()):
        raise HTTPException(400)
    return int(said[:20])
