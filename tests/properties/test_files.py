"""What holds for every file, whatever staff typed: no formula, no lost text, nothing that cannot be opened."""

import csv
import io
import re
import zipfile
from datetime import date, datetime

from hwpx import HwpxDocument
from hwpx.tools.package_validator import validate_editor_open_safety
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from serving.files.cells import clean, harmless, shown
from serving.files.font import drawable
from serving.files.naming import FileKind, content_disposition, file_name
from serving.files.sheet import Cell, Kind, Sheet
from serving.files.writing import write
from tests.support.sheets import COLUMNS, sheet, visit
from tests.support.towns import fewer_examples

# What breaks files: formulas, markup of every format, controls, halves of characters, marks that turn text.
TRAPS = st.sampled_from(
    ["=1+1", "＝cmd|' /C calc'!A0", "@SUM(A1)", "+82", "-1", "\t=1", "\ufeff=1", "{=A1}", "&F", "&amp;", "<b>", "]]>",
     "#eval(1)", "*굵게*", "$x$", "\\", '"', "'", "_x0041_", "\0", "\x1b", "\ud800", "\ufffe", "\u202e", "\u200b",
     "\r\n", "\n", "뷁", "쀼", "金", "😀", "𠀀", "e\u0301", "\u1112\u1161\u11ab", "http://x.kr", "00123", "1e5",
     "%", "%s", ""],
)  # fmt: skip
TEXT = st.lists(TRAPS | st.text(max_size=8), max_size=5).map("".join)
NUMBER = st.integers(-(10**15) + 1, 10**15 - 1)  # Excel keeps fifteen digits
DAY = st.dates(date(1900, 3, 1), date(2100, 12, 31))  # Excel counts a 29 February 1900, which was none
CELLS = [{Kind.NUMBER: NUMBER, Kind.DATE: DAY}.get(column.kind, TEXT) for column in COLUMNS]
ROWS = st.lists(st.tuples(*(st.none() | cell for cell in CELLS)), max_size=4)
SHEETS = st.builds(
    lambda rows, *texts: sheet(*rows, title=f"{texts[0]}목록", printed_by=texts[1], notes=texts),
    ROWS, TEXT, TEXT,
)  # fmt: skip
HEAD = 6  # the table's heading: below title, place, purpose, masking and a free line


def unescaped(text: str) -> str:
    """openpyxl leaves the escape of an escape (``_x005F_``) as it stands in the file."""
    return re.sub("_x005F_(?=x[0-9A-F]{4}_)", "_", text)


def as_read(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    return unescaped(value) if isinstance(value, str) else value  # type: ignore[return-value]


def wanted(cell: Cell) -> Cell:
    return (clean(cell) or None) if isinstance(cell, str) else cell


@given(SHEETS)
def test_a_workbook_gives_back_every_value_and_holds_no_formula(drawn: Sheet) -> None:
    content = write(drawn, FileKind.XLSX)
    page = load_workbook(io.BytesIO(content)).active
    cells = [cell for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    read = [
        tuple(as_read(cell.value) for cell in row) for row in page.iter_rows(HEAD + 1, HEAD + len(drawn.rows), 1, 6)
    ]
    assert read == [tuple(wanted(cell) for cell in row) for row in drawn.rows]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
        assert not re.search("<(f|hyperlink)[ >]", xml)
        assert not [name for name in parts.namelist() if "rels" in name and "sheet" in name]


@given(SHEETS)
def test_a_csv_gives_back_every_value_and_no_cell_can_be_run(drawn: Sheet) -> None:
    content = write(drawn, FileKind.CSV)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    assert len(read) == len(drawn.rows)
    for texts, row in zip(read, drawn.rows, strict=True):
        for text, cell in zip(texts, row, strict=True):
            if isinstance(cell, str):
                assert text.removeprefix("'") == clean(cell).removeprefix("'")
                assert harmless(text) == text
            else:
                assert text == ("" if cell is None else str(cell))


@given(SHEETS)
@fewer_examples(2)
def test_an_hwpx_document_is_sound_and_gives_back_every_text(drawn: Sheet) -> None:
    content = write(drawn, FileKind.HWPX)
    document = HwpxDocument.open(content)
    assert document.validate().ok
    assert validate_editor_open_safety(content).ok
    rows = document.tables.all[0].rows[1:]
    read = [[cell.text for cell in row.cells] for row in rows]
    assert read == [[clean(shown(cell)) for cell in row] for row in drawn.rows]


@given(SHEETS)
@fewer_examples(2)
@example(sheet((1, "0", "가", "0", None, "가나다라마바사 " * 2000)))
def test_a_pdf_is_made_of_anything_and_every_line_is_drawn(drawn: Sheet) -> None:
    """Its text is looked for without blanks and in pieces: a page breaks lines where it likes."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(write(drawn, FileKind.PDF))).pages)
    letters = set(text)
    for row in drawn.rows:
        hangul = {c for cell in row for c in drawable(clean(shown(cell))) if "가" <= c <= "힣"}
        assert hangul <= letters


@given(st.lists(TEXT, max_size=3), TEXT)
@fewer_examples(4)
def test_a_visit_is_written_whatever_is_known(lines: list[str], name: str) -> None:
    drawn = visit(reasons=tuple(lines), unknown=tuple(lines), printed_by=name, title=f"{name}기록지")
    assert len(PdfReader(io.BytesIO(write(drawn, FileKind.PDF))).pages) >= 1
    content = write(drawn, FileKind.HWPX)
    assert HwpxDocument.open(content).validate().ok
    assert validate_editor_open_safety(content).ok


@given(TEXT, TEXT, st.dates(), st.sampled_from(FileKind))
def test_a_file_name_stays_in_its_folder_and_its_header_on_its_line(
    stem: str, dong: str, as_of: date, kind: FileKind
) -> None:
    name = file_name(stem, dong, as_of, kind)
    assert not set(name) & set('\\/:*?"<>|\r\n\0 ')
    assert not name.startswith(".")
    assert len(name.encode()) < 400
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert harmless(harmless(text)) == harmless(text)
