"""What is said of the survey's cross-validation: intervals, places, groups, and metrics in the form of every bundle."""

from datetime import date
from math import sqrt

import numpy as np
import pytest

from domain.errors import UsageError
from domain.policy import FairnessPolicy
from features.declaration import AsOf
from features.survey import derive_survey
from sources.koweps import households
from tests.support.koweps import made_up_survey, person, rows
from training.survey import Cohort, HeldOut, Method, SurveyFigures, SurveyRow, cross_validate
from training.survey_report import (
    group_names,
    mean_over_folds,
    paired_difference,
    places_held,
    survey_groups,
    survey_metrics,
)

AS_OF = AsOf.on(date(2017, 6, 5))


@pytest.fixture(scope="module")
def held_out() -> HeldOut:
    return cross_validate(households(made_up_survey(200, seed=7)), AS_OF, repeats=1, jobs=1)


def row(cohort: Cohort, method: Method, precisions: list[float]) -> SurveyRow:
    folds = (SurveyFigures(0.8, 0.3, 0.5, 0.4, precision, 0.5, 5.0, 0.04, 0.01) for precision in precisions)
    return SurveyRow(cohort, method, 100, 10, tuple(folds))


def test_the_interval_of_a_mean_of_folds_counts_the_rows_that_the_folds_share() -> None:
    # 0.2, 0.2, 0.3, 0.4, 0.4 have the variance 0.04 / 4 = 0.01; times 1/5 + 1/4; Student's t of four degrees is 2.776.
    found = mean_over_folds([0.2, 0.2, 0.3, 0.4, 0.4], n=100)
    assert found.value == pytest.approx(0.3)
    assert found.high - found.value == pytest.approx(2.776 * sqrt(0.01 * (1 / 5 + 1 / 4)), abs=1e-4)
    assert found.value - found.low == pytest.approx(found.high - found.value)


def test_a_difference_that_is_the_same_in_every_fold_is_certain() -> None:
    found = paired_difference(
        [
            row(Cohort.ALL, Method.LIGHTGBM, [0.3, 0.5, 0.2]),
            row(Cohort.ALL, Method.LOGISTIC, [0.2, 0.4, 0.1]),
            row(Cohort.NON_RECIPIENTS, Method.LOGISTIC, [0.9, 0.9, 0.9]),
        ],
        Cohort.ALL,
        Method.LOGISTIC,
        "precision_10pct",
    )
    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))


def test_those_tied_at_the_cut_share_the_places_left() -> None:
    # A fifth of eleven is three places, rounded up: one is taken, two are left for four tied households.
    scores = np.array([9.0, 5.0, 5.0, 5.0, 5.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert places_held(scores, 0.2).tolist() == [1, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0]


def test_groups_are_named_by_the_head_and_by_who_lives_together() -> None:
    frame = derive_survey(
        households(
            rows(
                person(20_101, h12_g4=1940.0, h12_g3=2.0),
                person(30_101, h12_g4=1983.0, h12_reg7=4.0),
            )
        ),
        AS_OF,
    )
    assert group_names(frame).rows() == [
        ("single_elder", "75_plus", "female", "서울"),
        ("single_working_age", "under_35", "male", "대구·경북"),
    ]


def test_the_groups_of_an_attribute_share_out_all_places_and_all_need(held_out: HeldOut) -> None:
    groups = survey_groups(held_out, Cohort.ALL, Method.LIGHTGBM, fairness=FairnessPolicy())
    for attribute in ("household_type", "age_band", "head_sex", "region"):
        own = [group for group in groups if group.attribute == attribute]
        assert sum(group.n for group in own) == 200
        assert sum(group.share_of_places for group in own) == pytest.approx(1)
        assert sum(group.share_of_need for group in own) == pytest.approx(1)


def test_a_small_group_is_named_and_not_judged(held_out: HeldOut) -> None:
    groups = survey_groups(held_out, Cohort.ALL, Method.LIGHTGBM, fairness=FairnessPolicy(min_group=20))
    assert {group.is_judged for group in groups} == {True, False}
    assert {group.is_judged for group in groups if group.n >= 20} == {True}
    assert {group.is_judged for group in groups if group.n < 20} == {False}
    assert all(np.isnan(group.recall.value) for group in groups if not group.is_judged)


def test_the_recall_of_a_group_rests_on_its_households_in_need(held_out: HeldOut) -> None:
    groups = survey_groups(held_out, Cohort.ALL, Method.LIGHTGBM, fairness=FairnessPolicy(min_group=20))
    in_need = [group for group in groups if group.is_judged and group.positives]
    assert [group.recall.effective_n for group in in_need] == [group.positives for group in in_need]
    assert all(group.recall.low <= group.recall.value <= group.recall.high for group in in_need)


def test_the_metrics_have_the_form_of_every_bundle_and_speak_of_non_recipients(held_out: HeldOut) -> None:
    metrics = survey_metrics(held_out, as_of="2017-06-05", seed=1, fairness=FairnessPolicy())
    others = int(held_out.cohorts[Cohort.NON_RECIPIENTS].sum())
    assert (metrics["test"]["judged"], metrics["all_households"]["test"]["judged"]) == (others, 200)
    assert metrics["contenders"] == ["model"]
    assert metrics["methods"] == ["model", "logistic_regression", "indicator_count", "arrears_count"]
    own = metrics["figures"]["model"]
    assert set(own) == {"capacity", "recall", "lift", "pooled", "reliability"}
    # Everybody was asked: nothing is weighted, and there is no chance of being listed to divide by.
    estimates = own["capacity"]["crisis_material"]
    assert estimates["naive"] == estimates["weighted"]
    assert [estimates[name]["value"] for name in ("inverse_propensity", "doubly_robust")] == [None, None]
    assert set(own["pooled"]["crisis_material"]) == {"roc_auc", "average_precision", "brier", "calibration_error"}
    assert set(metrics["figures"]["indicator_count"]["pooled"]["crisis_material"]) == {"roc_auc", "average_precision"}
    assert set(metrics["differences"]["model"]) == {"logistic_regression", "indicator_count", "arrears_count"}
    assert len(metrics["folds"]) == 4 * 5
    assert sum(row["n"] for row in own["reliability"]) == others


def test_ties_of_a_count_are_stated_and_hold_its_precision_between_them(held_out: HeldOut) -> None:
    metrics = survey_metrics(held_out, as_of="2017-06-05", seed=1, fairness=FairnessPolicy())
    counted = metrics["figures"]["arrears_count"]["capacity"]["crisis_material"]["naive"]
    assert counted["worst"] < counted["value"] < counted["best"]


def test_too_few_in_need_for_five_folds_are_refused_in_words() -> None:
    with pytest.raises(UsageError, match="0 households with crisis_material of 1: too few for 5 folds"):
        cross_validate(households(rows(person(20_101))), AS_OF)
