"""Scores of households: the raw one that ranks, and the calibrated probability that people see."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from scoring.bundle import Bundle
from scoring.calibration import Scores


def feature_array(frame: pl.DataFrame, names: Sequence[str]) -> np.ndarray:
    """The named columns as float32, shape (households, features); unknown is NaN."""
    return frame.select(pl.col(names).cast(pl.Float32)).to_numpy(order="c")


def raw_scores(bundle: Bundle, frame: pl.DataFrame) -> Scores:
    """Log-odds, shape (households,); the rows of a matrix in their order."""
    if frame.is_empty():
        return np.empty(0)
    return np.asarray(bundle.booster.predict(feature_array(frame, bundle.feature_names), raw_score=True), np.float64)


def score(bundle: Bundle, frame: pl.DataFrame) -> pl.DataFrame:
    """Household, dong, raw score and probability of every row of a matrix."""
    raw = raw_scores(bundle, frame)
    return frame.select("household_id", "dong_code").with_columns(
        raw_score=pl.Series(raw, dtype=pl.Float64),
        probability=pl.Series(bundle.calibration.probabilities(raw), dtype=pl.Float64),
    )
