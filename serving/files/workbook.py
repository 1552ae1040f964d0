"""Excel workbooks: text stays text, dates are dates, and a page prints as an office expects."""

import io
import re
from datetime import UTC, date

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from serving import wording_files_ko as ko
from serving.files.cells import handling, heading_lines, note_lines, stamp
from serving.files.sheet import Cell, Kind, Sheet

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_LONGEST_CELL = 32_767  # Excel specifications and limits: characters a cell can hold
_LONGEST_FOOTER = 255  # the same, for a footer
_LONGEST_SHEET_NAME = 31
_PX_PER_MM = 96 / 25.4
_A4 = 9

_LOOKS: dict[Kind, dict[str, object]] = {
    Kind.TEXT: {"num_format": "@"},
    Kind.CODE: {"num_format": "@", "align": "center"},
    Kind.PHONE: {"num_format": "@", "align": "center"},
    Kind.NUMBER: {"num_format": "#,##0"},
    Kind.DATE: {"num_format": "yyyy. m. d.", "align": "center"},
    # "@" shows text of more than 255 characters as ####; the quote prefix keeps it text when it is edited, too.
    Kind.LONG_TEXT: {"quote_prefix": True},
}


def write_xlsx(sheet: Sheet) -> bytes:
    """The workbook's bytes; nothing in it is a formula, a link or a number that was text."""
    held = io.BytesIO()
    with Workbook(held, _OPTIONS) as book:
        # Without a person: properties travel further than the page's footer.
        created = sheet.printed_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": sheet.title, "author": "", "company": "", "created": created})
        page = book.add_worksheet(_sheet_name(sheet.title))
        first = _write_heading(book, page, sheet)
        _write_table(book, page, sheet, first=first)
        _set_up_page(page, sheet, first=first)
    return held.getvalue()


def _sheet_name(title: str) -> str:
    """A name that Excel takes: no ``[]:*?/\\``, no quotes at its ends, 31 characters, not empty."""
    return _first_units(re.sub(r"[\[\]:*?/\\\n]", " ", title), _LONGEST_SHEET_NAME).strip("' ") or "1"


def _write_heading(book: Workbook, page: Worksheet, sheet: Sheet) -> int:
    """Title and lines above the table; returns the row that the table's heading takes."""
    page.write_string(
        0, 0, _cut(sheet.title), book.add_format({"bold": True, "font_size": 16, "font_name": ko.BODY_FONT})
    )
    page.set_row_pixels(0, 32)
    plain = book.add_format({"font_size": 10, "font_name": ko.BODY_FONT, "font_color": "#444444"})
    lines = (*heading_lines(sheet), handling(sheet))
    for number, line in enumerate(lines, start=1):
        page.write_string(number, 0, _cut(line.replace("\n", " ")), plain)
    return len(lines) + 2


def _write_table(book: Workbook, page: Worksheet, sheet: Sheet, *, first: int) -> None:
    frame = {"font_name": ko.BODY_FONT, "font_size": 10, "border": 1, "border_color": "#A6A6A6", "valign": "vcenter"}
    head = book.add_format(frame | {"bold": True, "bg_color": "#E7ECF3", "align": "center", "text_wrap": True})
    looks = {kind: book.add_format(frame | look | {"text_wrap": True}) for kind, look in _LOOKS.items()}
    for place, column in enumerate(sheet.columns):
        page.set_column_pixels(place, place, round(column.width_mm * _PX_PER_MM))
        page.write_string(first, place, _cut(column.name), head)
        for number, row in enumerate(sheet.rows, start=first + 1):
            _write_cell(page, number, place, row[place], looks[column.kind])
    last = first + max(1, len(sheet.rows))
    if not sheet.rows:
        page.write_string(last, 0, ko.NO_ROWS, looks[Kind.LONG_TEXT])
    plain = book.add_format({"font_size": 9, "font_name": ko.BODY_FONT})
    for number, note in enumerate(note_lines(sheet), start=last + 2):
        page.write_string(number, 0, _cut(note.replace("\n", " ")), plain)
    page.autofilter(first, 0, last, len(sheet.columns) - 1)
    # Green corners on every code would only teach people to overlook them.
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})


def _write_cell(page: Worksheet, row: int, place: int, cell: Cell, look: Format) -> None:
    if cell is None or cell == "":
        page.write_blank(row, place, None, look)
    elif isinstance(cell, str):
        page.write_string(row, place, _cut(cell), look)
    elif isinstance(cell, date):
        page.write_datetime(row, place, cell, look)
    else:
        page.write_number(row, place, cell, look)


def _cut(text: str) -> str:
    """Excel refuses longer cells; XlsxWriter would leave them out without a word."""
    whole = _first_units(text, _LONGEST_CELL)
    return text if whole == text else _first_units(text, _LONGEST_CELL - len(ko.CUT)) + ko.CUT


def _first_units(text: str, most: int) -> str:
    """The beginning of a text in ``most`` UTF-16 units, by which Excel counts; never half a character."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", errors="ignore")


def _set_up_page(page: Worksheet, sheet: Sheet, *, first: int) -> None:
    page.freeze_panes(first + 1, 0)
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(_A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)  # inches
    page.center_horizontally()
    page.fit_to_pages(1, 0)
    page.repeat_rows(first)
    page.set_footer(_footer(stamp(sheet)))


def _footer(line: str) -> str:
    """``&`` begins a code in a footer, ``&&`` is the sign itself; the page stands right whatever the name's length."""
    room = _LONGEST_FOOTER - len("&L&9&R&9&P / &N") - 2
    escaped = _first_units(line.replace("\n", " ").replace("&", "&&"), room)
    if (len(escaped) - len(escaped.rstrip("&"))) % 2:
        escaped = escaped[:-1]
    return f"&L&9{' ' if escaped[:1].isdigit() else ''}{escaped}&R&9 &P / &N"
