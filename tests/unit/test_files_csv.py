"""CSV: the bytes that Excel and machines expect."""

import csv
import io
from datetime import date

from serving.files.naming import FileKind
from serving.files.sheet import Kind
from serving.files.writing import write
from tests.support.sheets import one_column, sheet


def test_the_bytes_are_those_that_excel_reads_as_korean() -> None:
    rows = ((1, "0012", "김○○", "010-1234-5678", date(2026, 11, 6), "한 줄\n두 줄"),)
    assert write(sheet(*rows), FileKind.CSV) == (
        b"\xef\xbb\xbf"
        + (
            '"순위","관리번호","가구","연락처","확인일","까닭"\r\n'
            '1,"0012","김○○","010-1234-5678","2026-11-06","한 줄\n두 줄"\r\n'
        ).encode()
    )


def test_formulas_are_shown_and_quotes_doubled() -> None:
    content = write(one_column(Kind.TEXT, '=HYPERLINK("x")', "+82-10", "\u200b@sum", "\t=1"), FileKind.CSV)
    assert [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:] == [
        '\'=HYPERLINK("x")',
        "'+82-10",
        "'@sum",
        "' =1",
    ]


def test_a_number_below_zero_stays_a_number() -> None:
    assert write(one_column(Kind.NUMBER, -5), FileKind.CSV).endswith(b"\r\n-5\r\n")


def test_nothing_to_show_is_a_heading_alone() -> None:
    assert write(one_column(Kind.TEXT), FileKind.CSV).decode("utf-8-sig") == '"내용"\r\n'
