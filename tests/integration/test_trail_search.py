"""What auditors find in the trail, on both databases."""

from datetime import date, datetime, timedelta

import pytest

from domain.calendar import SEOUL
from domain.people import ALL, NOBODY
from store.database import Database
from store.trail import Line, append
from store.trail_days import count_lines, day_work
from store.trail_search import lines

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=SEOUL)
WEEK = {"since": MONDAY, "until": MONDAY + timedelta(days=7)}
A, B, ALMOST_A = "AAAAAAAAAAAAAAAAAAAA_a", "BBBBBBBBBBBBBBBBBBBBBB", "AAAAAAAAAAAAAAAAAAAA_A"


@pytest.fixture
def trail(any_database: Database) -> Database:
    def line(hours: int, actor: str, act: str, *subjects: str) -> Line:
        return Line(MONDAY + timedelta(hours=hours), actor, "10.0.0.7", act, subjects, {"hours": hours})

    with any_database.writing(NOBODY) as connection:
        append(
            connection,
            line(0, "kim", "list.look", "4128151000"),
            line(1, "kim", "household.look", A),
            line(2, "lee", "household.look", B, A),
            line(14, "lee", "sign_in"),  # 23 o'clock
            line(15, "lee", "household.look", ALMOST_A),  # midnight: Tuesday in Seoul, Monday in UTC
            line(24 * 7, "kim", "list.look", "4128151000"),  # next week
        )
    return any_database


def hours(database: Database, **asked: object) -> list[int]:
    with database.reading(ALL) as connection:
        return [found.line.detail["hours"] for found in lines(connection, **(WEEK | asked))]  # type: ignore[arg-type]


def test_newest_first_and_the_end_of_the_time_is_not_in_it(trail: Database) -> None:
    assert hours(trail) == [15, 14, 2, 1, 0]


def test_by_who_what_and_whom(trail: Database) -> None:
    assert hours(trail, actor="kim") == [1, 0]
    assert hours(trail, act="household.look") == [15, 2, 1]
    assert hours(trail, actor="lee", act="household.look", subject=A) == [2]
    assert hours(trail, actor="nobody") == []


def test_a_subject_is_a_whole_word_with_its_own_letters(trail: Database) -> None:
    """`A` and `a` are two households, and `_` is no joker."""
    assert hours(trail, subject=A) == [2, 1]
    assert hours(trail, subject=ALMOST_A) == [15]
    assert hours(trail, subject="AAAAAAAAAAAAAAAAAAAAxa") == []
    assert hours(trail, subject="4128151") == []


def test_page_by_page_each_line_comes_once(trail: Database) -> None:
    with trail.reading(ALL) as connection:
        first = lines(connection, **WEEK, limit=2)
        second = lines(connection, **WEEK, limit=2, before_id=first[-1].id)
        third = lines(connection, **WEEK, limit=2, before_id=second[-1].id)
    assert [found.line.detail["hours"] for found in (*first, *second, *third)] == [15, 14, 2, 1, 0]


def test_a_line_comes_back_as_it_was_written(trail: Database) -> None:
    with trail.reading(ALL) as connection:
        found = lines(connection, **WEEK, actor="lee", subject=B)[0].line
    assert found == Line(MONDAY + timedelta(hours=2), "lee", "10.0.0.7", "household.look", (B, A), {"hours": 2})


def test_counts_are_of_days_in_seoul(trail: Database) -> None:
    with trail.reading(ALL) as connection:
        works = day_work(connection, **WEEK, looks=("household",), files=("download",))
        assert count_lines(connection, **WEEK) == 5
    assert [(one.day, one.actor, one.lines, one.households, one.at_night) for one in works] == [
        (date(2026, 11, 16), "kim", 2, 1, 0),
        (date(2026, 11, 16), "lee", 2, 2, 1),
        (date(2026, 11, 17), "lee", 1, 1, 1),
    ]
