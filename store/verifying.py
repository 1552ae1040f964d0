"""Whether the trail is whole: every line, every seal, and the end against checkpoints kept elsewhere.

    verify(database, read_checkpoints(path, Signer(trail_key))) -> Findings

A finding says where and what kind, never what a line holds. What cannot be found stands in `store.chain`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from domain.people import ALL
from store.chain import COLUMNS, START, Signer, signer_of
from store.checkpoints import Checkpoint
from store.database import Database

_MOST_NAMED = 1_000
_AT_ONCE = 5_000
_LINE = ", ".join(f"t.{name}" for name in COLUMNS)
_SEALED = f"""SELECT s.position, s.trail_id, s.mac, t.mac, {_LINE}
              FROM trail_seals s LEFT JOIN trail t ON t.id = s.trail_id ORDER BY s.position"""  # noqa: S608
_UNSEALED = f"""SELECT t.mac, {_LINE} FROM trail t
                WHERE NOT EXISTS (SELECT 1 FROM trail_seals s WHERE s.trail_id = t.id) ORDER BY t.id"""  # noqa: S608


class Kind(StrEnum):
    """What is wrong at a place of the trail."""

    EDITED = "edited"  # the line is not as it was written
    MISSING = "missing"  # its seal is there, the line is not
    BROKEN = "broken"  # the seal does not follow from the one before
    GAP = "gap"  # seals are missing before this position
    UNSEALED = "unsealed"  # a line that was never part of the chain
    CUT = "cut"  # a checkpoint knows of more than there is
    REWRITTEN = "rewritten"  # a checkpoint knows another seal at this position
    CHECKPOINT = "checkpoint"  # a line of the checkpoint file that was not signed with our key
    UNREADABLE = "unreadable"  # the database cannot read on; nothing behind this position was checked


@dataclass(frozen=True)
class Finding:
    """One place where the trail is not whole: a position of the chain, or the id of a line outside it."""

    kind: Kind
    position: int | None = None
    line_id: int | None = None


@dataclass
class Findings:
    """What a whole pass over the trail found; the first thousand findings are named, all are counted."""

    sealed: int = 0
    missing: int = 0  # of the sealed
    waiting: int = 0  # PostgreSQL: written and signed, not sealed yet
    checkpoints: int = 0  # that were compared; with none, an end that was cut cannot be seen
    newest: str = START
    number: int = 0
    named: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.number

    def add(self, kind: Kind, *, position: int | None = None, line_id: int | None = None) -> None:
        self.number += 1
        if self.number <= _MOST_NAMED:
            self.named.append(Finding(kind, position, line_id))


def verify(database: Database, checkpoints: Sequence[Checkpoint | None] = ()) -> Findings:
    """Reads the whole trail in one snapshot, a few thousand lines at a time; see `Findings`.

    ``checkpoints`` as `store.checkpoints.read_checkpoints` gives them: None stands for a line that is not ours.
    """
    findings = Findings()
    with database.reading(ALL) as connection:
        try:
            _check_seals(connection, findings, _macs_by_position(checkpoints))
            _check_unsealed(connection, findings)
        except (database.driver_error, TypeError):
            findings.add(Kind.UNREADABLE, position=findings.sealed + 1)
    for _ in (mark for mark in checkpoints if mark is None):
        findings.add(Kind.CHECKPOINT)
    return findings


def _macs_by_position(checkpoints: Sequence[Checkpoint | None]) -> dict[int, set[str]]:
    """Every mac that was ever the newest seal's at a position: two of them tell that history was put back."""
    macs: dict[int, set[str]] = defaultdict(set)
    for mark in checkpoints:
        if mark:
            macs[mark.position].add(mark.mac)
    return dict(macs)


def _check_seals(connection: Connection, findings: Findings, marks: dict[int, set[str]]) -> None:
    sign, before, last = signer_of(connection), START, 0
    for row in _rows(connection, _SEALED):
        position, trail_id, mac, line = row[:4]
        values = row[4:]
        _check_number(position)
        if position != last + 1:
            findings.add(Kind.GAP, position=position)
        if values[0] is None:
            findings.add(Kind.MISSING, position=position)
            findings.missing += 1
        elif not _is_own(sign, values, line):
            findings.add(Kind.EDITED, position=position)
        elif mac != sign.seal(before, position, trail_id, line):
            findings.add(Kind.BROKEN, position=position)
        if marks.get(position, {mac}) != {mac}:
            findings.add(Kind.REWRITTEN, position=position)
        before, last = mac, position
        findings.sealed += 1
    findings.newest, findings.checkpoints = before, len(marks)
    for position in sorted(marks):
        if position > last:
            findings.add(Kind.CUT, position=position)


def _check_unsealed(connection: Connection, findings: Findings) -> None:
    """On SQLite a line is sealed as it is written; on PostgreSQL one that is rightly signed still waits for it."""
    # Each seal has a line of its own, so equal numbers say all; comparing them one by one reads the trail once more.
    if connection.exec_driver_sql("SELECT count(*) FROM trail").scalar_one() == findings.sealed - findings.missing:
        return
    sign, may_wait = signer_of(connection), connection.dialect.name == "postgresql"
    for line, *values in _rows(connection, _UNSEALED):
        if may_wait and _is_own(sign, values, line):
            findings.waiting += 1
        else:
            _check_number(values[0])
            findings.add(Kind.UNSEALED, line_id=values[0])


def _check_number(place: Any) -> None:
    """Raises `TypeError` for what no position or id is: somebody has given the column another type."""
    if not isinstance(place, int):
        raise TypeError


def _is_own(sign: Signer, values: Sequence[Any], mac: str) -> bool:
    try:
        return sign.line(values) == mac
    except TypeError:  # a value of a type that no line was ever written with
        return False


def _rows(connection: Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """The driver's own rows: SQLAlchemy's would cost as much as the macs."""
    driver: Any = connection.connection.driver_connection
    # A named cursor stays in PostgreSQL; another would hold the whole trail here.
    with closing(driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor("trail")) as cursor:
        cursor.execute(query)
        while part := cursor.fetchmany(_AT_ONCE):
            yield from part
