"""The training log: MLflow in a SQLite store under ``mlruns/``, with figures and hashes and no row of any person.

A run holds what it takes to compare it with another: parameters (recipe, label, rounds), figures with their intervals,
the figures of each fold (step = fold), the digests of delivery, bundle and every file logged, the versions it ran on.
Nothing is read from git, from the shell or from the network, and no input of the model is logged, not even an example.
"""

import logging
import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

from domain.errors import StorageFailed
from domain.storage import FOR_A_FILE, storing
from scoring.figures import only_telling
from training.recipe import Recipe

# Nothing may leave the machine; MLflow reads these when it is first imported.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"

EXPERIMENT = "sagak"
PACKAGES = ("lightgbm", "mlflow", "numpy", "optuna", "polars", "sagak", "scikit-learn")
_LOCK_SECONDS = 2.0  # longer than any write of ours takes
_BATCH = 900  # MLflow takes 1,000 figures, parameters and tags in one go

Steps = Mapping[str, Sequence[float | None]]


def check_log(mlruns: Path) -> None:
    """Raises `StorageFailed` where the training log cannot be written, before anything long begins."""
    check_database(_database(mlruns))


def check_database(path: Path) -> None:
    """Raises `StorageFailed` where a SQLite file is locked, damaged or may not be written.

    Its users would try again for minutes before they give up.
    """
    with storing(str(path), room=FOR_A_FILE):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=_LOCK_SECONDS)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("SELECT count(*) FROM sqlite_master")
            database.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        raise unwritable(path, error) from error


def log_run(
    mlruns: Path,
    *,
    name: str,
    parameters: Mapping[str, Any],
    figures: Mapping[str, float],
    tags: Mapping[str, str],
    artifacts: Mapping[str, str],
    steps: Steps | None = None,
) -> str:
    """Records one run and gives its id. ``artifacts`` are texts by file name; of ``steps`` each value is one fold's.

    Undefined figures (NaN, None) are left out. Raises `StorageFailed` where the log cannot be written, and says then
    that the bundle named in ``tags`` is whole all the same.
    """
    series = dict(steps or {}) | {key: [value] for key, value in figures.items()}
    digests = {f"sha256.{file}": sha256(text.encode()).hexdigest() for file, text in artifacts.items()}
    try:
        return _write_run(mlruns, name, parameters, series, digests | environment() | dict(tags), artifacts)
    except StorageFailed as error:
        if "bundle" not in tags:
            raise
        kept = f"The bundle {tags['bundle']} is written and whole; only the log knows nothing of it."
        raise StorageFailed(f"{error} {kept}", hint=error.hint) from error


def _write_run(
    mlruns: Path,
    name: str,
    parameters: Mapping[str, Any],
    series: Steps,
    tags: Mapping[str, str],
    artifacts: Mapping[str, str],
) -> str:
    check_log(mlruns)
    import mlflow  # seconds to import: only those who train pay for it
    from mlflow.entities import Metric, Param, RunTag
    from mlflow.utils.time import get_current_time_millis
    from sqlalchemy.exc import SQLAlchemyError

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # a first connection tells each of its forty migrations
    # When it was logged; nothing is computed from it.
    now = int(get_current_time_millis())  # type: ignore[no-untyped-call]
    metrics = [
        Metric(key, float(value), now, step)
        for key, values in series.items()
        for step, value in enumerate(values)
        if value is not None and isfinite(value)
    ]
    try:
        client = mlflow.MlflowClient(f"sqlite:///{_database(mlruns)}")
        # By the client, and not by mlflow.start_run, which would add git's state and the path and user it runs under.
        run_id = str(client.create_run(_experiment(client, mlruns), run_name=name).info.run_id)
        params = [Param(key, str(value)) for key, value in parameters.items()]
        client.log_batch(run_id, params=params, tags=[RunTag(key, value) for key, value in tags.items()])
        for start in range(0, len(metrics), _BATCH):
            client.log_batch(run_id, metrics=metrics[start : start + _BATCH])
        for file, text in artifacts.items():
            client.log_text(run_id, text, file)
        client.set_terminated(run_id)
    except (OSError, SQLAlchemyError, mlflow.MlflowException) as error:
        raise unwritable(_database(mlruns), error) from error
    return run_id


def _database(mlruns: Path) -> Path:
    return mlruns / "mlflow.db"


def _experiment(client: Any, mlruns: Path) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    return str(client.create_experiment(EXPERIMENT, artifact_location=(mlruns / "artifacts").as_uri()))


def environment() -> dict[str, str]:
    """Python, operating system and the versions of the packages a figure may depend on, as tags."""
    versions = {f"version.{package}": version(package) for package in PACKAGES}
    return versions | {"version.python": platform.python_version(), "os": f"{platform.system()} {platform.machine()}"}


def unwritable(path: Path, error: Exception) -> StorageFailed:
    """The error in words; a database's own message is not passed on, since it quotes what was to be written."""
    text = str(error)
    reasons = {
        "locked": ("another program is writing to it", "Close it, or wait until it is done."),
        "not a database": ("it is damaged", "Move it away; a new one is made."),
        "malformed": ("it is damaged", "Move it away; a new one is made."),
        "readonly": ("it may only be read", "Check who owns its folder and whether it is read-only."),
    }
    unknown = ("the disk is full or its folder cannot be written", "Free some space, or check who owns the folder.")
    why, hint = next((words for sign, words in reasons.items() if sign in text), unknown)
    return StorageFailed(f"{path} could not be written: {why}.", hint=hint)


def report_parameters(recipe: Recipe, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """What a run was made with, under the same names in every run."""
    learned = recipe.to_json()
    rounds = metrics["rounds"]
    return dict(learned.pop("parameters")) | learned | {
        "label": metrics["label"],
        "horizon_days": metrics["horizon_days"],
        "as_of": metrics["as_of"],
        "seed": metrics["seed"],
        "test_rounds": len(rounds),
        "first_test_round": rounds[0]["round"] if rounds else "",
        "last_test_round": rounds[-1]["round"] if rounds else "",
    }  # fmt: skip


def report_figures(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a report by their path ("model.recall.public_or_case"), with ``.low`` and ``.high``.

    The headline estimate of every label, everything of the label that ranks, and what was judged; the rest is in the
    artefact ``metrics.json``.
    """
    trees = {"": metrics["figures"], "difference.": metrics["differences"]}
    flat = {prefix + path: value for prefix, tree in trees.items() for path, value in _figures(tree)}
    wanted = {metrics["label"], "weighted"}
    test = {f"test.{key}": float(value) for key, value in metrics["test"].items() if value is not None}
    return test | {path: value for path, value in flat.items() if wanted & set(path.split("."))}


def _figures(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, float]]:
    """Each figure below, its value under its path and its interval beside it."""
    for key, below in tree.items():
        here = f"{path}.{key}" if path else key
        if not isinstance(below, Mapping):
            continue
        if "value" not in below:
            yield from _figures(below, here)
            continue
        named = {here: "value", f"{here}.low": "low", f"{here}.high": "high"}
        yield from ((name, float(below[part])) for name, part in named.items() if below.get(part) is not None)


def report_steps(metrics: Mapping[str, Any]) -> dict[str, list[float | None]]:
    """The figures of each test round by method, oldest round first: ``fold.model.capacity`` and its fellows.

    They have no interval that could warn of it, so they are None where too few effective rows stand behind them; the
    survey's, whose rows count alike, always tell.
    """
    told = only_telling(metrics["folds"], min_effective_n=metrics["test"].get("min_effective_n", 0))
    steps: dict[str, list[float | None]] = {}
    for fold in told:
        for figure in ("capacity", "roc_auc", "average_precision"):
            steps.setdefault(f"fold.{fold['method']}.{figure}", []).append(fold[figure])
    return steps
