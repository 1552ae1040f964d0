"""A rolled-forward evaluation of a small town from its core to the frames that figures are made of."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from domain.calendar import day_of
from domain.errors import CheckFailed, UsageError
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.engine import build_matrix
from scoring.baselines import area_rate, indicator_count
from scoring.bundle import Bundle
from scoring.groups import ATTRIBUTES
from scoring.score import feature_array
from sources.core import Core
from tests.support.cores import frames, write_core
from tests.support.histories import AS_OF, HORIZON, POLICY, RECIPE, town_with_history
from training.backtest import Backtest, Contender, Material, backtest, fit_folds
from training.labels import LABELS
from training.learning import Examples, Slices, fit_recipe
from training.splits import split_for_use

METHODS = ("model", "twin", "logistic_regression", "last_score", "indicator_count", "area_only")
STATED = ("model", "twin", "logistic_regression")
MODELS = {"model": Contender(RECIPE), "twin": Contender(replace(RECIPE, seed=9))}


@dataclass(frozen=True)
class Evaluated:
    core: Core
    material: Material
    result: Backtest

    @property
    def days(self) -> list[int]:
        return [fold.round for fold in self.result.folds]


@pytest.fixture(scope="module")
def evaluated() -> Iterator[Evaluated]:
    with tempfile.TemporaryDirectory() as folder:
        core = write_core(Path(folder), frames(town_with_history()), AS_OF)
        material = Material.of(core, STANDARD, POLICY, as_of=AS_OF, jobs=1)
        result = backtest(core, STANDARD, POLICY, MODELS, as_of=AS_OF, seed=1, material=material, jobs=1)
        yield Evaluated(core, material, result)


def outcomes(evaluated: Evaluated) -> pl.DataFrame:
    return evaluated.core.scan("outcomes").collect()


def ranking_at(evaluated: Evaluated, day: int) -> pl.DataFrame:
    """The matrix of a day, whole, as the weekly run makes it."""
    names = ("households", "members", "indicators", "benefits", "outcomes")
    tables = {name: evaluated.core.scan(name).collect() for name in names}
    found: pl.DataFrame = build_matrix(tables, STANDARD, AsOf.on(day_of(day)))
    return found.sort("household_id")


def test_the_newest_closed_rounds_are_tested_each_by_what_was_closed_before(evaluated: Evaluated) -> None:
    # Of 24 weekly rounds the newest three are younger than four weeks; the three before them are tested.
    rounds = sorted(outcomes(evaluated)["round"].unique())
    assert evaluated.days == rounds[-6:-3]
    for fold in evaluated.result.folds:
        assert max(fold.train + fold.calibrate) + HORIZON <= fold.round
        learned = evaluated.material.examples.filter(
            pl.col("round").is_in(fold.train + fold.calibrate) & (pl.col("recorded_at") < fold.round)
        )
        assert (fold.examples, fold.positives) == (learned.height, learned["label_public_or_case"].sum())


def test_the_frames_have_the_columns_and_types_that_figures_are_made_of(evaluated: Evaluated) -> None:
    result = evaluated.result
    assert (result.label, result.horizon_days) == ("public_or_case", HORIZON)
    assert (result.methods, result.contenders) == (METHODS, ("model", "twin"))
    texts = ("dong_code", "household_id", "slot", "stratum", *ATTRIBUTES)
    expected = {"round": pl.Int32, "inclusion": pl.Float64} | dict.fromkeys(texts, pl.String)
    expected |= dict.fromkeys((f"label_{name}" for name in LABELS), pl.Int8)
    expected |= dict.fromkeys((f"{kind}_{name}" for name in METHODS for kind in ("score", "place")), pl.Float64)
    expected |= dict.fromkeys((f"probability_{name}" for name in STATED), pl.Float64)
    assert dict(result.judged.schema) == expected
    assert dict(result.places.schema) == {
        "round": pl.Int32, "dong_code": pl.String, "method": pl.String, "attribute": pl.String, "group": pl.String,
        "candidates": pl.Int64, "places": pl.Float64, "chosen_places": pl.Float64, "expected": pl.Float64,
        "tied": pl.Int64, "tied_places": pl.Float64,
    }  # fmt: skip
    assert dict(result.listings.schema) == {
        "round": pl.Int32, "dong_code": pl.String, "stratum": pl.String, "listed": pl.Int64, "judged": pl.Int64
    }  # fmt: skip
    assert result.judged.drop_nulls().height == result.judged.height > 20


def test_judged_are_candidates_whose_result_is_known_and_their_scores_are_those_of_the_round(
    evaluated: Evaluated,
) -> None:
    for day in evaluated.days:
        judged = evaluated.result.judged.filter(pl.col("round") == day)
        matrix = ranking_at(evaluated, day).join(judged.select("household_id"), on="household_id", how="semi")
        assert judged.sort("household_id")["household_id"].equals(matrix["household_id"])
        assert (matrix["is_recipient"].max(), matrix["is_case_managed"].max()) == (0, 0)
        assert not (matrix["days_since_contact"] <= POLICY.list.cool_down_days).any()
        in_order = judged.sort("household_id")
        count = indicator_count(matrix, STANDARD).cast(pl.Float64)
        assert in_order["score_indicator_count"].equals(count, check_names=False)
        assert in_order["score_area_only"].equals(area_rate(matrix).cast(pl.Float64), check_names=False)


def test_every_dong_gives_all_its_places_and_the_groups_add_up(evaluated: Evaluated) -> None:
    places = evaluated.result.places
    whole = places.filter(pl.col("attribute") == "all")
    assert whole["places"].to_list() == pytest.approx([min(2, n) for n in whole["candidates"]])
    assert ((whole["tied"] == 0) == (whole["tied_places"] == 0)).all()
    assert (whole["tied_places"] <= whole["places"] + 1e-9).all()
    keys = ["round", "dong_code", "method"]
    counted = ("candidates", "places", "chosen_places", "expected")
    for attribute in ATTRIBUTES:
        groups = places.filter(pl.col("attribute") == attribute).group_by(keys).agg(pl.col(counted).sum())
        both = whole.join(groups, on=keys, suffix="_of_groups", validate="1:1")
        for name in counted:
            assert both[f"{name}_of_groups"].to_list() == pytest.approx(both[name].fill_null(0).to_list())


def test_places_of_the_judged_are_among_those_counted(evaluated: Evaluated) -> None:
    result = evaluated.result
    for method in METHODS:
        held = result.judged.filter(pl.col("stratum") == "chosen").group_by("round", "dong_code")
        counted = result.places.filter((pl.col("attribute") == "all") & (pl.col("method") == method))
        both = counted.join(held.agg(held=pl.col(f"place_{method}").sum()), on=["round", "dong_code"])
        assert (both["held"] <= both["chosen_places"] + 1e-9).all()


def test_only_stated_probabilities_are_expected(evaluated: Evaluated) -> None:
    whole = evaluated.result.places.filter(pl.col("attribute") == "all")
    by_method = dict(whole.group_by("method").agg(known=pl.col("expected").is_not_null().all()).rows())
    assert by_method == {method: method in STATED for method in METHODS}
    stated = whole.drop_nulls("expected")
    assert (stated["expected"] < stated["places"]).all()


def test_listings_count_who_was_listed_and_of_whom_the_result_is_known(evaluated: Evaluated) -> None:
    listings = evaluated.result.listings
    judged = evaluated.result.judged.group_by("round", "dong_code", "stratum").agg(n=pl.len().cast(pl.Int64))
    both = listings.join(judged, on=["round", "dong_code", "stratum"], how="left").fill_null(0)
    assert both["judged"].equals(both["n"], check_names=False)
    assert (listings["listed"] >= listings["judged"]).all()
    assert set(listings["stratum"]) == {"chosen", "drawn"}
    assert listings["listed"].sum() <= outcomes(evaluated).filter(pl.col("round").is_in(evaluated.days)).height


def test_whom_chance_drew_has_the_chance_that_was_stored(evaluated: Evaluated) -> None:
    inclusion = dict(evaluated.result.judged.group_by("stratum").agg(pl.col("inclusion").unique()).rows())
    assert inclusion == {"chosen": [1.0], "drawn": [0.04]}


def test_contenders_with_one_recipe_are_one_model(evaluated: Evaluated) -> None:
    judged = evaluated.result.judged
    assert judged["score_model"].equals(judged["score_twin"], check_names=False)


@pytest.mark.usefixtures("processes")
def test_neither_the_number_of_processes_nor_a_second_run_changes_a_bit(evaluated: Evaluated) -> None:
    again = backtest(evaluated.core, STANDARD, POLICY, MODELS, as_of=AS_OF, seed=1, jobs=2)
    for name in ("judged", "places", "listings"):
        assert getattr(again, name).equals(getattr(evaluated.result, name)), name
    assert again.folds == evaluated.result.folds


def test_a_list_not_renewed_ranks_by_what_was_known_a_week_before(evaluated: Evaluated) -> None:
    _, rounds = fit_folds(evaluated.material, STANDARD, POLICY, MODELS, seed=1, jobs=1)
    names = [feature.name for feature in STANDARD.learned]
    for tested in rounds:
        earlier = ranking_at(evaluated, tested.day - 7)
        scores = tested.rankers["model"].raw_scores(feature_array(earlier, names))
        expected = dict(zip(earlier["household_id"], scores, strict=True))
        judged = evaluated.result.judged.filter(pl.col("round") == tested.day)
        for who, score in judged.select("household_id", "score_last_score").iter_rows():
            assert score == expected[who]


def test_only_who_moved_in_within_the_week_is_below_all_others_on_a_list_not_renewed(tmp_path: Path) -> None:
    """Nobody knew on the Monday who would move in on it or after it."""
    town = town_with_history()
    last = sorted({row["round"] for row in town["outcomes"]})[-4]
    days = {row["household_id"]: last + (-7, -1, 0)[n % 3] for n, row in enumerate(town["households"])}
    town["households"] = [row | {"moved_in_on": days[row["household_id"]]} for row in town["households"]]
    core = write_core(tmp_path, frames(town), AS_OF)
    judged = backtest(core, STANDARD, POLICY, MODELS, as_of=AS_OF, seed=1, jobs=1).judged
    for week, who, score in judged.select("round", "household_id", "score_last_score").iter_rows():
        assert (score == -1e6) == (week - 7 <= days[who] < week)
    newest = judged.filter(pl.col("round") == last)["household_id"]
    assert {days[who] - last for who in newest} == {-7, -1, 0}


def test_a_bundle_ranks_the_rounds_it_could_not_know_and_its_recipe_the_earlier_ones(evaluated: Evaluated) -> None:
    material, days = evaluated.material, evaluated.days
    split = split_for_use(material.rounds[:8])
    known = Examples.of(material.examples, STANDARD.learned, label="public_or_case", max_weight=1.0)
    odd = replace(RECIPE, trees=3)
    booster, calibration = fit_recipe(odd, STANDARD.learned, known, Slices.of(material.examples, split))
    names = tuple(feature.name for feature in STANDARD.learned)
    bundle = Bundle("standard-1", "0" * 64, "public_or_case", booster, calibration, names, {}, {}, {})
    contender = Contender(RECIPE, bundle, day_of(days[1]))
    models = {"model": Contender(RECIPE), "bundle": contender}
    found = backtest(evaluated.core, STANDARD, POLICY, models, as_of=AS_OF, seed=1, material=material, jobs=1).judged
    same = found.with_columns(same=pl.col("score_model") == pl.col("score_bundle")).group_by("round")
    assert dict(same.agg(pl.col("same").all()).rows()) == {days[0]: True, days[1]: False, days[2]: False}
    matrix = ranking_at(evaluated, days[2])
    scores = dict(
        zip(matrix["household_id"], booster.predict(feature_array(matrix, names), raw_score=True), strict=True)
    )
    for who, score in found.filter(pl.col("round") == days[2]).select("household_id", "score_bundle").iter_rows():
        assert score == scores[who]


def test_a_feature_that_is_tomorrows_label_is_named(evaluated: Evaluated) -> None:
    planted = evaluated.material.examples.with_columns(times_met_without_need_24m=1.0 - pl.col("label_public_or_case"))
    # Each row four times, so that enough of each kind stand in the tested rounds.
    rows = pl.concat([planted] * 4).sort("round")
    material = replace(evaluated.material, examples=rows)
    with pytest.raises(CheckFailed, match="times_met_without_need_24m"):
        backtest(evaluated.core, STANDARD, POLICY, MODELS, as_of=AS_OF, seed=1, material=material, jobs=1)


def test_an_indicator_born_between_training_and_test_moves_no_model(tmp_path: Path) -> None:
    """Gas arrears are reported from November 2023 on: unknown in every round learned from, known in the tested ones."""
    as_of = date(2024, 2, 5)
    core = write_core(tmp_path, frames(town_with_history(as_of=as_of, weeks=20)), as_of)
    policy = replace(POLICY, evaluation=replace(POLICY.evaluation, test_rounds=1))
    material = Material.of(core, STANDARD, policy, as_of=as_of, jobs=1)
    folds, (tested,) = fit_folds(material, STANDARD, policy, MODELS, seed=1, jobs=1)
    names = [feature.name for feature in STANDARD.learned]
    learned = material.examples.filter(pl.col("round").is_in(folds[0].train))
    assert learned["gas_arrears_months"].null_count() == learned.height
    later = material.examples.filter(pl.col("round") == tested.day)
    assert later["gas_arrears_months"].null_count() == 0
    column = names.index("gas_arrears_months")
    matrix = feature_array(later, names)
    other = matrix.copy()
    other[:, column] = 20.0
    for ranker in tested.rankers.values():
        assert np.isfinite(ranker.raw_scores(matrix)).all()
        assert ranker.raw_scores(matrix) == pytest.approx(ranker.raw_scores(other), abs=1e-9)


def test_too_little_to_learn_from_is_said_with_a_hint(evaluated: Evaluated) -> None:
    early = day_of(evaluated.material.rounds[3])
    with pytest.raises(UsageError) as refused:
        backtest(evaluated.core, STANDARD, POLICY, MODELS, as_of=early, seed=1, jobs=1)
    assert "Deliver" in refused.value.hint


def test_nobody_is_carried_into_a_round_by_a_place_of_the_week_before(tmp_path: Path) -> None:
    """An entry carried over has its place already: it is learned from, but is no candidate of the round."""
    town = town_with_history()
    carried = [row | {"slot": "carried_over", "propensity": 1.0} for row in town["outcomes"]]
    day = sorted({row["round"] for row in carried})[-4]
    town["outcomes"] = [
        other if row["round"] == day and number % 2 else row
        for number, (row, other) in enumerate(zip(town["outcomes"], carried, strict=True))
    ]
    core = write_core(tmp_path, frames(town), AS_OF)
    result = backtest(core, STANDARD, POLICY, {"model": MODELS["model"]}, as_of=AS_OF, seed=1, jobs=1)
    of_day = {row["household_id"]: row["slot"] for row in town["outcomes"] if row["round"] == day}
    assert "carried_over" in of_day.values()
    judged = result.judged.filter(pl.col("round") == day)["household_id"]
    assert {of_day[who] for who in judged} <= {"top", "exploration"}


def test_calibrations_rise_with_the_score(evaluated: Evaluated) -> None:
    for name in STATED:
        judged = evaluated.result.judged.filter(pl.col("round") == evaluated.days[0]).sort(f"score_{name}")
        assert judged[f"probability_{name}"].is_sorted()
        assert judged[f"probability_{name}"].is_between(0, 1).all()
