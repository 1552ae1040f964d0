"""Rounds, months and days as whole numbers that every frame engine compares in the same way."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from domain.errors import UsageError

SEOUL = ZoneInfo("Asia/Seoul")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, order=True)
class Round:
    """One weekly run: an ISO week in Asia/Seoul, known by its Monday.

    >>> Round.of(date(2026, 11, 22)).label
    '2026-W47'
    """

    as_of: date

    def __post_init__(self) -> None:
        if self.as_of.isoweekday() != 1:
            raise UsageError(
                f"{self.as_of} is not a Monday, so it is not the as-of date of a round.",
                hint=f"Use {Round.of(self.as_of).as_of}, the Monday of that week.",
            )

    @classmethod
    def of(cls, day: date) -> Self:
        """The round whose week holds ``day``; a datetime must carry a time zone."""
        if isinstance(day, datetime):
            if day.tzinfo is None:
                raise ValueError("a time without a zone has no week: pass an aware datetime or a date")
            day = day.astimezone(SEOUL).date()
        return cls(day - timedelta(days=day.isoweekday() - 1))

    @classmethod
    def parse(cls, label: str) -> Self:
        """The round called ``label`` ("2026-W47")."""
        if not re.fullmatch(r"\d{4}-W\d{2}", label):
            raise UsageError(f"{label!r} is not a round.", hint="Rounds are ISO weeks such as 2026-W47.")
        try:
            return cls(date.fromisocalendar(int(label[:4]), int(label[6:]), 1))
        except ValueError as error:
            raise UsageError(f"{label} is not a week of that year.", hint="An ISO year has 52 or 53 weeks.") from error

    @property
    def label(self) -> str:
        """ISO year and week; the year is that of the week's Thursday, not of its Monday."""
        year, week, _ = self.as_of.isocalendar()
        return f"{year}-W{week:02d}"

    def plus_weeks(self, weeks: int) -> Self:
        return type(self)(self.as_of + timedelta(weeks=weeks))


def month_number(day: date) -> int:
    """Months since the year 0, so that differences are months.

    >>> month_number(date(2026, 11, 16))
    24322
    """
    return day.year * 12 + day.month - 1


def month_start(number: int) -> date:
    """The first day of a month given by its number."""
    return date(number // 12, number % 12 + 1, 1)


def midnight(day: date) -> datetime:
    """The beginning of a day in Seoul."""
    return datetime.combine(day, time(), SEOUL)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """The date of a day number."""
    return _EPOCH + timedelta(days=number)
