"""How well the survey's households in difficulty are found: cross-validated figures beside the baselines, per cohort.

The folds are those of the survey's benchmark: stratified five-fold at household level, five repeats with seeds 0 to 4,
households sorted by their key. One model is fitted on all households of the training folds; both cohorts are figures of
that same model, the second on the test households that do not receive basic livelihood support.
"""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Any

import lightgbm as lgb
import numpy as np
import polars as pl
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from domain.errors import UsageError
from features.declaration import AsOf, Unit
from features.survey import ARREARS_COUNT, CRISIS_COUNT, SURVEY, derive_survey
from scoring.metrics import precision_at, probability_figures, recall_at
from scoring.score import feature_array
from training.fit import fit_model

Matrix = NDArray[np.float32]
Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Places = NDArray[np.int64]

REPEATS = 5
FOLDS = 5

# For a few thousand households with a few hundred positives: shallow, heavily randomised trees. With so few positives a
# greedy split fits noise, so each tree sees a tenth of the columns and 70 % of the rows, draws its thresholds at random
# (extra_trees), and adds little.
SURVEY_PARAMETERS: Mapping[str, Any] = MappingProxyType(
    {
        "objective": "binary",
        "learning_rate": 0.02,
        "num_leaves": 5,
        "extra_trees": True,
        "feature_fraction": 0.1,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "min_data_in_leaf": 10,
        "lambda_l2": 5.0,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,  # folds run in parallel; threads of trees this small only wait for each other
        "verbosity": -1,
    }
)
SURVEY_TREES = 1000
# A strong ridge: many columns say nearly the same. Ten times the C loses .01 AUC.
_LOGISTIC_C = 0.01


class Cohort(StrEnum):
    ALL = "all households"
    NON_RECIPIENTS = "non-recipients"  # not receiving 국민기초생활보장: whom a blind-spot list is for


class Method(StrEnum):
    ARREARS_COUNT = "arrears count"
    CRISIS_COUNT = "crisis-indicator count"
    LOGISTIC = "logistic regression"
    LIGHTGBM = "LightGBM, monotone"


@dataclass(frozen=True)
class SurveyFigures:
    """One fold's figures; ties at the edge of a top share count by expectation."""

    roc_auc: float
    average_precision: float
    precision_1pct: float
    precision_5pct: float
    precision_10pct: float
    recall_10pct: float
    lift_10pct: float
    brier: float
    ece: float


FIGURE_NAMES = tuple(field.name for field in fields(SurveyFigures))


@dataclass(frozen=True)
class SurveyRow:
    """What one method reaches on one cohort; ``folds`` are in the same order for every method, so that they pair."""

    cohort: Cohort
    method: Method
    households: int
    positives: int
    folds: tuple[SurveyFigures, ...]

    @property
    def mean(self) -> SurveyFigures:
        return SurveyFigures(*np.mean([astuple(fold) for fold in self.folds], axis=0).tolist())

    @property
    def sd(self) -> SurveyFigures:
        return SurveyFigures(*np.std([astuple(fold) for fold in self.folds], axis=0, ddof=1).tolist())


@dataclass(frozen=True)
class HeldOut:
    """What every method said of each household while it was left out. Rows of persons: kept in memory only.

    ``tests`` are the rows of each test fold in the derived frame ``households``, five folds a repeat; a method's scores
    and probabilities are in their order.
    """

    label: str
    households: pl.DataFrame
    truth: Labels
    cohorts: Mapping[Cohort, NDArray[np.bool_]]
    tests: tuple[Places, ...]
    scores: Mapping[Method, tuple[Floats, ...]]
    probabilities: Mapping[Method, tuple[Floats, ...]]


def cross_validate(
    households: pl.DataFrame, as_of: AsOf, *, label: str = "crisis_material", repeats: int = REPEATS, jobs: int = -1
) -> HeldOut:
    """Every method's scores of households it did not learn from; ``households`` as `sources.koweps` reads them.

    ``jobs`` are processes as joblib counts them. Five repeats take about a minute on two cores.
    Raises `UsageError` where fewer households than folds have the label.
    """
    frame: pl.DataFrame = derive_survey(households, as_of)
    truth: Labels = frame[label].to_numpy().astype(np.int64)
    if not FOLDS <= truth.sum() <= len(truth) - FOLDS:
        raise UsageError(
            f"The survey holds {truth.sum()} households with {label} of {len(truth)}: too few for {FOLDS} folds.",
            hint="Bring the whole file of the wave.",
        )
    matrix = survey_matrix(frame)
    is_recipient = frame["is_recipient"].to_numpy().astype(bool)
    splits = [
        split
        for seed in range(repeats)
        for split in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(matrix, truth)
    ]
    said = Parallel(n_jobs=jobs)(delayed(_predict_fold)(matrix, truth, train, test) for train, test in splits)
    return HeldOut(
        label,
        frame,
        truth,
        MappingProxyType({Cohort.ALL: np.ones(len(truth), bool), Cohort.NON_RECIPIENTS: ~is_recipient}),
        tuple(test for _, test in splits),
        MappingProxyType({method: tuple(fold[method][0] for fold in said) for method in Method}),
        MappingProxyType({method: tuple(fold[method][1] for fold in said) for method in Method}),
    )


def survey_rows(held_out: HeldOut) -> tuple[SurveyRow, ...]:
    """The figures of every method on both cohorts, fold by fold."""
    return tuple(
        SurveyRow(
            cohort,
            method,
            int(inside.sum()),
            int(held_out.truth[inside].sum()),
            tuple(
                survey_figures(held_out.truth[test][inside[test]], scores[inside[test]], stated[inside[test]])
                for test, scores, stated in zip(
                    held_out.tests, held_out.scores[method], held_out.probabilities[method], strict=True
                )
            ),
        )
        for cohort, inside in held_out.cohorts.items()
        for method in Method
    )


def survey_matrix(frame: pl.DataFrame) -> Matrix:
    """The learned features of a derived frame in catalogue order, shape (households, features); unknown is NaN."""
    return feature_array(frame, [feature.name for feature in SURVEY.learned])


def fit_survey_model(matrix: Matrix, truth: Labels, *, seed: int = 1) -> lgb.Booster:
    """The risk model of the survey; its probabilities need no calibration (see docs/koweps.md)."""
    return fit_model(matrix, truth, SURVEY.learned, seed=seed, parameters=SURVEY_PARAMETERS, trees=SURVEY_TREES)


def survey_figures(truth: Labels, scores: Floats, probabilities: Floats) -> SurveyFigures:
    """The benchmark's figures of one set of households; a top share is rounded up to whole households."""

    def places(share: float) -> int:
        return ceil(share * len(truth))

    top = precision_at(truth, scores, places(0.10))
    stated = probability_figures(truth, probabilities)
    return SurveyFigures(
        roc_auc=float(roc_auc_score(truth, scores)),
        average_precision=float(average_precision_score(truth, scores)),
        precision_1pct=precision_at(truth, scores, places(0.01)),
        precision_5pct=precision_at(truth, scores, places(0.05)),
        precision_10pct=top,
        recall_10pct=recall_at(truth, scores, places(0.10)),
        lift_10pct=top / float(truth.mean()),
        brier=stated["brier"],
        ece=stated["calibration_error"],
    )


def _predict_fold(matrix: Matrix, truth: Labels, train: Places, test: Places) -> dict[Method, tuple[Floats, Floats]]:
    return {method: predict(matrix[train], truth[train], matrix[test]) for method, predict in _PREDICTORS.items()}


Predictor = Callable[[Matrix, Labels, Matrix], tuple[Floats, Floats]]


def _predict_by_count(column: str) -> Predictor:
    place = [feature.name for feature in SURVEY.learned].index(column)

    def predict(train: Matrix, truth: Labels, test: Matrix) -> tuple[Floats, Floats]:
        # A count is no probability; a logistic curve through it makes one, for the Brier score and ECE only.
        curve = LogisticRegression().fit(train[:, [place]], truth)
        return test[:, place].astype(np.float64), curve.predict_proba(test[:, [place]])[:, 1]

    return predict


def _predict_by_regression(train: Matrix, truth: Labels, test: Matrix) -> tuple[Floats, Floats]:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_LOGISTIC_C, max_iter=2000))
    probabilities = model.fit(_flattened(train), truth).predict_proba(_flattened(test))[:, 1]
    return probabilities, probabilities


def _predict_by_lightgbm(train: Matrix, truth: Labels, test: Matrix) -> tuple[Floats, Floats]:
    probabilities = np.asarray(fit_survey_model(train, truth).predict(test), np.float64)
    return probabilities, probabilities


_PREDICTORS: Mapping[Method, Predictor] = MappingProxyType(
    {
        Method.ARREARS_COUNT: _predict_by_count(ARREARS_COUNT),
        Method.CRISIS_COUNT: _predict_by_count(CRISIS_COUNT),
        Method.LOGISTIC: _predict_by_regression,
        Method.LIGHTGBM: _predict_by_lightgbm,
    }
)


def _flattened(matrix: Matrix) -> Matrix:
    """Money, ratios and counts of events by their signed logarithm, unknown as none: a straight line needs both."""
    skewed = [feature.unit in (Unit.MANWON, Unit.RATE, Unit.TIMES, Unit.DAYS) for feature in SURVEY.learned]
    known = np.nan_to_num(matrix)
    return np.where(skewed, np.sign(known) * np.log1p(np.abs(known)), known)
