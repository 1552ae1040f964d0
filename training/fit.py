"""Fits the risk model (LightGBM, monotone) and its calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from domain.errors import UsageError
from features.declaration import Feature
from scoring.calibration import Calibration

# Shallow and strongly randomised: on later rounds of made-up towns deeper trees ranked no better (ROC-AUC .66 to .67
# whatever the depth), and exact SHAP costs an order of magnitude more with each step of depth.
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.16,
    "num_leaves": 6,
    "max_depth": 3,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.1,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "extra_trees": True,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}
TREES = 250


def fit_model(
    matrix: NDArray[np.float32],
    truth: NDArray[Any],
    features: Sequence[Feature],
    *,
    seed: int,
    parameters: Mapping[str, Any] = PARAMETERS,
    trees: int = TREES,
    weights: NDArray[np.float64] | None = None,
) -> lgb.Booster:
    """A booster over ``features`` (columns of ``matrix``), monotone where the catalogue gives a direction."""
    names = [feature.name for feature in features]
    data = lgb.Dataset(matrix, label=truth, weight=weights, feature_name=names, free_raw_data=True)
    constraints = [int(feature.direction) for feature in features]
    own = {"seed": seed, "monotone_constraints": constraints}
    return lgb.train({**parameters, **own}, data, num_boost_round=trees)


def fit_calibration(
    raw: NDArray[np.float64], truth: NDArray[Any], weights: NDArray[np.float64] | None = None
) -> Calibration:
    """A sigmoid from the raw scores of a later slice to its labels.

    The slope is kept positive by falling back to 1 when the slice is too small to show one: then only the level moves.
    Raises `UsageError` for a slice that does not hold both outcomes.
    """
    if len(np.unique(truth)) < 2:
        raise UsageError(
            "The rounds to calibrate on hold outcomes of one kind only.", hint="Deliver outcomes of more rounds."
        )
    model = LogisticRegression(C=1e6).fit(raw.reshape(-1, 1), truth, sample_weight=weights)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    if slope > 0:
        return Calibration(slope, intercept)
    rate = np.average(truth, weights=weights)
    level = np.log(rate / (1 - rate)) - np.average(raw, weights=weights)
    return Calibration(1.0, float(level))


def fit_logistic(matrix: NDArray[np.float32], truth: NDArray[Any]) -> Pipeline:
    """The logistic regression that every model has to beat."""
    steps = (
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.05, max_iter=2000),
    )
    return make_pipeline(*steps).fit(matrix, truth)
