"""Requests about a household: exclusions it asked for itself, referrals by people who noticed something."""

from dataclasses import dataclass

import numpy as np

from sources.synthetic.population import Flags, Ints

KINDS = ("exclusion", "referral")
_EXCLUSION, _REFERRAL = range(len(KINDS))
MAKERS = ("self", "neighbour", "tongjang", "postal_worker", "meter_reader", "staff", "other")
_REFERRAL_SHARES = (0.06, 0.20, 0.34, 0.10, 0.10, 0.15, 0.05)
_NO_END = -1
_EXCLUSION_RATE, _REFERRAL_RATE = 0.0006, 0.0055  # of all households in a year
# A household in need at the time is that much likelier to be noticed.
_NEED_PULL = 6.0
_REFERRAL_COUNTS_DAYS = 35


@dataclass(frozen=True)
class Requests:
    household: Ints
    kind: Ints
    made_by: Ints
    made_day: Ints
    ends_day: Ints  # `_NO_END` where it holds until withdrawn

    def excluded_on(self, day: int, households: int) -> Flags:
        """Per household: did it ask before ``day`` not to be listed, and does that still hold?"""
        holds = (
            (self.kind == _EXCLUSION) & (self.made_day < day) & ((self.ends_day == _NO_END) | (self.ends_day >= day))
        )
        return np.bincount(self.household[holds], minlength=households) > 0

    def referred_before(self, day: int, households: int) -> Flags:
        """Per household: did somebody ask the dong, in the five weeks before ``day``, to look?"""
        waits = (self.kind == _REFERRAL) & (self.made_day < day) & (self.made_day >= day - _REFERRAL_COUNTS_DAYS)
        return np.bincount(self.household[waits], minlength=households) > 0


def _month_of(days: Ints) -> Ints:
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


def draw_requests(need: Flags, *, first_day: int, last_day: int, rng: np.random.Generator) -> Requests:
    """A few requests between two days, both included."""
    everyone = np.arange(need.shape[1])
    years = (last_day - first_day + 1) / 365
    day = rng.integers(first_day, last_day + 1, len(everyone))
    # Rows of `need` are months that end with the one of the last day; the first may begin a little after the first day.
    row = len(need) - 1 - (_month_of(np.array([last_day])) - _month_of(day))
    pull = 1 + (_NEED_PULL - 1) * need[np.maximum(row, 0), everyone]
    leaves = np.flatnonzero(rng.random(len(everyone)) < _EXCLUSION_RATE * years)
    noticed = np.flatnonzero(rng.random(len(everyone)) < _REFERRAL_RATE * years * pull)
    household = np.concatenate((leaves, noticed))
    made = day[household]
    is_exclusion = np.arange(len(household)) < len(leaves)
    maker = np.where(is_exclusion, 0, rng.choice(len(MAKERS), len(household), p=_REFERRAL_SHARES))
    lasts_a_year = is_exclusion & (rng.random(len(household)) < 0.5)
    order = np.argsort(household, kind="stable")
    columns = (
        household,
        np.where(is_exclusion, _EXCLUSION, _REFERRAL),
        maker,
        made,
        np.where(lasts_a_year, made + 365, _NO_END),
    )
    return Requests(*(column[order] for column in columns))
