"""A district's lists: scores, claims, places and reasons become entries."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from domain.calendar import Round
from domain.household import HouseholdType
from domain.listing import Entry, Explanation
from domain.policy import Policy
from features.catalogue import Catalogue
from outreach.allocation import Placement, allocate
from outreach.eligibility import COLUMNS, RULES, seed_of, with_claims
from scoring.bundle import Bundle
from scoring.reasons import explain

_TYPES = list(HouseholdType)


def district_entries(
    matrix: pl.DataFrame,
    scores: pl.DataFrame,
    requests: pl.DataFrame,
    *,
    bundle: Bundle,
    catalogue: Catalogue,
    week: Round,
    policy: Policy,
    rules: int = RULES,
) -> list[Entry]:
    """The entries of all dongs of a district, by dong and rank. ``matrix`` and ``scores`` have the same row order.

    ``rules`` are those a past round was made by, where it is replayed.
    Reasons are computed for the listed households only: exact SHAP values cost two hundred times a score.
    """
    occasions = matrix.select(name for name in COLUMNS if name in matrix.columns)
    claims = with_claims(
        scores.hstack(occasions).with_row_index("matrix_row"), requests, week.as_of, policy.list, rules=rules
    )
    placed = [
        (frame, placement)
        for (code,), frame in claims.sort("dong_code", "household_id").group_by("dong_code", maintain_order=True)
        for placement in _places(frame, str(code), week, policy)
    ]
    rows = matrix[[frame["matrix_row"][placement.row] for frame, placement in placed]]
    explanations = explain(bundle, catalogue, rows, week.as_of)
    return list(_entries(placed, rows, explanations, bundle, catalogue, week, policy))


def _places(frame: pl.DataFrame, dong_code: str, week: Round, policy: Policy) -> list[Placement]:
    rng = np.random.default_rng(seed_of(week, dong_code))
    return allocate(frame, capacity=policy.capacity(dong_code), policy=policy.list, rng=rng)


def _entries(
    placed: list[tuple[pl.DataFrame, Placement]],
    rows: pl.DataFrame,
    explanations: list[Explanation],
    bundle: Bundle,
    catalogue: Catalogue,
    week: Round,
    policy: Policy,
) -> Iterator[Entry]:
    ranks: dict[str, int] = {}
    for index, ((frame, placement), explanation) in enumerate(zip(placed, explanations, strict=True)):
        claim = frame.row(placement.row, named=True)
        dong_code = claim["dong_code"]
        ranks[dong_code] = ranks.get(dong_code, 0) + 1
        occasion = placement.occasion
        kind = claim["household_type"]
        yield Entry(
            round=week.label,
            dong_code=dong_code,
            rank=ranks[dong_code],
            household_id=claim["household_id"],
            slot=placement.slot,
            slot_sentence=catalogue.by_name[occasion].sentence(rows[occasion][index]) if occasion else "",
            propensity=placement.propensity,
            raw_score=claim["raw_score"],
            probability=claim["probability"],
            band=policy.band(claim["probability"]),
            tied_with=placement.tied_with,
            household_type=_TYPES[int(kind)].value if kind is not None else "",
            bundle=bundle.name,
            explanation=explanation,
        )
