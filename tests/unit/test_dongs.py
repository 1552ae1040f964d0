"""Dong codes joined on (code, date): nobody is lost and nobody is in two places when codes move."""

from datetime import date, timedelta

import pytest

from sources.dongs import DongFault, MoveKind, current_dongs, dong_fault, dong_moves, dong_successors
from sources.reference import snapshot_dongs

SINBUK_OLD, SINBUK_NEW = "4211025000", "5111025000"
GUNWI_OLD, GUNWI_NEW = "4772025000", "2772025000"
DAYS = [date(2022, 3, 9), *(move.effective_on + timedelta(days=shift) for move in dong_moves() for shift in (-1, 0))]


@pytest.mark.parametrize(
    ("code", "day", "now"),
    [
        (SINBUK_OLD, date(2023, 6, 10), SINBUK_OLD),
        (SINBUK_OLD, date(2023, 6, 11), SINBUK_NEW),
        (SINBUK_NEW, date(2026, 11, 16), SINBUK_NEW),
        (GUNWI_OLD, date(2023, 6, 30), GUNWI_OLD),
        (GUNWI_OLD, date(2023, 7, 1), GUNWI_NEW),
        ("4511151000", date(2024, 1, 17), "4511151000"),
        ("4511151000", date(2024, 1, 18), "5211151000"),
        ("4115057300", date(2024, 7, 1), "4115057300"),
    ],
)
def test_a_code_becomes_the_one_that_is_valid_on_the_day(code: str, day: date, now: str) -> None:
    assert dong_successors(day)[code] == now


def test_names_move_with_the_code() -> None:
    assert current_dongs(date(2023, 6, 30))[GUNWI_OLD].full_name == "경상북도 군위군 군위읍"
    assert current_dongs(date(2023, 7, 1))[GUNWI_NEW].full_name == "대구광역시 군위군 군위읍"
    assert current_dongs(date(2023, 6, 11))[SINBUK_NEW].sido == "강원특별자치도"
    assert SINBUK_OLD not in current_dongs(date(2023, 6, 11))


@pytest.mark.parametrize("day", DAYS)
def test_no_dong_is_lost_and_none_is_in_two_places(day: date) -> None:
    successors = dong_successors(day)
    now = [successors[code] for code in snapshot_dongs()]
    assert len(set(now)) == len(snapshot_dongs())
    assert set(now) <= current_dongs(day).keys()
    assert all(successors[code] == code for code in now)


def test_the_new_dong_of_a_split_waits_for_its_code() -> None:
    (split,) = [move for move in dong_moves() if move.kind is MoveKind.SPLIT]
    assert (split.old_code, split.new_code, split.new_dong) == ("4115057300", "", "고산동")
    assert "4115057300" in current_dongs(date(2026, 11, 16))


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("1111051500", None),  # 청운효자동
        ("1111010100", DongFault.LEGAL),  # 청운동, legal
        ("4772025021", DongFault.LEGAL),  # a 리 of 군위읍
        ("1111000000", DongFault.UNKNOWN),  # 종로구 itself
        ("9911010100", DongFault.UNKNOWN),
        ("11110515", DongFault.UNKNOWN),  # the eight digits of the statistics office
        ("１１１１０５１５００", DongFault.UNKNOWN),
        ("", DongFault.UNKNOWN),
    ],
)
def test_a_wrong_code_is_told_by_its_kind(code: str, fault: DongFault | None) -> None:
    assert dong_fault(code, date(2026, 11, 16)) is fault


def test_a_code_of_later_days_is_not_yet_valid() -> None:
    assert dong_fault(SINBUK_NEW, date(2023, 6, 10)) is DongFault.NOT_YET


def test_no_administrative_code_looks_like_a_legal_one() -> None:
    assert not [code for code in snapshot_dongs() if code[5] == "1" or not code.endswith("00")]
