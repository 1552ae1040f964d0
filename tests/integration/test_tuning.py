"""Tuning a town: on earlier rounds only, the same however often it is broken off, and nobody's row in what is kept."""

import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import polars as pl
import pytest

import training.tuning
from domain.calendar import day_number
from domain.errors import NotFound, StorageFailed, UsageError
from domain.policy import EvaluationPolicy, LabelPolicy, Policy
from domain.storage import sole_writer
from features.catalogue import STANDARD
from sagak.settings import Settings
from sagak.tuning import chosen_recipe
from sources.core import Core
from tests.support.in_process import sagak_here
from tests.support.traces import named_in
from tests.support.weeks import AS_OF, Town, settings_of
from training.recipe import Recipe
from training.tuning import Tuned, get_tuned, study_name, tune

# Two folds are enough to see what is looked at, and a fifth of the fits.
POLICY = Policy(evaluation=EvaluationPolicy(test_rounds=2))
TESTED = 2


@pytest.fixture(autouse=True)
def _no_training_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow's database takes ten times as long as everything else; who looks at it undoes this."""
    monkeypatch.setattr(training.tuning, "log_run", lambda *_, **__: "")


@pytest.fixture
def core(town: Town) -> Core:
    return town.core


def tuned(core: Core, mlruns: Path, *, trials: int = 3, minutes: float = 60, policy=POLICY, seed=1, **more) -> Tuned:
    return tune(
        core, STANDARD, policy, as_of=AS_OF, seed=seed, trials=trials, minutes=minutes,
        clock=more.pop("clock", lambda: 0.0), mlruns=mlruns, jobs=1, **more,
    )  # fmt: skip


def test_a_tuning_that_was_broken_off_and_went_on_is_the_one_that_was_not(core: Core, tmp_path: Path) -> None:
    for trials in (1, 2, 3):
        pieces = tuned(core, tmp_path / "pieces", trials=trials)
    assert pieces == tuned(core, tmp_path / "whole", trials=3)
    assert pieces.default.recipe == Recipe()


@pytest.mark.usefixtures("processes")
def test_folds_side_by_side_reach_the_same_values(core: Core, tmp_path: Path) -> None:
    one = tuned(core, tmp_path / "one", trials=2)
    two = tune(
        core, STANDARD, POLICY, as_of=AS_OF, seed=1, trials=2, minutes=60, clock=lambda: 0.0,
        mlruns=tmp_path / "two", jobs=2,
    )  # fmt: skip
    assert one.trials == two.trials


def test_the_rounds_on_which_models_are_judged_are_never_seen(core: Core, tmp_path: Path) -> None:
    """With the outcomes of the newest rounds turned around, every trial is what it was before."""
    before = tuned(core, tmp_path / "before")
    changed = replace(core, folder=tmp_path / "core")
    shutil.copytree(core.folder, changed.folder)
    outcomes = pl.concat([pl.read_parquet(path) for path in (core.folder / "outcomes").iterdir()])
    closed = outcomes.filter(pl.col("round") + POLICY.label.horizon_days <= day_number(AS_OF))
    newest = closed["round"].unique().sort()[-TESTED:].to_list()
    assert max(before.rounds) < min(newest)
    turned = 0
    for path in (changed.folder / "outcomes").iterdir():
        rows = pl.read_parquet(path)
        is_newest = pl.col("round") >= newest[0]
        turned += rows.filter(is_newest).height
        rows.with_columns(
            outcome_code=pl.when(is_newest & (pl.col("outcome_code") == "visited_closed"))
            .then(pl.lit("basic_livelihood"))
            .otherwise("outcome_code")
        ).write_parquet(path)
    assert turned > 50
    assert tuned(changed, tmp_path / "after") == before


def test_when_the_time_is_up_no_further_trial_begins(core: Core, tmp_path: Path) -> None:
    """A clock that moves ten minutes with every look at it: there is time for the default and nothing else."""
    ten_minutes = count(0, 600)
    assert len(tuned(core, tmp_path, trials=5, minutes=5, clock=lambda: next(ten_minutes)).trials) == 1
    assert len(tuned(core, tmp_path, trials=2).trials) == 2


def test_a_finished_study_is_not_tried_again(core: Core, tmp_path: Path) -> None:
    first = tuned(core, tmp_path, trials=2)
    assert tuned(core, tmp_path, trials=1) == first


def test_other_data_features_label_rounds_or_seed_are_another_study(core: Core) -> None:
    def name(core=core, catalogue=STANDARD, policy=POLICY, as_of=AS_OF, seed=1) -> str:
        return study_name(core, catalogue, policy, as_of=as_of, seed=seed)

    others = [
        name(core=replace(core, delivery_digest="other")),
        name(catalogue=replace(STANDARD, features=tuple(f for f in STANDARD.features if f != STANDARD.learned[0]))),
        name(policy=replace(POLICY, label=LabelPolicy("any_support"))),
        name(policy=replace(POLICY, label=LabelPolicy(horizon_days=60))),
        name(policy=Policy()),
        name(as_of=AS_OF.replace(month=10, day=12)),
        name(seed=2),
    ]
    assert len({name(), *others}) == len(others) + 1
    assert name(as_of=AS_OF.replace(day=17)) == name()  # no round closed that day


def test_training_takes_the_chosen_settings_of_the_very_study(core: Core, tmp_path: Path) -> None:
    study = tuned(core, tmp_path)
    found = get_tuned(core, STANDARD, POLICY, as_of=AS_OF, seed=1, mlruns=tmp_path)
    assert (found.study, found.chosen) == (study.study, study.chosen)
    for other in ({"seed": 2}, {"policy": replace(POLICY, label=LabelPolicy("public_benefit"))}):
        asked = {"policy": POLICY, "seed": 1} | other
        with pytest.raises(NotFound) as raised:
            get_tuned(core, STANDARD, asked["policy"], as_of=AS_OF, seed=asked["seed"], mlruns=tmp_path)
        assert "sagak tune" in raised.value.hint


def test_the_study_is_named_where_its_settings_are_used(core: Core, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    study = tuned(core, settings.mlruns, trials=1)
    asked = {"as_of": AS_OF, "seed": 1, "is_weighted": False}
    assert chosen_recipe(settings, core, POLICY, **asked, is_tuned=True) == (study.chosen.recipe, study.study)
    assert chosen_recipe(settings, core, POLICY, **asked, is_tuned=False) == (Recipe(), None)


def test_where_nothing_was_tuned_no_database_appears(core: Core, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        get_tuned(core, STANDARD, POLICY, as_of=AS_OF, seed=1, mlruns=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_tunings_at_once_are_refused(core: Core, tmp_path: Path) -> None:
    with sole_writer(tmp_path, "busy"), pytest.raises(StorageFailed, match="Another tuning is under way"):
        tuned(core, tmp_path)


def test_too_few_rounds_before_the_newest_are_refused_with_a_hint(core: Core, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        tuned(core, tmp_path, policy=Policy(evaluation=EvaluationPolicy(test_rounds=40)))
    assert raised.value.hint


def test_tuning_and_its_log_know_nobody(core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    tuned(core, tmp_path, trials=2)
    households = core.scan("households").select("household_id").collect().to_series().to_list()
    kept = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} >= {"optuna.db", "mlflow.db", "trials.json"}
    assert len(households) == 1500
    assert named_in(kept, households) == set()


def test_the_command_says_what_it_found_and_what_it_is_worth(town: Town, own_town: Settings) -> None:
    told = sagak_here(own_town.home, "tune", "--trials", "2", "--minutes", "1", "--label", "any_support")
    assert told.returncode == 0, told.stderr
    assert "81% of all" in told.stdout
    assert "default" in told.stdout
    assert "sagak train --tuned" in told.stdout


def test_training_with_settings_that_nobody_tuned_is_refused(own_town: Settings) -> None:
    told = sagak_here(own_town.home, "train", "--tuned")
    assert told.returncode == 4
    assert "sagak tune" in told.stderr
