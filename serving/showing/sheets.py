"""A list and a visit as documents to take along; see `serving.files.sheet`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.calendar import SEOUL
from domain.korean import korean_date
from domain.published import ListedEntry, Person, PublishedDong
from serving import wording_casework_ko as ko
from serving import wording_ko, wording_web_ko
from serving.files.sheet import Box, Cell, Column, Fact, Kind, Sheet, VisitSheet
from serving.presenting import against, not_known, why
from serving.showing.facts_view import FactsView
from serving.showing.people import address_of, grouped_phone, name_of, phone_of

_KINDS = (Kind.NUMBER, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.LONG_TEXT, Kind.TEXT, Kind.TEXT, Kind.DATE)
_WIDTHS_MM = (12, 20, 30, 20, 24, 96, 24, 20, 25)
_COLUMNS = tuple(map(Column, ko.SHEET_COLUMNS, _KINDS, _WIDTHS_MM))
_OPEN_COLUMNS = tuple(map(Column, ko.SHEET_PEOPLE, (Kind.PHONE, Kind.LONG_TEXT), (36, 50)))


@dataclass(frozen=True)
class Stamp:
    """Who takes a document, when, under which number and what for; ``is_open``: with names as they are."""

    printed_by: str
    printed_at: datetime
    document_no: str
    purpose: str
    is_open: bool

    @property
    def parts(self) -> dict[str, Any]:
        return {
            "printed_by": self.printed_by,
            "printed_at": self.printed_at,
            "document_no": self.document_no,
            "purpose": self.purpose,
            "is_masked": not self.is_open,
        }


def list_sheet(
    entries: Iterable[ListedEntry], dong: PublishedDong, subtitle: str, stamp: Stamp, *, movers: Collection[str]
) -> Sheet:
    """A dong's list as a table; phones and addresses only where they are not masked.

    ``movers``: who has records from before they moved here, by ref.
    """
    return Sheet(
        title=ko.LIST_TITLE.format(dong=dong.dong.name),
        subtitle_lines=(f"{dong.dong.sigungu} {dong.dong.name} · {subtitle}", wording_ko.PURPOSE),
        columns=(*_COLUMNS, *_OPEN_COLUMNS) if stamp.is_open else _COLUMNS,
        rows=tuple(_row(entry, stamp, ko.ASK_FIRST if entry.ref in movers else "") for entry in entries),
        notes=(ko.SHEET_NOTE,),
        **stamp.parts,
    )


def _row(entry: ListedEntry, stamp: Stamp, first: str) -> tuple[Cell, ...]:
    case, person = entry.case, entry.person
    name = (person.name or ko.UNNAMED) if stamp.is_open else name_of(person)
    # Said twice: beside the reasons to go, and where people look for what is still to be done.
    warning, mark = (ko.DO_NOT_CONTACT, ko.EXCLUDED_ON_PAPER) if _is_excluded(entry, stamp) else ("", "")
    shown: tuple[Cell, ...] = (
        entry.rank,
        name if case else ko.NOT_HERE,
        wording_ko.HOUSEHOLD_TYPES.get(entry.household_type, ""),
        wording_ko.BANDS[entry.band],
        wording_ko.SLOTS[entry.slot],
        _lines(warning, first, *why(entry)),
        _lines(mark, wording_web_ko.STATUSES[case.status]) if case else "",
        (case.worker_name or ko.NOBODYS) if case else "",
        case.next_on if case else None,
    )
    return (*shown, grouped_phone(person.phone), person.address) if stamp.is_open else shown


def _is_excluded(entry: ListedEntry, stamp: Stamp) -> bool:
    """Whether the household had asked not to be contacted when the document was taken."""
    return entry.case is not None and entry.case.is_excluded(stamp.printed_at.astimezone(SEOUL).date())


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def visit_sheet(
    entry: ListedEntry,
    facts: FactsView | None,
    *,
    dong: str,
    stamp: Stamp,
    moved_in: Sequence[str] = (),
    written: Sequence[str] = (),
) -> VisitSheet:
    """One household's visit: what is known, why we come, and boxes to fill in by hand.

    ``moved_in`` says whom to ask about what was done before the household moved here.
    """
    return VisitSheet(
        title=ko.VISIT_TITLE,
        subtitle_lines=(f"{dong} · {ko.LIST_LEAD.format(round=entry.round)} · {_as_of(entry.as_of)}",),
        facts=tuple(Fact(label, value) for label, value in _known(entry, facts, stamp, moved_in)),
        reasons=tuple(why(entry)),
        against=tuple(against(entry)),
        unknown=tuple(not_known(entry)),
        boxes=tuple(Box(label, height, choices) for label, height, choices in ko.VISIT_BOXES),
        notes=(*written, ko.SHEET_NOTE),
        **stamp.parts,
    )


def _as_of(day: date) -> str:
    return ko.AS_OF.format(day=korean_date(day))


def _known(entry: ListedEntry, facts: FactsView | None, stamp: Stamp, moved_in: Sequence[str]) -> list[tuple[str, str]]:
    known = [(ko.EXCLUDED, ko.DO_NOT_CONTACT)] if _is_excluded(entry, stamp) else []
    known += [(wording_web_ko.MOVED_IN, said) for said in moved_in]
    known += _who(entry.person, is_open=stamp.is_open)
    known.append((ko.SHEET_COLUMNS[2], wording_ko.HOUSEHOLD_TYPES.get(entry.household_type, "")))
    if facts is None:
        return known
    members = "\n".join(" ".join(part for part in member if part != "-") for member in facts.members)
    benefits = "\n".join(f"{name} ({since}, {until})" for name, since, until in facts.benefits)
    return [*known, (ko.MEMBERS, members or ko.UNKNOWN_VALUE), *facts.home[:3], (ko.BENEFITS, benefits or ko.NONE)]


def _who(person: Person, *, is_open: bool) -> tuple[tuple[str, str], ...]:
    name, phone, address = (
        (person.name or ko.UNNAMED, grouped_phone(person.phone) or ko.NO_PHONE, person.address or ko.NO_ADDRESS)
        if is_open
        else (name_of(person), phone_of(person), address_of(person))
    )
    return (ko.NAME, name), (ko.PHONE, phone), (ko.ADDRESS, address)
