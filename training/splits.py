"""Splits by time: learn from rounds whose outcome was known before the tested round opened."""

from dataclasses import dataclass

from domain.errors import UsageError


@dataclass(frozen=True)
class TimeSplit:
    """Days (numbers) of the rounds to learn from, oldest first, and the round to test on; for horizon 90 days:

    train               calibrate      outcome windows close   test
    |---- W01..W20 ----|-- W21..W27 --|------ 13 weeks ------|-- W40

    A model for use is tested on none.
    """

    train: tuple[int, ...]
    calibrate: tuple[int, ...]
    test: int | None


# The later slice a calibration is fitted on, of the rounds that may be learned from.
CALIBRATION_SHARE = 0.25
MIN_ROUNDS = 3


def rolled_forward(rounds: tuple[int, ...], *, horizon_days: int, tests: int) -> tuple[TimeSplit, ...]:
    """A fold for each of the newest ``tests`` rounds, oldest first; each learns as if its round opened today:

    train            calibrate    windows close        test
    |---- W01..W14 --|- W15..W20 -|---- 13 weeks ----|  W33
    |---- W01..W15 ---|- W16..W21 -|---- 13 weeks ----|  W34
    |---- W01..W16 ----|- W17..W22 -|---- 13 weeks ----|  W35

    Rounds with too little before them to learn from are not tested, so there may be fewer folds than asked for.
    Raises `UsageError` when none is left.
    """
    ordered = sorted(set(rounds))
    newest = ordered[max(0, len(ordered) - tests) :]
    before = {test: [day for day in ordered if day + horizon_days <= test] for test in newest}
    folds = tuple(TimeSplit(*_with_later_slice(known), test) for test, known in before.items() if _suffices(known))
    if not folds:
        # The newest round has the most before it, so its refusal names what is missing.
        _with_later_slice(before[newest[-1]] if newest else [])
    return folds


def split_for_use(rounds: tuple[int, ...]) -> TimeSplit:
    """All closed rounds for learning, the newest of them for calibration; raises `UsageError` for too few."""
    return TimeSplit(*_with_later_slice(sorted(set(rounds))), None)


def _suffices(usable: list[int]) -> bool:
    return len(usable) >= 2 * MIN_ROUNDS


def _with_later_slice(usable: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not _suffices(usable):
        raise UsageError(
            f"Only {len(usable)} closed rounds can be learned from; at least {2 * MIN_ROUNDS} are needed.",
            hint="Deliver outcomes of more past rounds.",
        )
    cut = len(usable) - max(MIN_ROUNDS, round(len(usable) * CALIBRATION_SHARE))
    return tuple(usable[:cut]), tuple(usable[cut:])
