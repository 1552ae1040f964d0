"""Follows behind the writers: seals what PostgreSQL's transactions wrote, and writes the checkpoints of both databases.

    with Sealer(database, checkpoints=path, now=now): ...   # one in each worker

Only one worker seals at a time, by an advisory lock that ends with its transaction. A line may be written but not yet
committed while a later one already is; so a line is sealed only when every transaction up to its own has ended
(`pg_snapshot_xmin`). What a worker has not seen itself it finds by comparing all lines with all seals, once, at its
start: that also takes in lines of a restored database, whose transaction numbers mean nothing here.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Self

from sqlalchemy import text

from domain.errors import StorageFailed
from domain.people import NOBODY
from store.chain import Seal, newest_seal, seal, signer_of
from store.checkpoints import EVERY, mark_checkpoint
from store.database import Connection, Database

_LOCK = 0x5A6A6C
_MOST_AT_ONCE = 20_000
_log = logging.getLogger(__name__)

_LOCKED = text("SELECT pg_try_advisory_xact_lock(:lock)")
# Taken by a statement of its own, before the one that reads: what had ended then is seen by what comes after.
_HORIZON = text(
    "SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint FROM pg_current_snapshot() AS now"
)
_READY = """SELECT t.id, t.mac FROM trail t WHERE {span}
            AND NOT EXISTS (SELECT 1 FROM trail_seals s WHERE s.trail_id = t.id) ORDER BY t.id LIMIT :most"""
# Numbers from xmax on were given by another cluster: that transaction has ended long ago.
_FIRST = text(_READY.format(span="(t.written_in < :xmin OR t.written_in >= :xmax OR t.written_in IS NULL)"))
_LATER = text(_READY.format(span="t.written_in >= :after AND t.written_in < :xmin"))


@dataclass
class Sealer:
    """Use as a context manager. A round that fails is tried again; ``failure`` names what keeps it, for readiness."""

    database: Database
    checkpoints: Path
    now: Callable[[], datetime]
    pause: float = 0.2  # seconds between rounds of this worker
    failure: str = ""
    _after: int | None = field(default=None, repr=False)
    _stop: Event = field(default_factory=Event, repr=False)
    _thread: Thread | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._work, name="sealer", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=30)

    def seal_ready(self, *, every: timedelta = EVERY) -> Seal | None:
        """One round: seals what is ready and marks a checkpoint when due; None where another worker is at it."""
        if self.database.is_sqlite:
            with self.database.reading(NOBODY) as connection:
                newest, sign = newest_seal(connection), signer_of(connection)
        else:
            with self.database.writing(NOBODY) as connection:
                if not connection.execute(_LOCKED, {"lock": _LOCK}).scalar_one():
                    return None
                newest, sign = self._seal(connection), signer_of(connection)
        mark_checkpoint(self.checkpoints, sign, newest, self.now(), every=every)
        return newest

    def _seal(self, connection: Connection) -> Seal:
        xmin, xmax = connection.execute(_HORIZON).one()
        query = _FIRST if self._after is None else _LATER
        span = {"after": self._after, "xmin": xmin, "xmax": xmax, "most": _MOST_AT_ONCE}
        ready = [(row[0], row[1]) for row in connection.execute(query, span)]
        newest = seal(connection, ready) if ready else newest_seal(connection)
        if len(ready) < _MOST_AT_ONCE:
            self._after = xmin
        return newest

    def _work(self) -> None:
        while not self._stop.wait(self.pause):
            self._round(EVERY)
        self._round(timedelta(0))

    def _round(self, every: timedelta) -> None:
        try:
            self.seal_ready(every=every)
            self.failure = ""
        except StorageFailed as error:
            self.failure = str(error)
        except Exception as error:
            # The thread must live on: lines wait meanwhile, signed, and `failure` makes the service say so.
            self.failure = type(error).__name__
            _log.warning("sealing failed: %s", self.failure)
