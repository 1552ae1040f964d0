"""The page on which a form stands, for whoever opens the address that the form is sent to."""

import re

from starlette.requests import Request
from starlette.routing import Match

from serving.rendering import url

_ELSEWHERE = {"/assignments": "/list", "/audit/reviews": "/audit/access"}  # forms that stand on a page beside them
_OF_OURS = re.compile(r"(/[A-Za-z0-9_.-]+)+")  # so that no address of another host can be made of it


def page_of_form(request: Request) -> str:
    """The nearest page above an address that takes posts only, with its query; the first page where there is none."""
    path, query = request.url.path, dict(request.query_params)
    if path in _ELSEWHERE:
        return url(_ELSEWHERE[path], query)
    if not _OF_OURS.fullmatch(path):
        return "/"
    parts = path.split("/")
    above = ("/".join(parts[:end]) for end in range(len(parts) - 1, 1, -1))
    return next((url(page, query) for page in above if _is_page(request, page)), "/")


def _is_page(request: Request, path: str) -> bool:
    asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes)
