"""The API's description (OpenAPI 3.1): what FastAPI knows of the calls, and what holds for all of them.

Only machines' calls are in it. Errors are problem+json (RFC 9457), and one scheme signs in: a bearer token.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from serving.api.models import Problem

PREFIX = "/api/v1"
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_TOLD = {
    400: "The body is no JSON.",
    401: "No bearer token, or one that ended.",
    403: "The call is for other roles.",
    404: "Absent, or outside the caller's areas: told in the same words.",
    409: "Somebody else was faster, or the key was used for something else.",
    413: "The body is too large.",
    422: "Something is missing, of another form, or does not go with where the case stands.",
    503: "The service cannot answer or record now: nothing is shown or done. Try again.",
}
_WORDS = (
    "Lists, cases and scores for machines. Households are named by a ref; names, phones and addresses are shown on "
    "pages only. Every look and act is recorded with who did it, when, from where and whose data it was."
)


@cache
def described(app: FastAPI) -> dict[str, Any]:
    """The description of an application's calls for machines."""
    schema: dict[str, Any] = get_openapi(
        title=app.title, version=version("sagak"), description=_WORDS, routes=app.routes
    )
    schema["paths"] = {path: calls for path, calls in schema["paths"].items() if path.startswith(PREFIX)}
    parts = schema.setdefault("components", {})
    parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "description": "sagak people token"}}
    parts["schemas"] = _schemas(parts.get("schemas", {}))
    schema["security"] = [{"bearer": []}]
    for path, method, call in _calls(schema):
        problems = {
            str(status): {"description": _TOLD[status], "content": _PROBLEM} for status in _errors(path, method)
        }
        call["responses"] = call["responses"] | problems
    return schema


def _calls(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    return ((path, method, call) for path, calls in schema["paths"].items() for method, call in calls.items())


def _errors(path: str, method: str) -> list[int]:
    sends = method in ("post", "put")
    about_one = "{" in path
    only = {400: sends, 404: about_one, 409: sends and about_one, 413: sends}
    return [status for status in _TOLD if only.get(status, True)]


def _schemas(known: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's own form of errors gives way to ours."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    own: dict[str, Any] = problem.pop("$defs") | {"Problem": problem}
    return {name: of for name, of in known.items() if name not in ("HTTPValidationError", "ValidationError")} | own
