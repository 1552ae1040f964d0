"""A household's reports of the last 24 months, one line an indicator, one place a month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.calendar import month_number, month_start
from domain.indicator import Indicator
from domain.korean import korean_month
from serving import wording_casework_ko as ko
from sources.reference import indicators

MONTHS = 24
_SYLLABLE = 11  # units of the picture that a syllable takes at most, at the size of the names


@dataclass(frozen=True)
class Mark:
    """A month with a report; ``text`` is how many months were overdue, empty where that says nothing."""

    place: int
    text: str


@dataclass(frozen=True)
class Lane:
    """One indicator; from ``open_from`` on its months may not have been delivered yet."""

    name: str
    marks: tuple[Mark, ...]
    open_from: int


@dataclass(frozen=True)
class Timeline:
    """``years`` and ``months`` are the labels over the places."""

    title: str
    text: str
    lanes: tuple[Lane, ...]
    months: tuple[str, ...]
    years: tuple[tuple[int, str], ...]

    @property
    def label_width(self) -> int:
        """Room for the longest name of an indicator, which is never cut: by a word less it is another indicator."""
        return 16 + max(_SYLLABLE * len(lane.name) for lane in self.lanes)


def timeline_of(reports: Iterable[Mapping[str, Any]], as_of: date) -> Timeline | None:
    """The picture of the reports up to the month of ``as_of``; None where none of them is so new."""
    first = month_number(as_of) - MONTHS + 1
    marks: dict[int, dict[int, Mark]] = {}
    for report in reports:
        place = month_number(date.fromisoformat(report["observed_month"])) - first
        if 0 <= place < MONTHS:
            overdue = report["months_overdue"]
            # The newest come first: what a later report put right is not drawn.
            mark = Mark(place, str(overdue) if overdue else "")
            marks.setdefault(report["indicator_no"], {}).setdefault(place, mark)
    if not marks:
        return None
    starts = [month_start(first + place) for place in range(MONTHS)]
    known = {one.number: one for one in indicators()}
    lanes = (_lane(known[number], found, as_of, starts) for number, found in sorted(marks.items()))
    return Timeline(
        title=ko.TIMELINE_TITLE,
        text=ko.TIMELINE_TEXT.format(first=korean_month(starts[0]), last=korean_month(starts[-1])),
        lanes=tuple(lanes),
        months=tuple(str(start.month) for start in starts),
        years=tuple(
            (place, ko.YEAR.format(year=start.year)) for place, start in enumerate(starts) if _is_labelled(start, place)
        ),
    )


def _is_labelled(start: date, place: int) -> bool:
    """Each January, and the first month unless the next label would stand on its own."""
    return start.month == 1 or (place == 0 and start.month < 11)


def _lane(indicator: Indicator, marks: Mapping[int, Mark], as_of: date, starts: list[date]) -> Lane:
    """A month is complete once its report had the time that this indicator's reports usually take."""
    known_until = as_of - timedelta(days=indicator.lag_days)
    complete = sum(1 for start in starts if month_start(month_number(start) + 1) <= known_until)
    return Lane(indicator.name_ko, tuple(marks[place] for place in sorted(marks)), complete)
