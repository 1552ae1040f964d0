"""The trail as auditors read it: found by who, whom, what and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Function, Row, and_, func, or_, select

from store.tables import trail
from store.trail import Line


@dataclass(frozen=True)
class FoundLine:
    """A line and the id that pages go on from."""

    id: int
    line: Line


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
    return tuple(FoundLine(row.id, _line(row)) for row in connection.execute(query))


def lines_of(connection: Connection, acts: Collection[str]) -> tuple[Line, ...]:
    """Every line of some acts, the oldest first: for acts that are rare."""
    query = select(trail).where(trail.c.act.in_(acts)).order_by(trail.c.id)
    return tuple(_line(row) for row in connection.execute(query))


def acts_from(connection: Connection, origin: str, *, acts: Collection[str], since: datetime) -> dict[str, int]:
    """How many lines of each of these acts came from one address since then; those of which none did are left out."""
    asked = (trail.c.act.in_(acts), trail.c.at >= since, trail.c.origin == origin)
    query = select(trail.c.act, func.count()).where(*asked).group_by(trail.c.act)
    return {row[0]: row[1] for row in connection.execute(query)}


def _line(row: Row[Any]) -> Line:
    return Line(row.at, row.actor, row.origin, row.act, tuple(row.subjects.split()), row.detail)


def _place(connection: Connection, subject: str) -> Function[int]:
    """Where the word stands among the subjects, 0 for nowhere. Not LIKE: SQLite's takes ``a`` for ``A``."""
    find = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return find(" " + trail.c.subjects + " ", f" {subject} ")
