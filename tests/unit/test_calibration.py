"""The calibration turns log-odds into probabilities and never changes an order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BundleRefused
from scoring.calibration import Calibration
from training.fit import fit_calibration

RAW = st.floats(-30, 30)


def test_the_sigmoid_is_the_written_one() -> None:
    assert Calibration(1.0, 0.0).probabilities(np.array([0.0])).tolist() == [0.5]
    assert Calibration(2.0, 1.0).probabilities(np.array([-0.5])).tolist() == [0.5]
    # 1 / (1 + e^-2) = 0.8808
    assert Calibration(2.0, 0.0).probabilities(np.array([1.0]))[0] == pytest.approx(0.8808, abs=5e-5)


@given(RAW, RAW, st.floats(0.01, 5), st.floats(-5, 5))
def test_a_higher_score_never_has_a_lower_probability(one: float, other: float, slope: float, intercept: float) -> None:
    low, high = Calibration(slope, intercept).probabilities(np.array(sorted((one, other))))
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize(("slope", "intercept"), [(0, 0), (-1, 0), (np.nan, 0), (np.inf, 0), (1, np.nan), (1, np.inf)])
def test_a_slope_that_does_not_rise_or_a_number_that_is_none_is_refused(slope: float, intercept: float) -> None:
    with pytest.raises(BundleRefused):
        Calibration(slope, intercept)


def test_what_is_written_is_read_back_to_the_last_bit() -> None:
    calibration = Calibration(0.1 + 0.2, -1 / 3)
    assert Calibration.from_json(calibration.to_json()) == calibration


def test_a_fitted_calibration_gives_back_the_rate_of_each_score() -> None:
    # Two scores: 1 in 10 of the low ones and 6 in 10 of the high ones are in need.
    raw = np.repeat([-2.0, 1.0], 1000)
    truth = np.concatenate([np.repeat([1, 0], [100, 900]), np.repeat([1, 0], [600, 400])])
    assert fit_calibration(raw, truth).probabilities(np.array([-2.0, 1.0])) == pytest.approx([0.1, 0.6], abs=1e-3)


def test_a_slice_whose_scores_point_the_wrong_way_only_moves_the_level() -> None:
    raw = np.repeat([-1.0, 1.0], 10)
    truth = np.repeat([1, 0, 0], [5, 5, 10])
    calibration = fit_calibration(raw, truth)
    assert calibration.slope == 1.0
    assert calibration.intercept == pytest.approx(np.log(0.25 / 0.75))


@pytest.mark.parametrize("truth", [0, 1])
def test_a_slice_with_one_class_only_still_gives_a_calibration_or_says_what_is_missing(truth: int) -> None:
    from domain.errors import SagakError

    try:
        calibration = fit_calibration(np.array([-1.0, 0.0, 1.0]), np.full(3, truth))
    except SagakError:
        return
    assert np.isfinite(calibration.intercept)
