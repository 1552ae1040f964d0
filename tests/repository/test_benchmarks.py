"""The benchmarks run, and compare things that are the same."""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks import endpoint_apps, measuring, tasks
from benchmarks.comparisons import COMPARISONS, Bench
from benchmarks.judging import METHODS, MODEL, loop_intervals, made_backtest
from benchmarks.measuring import Figure, Run, Task, run_command
from benchmarks.pandas_way import features_of
from benchmarks.tasks import TASKS, core_of
from benchmarks.timing import AS_OF
from domain.policy import EvaluationPolicy
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.matrices import district_matrix
from scoring.capacity import measure_list
from scoring.evidence import Evidence
from scoring.resampling import percentile_interval
from sources.core import Core
from sources.reference import indicators
from training.labels import LABELS

HOUSEHOLDS = 2_000
_HOLDS_200_MB = "block = bytearray(b'1') * 200_000_000; time.sleep(2)"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bench") / f"households-{HOUSEHOLDS}"
    tasks.population(str(home), HOUSEHOLDS)
    tasks.bundle(str(home))
    return home


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports of a process for each run would take most of the time; one test below starts a real one."""

    def run_task(task: Task) -> Run:
        arguments = {name: str(value) if isinstance(value, Path) else value for name, value in task.arguments.items()}
        return Run(1.0, 1.0, 1_000_000, TASKS[task.name](**arguments))

    monkeypatch.setattr(measuring, "run_task", run_task)


def test_the_pandas_way_gives_the_very_values_of_the_catalogue(home: Path) -> None:
    core = Core.open(core_of(home))
    ours = pl.concat(district_matrix(core, district, STANDARD, AsOf.on(AS_OF)) for district in core.districts)
    theirs = pl.from_pandas(features_of(core_of(home), AS_OF)).sort("household_id")
    ours = ours.sort("household_id")
    different = [
        feature.name
        for feature in STANDARD.stored
        if not np.array_equal(ours[feature.name].to_numpy(), theirs[feature.name].to_numpy(), equal_nan=True)
    ]
    assert different == []
    assert ours.select("household_id", "dong_code").equals(theirs.select("household_id", "dong_code"))


def test_the_made_up_households_have_the_shape_that_costs_time(home: Path) -> None:
    core = Core.open(core_of(home))
    assert core.rows["members"] / HOUSEHOLDS == pytest.approx(2.3, abs=0.1)
    assert core.rows["indicators"] / HOUSEHOLDS == pytest.approx(14, abs=1.5)
    assert core.rows["benefits"] and core.rows["outcomes"] and core.rows["requests"]
    reports = core.scan("indicators").collect()
    assert reports["indicator_no"].n_unique() == len(indicators())
    assert reports["household_id"].is_sorted()
    assert not reports.select("household_id", "indicator_no", "observed_month").is_duplicated().any()


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("name", ["features", "round", "memory", "engines"])
def test_every_benchmark_of_households_runs(name: str, home: Path) -> None:
    figures = COMPARISONS[name](Bench(home.parent, scale=HOUSEHOLDS / 5_000_000, repeats=1))
    assert all(value >= 0 for figure in figures for value in figure.values)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest town that is measured, with what the week left behind."""
    folder = tmp_path_factory.mktemp("town")
    home = folder / "town-1500"
    tasks.TASKS["town"](home=str(home), households=1_500, dongs=6)
    tasks.TASKS["candidates"](home=str(home))
    return folder


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("name", ["backtest", "compare", "drift"])
def test_every_benchmark_of_judging_runs(name: str, town: Path) -> None:
    figures = COMPARISONS[name](Bench(town, scale=0, repeats=1))
    assert all(value >= 0 for figure in figures for value in figure.values)
    assert len({figure.name for figure in figures}) == len(figures)


def test_the_loop_over_resamples_gives_the_very_intervals_of_the_product() -> None:
    dongs, policy = 12, EvaluationPolicy(draws=50)
    backtest = made_backtest(dongs)
    evidence = Evidence.gather(
        backtest.judged, backtest.places, backtest.listings,
        max_weight=policy.max_weight, draws=policy.draws, rng=np.random.default_rng(1),
    )  # fmt: skip
    estimates = measure_list(evidence, MODEL, tuple(LABELS)).estimates["weighted"][:, 0]
    for (value, *ends), ours in zip(
        loop_intervals(backtest, MODEL, evidence.times, max_weight=policy.max_weight).values(), estimates.T, strict=True
    ):
        assert value == pytest.approx(ours[0])
        assert ends == pytest.approx(percentile_interval(ours[1:], dongs=dongs))


def test_the_made_up_backtest_has_the_shape_that_costs_time() -> None:
    backtest = made_backtest(20)
    assert backtest.judged.height == 20 * len(backtest.folds) * 7
    of_all = backtest.places.filter(attribute="all")
    assert of_all.height == 20 * len(backtest.folds) * len(METHODS)
    assert backtest.listings["listed"].sum() == 20 * len(backtest.folds) * 10
    assert backtest.judged["score_indicator_count"].n_unique() < 20 < backtest.judged["score_model"].n_unique()


@pytest.mark.usefixtures("in_this_process")
def test_the_benchmark_of_resampling_runs() -> None:
    figures = COMPARISONS["bootstrap"](Bench(Path(), scale=0, repeats=1))
    assert all(value >= 0 for figure in figures for value in figure.values)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what several processes hold together")
def test_memory_is_that_of_all_processes_together() -> None:
    child = f"import time; {_HOLDS_200_MB}"
    both = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); {_HOLDS_200_MB}"
    # Started from a small process, as always: the system counts a parent's memory as that of the child it starts.
    command = [sys.executable, "-c", both]
    measure = f"from benchmarks.measuring import run_command as run; print(run({command})[0].peak_bytes)"
    _, printed = run_command([sys.executable, "-c", measure])
    assert 0.4 < int(printed) / 1e9 < 0.5


@pytest.mark.soak
@pytest.mark.usefixtures("in_this_process")
def test_the_benchmark_of_the_endpoint_runs(home: Path) -> None:
    figures = COMPARISONS["endpoint"](Bench(home.parent, scale=HOUSEHOLDS / 20_000, repeats=1))
    assert all(value > 0 for figure in figures for value in figure.values if figure.unit == "/s")
    assert len({figure.name for figure in figures}) == len(figures)


@pytest.mark.soak
def test_the_benchmark_of_load_runs_and_every_answer_is_the_one_that_was_meant(tmp_path: Path) -> None:
    figures = {figure.name: figure for figure in COMPARISONS["load"](Bench(tmp_path, scale=0, seconds=1, clients=3))}
    assert figures["load, sqlite, API: requests"].values[0] > 0 < figures["load, sqlite, pages: requests"].values[0]
    assert all(figure.values == (0,) for name, figure in figures.items() if "errors" in name)


def test_the_servers_of_the_endpoint_score_alike(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow
    from fastapi.testclient import TestClient

    tasks.TASKS["endpoint_model"](home=str(home), folder=str(tmp_path / "endpoint"))
    monkeypatch.setenv(endpoint_apps.FOLDER, str(tmp_path / "endpoint"))
    ours, frames = TestClient(endpoint_apps.ours()), TestClient(endpoint_apps.with_frames())
    without_reasons = mlflow.pyfunc.load_model(tmp_path / "endpoint" / "mlflow")
    households = json.loads((tmp_path / "endpoint" / "households.json").read_text(encoding="utf-8"))
    for values in households[:20]:
        sent = {"as_of": AS_OF.isoformat(), "values": values}
        expected = without_reasons.predict(np.array([[*values.values()]], np.float64))[0]
        assert ours.post("/api/v1/scores", json=sent).json()["probability"] == pytest.approx(expected, abs=1e-9)
        assert frames.post("/score", json=sent).json()["probability"] == pytest.approx(expected, abs=1e-9)


def test_the_benchmark_of_training_runs_in_processes_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On busy cores OpenMP's threads wait for each other by burning time, a hundred times what the fit itself takes.
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    figures = {figure.name: figure for figure in COMPARISONS["training"](Bench(tmp_path, scale=0, repeats=1))}
    assert figures["training: fit"].values[0] < figures["training, whole process: wall"].values[0]
    assert figures["training, whole process: peak memory"].values[0] > 0.05


def test_the_command_line_starts_in_a_measured_process() -> None:
    figures = {figure.name: figure for figure in COMPARISONS["startup"](Bench(Path()))}
    assert len(figures["startup: sagak --help: wall"].values) == 10
    assert 0.005 < figures["startup: sagak --help: peak memory"].values[0] < 1


def test_a_failing_process_is_no_measurement() -> None:
    with pytest.raises(RuntimeError):
        run_command(["false"])


def test_a_target_is_held_against_the_median() -> None:
    assert Figure("round", (30.0, 39.0, 50.0), "s", at_most=40).is_met
    assert not Figure("ratio", (2.0, 2.5, 9.0), "times", at_least=3).is_met
