"""HWPX documents (KS X 6101): tables with explicit sizes, so that every reader draws them alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from hwpx import HwpxDocument
from hwpx.model import Paragraph, Table, TableCell

from serving import wording_files_ko as ko
from serving.files.cells import handling, heading_lines, line_count, note_lines, shown, stamp
from serving.files.sheet import Box, Document, Kind, Sheet, VisitSheet
from serving.files.visit import parts

_UNITS_PER_MM = 7200 / 25.4  # HWPUNIT: 1/7200 inch
_MARGIN_MM = 13.0
_LANDSCAPE_MM, _PORTRAIT_MM = 297 - 2 * _MARGIN_MM, 210 - 2 * _MARGIN_MM
_BODY_PT, _SMALL_PT, _STRONG_PT, _TITLE_PT = 9.5, 8.5, 11.0, 17.0
_LINE_MM = 5.0  # one line of the body
_PADDING_MM = 3.6  # left and right of a cell's text, as Hancom's own tables have it
_TALLEST_ROW_MM = 95.0  # half a page: capitals take up to twice the room they are counted for
_LABEL_MM = 34.0
_CENTRED = {Kind.DATE, Kind.CODE, Kind.PHONE}


@dataclass(frozen=True)
class _Looks:
    """Ids of the character shapes and borders that a document uses."""

    title: str
    strong: str
    body: str
    bold: str
    small: str
    line: str
    shade: str


def write_sheet(sheet: Sheet) -> bytes:
    """A table on A4 landscape; its heading repeats on each page and a row stays whole."""
    document, looks = _begin(sheet, is_landscape=True)
    total = sum(column.width_mm for column in sheet.columns)
    widths = [column.width_mm * _LANDSCAPE_MM / total for column in sheet.columns]
    rows = [[column.name for column in sheet.columns], *([shown(cell) for cell in row] for row in sheet.rows)]
    table = _table(document, looks, rows, widths_mm=widths)
    _repeat_heading(table)
    _emphasise(table.rows[0].cells, looks)
    body = [row.cells for row in table.rows[1:]]
    centred = [place for place, column in enumerate(sheet.columns) if column.kind in _CENTRED]
    right = [place for place, column in enumerate(sheet.columns) if column.kind is Kind.NUMBER]
    _align(document, table.rows[0].cells, "CENTER")
    _align(document, [cells[place] for cells in body for place in centred], "CENTER")
    _align(document, [cells[place] for cells in body for place in right], "RIGHT")
    _small_lines(document, looks, note_lines(sheet) if sheet.rows else (ko.NO_ROWS, *note_lines(sheet)))
    return document.to_bytes()


def write_visit(visit: VisitSheet) -> bytes:
    """One household's visit on A4 portrait: what is known above, boxes to fill in by hand below."""
    document, looks = _begin(visit, is_landscape=False)
    _pairs(document, looks, ko.FACTS, [(fact.label, fact.value) for fact in visit.facts])
    for part in parts(visit):
        _line(document, looks.strong, f"□ {part.name}", before_pt=8)
        for line in part.lines:
            _line(document, looks.body, f"  ○ {line}")
    room = [box.height_mm for box in visit.boxes]
    _pairs(document, looks, ko.BOXES, [(box.label, _choices(box)) for box in visit.boxes], room_mm=room)
    _small_lines(document, looks, note_lines(visit))
    return document.to_bytes()


def _choices(box: Box) -> str:
    return "     ".join(f"□ {choice}" for choice in box.choices)


def _begin(document: Document, *, is_landscape: bool) -> tuple[HwpxDocument, _Looks]:
    """A new document with page, footer, title and the lines under it."""
    made = HwpxDocument.new()
    made.page.setup(
        paper_size="A4",
        orientation="landscape" if is_landscape else "portrait",
        margin_left_mm=_MARGIN_MM, margin_right_mm=_MARGIN_MM, margin_top_mm=8, margin_bottom_mm=7,
        header_margin_mm=5, footer_margin_mm=8,
    )  # fmt: skip
    looks = _looks(made)
    made.paragraphs[0].text = document.title.replace("\n", " ")
    for run in made.paragraphs[0].runs:
        run.char_pr_id_ref = looks.title
    made.styles.apply_paragraph_format(paragraphs=made.paragraphs[:1], alignment="CENTER", spacing_after_pt=4)
    _small_lines(made, looks, heading_lines(document))
    _line(made, looks.small if document.is_masked else looks.bold, handling(document))
    number = {"page_number": "page/total", "position": "NONE"}
    taken = {"text": stamp(document).replace("\n", " "), "font": ko.BODY_FONT, "size": _SMALL_PT, "color": "#555555"}
    made.page.set_footer(content=[{"align": "LEFT", "children": [taken]}, {"align": "RIGHT", "children": [number]}])
    _describe(made, document)
    return made, looks


def _describe(made: HwpxDocument, document: Document) -> None:
    """Title and time, and no person: properties travel further than the page's footer."""
    at = f"{document.printed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    made.parts.clear_document_metadata(timestamp=at)
    made.parts.set_document_metadata(title=document.title, created_date=at, modified_date=at)


def _looks(document: HwpxDocument) -> _Looks:
    for font in (ko.BODY_FONT, ko.TITLE_FONT):
        document.styles.ensure_font(font)
    run, line = document.styles.ensure_run, document.styles.ensure_border_fill
    return _Looks(
        title=run(font=ko.TITLE_FONT, size=_TITLE_PT, bold=True),
        strong=run(font=ko.BODY_FONT, size=_STRONG_PT, bold=True),
        body=run(font=ko.BODY_FONT, size=_BODY_PT),
        bold=run(font=ko.BODY_FONT, size=_BODY_PT, bold=True),
        small=run(font=ko.BODY_FONT, size=_SMALL_PT, color="#444444"),
        line=line(border_color="#7F7F7F", border_width="0.12 mm"),
        shade=line(border_color="#7F7F7F", border_width="0.12 mm", fill_color="#E7ECF3"),
    )


def _line(document: HwpxDocument, look: str, text: str, *, before_pt: float = 0) -> Paragraph:
    made = document.add_paragraph(text, char_pr_id_ref=look, inherit_style=False)
    document.styles.apply_paragraph_format(
        paragraphs=[made], alignment="LEFT", line_spacing_percent=140, spacing_before_pt=before_pt
    )
    return made


def _small_lines(document: HwpxDocument, looks: _Looks, lines: Iterable[str]) -> None:
    for line in lines:
        _line(document, looks.small, line)


def _pairs(
    document: HwpxDocument,
    looks: _Looks,
    heading: str,
    pairs: Sequence[tuple[str, str]],
    *,
    room_mm: Sequence[float] = (),
) -> None:
    """A heading and a table of labels and values; ``room_mm`` is what each row keeps free for handwriting."""
    if not pairs:
        return
    _line(document, looks.strong, f"□ {heading}", before_pt=8)
    widths = [_LABEL_MM, _PORTRAIT_MM - _LABEL_MM]
    table = _table(document, looks, [list(pair) for pair in pairs], widths_mm=widths, room_mm=room_mm)
    labels = [row.cells[0] for row in table.rows]
    _emphasise(labels, looks)
    _align(document, labels, "CENTER")


def _table(
    document: HwpxDocument,
    looks: _Looks,
    rows: Sequence[Sequence[str]],
    *,
    widths_mm: Sequence[float],
    room_mm: Sequence[float] = (),
) -> Table:
    """A table whose every width and height is given: readers that do not measure text collapse a row without one."""
    needed = [_height_mm(row, widths_mm) for row in rows]
    heights = [max(pair) for pair in zip(needed, room_mm or needed, strict=True)]
    table = document.add_table(
        len(rows), len(widths_mm),
        width=_units(sum(widths_mm)), height=_units(sum(heights)),
        border_fill_id_ref=looks.line, char_pr_id_ref=looks.body,
    )  # fmt: skip
    # In a line of text a table is never broken over pages; flowing, it is, between rows (TABLE) or within (CELL).
    table.set_treat_as_char(False)
    table.element.set("pageBreak", "CELL" if max(heights) > _TALLEST_ROW_MM else "TABLE")
    for made, texts, height in zip(table.rows, rows, heights, strict=True):
        for cell, text, width in zip(made.cells, texts, widths_mm, strict=True):
            cell.set_size(width=_units(width), height=_units(height))
            _look(cell, looks.body)
            cell.set_text(text, split_paragraphs=True)
    return table


def _units(mm: float) -> int:
    return round(mm * _UNITS_PER_MM)


def _height_mm(texts: Sequence[str], widths_mm: Sequence[float]) -> float:
    lines = (
        line_count(text, width_mm=width - _PADDING_MM, size_pt=_BODY_PT)
        for text, width in zip(texts, widths_mm, strict=True)
    )
    return max(lines) * _LINE_MM + 2


def _look(cell: TableCell, look: str) -> None:
    for paragraph in cell.paragraphs:
        for run in paragraph.runs:
            run.char_pr_id_ref = look


def _emphasise(cells: Sequence[TableCell], looks: _Looks) -> None:
    for cell in cells:
        _look(cell, looks.bold)
        cell.element.set("borderFillIDRef", looks.shade)


def _align(document: HwpxDocument, cells: Sequence[TableCell], alignment: str) -> None:
    paragraphs = [paragraph for cell in cells for paragraph in cell.paragraphs]
    # One is formatted and lends its shape: formatting each looks through all shapes again, half the time of a file.
    if paragraphs:
        document.styles.apply_paragraph_format(paragraphs=paragraphs[:1], alignment=alignment)
    for paragraph in paragraphs[1:]:
        paragraph.para_pr_id_ref = paragraphs[0].para_pr_id_ref


def _repeat_heading(table: Table) -> None:
    table.element.set("repeatHeader", "1")
    for cell in table.rows[0].cells:
        cell.element.set("header", "1")
