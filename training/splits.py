"""Splits by time: learn from rounds whose outcome was known before the first test round opened."""

from dataclasses import dataclass

import polars as pl

from domain.errors import UsageError


@dataclass(frozen=True)
class TimeSplit:
    """Days (numbers) of the rounds of each part, oldest first; for horizon 90 days:

    train               calibrate      outcome windows close      test
    |---- W01..W20 ----|-- W21..W27 --|------- 13 weeks -------|-- W40..W47 --|
    """

    train: tuple[int, ...]
    calibrate: tuple[int, ...]
    test: tuple[int, ...]


# The later slice a calibration is fitted on, of the rounds that may be learned from.
CALIBRATION_SHARE = 0.25
TEST_SHARE = 0.2
MIN_ROUNDS = 3


def split_by_time(rounds: tuple[int, ...], *, horizon_days: int) -> TimeSplit:
    """Test on the newest fifth of the closed rounds; learn only from rounds closed before the first of them.

    Raises `UsageError` when too few rounds are left to learn from.
    """
    ordered = sorted(set(rounds))
    if not ordered:
        return TimeSplit(*_with_later_slice([]), ())
    test = ordered[len(ordered) - max(1, round(len(ordered) * TEST_SHARE)) :]
    usable = [day for day in ordered if day + horizon_days <= test[0]]
    train, calibrate = _with_later_slice(usable)
    return TimeSplit(train, calibrate, tuple(test))


def split_for_use(rounds: tuple[int, ...]) -> TimeSplit:
    """All closed rounds for learning, the newest of them for calibration, none for testing."""
    train, calibrate = _with_later_slice(sorted(set(rounds)))
    return TimeSplit(train, calibrate, ())


def _with_later_slice(usable: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if len(usable) < 2 * MIN_ROUNDS:
        raise UsageError(
            f"Only {len(usable)} closed rounds can be learned from; at least {2 * MIN_ROUNDS} are needed.",
            hint="Deliver outcomes of more past rounds.",
        )
    cut = len(usable) - max(MIN_ROUNDS, round(len(usable) * CALIBRATION_SHARE))
    return tuple(usable[:cut]), tuple(usable[cut:])


def rows_of(examples: pl.DataFrame, rounds: tuple[int, ...]) -> pl.DataFrame:
    """The examples of some rounds."""
    return examples.filter(pl.col("round").is_in(rounds))
