"""The benchmarks run, and compare things that are the same."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks import measuring, tasks
from benchmarks.comparisons import COMPARISONS, Bench
from benchmarks.measuring import Figure, Run, Task, run_command
from benchmarks.pandas_way import features_of
from benchmarks.tasks import AS_OF, TASKS, core_of
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.matrices import district_matrix
from sources.core import Core
from sources.reference import indicators

HOUSEHOLDS = 2_000


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
