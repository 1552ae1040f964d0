"""Splits by time, on calendars small enough to check by eye."""

import polars as pl
import pytest

from domain.errors import UsageError
from training.splits import TimeSplit, rows_of, split_by_time, split_for_use

WEEKS = tuple(range(0, 7 * 40, 7))  # forty rounds, on days 0, 7, ... 273


def test_the_newest_fifth_is_tested_and_rounds_open_at_its_start_are_left_out() -> None:
    split = split_by_time(WEEKS, horizon_days=90)
    # 8 of 40 rounds are tested, from day 224; rounds up to day 134 were closed by then: days 0 to 133, 20 rounds.
    assert split.test == tuple(range(224, 280, 7))
    assert (split.train[0], split.calibrate[-1]) == (0, 133)
    assert (len(split.train), len(split.calibrate)) == (15, 5)


def test_a_round_whose_window_closes_on_the_first_test_day_is_learned_from() -> None:
    split = split_by_time((0, 1, 2, 3, 4, 10, 100), horizon_days=90)
    assert split.test == (100,)
    assert split.calibrate[-1] == 10
    with pytest.raises(UsageError, match="Only 5 closed rounds"):
        split_by_time((0, 1, 2, 3, 4, 11, 100), horizon_days=90)


def test_order_and_repetition_of_the_rounds_do_not_matter() -> None:
    assert split_by_time(WEEKS[::-1] + WEEKS, horizon_days=90) == split_by_time(WEEKS, horizon_days=90)


@pytest.mark.parametrize("rounds", [(), (0,), WEEKS[:5]], ids=["none", "one", "five"])
def test_too_few_rounds_are_refused_with_a_hint(rounds: tuple[int, ...]) -> None:
    for split in (split_for_use, lambda days: split_by_time(days, horizon_days=90)):
        with pytest.raises(UsageError, match="can be learned from") as refused:
            split(rounds)
        assert "Deliver" in refused.value.hint


def test_rounds_that_are_all_open_when_the_test_begins_are_refused() -> None:
    with pytest.raises(UsageError, match="Only 0 closed rounds"):
        split_by_time(WEEKS, horizon_days=365)


def test_for_use_everything_is_learned_from_and_the_newest_quarter_calibrates() -> None:
    split = split_for_use(WEEKS)
    assert split == TimeSplit(WEEKS[:30], WEEKS[30:], ())


def test_rows_of_some_rounds() -> None:
    frame = pl.DataFrame({"round": [0, 7, 7, 14], "row": [1, 2, 3, 4]})
    assert rows_of(frame, (7, 21))["row"].to_list() == [2, 3]
