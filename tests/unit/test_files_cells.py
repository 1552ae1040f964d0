"""What is shown in a cell, and what is never let through."""

from datetime import UTC, date, datetime

import pytest

from serving.files.cells import clean, cleaned, harmless, line_count, shown, shown_time, stamp
from serving.files.sheet import Column, Kind
from tests.support.sheets import COLUMNS, sheet, visit


def test_dates_and_numbers_read_as_offices_write_them() -> None:
    assert shown(date(2026, 3, 5)) == "2026. 3. 5."
    assert shown(1234567) == "1,234,567"
    assert shown(-3) == "-3"
    assert shown(None) == ""


def test_times_are_those_of_seoul() -> None:
    assert shown_time(datetime(2026, 11, 21, 23, 5, tzinfo=UTC)) == "2026. 11. 22. 08:05"


def test_every_page_says_who_when_and_under_which_number() -> None:
    assert stamp(sheet()) == "출력자 박주무관 · 일시 2026. 11. 22. 08:05 · 문서번호 20261122-0007"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("김\0하\x1b늘", "김하늘"),
        ("한\r\n줄\r더\t끝", "한\n줄\n더 끝"),
        ("앞\u202e뒤\u200b없음\ufeff", "앞뒤없음"),
        ("반\ud800쪽", "반쪽"),
        ("없는\ufffe글\ufdd0자", "없는글자"),
        ("\u1100\u1161\u11a8", "각"),  # as a Mac writes names
        ("뷁쀼 金 😀", "뷁쀼 金 😀"),
    ],
)
def test_what_cannot_be_seen_is_left_out(text: str, left: str) -> None:
    assert clean(text) == left


def test_cleaning_reaches_every_text_of_a_document_and_leaves_the_rest() -> None:
    told = cleaned(sheet((1, "0\x000", "가\u200b", None, date(2026, 1, 2), "끝"), printed_by="박\x07주무관"))
    assert told.rows == ((1, "00", "가", None, date(2026, 1, 2), "끝"),)
    assert told.printed_by == "박주무관"
    assert told.columns == COLUMNS
    assert told.columns[0].kind is Kind.NUMBER
    assert cleaned(visit(reasons=("a\0b",))).reasons == ("ab",)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("before", ["", " ", "\ufeff", "\u200b", " \u2060", "\u3000"])
def test_a_formula_is_shown_and_not_run(start: str, before: str) -> None:
    assert harmless(f"{before}{start}1+1") == f"'{before}{start}1+1"


@pytest.mark.parametrize("text", ["", "  ", "김하늘", "010-1234-5678", "1=1", "'=1", "\u200b김"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_lines_are_counted_by_width() -> None:
    assert line_count("", width_mm=40, size_pt=10) == 1
    assert line_count("가" * 11, width_mm=40, size_pt=10) == 1  # 3.53 mm each: eleven to a line
    assert line_count("가" * 12, width_mm=40, size_pt=10) == 2
    assert line_count("a" * 22, width_mm=40, size_pt=10) == 1
    assert line_count("가\n나\n", width_mm=40, size_pt=10) == 3


def test_a_row_that_does_not_fit_its_columns_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="row 1 has 2 cells for 6 columns"):
        sheet((1, "secret"))
    with pytest.raises(ValueError, match="row 1 holds something of another kind in: 순위, 확인일") as refused:
        sheet(("secret", "0", "가", "010", "2026-01-02", "끝"))
    assert "secret" not in str(refused.value)
    with pytest.raises(ValueError, match="at least one column"):
        sheet(columns=())


def test_neither_a_flag_nor_a_time_of_day_is_a_number_or_a_date() -> None:
    assert not Column("수", Kind.NUMBER, 10).holds(True)
    assert not Column("날", Kind.DATE, 10).holds(datetime(2026, 1, 2, tzinfo=UTC))


def test_a_document_needs_an_aware_time_and_a_title_that_can_be_seen() -> None:
    with pytest.raises(ValueError, match="aware"):
        sheet(printed_at=datetime(2026, 1, 2))
    with pytest.raises(ValueError, match="has a title"):
        cleaned(sheet(title="\u200b"))
