"""Splits by time, on calendars small enough to check by eye."""

import pytest

from domain.errors import UsageError
from training.splits import TimeSplit, rolled_forward, split_for_use

WEEKS = tuple(range(0, 7 * 40, 7))  # forty rounds, on days 0, 7, ... 273


def test_each_of_the_newest_rounds_is_tested_by_what_was_closed_before_it() -> None:
    folds = rolled_forward(WEEKS, horizon_days=90, tests=3)
    assert [fold.test for fold in folds] == [259, 266, 273]
    # Before day 259 the rounds up to day 169 had closed: days 0 to 168, 25 rounds; the last quarter calibrates.
    assert folds[0].train == WEEKS[:19]
    assert folds[0].calibrate == WEEKS[19:25]
    assert [len(fold.train) + len(fold.calibrate) for fold in folds] == [25, 26, 27]


def test_a_round_whose_window_closes_on_the_tested_day_is_learned_from() -> None:
    (fold,) = rolled_forward((0, 1, 2, 3, 4, 10, 100), horizon_days=90, tests=1)
    assert fold == TimeSplit((0, 1, 2), (3, 4, 10), 100)
    with pytest.raises(UsageError, match="Only 5 closed rounds"):
        rolled_forward((0, 1, 2, 3, 4, 11, 100), horizon_days=90, tests=1)


def test_rounds_with_too_little_before_them_are_not_tested() -> None:
    # Six rounds have closed before day 126 (days 0 to 35) and fewer before any earlier one.
    folds = rolled_forward(WEEKS[:20], horizon_days=90, tests=8)
    assert [fold.test for fold in folds] == [126, 133]


def test_order_and_repetition_of_the_rounds_do_not_matter() -> None:
    once = rolled_forward(WEEKS, horizon_days=90, tests=4)
    assert rolled_forward(WEEKS[::-1] + WEEKS, horizon_days=90, tests=4) == once


@pytest.mark.parametrize("rounds", [(), (0,), WEEKS[:5]], ids=["none", "one", "five"])
def test_too_few_rounds_are_refused_with_a_hint(rounds: tuple[int, ...]) -> None:
    for split in (split_for_use, lambda days: rolled_forward(days, horizon_days=90, tests=8)):
        with pytest.raises(UsageError, match="can be learned from") as refused:
            split(rounds)
        assert "Deliver" in refused.value.hint


def test_rounds_that_are_all_open_when_the_newest_begins_are_refused() -> None:
    with pytest.raises(UsageError, match="Only 0 closed rounds"):
        rolled_forward(WEEKS, horizon_days=365, tests=8)


def test_for_use_everything_is_learned_from_and_the_newest_quarter_calibrates() -> None:
    assert split_for_use(WEEKS) == TimeSplit(WEEKS[:30], WEEKS[30:], None)
