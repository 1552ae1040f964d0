"""What each account did on each day, counted for the monthly review: households seen, opened, taken along, at night.

Access records are looked through at least as often as the agency's plan says, once a month by default
(개인정보의 안전성 확보조치 기준 제8조 제2항).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, case, func, or_, select, type_coerce

from store.columns import microseconds
from store.tables import trail, users

NIGHT_FROM, NIGHT_UNTIL = 22, 6  # hours in Seoul
_HOUR = timedelta(hours=1) // timedelta(microseconds=1)
_DAY, _SEOUL = 24 * _HOUR, 9 * _HOUR  # ahead of UTC, without summer time since 1988
_OPENING = ("reveal", "download_open")  # acts that show who a household is
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class DayWork:
    """One account on one day in Seoul.

    ``households`` are subjects of looks, ``reveals`` those whose name was shown or taken along; repeats counted.
    """

    day: date
    actor: str
    lines: int
    households: int
    reveals: int
    files: int
    refused: int
    at_night: int


def day_work(
    connection: Connection, *, since: datetime, until: datetime, looks: Sequence[str], files: Sequence[str]
) -> tuple[DayWork, ...]:
    """Counts from ``since`` until before ``until``, oldest first; ``looks`` and ``files`` are beginnings of acts."""
    at = type_coerce(trail.c.at, BigInteger)
    day, hour = ((at + _SEOUL) // _DAY).label("day"), (at + _SEOUL) % _DAY // _HOUR
    spaces = func.length(trail.c.subjects) - func.length(func.replace(trail.c.subjects, " ", ""))
    subjects = case((trail.c.subjects == "", 0), else_=spaces + 1)
    query = (
        select(
            day,
            trail.c.actor,
            func.count(),
            func.sum(case((_begins(looks), subjects), else_=0)),
            func.sum(case((trail.c.act.in_(_OPENING), subjects), else_=0)),
            _lines_where(_begins(files)),
            _lines_where(trail.c.act == "refused"),
            _lines_where(or_(hour >= NIGHT_FROM, hour < NIGHT_UNTIL)),
        )
        .where(at >= microseconds(since), at < microseconds(until))
        .group_by(day, trail.c.actor)
        .order_by(day, trail.c.actor)
    )
    return tuple(
        DayWork(_EPOCH + timedelta(days=number), actor, *(int(count) for count in counts))
        for number, actor, *counts in connection.execute(query)
    )


def count_lines(connection: Connection, *, since: datetime, until: datetime) -> int:
    """How many lines there are from ``since`` until before ``until``, counted on the index of times alone."""
    query = select(func.count()).select_from(trail).where(trail.c.at >= since, trail.c.at < until)
    return int(connection.execute(query).scalar_one())


def names_of_people(connection: Connection) -> dict[str, str]:
    """The name of everybody who has or had an account, by login."""
    return {row.login: row.name for row in connection.execute(select(users.c.login, users.c.name))}


def _begins(words: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(func.substr(trail.c.act, 1, len(word)) == word for word in words))


def _lines_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
