"""Figures by hand: small enough to count on fingers, ties and empty denominators included."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import STANDARD
from scoring.baselines import area_rate, indicator_count
from scoring.metrics import (
    calibration_error,
    expected_hits,
    precision_at,
    probability_figures,
    recall_at,
)
from tests.support.weeks import random_matrix


def test_hits_are_the_positives_among_the_highest_scores() -> None:
    assert expected_hits([1, 0, 1, 0, 1], [5, 4, 3, 2, 1], 3) == 2
    assert precision_at([1, 0, 1, 0, 1], [5, 4, 3, 2, 1], 3) == pytest.approx(2 / 3)
    assert recall_at([1, 0, 1, 0, 1], [5, 4, 3, 2, 1], 3) == pytest.approx(2 / 3)


def test_ties_at_the_cut_count_by_their_chance() -> None:
    # One place above the tie, one place for two equals of which one is positive: 1 + 1/2.
    assert expected_hits([1, 1, 0, 0], [9, 5, 5, 1], 2) == 1.5
    # All equal: the base rate times the places.
    assert expected_hits([1, 0, 0, 0], [7, 7, 7, 7], 2) == 0.5


def test_a_part_of_a_place_counts_as_that_part() -> None:
    assert expected_hits([1, 1, 0], [3, 2, 1], 1.5) == 1.5
    assert expected_hits([0, 1], [2, 1], 0.25) == 0


def test_more_places_than_rows_are_all_rows() -> None:
    assert expected_hits([1, 0, 1], [1, 2, 3], 99) == 2
    assert precision_at([1, 0, 1], [1, 2, 3], 99) == pytest.approx(2 / 3)


def test_what_has_no_denominator_is_undefined_not_zero() -> None:
    assert expected_hits([], [], 3) == 0
    assert np.isnan(precision_at([], [], 3))
    assert np.isnan(precision_at([1], [1], 0))
    assert np.isnan(recall_at([0, 0], [1, 2], 1))
    assert np.isnan(calibration_error([], []))
    assert all(np.isnan(value) for value in probability_figures([], []).values())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=8), st.integers(1, 8))
def test_expected_hits_are_the_mean_over_all_orders_of_ties(rows: list[tuple[bool, int]], places: int) -> None:
    truth, score = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], float)
    places = min(places, len(rows))
    rng = np.random.default_rng(1)
    draws = [truth[np.lexsort((rng.random(len(rows)), -score))[:places]].sum() for _ in range(400)]
    assert expected_hits(truth, score, places) == pytest.approx(np.mean(draws), abs=0.35)


def test_the_calibration_error_is_the_gap_of_said_and_seen_weighted_by_size() -> None:
    # Three said 0.15 of whom one is: gap |0.15 - 1/3|; one said 0.95 who is: gap 0.05.
    expected = (3 * abs(0.15 - 1 / 3) + 0.05) / 4
    assert calibration_error([1, 0, 0, 1], [0.15, 0.15, 0.15, 0.95]) == pytest.approx(expected)
    assert calibration_error([1], [1.0]) == 0


def test_brier_is_the_mean_squared_gap() -> None:
    assert probability_figures([1, 0], [0.8, 0.4])["brier"] == pytest.approx((0.04 + 0.16) / 2)


def test_the_rule_without_weights_counts_current_kinds() -> None:
    quiet = {f.name: 24.0 if f.name.endswith("_months_ago") else 0.0 for f in STANDARD.learned}
    frame = pl.DataFrame(
        [
            quiet,
            quiet | {"arrears_kinds": 2.0},
            quiet | {"arrears_kinds": 1.0, "electricity_shutoff_months_ago": 3.0},
            quiet | {"electricity_shutoff_months_ago": 4.0},  # too old to be current
            quiet | {"electricity_shutoff_months_ago": None},  # not collected is not none, and no point either
        ]
    )
    assert indicator_count(frame, STANDARD).to_list() == [0, 2, 2, 0, 0]


def test_the_area_baseline_knows_nothing_of_the_household() -> None:
    frame = random_matrix(STANDARD, 5)
    assert area_rate(frame).to_list() == frame["area_reported_rate"].to_list()
