"""What is unusual in the access records, and which months somebody has still to look through.

Access records are looked through at least once a month (개인정보의 안전성 확보조치 기준 제8조 제2항). What is marked
here is only where to look first: most of it has a good reason, and what is not marked may have none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median, quantiles

from domain.calendar import SEOUL, midnight, month_number, month_start
from store.database import Connection
from store.trail_days import DayWork, count_lines
from store.trail_search import FoundLine, lines

# Beginnings of the acts that show households, and of those that take them along.
LOOKS = ("view_", "print_", "list", "entry", "household", "download", "reveal")
FILES = ("download", "print_", "export_")
REVIEWED = "review_access"  # the act by which somebody signs a month
COMPARED_DAYS = 90
_TIMES_OWN = 3
_FEWEST_DAYS = 5  # of one's own, before a median says anything
_FEWEST_ROWS = 100  # days of accounts, before a 99th percentile does
_WORTH_A_LOOK = 30  # households a day: a list of three dongs, and less is nobody's day
_MANY_REVEALS = 10
_MANY_REFUSED = 5
# A month is signed by the tenth of the next; the law says monthly, the day is this project's.
SIGNED_UNTIL_DAY = 10
_MONTHS_SHOWN = 6


class Mark(StrEnum):
    """Why a day of an account is worth a look."""

    ABOVE_ALL = "above_all"  # more households than on 99 of 100 days of all accounts
    ABOVE_OWN = "above_own"  # more than three times the account's usual day
    REVEALS = "reveals"
    NIGHT = "night"
    REFUSED = "refused"


@dataclass(frozen=True)
class MarkedDay:
    work: DayWork
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Month:
    """A month of access records: how many lines, and who has signed that they looked through them, when."""

    first: date
    lines: int
    is_over: bool
    is_overdue: bool
    signed_by: str = ""
    signed_on: date | None = None
    sentence: str = ""

    @property
    def sign_by(self) -> date:
        """The last day on which a signature is in time.

        >>> Month(date(2026, 11, 1), lines=0, is_over=True, is_overdue=False).sign_by
        datetime.date(2026, 12, 10)
        """
        return _next_month(self.first) + timedelta(days=SIGNED_UNTIL_DAY - 1)


def marked_days(works: Sequence[DayWork], *, since: date) -> tuple[MarkedDay, ...]:
    """Days from ``since`` on, newest first, each against the days of all accounts in ``works`` and its own before.

    ``works`` come oldest first, one for each account and day.
    """
    counts = [work.households for work in works if work.households]
    limit = quantiles(counts, n=100)[98] if len(counts) >= _FEWEST_ROWS else None
    before: dict[str, list[int]] = {}  # of each account, its days so far
    marked = []
    for work in works:
        own = before.setdefault(work.actor, [])
        if work.day >= since:
            marked.append(MarkedDay(work, tuple(_marks(work, own, limit))))
        if work.households:
            own.append(work.households)
    return tuple(reversed(marked))


def _marks(work: DayWork, own: Sequence[int], limit: float | None) -> Iterable[Mark]:
    if limit is not None and work.households > max(limit, _WORTH_A_LOOK):
        yield Mark.ABOVE_ALL
    if len(own) >= _FEWEST_DAYS and work.households > max(_TIMES_OWN * median(own), _WORTH_A_LOOK):
        yield Mark.ABOVE_OWN
    if work.reveals > _MANY_REVEALS:
        yield Mark.REVEALS
    if work.at_night and work.households:
        yield Mark.NIGHT
    if work.refused >= _MANY_REFUSED:
        yield Mark.REFUSED


@dataclass(frozen=True)
class Signed:
    """One signature under a month."""

    by: str
    on: date
    sentence: str


def review_months(connection: Connection, *, now: datetime) -> tuple[Month, ...]:
    """The last months as the trail has them, and who signed that they looked through them."""
    today = now.astimezone(SEOUL).date()
    firsts = [month_start(month_number(today) - ago) for ago in range(_MONTHS_SHOWN)]
    until = midnight(today + timedelta(days=1))
    counts = {
        first: count_lines(connection, since=midnight(first), until=midnight(_next_month(first))) for first in firsts
    }
    reviews = lines(connection, since=midnight(firsts[-1]), until=until, act=REVIEWED)
    return months_to_review(counts, _signed(reviews), today=today)


def _signed(reviews: Sequence[FoundLine]) -> dict[date, Signed]:
    """The first signature under each month counts; lines come newest first."""
    return {
        date.fromisoformat(f"{one.line.subjects[0]}-01"): Signed(
            one.line.actor, one.line.at.astimezone(SEOUL).date(), str(one.line.detail["sentence"])
        )
        for one in reviews
    }


def months_to_review(
    lines_by_month: Mapping[date, int], signed: Mapping[date, Signed], *, today: date
) -> tuple[Month, ...]:
    """The last months with access records, newest first; the current one can be signed once it is over."""
    current = today.replace(day=1)
    months = sorted((first for first, number in lines_by_month.items() if number), reverse=True)[:_MONTHS_SHOWN]
    return tuple(_month(first, lines_by_month[first], signed.get(first), current, today) for first in months)


def _month(first: date, lines: int, signed: Signed | None, current: date, today: date) -> Month:
    is_over = first < current
    month = Month(first, lines, is_over, is_overdue=False)
    if signed is None:
        return replace(month, is_overdue=is_over and today > month.sign_by)
    return replace(month, signed_by=signed.by, signed_on=signed.on, sentence=signed.sentence)


def _next_month(first: date) -> date:
    return month_start(month_number(first) + 1)
