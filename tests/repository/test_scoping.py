"""SQLite has no row-level security, so the syntax trees must show that every query on households is narrowed.

A function that names a narrowed table takes a ``scope`` and says `within` of that table, or compares its dong with that
of a table it has narrowed, or builds on a query of its module that did; or it takes a `Case`, which only a narrowed
query gives out. The few others stand below with their reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.tables import NARROWED

PROJECT = Path(__file__).parents[2]
TABLES = {table.name for table in NARROWED}
# The weekly run reads and writes every dong's lists and shows none of them to anybody; no page may import it.
PUBLISHING = {"publications", "moving", "renaming", "staging", "recorded"}
ALLOWED = {
    ("cases", "was_corrected"): "says yes or no of a contact that contact_in has found in a Case",
    ("history", "_listed_anew"): "asked with the ref and the dong of a Case",
    ("list_queries", "newest_wish"): "narrows its own copy of requests",
    ("list_queries", "person_columns"): "columns; whoever selects them narrows people",
    ("list_queries", "case_columns"): "columns; whoever selects them narrows cases",
    ("list_queries", "with_case"): "adds to a query that has narrowed cases",
    ("list_queries", "with_person"): "adds to a query that has narrowed cases",
    ("list_queries", "left_from"): "people are joined to cases that are narrowed, by the household they share",
    ("list_queries", "of_dong"): "builds on entries_in, which is narrowed",
    ("list_queries", "of_round"): "builds on entries_in, which is narrowed",
    ("list_queries", "of_household"): "builds on entries_in, which is narrowed",
    ("figures_of_dongs", "_households_where"): "a count over the query that it becomes part of",
}
MODULES = sorted(path for path in (PROJECT / "store").glob("*.py") if path.stem not in PUBLISHING | {"tables"})


def root_of(expression: str) -> str:
    return expression.split(".")[0]


def names_in(node: ast.AST) -> set[str]:
    """Names that are read, without what a row is only inserted into."""
    inserted = {id(argument) for call in ast.walk(node) if isinstance(call, ast.Call)
                and ast.unparse(call.func) == "insert" for argument in call.args}  # fmt: skip
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and id(name) not in inserted}


def assigned_in(body: list[ast.stmt]) -> Iterator[tuple[ast.expr, ast.expr]]:
    for statement in body:
        if isinstance(statement, ast.AnnAssign) and statement.value:
            yield statement.target, statement.value
        elif isinstance(statement, ast.Assign):
            target, value = statement.targets[0], statement.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                yield from zip(target.elts, value.elts, strict=True)
            else:
                yield target, value


def aliases_in(body: list[ast.stmt], known: dict[str, str]) -> dict[str, str]:
    """What stands for a narrowed table: `of = entries.c`, `former = entries.alias(…)`, tables in a tuple or a dict."""
    aliases = dict(known)
    for target, value in assigned_in(body):
        called = ast.unparse(value)
        members = value.elts if isinstance(value, ast.Tuple) else value.keys if isinstance(value, ast.Dict) else []
        if re.fullmatch(r"\w+\.c", called) and root_of(called) in aliases:
            aliases[ast.unparse(target)] = aliases[root_of(called)]
            continue
        is_copy = re.fullmatch(r"\w+\.alias\(.*\)", called) and root_of(called) in aliases
        if is_copy or any(isinstance(member, ast.Name) and member.id in aliases for member in members):
            aliases[ast.unparse(target)] = ast.unparse(target)
    return aliases


def narrowed_in(function: ast.FunctionDef, aliases: dict[str, str]) -> set[str]:
    """Tables whose dong the function compares with the scope, or with the dong of such a table."""
    narrowed, pairs = set(), []
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "within" and ast.unparse(node.args[0]) == "scope":
            column = ast.unparse(node.args[1])
            assert column.endswith(".dong_code"), f"{function.name} narrows by {column}"
            narrowed.add(aliases.get(root_of(column), root_of(column)))
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            sides = [ast.unparse(node.left), ast.unparse(node.comparators[0])]
            if all(side.endswith(".dong_code") for side in sides):
                pairs.append({aliases.get(root_of(side), root_of(side)) for side in sides})
    for pair in pairs:
        narrowed |= pair if pair & narrowed else set()
    return narrowed


def takes(function: ast.FunctionDef, kind: str) -> bool:
    parameters = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return any(one.annotation and ast.unparse(one.annotation) == kind for one in parameters)


def builds_on_a_narrowed_query(function: ast.FunctionDef) -> bool:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return any(node.func.id.startswith("_") and "scope" in map(ast.unparse, node.args) for node in calls)  # type: ignore[attr-defined]


def open_queries(source: str, *, module: str = "module") -> Iterator[tuple[str, str]]:
    """Functions that name a narrowed table and do not narrow it."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "store.tables"]
    known = {alias.asname or alias.name: alias.name for node in imports for alias in node.names if alias.name in TABLES}
    of_module = aliases_in(tree.body, known)
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        aliases = aliases_in(function.body, of_module)
        asked = {aliases[name] for name in names_in(function) & set(aliases)}
        asked |= {one.arg for one in function.args.args if one.annotation and ast.unparse(one.annotation) == "Table"}
        if not asked or takes(function, "Case"):
            continue
        is_narrowed = takes(function, "Scope") and (
            asked <= narrowed_in(function, aliases) or builds_on_a_narrowed_query(function)
        )
        if not is_narrowed:
            yield module, function.name


def test_every_query_on_a_household_is_narrowed() -> None:
    found = {one for path in MODULES for one in open_queries(path.read_text(encoding="utf-8"), module=path.stem)}
    harmless = {("many", "add_rows")}  # inserts only
    assert found - harmless == set(ALLOWED)


def test_a_case_comes_only_from_a_narrowed_query() -> None:
    makers = {
        (path.relative_to(PROJECT).as_posix(), function.name)
        for room in ("store", "outreach", "serving", "audit", "sagak")
        for path in (PROJECT / room).rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Case"
    }
    assert makers == {("store/cases.py", "_case"), ("store/cases.py", "move_case")}


def test_no_household_is_asked_for_in_plain_sql() -> None:
    plain = re.compile(rf"(?:FROM|JOIN|UPDATE|USING)\s+(?:{'|'.join(TABLES)})\b", re.IGNORECASE)
    for path in (*MODULES, *(PROJECT / f"store/{name}.py" for name in sorted(PUBLISHING))):
        texts = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
        assert not [text for text in texts if plain.search(text) and "\n\n" not in text], path.name


def test_no_page_imports_what_publishes() -> None:
    never = {f"store.{name}" for name in PUBLISHING}
    for path in sorted((PROJECT / "serving").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} & never, path.name


_HEAD = "from store.tables import cases, contacts, entries\n"


@pytest.mark.parametrize(
    "function",
    [
        "def f(connection, ref):\n    return select(cases).where(cases.c.ref == ref)",
        "def f(connection, scope: Scope, ref):\n    return select(cases).where(cases.c.ref == ref)",
        "def f(c, scope: Scope):\n    return select(cases).join(entries).where(within(scope, cases.c.dong_code))",
        "def f(c, scope: Scope):\n    of = entries.c\n    return select(of.ref)",
        "def f(c, scope: Scope):\n    return select(cases).where(within(ALL, cases.c.dong_code))",
        "def f(c, table: Table):\n    return delete(table)",
    ],
)
def test_a_query_that_is_not_narrowed_is_seen(function: str) -> None:
    assert list(open_queries(_HEAD + function)) == [("module", "f")]


@pytest.mark.parametrize(
    "function",
    [
        "def f(c, scope: Scope):\n    of = entries.c\n    return select(of.ref).where(within(scope, of.dong_code))",
        "def f(c, scope: Scope):\n    of, n = entries.c, 1\n    return select(of).where(within(scope, of.dong_code))",
        "def f(c, scope: Scope):\n    same = entries.c.dong_code == cases.c.dong_code\n"
        "    return select(cases).join(entries, same).where(within(scope, cases.c.dong_code))",
        "def f(c, case: Case):\n    return select(contacts).where(contacts.c.ref == case.ref)",
        "def f(c, ref):\n    return insert(contacts).values(ref=ref)",
        "def f(c, scope: Scope):\n    return _narrowed(scope).where(cases.c.status == 'open')",
    ],
)
def test_a_query_that_is_narrowed_passes(function: str) -> None:
    assert list(open_queries(_HEAD + function)) == []
