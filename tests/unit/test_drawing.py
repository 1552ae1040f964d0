"""The draw by chance keeps to the chances it states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.drawing import EVEN_SHARE, chances_of_draw, draw_by_chance


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60), st.integers(0, 70), st.integers(1, 40))
def test_chances_add_up_to_the_places_and_nobody_is_without(ranks: list[int], places: int, capacity: int) -> None:
    chances = chances_of_draw(np.array(ranks, float), places=places, capacity=capacity)
    assert chances.sum() == pytest.approx(min(places, len(ranks)))
    assert (chances <= 1).all()
    assert (chances >= min(places / len(ranks), 1) * EVEN_SHARE - 1e-12).all()
    assert (np.diff(chances[np.argsort(ranks, kind="stable")]) <= 1e-12).all(), "a better rank is never less likely"


@given(st.lists(st.integers(1, 400), max_size=60), st.integers(0, 70), st.integers(0, 2**32))
def test_as_many_are_drawn_as_there_are_places_and_nobody_twice(ranks: list[int], places: int, seed: int) -> None:
    chances = chances_of_draw(np.array(ranks, float), places=places, capacity=10)
    drawn = draw_by_chance(chances, np.random.default_rng(seed))
    assert len(drawn) == len(set(drawn.tolist())) == min(places, len(ranks))


def test_three_households_and_one_place_by_hand() -> None:
    """Likeliness 1/2, 1/3, 1/4 of 13/12 in all; a quarter of the draw is even: 1/12 each."""
    by_rank = np.array([6, 4, 3]) / 13
    expected = 0.25 / 3 + 0.75 * by_rank
    assert chances_of_draw(np.array([1.0, 2.0, 3.0]), places=1, capacity=1) == pytest.approx(expected)


def test_with_room_for_all_everybody_is_certain() -> None:
    assert chances_of_draw(np.array([1.0, 2.0]), places=2, capacity=10).tolist() == [1.0, 1.0]


def test_each_is_drawn_as_often_as_its_chance_says() -> None:
    """20,000 draws of three from twelve: no count is more than four deviations away."""
    chances = chances_of_draw(np.arange(1.0, 13.0), places=3, capacity=2)
    rng = np.random.default_rng(7)
    draws = 20_000
    counts = np.bincount(np.concatenate([draw_by_chance(chances, rng) for _ in range(draws)]), minlength=12)
    assert (np.abs(counts - draws * chances) < 4 * np.sqrt(draws * chances * (1 - chances))).all()
