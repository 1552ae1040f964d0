"""A column that knows the answer is named; an honest one, however strong, and a small one are let through."""

import numpy as np
import pytest

from domain.errors import CheckFailed
from features.catalogue import STANDARD
from training.leaks import MIN_EACH, check_leaks

FEATURES = STANDARD.learned[:3]
RNG = np.random.default_rng(1)
TRUTH = (RNG.random(400) < 0.2).astype(np.int8)


def noise() -> np.ndarray:
    return np.random.default_rng(2).random((len(TRUTH), len(FEATURES))).astype(np.float32)


def test_noise_and_a_strong_honest_column_pass() -> None:
    matrix = noise()
    # Two standard deviations between the kinds: an ROC-AUC of .92, more than any real column reached.
    matrix[:, 1] = RNG.normal(size=len(TRUTH)) + 2.0 * TRUTH
    check_leaks(matrix, TRUTH, FEATURES)


@pytest.mark.parametrize("sign", [1, -1], ids=["more is need", "less is need"])
def test_the_answer_itself_is_named_and_nothing_else(sign: int) -> None:
    matrix = noise()
    matrix[:, 1] = sign * TRUTH
    with pytest.raises(CheckFailed) as refused:
        check_leaks(matrix, TRUTH, FEATURES)
    assert FEATURES[1].name in str(refused.value)
    assert FEATURES[0].name not in str(refused.value)
    assert "known" in refused.value.hint


def test_the_answer_with_a_little_noise_is_found() -> None:
    matrix = noise()
    matrix[:, 0] = np.where(RNG.random(len(TRUTH)) < 0.03, 1 - TRUTH, TRUTH)
    with pytest.raises(CheckFailed, match=FEATURES[0].name):
        check_leaks(matrix, TRUTH, FEATURES)


def test_that_a_value_is_known_only_of_those_in_need_is_found_as_well() -> None:
    matrix = noise()
    matrix[:, 2] = np.where(TRUTH == 1, matrix[:, 2], np.nan)
    with pytest.raises(CheckFailed, match=FEATURES[2].name):
        check_leaks(matrix, TRUTH, FEATURES)


def test_of_a_handful_nothing_can_be_said() -> None:
    truth = np.array([1] * (MIN_EACH - 1) + [0] * 200)
    check_leaks(np.repeat(truth[:, None], len(FEATURES), axis=1).astype(np.float32), truth, FEATURES)
