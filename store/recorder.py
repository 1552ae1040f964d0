"""Looks are recorded before an answer leaves; those that wait at the same time share one transaction.

A list of sixty households is one line, and one line a transaction would wait for the disk each time. So a thread takes
whatever has gathered, writes it in one transaction, and lets all who waited go on. Whoever cannot be recorded is told,
and shows nothing.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Self

from domain.errors import StorageFailed
from domain.people import NOBODY
from store.database import Database
from store.trail import Line, append

_MOST_AT_ONCE = 500
# Where several people look at once, more come in a moment. Each transaction also empties the page caches of all readers
# on SQLite: this moment is given back more than once (fifty clients: 311 to 373 a second instead of 248 to 293).
_GATHERING = 0.01  # seconds
_AT_ONCE = 0.03  # seconds between the looks of two people who look at once
_Waiting = tuple[tuple[Line, ...], "Future[None]"]


@dataclass
class Recorder:
    """Use as a context manager; ``record`` returns once the lines are on disk, ``submit`` says when they are."""

    database: Database
    patience: float = 15.0  # seconds until whoever waits is told that it cannot be recorded
    _queue: "SimpleQueue[_Waiting | None]" = field(default_factory=SimpleQueue, repr=False)
    _thread: Thread | None = field(default=None, repr=False)
    _door: Lock = field(default_factory=Lock, repr=False)
    _is_open: bool = field(default=False, repr=False)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._work, name="trail", daemon=True)
        self._thread.start()
        self._is_open = True
        return self

    def __exit__(self, *_: object) -> None:
        with self._door:
            self._is_open = False
            self._queue.put(None)  # behind all who came in, and nobody comes after
        if self._thread:
            self._thread.join()

    def record(self, lines: Sequence[Line]) -> None:
        """Writes the lines, together with what others record at this moment.

        Raises `StorageFailed` where they are not on disk in time or the recorder is closed: then show nothing.
        """
        if not lines:
            return
        try:
            self.submit(lines).result(self.patience)
        except TimeoutError:
            raise StorageFailed("A look could not be recorded in time.", hint="Try again in a moment.") from None

    def submit(self, lines: Sequence[Line]) -> "Future[None]":
        """Done once the lines are on disk, for whoever waits without a thread; raises `StorageFailed` when closed.

        Whoever waits longer than ``patience`` shows nothing.
        """
        done: Future[None] = Future()
        with self._door:
            if not self._is_open:
                raise StorageFailed("Looks are no longer recorded.", hint="The service is stopping.")
            self._queue.put((tuple(lines), done))
        return done

    def _work(self) -> None:
        closing = False
        batch: list[_Waiting] = []
        written = 0.0
        while not closing and (first := self._queue.get()) is not None:
            if batch and time.monotonic() - written < _AT_ONCE and _actors([*batch, first]) > 1:
                time.sleep(_GATHERING)
            batch = [first]
            while len(batch) < _MOST_AT_ONCE and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    closing = True
                    break
                batch.append(following)
            self._write(batch)
            written = time.monotonic()

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            with self.database.writing(NOBODY) as connection:
                append(connection, *(line for lines, _ in batch for line in lines))
        except BaseException as error:
            self._refuse(batch, error)
        else:
            for _, done in batch:
                if done.set_running_or_notify_cancel():  # who has gone meanwhile is not told
                    done.set_result(None)

    def _refuse(self, batch: Sequence[_Waiting], error: BaseException) -> None:
        """Where the place failed, all are told. A line that cannot be written keeps only its own sender waiting."""
        if len(batch) > 1 and not isinstance(error, StorageFailed):
            for one in batch:
                self._write([one])
            return
        for _, done in batch:
            if done.set_running_or_notify_cancel():
                done.set_exception(error)


def _actors(waiting: Sequence[_Waiting]) -> int:
    return len({line.actor for lines, _ in waiting for line in lines})
