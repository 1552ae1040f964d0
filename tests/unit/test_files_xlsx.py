"""Workbooks, read back by another library."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from serving.files.naming import FileKind
from serving.files.sheet import Kind, Sheet
from serving.files.workbook import _footer, _sheet_name
from serving.files.writing import write
from tests.support.sheets import one_column, sheet

ROW = (1234, "0012345678", "김○○", "010-1234-5678", date(2026, 11, 6), "=1+1 http://x/ mailto:y")
HEAD = 5  # title, place, purpose, masking, a free line


def opened(shown: Sheet) -> Workbook:
    return load_workbook(io.BytesIO(write(shown, FileKind.XLSX)))


def test_every_cell_keeps_its_type() -> None:
    page = opened(sheet(ROW)).active
    read = [page.cell(HEAD + 2, place) for place in range(1, 7)]
    assert [cell.value for cell in read] == [1234, *ROW[1:4], datetime(2026, 11, 6), ROW[5]]
    assert [cell.data_type for cell in read] == ["n", "s", "s", "s", "d", "s"]
    assert [cell.number_format for cell in read] == ["#,##0", "@", "@", "@", "yyyy. m. d.", "General"]
    assert read[5].quotePrefix
    assert [cell.hyperlink for cell in read] == [None] * 6


def test_the_page_prints_as_an_office_expects() -> None:
    book = opened(sheet(ROW, ROW))
    page = book.active
    assert page.title == "이번 주 방문 대상"
    assert [page.cell(HEAD + 1, place).value for place in range(1, 7)] == [
        "순위", "관리번호", "가구", "연락처", "확인일", "까닭",
    ]  # fmt: skip
    assert page.freeze_panes == f"A{HEAD + 2}"
    assert page.auto_filter.ref == f"A{HEAD + 1}:F{HEAD + 3}"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) in {(1, 0), (None, 0)}
    assert page.print_title_rows == f"${HEAD + 1}:${HEAD + 1}"
    assert page.oddFooter.left.text == "출력자 박주무관 · 일시 2026. 11. 22. 08:05 · 문서번호 20261122-0007"
    assert page.oddFooter.right.text.strip() == "&P / &N"


def test_above_the_table_stands_what_it_is_and_what_it_was_taken_for() -> None:
    page = opened(sheet(ROW)).active
    assert [page.cell(row, 1).value for row in range(1, HEAD + 1)] == [
        "이번 주 방문 대상", "행복1동 · 기준일 2026. 11. 16.(월)", "출력 목적: 주간 방문 준비",
        "이름과 연락처는 일부를 가렸습니다.", None,
    ]  # fmt: skip
    assert str(opened(sheet(is_masked=False)).active.cell(4, 1).value).startswith("가리지 않은 개인정보가")


def test_the_properties_name_nobody() -> None:
    properties = opened(sheet(ROW)).properties
    assert properties.title == "이번 주 방문 대상"
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert properties.created == datetime(2026, 11, 21, 23, 5)
    content = write(sheet(ROW), FileKind.XLSX)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert "박주무관" not in parts.read("docProps/core.xml").decode() + parts.read("docProps/app.xml").decode()


def test_the_same_sheet_is_the_same_bytes() -> None:
    assert write(sheet(ROW), FileKind.XLSX) == write(sheet(ROW), FileKind.XLSX)


def test_an_empty_list_says_so() -> None:
    page = opened(sheet()).active
    assert page.cell(HEAD + 2, 1).value == "해당하는 내용이 없습니다."
    assert page.auto_filter.ref == f"A{HEAD + 1}:F{HEAD + 2}"


def test_a_note_longer_than_a_cell_is_cut_and_says_so() -> None:
    page = opened(one_column(Kind.LONG_TEXT, "가" * 40_000)).active
    text = page.cell(HEAD + 2, 1).value
    assert len(text) == 32_767
    assert text.endswith("가…(이하 줄임)")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("[방문]: 대상/명단*?", "방문   대상 명단"),
        ("가" * 40, "가" * 31),
        ("'", "1"),
        ("'따옴'", "따옴"),
    ],
)
def test_any_title_makes_a_name_of_a_sheet(title: str, name: str) -> None:
    assert _sheet_name(title) == name
    assert opened(sheet(title=title)).sheetnames == [name]


def test_a_footer_cannot_be_given_codes_and_always_fits() -> None:
    assert _footer("&Z&F 7&9") == "&L&9&&Z&&F 7&&9&R&9 &P / &N"
    for length in range(230, 300):
        made = _footer("&" * length)
        assert len(made) <= 255
        assert made.endswith("&R&9 &P / &N")
        assert made.removeprefix("&L&9").removesuffix("&R&9 &P / &N").count("&") % 2 == 0
    assert _footer("3층").startswith("&L&9 3층")
