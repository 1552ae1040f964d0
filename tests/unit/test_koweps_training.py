"""The survey's figures: counted as the benchmark counts them, and the model obeys its directions."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from features.declaration import AsOf
from features.survey import SURVEY, derive_survey
from sources.koweps import households
from tests.support.koweps import made_up_survey
from training.survey import (
    Cohort,
    Method,
    cross_validate,
    fit_survey_model,
    survey_figures,
    survey_matrix,
    survey_rows,
)
from training.survey_benchmark import BENCHMARK

AS_OF = AsOf.on(date(2017, 3, 6))


def test_a_top_share_is_rounded_up_and_its_ties_count_by_expectation() -> None:
    # Eleven households: a tenth is two places. One stands first; the second place falls among two tied, one of them
    # positive, so half a household is expected: 1.5 of 2 places, 1.5 of 3 positives.
    truth = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    scores = np.array([9.0, 5.0, 5.0, 1.0, 0, 0, 0, 0, 0, 0, 0])
    found = survey_figures(truth, scores, np.full(11, 3 / 11))
    assert (found.precision_10pct, found.recall_10pct) == (0.75, 0.5)
    assert found.lift_10pct == pytest.approx(0.75 / (3 / 11))
    assert found.ece == pytest.approx(0)


def test_every_method_stands_beside_the_others_on_both_cohorts() -> None:
    frame = households(made_up_survey(200, seed=7))
    found = survey_rows(cross_validate(frame, AS_OF, repeats=1, jobs=1))
    assert {(row.cohort, row.method) for row in found} == {(cohort, method) for cohort in Cohort for method in Method}
    everyone, others = (next(row for row in found if row.cohort is cohort) for cohort in Cohort)
    assert everyone.households == 200
    assert others.households == 200 - frame["is_recipient"].sum()
    assert {len(row.folds) for row in found} == {5}


def test_one_seed_gives_one_model() -> None:
    frame: pl.DataFrame = derive_survey(households(made_up_survey(150, seed=8)), AS_OF)
    truth = frame["crisis_material"].to_numpy().astype(np.int64)
    first, second = (fit_survey_model(survey_matrix(frame), truth, seed=5).model_to_string() for _ in range(2))
    assert first == second


def test_more_arrears_never_lower_and_more_income_never_raises_the_score() -> None:
    frame: pl.DataFrame = derive_survey(households(made_up_survey(150, seed=9)), AS_OF)
    matrix, truth = survey_matrix(frame), frame["crisis_material"].to_numpy().astype(np.int64)
    model = fit_survey_model(matrix, truth)
    names = [feature.name for feature in SURVEY.learned]
    before = model.predict(matrix)
    more_owed, more_earned = matrix.copy(), matrix.copy()
    more_owed[:, names.index("arrears_kinds")] += 3
    more_earned[:, names.index("income_eq")] += 5_000
    assert (model.predict(more_owed) >= before).all()
    assert (model.predict(more_earned) <= before).all()


def test_the_benchmark_holds_the_figures_that_a_report_prints_beside_ours() -> None:
    assert BENCHMARK[Cohort.ALL, Method.LIGHTGBM]["average_precision"] == 0.407
    assert BENCHMARK[Cohort.NON_RECIPIENTS, Method.LOGISTIC]["recall_10pct"] == 0.498
