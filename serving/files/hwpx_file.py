"""HWPX documents (KS X 6101): tables with explicit sizes, so that every reader draws them alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import count
from xml.sax.saxutils import escape

from serving import wording_files_ko as ko
from serving.files.cells import handling, heading_lines, line_count, note_lines, shown, stamp
from serving.files.hwpx_frame import BODY_PT, MARGIN_MM, Shapes, frame
from serving.files.sheet import Box, Document, Kind, Sheet, VisitSheet
from serving.files.visit import parts

_UNITS_PER_MM = 7200 / 25.4  # HWPUNIT: 1/7200 inch
_LANDSCAPE_MM, _PORTRAIT_MM = 297 - 2 * MARGIN_MM, 210 - 2 * MARGIN_MM
_LINE_MM = 5.0  # one line of the body
_PADDING_MM = 3.6  # left and right of a cell's text, as Hancom's own tables have it
_TALLEST_ROW_MM = 95.0  # half a page: capitals take up to twice the room they are counted for
_LABEL_MM = 34.0
_CENTRED = {Kind.DATE, Kind.CODE, Kind.PHONE}


@dataclass(frozen=True)
class _Column:
    """How a table's column is set: its width, the shape of its paragraphs, and of characters and border."""

    width_mm: float
    paragraph: str
    characters: str
    border: str


def write_sheet(sheet: Sheet) -> bytes:
    """A table on A4 landscape; its heading repeats on each page and a row stays whole."""
    made = _Text(frame(is_landscape=True).shapes)
    shapes, total = made.shapes, sum(column.width_mm for column in sheet.columns)
    widths = [column.width_mm * _LANDSCAPE_MM / total for column in sheet.columns]
    aligned = dict.fromkeys(_CENTRED, shapes.centre) | {Kind.NUMBER: shapes.right}
    body = [
        _Column(width, aligned.get(column.kind, shapes.left), shapes.body, shapes.border)
        for column, width in zip(sheet.columns, widths, strict=True)
    ]
    head = [_Column(width, shapes.centre, shapes.bold, shapes.shade) for width in widths]
    rows = [[shown(cell) for cell in row] for row in sheet.rows]
    table = made.table(rows, body, heading=([column.name for column in sheet.columns], head))
    notes = note_lines(sheet) if sheet.rows else (ko.NO_ROWS, *note_lines(sheet))
    return _packed(sheet, made, (table, *made.small_lines(notes)), is_landscape=True)


def write_visit(visit: VisitSheet) -> bytes:
    """One household's visit on A4 portrait: what is known above, boxes to fill in by hand below."""
    made = _Text(frame(is_landscape=False).shapes)
    said = [*_pairs(made, ko.FACTS, [(fact.label, fact.value) for fact in visit.facts])]
    for part in parts(visit):
        said += [made.heading(part.name), *(made.line(f"  ○ {line}", made.shapes.body) for line in part.lines)]
    room = [box.height_mm for box in visit.boxes]
    said += _pairs(made, ko.BOXES, [(box.label, _choices(box)) for box in visit.boxes], room_mm=room)
    return _packed(visit, made, (*said, *made.small_lines(note_lines(visit))), is_landscape=False)


def _choices(box: Box) -> str:
    return "     ".join(f"□ {choice}" for choice in box.choices)


def _pairs(
    made: "_Text", heading: str, pairs: Sequence[tuple[str, str]], *, room_mm: Sequence[float] = ()
) -> tuple[str, ...]:
    """A heading and a table of labels and values; ``room_mm`` is what each row keeps free for handwriting."""
    if not pairs:
        return ()
    shapes = made.shapes
    label = _Column(_LABEL_MM, shapes.centre, shapes.bold, shapes.shade)
    value = _Column(_PORTRAIT_MM - _LABEL_MM, shapes.left, shapes.body, shapes.border)
    return made.heading(heading), made.table(pairs, [label, value], room_mm=room_mm)


def _packed(document: Document, made: "_Text", body: Iterable[str], *, is_landscape: bool) -> bytes:
    """Page, footer, title, the lines under it and the body as a file."""
    shapes = made.shapes
    look = shapes.small if document.is_masked else shapes.bold
    lines = (*made.small_lines(heading_lines(document)), made.line(handling(document), look))
    return frame(is_landscape=is_landscape).filled(
        title=document.title.replace("\n", " "),
        stamp=stamp(document).replace("\n", " "),
        at=f"{document.printed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        body=(*lines, *body),
    )


class _Text:
    """Paragraphs and tables as XML, with ids that no other in the document has."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._ids = count(1)

    def heading(self, text: str) -> str:
        return self._paragraph(_run(self.shapes.strong, f"□ {text}"), self.shapes.spaced)

    def line(self, text: str, characters: str) -> str:
        return self._paragraph(_run(characters, text), self.shapes.line)

    def small_lines(self, lines: Iterable[str]) -> Iterator[str]:
        return (self.line(line, self.shapes.small) for line in lines)

    def _paragraph(self, runs: str, shape: str) -> str:
        return (
            f'<hp:p id="{next(self._ids)}" paraPrIDRef="{shape}" styleIDRef="0" pageBreak="0" columnBreak="0" '
            f'merged="0">{runs}</hp:p>'
        )

    def table(
        self,
        rows: Sequence[Sequence[str]],
        columns: Sequence[_Column],
        *,
        heading: tuple[Sequence[str], Sequence[_Column]] | None = None,
        room_mm: Sequence[float] = (),
    ) -> str:
        """A table whose every width and height is given: readers that do not measure text collapse a row without one.

        In a line of text a table is never broken over pages; flowing, it is, between rows (TABLE) or within (CELL).
        """
        needed = [_height_mm(row, columns) for row in rows]
        heights = [max(pair) for pair in zip(needed, room_mm or needed, strict=True)]
        lines = list(zip(rows, [columns] * len(rows), heights, strict=True))
        if heading:
            lines.insert(0, (*heading, _height_mm(*heading)))
        made = (
            self._row(number, texts, of, height, is_heading=bool(heading) and number == 0)
            for number, (texts, of, height) in enumerate(lines)
        )
        tallest = max(height for *_, height in lines)
        table = (
            f'<hp:tbl id="{next(self._ids)}" zOrder="0" numberingType="TABLE" textWrap="TOP_AND_BOTTOM" '
            f'textFlow="BOTH_SIDES" lock="0" dropcapstyle="None" pageBreak="{_broken(tallest)}" '
            f'repeatHeader="{1 if heading else 0}" rowCnt="{len(lines)}" colCnt="{len(columns)}" cellSpacing="0" '
            f'borderFillIDRef="{self.shapes.border}" noAdjust="0">'
            f'<hp:sz width="{_units(sum(column.width_mm for column in columns))}" widthRelTo="ABSOLUTE" '
            f'height="{_units(sum(height for *_, height in lines))}" heightRelTo="ABSOLUTE" protect="0"/>'
            '<hp:pos treatAsChar="0" affectLSpacing="0" flowWithText="1" allowOverlap="0" holdAnchorAndSO="0" '
            'vertRelTo="PARA" horzRelTo="COLUMN" vertAlign="TOP" horzAlign="LEFT" vertOffset="0" horzOffset="0"/>'
            f'<hp:outMargin left="0" right="0" top="0" bottom="0"/><hp:inMargin {_INSIDE}/>{"".join(made)}</hp:tbl>'
        )
        return self._paragraph(f'<hp:run charPrIDRef="{self.shapes.body}">{table}</hp:run>', self.shapes.left)

    def _row(
        self, number: int, texts: Sequence[str], columns: Sequence[_Column], height_mm: float, *, is_heading: bool
    ) -> str:
        cells = (
            self._cell(text, column, place, number, height_mm, is_heading=is_heading)
            for place, (text, column) in enumerate(zip(texts, columns, strict=True))
        )
        return f"<hp:tr>{''.join(cells)}</hp:tr>"

    def _cell(self, text: str, of: _Column, place: int, row: int, height_mm: float, *, is_heading: bool) -> str:
        paragraphs = (self._paragraph(_run(of.characters, line), of.paragraph) for line in text.split("\n"))
        return (
            f'<hp:tc name="" header="{int(is_heading)}" hasMargin="0" protect="0" editable="0" dirty="0" '
            f'borderFillIDRef="{of.border}">'
            '<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" vertAlign="CENTER" linkListIDRef="0" '
            'linkListNextIDRef="0" textWidth="0" textHeight="0" hasTextRef="0" hasNumRef="0">'
            f'{"".join(paragraphs)}</hp:subList><hp:cellAddr colAddr="{place}" rowAddr="{row}"/>'
            f'<hp:cellSpan colSpan="1" rowSpan="1"/><hp:cellSz width="{_units(of.width_mm)}" '
            f'height="{_units(height_mm)}"/><hp:cellMargin {_INSIDE}/></hp:tc>'
        )


_INSIDE = 'left="510" right="510" top="141" bottom="141"'


def _run(characters: str, text: str) -> str:
    return f'<hp:run charPrIDRef="{characters}"><hp:t>{escape(text, {chr(10): "<hp:lineBreak/>"})}</hp:t></hp:run>'


def _broken(tallest_mm: float) -> str:
    return "CELL" if tallest_mm > _TALLEST_ROW_MM else "TABLE"


def _units(mm: float) -> int:
    return round(mm * _UNITS_PER_MM)


def _height_mm(texts: Sequence[str], columns: Sequence[_Column]) -> float:
    lines = (
        line_count(text, width_mm=column.width_mm - _PADDING_MM, size_pt=BODY_PT)
        for text, column in zip(texts, columns, strict=True)
    )
    return max(lines) * _LINE_MM + 2
