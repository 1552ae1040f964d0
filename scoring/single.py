"""One household's score and reasons, from its features, without a frame: the same numbers and words as a list's.

A scorer is made once for a bundle and shared by all threads. What it says was checked as every list is: the reasons add
up to the score that LightGBM itself gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from domain.errors import UsageError
from domain.listing import Explanation
from features.catalogue import Catalogue
from scoring.bundle import Bundle
from scoring.reasons import Explainer, check_sums
from scoring.shapley import Contributor, contributor

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class SingleScore:
    """The raw score (log-odds), the calibrated probability, and why."""

    raw_score: float
    probability: float
    explanation: Explanation


@dataclass(frozen=True)
class SingleScorer:
    """Scores households of one bundle, one at a time; safe in threads, of which it starts none."""

    bundle: Bundle
    catalogue: Catalogue
    _contributions: Contributor = field(init=False, repr=False, compare=False)
    _explainer: Explainer = field(init=False, repr=False, compare=False)
    _names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The table is made here, so that the first household does not wait for it.
        object.__setattr__(self, "_contributions", contributor(self.bundle.booster))
        object.__setattr__(self, "_explainer", Explainer.of(self.bundle, self.catalogue))
        object.__setattr__(self, "_names", frozenset(self.bundle.feature_names))

    def score(self, values: Mapping[str, float | None], as_of: date) -> SingleScore:
        """Score and explanation of a household's features as of a date; what is absent, None or NaN is unknown.

        Raises `UsageError` for a name that is no feature of the model and for a number that float32, which models read,
        cannot hold; `CheckFailed` if the reasons do not add up to the score within `scoring.reasons.TOLERANCE`.
        """
        row = self._row(values)
        moved = self._contributions(row)
        raw = np.asarray(self.bundle.booster.predict(row[np.newaxis], raw_score=True, num_threads=1), np.float64)
        check_sums(moved[np.newaxis], raw)
        known = [None if value != value else value for value in row.tolist()]
        return SingleScore(
            raw_score=float(raw[0]),
            probability=float(self.bundle.calibration.probabilities(raw)[0]),
            explanation=self._explainer.explain(known, moved[:-1], as_of),
        )

    def _row(self, values: Mapping[str, float | None]) -> NDArray[np.float32]:
        """The values in the order of the model's columns, unknown ones NaN."""
        if not values.keys() <= self._names:
            raise UsageError(
                "There is a name among the values that is no feature of the model.",
                hint="The names are those of the table in docs/features.md and of features.json in the bundle.",
            )
        given = (values.get(name) for name in self.bundle.feature_names)
        try:
            with np.errstate(over="ignore"):
                row = np.array([np.nan if value is None else value for value in given], np.float64).astype(np.float32)
        except OverflowError:
            raise _too_large() from None
        if np.isinf(row).any():
            raise _too_large()
        return row


def _too_large() -> UsageError:
    return UsageError(
        "One of the values is too large to be a quantity of a household.",
        hint="Check its unit: money is in won, and nothing may be above 3.4e38.",
    )
