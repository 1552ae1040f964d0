"""Tasks side by side: their results in order, and no word of a worker that had grown and was replaced."""

import warnings

import pytest
from joblib import delayed

from training.side_by_side import run_side_by_side


@pytest.mark.usefixtures("processes")
def test_results_come_in_the_order_of_the_tasks_and_each_is_told() -> None:
    done: list[int] = []
    found = run_side_by_side(
        [delayed(divmod)(number, 3) for number in range(5)],
        jobs=2,
        progress=lambda: done.append(1),
    )
    assert found == [divmod(number, 3) for number in range(5)]
    assert len(done) == 5


def growing(number: int) -> int:
    """Keeps 350 MB more with each call but the first two; loky replaces a worker that grew by 300 MB."""
    import sys
    import time

    kept = sys.__dict__.setdefault("kept_by_a_test", [])
    kept.append(b"1" * (350_000_000 if number > 1 else 1))
    time.sleep(1.1)  # a worker's memory is looked at once a second
    return number


@pytest.mark.usefixtures("processes")
def test_a_worker_that_was_replaced_is_no_news() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert run_side_by_side([delayed(growing)(number) for number in range(6)], jobs=2) == list(range(6))
    assert [str(warning.message) for warning in told] == []
