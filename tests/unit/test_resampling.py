"""Resamples of dongs: seeded, honest about too few, and equal to scikit-learn on every single draw."""

import time

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from scoring.figures import resampled_figure
from scoring.metrics import calibration_error, reliability_curve
from scoring.resampling import draw_dongs, percentile_interval, resample_sums, resampled_ranking, score_levels


def test_the_first_row_counts_each_dong_once_and_every_resample_as_many_in_all() -> None:
    times = draw_dongs(7, draws=50, rng=np.random.default_rng(1))
    assert times.shape == (51, 7)
    assert (times[0] == 1).all()
    assert (times.sum(axis=1) == 7).all()
    assert draw_dongs(0, draws=5, rng=np.random.default_rng(1)).shape == (6, 0)


def test_the_same_seed_draws_the_same() -> None:
    one, other = (draw_dongs(30, draws=9, rng=np.random.default_rng(4)) for _ in range(2))
    assert (one == other).all()


def test_each_dong_is_drawn_as_often_as_any_other() -> None:
    mean = draw_dongs(5, draws=4000, rng=np.random.default_rng(1))[1:].mean(axis=0)
    assert mean == pytest.approx(np.ones(5), abs=0.06)


def test_sums_are_those_of_the_dongs_drawn() -> None:
    times = np.array([[1.0, 1, 1], [2, 0, 1]])
    sums = resample_sums(times, {"n": np.array([1.0, 10, 100]), "two": np.array([[1.0, 2], [3, 4], [5, 6]])})
    assert sums["n"].tolist() == [111, 102]
    assert sums["two"].tolist() == [[9, 12], [7, 10]]


def test_the_interval_is_a_little_wider_than_the_middle_95_percent_where_dongs_are_few() -> None:
    draws = np.linspace(0, 1, 10_001)
    assert percentile_interval(draws, dongs=3500) == pytest.approx((0.025, 0.975), abs=1e-3)
    low, high = percentile_interval(draws, dongs=10)
    # Ten dongs: t(9) = 2.262, times sqrt(10 / 9) is 2.385 standard deviations, beyond which lie 0.86 % on each side.
    assert (low, high) == pytest.approx((0.0086, 0.9914), abs=1e-3)


def test_too_few_dongs_or_too_few_defined_resamples_have_no_interval() -> None:
    draws = np.linspace(0, 1, 100)
    assert np.isnan(percentile_interval(draws, dongs=4)).all()
    draws[:11] = np.nan
    assert np.isnan(percentile_interval(draws, dongs=50)).all()
    assert np.isfinite(percentile_interval(draws[2:], dongs=50)).all()
    assert np.isnan(percentile_interval(np.empty(0), dongs=50)).all()


def test_an_undefined_value_has_no_interval_whatever_its_resamples_say() -> None:
    figure = resampled_figure(np.array([np.nan, *np.ones(99)]), dongs=50, n=3, effective=2.0)
    assert np.isnan([figure.value, figure.low, figure.high]).all()
    assert figure.n == 3


def test_ranking_figures_of_every_resample_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    n, dongs = 300, 12
    score = np.round(rng.normal(size=n), 1)  # many equal scores
    truth = (rng.random(n) < 1 / (1 + np.exp(2 - score))).astype(float)
    weight, dong = rng.choice([1.0, 300.0], n), rng.integers(0, dongs, n)
    times = draw_dongs(dongs, draws=40, rng=rng)
    roc_auc, average_precision = resampled_ranking({"y": truth}, score, weight, dong, times)["y"]
    for counted, area, precision in zip(times, roc_auc, average_precision, strict=True):
        drawn = weight * counted[dong]
        assert area == pytest.approx(roc_auc_score(truth, score, sample_weight=drawn), abs=1e-12)
        assert precision == pytest.approx(average_precision_score(truth, score, sample_weight=drawn), abs=1e-12)


def test_more_scores_than_steps_move_no_figure_by_a_thousandth() -> None:
    rng = np.random.default_rng(5)
    score = rng.normal(size=8000)
    truth = (rng.random(8000) < 1 / (1 + np.exp(3 - 2 * score))).astype(float)
    assert score_levels(score)[1] == 1000
    once = np.ones((1, 1))
    area, precision = resampled_ranking({"y": truth}, score, np.ones(8000), np.zeros(8000, int), once)["y"]
    assert area[0] == pytest.approx(roc_auc_score(truth, score), abs=1e-3)
    assert precision[0] == pytest.approx(average_precision_score(truth, score), abs=5e-3)


def test_one_class_only_is_undefined() -> None:
    once = np.ones((1, 1))
    for truth in (np.zeros(3), np.ones(3), np.empty(0)):
        score = np.arange(len(truth), dtype=float)
        pair = resampled_ranking({"y": truth}, score, np.ones(len(truth)), np.zeros(len(truth), int), once)["y"]
        assert np.isnan(pair).all()


def test_a_nation_of_dongs_is_resampled_within_seconds() -> None:
    rng = np.random.default_rng(1)
    start = time.process_time()
    times = draw_dongs(3500, draws=1000, rng=rng)
    resample_sums(times, {"sums": rng.random((3500, 60))})
    # A tenth of a second on an idle machine; the limit is for a busy one.
    assert time.process_time() - start < 10


def test_a_weighted_row_counts_in_the_calibration_error_like_as_many_rows() -> None:
    truth, stated = [1, 0, 0, 1], [0.15, 0.18, 0.55, 0.95]
    repeated = calibration_error([1, 0, 0, 0, 0, 1], [0.15, 0.18, 0.18, 0.18, 0.55, 0.95])
    assert calibration_error(truth, stated, weight=[1, 3, 1, 1]) == pytest.approx(repeated)
    assert np.isnan(calibration_error(truth, stated, weight=[0, 0, 0, 0]))


def test_the_reliability_curve_has_bins_of_equally_many_and_keeps_equals_together() -> None:
    stated = [0.1, 0.1, 0.2, 0.3, 0.6, 0.7]
    assert reliability_curve([0, 1, 0, 0, 1, 0], stated, bins=2, weight=[1, 3, 1, 1, 1, 1]) == [
        (pytest.approx((0.1 + 0.3 + 0.2) / 5), pytest.approx(3 / 5), 3, pytest.approx(25 / 11)),
        (pytest.approx((0.3 + 0.6 + 0.7) / 3), pytest.approx(1 / 3), 3, 3.0),
    ]
    assert reliability_curve([0, 1, 1], [0.4, 0.4, 0.4]) == [(pytest.approx(0.4), pytest.approx(2 / 3), 3, 3.0)]
    assert reliability_curve([], []) == []
