"""Why a score is what it is: exact TreeSHAP by theme, as sentences with the household's own figures.

The contributions are LightGBM's own (`pred_contrib`), which are the exact Shapley values of Lundberg et al. 2020; with
the base value they add up to the raw score, and every explained row is checked for it. `scoring.single` explains one
household in the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from domain.calendar import month_number, month_start
from domain.errors import CheckFailed
from domain.korean import with_particle
from domain.listing import REASONS_SHOWN, Explanation, Reason
from features.catalogue import Catalogue
from features.declaration import Direction, Feature
from features.windows import NEVER_MONTHS_AGO
from scoring.bundle import Bundle
from scoring.calibration import Scores
from scoring.score import feature_array, raw_scores

TOLERANCE = 1e-6
_NEWEST = "newest_report_months_ago"
# Sums taken in another order differ in the sixteenth digit; rounded here, they cannot change the order of reasons.
_DECIMALS = 12

Values = Sequence[float | None]


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
    check_sums(values, raw_scores(bundle, frame))
    return values


def check_sums(values: NDArray[np.float64], raw: Scores) -> None:
    """Raises `CheckFailed` if a row of contributions does not add up to its raw score within `TOLERANCE`."""
    gap = np.abs(values.sum(axis=1) - raw).max()
    if not gap <= TOLERANCE:
        raise CheckFailed(
            f"The reasons differ from the score by up to {gap:.2g}, so nothing is listed or shown.",
            hint="The model file and the program do not fit together; train again or go back to the former bundle.",
        )


def explain(bundle: Bundle, catalogue: Catalogue, frame: pl.DataFrame, as_of: date) -> list[Explanation]:
    """An explanation for each row of a matrix, in its order."""
    explainer = Explainer.of(bundle, catalogue)
    matrix = contributions(bundle, frame)[:, :-1]
    rows = frame.select(pl.col(bundle.feature_names).cast(pl.Float32).fill_nan(None)).rows()
    return [explainer.explain(row, values, as_of) for row, values in zip(rows, matrix, strict=True)]


@dataclass(frozen=True)
class Explainer:
    """Puts contributions of a model's ``features`` into words, one row at a time."""

    features: tuple[Feature, ...]

    @classmethod
    def of(cls, bundle: Bundle, catalogue: Catalogue) -> "Explainer":
        return cls(tuple(catalogue.by_name[name] for name in bundle.feature_names))

    def explain(self, row: Values, contributions: NDArray[np.float64], as_of: date) -> Explanation:
        """What a row (its values by feature, None for unknown) and their contributions to its score say together."""
        moved: list[float] = np.round(contributions, _DECIMALS).tolist()
        totals = {theme: sum(moved[place] for place in places) for theme, places in self._themes.items()}
        return Explanation(
            raising=self._strongest({theme: total for theme, total in totals.items() if total > 0}, row, moved),
            lowering=self._strongest({theme: total for theme, total in totals.items() if total < 0}, row, moved),
            unknown=tuple(dict.fromkeys(said for place, said in self._askable if row[place] is None)),
            newest_report=None if self._newest is None else _newest_report(row[self._newest], as_of),
            has_reports=self._newest is not None,
        )

    @cached_property
    def _themes(self) -> dict[str, list[int]]:
        """Where the features of each theme stand."""
        places: dict[str, list[int]] = {}
        for place, feature in enumerate(self.features):
            places.setdefault(feature.theme, []).append(place)
        return places

    @cached_property
    def _lowering(self) -> dict[str, list[int]]:
        """Those of each theme that may be said to speak for less hardship: of the rest the model only learned so."""
        return {
            theme: [place for place in places if self.features[place].direction is not Direction.FREE]
            for theme, places in self._themes.items()
        }

    @cached_property
    def _askable(self) -> list[tuple[int, str]]:
        """Where the features stand that tell whether their theme is known, and what is said if it is not."""
        return [
            (place, not_known(feature.theme)) for place, feature in enumerate(self.features) if feature.may_be_unknown
        ]

    @cached_property
    def _newest(self) -> int | None:
        return next((place for place, feature in enumerate(self.features) if feature.name == _NEWEST), None)

    def _strongest(self, totals: dict[str, float], row: Values, moved: Sequence[float]) -> tuple[Reason, ...]:
        """The reasons of the themes with the largest totals, of those that have something to say."""
        found: list[Reason] = []
        for theme in sorted(totals, key=lambda theme: (-abs(totals[theme]), theme)):
            if said := self._said(theme, totals[theme], row, moved):
                found.append(Reason(theme, said, totals[theme]))
            if len(found) == REASONS_SHOWN:
                break
        return tuple(found)

    def _said(self, theme: str, total: float, row: Values, moved: Sequence[float]) -> str:
        """What the strongest of a theme's features that can be said, and pull its way, says; empty for nothing."""
        places = self._themes[theme] if total > 0 else self._lowering[theme]
        same_way = [place for place in places if moved[place] * total > 0]
        same_way.sort(key=lambda place: (-abs(moved[place]), self.features[place].name))
        return next((said for place in same_way if (said := self.features[place].sentence(row[place]))), "")


def not_known(theme: str) -> str:
    """What is said where nothing is known about a theme."""
    return f"{with_particle(theme, '은/는')} 아직 확인되지 않았습니다"


def _newest_report(ago: float | None, as_of: date) -> date | None:
    if ago is None or not 0 <= ago < NEVER_MONTHS_AGO:
        return None
    return month_start(month_number(as_of) - int(ago))
