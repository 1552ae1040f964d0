"""Sealing behind PostgreSQL's writers: no line is passed over, none is sealed twice, whoever does it."""

import random
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.people import ALL, NOBODY
from store.chain import Signer
from store.checkpoints import Checkpoint, read_checkpoints
from store.database import Database
from store.sealer import Sealer
from store.tables import trail_seals
from store.trail import append
from store.verifying import verify
from tests.support.postgres import TRAIL_KEY
from tests.support.tampering import START_AT, a_line, admin_of, write_lines

SIGNER = Signer(TRAIL_KEY)


def sealer_of(database: Database, folder: Path) -> Sealer:
    return Sealer(database, folder / "checkpoints.txt", lambda: START_AT, pause=0.01)


def sealed_ids(database: Database) -> list[int]:
    with database.reading(ALL) as connection:
        return list(connection.execute(select(trail_seals.c.trail_id).order_by(trail_seals.c.position)).scalars())


def test_a_line_whose_transaction_still_runs_is_waited_for(postgres_database: Database, tmp_path: Path) -> None:
    sealer = sealer_of(postgres_database, tmp_path)
    write_lines(postgres_database, [1])
    sealer.seal_ready()
    with postgres_database.writing(NOBODY) as slow:
        append(slow, a_line(2))
        write_lines(postgres_database, [3])
        sealer.seal_ready()
        assert sealed_ids(postgres_database) == [1]  # 3 is committed, yet 2 may be on its way
    sealer.seal_ready()
    assert sealed_ids(postgres_database) == [1, 2, 3]


def test_a_line_that_was_rolled_back_leaves_a_number_and_nothing_else(
    postgres_database: Database, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError), postgres_database.writing(NOBODY) as connection:
        append(connection, a_line(1))
        raise RuntimeError("the act failed")
    write_lines(postgres_database, [2])
    sealer_of(postgres_database, tmp_path).seal_ready()
    assert sealed_ids(postgres_database) == [2]
    assert verify(postgres_database).is_whole


def test_lines_that_another_worker_or_another_life_left_are_found_at_the_start(
    postgres_database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A restored database brings transaction numbers of its former cluster, here far in the future."""
    write_lines(postgres_database, [1, 2, 3])
    admin_of(postgres_database, request)("UPDATE trail SET written_in = 9000000000000 WHERE id <> 2")
    first = sealer_of(postgres_database, tmp_path)
    first.seal_ready()
    write_lines(postgres_database, [4])
    first.seal_ready()
    assert sealed_ids(postgres_database) == [1, 2, 3, 4]
    assert verify(postgres_database).is_whole


def test_only_one_worker_seals_at_a_time(postgres_database: Database, tmp_path: Path) -> None:
    write_lines(postgres_database, [1])
    with postgres_database.writing(NOBODY) as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({0x5A6A6C})")
        assert sealer_of(postgres_database, tmp_path).seal_ready() is None
    assert sealer_of(postgres_database, tmp_path).seal_ready() is not None


def test_three_sealers_behind_eight_writers_seal_every_line_once(postgres_database: Database, tmp_path: Path) -> None:
    def work(seed: int) -> None:
        draw = random.Random(seed)
        for number in range(25):
            with postgres_database.writing(NOBODY) as connection:
                append(connection, *(a_line(number) for _ in range(draw.randint(1, 3))))
                time.sleep(draw.choice([0, 0, 0.01]))

    writers = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    with ExitStack() as workers:
        for _ in range(3):
            workers.enter_context(sealer_of(postgres_database, tmp_path))
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    findings = verify(postgres_database, read_checkpoints(tmp_path / "checkpoints.txt", SIGNER))
    assert (findings.is_whole, findings.waiting) == (True, 0)
    assert findings.sealed >= 200
    assert findings.checkpoints >= 1


def test_a_sealer_lives_on_when_the_database_does_not_answer(tmp_path: Path, sqlite_database: Database) -> None:
    sealer = Sealer(sqlite_database, tmp_path / "file" / "checkpoints.txt", lambda: START_AT, pause=0.01)
    (tmp_path / "file").write_text("no folder")
    write_lines(sqlite_database, [1])
    with sealer:
        while not sealer.failure:
            time.sleep(0.01)
        (tmp_path / "file").unlink()
        while sealer.failure:
            time.sleep(0.01)
    assert len(read_checkpoints(sealer.checkpoints, SIGNER)) == 1


def test_a_checkpoint_is_written_each_minute_when_something_is_new_and_at_the_end(
    sqlite_database: Database, tmp_path: Path
) -> None:
    now = START_AT
    sealer = Sealer(sqlite_database, tmp_path / "checkpoints.txt", lambda: now)
    sealer.seal_ready()
    assert read_checkpoints(sealer.checkpoints, SIGNER) == ()  # nothing to tell of
    for seconds, number in ((0, 1), (30, 2), (61, 3)):
        now = START_AT.replace(minute=seconds // 60, second=seconds % 60)
        write_lines(sqlite_database, [number])
        sealer.seal_ready()
        sealer.seal_ready()
    positions = [mark.position for mark in read_checkpoints(sealer.checkpoints, SIGNER) if mark]
    assert positions == [1, 3]
    write_lines(sqlite_database, [4])
    with sealer:
        pass
    assert [mark.position for mark in read_checkpoints(sealer.checkpoints, SIGNER) if mark] == [1, 3, 4]


def test_a_checkpoint_of_another_key_or_another_text_is_not_ours(sqlite_database: Database, tmp_path: Path) -> None:
    write_lines(sqlite_database, [1])
    sealer = sealer_of(sqlite_database, tmp_path)
    sealer.seal_ready()
    told = sealer.checkpoints.read_bytes()
    for forged in (told.replace(b"1 ", b"2 ", 1), b"1 2 3 4\n", b"\n", b"\xff\xfe\n"):
        sealer.checkpoints.write_bytes(told + forged)
        assert read_checkpoints(sealer.checkpoints, SIGNER)[1:] == (None,)
        assert not verify(sqlite_database, read_checkpoints(sealer.checkpoints, SIGNER)).is_whole
    assert read_checkpoints(sealer.checkpoints, Signer(bytes(32)))[0] is None


def test_a_torn_checkpoint_is_no_alarm_and_is_mended_by_the_next(sqlite_database: Database, tmp_path: Path) -> None:
    write_lines(sqlite_database, [1])
    sealer = sealer_of(sqlite_database, tmp_path)
    sealer.seal_ready()
    with sealer.checkpoints.open("ab") as file:
        file.write(b"2 abcdef")
    marks = read_checkpoints(sealer.checkpoints, SIGNER)
    assert [type(mark) for mark in marks] == [Checkpoint]
    write_lines(sqlite_database, [2])
    with sealer:
        pass
    assert [mark.position if mark else None for mark in read_checkpoints(sealer.checkpoints, SIGNER)] == [1, 2]
