"""One household alone: what is refused, what is checked, and that threads do not disturb each other."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from domain.errors import CheckFailed, UsageError
from features.catalogue import STANDARD
from scoring.bundle import Bundle, load_bundle
from scoring.shapley import PathTables, contributor
from scoring.single import SingleScorer
from tests.support.weeks import AS_OF, random_matrix, small_bundle

NAMES = [feature.name for feature in STANDARD.learned]
PARAMETERS = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 3, "seed": 1}
CANARY = 86_753_090.0


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_bundle(small_bundle(tmp_path_factory.mktemp("models")), STANDARD)


@pytest.fixture(scope="module")
def scorer(bundle: Bundle) -> SingleScorer:
    return SingleScorer(bundle, STANDARD)


def households(count: int, *, seed: int = 7) -> list[dict[str, float | None]]:
    return random_matrix(STANDARD, count, seed=seed).select(NAMES).rows(named=True)


# --- what comes in ----------------------------------------------------------------------------------------------------


def test_what_is_absent_none_or_nan_is_unknown_alike(scorer: SingleScorer) -> None:
    (values,) = households(1)
    unknown = {name for name, value in values.items() if value is None}
    assert len(unknown) > 5
    expected = scorer.score(values, AS_OF)
    assert scorer.score({name: v for name, v in values.items() if name not in unknown}, AS_OF) == expected
    assert scorer.score(values | dict.fromkeys(unknown, float("nan")), AS_OF) == expected
    assert expected.explanation.unknown


def test_zero_is_not_unknown(scorer: SingleScorer) -> None:
    nothing = scorer.score(dict.fromkeys(NAMES, 0.0), AS_OF)
    assert nothing.explanation.unknown == ()
    assert scorer.score(dict.fromkeys(NAMES, -0.0), AS_OF) == nothing
    assert len(scorer.score({}, AS_OF).explanation.unknown) > 20


def test_a_name_that_is_no_feature_is_refused_and_not_repeated(scorer: SingleScorer) -> None:
    with pytest.raises(UsageError, match="no feature of the model") as raised:
        scorer.score({"900101-1234567": CANARY}, AS_OF)
    assert "900101" not in raised.value.args[0] + raised.value.hint


def test_what_only_the_list_needs_is_no_feature_of_the_model(scorer: SingleScorer) -> None:
    with pytest.raises(UsageError):
        scorer.score({"has_phone": 1.0}, AS_OF)


@pytest.mark.parametrize("value", [1e39, -1e39, 1e308, float("inf"), float("-inf"), 3.5e38, 10**400, -(10**400)])
def test_a_number_that_float32_cannot_hold_is_refused(scorer: SingleScorer, value: float) -> None:
    with pytest.raises(UsageError, match="too large") as raised:
        scorer.score({"arrears_kinds": value, "household_size": CANARY}, AS_OF)
    assert "8675" not in raised.value.args[0] + raised.value.hint


def test_the_largest_float32_is_taken(scorer: SingleScorer) -> None:
    assert np.isfinite(scorer.score({"arrears_krw_max_12m": float(np.finfo(np.float32).max)}, AS_OF).raw_score)


# --- what is checked --------------------------------------------------------------------------------------------------


class Tampered:
    """A booster whose raw score is off."""

    def __init__(self, booster: lgb.Booster, off: float) -> None:
        self._booster, self._off = booster, off

    def __getattr__(self, name: str) -> Any:
        return getattr(self._booster, name)

    def predict(self, row: np.ndarray, **how: Any) -> np.ndarray:
        return self._booster.predict(row, **how) + self._off


@pytest.mark.parametrize("off", [2e-6, -0.1, np.nan, np.inf])
def test_reasons_that_do_not_add_up_are_never_shown(bundle: Bundle, off: float) -> None:
    wrong = SingleScorer(replace(bundle, booster=Tampered(bundle.booster, off)), STANDARD)
    with pytest.raises(CheckFailed, match="differ from the score"):
        wrong.score(households(1)[0], AS_OF)


def test_rounding_is_no_reason_to_refuse(bundle: Bundle) -> None:
    SingleScorer(replace(bundle, booster=Tampered(bundle.booster, 1e-9)), STANDARD).score(households(1)[0], AS_OF)


def test_a_scorer_does_not_change(scorer: SingleScorer) -> None:
    with pytest.raises(FrozenInstanceError):
        scorer.bundle = None  # type: ignore[misc, assignment]


def test_eight_threads_get_the_numbers_of_one(scorer: SingleScorer) -> None:
    rows = households(40)
    expected = [scorer.score(row, AS_OF) for row in rows]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda place: scorer.score(rows[place % 40], AS_OF), range(1_600)))
    assert [place for place, score in enumerate(found) if score != expected[place % 40]] == []


def test_no_frame_is_made_on_the_way(scorer: SingleScorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("a frame was made for one household")

    values = households(1)[0]
    for kind in (pl.DataFrame, pl.Series, pd.DataFrame, pd.Series):
        monkeypatch.setattr(kind, "__init__", forbidden)
    scorer.score(values, AS_OF)


def test_loading_a_scorer_loads_neither_shap_nor_mlflow() -> None:
    code = "import sys, scoring.single; print(sorted({'shap', 'mlflow', 'optuna', 'fastapi'} & set(sys.modules)))"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


# --- the tables against LightGBM's own --------------------------------------------------------------------------------


def learned(make: Callable[[np.random.Generator], np.ndarray], *, trees: int = 30, **parameters: Any) -> lgb.Booster:
    """A model of what ``make`` draws, in which the first columns decide."""
    rng = np.random.default_rng(5)
    matrix = make(rng)
    known = np.nan_to_num(matrix, nan=2.0)
    label = known[:, 0] + known[:, 1] * known[:, 2] + rng.normal(size=len(matrix)) > 6
    categories = parameters.pop("categories", "auto")
    data = lgb.Dataset(matrix, label, categorical_feature=categories)
    fitted = lgb.train({**PARAMETERS, "max_depth": 6, **parameters}, data, trees)
    return lgb.Booster(model_str=fitted.model_to_string())


def counts(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(-2, 6, (600, 9)).astype(np.float32)


def counts_with_gaps(rng: np.random.Generator) -> np.ndarray:
    matrix = counts(rng)
    matrix[rng.random(matrix.shape) < 0.2] = np.nan
    return matrix


def measures(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(2, 2, (600, 9)).astype(np.float32)


def probes(booster: lgb.Booster) -> np.ndarray:
    """Rows whose values are the very thresholds of the trees, their neighbours, nearly nothing, missing and extreme."""
    numbers = pd.to_numeric(booster.trees_to_dataframe()["threshold"], errors="coerce").to_numpy()
    # 1e300 parts what is known from what is missing; no household can send a number beyond it.
    thresholds = numbers[np.abs(numbers) < 1e38].astype(np.float32)
    odd = np.array([0.0, -0.0, 1e-36, -1e-36, 1e-45, 1e-34, np.nan, np.nan, 3.4e38, -3.4e38], np.float32)
    known = np.concatenate([thresholds, np.nextafter(thresholds, np.inf), np.nextafter(thresholds, -np.inf), odd, odd])
    return np.random.default_rng(9).choice(known, (300, booster.num_feature()))


TABLED = {
    "whole numbers": lambda: learned(counts),
    "with gaps": lambda: learned(counts_with_gaps),
    "measures": lambda: learned(measures),
    "deep in few columns": lambda: learned(lambda rng: counts_with_gaps(rng)[:, :4], max_depth=12, num_leaves=63),
    "shallow": lambda: learned(counts_with_gaps, max_depth=2),
    "bagged": lambda: learned(counts_with_gaps, bagging_fraction=0.5, bagging_freq=1, feature_fraction=0.4),
    "extremely random": lambda: learned(measures, extra_trees=True, lambda_l2=20.0),
    "nothing to learn": lambda: learned(counts, min_data_in_leaf=500),
}
OTHERS = {
    "categories": lambda: learned(lambda rng: np.abs(counts(rng)), categories=[0, 1]),
    "zero as missing": lambda: learned(counts, zero_as_missing=True),
    "paths of many columns": lambda: learned(
        lambda rng: np.hstack([measures(rng), measures(rng)]),
        max_depth=-1,
        num_leaves=200,
        min_data_in_leaf=1,
        feature_fraction_bynode=0.2,
        extra_trees=True,
    ),
    "random forest": lambda: learned(measures, boosting="rf", bagging_fraction=0.5, bagging_freq=1),
    "linear leaves": lambda: learned(measures, linear_tree=True),
}


@pytest.mark.parametrize("name", [*TABLED, *OTHERS])
def test_contributions_are_lightgbms(name: str) -> None:
    booster = {**TABLED, **OTHERS}[name]()
    try:
        expected = booster.predict(probes(booster), pred_contrib=True)
    except lgb.basic.LightGBMError:
        pytest.skip("LightGBM itself has no contributions for such a model")
    compute = contributor(booster)
    found = np.array([compute(row) for row in probes(booster)])
    assert np.abs(found - np.asarray(expected)).max() < 1e-12


@pytest.mark.parametrize("name", TABLED)
def test_what_the_product_trains_is_tabled(name: str) -> None:
    assert PathTables.of(TABLED[name]()) is not None


@pytest.mark.parametrize("name", OTHERS)
def test_what_the_tables_do_not_know_is_left_to_lightgbm(name: str) -> None:
    assert PathTables.of(OTHERS[name]()) is None
