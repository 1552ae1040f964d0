"""What became known on or after the day a tested round opened changes nothing that its models learned or scored."""

import random
import tempfile
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import day_of, month_number
from domain.household import Program
from domain.outcome import Outcome
from features.catalogue import STANDARD
from tests.support.cores import Row, Town, frames, write_core
from tests.support.histories import AS_OF, POLICY, RECIPE, town_with_history
from tests.support.towns import fewer_examples
from training.backtest import Contender, Material, fit_folds
from training.population import parts
from training.rounds import ranked_candidates

MODELS = {"model": Contender(RECIPE), "weighted": Contender(type(RECIPE)(RECIPE.parameters, RECIPE.trees, True))}


@cache
def before() -> tuple[Town, int, pl.DataFrame]:
    """The town as it was, its oldest tested round, and how that round is ranked."""
    town = town_with_history()
    ranked = ranked_rounds(town)
    day = min(ranked)
    return town, day, ranked[day]


def ranked_rounds(town: Town) -> dict[int, pl.DataFrame]:
    """Every score and place of every candidate, by tested round."""
    with tempfile.TemporaryDirectory() as folder:
        core = write_core(Path(folder), frames(town), AS_OF)
        material = Material.of(core, STANDARD, POLICY, as_of=AS_OF, jobs=1)
        _, rounds = fit_folds(material, STANDARD, POLICY, MODELS, seed=1, jobs=1)
        of_part = ranked_candidates(core, parts(core)[0], STANDARD, POLICY, material.listings, rounds)
        keys = ("household_id", "^score_.*$", "^place_.*$", "^probability_.*$")
        return {tested.day: frame.select(*keys) for tested, frame in zip(rounds, of_part, strict=True)}


def later_rows_changed(town: Town, day: int, chance: random.Random) -> Town:
    """The town with other facts in about half of the rows that nobody could know before ``day``."""
    changed = deepcopy(town)
    month = month_number(day_of(day))
    for row in changed["outcomes"]:
        if chance.random() < 0.5:
            change_result(row, day, chance)
    changed["indicators"] = [
        row | {"months_overdue": 24, "amount_krw": 1} if row["known_at"] >= day and chance.random() < 0.5 else row
        for row in changed["indicators"]
        if row["known_at"] < day or chance.random() < 0.8
    ]
    # A case of the same month keeps a household off the list (docs/decisions): what begins later must not.
    changed["benefits"] = [
        row | {"program_code": chance.choice(list(Program)).value} if row["from_month"] > month else row
        for row in changed["benefits"]
    ]
    return changed


def change_result(row: Row, day: int, chance: random.Random) -> None:
    if row["contacted_at"] is not None and row["contacted_at"] >= day:
        row["contacted_at"] = chance.choice([None, row["contacted_at"] + chance.randint(0, 20)])
    if row["recorded_at"] is not None and row["recorded_at"] >= day:
        row["recorded_at"] = day + chance.randint(0, 40)
        row["outcome_code"] = chance.choice(list(Outcome)).value


@fewer_examples(12)
@given(st.integers(0, 10**6))
def test_what_became_known_later_changes_no_score_of_the_round_to_the_last_bit(seed: int) -> None:
    town, day, expected = before()
    changed = later_rows_changed(town, day, random.Random(seed))
    assert changed != town
    ranked = ranked_rounds(changed)[day]
    assert ranked.equals(expected), [name for name in expected.columns if not ranked[name].equals(expected[name])]


def test_what_was_known_before_does_change_scores() -> None:
    town, day, expected = before()
    changed = deepcopy(town)
    for row in changed["outcomes"]:
        if row["recorded_at"] is not None and row["recorded_at"] < day - 40:
            row["outcome_code"] = "other_public" if row["outcome_code"] == "visited_closed" else "visited_closed"
    assert not ranked_rounds(changed)[day].equals(expected)


def test_the_round_was_ranked_by_differences_and_not_by_chance() -> None:
    _, day, ranked = before()
    assert day_of(day) > date(2026, 1, 1)
    for method in (*MODELS, "logistic_regression", "indicator_count"):
        assert ranked[f"score_{method}"].n_unique() > 3
