"""A model and its baselines on rounds it could not know, pooled over the contacted households."""

from collections.abc import Mapping

import lightgbm as lgb
import numpy as np
import polars as pl

from features.catalogue import Catalogue
from scoring.baselines import area_rate, indicator_count
from scoring.calibration import Calibration
from scoring.metrics import probability_figures, ranking_figures
from training.fit import arrays, fit_logistic

Figures = Mapping[str, Mapping[str, float]]


def evaluate(
    booster: lgb.Booster, calibration: Calibration, train: pl.DataFrame, test: pl.DataFrame, catalogue: Catalogue
) -> Figures:
    """Figures by method; ``n`` and ``positives`` of the test rows are the same for all and stand under "test"."""
    matrix, truth = arrays(test, catalogue.learned)
    raw = np.asarray(booster.predict(matrix, raw_score=True), np.float64)
    logistic = fit_logistic(*arrays(train, catalogue.learned)).predict_proba(matrix)[:, 1]
    return {
        "test": {"n": float(len(truth)), "positives": float(truth.sum()), "base_rate": float(truth.mean())},
        "model": ranking_figures(truth, raw) | probability_figures(truth, calibration.probabilities(raw)),
        "logistic_regression": ranking_figures(truth, logistic) | probability_figures(truth, logistic),
        "indicator_count": ranking_figures(truth, indicator_count(test, catalogue)),
        "area_only": ranking_figures(truth, area_rate(test)),
    }
