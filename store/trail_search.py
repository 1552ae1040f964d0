"""The trail as auditors read it: found by who, whom, what and when; counted for the monthly review.

Access records are looked through at least as often as the agency's plan says, once a month by default
(개인정보의 안전성 확보조치 기준 제8조 제2항).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Connection, Function, and_, case, func, or_, select, type_coerce

from store.columns import microseconds
from store.tables import trail
from store.trail import Line

_DAY = timedelta(days=1) // timedelta(microseconds=1)
_SEOUL = timedelta(hours=9) // timedelta(microseconds=1)  # ahead of UTC, without summer time since 1988
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class FoundLine:
    """A line and the id that pages go on from."""

    id: int
    line: Line


@dataclass(frozen=True)
class DayCount:
    """What one account did on one day: lines of the trail, and how many subjects they name, repeats counted."""

    day: date
    actor: str
    lines: int
    subjects: int


def lines(
    connection: Connection,
    *,
    since: datetime,
    until: datetime,
    actor: str | None = None,
    subject: str | None = None,
    act: str | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> tuple[FoundLine, ...]:
    """The newest lines from ``since`` until before ``until``; the next page goes on ``before_id`` the last one's.

    ``subject`` is compared within each line of the time asked for, so keep that short (a month) on a large trail.
    """
    asked = [trail.c.at >= since, trail.c.at < until]
    for column, value in ((trail.c.actor, actor), (trail.c.act, act)):
        if value is not None:
            asked.append(column == value)
    if subject is not None:
        asked.append(_place(connection, subject) > 0)
    if before_id is not None:
        shown = select(trail.c.at).where(trail.c.id == before_id).scalar_subquery()
        asked += [trail.c.at <= shown, or_(trail.c.at < shown, trail.c.id < before_id)]
    # In the order of the indexes on time: by id alone, a month would be sorted for each page.
    query = select(trail).where(and_(*asked)).order_by(trail.c.at.desc(), trail.c.id.desc()).limit(limit)
    return tuple(
        FoundLine(row.id, Line(row.at, row.actor, row.origin, row.act, tuple(row.subjects.split()), row.detail))
        for row in connection.execute(query)
    )


def _place(connection: Connection, subject: str) -> Function[int]:
    """Where the word stands among the subjects, 0 for nowhere. Not LIKE: SQLite's takes ``a`` for ``A``."""
    find = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return find(" " + trail.c.subjects + " ", f" {subject} ")


def acts(connection: Connection) -> Sequence[str]:
    """Every kind of act in the trail, for the search form."""
    return connection.execute(select(trail.c.act).distinct().order_by(trail.c.act)).scalars().all()


def counts_by_day_and_actor(connection: Connection, *, since: datetime, until: datetime) -> tuple[DayCount, ...]:
    """How much each account did on each day in Seoul, from ``since`` until before ``until``."""
    at = type_coerce(trail.c.at, BigInteger)
    day = ((at + _SEOUL) // _DAY).label("day")
    spaces = func.length(trail.c.subjects) - func.length(func.replace(trail.c.subjects, " ", ""))
    subjects = case((trail.c.subjects == "", 0), else_=spaces + 1)
    query = (
        select(day, trail.c.actor, func.count(), func.sum(subjects))
        .where(at >= microseconds(since), at < microseconds(until))
        .group_by(day, trail.c.actor)
        .order_by(day, trail.c.actor)
    )
    return tuple(
        DayCount(_EPOCH + timedelta(days=number), actor, count, int(named))
        for number, actor, count, named in connection.execute(query)
    )
