"""The real survey, where a copy of the file is at hand: its counts, its baselines, and a floor for the model."""

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from features.declaration import AsOf
from sources.koweps import read_households
from training.survey import Cohort, Method, SurveyRow, cross_validate, survey_rows
from training.survey_benchmark import BENCHMARK

AS_OF = AsOf.on(date(2017, 3, 6))
NAME = "koweps12_public.parquet"


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    folder = os.environ.get("SAGAK_OUTSIDE_DATA")
    if not folder:
        pytest.skip(f"SAGAK_OUTSIDE_DATA is not set: the survey's own figures are NOT checked (it should hold {NAME})")
    return read_households(Path(folder) / NAME)


@pytest.fixture(scope="module")
def one_repeat(frame: pl.DataFrame) -> dict[tuple[Cohort, Method], SurveyRow]:
    rows = survey_rows(cross_validate(frame, AS_OF, repeats=1, jobs=2))
    return {(row.cohort, row.method): row for row in rows}


def test_households_and_positives_are_those_of_the_sample(frame: pl.DataFrame) -> None:
    others = frame.filter(~pl.col("is_recipient"))
    assert (frame.height, frame["crisis_material"].sum()) == (4661, 305)
    assert (others.height, others["crisis_material"].sum()) == (4151, 171)
    assert (frame["crisis_severe"].sum(), frame["crisis_broad"].sum()) == (130, 639)
    weighted = (frame["weight"] * frame["crisis_material"]).sum() / frame["weight"].sum()
    assert weighted == pytest.approx(0.0403, abs=0.00005)


def test_the_counting_rules_reach_what_the_benchmark_says(frame: pl.DataFrame) -> None:
    """All 25 folds of the two rules, which need no fitting."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    from features.survey import ARREARS_COUNT, CRISIS_COUNT, derive_survey
    from training.survey import survey_figures

    derived: pl.DataFrame = derive_survey(frame, AS_OF)
    truth = derived["crisis_material"].to_numpy().astype(np.int64)
    for method, column in ((Method.ARREARS_COUNT, ARREARS_COUNT), (Method.CRISIS_COUNT, CRISIS_COUNT)):
        counts = derived[column].to_numpy().astype(float)
        folds = [
            survey_figures(truth[test], counts[test], np.full(len(test), truth.mean()))
            for seed in range(5)
            for _, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(truth, truth)
        ]
        for name in ("roc_auc", "average_precision", "precision_10pct", "recall_10pct"):
            mean = float(np.mean([getattr(fold, name) for fold in folds]))
            assert mean == pytest.approx(BENCHMARK[Cohort.ALL, method][name], abs=0.001), name


def test_the_model_finds_more_than_every_baseline(one_repeat: dict[tuple[Cohort, Method], SurveyRow]) -> None:
    for cohort in Cohort:
        model = one_repeat[cohort, Method.LIGHTGBM].mean
        for method in (Method.ARREARS_COUNT, Method.CRISIS_COUNT, Method.LOGISTIC):
            baseline = one_repeat[cohort, method].mean
            assert model.roc_auc > baseline.roc_auc
            assert model.average_precision > baseline.average_precision


def test_the_model_reaches_its_floor_and_states_honest_probabilities(
    one_repeat: dict[tuple[Cohort, Method], SurveyRow],
) -> None:
    everyone = one_repeat[Cohort.ALL, Method.LIGHTGBM].mean
    others = one_repeat[Cohort.NON_RECIPIENTS, Method.LIGHTGBM].mean
    assert everyone.roc_auc > 0.880
    assert everyone.average_precision > 0.38
    assert others.roc_auc > 0.865
    assert others.average_precision > 0.31
    assert max(everyone.ece, others.ece) <= 0.02
