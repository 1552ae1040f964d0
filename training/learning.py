"""From examples and a recipe to something that ranks households."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import lightgbm as lgb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from domain.errors import UsageError
from features.declaration import Feature
from scoring.calibration import Calibration, Scores
from scoring.score import feature_array
from training.fit import fit_calibration, fit_logistic, fit_model
from training.recipe import Recipe
from training.splits import TimeSplit

Matrix = NDArray[np.float32]
Rows = NDArray[np.intp]
# Fewer of one kind would make a calibration of noise and a model of nothing.
MIN_OUTCOMES = 5
# Examples from which on folds are fitted in processes of their own; each takes two seconds to start.
_WORTH_A_PROCESS = 10_000


@dataclass(frozen=True)
class Examples:
    """Feature array, labels (0/1) and how many households each example stands for, row by row."""

    matrix: Matrix
    truth: NDArray[Any]
    weights: Scores

    @classmethod
    def of(cls, frame: pl.DataFrame, features: Sequence[Feature], *, label: str, max_weight: float) -> Self:
        """``frame`` are rows of `training.cohort.examples`; a stored chance of nearly nothing weighs ``max_weight``."""
        weights = np.minimum(1.0 / frame["inclusion"].to_numpy(), max_weight)
        return cls(feature_array(frame, [f.name for f in features]), frame[f"label_{label}"].to_numpy(), weights)

    def fit_jobs(self, jobs: int) -> int:
        """How many processes are worth starting to fit on these, ``jobs`` at most."""
        return jobs if len(self.truth) >= _WORTH_A_PROCESS else 1


@dataclass(frozen=True)
class Slices:
    """The rows a model is fitted on, and the later ones its calibration is."""

    train: Rows
    calibrate: Rows

    @classmethod
    def of(cls, frame: pl.DataFrame, split: TimeSplit) -> Self:
        """The rows of the split's rounds, as far as their result was known before the tested round opened."""
        known = pl.lit(True) if split.test is None else pl.col("recorded_at") < split.test
        rounds = frame.select(round=pl.when(known).then("round"))["round"]
        return cls(*(np.flatnonzero(rounds.is_in(days).fill_null(False)) for days in (split.train, split.calibrate)))

    def fewest_outcomes(self, truth: NDArray[Any]) -> int:
        """The rarer kind of outcome in the slice that has fewest of it."""
        return min(int(min(kind.sum(), len(kind) - kind.sum())) for kind in (truth[self.train], truth[self.calibrate]))

    def check_outcomes(self, truth: NDArray[Any]) -> None:
        """Raises `UsageError` where a slice holds too few outcomes of a kind to learn from."""
        if (fewest := self.fewest_outcomes(truth)) < MIN_OUTCOMES:
            raise UsageError(
                f"The rounds to learn from hold {fewest} outcomes of one kind; at least {MIN_OUTCOMES} are needed.",
                hint="Deliver outcomes of more rounds or of a larger area.",
            )


@dataclass(frozen=True)
class Ranker:
    """Raw scores of a feature array, and the probabilities that they stand for."""

    raw_scores: Callable[[Matrix], Scores]
    calibration: Calibration

    @classmethod
    def of_booster(cls, booster: lgb.Booster, calibration: Calibration) -> Self:
        return cls(partial(_raw_scores, booster), calibration)


def _raw_scores(booster: lgb.Booster, matrix: Matrix) -> Scores:
    return np.asarray(booster.predict(matrix, raw_score=True), np.float64)


def fit_recipe(
    recipe: Recipe, features: Sequence[Feature], examples: Examples, slices: Slices, *, threads: int = 1
) -> tuple[lgb.Booster, Calibration]:
    """A booster and its calibration as the recipe says; on one thread, since folds run side by side, or on all (0)."""
    # Weights are not the default: on three made-up cities of 50,000 households, truth at hand, 100 places held 23
    # households in need without weights and 14 with weights up to 2,000 (docs/learning.md): a few hundred drawn
    # households then outweigh the tens of thousands of chosen ones that hold most of what can be learned.
    weights = examples.weights if recipe.is_weighted else np.ones(len(examples.truth))
    train, later = slices.train, slices.calibrate
    booster = fit_model(
        examples.matrix[train],
        examples.truth[train],
        features,
        seed=recipe.seed,
        parameters={**recipe.parameters, "num_threads": threads},
        trees=recipe.trees,
        # Held to a mean of one: what the regularisation is measured against stays the number of examples.
        weights=weights[train] / weights[train].mean() if recipe.is_weighted else None,
    )
    raw = _raw_scores(booster, examples.matrix[later])
    return booster, fit_calibration(raw, examples.truth[later], weights[later])


def fit_ranker(recipe: Recipe, features: Sequence[Feature], examples: Examples, slices: Slices) -> Ranker:
    """A model fitted as the recipe says."""
    return Ranker.of_booster(*fit_recipe(recipe, features, examples, slices))


def fit_regression(examples: Examples, slices: Slices) -> Ranker:
    """The logistic regression on the same rows, calibrated on the same later slice."""
    pipeline = fit_logistic(examples.matrix[slices.train], examples.truth[slices.train])
    raw = pipeline.decision_function(examples.matrix[slices.calibrate])
    return Ranker(pipeline.decision_function, fit_calibration(raw, examples.truth[slices.calibrate]))
