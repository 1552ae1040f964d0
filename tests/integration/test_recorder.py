"""Looks are on disk before anybody sees anything, and whoever cannot be recorded is told in time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from domain.errors import StorageFailed
from domain.people import ALL, NOBODY
from store.database import Database
from store.recorder import Recorder
from store.tables import trail
from store.verifying import verify
from tests.support.tampering import a_line


def lines_of(database: Database) -> int:
    with database.reading(ALL) as connection:
        return int(connection.execute(select(func.count()).select_from(trail)).scalar_one())


def test_what_many_record_at_once_is_there_when_they_go_on(any_database: Database) -> None:
    def look(number: int) -> None:
        recorder.record([a_line(number), a_line(number)])

    with Recorder(any_database) as recorder, ThreadPoolExecutor(20) as pool:
        list(pool.map(look, range(200)))
        assert lines_of(any_database) == 400
    assert verify(any_database).is_whole


def test_nobody_waits_for_a_recorder_that_is_closed_or_was_never_opened(sqlite_database: Database) -> None:
    recorder = Recorder(sqlite_database)
    with pytest.raises(StorageFailed):
        recorder.record([a_line(1)])
    with recorder:
        pass
    with pytest.raises(StorageFailed):
        recorder.record([a_line(1)])
    recorder.record([])  # nothing was looked at


def test_whoever_came_in_before_closing_is_recorded_or_told(sqlite_database: Database) -> None:
    told: list[bool] = []

    def look() -> None:
        while True:
            try:
                recorder.record([a_line(1)])
                told.append(True)
            except StorageFailed:
                return

    for _ in range(10):
        recorder = Recorder(sqlite_database)
        with recorder:
            threads = [threading.Thread(target=look) for _ in range(6)]
            for thread in threads:
                thread.start()
            time.sleep(0.02)
        for thread in threads:
            thread.join(timeout=10)
            assert not thread.is_alive()
    assert lines_of(sqlite_database) == len(told)


def test_a_database_that_does_not_answer_is_told_in_time(sqlite_database: Database) -> None:
    with Recorder(sqlite_database, patience=0.2) as recorder:
        with sqlite_database.writing(NOBODY), pytest.raises(StorageFailed, match="in time"):
            recorder.record([a_line(1)])
        recorder.record([a_line(2)])


def test_a_database_that_is_locked_from_outside_is_an_error_for_people(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may hold the file longer than anybody waits."""
    monkeypatch.setattr("store.database._BUSY_MS", 50)
    with sqlite_database.writers.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailed), sqlite_database.writing(NOBODY) as connection:
            connection.exec_driver_sql("SELECT 1")
        other.rollback()


def test_a_line_that_cannot_be_written_fails_alone(sqlite_database: Database) -> None:
    release = threading.Event()

    def held() -> None:
        with sqlite_database.writing(NOBODY):
            release.wait(10)

    def outcome(line: object) -> str:
        try:
            recorder.record([line])  # type: ignore[list-item]
        except TypeError:
            return "refused"
        return "kept"

    with Recorder(sqlite_database) as recorder, ThreadPoolExecutor(8) as pool:
        holder = threading.Thread(target=held)
        holder.start()
        # All of them gather behind the held writer, so they are one batch.
        waiting = [pool.submit(outcome, a_line(n, detail={"n": object()} if n == 3 else {})) for n in range(6)]
        time.sleep(0.2)
        release.set()
        assert [future.result(10) for future in waiting] == ["kept"] * 3 + ["refused"] + ["kept"] * 2
        holder.join()
    assert lines_of(sqlite_database) == 5


def test_the_same_error_of_a_full_disk_reaches_everybody(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFailed("The database does not answer.")

    monkeypatch.setattr("store.recorder.append", full)
    with Recorder(sqlite_database) as recorder, ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(recorder.record, [a_line(n)]) for n in range(8)]
        assert all(isinstance(future.exception(10), StorageFailed) for future in futures)
