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
        self.placements: list[Placement] = []

    def best_first(self, mask: np.ndarray) -> np.ndarray:
        rows = np.flatnonzero(mask & ~self.taken)
        return rows[np.lexsort((self.tie_order[rows], -self.score[rows]))]

    def place(
        self, row: int | np.integer, slot: Slot, *, occasion: str = "", propensity: float = 1.0, is_grave: bool = False
    ) -> None:
        self.taken[row] = True
        tied_with = int((self.score == self.score[row]).sum()) - 1
        self.placements.append(Placement(int(row), slot, occasion, propensity, tied_with, is_grave))


def allocate(frame: pl.DataFrame, *, capacity: int, policy: ListPolicy, rng: np.random.Generator) -> list[Placement]:
    """The places of one dong, in the order of its list: grave reports first, then by score.

    ``frame`` holds the dong's households with their claims (`with_claims`), sorted by household.
    """
    dong = _Dong(frame, rng)
    listable = frame["may_be_listed"].to_numpy()
    _carry_over(dong, listable)
    _occasions(dong, listable, "cohort", Slot.COHORT, LIFE_STAGES, min(policy.cohort_places, _left(dong, capacity)))
    _occasions(
        dong,
        listable,
        "safety_net",
        Slot.SAFETY_NET,
        _SAFETY_NET_ORDER,
        min(policy.safety_net_places, _left(dong, capacity)),
    )
    referred = listable & frame["is_referred"].to_numpy()
    for row in dong.best_first(referred)[: min(policy.referral_places, _left(dong, capacity))]:
        dong.place(row, Slot.REFERRAL)
    drawn = min(policy.exploration_places, _left(dong, capacity))
    _highest_scores(dong, _left(dong, capacity) - drawn)
    _explore(dong, drawn, rng)
    return sorted(dong.placements, key=lambda p: (not p.is_grave, -dong.score[p.row], dong.tie_order[p.row]))


def _left(dong: _Dong, capacity: int) -> int:
    """Places still free; a dong over capacity has none, never a negative number."""
    return max(0, capacity - len(dong.placements))


def _carry_over(dong: _Dong, listable: np.ndarray) -> None:
    occasions = dong.frame["safety_net"]
    for row in dong.best_first(listable & dong.frame["is_carried_over"].to_numpy()):
        dong.place(row, Slot.CARRIED_OVER, occasion="days_since_open_listing", is_grave=occasions[int(row)] in GRAVE)


def _occasions(dong: _Dong, listable: np.ndarray, column: str, slot: Slot, order: Iterable[str], places: int) -> None:
    """Fills ``places`` from the households whose ``column`` names an occasion, most pressing occasion first."""
    due = dong.frame[column].to_numpy()
    queue = [(occasion, row) for occasion in order for row in dong.best_first(listable & (due == occasion))]
    for occasion, row in queue[:places]:
        dong.place(row, slot, occasion=occasion, is_grave=occasion in GRAVE)


def _highest_scores(dong: _Dong, places: int) -> None:
    queue = dong.best_first(dong.frame["may_rank"].to_numpy())
    chosen = queue[:places]
    if not len(chosen):
        return
    cut = dong.score[chosen[-1]]
    at_cut = int((dong.score[queue] == cut).sum())
    chance = float((dong.score[chosen] == cut).sum() / at_cut)
    for row in chosen:
        dong.place(row, Slot.TOP, propensity=chance if dong.score[row] == cut else 1.0)


def _explore(dong: _Dong, places: int, rng: np.random.Generator) -> None:
    """Draws among all that could have been chosen and were not; each has the same chance, which is stored."""
    pool = np.flatnonzero(dong.frame["may_be_drawn"].to_numpy() & ~dong.taken)
    drawn = rng.choice(pool, size=min(places, len(pool)), replace=False) if len(pool) else pool
    for row in drawn:
        dong.place(row, Slot.EXPLORATION, propensity=len(drawn) / len(pool))
