"""CSV as Excel opens it by a double click: UTF-8 with byte order mark, CRLF, text in quotes."""

import csv
import io
from collections.abc import Iterable, Sequence

from serving.files.cells import harmless
from serving.files.sheet import Cell, Sheet


def write_csv(sheet: Sheet) -> bytes:
    """The sheet's table alone, headings first: what else it says would break the table for a machine."""
    return csv_table([column.name for column in sheet.columns], sheet.rows)


def csv_table(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table for machines and Excel: dates in ISO 8601, numbers bare, text quoted and never a formula.

    Excel still drops the zeros at the start of a quoted code; the workbook keeps them. ``="0123"``, which would help,
    is a formula.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in (heading, *rows):
        writer.writerow([_plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    return harmless(cell if isinstance(cell, str) else cell.isoformat())
