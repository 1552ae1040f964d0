"""A backtest of as many dongs as wanted, made up, and its bootstrap as one would write it first.

The shape is what costs time: eight rounds, seven judged households of ten listed a dong and round, five methods of
which two state probabilities and two have ties, six attributes with their groups. What is found at whom means nothing.
"""

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from domain.household import HouseholdType
from scoring.evidence import CHOSEN, DRAWN
from scoring.resampling import percentile_interval
from training.backtest import Backtest, Fold
from training.labels import LABELS
from training.rounds import ALL, AREA_ONLY, BASELINES, INDICATOR_COUNT, LOGISTIC

MODEL = "model"
METHODS = (MODEL, *BASELINES)
ROUNDS = 8
FIRST_ROUND = 20_591  # Monday 18 May 2026

_LISTED, _JUDGED, _JUDGED_BY_CHANCE = 10, 7, 1
_CANDIDATES, _PLACES, _CHOSEN_PLACES = 400, 10.0, 4.0
_GROUPS = {
    "household_type": tuple(kind.value for kind in HouseholdType),
    "age_band": ("under_35", "35_49", "50_64", "65_74", "75_plus"),
    "head_sex": ("female", "male"),
    "region_kind": ("dong", "eup", "myeon"),
    "indicator_kinds": ("0", "1", "2", "3+"),
    "reachability": ("reachable", "no_phone", "address_mismatch"),
}

Floats = NDArray[np.float64]


def made_backtest(dongs: int, *, seed: int = 1) -> Backtest:
    """Judged rows, places and listings of ``dongs`` dongs and `ROUNDS` rounds."""
    rng = np.random.default_rng(seed)
    days = tuple(FIRST_ROUND + 7 * week for week in range(ROUNDS))
    cells = pl.DataFrame({"round": pl.Series(days, dtype=pl.Int32)}).join(
        pl.DataFrame({"dong_code": [f"{1_100_000_000 + dong}" for dong in range(dongs)]}), how="cross"
    )
    history = tuple(days[0] - 7 * week for week in range(40, 12, -1))
    folds = tuple(Fold(day, history[:20], history[20:], examples=dongs * 200, positives=dongs * 40) for day in days)
    return Backtest(
        "public_or_case", 90, METHODS, (MODEL,), folds,
        judged=_judged(cells, rng), places=_places(cells), listings=_listings(cells),
    )  # fmt: skip


def _judged(cells: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    who = pl.DataFrame({"stratum": [CHOSEN] * (_JUDGED - _JUDGED_BY_CHANCE) + [DRAWN] * _JUDGED_BY_CHANCE})
    frame = cells.join(who, how="cross")
    rows = frame.height
    need = rng.normal(size=rows)
    is_drawn = (frame["stratum"] == DRAWN).to_numpy()
    found = np.where(rng.random(rows) < 1 / (1 + np.exp(1.5 - need)), rng.integers(1, 6, rows), 0)
    return frame.with_columns(
        household_id=pl.Series(np.arange(rows)).cast(pl.String),
        slot=pl.when(pl.col("stratum") == DRAWN).then(pl.lit("exploration")).otherwise(pl.lit("top")),
        inclusion=np.where(is_drawn, rng.uniform(0.001, 0.02, rows), 1.0),
        **{f"label_{name}": (found > place).astype(np.int8) for place, name in enumerate(LABELS)},
        **_methods(need, rng),
        **{
            name: pl.Series(np.array(groups, dtype=object)[rng.integers(0, len(groups), rows)], dtype=pl.String)
            for name, groups in _GROUPS.items()
        },
    )


def _methods(need: Floats, rng: np.random.Generator) -> dict[str, Floats]:
    columns: dict[str, Floats] = {}
    for method in METHODS:
        score = need + rng.normal(size=len(need))
        place = np.where(score > 0, 1.0, 0.0)
        if method == INDICATOR_COUNT:
            score = np.rint(np.maximum(score, 0))
            place = np.select([score > 1, score == 1], [1.0, 0.4], 0.0)
        elif method == AREA_ONLY:
            score, place = np.repeat(score[::_JUDGED], _JUDGED), np.full(len(score), _PLACES / _CANDIDATES)
        columns |= {f"score_{method}": score, f"place_{method}": place}
        if method in (MODEL, LOGISTIC):
            columns[f"probability_{method}"] = 1 / (1 + np.exp(1.5 - score))
    return columns


def _places(cells: pl.DataFrame) -> pl.DataFrame:
    methods = pl.DataFrame(
        {"method": METHODS, "is_tied": [method in (INDICATOR_COUNT, AREA_ONLY) for method in METHODS]}
    )
    known = [(name, group, len(groups)) for name, groups in {ALL: ("",), **_GROUPS}.items() for group in groups]
    groups = pl.DataFrame(known, schema=["attribute", "group", "parts"], orient="row")
    is_tied = pl.col("is_tied") & (pl.col("attribute") == ALL)
    return (
        cells.join(methods, how="cross")
        .join(groups, how="cross")
        .select(
            "round",
            "dong_code",
            "method",
            "attribute",
            "group",
            candidates=_CANDIDATES // pl.col("parts"),
            places=_PLACES / pl.col("parts"),
            chosen_places=_CHOSEN_PLACES / pl.col("parts"),
            expected=pl.when(pl.col("method").is_in([MODEL, LOGISTIC])).then(_PLACES / 5 / pl.col("parts")),
            tied=pl.when(is_tied).then(30).otherwise(0).cast(pl.Int64),
            tied_places=pl.when(is_tied).then(6.0).otherwise(0.0),
        )
    )


def _listings(cells: pl.DataFrame) -> pl.DataFrame:
    counts = {CHOSEN: (_LISTED - 2, _JUDGED - _JUDGED_BY_CHANCE), DRAWN: (2, _JUDGED_BY_CHANCE)}
    strata = pl.DataFrame(
        [(name, *of) for name, of in counts.items()], schema=["stratum", "listed", "judged"], orient="row"
    )
    return cells.join(strata, how="cross")


def loop_intervals(
    backtest: Backtest, method: str, times: Floats, *, max_weight: float
) -> dict[str, tuple[float, ...]]:
    """By label weighted precision at capacity, and its percentile interval: one resample of dongs after the other.

    ``times`` says how often each resample counts each dong, in the order of their codes; the first counts each once.
    """
    judged, places = backtest.judged.to_pandas(), backtest.places.filter(method=method, attribute=ALL).to_pandas()
    judged["weight"] = (1 / judged["inclusion"]).clip(upper=max_weight) * judged[f"place_{method}"]
    for label in LABELS:
        judged[label] = judged["weight"] * judged[f"label_{label}"]
    places[DRAWN] = places["places"] - places["chosen_places"]
    places = places.rename(columns={"chosen_places": CHOSEN})
    dongs = np.unique(places["dong_code"])
    row_dong, place_dong = (np.searchsorted(dongs, frame["dong_code"]) for frame in (judged, places))
    judged, places = judged[["stratum", "weight", *LABELS]].astype({"stratum": "category"}), places[[CHOSEN, DRAWN]]
    precisions = []
    for counted in times.astype(int):
        sums = (
            judged.iloc[np.repeat(np.arange(len(judged)), counted[row_dong])].groupby("stratum", observed=False).sum()
        )
        held = places.iloc[np.repeat(np.arange(len(places)), counted[place_dong])].sum()
        means = sums[list(LABELS)].div(sums["weight"], axis=0)
        precisions.append(means.mul(held / held.sum(), axis=0).sum())
    table = pd.DataFrame(precisions)
    return {
        label: (table[label].iloc[0], *percentile_interval(table[label].to_numpy()[1:], dongs=len(dongs)))
        for label in LABELS
    }
