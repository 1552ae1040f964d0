"""What a file shows, in plain objects that know neither a format nor the web."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Cell = str | int | date | None


class Kind(StrEnum):
    """What a column holds; it decides how every format stores and aligns it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CODE = "code"
    PHONE = "phone"
    LONG_TEXT = "long_text"


_HELD: dict[Kind, type[str] | type[int] | type[date]] = {Kind.NUMBER: int, Kind.DATE: date}


@dataclass(frozen=True)
class Column:
    """One column; widths are shares of the page, in millimetres when they add up to the page's."""

    name: str
    kind: Kind
    width_mm: float

    def holds(self, cell: Cell) -> bool:
        """Whether ``cell`` is of this column's kind; an empty one always is, a time of day never."""
        return cell is None or (isinstance(cell, _HELD.get(self.kind, str)) and not isinstance(cell, (bool, datetime)))


@dataclass(frozen=True, kw_only=True)
class Document:
    """What every printed document says about itself: who took it, when, under which number and what for."""

    title: str
    subtitle_lines: tuple[str, ...] = ()
    printed_by: str
    printed_at: datetime
    document_no: str
    purpose: str
    is_masked: bool
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.printed_at.tzinfo is None:
            raise ValueError("a document is stamped with an aware time")
        if not self.title.strip():
            raise ValueError("a document has a title: screen readers name it by that")


@dataclass(frozen=True, kw_only=True)
class Sheet(Document):
    """A table with a heading, such as a dong's list of the week."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.columns:
            raise ValueError("a sheet has at least one column")
        for number, row in enumerate(self.rows, start=1):
            # Names the place only: a cell may hold a person.
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells for {len(self.columns)} columns")
            wrong = [c.name for c, cell in zip(self.columns, row, strict=True) if not c.holds(cell)]
            if wrong:
                raise ValueError(f"row {number} holds something of another kind in: {', '.join(wrong)}")


@dataclass(frozen=True)
class Fact:
    """One line of what is known: ``거처 | 공공임대``."""

    label: str
    value: str


@dataclass(frozen=True)
class Box:
    """A place to write by hand: ``choices`` to tick, then room of ``height_mm``."""

    label: str
    height_mm: float
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VisitSheet(Document):
    """What one visit takes along on paper: what is known of a household, and boxes to fill in by hand."""

    facts: tuple[Fact, ...]
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
