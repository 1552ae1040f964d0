"""Headers of every answer, errors and static files among them."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.rendering import CONTENT_SECURITY_POLICY

STATIC_PATH = "/static/"
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    # Nothing leaves the site. "no-referrer" would take the Origin from our own forms as well, by which they are known.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
_HSTS = "max-age=31536000; includeSubDomains"
# Built files carry a digest of their content in their name.
_FOR_EVER = "public, max-age=31536000, immutable"


class Headers:
    """Pure ASGI: a function an answer, no task and no copy of the body."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self.app = app
        self.fixed = SECURITY_HEADERS | ({"strict-transport-security": _HSTS} if is_secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed.items():
                    headers[name] = value
                headers["cache-control"] = _caching(scope["path"], message["status"])
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _caching(path: str, status: int) -> str:
    """Nothing of a person is kept by a browser or a proxy; files of the program are, for good."""
    return _FOR_EVER if path.startswith(STATIC_PATH) and status in (200, 206, 304) else "no-store"
