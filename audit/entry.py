"""One entry in full: how its place came about, and how every feature value moved the score that ranked it.

    found = full_entry(sources, past)        # sources of the round, the entry as the store has it

Computed anew from what the round was made from, never from what the list says of itself; whoever shows it beside the
list sees whether the two agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from audit.sources_of_round import Sources
from domain.errors import NotFound
from domain.listing import Entry
from features.declaration import Direction, Feature
from outreach.eligibility import COLUMNS, with_claims
from scoring.proof import broken_features
from scoring.reasons import TOLERANCE, contributions
from scoring.score import score

_CLAIMS = ("may_be_listed", "is_carried_over", "is_referred", "is_resting", "may_rank")


@dataclass(frozen=True)
class FeatureShare:
    """One feature: the household's value (None: unknown), what it adds to the raw score, and whether its direction
    is proven over all trees (None where the catalogue gives none)."""

    feature: Feature
    value: float | None
    contribution: float
    is_proven: bool | None


@dataclass(frozen=True)
class ThemeShare:
    """What a theme's features add to the raw score together."""

    theme: str
    contribution: float


@dataclass(frozen=True)
class Claims:
    """What the household could have a place for, and how many of its dong could as well."""

    flags: Mapping[str, bool]
    cohort: str  # the feature that is due, empty for none
    safety_net: str
    households: int
    listable: int
    ranked: int
    place_by_score: int | None  # among those who may rank, from 1; equals share the first of their places
    equals: int  # others who may rank with the very same score
    capacity: int


@dataclass(frozen=True)
class FullEntry:
    """Everything behind one entry. ``shares`` add up with ``base`` to ``raw_score`` but for ``gap`` (log-odds)."""

    entry: Entry
    raw_score: float
    probability: float
    slope: float
    intercept: float
    base: float
    shares: tuple[FeatureShare, ...]
    claims: Claims

    @property
    def themes(self) -> tuple[ThemeShare, ...]:
        """Themes by the size of what they add, largest first."""
        totals: dict[str, float] = {}
        for share in self.shares:
            totals[share.feature.theme] = totals.get(share.feature.theme, 0.0) + share.contribution
        found = (ThemeShare(theme, total) for theme, total in totals.items() if total)
        return tuple(sorted(found, key=lambda one: (-abs(one.contribution), one.theme)))

    @property
    def gap(self) -> float:
        return abs(self.base + sum(share.contribution for share in self.shares) - self.raw_score)

    @property
    def adds_up(self) -> bool:
        return self.gap <= TOLERANCE

    @property
    def is_as_listed(self) -> bool:
        """Whether score and probability are those of the list, to the last bit."""
        return (self.raw_score, self.probability) == (self.entry.raw_score, self.entry.probability)


def full_entry(sources: Sources, entry: Entry) -> FullEntry:
    """The entry explained anew; raises `NotFound` where bundle, matrix or delivery are gone, or the household's row."""
    if not sources.can_be_replayed or sources.bundle is None:
        raise NotFound("What this round was made from is gone.", hint="The page of replays says which part.")
    district = sources.district_of(entry.dong_code)
    dong = sources.matrix(district, [entry.dong_code])
    row = dong.filter(pl.col("household_id") == entry.household_id)
    if row.is_empty():
        raise NotFound("The matrix of the round has no row of this household.", hint="Replay the dong's list.")
    scored = score(sources.bundle, dong)
    own = scored.filter(pl.col("household_id") == entry.household_id)
    moved = contributions(sources.bundle, row)[0]
    calibration = sources.bundle.calibration
    return FullEntry(
        entry=entry,
        raw_score=float(own["raw_score"][0]),
        probability=float(own["probability"][0]),
        slope=calibration.slope,
        intercept=calibration.intercept,
        base=float(moved[-1]),
        shares=_shares(sources, row, moved),
        claims=_claims(sources, district, dong, scored, entry),
    )


def _shares(sources: Sources, row: pl.DataFrame, moved: np.ndarray) -> tuple[FeatureShare, ...]:
    assert sources.bundle is not None
    broken = broken_features(sources.bundle, sources.catalogue)
    shares = []
    for place, name in enumerate(sources.bundle.feature_names):
        feature, value = sources.catalogue.by_name[name], row[name][0]
        is_proven = None if feature.direction is Direction.FREE else name not in broken and "" not in broken
        unknown = value is None or value != value
        shares.append(FeatureShare(feature, None if unknown else float(value), float(moved[place]), is_proven))
    return tuple(sorted(shares, key=lambda one: (-abs(one.contribution), one.feature.name)))


def _claims(sources: Sources, district: str, dong: pl.DataFrame, scored: pl.DataFrame, entry: Entry) -> Claims:
    assert sources.core is not None
    requests = sources.core.scan("requests", [district]).collect()
    occasions = dong.select(name for name in COLUMNS if name in dong.columns)
    frame = with_claims(
        scored.hstack(occasions), requests, sources.published.as_of, sources.policy.list, rules=sources.rules
    )
    own = frame.filter(pl.col("household_id") == entry.household_id).row(0, named=True)
    ranked = frame.filter(pl.col("may_rank"))["raw_score"]
    above, equal = int((ranked > own["raw_score"]).sum()), int((ranked == own["raw_score"]).sum())
    return Claims(
        flags={name: bool(own[name]) for name in _CLAIMS},
        cohort=own["cohort"] or "",
        safety_net=own["safety_net"] or "",
        households=frame.height,
        listable=int(frame["may_be_listed"].sum()),
        ranked=len(ranked),
        place_by_score=above + 1 if own["may_rank"] else None,
        equals=max(0, equal - 1),
        capacity=sources.policy.capacity(entry.dong_code),
    )
