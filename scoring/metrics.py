"""Figures that know their denominator: each returns the value, or NaN where nothing qualifies."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.figures import kish_effective_n

Floats = NDArray[np.float64]


def expected_hits(truth: ArrayLike, score: ArrayLike, places: float) -> float:
    """Positives among the ``places`` highest scores; ties at the cut count by expectation over their random order."""
    truth, score = np.asarray(truth, float), np.asarray(score, float)
    places = min(places, len(score))
    if places <= 0:
        return 0.0
    order = np.argsort(-score, kind="stable")
    cut = score[order[int(np.ceil(places)) - 1]]
    above, tied = score > cut, score == cut
    return float(truth[above].sum() + (places - above.sum()) * truth[tied].mean())


def precision_at(truth: ArrayLike, score: ArrayLike, places: float) -> float:
    """Share of positives among the highest scores."""
    places = min(places, len(np.asarray(score)))
    return expected_hits(truth, score, places) / places if places > 0 else float("nan")


def recall_at(truth: ArrayLike, score: ArrayLike, places: float) -> float:
    """Share of all positives that the highest scores hold."""
    positives = float(np.asarray(truth, float).sum())
    return expected_hits(truth, score, places) / positives if positives else float("nan")


def calibration_bin(probability: ArrayLike, *, bins: int = 10) -> NDArray[np.intp]:
    """Which of ``bins`` equally wide bins each probability falls into."""
    return np.minimum((np.asarray(probability, float) * bins).astype(np.intp), bins - 1)


def calibration_error(
    truth: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None, bins: int = 10
) -> float:
    """Expected calibration error over equally wide bins: mean gap of stated and observed rate, weighted by size."""
    truth, probability = np.asarray(truth, float), np.asarray(probability, float)
    weight = np.ones_like(truth) if weight is None else np.asarray(weight, float)
    if not weight.sum():
        return float("nan")
    gaps = np.bincount(calibration_bin(probability, bins=bins), weight * (probability - truth), minlength=bins)
    return float(np.abs(gaps).sum() / weight.sum())


def reliability_curve(
    truth: ArrayLike, probability: ArrayLike, *, weight: ArrayLike | None = None, bins: int = 10
) -> list[tuple[float, float, int, float]]:
    """Stated rate, observed rate, rows and effective rows of up to ``bins`` bins; equals stay together.

    The bins have about as many rows each.
    """
    truth, probability = np.asarray(truth, float), np.asarray(probability, float)
    weight = np.ones_like(truth) if weight is None else np.asarray(weight, float)
    if not len(truth):
        return []
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, probability, side="right")
    return [
        (
            float(np.average(probability[inside], weights=weight[inside])),
            float(np.average(truth[inside], weights=weight[inside])),
            int(inside.sum()),
            kish_effective_n(weight[inside]),
        )
        for index in np.unique(place)
        if (inside := place == index).any()
    ]


def probability_figures(truth: ArrayLike, probability: ArrayLike) -> dict[str, float]:
    """Brier score and calibration error of stated probabilities."""
    truth, probability = np.asarray(truth, float), np.asarray(probability, float)
    brier = float(np.mean((probability - truth) ** 2)) if len(truth) else float("nan")
    return {"brier": brier, "calibration_error": calibration_error(truth, probability)}
