"""Catches a feature that knows the answer: one column that alone tells need from no need nearly without fail."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from domain.errors import CheckFailed
from features.declaration import Feature

# Hardship is never that plain: the best single column of the made-up towns has an ROC-AUC of .60, that of the Korea
# Welfare Panel (material hardship by the household's own answers, asked about the same year) .84. A column that holds
# the outcome itself reaches 1. The bound lies far from both.
MAX_AUC = 0.95
# With as many of each kind the standard error of an AUC of .84 is .05 (Hanley and McNeil 1982): an honest column as
# strong as that passes .95 once in fifty draws of a tiny town, and practically never in a larger one.
MIN_EACH = 30


def check_leaks(matrix: NDArray[np.float32], truth: NDArray[Any], features: Sequence[Feature]) -> None:
    """Raises `CheckFailed` naming each of ``features`` (columns of ``matrix``) that alone separates the labels.

    Whether a value is known at all counts as well. With fewer than `MIN_EACH` labels of a kind nothing can be said.
    What is found is a whole leak; one of a few rows is kept out by the features' own cut at the as-of date.
    """
    positives = int(truth.sum())
    if min(positives, len(truth) - positives) < MIN_EACH:
        return
    found = [f.name for f, column in zip(features, matrix.T, strict=True) if _separation(column, truth) >= MAX_AUC]
    if found:
        raise CheckFailed(
            f"{', '.join(found)} alone tells almost without fail who was found in need, so it was written afterwards.",
            hint="Look at when its rows became known (known_at, from_month, recorded_at). No figure it made counts.",
        )


def _separation(column: NDArray[np.float32], truth: NDArray[Any]) -> float:
    """The ROC-AUC of one column in whichever direction, unknown taken once as the least and once as the most."""
    fills = (-np.inf, np.inf) if np.isnan(column).any() else (0.0,)
    return max(abs(_auc(np.where(np.isnan(column), fill, column), truth) - 0.5) for fill in fills) + 0.5


def _auc(score: NDArray[Any], truth: NDArray[Any]) -> float:
    """ROC-AUC by ranks (Mann and Whitney 1947), which unlike scikit-learn's takes infinite scores."""
    positives = truth.sum()
    ranks = rankdata(score)[truth == 1].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * (len(truth) - positives)))
