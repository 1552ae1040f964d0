"""Every route of the application and who may use it, read from its guards: what the matrix test walks."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from domain.people import Role
from serving import access
from serving.access import Guard

ANYONE, SIGNED_IN = "anyone", "signed in"
Who = frozenset[Role] | str


def routes_table(app: FastAPI) -> Mapping[tuple[str, str], Who]:
    """By method and path: the roles, or ANYONE, or SIGNED_IN. Raises AssertionError where a route does not say."""
    table: dict[tuple[str, str], Who] = {}
    for method, path, marks in _marked(app):
        assert len(marks) == 1, f"{method} {path} has {len(marks)} marks; it needs exactly one: may(...) or anyone"
        table[method, path] = marks[0]
    return table


def _marked(app: FastAPI) -> Iterator[tuple[str, str, list[Who]]]:
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            assert context.path == "/static", "only files of the program are served without a route of their own"
            continue
        for method in sorted(context.methods or ["?"]):
            yield method, str(context.path), _marks(context)


def _marks(context: Any) -> list[Who]:
    found: list[Who] = []
    for call in _calls(context.dependant):
        if isinstance(call, Guard):
            found.append(SIGNED_IN if call.roles is None else call.roles)
        elif call is access.anyone.dependency:
            found.append(ANYONE)
    return found


def _calls(dependant: Any) -> Iterator[Any]:
    for below in dependant.dependencies:
        yield below.call
        yield from _calls(below)


def printed(table: Mapping[tuple[str, str], Who]) -> str:
    """The table as people read it: a line a route, a column a role."""
    lines = [f"{'':6} {'':44} {' '.join(f'{role.value:8}' for role in Role)}"]
    for (method, path), who in sorted(table.items(), key=lambda row: (row[0][1], row[0][0])):
        marks = [who if isinstance(who, str) else "x" * (role in who) for role in Role]
        shown = f"({who})" if isinstance(who, str) else " ".join(f"{mark:8}" for mark in marks)
        lines.append(f"{method:6} {path:44} {shown}".rstrip())
    return "\n".join(lines)
