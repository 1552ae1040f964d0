"""Whether an indicator reports more or fewer households than in the same months a year before, and since when.

The same months, so that winter is compared with winter. Whether there is a change is asked of the last 1, 2, ... 12
months that speak loudest for one (the largest likelihood ratio: a scan for one change point); it began with the first
month of those since when each month lies beyond half of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log, sqrt
from typing import Self

from scipy.special import betaincinv

from features.monthly_reports import WINDOW_MONTHS
from scoring.reference import Reference
from sources.reference import indicator, indicators

# Something is said by chance alone in one of twenty looks at all indicators.
ERROR_RATE = 0.05
# Fewer households over both years would not even show a doubling: 30 against 60 is two and a half standard errors, and
# one look at thirty indicators asks for more than three.
_TELLING_HOUSEHOLDS = 90

TOO_FEW, TOO_NEW, TOO_SHORT = (
    "too few reports to tell",
    "too new to judge",
    "the history is too short to compare with the year before",
)


@dataclass(frozen=True)
class Change:
    """Households reported in the last months over those of the same months a year before (1.35: a third more).

    The interval holds for all indicators at once. ``first_month`` is a month number; ``is_open`` says that the change
    reaches as far back as both years are known, so that it may have begun before.
    """

    ratio: float
    low: float
    high: float
    first_month: int
    is_open: bool

    @property
    def is_beyond_chance(self) -> bool:
        return self.low > 1 or self.high < 1

    @property
    def size(self) -> float:
        """How large it is either way: half as many is as large a change as twice as many (1.0)."""
        return max(self.ratio, 1 / self.ratio) - 1 if self.ratio else float("inf")


def report_changes(before: Reference, now: Reference) -> dict[str, Change | str]:
    """Every indicator's change by code, or why there is none to tell, in the order of the register.

    A delivery's own past is compared with where it holds one; months it no longer holds come from the reference.
    """
    windows = {known.code: _windows(known.code, before, now) for known in indicators() if known.code in now.reports}
    # Sums over the last 1, 2, ... L months are so much alike that they are worth about 1 + ln(L) looks, not L.
    looks = sum(1 + log(len(found)) for found in windows.values() if _is_telling(found))
    return {
        code: _change(found, ERROR_RATE / looks) if _is_telling(found) else _why_not(code, found, now)
        for code, found in windows.items()
    }


def change_of_rate(now: float, before: float, exposure: float, *, error_rate: float) -> tuple[float, float, float]:
    """Ratio of two Poisson rates with its exact conditional interval (Przyborowski and Wilenski 1940, Biometrika 31).

    Given their sum, the newer count is binomial; the interval of its share (Clopper and Pearson 1934) is turned into
    one of the ratio. ``exposure`` is how many household-months there are now for one before. Raises `ValueError` where
    there was nothing at all.
    """
    total = now + before
    if not total:
        raise ValueError("no reports, now or before: there is no rate to compare")
    low = float(betaincinv(now, before + 1, error_rate / 2)) if now else 0.0
    high = float(betaincinv(now + 1, before, 1 - error_rate / 2)) if before else 1.0
    ratio, least, most = (
        share / (1 - share) / exposure if share < 1 else float("inf") for share in (now / total, low, high)
    )
    return ratio, least, most


@dataclass(frozen=True)
class _Pair:
    """An indicator's households in a month and in the same month a year before, each with who there was then."""

    month: int
    now: int
    before: int
    population_now: int
    population_before: int

    def shares(self, ratio: float) -> bool:
        """Whether the month alone lies beyond half of a change, on the scale on which rises and falls are alike."""
        own, usual = self.now * self.population_before, self.before * self.population_now
        return own >= usual * sqrt(ratio) if ratio > 1 else own <= usual * sqrt(ratio)


@dataclass(frozen=True)
class _Window:
    """Households of some months and of the same a year before, as so many independent ones, with the exposure."""

    oldest: _Pair
    now: float
    before: float
    exposure: float  # household-months now for one then

    @classmethod
    def of(cls, pairs: Sequence[_Pair], repeats: float) -> Self:
        exposure = sum(pair.population_now for pair in pairs) / max(1, sum(pair.population_before for pair in pairs))
        now, before = sum(pair.now for pair in pairs), sum(pair.before for pair in pairs)
        return cls(pairs[-1], now / repeats, before / repeats, exposure)

    @property
    def evidence(self) -> float:
        """Log-likelihood ratio of "another rate in these months" to "the rate of the year before"."""
        total, share = self.now + self.before, self.exposure / (1 + self.exposure)
        parts = ((self.now, share), (self.before, 1 - share))
        return sum(count * log(count / (total * expected)) for count, expected in parts if count)


def _windows(code: str, before: Reference, now: Reference) -> list[_Window]:
    """The last 1, 2, ... months, as far back as both years are known."""
    pairs = _pairs(code, before, now)
    repeats = now.reports[code].repeats
    return [_Window.of(pairs[:months], repeats[months - 1]) for months in range(1, len(pairs) + 1)]


def _pairs(code: str, before: Reference, now: Reference) -> list[_Pair]:
    """Newest month first, without a gap."""
    own = now.reports[code].households
    kept = before.reports[code].households if code in before.reports else {}
    newest = max(own, default=0)
    found = []
    for month in range(newest, newest - WINDOW_MONTHS, -1):
        past = month - 12
        if month not in own or (past not in own and past not in kept):
            break
        then = (own[past], now.population) if past in own else (kept[past], before.population)
        found.append(_Pair(month, own[month], then[0], now.population, then[1]))
    return found


def _is_telling(windows: Sequence[_Window]) -> bool:
    """Whether there are reports enough to see a doubling; their sum over both years does not tell which way it went."""
    return bool(windows) and windows[-1].now + windows[-1].before >= _TELLING_HOUSEHOLDS


def _change(windows: Sequence[_Window], error_rate: float) -> Change:
    loudest = max((window for window in windows if window.now + window.before), key=lambda window: window.evidence)
    found = _as_change(loudest, windows, error_rate)
    if not found.is_beyond_chance:
        return _as_change(windows[-1], windows, error_rate)
    whole = _as_change(_since_it_began(loudest, found.ratio, windows), windows, error_rate)
    return whole if whole.is_beyond_chance else found


def _since_it_began(loudest: _Window, ratio: float, windows: Sequence[_Window]) -> _Window:
    """The window whose oldest month is the first that shares the change, a few before or after the loudest's."""
    place = windows.index(loudest)
    while place + 1 < len(windows) and windows[place + 1].oldest.shares(ratio):
        place += 1
    while place and not windows[place].oldest.shares(ratio):
        place -= 1
    return windows[place]


def _as_change(window: _Window, windows: Sequence[_Window], error_rate: float) -> Change:
    ratio, low, high = change_of_rate(window.now, window.before, window.exposure, error_rate=error_rate)
    return Change(ratio, low, high, window.oldest.month, is_open=window is windows[-1])


def _why_not(code: str, windows: Sequence[_Window], now: Reference) -> str:
    if windows:
        return TOO_FEW
    known, months = indicator(code), now.reports[code].households
    # Its first whole month lies a lag, and a month for late ones, after the month it was first collected in.
    is_new = known.first_month is not None and (
        not months or max(months) - 12 < known.first_month + ceil(known.lag_days / 30) + 3
    )
    return TOO_NEW if is_new else TOO_SHORT
