"""The append-only trail: who did or looked at what, when, from where, and whose data it was.

The five items of an access record (개인정보의 안전성 확보조치 기준 제8조: 식별자, 접속일시, 접속지, 처리한 정보주체,
수행업무) are the columns of a line; what else matters stands in ``detail`` and never holds a household's values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, InternalError, ProgrammingError

from domain.errors import StorageFailed
from domain.people import Signature
from store.chain import COLUMNS, Signer, seal, signer_of
from store.columns import canonical, microseconds

_NAMES = ", ".join((*COLUMNS, "mac"))
# Written past SQLAlchemy's types: what is signed is what is stored.
_INSERT = {
    dialect: f"INSERT INTO trail ({_NAMES}) VALUES ({', '.join([bound] * (len(COLUMNS) + 1))})"  # noqa: S608
    for dialect, bound in (("sqlite", "?"), ("postgresql", "%s"))
}
# No right to the table, a trigger or a rule that says no. Not DataError: that is about one line, and others go on.
_REFUSED = (IntegrityError, InternalError, ProgrammingError)
# A line cut off the end leaves its seal: its id must not be given to another.
_NEWEST_ID = """SELECT max(coalesce((SELECT max(id) FROM trail), 0),
                           coalesce((SELECT max(trail_id) FROM trail_seals), 0))"""


@dataclass(frozen=True)
class Line:
    """One line of the trail. ``subjects`` are refs of households, or what else was looked at or changed."""

    at: datetime
    actor: str
    origin: str
    act: str
    subjects: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, by: Signature, act: str, *subjects: str, **detail: Any) -> "Line":
        return cls(by.at, by.login, by.origin, act, subjects, detail)


def append(connection: Connection, *lines: Line) -> None:
    """Adds lines in the caller's transaction: they are kept together with what they tell, or neither is.

    Raises `StorageFailed` where the table refuses every line; a line of its own fault raises what the driver says.
    """
    if not lines:
        return
    sign = signer_of(connection)
    rows = [
        _signed(sign, trail_id, line) for trail_id, line in zip(_new_ids(connection, len(lines)), lines, strict=True)
    ]
    try:
        connection.exec_driver_sql(_INSERT[connection.dialect.name], rows)
    except _REFUSED as error:
        raise StorageFailed("The trail takes no line.", hint="Look at the rights on the table trail.") from error
    if connection.dialect.name == "sqlite":
        seal(connection, [(row[0], row[-1]) for row in rows])


def _signed(sign: Signer, trail_id: int, line: Line) -> tuple[Any, ...]:
    """The row as it is stored, with the mac over it."""
    row = (trail_id, microseconds(line.at), line.actor, line.origin, line.act, " ".join(line.subjects),
           canonical(dict(line.detail)))  # fmt: skip
    return (*row, sign.line(row))


def _new_ids(connection: Connection, number: int) -> Sequence[int]:
    """Ids are known before the lines are written: a copy of a line under another id would not fit its mac."""
    if connection.dialect.name == "sqlite":
        newest = connection.exec_driver_sql(_NEWEST_ID).scalar_one()
        return range(newest + 1, newest + 1 + number)
    drawn = connection.exec_driver_sql("SELECT nextval('trail_id_seq') FROM generate_series(1, %s)", (number,))
    return drawn.scalars().all()
