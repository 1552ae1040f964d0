"""What a model's inputs and scores looked like when it was made, as counts kept in its bundle.

Drift is measured against it. It holds counts only and no value of anybody: bin edges are round numbers fixed here (of
the scores: hundredths), counts up to 7 are written as none and the others rounded to 5, as OpenSAFELY does with the
health records of England (docs.opensafely.org, statistical disclosure control).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from domain.calendar import month_number, month_start
from domain.errors import BundleRefused
from features.catalogue import Catalogue
from features.declaration import AreaRate, Feature, Unit
from features.monthly_reports import MonthlyReports
from features.windows import HISTORY_MONTHS
from scoring.calibration import Scores
from sources.core import Core
from sources.tables import TABLES, VAULT_TABLES, Kind

Counts = NDArray[np.int64]

HIDDEN_UP_TO, ROUNDED_TO = 7, 5
# Upper ends of bins by unit: round numbers that say nothing of anybody, and the same for every bundle.
_COUNTED = (2, 3, 4, 5, 6)
EDGES: Mapping[Unit, tuple[float, ...]] = {
    Unit.MONTHS: (-6, -3, -1, 0, 1, 2, 3, 4, 6, 9, 12, 24, 60, 120, 240),
    Unit.MONTHS_AGO: (1, 2, 3, 4, 6, 9, 12, 18),
    Unit.TIMES: (*_COUNTED, 8, 12, 24),
    Unit.PERSONS: _COUNTED,
    Unit.YEARS: (10, 20, 30, 40, 50, 60, 65, 70, 75, 80, 85),
    Unit.KINDS: _COUNTED,
    Unit.AREAS: _COUNTED,
    Unit.KRW: (20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000),
    Unit.MANWON: (0, 50, 100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000),
    Unit.RATE: (0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5),
    Unit.FLAG: (1,),
    Unit.DAYS: (7, 30, 60, 90, 180, 365, 730),
    Unit.M2: (20, 33, 40, 50, 60, 85, 100, 135),
    Unit.CODE: tuple(range(1, 12)),
}
# Scores are first counted on this grid (log-odds), so that deciles need no second look at the households.
_SCORE_GRID = np.round(np.arange(-1_200, 1_201) / 100, 2)
_SCORE_BINS = 10
# How long a history most of what a model learned asks for; its scores are compared from there on.
_YEAR_MONTHS = 12
# The places of a histogram's counts that are no bins: unknown, then the feature's "nothing".
UNKNOWN, NOTHING, FIRST_BIN = 0, 1, 2


def disclosed(counts: ArrayLike) -> Counts:
    """Counts as they may be written down: none for the small ones, the others rounded; doing it twice changes nothing.

    >>> disclosed([7, 8, 1203]).tolist()
    [0, 10, 1205]
    """
    exact = np.asarray(counts, np.int64)
    return np.where(exact <= HIDDEN_UP_TO, 0, (exact + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO)


def psi(reference_counts: ArrayLike, counts: ArrayLike) -> float:
    """Population stability index of two histograms over the same bins (Siddiqi 2006); NaN where one is empty.

    The sum over bins of (q - p) ln(q / p), where p and q are the shares before and now. Half a household is added to
    each bin that anybody is in, so that an empty one gives a large number and not an infinite one. The usual reading:
    below 0.10 nothing, below 0.25 worth a look, above it another population.
    """
    before, now = np.asarray(reference_counts, np.float64), np.asarray(counts, np.float64)
    if not before.sum() or not now.sum():
        return float("nan")
    used = before + now > 0
    p, q = (part[used] + 0.5 for part in (before, now))
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum((q - p) * np.log(q / p)))


@dataclass(frozen=True)
class Histogram:
    """Households by value, a row of counts for each round: unknown, "nothing", then the bins between ``edges``.

    A bin holds what is at least its lower and below its upper edge. ``is_of_dong`` says that all households of a dong
    share one value, so that chance has as many draws as there are dongs; ``looks_back_months`` how many months of the
    delivered history the value depends on (0: none).
    """

    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    is_of_dong: bool = False
    looks_back_months: int = 0

    def to_json(self) -> dict[str, Any]:
        counts = [disclosed(row).tolist() for row in self.counts]
        flags = {"is_of_dong": self.is_of_dong, "looks_back_months": self.looks_back_months}
        return {"edges": list(self.edges), "counts": counts} | flags

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        rows = tuple(tuple(int(count) for count in row) for row in data["counts"])
        edges = tuple(float(edge) for edge in data["edges"])
        months = int(data["looks_back_months"])
        return cls(edges, rows, is_of_dong=bool(data["is_of_dong"]), looks_back_months=months)


@dataclass(frozen=True)
class Reference:
    """Counts of several rounds, newest first, of households that may be listed, and of one delivery as a whole.

    ``history_months`` is how far back indicators were known at each round, at most as far as features look.
    ``categories`` are rows by table.column and word; ``reports`` households by indicator and month, of ``population``
    households; a month is missing where the count was too small to be written down.
    """

    rounds: tuple[date, ...]
    households: tuple[int, ...]
    history_months: tuple[int, ...]
    dongs: int
    population: int
    features: Mapping[str, Histogram]
    score: Histogram
    categories: Mapping[str, Mapping[str, int]]
    reports: Mapping[str, MonthlyReports]

    def to_json(self) -> dict[str, Any]:
        """What a bundle keeps, small counts hidden."""
        return {
            "rounds": [day.isoformat() for day in self.rounds],
            "households": disclosed(self.households).tolist(),
            "history_months": list(self.history_months),
            "dongs": self.dongs,
            "population": int(disclosed(self.population)),
            "features": {name: histogram.to_json() for name, histogram in self.features.items()},
            "score": self.score.to_json(),
            "categories": {
                column: {word: int(disclosed(count)) for word, count in words.items()}
                for column, words in self.categories.items()
            },
            "reports": {code: _reports_to_json(found) for code, found in self.reports.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The reference in a bundle; raises `BundleRefused` where it is none."""
        try:
            return cls(
                tuple(date.fromisoformat(day) for day in data["rounds"]),
                tuple(int(count) for count in data["households"]),
                tuple(int(months) for months in data["history_months"]),
                int(data["dongs"]),
                int(data["population"]),
                {name: Histogram.from_json(histogram) for name, histogram in data["features"].items()},
                Histogram.from_json(data["score"]),
                {column: dict(words) for column, words in data["categories"].items()},
                {code: _reports_from_json(found) for code, found in data["reports"].items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BundleRefused(
                "The bundle keeps no reference that drift could be measured against.", hint="Train the model again."
            ) from error


def _reports_to_json(found: MonthlyReports) -> dict[str, Any]:
    shown = {month: int(disclosed(count)) or None for month, count in found.households.items()}
    months = {month_start(month).strftime("%Y-%m"): count for month, count in shown.items()}
    # Of few households, how often they are reported would be one household's history.
    enough = any(count for count in shown.values())
    return {"months": months, "repeats": [round(value, 1) if enough else 1.0 for value in found.repeats]}


def _reports_from_json(data: Mapping[str, Any]) -> MonthlyReports:
    months = {month_number(date.fromisoformat(f"{month}-01")): count for month, count in data["months"].items()}
    known = {month: int(count) for month, count in months.items() if count is not None}
    return MonthlyReports(known, tuple(float(value) for value in data["repeats"]))


@dataclass(frozen=True)
class RoundCounts:
    """One round's households that may be listed, as exact counts; add districts up with ``+``."""

    as_of: date
    history_months: int
    households: int
    dongs: int
    features: Mapping[str, Counts]
    scores: Counts  # on the grid

    def __add__(self, other: "RoundCounts") -> "RoundCounts":
        return RoundCounts(
            self.as_of,
            self.history_months,
            self.households + other.households,
            self.dongs + other.dongs,
            {name: counts + other.features[name] for name, counts in self.features.items()},
            self.scores + other.scores,
        )


def listable(matrix: pl.DataFrame) -> pl.DataFrame:
    """The households of a matrix that a list is for: neither on basic livelihood support nor under case management."""
    known = [pl.col(name) > 0 for name in ("is_recipient", "is_case_managed") if name in matrix.columns]
    return matrix.filter(~pl.any_horizontal(known).fill_null(False)) if known else matrix


def count_round(
    frame: pl.DataFrame, raw: Scores, catalogue: Catalogue, *, as_of: date, history_months: int
) -> RoundCounts:
    """Counts of whole dongs: ``frame`` holds their `listable` rows, ``raw`` the raw scores of these."""
    seen = min(history_months, HISTORY_MONTHS)
    features = {feature.name: _count(frame[feature.name], feature) for feature in catalogue.learned}
    place = np.searchsorted(_SCORE_GRID, raw, side="right")
    scores = np.bincount(place, minlength=len(_SCORE_GRID) + 1).astype(np.int64)
    return RoundCounts(as_of, seen, frame.height, frame["dong_code"].n_unique(), features, scores)


def _count(column: pl.Series, feature: Feature) -> Counts:
    edges = EDGES[feature.unit]
    values = column.cast(pl.Float64).to_numpy()
    place = FIRST_BIN + np.searchsorted(edges, values, side="right")
    place[values == feature.nothing] = NOTHING
    place[np.isnan(values)] = UNKNOWN
    return np.bincount(place, minlength=FIRST_BIN + len(edges) + 1).astype(np.int64)


def build_reference(
    rounds: Sequence[RoundCounts],
    catalogue: Catalogue,
    *,
    population: int,
    categories: Mapping[str, Mapping[str, int]],
    reports: Mapping[str, MonthlyReports],
    score_edges: Sequence[float] | None = None,
) -> Reference:
    """The reference of some rounds, newest first; ``score_edges`` are the deciles of the newest unless given."""
    edges = tuple(_deciles(rounds[0].scores) if score_edges is None else score_edges)
    return Reference(
        tuple(counted.as_of for counted in rounds),
        tuple(counted.households for counted in rounds),
        tuple(counted.history_months for counted in rounds),
        rounds[0].dongs,
        population,
        {feature.name: _histogram(feature, rounds) for feature in catalogue.learned},
        Histogram(
            edges, tuple(_regrouped(counted.scores, edges) for counted in rounds), looks_back_months=_YEAR_MONTHS
        ),
        categories,
        reports,
    )


def _histogram(feature: Feature, rounds: Iterable[RoundCounts]) -> Histogram:
    counts = tuple(tuple(counted.features[feature.name].tolist()) for counted in rounds)
    is_of_dong = isinstance(feature.measure, AreaRate)
    return Histogram(EDGES[feature.unit], counts, is_of_dong=is_of_dong, looks_back_months=_looks_back(feature))


def _looks_back(feature: Feature) -> int:
    """Months of history a feature counts over: all there are for "months ago", else as its name says ("…_12m")."""
    if feature.unit is Unit.MONTHS_AGO:
        return HISTORY_MONTHS
    return next((months for months in (_YEAR_MONTHS, HISTORY_MONTHS) if feature.name.endswith(f"_{months}m")), 0)


def _deciles(scores: Counts) -> list[float]:
    """Grid lines that cut the households into ten parts as equal as the grid allows."""
    below = np.cumsum(scores)
    wanted = below[-1] * np.arange(1, _SCORE_BINS) / _SCORE_BINS
    lines = np.minimum(np.searchsorted(below, wanted, side="left"), len(_SCORE_GRID) - 1)
    return sorted({float(_SCORE_GRID[line]) for line in lines})


def _regrouped(scores: Counts, edges: Sequence[float]) -> tuple[int, ...]:
    below = np.concatenate(([0], np.cumsum(scores)))
    cuts = np.searchsorted(_SCORE_GRID, edges, side="left") + 1
    parts = np.diff(below[np.concatenate(([0], cuts, [len(below) - 1]))])
    return (0, 0, *(int(part) for part in parts))


def count_categories(core: Core) -> dict[str, dict[str, int]]:
    """Rows of a core by table.column and word, for every column that holds words of a closed list; null is no word."""
    counted: dict[str, dict[str, int]] = {}
    for table in TABLES.values():
        if table.name in VAULT_TABLES or not core.rows.get(table.name):
            continue
        rows = core.scan(table.name)
        schema = rows.collect_schema()
        for column in table.columns:
            if column.kind is Kind.CHOICE and schema.get(column.name) == pl.String:
                words = rows.group_by(column.name).len().drop_nulls().sort(column.name).collect()
                counted[f"{table.name}.{column.name}"] = dict(words.iter_rows())
    return counted
