"""Rounds are ISO weeks in Seoul; months and days are whole numbers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Round, day_number, day_of, month_number, month_start
from domain.errors import UsageError

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 11, 22), "2026-W47"),
        (date(2020, 12, 28), "2020-W53"),
        (date(2021, 1, 3), "2020-W53"),
        (date(2021, 1, 4), "2021-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 1), "2026-W53"),
    ],
)
def test_the_year_of_a_week_is_that_of_its_thursday(day: date, label: str) -> None:
    assert Round.of(day).label == label


def test_sunday_15_utc_is_monday_in_seoul() -> None:
    before, after = datetime(2026, 11, 22, 14, 59, tzinfo=UTC), datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert (Round.of(before).label, Round.of(after).label) == ("2026-W47", "2026-W48")


def test_the_week_is_that_of_seoul_wherever_the_clock_stands() -> None:
    in_new_york = datetime(2026, 11, 22, 20, 0, tzinfo=ZoneInfo("America/New_York"))
    assert Round.of(in_new_york).as_of == date(2026, 11, 23)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Round.of(datetime(2026, 11, 22, 15, 0))


def test_a_round_begins_on_a_monday() -> None:
    with pytest.raises(UsageError) as refused:
        Round(date(2026, 11, 22))
    assert "2026-11-16" in refused.value.hint


@pytest.mark.parametrize("label", ["2026-47", "2026W47", "26-W47", "2026-W7", "2026-W47 ", "2026-W00", "2025-W53", ""])
def test_what_is_no_week_is_refused_with_a_hint(label: str) -> None:
    with pytest.raises(UsageError) as refused:
        Round.parse(label)
    assert refused.value.hint


@given(DAYS)
def test_a_round_reads_back_from_its_label(day: date) -> None:
    week = Round.of(day)
    assert Round.parse(week.label) == week
    assert week.as_of <= day < week.plus_weeks(1).as_of


@given(DAYS)
def test_days_and_months_read_back_from_their_numbers(day: date) -> None:
    assert day_of(day_number(day)) == day
    assert month_start(month_number(day)) == day.replace(day=1)
    assert day_number(day + timedelta(days=1)) == day_number(day) + 1


@given(DAYS, st.integers(0, 60))
def test_weeks_later_are_later_rounds(day: date, weeks: int) -> None:
    later = Round.of(day).plus_weeks(weeks)
    assert later >= Round.of(day)
    assert (later.as_of - Round.of(day).as_of).days == 7 * weeks


def test_differences_of_month_numbers_are_months() -> None:
    assert month_number(date(2027, 1, 31)) - month_number(date(2026, 11, 1)) == 2
    assert month_start(24322) == date(2026, 11, 1)
