"""What rooms may import, read from their syntax trees: a late import inside a function counts as well."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROOMS = ("domain", "store", "sources", "features", "scoring", "training", "outreach", "audit", "serving", "sagak")
# What runs code when it reads a file, or belongs to the training log.
NEVER = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib", "mlflow", "shap", "skops"}
SERVES_LISTS = ("domain", "store", "outreach", "scoring", "audit", "serving")
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}


def modules(*rooms: str) -> list[Path]:
    return [
        path for room in rooms for path in sorted((PROJECT / room).rglob("*.py")) if "node_modules" not in path.parts
    ]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", modules(*SERVES_LISTS), ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_serves_a_list_reads_no_file_that_can_run_code(path: Path) -> None:
    tree = tree_of(path)
    assert not {name.split(".")[0] for name in imported(tree)} & NEVER
    assert not set(called(tree)) & RUNS_TEXT
    assert not [
        name for name in called(tree) if name.endswith((".read_pickle", "joblib.load", "np.load", "pickle.load"))
    ]


def test_only_training_knows_the_training_log() -> None:
    users = {path.relative_to(PROJECT).parts[0] for path in modules(*ROOMS)
             if {"mlflow", "shap"} & {name.split(".")[0] for name in imported(tree_of(path))}}  # fmt: skip
    assert users <= {"training"}


def test_nothing_unpickles_but_what_a_process_tells_the_one_that_started_it() -> None:
    unpicklers = {"pickle", "dill", "cloudpickle", "shelve", "marshal"}
    found = [str(path.relative_to(PROJECT)) for path in modules(*ROOMS)
             if unpicklers & {name.split(".")[0] for name in imported(tree_of(path))}]  # fmt: skip
    assert found == ["sources/isolation.py"]


def test_only_the_front_door_reads_the_environment_or_the_clock() -> None:
    """`training/tracking.py` sets MLflow's switches there, before it is imported; it reads nothing."""
    reads = ("os.environ.get", "os.getenv", "environ.get")
    clock = ("date.today", "datetime.now", "datetime.utcnow", "time.time", "datetime.today")
    found = {
        (str(path.relative_to(PROJECT)), name)
        for path in modules(*ROOMS)
        for name in called(tree_of(path))
        if name.endswith(reads + clock)
    }
    assert {where for where, _ in found} <= {"sagak/settings.py"}


def test_chance_is_never_global() -> None:
    global_draws = ("np.random.seed", "random.seed", "np.random.rand", "np.random.random", "random.random",
                    "random.choice", "np.random.choice", "np.random.shuffle")  # fmt: skip
    found = [(str(path.relative_to(PROJECT)), name) for path in modules(*ROOMS)
             for name in called(tree_of(path)) if name in global_draws]  # fmt: skip
    assert found == []


def test_every_module_opens_with_the_one_thing_it_is_for() -> None:
    assert [str(path.relative_to(PROJECT)) for path in modules(*ROOMS) if not ast.get_docstring(tree_of(path))] == []


def test_modules_stay_readable_in_one_go() -> None:
    long = {str(path.relative_to(PROJECT)): lines for path in modules(*ROOMS)
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 310}  # fmt: skip
    assert long == {}
