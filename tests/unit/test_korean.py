"""Particles, numbers, money, dates and masked names as Korean offices write them."""

from datetime import date

import pytest

from domain.korean import korean_date, korean_month, korean_number, masked_name, with_particle, won_short


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("건강보험료", "을/를", "건강보험료를"),
        ("전기요금", "을/를", "전기요금을"),
        ("단전", "이/가", "단전이"),
        ("단수", "이/가", "단수가"),
        ("전세취약가구", "은/는", "전세취약가구는"),
        ("실업급여 미수급", "은/는", "실업급여 미수급은"),
        ("전기", "과/와", "전기와"),
        ("수돗물", "과/와", "수돗물과"),
    ],
)
def test_the_particle_follows_the_last_sound(word: str, pair: str, expected: str) -> None:
    assert with_particle(word, pair) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("서울", "서울로"), ("부산", "부산으로"), ("대구", "대구로"), ("전주", "전주로"), ("5개월", "5개월로")],
)
def test_after_rieul_the_direction_is_ro(word: str, expected: str) -> None:
    assert with_particle(word, "으로/로") == expected


@pytest.mark.parametrize(
    ("digit", "expected"),
    [("0", "0이"), ("1", "1이"), ("2", "2가"), ("3", "3이"), ("4", "4가"), ("5", "5가"), ("6", "6이"), ("7", "7이"),
     ("8", "8이"), ("9", "9가"), ("10", "10이")],
)  # fmt: skip
def test_digits_are_read_aloud(digit: str, expected: str) -> None:
    assert with_particle(digit, "이/가") == expected


@pytest.mark.parametrize(
    ("digit", "expected"), [("1", "1로"), ("3", "3으로"), ("6", "6으로"), ("7", "7로"), ("8", "8로")]
)
def test_digits_that_end_in_rieul_take_ro(digit: str, expected: str) -> None:
    assert with_particle(digit, "으로/로") == expected


def test_closing_brackets_and_quotes_are_not_read() -> None:
    assert with_particle("채무조정 중지(실효)", "은/는") == "채무조정 중지(실효)는"
    assert with_particle("'관리비'", "을/를") == "'관리비'를"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("위기정보 개수(예전 방식)", "위기정보 개수(예전 방식)와"),
        ("지원 연계 (민간 포함)", "지원 연계 (민간 포함)와"),
        ("단전(전기)", "단전(전기)과"),
        ("주소[도로명] (새것)", "주소[도로명] (새것)와"),
        ("(월)", "(월)과"),
        ("LH(공사)", "LH(공사)와"),
    ],
)
def test_a_bracket_at_the_end_is_not_read_unless_nothing_else_can_be(word: str, expected: str) -> None:
    assert with_particle(word, "과/와") == expected


def test_what_cannot_be_read_gets_both_particles() -> None:
    assert with_particle("LH", "은/는") == "LH은(는)"
    assert with_particle("", "을/를") == "을(를)"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (3.0, "3"), (2.5, "2.5"), (1234567, "1,234,567"), (-1200, "-1,200"), (0.04, "0.0")],
)
def test_numbers_have_separators_and_a_decimal_only_where_needed(value: float, expected: str) -> None:
    assert korean_number(value) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, "0원"),
        (9_999, "9,999원"),
        (10_000, "약 1만원"),
        (1_234_567, "약 123만원"),
        (99_994_999, "약 9,999만원"),
        (99_999_999, "약 1억원"),
        (100_000_000, "약 1억원"),
        (234_000_000, "약 2억 3,400만원"),
        (1_000_000_000_000, "약 10,000억원"),
        (-50_000, "약 -5만원"),
    ],
)
def test_money_is_said_in_man_and_eok(amount: int, expected: str) -> None:
    assert won_short(amount) == expected


def test_dates_carry_their_weekday() -> None:
    assert korean_date(date(2026, 11, 16)) == "2026. 11. 16.(월)"
    assert korean_date(date(2027, 1, 3)) == "2027. 1. 3.(일)"
    assert korean_month(date(2026, 9, 1)) == "2026년 9월"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("김솔", "김○"),
        ("김나래", "김○○"),
        ("남궁솔", "남궁○"),
        ("남궁나래", "남궁○○"),
        ("선우", "선○"),
        ("제갈", "제○"),
        ("김하늘별", "김○○○"),
        ("Nguyen", "N○○○○○"),
        ("A", "A○"),
    ],
)
def test_a_masked_name_keeps_the_surname_only(name: str, masked: str) -> None:
    assert masked_name(name) == masked
