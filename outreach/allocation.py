"""Gives out a dong's places for the week. Here frames end and entries begin.

Places go, in this order, to entries carried over, life stages due, the safety net, referrals, the highest scores, and a
draw by chance. Carried-over entries are never turned away; every other slot stops where the capacity does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from domain.listing import Slot
from domain.policy import ListPolicy
from outreach.drawing import chances_of_draw, draw_by_chance
from outreach.eligibility import GRAVE, LIFE_STAGES

_SAFETY_NET_ORDER = (*GRAVE, "listings_without_help")


@dataclass(frozen=True)
class Placement:
    """A household's place: row number in the dong's frame, what the place is for, why, and with what probability."""

    row: int
    slot: Slot
    occasion: str  # the feature that says why (life stage, grave report …), "" for scores and draws
    propensity: float
    tied_with: int
    is_grave: bool


class _Dong:
    """One dong's candidates while places are given out; each household can take one place only."""

    def __init__(self, frame: pl.DataFrame, rng: np.random.Generator) -> None:
        self.frame = frame
        self.score = frame["raw_score"].to_numpy()
        # Equal scores are ordered by this week's draw, so that no household is behind its equals for ever.
        self.tie_order = rng.permutation(frame.height)
        self.taken = np.zeros(frame.height, bool)
        # A grave report counts whatever the place is for.
        self.safety_net = frame["safety_net"].fill_null("").to_numpy().astype(str)
        self.is_grave = np.isin(self.safety_net, GRAVE)
        self.placements: list[Placement] = []

    def best_first(self, mask: np.ndarray) -> np.ndarray:
        rows = np.flatnonzero(mask & ~self.taken)
        return rows[np.lexsort((self.tie_order[rows], -self.score[rows]))]

    def give(self, queue: np.ndarray, places: int, slot: Slot, *, occasion: str = "") -> int:
        """Gives places to the first of a queue that is ordered by `best_first`; gives how many it gave.

        Equals at the cut have their place by the luck of the draw, so their chance is places left over equals.
        """
        chosen = queue[: max(0, places)]
        if not len(chosen):
            return 0
        cut = self.score[chosen[-1]]
        chance = float((self.score[chosen] == cut).sum() / (self.score[queue] == cut).sum())
        for row in chosen:
            self.place(row, slot, occasion, propensity=chance if self.score[row] == cut else 1.0)
        return len(chosen)

    def place(self, row: np.integer, slot: Slot, occasion: str, *, propensity: float) -> None:
        self.taken[row] = True
        tied_with = int((self.score == self.score[row]).sum()) - 1
        is_grave = bool(self.is_grave[row])
        # That an entry is carried over says nothing of why it was listed.
        net = str(self.safety_net[row]) if is_grave or slot is Slot.CARRIED_OVER else ""
        self.placements.append(Placement(int(row), slot, net or occasion, propensity, tied_with, is_grave))


def allocate(frame: pl.DataFrame, *, capacity: int, policy: ListPolicy, rng: np.random.Generator) -> list[Placement]:
    """The places of one dong, in the order of its list: grave reports first, then by score.

    ``frame`` holds the dong's households with their claims (`with_claims`), sorted by household.
    """
    dong = _Dong(frame, rng)
    listable = frame["may_be_listed"].to_numpy()

    def left(at_most: int = capacity) -> int:
        # A dong over capacity has no place left, never a negative number.
        return min(at_most, max(0, capacity - len(dong.placements)))

    _carry_over(dong, listable)
    _occasions(dong, listable, "cohort", Slot.COHORT, LIFE_STAGES, left(policy.cohort_places))
    _occasions(dong, listable, "safety_net", Slot.SAFETY_NET, _SAFETY_NET_ORDER, left(policy.safety_net_places))
    referred = dong.best_first(listable & frame["is_referred"].to_numpy())
    dong.give(referred, left(policy.referral_places), Slot.REFERRAL)
    queue = dong.best_first(frame["may_rank"].to_numpy())
    dong.give(queue, left() - left(policy.exploration_places), Slot.TOP)
    _explore(dong, left(policy.exploration_places), capacity, rng)
    return sorted(dong.placements, key=lambda p: (not p.is_grave, -dong.score[p.row], dong.tie_order[p.row]))


def _carry_over(dong: _Dong, listable: np.ndarray) -> None:
    queue = dong.best_first(listable & dong.frame["is_carried_over"].to_numpy())
    dong.give(queue, len(queue), Slot.CARRIED_OVER, occasion="days_since_open_listing")


def _occasions(dong: _Dong, listable: np.ndarray, column: str, slot: Slot, order: Iterable[str], places: int) -> None:
    """Fills ``places`` from the households whose ``column`` names an occasion, most pressing occasion first."""
    due = dong.frame[column].fill_null("").to_numpy().astype(str)
    for occasion in order:
        queue = dong.best_first(listable & (due == occasion))
        places -= dong.give(queue, places, slot, occasion=occasion)


def _explore(dong: _Dong, places: int, capacity: int, rng: np.random.Generator) -> None:
    """Draws among all that could have been chosen and were not; each stores the chance it had."""
    pool = np.flatnonzero(dong.frame["may_rank"].to_numpy() & ~dong.taken)
    if not len(pool) or places <= 0:
        return
    ranks = pl.Series(dong.score[pool]).rank("average", descending=True).to_numpy()
    chances = chances_of_draw(ranks, places=places, capacity=capacity)
    for drawn in draw_by_chance(chances, rng):
        dong.place(pool[drawn], Slot.EXPLORATION, "", propensity=float(chances[drawn]))
