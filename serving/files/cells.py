"""How text and values are made fit to be shown, alike in every format."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

from domain.calendar import SEOUL
from serving import wording_files_ko as ko
from serving.files.sheet import Cell, Document

_Shown = TypeVar("_Shown")
# Characters with which a spreadsheet takes text for a formula, and their full-width twins, which Excel reads alike
# (OWASP, CSV Injection).
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
# Cc controls, Cf invisible marks (zero-width, direction overrides, BOM), Cs halves of a character, Co private use:
# XML refuses the first and third, the second can hide or turn text, the fourth has no meaning outside one machine.
_UNSEEN = {"Cc", "Cf", "Cs", "Co"}


def clean(text: str) -> str:
    """The text in composed Hangul (NFC), with line ends as ``\\n`` and nothing in it that cannot be seen."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        c for c in lines if c == "\n" or (unicodedata.category(c) not in _UNSEEN and not _is_no_character(c))
    )


def _is_no_character(character: str) -> bool:
    """The last two code points of each plane and U+FDD0 to U+FDEF are no characters (Unicode 16, 23.7)."""
    point = ord(character)
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def cleaned(shown: _Shown) -> _Shown:
    """The same object with every text in it cleaned."""
    if isinstance(shown, Enum):  # a StrEnum is a str, too
        return shown
    if isinstance(shown, str):
        return clean(shown)  # type: ignore[return-value]
    if isinstance(shown, tuple):
        return tuple(cleaned(part) for part in shown)  # type: ignore[return-value]
    if is_dataclass(shown) and not isinstance(shown, type):
        parts: dict[str, Any] = {field.name: cleaned(getattr(shown, field.name)) for field in fields(shown)}
        return replace(shown, **parts)
    return shown


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it: ``'=1+1`` for ``=1+1``.

    What cannot be seen at its start (blanks, zero-width marks, a byte order mark) does not hide a formula.
    """
    start = next((c for c in text if c in _FORMULA_STARTS or not _is_unseen(c)), "")
    return f"'{text}" if start.startswith(_FORMULA_STARTS) else text


def _is_unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in _UNSEEN


def shown(cell: Cell) -> str:
    """A cell as people read it: ``1,234``, ``2026. 11. 16.``, nothing for what is empty."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return _day(cell)
    return f"{cell:,}" if isinstance(cell, int) else cell


def _day(day: date) -> str:
    return f"{day.year}. {day.month}. {day.day}."


def shown_time(moment: datetime) -> str:
    """A time in Seoul, 24 hours: ``2026. 11. 16. 08:10``."""
    there = moment.astimezone(SEOUL)
    return f"{_day(there)} {there:%H:%M}"


def stamp(document: Document) -> str:
    """The line on every page that says who took the document, when and under which number."""
    parts = (
        (ko.PRINTED_BY, document.printed_by),
        (ko.PRINTED_AT, shown_time(document.printed_at)),
        (ko.DOCUMENT_NO, document.document_no),
    )
    return " · ".join(f"{label} {value}" for label, value in parts)


def heading_lines(document: Document) -> tuple[str, ...]:
    """The lines under the title: what it covers and what it was taken for."""
    return (*document.subtitle_lines, f"{ko.PURPOSE}: {document.purpose}")


def note_lines(document: Document) -> tuple[str, ...]:
    """The lines at the end."""
    return tuple(f"※ {note}" for note in document.notes)


def handling(document: Document) -> str:
    """How to handle the document, by whether it names people."""
    return ko.MASKED if document.is_masked else ko.UNMASKED


def line_count(text: str, *, width_mm: float, size_pt: float) -> int:
    """Lines that ``text`` needs: Hangul and hanja are as wide as high, other letters half of it."""
    per_line = max(2, int(width_mm / (size_pt * 25.4 / 72) * 2))  # in half widths
    return sum(max(1, -(-_half_widths(line) // per_line)) for line in text.split("\n"))


def _half_widths(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)
