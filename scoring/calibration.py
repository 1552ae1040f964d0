"""From raw score (log-odds) to probability: a sigmoid fitted on a later slice of time (Platt 1999)."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from domain.errors import BundleRefused

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """``p = 1 / (1 + exp(-(slope * raw + intercept)))``; it rises with the score, so it never changes an order."""

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (np.isfinite([self.slope, self.intercept]).all() and self.slope > 0):
            raise BundleRefused("The calibration would not rise with the score.", hint="Train the model again.")

    def probabilities(self, raw: Scores) -> Scores:
        """Probabilities in (0, 1), one a raw score."""
        result: Scores = 1.0 / (1.0 + np.exp(-(self.slope * raw + self.intercept)))
        return result

    def to_json(self) -> dict[str, Any]:
        return {"method": "sigmoid", "slope": self.slope, "intercept": self.intercept}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        if data.get("method") != "sigmoid":
            raise BundleRefused(f"Unknown calibration method {data.get('method')!r}.")
        return cls(float(data["slope"]), float(data["intercept"]))
