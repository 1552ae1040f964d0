"""Days on which Korean offices work: neither a weekend nor a public holiday (관공서의 공휴일에 관한 규정)."""

from datetime import date, timedelta
from functools import cache

import holidays

FIRST_CONTACT_DAYS = 5  # working days after the Monday of the list
_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices are open, substitute holidays considered.

    >>> is_working_day(date(2026, 10, 9)), is_working_day(date(2026, 11, 16))
    (False, True)
    """
    return day.isoweekday() <= 5 and day not in _holidays(day.year)


def working_days_later(day: date, days: int) -> date:
    """The day that many working days after ``day``, which itself does not count.

    >>> working_days_later(date(2026, 11, 16), 5)
    datetime.date(2026, 11, 23)
    """
    while days:
        day += _DAY
        days -= is_working_day(day)
    return day


def first_contact_until(listed_on: date) -> date:
    """The last day for the first contact with a household that a list names anew."""
    return working_days_later(listed_on, FIRST_CONTACT_DAYS)


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year, language="ko"))
