"""How a synthetic town is shared out, and which rounds lie behind it."""

from datetime import date

import pytest

from domain.dong import Dong
from domain.errors import UsageError
from sources.synthetic import dongs_of
from sources.synthetic.history import past_rounds
from sources.synthetic.plan import draw_dong_traits, plan_districts
from sources.synthetic.synthesis import Plan

DISTRICT_ONE = [Dong("1111051500", "A", "B", "C"), Dong("1111053000", "A", "B", "D")]
DISTRICT_TWO = [Dong("4128151000", "E", "F", "G")]
COUNTRYSIDE = [Dong("5111031000", "H", "I", "J")]


def test_households_are_shared_out_by_the_number_of_dongs() -> None:
    plan = plan_districts([*DISTRICT_TWO, *DISTRICT_ONE], 300)
    assert [(district.code, district.households) for district in plan] == [("11110", 200), ("41281", 100)]


def test_a_countryside_dong_has_a_fifth_of_the_households_of_a_town_dong() -> None:
    town, countryside = plan_districts([*DISTRICT_TWO, *COUNTRYSIDE], 1_000)
    assert (town.households, countryside.households) == (819, 181)


def test_no_dong_is_left_empty() -> None:
    (district,) = plan_districts(DISTRICT_ONE, 3)
    sizes = draw_dong_traits(district, district.generator(1, 0)).households
    assert sorted(sizes) == [1, 2]


def test_fewer_households_than_dongs_is_refused() -> None:
    with pytest.raises(UsageError, match="fewer than the 2 dongs"):
        plan_districts(DISTRICT_ONE, 1)


def test_each_district_and_each_part_of_the_work_has_its_own_chance() -> None:
    one, two = plan_districts([*DISTRICT_ONE, *DISTRICT_TWO], 300)
    draws = {one.generator(7, 0).random(), one.generator(7, 1).random(), two.generator(7, 0).random()}
    assert len(draws) == 3
    assert one.generator(7, 0).random() in draws


def test_a_city_is_chosen_by_the_beginning_of_its_name() -> None:
    assert len(dongs_of("고양시")) == 44
    assert len(dongs_of("경기도 고양시")) == 44
    assert len(dongs_of()) == 3_512


def test_a_name_that_no_district_has_is_refused() -> None:
    with pytest.raises(UsageError, match="No district's name"):
        dongs_of("Atlantis")


def test_past_rounds_end_before_the_as_of_date() -> None:
    on_a_monday = past_rounds(date(2026, 11, 16), 3)
    assert [past.label for past in on_a_monday] == ["2026-W44", "2026-W45", "2026-W46"]
    on_a_tuesday = past_rounds(date(2026, 11, 17), 2)
    assert [past.label for past in on_a_tuesday] == ["2026-W46", "2026-W47"]


def test_rounds_without_indicators_before_them_are_refused() -> None:
    with pytest.raises(UsageError, match="do not fit"):
        Plan.of(as_of=date(2026, 11, 16), seed=1, months=12, past_weeks=56)


def test_a_rise_that_the_delivery_could_not_show_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be seen"):
        Plan.of(as_of=date(2026, 11, 16), seed=1, months=24, past_weeks=56, surge_from=date(2026, 9, 1))
