"""How well scores and stated probabilities do over all judged listings together, whatever a dong's capacity."""

from collections.abc import Callable, Sequence

import numpy as np

from scoring.evidence import Evidence
from scoring.figures import Figure, kish_effective_n, resampled_figure
from scoring.metrics import calibration_bin, calibration_error
from scoring.resampling import Floats, resample_sums, resampled_ranking, sums_by_cell

_BINS = 10


def ranking_figures_by_label(
    evidence: Evidence, method: str, labels: Sequence[str], *, is_weighted: bool = True
) -> dict[str, dict[str, Figure]]:
    """By label ROC-AUC and average precision of the method's score; undefined with one class only.

    A judged row counts for the households it stands for; with ``is_weighted`` false it counts once, and the figures
    speak of those who were listed. A ranking sets those in need against the rest: it tells no more than the class that
    is worth fewer rows, and that is its ``effective_n``.
    """
    weight = evidence.weight if is_weighted else np.ones_like(evidence.weight)
    from sklearn.metrics import average_precision_score, roc_auc_score  # a second to import: see scoring.groups

    score = evidence.judged[f"score_{method}"].to_numpy().astype(np.float64)
    # Sorted here once, so that every measure finds the rows in order.
    best_first = np.argsort(-score, kind="stable")
    score, weight, dong = score[best_first], weight[best_first], evidence.dong[best_first]
    truths = {label: evidence.truth(label)[best_first] for label in labels}
    resamples = resampled_ranking(truths, score, weight, dong, evidence.times)

    def figure(measure: Callable[..., float], truth: Floats, draws: Floats) -> Figure:
        worth = min(kish_effective_n(weight[truth == side]) for side in (0, 1))
        return _pooled(evidence, weight, ranking_point(measure, truth, score, weight), draws, effective=worth)

    return {
        label: {
            "roc_auc": figure(roc_auc_score, truth, resamples[label][0]),
            "average_precision": figure(average_precision_score, truth, resamples[label][1]),
        }
        for label, truth in truths.items()
    }


def ranking_point(measure: Callable[..., float], truth: Floats, score: Floats, weight: Floats) -> float:
    """``measure`` of scikit-learn, NaN where the truth has one class only."""
    if len(np.unique(truth)) < 2:
        return float("nan")
    return float(measure(truth, score, sample_weight=weight))


def probability_figures_of(
    evidence: Evidence, method: str, label: str, *, is_weighted: bool = True
) -> dict[str, Figure]:
    """Brier score and calibration error of the stated probabilities, empty where the method states none."""
    from sklearn.metrics import brier_score_loss

    stated = evidence.probability(method)
    if stated is None:
        return {}
    weight = evidence.weight if is_weighted else np.ones_like(evidence.weight)
    truth = evidence.truth(label)
    columns = np.column_stack([weight, weight * (stated - truth) ** 2])
    sums = _resample(evidence, {"of_all": columns, "gaps": gap_by_bin(truth, stated, weight)})
    with np.errstate(divide="ignore", invalid="ignore"):
        brier = sums["of_all"][:, 1] / sums["of_all"][:, 0]
        gaps = np.abs(sums["gaps"]).sum(axis=-1) / sums["of_all"][:, 0]
    point = float(brier_score_loss(truth, stated, sample_weight=weight)) if len(truth) else float("nan")
    error = calibration_error(truth, stated, weight=weight, bins=_BINS)
    return {
        "brier": _pooled(evidence, weight, point, brier),
        "calibration_error": _pooled(evidence, weight, error, mirrored(error, gaps)),
    }


def gap_by_bin(truth: Floats, stated: Floats, weight: Floats) -> Floats:
    """Weighted gap of stated and true of each row, in the column of its bin: shape (rows, bins)."""
    in_bin = calibration_bin(stated, bins=_BINS)[:, None] == np.arange(_BINS)
    return np.asarray(in_bin * (weight * (stated - truth))[:, None], np.float64)


def mirrored(value: float, draws: Floats) -> Floats:
    """Resamples mirrored at the value, never below zero.

    A calibration error adds up gaps whatever their sign, so noise raises it: in the sample above the truth, and in
    resamples above the sample by about as much. The basic bootstrap interval takes that off instead of adding it twice
    (Davison and Hinkley 1997, section 5.2).
    """
    return np.maximum(2 * value - draws, 0.0)


def _resample(evidence: Evidence, columns: dict[str, Floats]) -> dict[str, Floats]:
    one_group, dongs = np.zeros(len(evidence.dong), np.intp), len(evidence.dongs)
    sums = {
        name: sums_by_cell(values, evidence.dong, one_group, dongs=dongs, groups=1)[:, 0]
        for name, values in columns.items()
    }
    return resample_sums(evidence.times, sums)


def _pooled(
    evidence: Evidence, weight: Floats, value: float, draws: Floats, *, effective: float | None = None
) -> Figure:
    return resampled_figure(
        np.concatenate([[value], draws[1:]]),
        dongs=len(evidence.dongs),
        n=len(weight),
        effective=kish_effective_n(weight) if effective is None else effective,
    )
