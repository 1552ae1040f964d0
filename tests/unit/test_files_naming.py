"""Names that Windows, browsers and mail keep."""

from datetime import date
from urllib.parse import unquote

import pytest

from serving.files.naming import FileKind, content_disposition, file_name
from serving.files.sheet import Sheet, VisitSheet
from serving.files.writing import kinds, write
from tests.support.sheets import visit


def test_a_file_is_called_by_what_it_is_where_and_when() -> None:
    assert file_name("방문대상", "행복1동", date(2026, 11, 16), FileKind.XLSX) == "방문대상_행복1동_20261116.xlsx"


@pytest.mark.parametrize(
    ("dong", "part"),
    [
        ("종로1.2.3.4가동", "종로1.2.3.4가동"),
        ('가/나\\다:라*마?바"사<아>자|차', "가_나_다_라_마_바_사_아_자_차"),
        ("../../etc", "etc"),
        ("행복 1동\r\nSet-Cookie: a", "행복_1동_Set-Cookie_a"),
        ("가\u202e나", "가나"),
    ],
)
def test_nothing_in_a_name_leaves_its_folder_or_its_line(dong: str, part: str) -> None:
    assert file_name("방문대상", dong, date(2026, 11, 16), FileKind.CSV) == f"방문대상_{part}_20261116.csv"


def test_a_part_that_is_empty_leaves_no_gap() -> None:
    assert file_name("방문대상", "", date(2026, 11, 16), FileKind.PDF) == "방문대상_20261116.pdf"


def test_the_header_carries_the_korean_name_and_a_plain_one() -> None:
    header = content_disposition("방문대상_행복1동_20261116.xlsx")
    assert header.isascii()
    plain, korean = header.split("; ")[1:]
    assert plain == 'filename="file_1_20261116.xlsx"'
    assert unquote(korean.removeprefix("filename*=UTF-8''")) == "방문대상_행복1동_20261116.xlsx"


def test_no_name_can_add_a_header_or_close_the_quote() -> None:
    header = content_disposition('a"; filename=b\r\nSet-Cookie: c\ud800.pdf')
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
    assert header.count('"') == 2


def test_each_kind_has_a_media_type() -> None:
    assert {kind.value: kind.media_type for kind in FileKind} == {
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv; charset=utf-8",
        "hwpx": "application/hwp+zip",
        "pdf": "application/pdf",
    }


def test_a_list_comes_in_every_format_and_a_visit_in_those_that_are_printed() -> None:
    assert kinds(Sheet) == tuple(FileKind)
    assert kinds(VisitSheet) == (FileKind.HWPX, FileKind.PDF)
    with pytest.raises(ValueError, match="a VisitSheet is not written as csv"):
        write(visit(), FileKind.CSV)
