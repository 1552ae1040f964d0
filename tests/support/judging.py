"""Judged rounds written out by hand: rows, places and listings of a backtest, everything unsaid filled in."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import polars as pl

from scoring.evidence import Evidence
from scoring.groups import ATTRIBUTES
from training.labels import LABELS

LABEL = "public_or_case"
ROUND = 20_591  # Monday 18 May 2026


@dataclass(frozen=True)
class Row:
    """A judged listing; method "m" gives it this place, score and probability."""

    dong: str
    stratum: str
    need: int
    place: float = 1.0
    weight: float = 1.0
    score: float = 0.0
    stated: float = 0.5
    round: int = ROUND
    other_place: float = 0.0
    groups: dict[str, str] = field(default_factory=dict)

    def as_columns(self) -> dict[str, object]:
        return {
            "round": self.round,
            "dong_code": self.dong,
            "household_id": "h",
            "slot": "exploration" if self.stratum == "drawn" else "top",
            "stratum": self.stratum,
            "inclusion": 1 / self.weight,
            **{f"label_{name}": self.need for name in LABELS},
            "score_m": self.score,
            "place_m": self.place,
            "probability_m": self.stated,
            "score_other": -self.score,
            "place_other": self.other_place,
            **{name: self.groups.get(name, "a") for name in ATTRIBUTES},
        }


def places_of(
    dong: str,
    places: float,
    chosen: float,
    *,
    candidates: int = 100,
    expected: float | None = None,
    tied: int = 0,
    tied_places: float = 0.0,
    day: int = ROUND,
    method: str = "m",
    attribute: str = "all",
    group: str = "",
) -> dict[str, object]:
    return {
        "round": day,
        "dong_code": dong,
        "method": method,
        "attribute": attribute,
        "group": group,
        "candidates": candidates,
        "places": float(places),
        "chosen_places": float(chosen),
        "expected": expected,
        "tied": tied,
        "tied_places": tied_places,
    }


def listing_of(dong: str, stratum: str, listed: int, judged: int, day: int = ROUND) -> dict[str, object]:
    return {"round": day, "dong_code": dong, "stratum": stratum, "listed": listed, "judged": judged}


_JUDGED = {name: pl.Series([value]).dtype for name, value in Row("1", "drawn", 0).as_columns().items()}
_PLACES = {name: pl.Series([value]).dtype for name, value in places_of("1", 0, 0, expected=0.0).items()}
_LISTINGS = {name: pl.Series([value]).dtype for name, value in listing_of("1", "drawn", 0, 0).items()}


def backtest_of(rows: list[Row], places: list[dict[str, object]], listings: list[dict[str, object]]) -> SimpleNamespace:
    """What `training.backtest.Backtest` holds, with contender "m" and method "other"."""
    methods = tuple(dict.fromkeys(row["method"] for row in places))
    fold = SimpleNamespace(
        round=ROUND, train=(ROUND - 280, ROUND - 182), calibrate=(ROUND - 175, ROUND - 91), examples=90, positives=9
    )
    return SimpleNamespace(
        label=LABEL,
        horizon_days=90,
        methods=methods,
        contenders=("m",),
        folds=(fold,),
        judged=pl.DataFrame([row.as_columns() for row in rows], schema=_JUDGED),
        places=pl.DataFrame(places, schema=_PLACES),
        listings=pl.DataFrame(listings, schema=_LISTINGS),
    )


def evidence_of(
    rows: list[Row],
    places: list[dict[str, object]],
    listings: list[dict[str, object]],
    *,
    draws: int = 200,
    max_weight: float = 2000.0,
    seed: int = 1,
) -> Evidence:
    made = backtest_of(rows, places, listings)
    return Evidence.gather(
        made.judged,
        made.places,
        made.listings,
        max_weight=max_weight,
        draws=draws,
        rng=np.random.default_rng(seed),
    )
