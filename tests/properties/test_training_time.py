"""No figure that a model learned from was settled after the first round it is tested on began."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from domain.calendar import day_number
from domain.errors import UsageError
from domain.outcome import NOT_REACHED
from tests.support import towns
from tests.support.cores import Row, Town, frames, home, write_core
from training.cohort import closed_listings
from training.labels import LABELS
from training.splits import TimeSplit, rolled_forward, split_for_use

HORIZONS = st.integers(1, 300)
AS_OF = date(2026, 11, 16)


@st.composite
def past_rounds(draw: st.DrawFn) -> tuple[int, ...]:
    """Days of weekly rounds, some weeks without one."""
    weeks = set(range(draw(st.integers(0, 150)))) - draw(st.sets(st.integers(0, 149), max_size=30))
    return tuple(7 * week for week in sorted(weeks))


ROUNDS = past_rounds()


@given(ROUNDS, HORIZONS)
def test_every_outcome_window_learned_from_has_closed_when_the_test_begins(
    rounds: tuple[int, ...], horizon: int
) -> None:
    for fold in accepted_folds(rounds, horizon):
        assert fold.test is not None
        assert max((*fold.train, *fold.calibrate)) + horizon <= fold.test


@given(ROUNDS, HORIZONS)
def test_parts_follow_each_other_and_share_no_round(rounds: tuple[int, ...], horizon: int) -> None:
    folds = accepted_folds(rounds, horizon)
    assert [fold.test for fold in folds] == list(rounds[len(rounds) - len(folds) :])
    for fold in folds:
        parts = (*fold.train, *fold.calibrate, fold.test)
        assert list(parts) == sorted(set(parts))
        assert set(parts) <= set(rounds)
        assert fold.train
        assert fold.calibrate


@given(ROUNDS)
def test_a_model_for_use_learns_from_every_closed_round(rounds: tuple[int, ...]) -> None:
    assume(len(rounds) >= 6)
    split = split_for_use(rounds)
    assert split.train + split.calibrate == rounds


def accepted_folds(rounds: tuple[int, ...], horizon: int) -> tuple[TimeSplit, ...]:
    """The folds; a case in which they are refused, with a hint of what to do, is drawn anew."""
    try:
        return rolled_forward(rounds, horizon_days=horizon, tests=8)
    except UsageError as refused:
        assert refused.hint
        reject()


@st.composite
def listed_towns(draw: st.DrawFn) -> Town:
    rows = draw(st.lists(towns.listings(st.sampled_from("ABC"), AS_OF), max_size=25, unique_by=key_of))
    return {"households": [home(who) for who in "ABC"], "outcomes": rows}


def key_of(row: Row) -> tuple[str, int]:
    return (row["household_id"], row["round"])


@towns.fewer_examples(3)
@given(listed_towns(), st.sampled_from(list(LABELS)), st.integers(1, 200))
def test_a_label_is_what_was_recorded_in_the_window_of_a_contacted_closed_listing(
    town: Town, name: str, horizon: int
) -> None:
    found = closed(town, horizon).filter("is_judged")
    expected = sorted(
        (row["round"], row["household_id"], int(is_found(row, name, horizon)))
        for row in town["outcomes"]
        if was_reached(row, horizon) and row["round"] + horizon <= day_number(AS_OF)
    )
    assert found.select("round", "household_id", f"label_{name}").rows() == expected


def was_reached(row: Row, horizon: int) -> bool:
    in_time = row["contacted_at"] is not None and row["contacted_at"] < row["round"] + horizon
    recorded = row["recorded_at"]
    is_known = row["outcome_code"] is not None and recorded is not None and recorded < day_number(AS_OF)
    return in_time and is_known and row["outcome_code"] not in {outcome.value for outcome in NOT_REACHED}


def is_found(row: Row, name: str, horizon: int) -> bool:
    recorded = row["recorded_at"]
    in_time = recorded is not None and recorded < row["round"] + horizon
    return in_time and row["outcome_code"] in {outcome.value for outcome in LABELS[name].outcomes}


def closed(town: Town, horizon: int) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        core = write_core(Path(folder), frames(town), AS_OF + timedelta(weeks=4))
        return closed_listings(core, as_of=AS_OF, horizon_days=horizon)


@pytest.mark.parametrize("name", LABELS)
def test_every_label_says_what_is_weak_about_it(name: str) -> None:
    assert LABELS[name].outcomes
    assert LABELS[name].weakness.endswith(".")
