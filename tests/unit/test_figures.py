"""Figures at capacity by hand: one dong or a few, small enough to check on paper."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

from scoring.capacity import (
    ESTIMATES,
    MeasuredList,
    measure_list,
    paired_difference,
    precision_by_dong,
    precision_by_round,
)
from scoring.figures import Figure, kish_effective_n, least_margins, proportion_interval
from scoring.resampling import percentile_interval
from tests.support.judging import LABEL, ROUND, Row, evidence_of, listing_of, places_of

# A list of 8 places, 6 held by households the former rule listed; half of those listed were reached.
ROWS = [
    Row("1", "chosen", 1),
    Row("1", "chosen", 1),
    Row("1", "chosen", 0),
    Row("1", "drawn", 1, weight=2),
    Row("1", "drawn", 0, weight=2),
    Row("1", "chosen", 1, place=0),
    Row("1", "drawn", 0, place=0, weight=2),
]
PLACES = [places_of("1", 8, 6, candidates=28, expected=4.0)]
LISTINGS = [listing_of("1", "chosen", 8, 4), listing_of("1", "drawn", 6, 3)]


def measured(rows: list[Row], places: list[dict[str, object]], listings: list[dict[str, object]]) -> MeasuredList:
    return measure_list(evidence_of(rows, places, listings), "m", [LABEL])


def test_each_estimator_by_hand() -> None:
    m = measured(ROWS, PLACES, LISTINGS)
    # 3 of the 5 judged on the list.
    assert m.figure("naive", LABEL).value == pytest.approx(3 / 5)
    # 6 of 8 places at 2/3, 2 of 8 at 1/2.
    assert m.figure("weighted", LABEL).value == pytest.approx(6 / 8 * 2 / 3 + 2 / 8 * 1 / 2)
    # Half were reached: 2 x 2 chosen and 1 x 2 x 2 drawn, over 8 places.
    assert m.figure("inverse_propensity", LABEL).value == pytest.approx((4 + 4) / 8)
    # 4 expected; the chosen were 0.5 more than stated, twice; the drawn as stated.
    assert m.figure("doubly_robust", LABEL).value == pytest.approx((4 + 0.5 * 2) / 8)


def test_recall_counts_the_need_that_has_no_place() -> None:
    m = measured(ROWS, PLACES, LISTINGS)
    # Found 5 on 8 places. Missed: 1 of the 4 judged chosen for 8 listed; none of the drawn off the list.
    assert m.figure("recall", LABEL).value == pytest.approx(5 / (5 + 2))
    # 5/8 against 7 in need among 28 candidates.
    assert m.figure("lift", LABEL).value == pytest.approx((5 / 8) / (7 / 28))


def test_a_figure_says_how_many_rows_stand_behind_it() -> None:
    m = measured(ROWS, PLACES, LISTINGS)
    assert [m.figure(name, LABEL).n for name in (*ESTIMATES, "lift", "recall")] == [5, 5, 5, 5, 5, 4]
    # Each of 3 chosen counts 1/4, each of 2 drawn 1/8.
    assert m.figure("weighted", LABEL).effective_n == pytest.approx(1 / (3 / 16 + 2 / 64))
    assert m.figure("inverse_propensity", LABEL).effective_n == pytest.approx(7**2 / (3 + 2 * 4))


def test_the_effective_number_of_rows_is_that_of_kish() -> None:
    assert kish_effective_n([3, 3, 3]) == pytest.approx(3)
    assert kish_effective_n([1000, 1, 1]) == pytest.approx(1.004, abs=1e-4)
    assert isnan(kish_effective_n([]))


def test_a_stratum_with_places_and_nobody_judged_leaves_only_the_naive_figure() -> None:
    rows = [row for row in ROWS if row.stratum == "chosen" or not row.place]
    m = measured(rows, PLACES, LISTINGS)
    assert m.figure("naive", LABEL).value == pytest.approx(2 / 3)
    for name in (*ESTIMATES[1:], "recall", "lift"):
        assert isnan(m.figure(name, LABEL).value)


def test_a_stratum_without_places_needs_nobody() -> None:
    rows = [row for row in ROWS if row.stratum == "chosen"]
    m = measured(rows, [places_of("1", 8, 8, expected=4.0)], LISTINGS)
    assert m.figure("weighted", LABEL).value == pytest.approx(2 / 3)


def test_nothing_judged_is_undefined_not_zero() -> None:
    m = measured([], PLACES, LISTINGS)
    for name in (*ESTIMATES, "recall", "lift"):
        assert m.figure(name, LABEL).to_json() == {
            "value": None, "low": None, "high": None, "effective_n": None, "n": 0,
        }  # fmt: skip


def test_an_empty_list_is_undefined() -> None:
    m = measured([Row("1", "chosen", 1, place=0)], [places_of("1", 0, 0)], LISTINGS)
    assert isnan(m.figure("weighted", LABEL).value)


def test_a_weight_counts_up_to_the_cap() -> None:
    rows = [Row("1", "drawn", 1, weight=9000), Row("1", "drawn", 0, weight=1000)]
    evidence = evidence_of(rows, [places_of("1", 2, 0)], LISTINGS, max_weight=3000)
    assert measure_list(evidence, "m", [LABEL]).figure("weighted", LABEL).value == pytest.approx(0.75)


def test_ties_at_the_cut_are_broken_in_favour_and_against() -> None:
    # 3 certain places and 1 for four equals, of whom the judged two tell that half are in need.
    rows = [Row("1", "chosen", 1), Row("1", "chosen", 0, place=0.25), Row("1", "chosen", 1, place=0.25)]
    m = measured(rows, [places_of("1", 4, 4, tied=4, tied_places=1.0)], LISTINGS)
    figure = m.figure("weighted", LABEL)
    assert figure.value == pytest.approx(1.25 / 1.5)
    # By chance half of the tied place finds need, at best all of it, at worst none.
    assert figure.best == pytest.approx(figure.value + 0.5 / 4)
    assert figure.worst == pytest.approx(figure.value - 0.5 / 4)
    assert "best" not in measured(ROWS, PLACES, LISTINGS).figure("weighted", LABEL).to_json()


def test_a_tied_place_of_one_dong_is_no_place_of_another() -> None:
    # One place for 100 equals and nine for ten others, half of all in need: 0 or 1 of the one, 4 to 5 of the nine.
    rows = [Row(dong, "chosen", need, place=part) for dong, part in (("1", 0.01), ("2", 0.9)) for need in (0, 1)]
    places = [places_of("1", 1, 1, tied=100, tied_places=1.0), places_of("2", 9, 9, tied=10, tied_places=9.0)]
    figure = measured(rows, places, [listing_of(dong, "chosen", 4, 4) for dong in "12"]).figure("weighted", LABEL)
    assert (figure.value, figure.best, figure.worst) == pytest.approx((0.5, 0.6, 0.4))


def test_ties_of_two_rounds_of_one_dong_are_cut_apart() -> None:
    rows = [Row("1", "chosen", need, place=0.5, round=day) for day in (ROUND, ROUND + 7) for need in (0, 1)]
    places = [
        places_of("1", 1, 1, tied=2, tied_places=1.0),
        places_of("1", 1, 1, tied=100, tied_places=1.0, day=ROUND + 7),
    ]
    figure = measured(rows, places, [listing_of("1", "chosen", 4, 4)]).figure("weighted", LABEL)
    # Of two equals one is in need and gets the place or not, and so it is among a hundred: all or nothing.
    assert (figure.best, figure.worst) == pytest.approx((1, 0))


def test_only_a_share_is_bounded_by_none_and_all_when_ties_are_broken() -> None:
    # Three of thirty were reached: 1.5 found there stand for 15, on two places, and no bound makes a share of that.
    rows = [Row("1", "drawn", 1), *(Row("1", "drawn", need, place=0.5) for need in (0, 1))]
    places, listings = [places_of("1", 2, 0, tied=2, tied_places=1.0)], [listing_of("1", "drawn", 30, 3)]
    m = measured(rows, places, listings)
    total = m.figure("inverse_propensity", LABEL)
    assert (total.value, total.best, total.worst) == pytest.approx((7.5, 7.75, 7.25))
    assert m.figure("weighted", LABEL).best == 1


def test_estimates_by_totals_have_the_interval_of_the_resamples() -> None:
    rows, places, listings = many_dongs([Row("", "chosen", 1, stated=0.3), Row("", "drawn", 0, weight=2, stated=0.3)])
    half = [replace(row, need=0) if int(row.dong) % 2 else row for row in rows]
    m = measured(half, places, listings)
    for name in ("inverse_propensity", "doubly_robust"):
        figure = m.figure(name, LABEL)
        ends = percentile_interval(m.estimates[name][1:, 0, 0], dongs=20)
        assert (figure.low, figure.high) == ends
        assert figure.low < figure.value < figure.high


def test_a_list_without_places_finds_none_of_the_need_for_certain() -> None:
    rows, _, listings = many_dongs([Row("", "chosen", 1, place=0), Row("", "drawn", 0, place=0, weight=50)])
    figure = measured(rows, [places_of(row.dong, 0, 0) for row in rows], listings).figure("recall", LABEL)
    assert (figure.value, figure.low, figure.high) == (0, 0, 0)


def many_dongs(
    rows_of_dong: list[Row], dongs: int = 20
) -> tuple[list[Row], list[dict[str, object]], list[dict[str, object]]]:
    names = [str(number) for number in range(100, 100 + dongs)]
    rows = [Row(**(vars(row) | {"dong": name})) for name in names for row in rows_of_dong]
    places = [places_of(name, 2, 1, expected=1.0) for name in names]
    listings = [listing_of(name, stratum, 1, 1) for name in names for stratum in ("chosen", "drawn")]
    return rows, places, listings


def test_an_interval_does_not_collapse_where_all_rows_say_the_same() -> None:
    m = measured(*many_dongs([Row("", "chosen", 0), Row("", "drawn", 0, weight=50)]))
    figure = m.figure("weighted", LABEL)
    assert (figure.value, figure.low) == (0, 0)
    # Of 20 equal rows none: 0 to 0.161 (Wilson: z²/(20 + z²)), twice, each for half of the places.
    assert figure.high == pytest.approx(np.hypot(0.5 * 0.16113, 0.5 * 0.16113), abs=1e-4)
    assert m.figure("naive", LABEL).high == pytest.approx(0.0876, abs=1e-4)


def test_the_interval_holds_the_value_and_widens_with_the_drawn_stratum_known_by_few() -> None:
    rows, places, listings = many_dongs([Row("", "chosen", 1), Row("", "chosen", 0), Row("", "drawn", 1, weight=50)])
    all_drawn = measured(rows, places, listings).figure("weighted", LABEL)
    few = [row for row in rows if row.stratum == "chosen" or int(row.dong) < 105]
    few_drawn = measured(few, places, listings).figure("weighted", LABEL)
    assert all_drawn.low < all_drawn.value <= all_drawn.high
    assert few_drawn.low < all_drawn.low - 0.1


def test_an_interval_that_hangs_on_one_dong_is_undefined() -> None:
    rows, places, listings = many_dongs([Row("", "chosen", 1), Row("", "drawn", 1, weight=50)])
    one = [row for row in rows if row.stratum == "chosen" or row.dong == "100"]
    figure = measured(one, places, listings).figure("weighted", LABEL)
    assert figure.value == 1
    assert isnan(figure.low)
    assert isnan(figure.high)


def test_the_interval_of_a_proportion_is_wilsons() -> None:
    low, high = proportion_interval([0.0, 1.0, 0.5, np.nan], [4, 4, 10, 3])
    assert (low[0], high[1]) == (0, 1)
    assert low[:3] == pytest.approx([0, 0.5101, 0.2366], abs=1e-4)
    assert high[:3] == pytest.approx([0.4899, 1, 0.7634], abs=1e-4)
    assert np.isnan([low[3], high[3]]).all()


def test_margins_of_a_difference_swap_sides() -> None:
    # None of four on either side: the difference reaches as far down as up.
    below, above = least_margins([1.0, -1.0], [0.0, 0.0], [4, 4])
    assert (below, above) == (pytest.approx(0.4899, abs=1e-4), pytest.approx(0.4899, abs=1e-4))
    # A part that has no share needs no rows.
    assert least_margins([1.0, 0.0], [0.0, np.nan], [4, np.nan])[1] == pytest.approx(0.4899, abs=1e-4)


def two_methods(rows: list[Row]) -> tuple[object, MeasuredList, MeasuredList]:
    dongs = dict.fromkeys(row.dong for row in rows)
    places = [places_of(dong, 2, 2, method=method) for dong in dongs for method in ("m", "other")]
    evidence = evidence_of(rows, places, [listing_of(dong, "chosen", 4, 4) for dong in dongs])
    return evidence, *(measure_list(evidence, method, [LABEL]) for method in ("m", "other"))


def test_equal_lists_differ_by_nothing_for_certain() -> None:
    rows = [Row(str(dong), "chosen", dong % 2, other_place=1.0) for dong in range(100, 110)]
    figure = paired_difference(*two_methods(rows), LABEL)
    assert (figure.value, figure.low, figure.high, figure.n) == (0, 0, 0, 0)


def test_a_difference_rests_on_the_rows_the_lists_do_not_share() -> None:
    rows = [
        row
        for dong in range(100, 120)
        for row in (
            Row(str(dong), "chosen", dong % 2, place=1, other_place=1),
            Row(str(dong), "chosen", 1, place=1, other_place=0),
            Row(str(dong), "chosen", 0, place=0, other_place=1),
        )
    ]
    figure = paired_difference(*two_methods(rows), LABEL)
    # Half of each list is shared; the other half is need on one and none on the other, in every dong.
    assert figure.value == pytest.approx(0.5)
    assert figure.n == 40
    assert figure.low == pytest.approx(0.5 - np.hypot(0.5 * 0.16113, 0.5 * 0.16113), abs=1e-3)


def test_precision_by_dong_and_by_round_are_those_of_their_own_rows() -> None:
    rows = [
        Row("1", "chosen", 1),
        Row("1", "chosen", 0),
        Row("2", "drawn", 1, weight=9, round=ROUND + 7),
        Row("2", "chosen", 0, place=0, round=ROUND + 7),
    ]
    places = [places_of("1", 2, 2), places_of("2", 3, 0, day=ROUND + 7)]
    places.append(places_of("3", 5, 5, day=ROUND + 7))
    evidence = evidence_of(rows, places, [listing_of("1", "chosen", 2, 2), listing_of("2", "drawn", 2, 1)])
    frame = precision_by_dong(evidence, "m", LABEL)
    assert frame["naive"].to_list() == frame["weighted"].to_list() == [0.5, 1.0, None]
    assert frame["n"].to_list() == [2, 1, 0]
    # In the second round five places of dong 3 are held by households of whom nobody was judged.
    by_round = precision_by_round(evidence, "m", LABEL)
    assert (by_round[ROUND].value, by_round[ROUND].effective_n) == (0.5, 2)
    assert isnan(by_round[ROUND + 7].value)


def test_json_has_null_for_undefined_and_six_digits() -> None:
    assert Figure(1 / 3, 0.1, 0.9, 3, 2.5, best=0.5, worst=float("nan")).to_json() == {
        "value": 0.333333, "low": 0.1, "high": 0.9, "n": 3, "effective_n": 2.5, "best": 0.5, "worst": None,
    }  # fmt: skip
