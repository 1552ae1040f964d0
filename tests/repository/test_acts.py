"""Every act that is ever recorded, and all that a line says besides, has a name in Korean; no name is left over."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.casework import HandoverStep, Request
from serving.wording_trail_ko import ACTS, DETAILS

PROJECT = Path(__file__).parents[2]
ROOMS = ("store", "outreach", "serving", "audit", "sagak")
# Which argument of a call is the act.
PLACES = {"look": 0, "of": 1, "_look": 1, "done": 2, "_done": 2, "Line": 3}
KINDS = {"request.{kind}": Request, "case.{step}": HandoverStep}
# Chosen from a table by what was decided on a page.
TABLES = {"approve_promotion", "reject_promotion"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            name = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
            if "migrations" not in name and name != "serving.wording_trail_ko":
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def argument_of(call: ast.Call) -> ast.expr | None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    is_a_line = called != "of" or ast.unparse(call.func) == "Line.of"
    place = PLACES.get(called)
    return call.args[place] if place is not None and is_a_line and len(call.args) > place else None


def acts_of(module: str, argument: ast.expr) -> set[str]:
    """The acts that an argument may be; none for what a function was given, whose callers are looked at."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return {argument.value}
    if isinstance(argument, ast.IfExp):
        return acts_of(module, argument.body) | acts_of(module, argument.orelse)
    if isinstance(argument, ast.JoinedStr):
        pattern = ast.unparse(argument).strip("f'\"")
        return {pattern.split("{")[0] + kind.value for kind in KINDS[pattern]}
    if isinstance(argument, ast.Name) and argument.id.isupper():
        return {getattr(importlib.import_module(module), argument.id)}
    return set()


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    """Each act with a module that records it."""
    found: dict[str, str] = {}
    for module, tree in modules():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and (argument := argument_of(call)) is not None:
                found |= dict.fromkeys(acts_of(module, argument), module)
    return found


def test_every_act_that_is_recorded_has_a_name(recorded: dict[str, str]) -> None:
    assert len(recorded) > 40, "the calls are no longer found"
    assert {act: module for act, module in recorded.items() if act not in ACTS} == {}


def test_no_name_is_of_an_act_that_nobody_records(recorded: dict[str, str]) -> None:
    assert set(ACTS) - set(recorded) - TABLES == set()


# --- what a line says besides -----------------------------------------------------------------------------------------


GIVEN = ("detail", "row.detail")  # what a function was given, whose callers are looked at; what was read back


def is_a_line(call: ast.Call) -> bool:
    called = ast.unparse(call.func)
    return called in ("Line", "Line.of") or called.endswith((".look", "_look"))


def details_of(trees: dict[str, ast.Module], module: str, call: ast.Call) -> set[str]:
    """The names that a call writes: its keywords, and those of the mappings it unpacks."""
    found = {keyword.arg for keyword in call.keywords if keyword.arg}
    unpacked = [keyword.value for keyword in call.keywords if keyword.arg is None]
    if ast.unparse(call.func) == "Line" and len(call.args) > 5:
        unpacked.append(call.args[5])
    for one in unpacked:
        names = keys_of(trees, module, one)
        assert names or ast.unparse(one) in GIVEN, f"{module}: nobody can tell what {ast.unparse(one)} holds"
        found |= names
    return found


def keys_of(trees: dict[str, ast.Module], module: str, unpacked: ast.expr) -> set[str]:
    """The keys of a mapping that is written out there, given to that name in the module, or made by that function."""
    name = unpacked.func.id if isinstance(unpacked, ast.Call) and isinstance(unpacked.func, ast.Name) else ""
    if name:
        makers = [node for node in ast.walk(trees[module]) if isinstance(node, ast.FunctionDef) and node.name == name]
        places: list[ast.AST] = [node for maker in makers for node in ast.walk(maker) if isinstance(node, ast.Return)]
    elif isinstance(unpacked, ast.Name):
        places = [
            node.value
            for node in ast.walk(trees[module])
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == unpacked.id
        ]
    else:
        places = [unpacked]
    dicts = [node for place in places for node in ast.walk(place) if isinstance(node, ast.Dict)]
    return {key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant)}


def test_everything_that_a_line_says_besides_has_a_name_and_no_name_is_left_over() -> None:
    trees = dict(modules())
    written = {
        key: module
        for module, tree in trees.items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and is_a_line(call)
        for key in details_of(trees, module, call)
    }
    assert len(written) > 30, "the calls are no longer found"
    assert {key: module for key, module in written.items() if key not in DETAILS} == {}
    assert set(DETAILS) - set(written) == set()
