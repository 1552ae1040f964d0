"""Why a score is what it is: exact TreeSHAP by theme, as sentences with the household's own figures.

The contributions are LightGBM's own (`pred_contrib`), which are the exact Shapley values of Lundberg et al. 2020; with
the base value they add up to the raw score, and every explained row is checked for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from domain.calendar import month_number, month_start
from domain.errors import CheckFailed
from domain.korean import with_particle
from domain.listing import Explanation, Reason
from features.catalogue import Catalogue
from features.declaration import Direction, Feature
from features.windows import NEVER_MONTHS_AGO
from scoring.bundle import Bundle
from scoring.score import feature_array, raw_scores

TOLERANCE = 1e-6
REASONS_SHOWN = 3
_NEWEST = "newest_report_months_ago"


def contributions(bundle: Bundle, frame: pl.DataFrame) -> NDArray[np.float64]:
    """Contributions to the raw score, shape (households, features + 1); the last column is the base value.

    Raises `CheckFailed` if a row does not add up to its raw score within `TOLERANCE`.
    """
    width = len(bundle.feature_names) + 1
    if frame.is_empty():
        return np.empty((0, width))
    values = np.asarray(
        bundle.booster.predict(feature_array(frame, bundle.feature_names), pred_contrib=True), np.float64
    )
    gap = np.abs(values.sum(axis=1) - raw_scores(bundle, frame)).max()
    if not gap <= TOLERANCE:
        raise CheckFailed(
            f"The reasons differ from the score by up to {gap:.2g}, so no list is made.",
            hint="The model file and the program do not fit together; train again or go back to the former bundle.",
        )
    return values


def explain(bundle: Bundle, catalogue: Catalogue, frame: pl.DataFrame, as_of: date) -> list[Explanation]:
    """An explanation for each row of a matrix, in its order."""
    features = [catalogue.by_name[name] for name in bundle.feature_names]
    matrix = contributions(bundle, frame)[:, :-1]
    rows = frame.select(bundle.feature_names).rows(named=True)
    return [_explanation(features, row, values, as_of) for row, values in zip(rows, matrix, strict=True)]


def _explanation(
    features: Sequence[Feature], row: Mapping[str, float | None], values: NDArray[np.float64], as_of: date
) -> Explanation:
    themes: dict[str, list[tuple[float, Feature]]] = defaultdict(list)
    for feature, value in zip(features, values, strict=True):
        themes[feature.theme].append((float(value), feature))
    reasons = [reason for parts in themes.values() if (reason := _theme_reason(parts, row))]
    return Explanation(
        raising=tuple(sorted((r for r in reasons if r.contribution > 0), key=_most_first)[:REASONS_SHOWN]),
        lowering=tuple(sorted((r for r in reasons if r.contribution < 0), key=_least_first)[:REASONS_SHOWN]),
        unknown=tuple(_unknown_sentences(features, row)),
        newest_report=_newest_report(row, as_of),
        has_reports=_NEWEST in row,
    )


def _most_first(reason: Reason) -> tuple[float, str]:
    return (-reason.contribution, reason.theme)


def _least_first(reason: Reason) -> tuple[float, str]:
    return (reason.contribution, reason.theme)


def _theme_reason(parts: list[tuple[float, Feature]], row: Mapping[str, float | None]) -> Reason | None:
    """The theme's reason: what the strongest of its features that can be said, and pull its way, says."""
    total = sum(value for value, _ in parts)
    if total < 0:
        # Only what is known to speak for less hardship is said to; the rest is what the model happened to learn.
        parts = [part for part in parts if part[1].direction is not Direction.FREE]
    same_way = sorted((part for part in parts if part[0] * total > 0), key=lambda part: (-abs(part[0]), part[1].name))
    said = next((sentence for _, f in same_way if (sentence := f.sentence(row[f.name]))), "")
    return Reason(same_way[0][1].theme, said, total) if said else None


def _unknown_sentences(features: Iterable[Feature], row: Mapping[str, float | None]) -> list[str]:
    themes = dict.fromkeys(f.theme for f in features if f.may_be_unknown and row[f.name] is None)
    return [f"{with_particle(theme, '은/는')} 아직 확인되지 않았습니다" for theme in themes]


def _newest_report(row: Mapping[str, float | None], as_of: date) -> date | None:
    ago = row.get(_NEWEST)
    return None if ago is None or ago >= NEVER_MONTHS_AGO else month_start(month_number(as_of) - int(ago))
