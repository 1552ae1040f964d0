"""Access records as a page shows them: each line in words, days worth a look, and the months to be signed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit.access_review import MarkedDay, Month
from domain.calendar import SEOUL
from domain.korean import korean_date
from serving import wording_audit_ko as ko
from serving import wording_trail_ko as trail_ko
from serving.files.cells import shown_time
from serving.files.sheet import Column, Kind, Sheet
from serving.rendering import Flash, korean_datetime, url
from sources.reference import snapshot_dongs
from store.trail_search import FoundLine

_SUBJECTS_SHOWN = 1
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAYS_SHOWN = 30  # of accounts, the marked ones first


@dataclass(frozen=True)
class LineRow:
    id: int
    at: datetime
    actor: str
    name: str
    origin: str
    act: str
    subjects: tuple[str, ...]
    more: int
    detail: str


@dataclass(frozen=True)
class DayRow:
    day: date
    actor: str
    name: str
    counts: tuple[int, ...]
    marks: tuple[str, ...]
    href: str


def line_rows(lines: Sequence[FoundLine], names: Mapping[str, str], acts: Mapping[str, str]) -> tuple[LineRow, ...]:
    """The lines found, each with its act in words."""
    return tuple(
        LineRow(
            id=one.id,
            at=one.line.at,
            actor=one.line.actor,
            name=names.get(one.line.actor) or trail_ko.ACTORS.get(one.line.actor, ""),
            origin=_origin(one.line.origin),
            act=acts.get(one.line.act, one.line.act),
            subjects=one.line.subjects[:_SUBJECTS_SHOWN],
            more=max(0, len(one.line.subjects) - _SUBJECTS_SHOWN),
            detail=_detail(one.line.detail),
        )
        for one in lines
    )


def _detail(detail: Mapping[str, Any]) -> str:
    return " · ".join(f"{trail_ko.DETAILS.get(name, name)}: {_told(name, value)}" for name, value in detail.items())


def _origin(origin: str) -> str:
    return trail_ko.ORIGINS.get(origin, origin)


def _told(name: str, value: Any) -> str:
    if value is None or value == "":
        return trail_ko.NONE
    if isinstance(value, bool):
        return trail_ko.YES if value else trail_ko.NO
    if name in trail_ko.TIMES and (moment := _moment(str(value))):
        return korean_datetime(moment)
    if isinstance(value, Mapping):
        return ", ".join(_said(name, part) for part in value.values() if part not in ("", None)) or "-"
    return _said(name, value)


def _said(name: str, value: Any) -> str:
    """A value as people write it: a dong by its name, a day in their order, a word of a closed list in Korean."""
    text = str(value)
    if name in trail_ko.DONGS and (dong := snapshot_dongs().get(text)):
        return trail_ko.DONG.format(name=dong.name, code=text)
    if _DAY.fullmatch(text) and (moment := _moment(text)):
        return korean_date(moment.date())
    return trail_ko.VALUES.get(name, {}).get(text, text)


def _moment(text: str) -> datetime | None:
    """The moment that a line tells; none where somebody wrote something else into it."""
    try:
        return datetime.fromisoformat(text).astimezone(SEOUL)
    except ValueError:
        return None


def day_rows(days: Sequence[MarkedDay], names: Mapping[str, str]) -> tuple[DayRow, ...]:
    """Days of accounts, the marked ones first."""
    rows = [
        DayRow(
            day=one.work.day,
            actor=one.work.actor,
            name=names.get(one.work.actor, ""),
            counts=(one.work.households, one.work.reveals, one.work.files, one.work.at_night, one.work.lines),
            marks=tuple(ko.MARKS[mark] for mark in one.marks),
            href=url(
                "/audit/access",
                {"who": one.work.actor, "since": one.work.day.isoformat(), "until": one.work.day.isoformat()},
            ),
        )
        for one in days
    ]
    return tuple(sorted(rows, key=lambda row: not row.marks))[:DAYS_SHOWN]


def reviewing(months: Sequence[Month]) -> Flash | None:
    """What is still to be signed, in words; None where there are no past months."""
    past = [month for month in months if month.is_over]
    if not past:
        return None
    for late, sentence, tone in ((True, ko.OVERDUE, "danger"), (False, ko.DUE, "warning")):
        waiting = sorted(month.first for month in past if month.signed_on is None and month.is_overdue is late)
        if waiting:
            until = min(month.sign_by for month in past if month.first in waiting)
            named = ", ".join(month_name(first) for first in waiting)
            return Flash(sentence.format(months=named, day=korean_date(until)), tone)
    return Flash(ko.ALL_SIGNED)


def month_name(first: date) -> str:
    """``2026년 10월``."""
    return ko.MONTH.format(year=first.year, month=first.month)


def lines_sheet(lines: Sequence[FoundLine], acts: Mapping[str, str], stamp: Mapping[str, Any]) -> Sheet:
    """The lines as a file to take along; households by ref only. ``stamp``: who takes it, when, what for."""
    widths = (14, 32, 28, 26, 34, 70, 60)
    columns = tuple(
        Column(name, Kind.NUMBER if place == 0 else Kind.TEXT, width)
        for place, (name, width) in enumerate(zip(ko.EXPORT_COLUMNS, widths, strict=True))
    )
    rows = tuple(
        (one.id, shown_time(one.line.at.astimezone(SEOUL)), one.line.actor, _origin(one.line.origin),
         acts.get(one.line.act, one.line.act), " ".join(one.line.subjects), _detail(one.line.detail))
        for one in lines
    )  # fmt: skip
    return Sheet(title=ko.EXPORT_TITLE, columns=columns, rows=rows, is_masked=True, **stamp)
