"""PDF files that are tagged for screen readers (PDF/UA-1), set by typst from a template and data kept apart."""

import json
from dataclasses import asdict
from datetime import timedelta, timezone
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from serving import wording_files_ko as ko
from serving.files.cells import handling, heading_lines, line_count, note_lines, shown, stamp
from serving.files.font import FAMILY, FOLDER, drawable
from serving.files.sheet import Document, Kind, Sheet, VisitSheet
from serving.files.visit import parts

_HERE = Path(__file__).parent
_WIDTH_MM = 297 - 2 * 13.0
_BODY_PT, _PADDING_MM = 9.0, 3.0
# A longer row may break over pages; whole, its end could fall off the paper. Half a page, for letters are counted as
# half as wide as Hangul, and capitals are nearly as wide.
_MOST_LINES = 20
_ALIGNED = {Kind.NUMBER: "right", Kind.DATE: "center", Kind.CODE: "center", Kind.PHONE: "center"}
_TURN = Lock()  # one compiler, which takes one document at a time


def write_sheet(sheet: Sheet) -> bytes:
    """A table on A4 landscape; its heading repeats on each page and a row stays whole."""
    total = sum(column.width_mm for column in sheet.columns)
    widths = [column.width_mm * _WIDTH_MM / total for column in sheet.columns]
    rows = [[shown(cell) for cell in row] for row in sheet.rows]
    table = {
        "columns": [
            {"name": column.name, "width": width, "align": _ALIGNED.get(column.kind, "left")}
            for column, width in zip(sheet.columns, widths, strict=True)
        ],
        "rows": [{"cells": row, "whole": _lines(row, widths) <= _MOST_LINES} for row in rows],
        "none": ko.NO_ROWS,
    }
    return _set(sheet, "list.typ", table)


def write_visit(visit: VisitSheet) -> bytes:
    """One household's visit on A4 portrait: what is known above, boxes to fill in by hand below."""
    shown_parts = {
        "facts": {"name": ko.FACTS, "lines": [asdict(fact) for fact in visit.facts]},
        "parts": [asdict(part) for part in parts(visit)],
        "boxes": {"name": ko.BOXES, "lines": [asdict(box) for box in visit.boxes]},
    }
    return _set(visit, "visit.typ", shown_parts)


def _lines(row: list[str], widths_mm: list[float]) -> int:
    return max(
        line_count(text, width_mm=width - _PADDING_MM, size_pt=_BODY_PT)
        for text, width in zip(row, widths_mm, strict=True)
    )


def _set(document: Document, template: str, body: dict[str, Any]) -> bytes:
    told = body | {
        "title": document.title,
        "lines": heading_lines(document),
        "handling": handling(document),
        "masked": document.is_masked,
        "stamp": stamp(document),
        "notes": note_lines(document),
        "font": FAMILY,
    }
    text = json.dumps(told, ensure_ascii=False)
    drawn = drawable(text)
    if drawn != text:
        drawn = drawable(json.dumps(told | {"notes": [*note_lines(document), ko.NO_GLYPH]}, ensure_ascii=False))
    zone = timezone(document.printed_at.utcoffset() or timedelta())  # typst takes fixed offsets only
    with _TURN:
        made = _compiler().compile(
            input=_HERE / template,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"document": drawn},
            timestamp=document.printed_at.astimezone(zone).replace(microsecond=0),  # typst refuses parts of a second
        )
    assert isinstance(made, bytes), "a PDF is one file"
    return made


@cache
def _compiler() -> typst.Compiler:
    """Reads no font of the machine and nothing outside this folder; templates name no package, so none is fetched."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])
    return typst.Compiler(root=_HERE, font_paths=fonts)
