"""Resamples of dongs: how far a figure would move had chance made us look at other dongs of the same kind.

Households of one dong share an office, its habits and its luck, and one household may be listed in many rounds, so
whole dongs are drawn with replacement, not rows (Field and Welsh 2007, J. R. Statist. Soc. B 69, 369-390). A resample
is how often it counts each dong; every statistic that is made of sums over dongs is then a product of two matrices.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import ndtr, stdtrit

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

CONFIDENCE = 0.95
# An interval of the few resamples in which a rare row happens to occur would speak of those alone.
_MIN_DEFINED = 0.9
# The range of five independent values holds their median 15 times in 16; with fewer no resample can tell.
_MIN_DONGS = 5
# Resamples tell scores apart in so many steps of equal size, which moves no ROC-AUC by as much as 0.001; where no more
# scores occur they are exact.
LEVELS = 1000


def draw_dongs(dongs: int, *, draws: int, rng: np.random.Generator) -> Floats:
    """How often each dong counts, shape (1 + draws, dongs): once each in the first row, then in each resample."""
    picked = rng.integers(0, max(dongs, 1), (draws, dongs)) + np.arange(draws)[:, None] * dongs
    counts = np.bincount(picked.ravel(), minlength=draws * dongs).reshape(draws, dongs)
    return np.vstack([np.ones(dongs), counts])


def percentile_interval(draws: Floats, *, dongs: int) -> tuple[float, float]:
    """The middle 95 % of the resamples in which the statistic is defined; NaN where those are too few.

    The tails are a little narrower than 2.5 % each, as few clusters need: Hesterberg 2015, What Teachers Should Know
    About the Bootstrap, The American Statistician 69, 371-386 (the expanded percentile interval).
    """
    defined = draws[np.isfinite(draws)]
    if dongs < _MIN_DONGS or len(defined) < max(1, _MIN_DEFINED * len(draws)):
        return float("nan"), float("nan")
    tail = ndtr(np.sqrt(dongs / (dongs - 1)) * stdtrit(dongs - 1, (1 - CONFIDENCE) / 2))
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


def sums_by_cell(values: Floats, dong: Places, group: Places, *, dongs: int, groups: int) -> Floats:
    """Rows (n, ...) added up to (dongs, groups, ...)."""
    inner = values.shape[1:]
    columns = values.reshape(len(values), int(np.prod(inner, dtype=int))).T
    cell = dong * groups + group
    sums = [np.bincount(cell, column, minlength=dongs * groups) for column in columns]
    return np.stack(sums, axis=-1).astype(np.float64).reshape(dongs, groups, *inner)


def resample_sums(times: Floats, sums: Mapping[str, Floats]) -> dict[str, Floats]:
    """Sums by dong (dongs, ...) as sums of each resample (1 + draws, ...), all in one product."""
    flat = {name: array.reshape(len(array), int(np.prod(array.shape[1:], dtype=int))) for name, array in sums.items()}
    product = times @ np.hstack(list(flat.values()))
    ends = np.cumsum([array.shape[1] for array in flat.values()])[:-1]
    parts = zip(sums.items(), np.split(product, ends, axis=1), strict=True)
    return {name: part.reshape(len(times), *array.shape[1:]) for (name, array), part in parts}


def resampled_ranking(
    truths: Mapping[str, Floats], score: Floats, weight: Floats, dong: Places, times: Floats
) -> dict[str, tuple[Floats, Floats]]:
    """By label ROC-AUC and average precision of each resample, shape (1 + draws,); NaN where one class is missing.

    Equal scores share a step, as in scikit-learn. The score is sorted once; resamples differ only in what each step
    weighs.
    """
    level, levels = score_levels(score)
    # A sparse product copies an array that lies the other way round, each time 8 MB a thousand dongs.
    of_dong = np.ascontiguousarray(times.T)

    def weight_by_level(row_weight: Floats) -> Floats:
        counts = row_weight > 0
        cells = (row_weight[counts], (level[counts], dong[counts]))
        return np.asarray(csr_matrix(cells, shape=(levels, len(of_dong))) @ of_dong)

    everything = weight_by_level(weight)
    listed = np.cumsum(everything, axis=0)
    return {name: _ranking(weight_by_level(weight * truth), everything, listed) for name, truth in truths.items()}


def score_levels(score: Floats, *, levels: int = LEVELS) -> tuple[Places, int]:
    """The step of each row, 0 for the highest score, and how many steps there are; equals share one."""
    _, step, counts = np.unique(-score, return_inverse=True, return_counts=True)
    if len(counts) > levels:
        before = np.cumsum(counts) - counts
        step = (before * levels // len(score))[step]
        return step, levels
    return step, max(len(counts), 1)


def _ranking(positive: Floats, everything: Floats, listed: Floats) -> tuple[Floats, Floats]:
    """ROC-AUC and average precision of weights by step (steps, resamples), highest score first."""
    found = np.cumsum(positive, axis=0)
    positives, rows = found[-1], listed[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        # A negative is outranked by every positive above its step, and by half of those on it.
        pairs = ((everything - positive) * (found - positive / 2)).sum(axis=0)
        roc_auc = pairs / (positives * (rows - positives))
        precision = np.where(listed > 0, found / listed, 0.0)
        average_precision = (positive * precision).sum(axis=0) / positives
    both = (positives > 0) & (rows - positives > 1e-9 * rows)
    return np.where(both, roc_auc, np.nan), np.where(both, average_precision, np.nan)
