"""The training log: runs that can be compared, nobody's row in it, and a failure of it loses no bundle."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.errors import StorageFailed
from domain.policy import EvaluationPolicy, Policy
from features.catalogue import STANDARD
from sagak.settings import Settings
from scoring.bundle import load_bundle
from tests.support.in_process import sagak_here
from tests.support.reports import report
from tests.support.traces import named_in
from tests.support.weeks import AS_OF, Town, python
from training.recipe import Recipe
from training.tracking import check_log, log_run, report_figures, report_parameters, report_steps
from training.train import train


def logged(mlruns: Path, name: str = "standard-1", *, recipe: Recipe = Recipe(), **more: str) -> str:  # noqa: B008
    """A run of the evaluation in `tests.support.reports`."""
    return log_run(
        mlruns,
        name=name,
        parameters=report_parameters(recipe, report()),
        figures=report_figures(report()),
        steps=report_steps(report()),
        tags={"bundle": name, "delivery_digest": "d1"} | more,
        artifacts={"features.json": json.dumps(STANDARD.schema())},
    )


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mlruns = tmp_path_factory.mktemp("home") / "mlruns"
    logged(mlruns, "standard-1")
    logged(mlruns, "standard-2", recipe=Recipe(trees=100, is_weighted=True, seed=2))
    return mlruns


@pytest.fixture
def runs(two_runs: Path) -> Iterator:
    """The two runs as an analyst gets them, the older first."""
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{two_runs / 'mlflow.db'}")
    yield mlflow.search_runs(experiment_names=["sagak"]).sort_values("tags.mlflow.runName")
    mlflow.set_tracking_uri(None)


def test_two_trainings_stand_side_by_side_under_the_same_names(runs) -> None:
    assert list(runs["tags.mlflow.runName"]) == ["standard-1", "standard-2"]
    assert list(runs["status"]) == ["FINISHED", "FINISHED"]
    assert list(runs["params.trees"]) == ["250", "100"]
    assert list(runs["params.is_weighted"]) == ["False", "True"]
    assert list(runs["params.label"]) == ["public_or_case"] * 2
    assert not runs.filter(regex=r"^(params|metrics)\.").isna().any(axis=None)


def test_figures_come_with_their_intervals(runs) -> None:
    row = runs.iloc[0]
    headline = "metrics.A.capacity.public_or_case.weighted"
    assert row[headline] == 0.312
    assert row[f"{headline}.low"] < row[headline] < row[f"{headline}.high"]
    assert "metrics.A.capacity.any_support.weighted" in runs
    assert "metrics.A.capacity.any_support.naive" not in runs  # in metrics.json, like all the rest


def test_each_fold_is_a_step(two_runs: Path) -> None:
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{two_runs / 'mlflow.db'}")
    (run, _) = client.search_runs([client.get_experiment_by_name("sagak").experiment_id])
    history = client.get_metric_history(run.info.run_id, "fold.A.capacity")
    expected = [fold["capacity"] for fold in report()["folds"] if fold["method"] == "A"]
    assert [(point.step, point.value) for point in history] == list(enumerate(expected))


def test_a_fold_that_too_few_rows_stand_behind_is_not_logged_as_if_it_were_known() -> None:
    metrics = report()
    told, untold = ({"effective_n": rows} for rows in (30.0, 29.9))
    metrics["folds"] = [fold | (told if fold["round"] == "2026-W20" else untold) for fold in metrics["folds"]]
    steps = report_steps(metrics)
    for figure in ("capacity", "roc_auc", "average_precision"):
        assert [value is None for value in steps[f"fold.A.{figure}"]] == [False, True]


def test_a_run_says_what_it_ran_on_and_hashes_what_it_keeps(runs) -> None:
    tags = runs.iloc[0].filter(like="tags.")
    for package in ("python", "lightgbm", "mlflow", "polars", "sagak"):
        assert tags[f"tags.version.{package}"]
    assert tags["tags.os"].startswith("Linux")
    assert tags["tags.delivery_digest"] == "d1"
    assert len(tags["tags.sha256.features.json"]) == 64


def test_a_run_knows_neither_git_nor_who_was_at_the_keyboard(runs) -> None:
    assert [name for name in runs.columns if "git" in name or "user" in name or "source" in name] == []


def test_nothing_is_sent_anywhere(two_runs: Path) -> None:
    from mlflow.telemetry import get_telemetry_client

    assert get_telemetry_client() is None


def test_training_twice_leaves_two_runs_that_can_be_compared_and_know_nobody(own_town: Settings, town: Town) -> None:
    for recipe, study in ((Recipe(), None), (Recipe(is_weighted=True), "public_or_case-0123456789ab")):
        trained = train(
            town.core, STANDARD, Policy(evaluation=EvaluationPolicy(draws=100)), as_of=AS_OF, seed=1,
            recipe=recipe, tuned_by=study, models_root=own_town.models, mlruns=own_town.mlruns,
        )  # fmt: skip
        assert load_bundle(trained.folder, STANDARD).recipe["tuned_by"] == study
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{own_town.mlruns / 'mlflow.db'}")
    found = mlflow.search_runs(experiment_names=["sagak"]).sort_values("tags.bundle")
    mlflow.set_tracking_uri(None)
    assert list(found["tags.bundle"]) == ["standard-2", "standard-3"]
    assert list(found["params.is_weighted"]) == ["False", "True"]
    assert found["metrics.model.capacity.public_or_case.naive"].notna().all()
    assert found["metrics.test.judged"].nunique() == 1
    assert set(found["tags.delivery_digest"]) == {town.core.delivery_digest}
    assert found["tags.sha256.features.json"].nunique() == 1

    households = town.core.scan("households").select("household_id").collect().to_series().to_list()
    kept = b"".join(path.read_bytes() for path in sorted(own_town.mlruns.rglob("*")) if path.is_file())
    assert len(kept) > 100_000
    assert named_in(kept, households) == set()


def test_a_log_that_another_program_holds_is_refused_at_once(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageFailed, match="another program is writing to it"):
            check_log(tmp_path)
        with pytest.raises(StorageFailed, match=r"The bundle standard-9 is written and whole"):
            logged(tmp_path, "standard-9")


def test_a_damaged_log_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StorageFailed, match="it is damaged") as raised:
        check_log(tmp_path)
    assert raised.value.exit_code == 7
    assert "Move it away" in raised.value.hint


def test_a_file_where_the_log_belongs_is_refused_before_anything_is_trained(own_town: Settings) -> None:
    shutil.rmtree(own_town.mlruns)
    own_town.mlruns.write_text("not a folder")
    told = sagak_here(own_town.home, "train")
    assert told.returncode == 7
    assert "something else stands where its folder belongs" in told.stderr
    assert [path.name for path in own_town.models.glob("standard-*")] == ["standard-1"]


def test_training_looks_at_its_log_before_anything_else(tmp_path: Path, town: Town) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"not a database at all" * 1000)
    seen: list[str] = []
    with pytest.raises(StorageFailed, match="it is damaged"):
        train(
            town.core, STANDARD, town.settings.policy(), as_of=AS_OF, seed=1, models_root=tmp_path / "models",
            mlruns=tmp_path, progress=lambda stage, done, total: seen.append(stage),
        )  # fmt: skip
    assert seen == []
    assert not (tmp_path / "models").exists()


# The limit leaves room for a bundle, and none for a new MLflow database of half a megabyte.
FULL_DISK = """
import resource, sys
from joblib import parallel_config
import training.candidate
parallel_config(backend="sequential")
real = training.candidate.log_run
def on_a_full_disk(*arguments, **more):
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    return real(*arguments, **more)
training.candidate.log_run = on_a_full_disk
sys.argv = ["sagak", "train"]
from sagak.cli import main
main()
"""


def test_a_disk_that_fills_up_while_logging_loses_no_bundle(own_town: Settings) -> None:
    told = python(own_town.home, ["-c", FULL_DISK])
    assert told.returncode == 7, told.stderr
    assert "The bundle standard-2 is written and whole" in told.stderr
    assert "Traceback" not in told.stderr
    assert load_bundle(own_town.models / "standard-2", STANDARD).name == "standard-2"


def test_neither_mlflow_nor_optuna_is_loaded_before_it_is_needed(tmp_path: Path) -> None:
    told = python(tmp_path, ["-c", "import sys, sagak.commands; print({'mlflow', 'optuna'} & set(sys.modules))"])
    assert told.stdout.strip() == "set()", told.stderr
