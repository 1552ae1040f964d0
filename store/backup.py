"""Backup and restore of a SQLite database while the service works, and what to run for PostgreSQL.

    backup(database, target)                      # whole, encrypted with the same key, checked before it has its name
    restore(copy, target, key=…, trail_key=…)     # to a place where no database lies

On PostgreSQL use its own tools, as a superuser or a role with BYPASSRLS (any other sees no row of a locked table):

    pg_dump --format=custom --file=sagak.dump sagak
    createdb --owner=sagak_owner sagak && pg_restore --exit-on-error --dbname=sagak sagak.dump

The roles must exist there first. The keys lie in files and belong into a backup of their own, elsewhere. What the trail
gained after the backup is lost with a restore, and the checkpoints say so: keep their file with the papers of the
incident, and let the restored service begin a new one.
"""

import os
import shutil
from contextlib import closing, suppress
from pathlib import Path

import sqlcipher3
from sqlalchemy.exc import DBAPIError

from domain.errors import NotFound, StorageFailed, UsageError
from domain.people import ALL
from domain.storage import FOR_A_FILE, storing, sync_folder
from store.database import Database, open_database
from store.schema import check_schema


def backup(database: Database, target: Path, *, key: bytes, trail_key: bytes) -> None:
    """Writes a copy of one moment to ``target``; writers go on meanwhile, and nothing deleted is left in it.

    Raises `UsageError` on PostgreSQL or where something lies at ``target``, `StorageFailed` where it cannot be written
    or the copy is not sound.
    """
    if not database.is_sqlite:
        raise UsageError("PostgreSQL is backed up by its own tools.", hint="As a superuser: pg_dump --format=custom")
    _check_free(target)
    draft = target.with_name(f".{target.name}.part")
    with storing("The backup", room=FOR_A_FILE):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.unlink(missing_ok=True)
        try:
            _copy(database, draft)
            _check_sound(draft, key=key, trail_key=trail_key)
            _keep(draft, target)
        finally:
            draft.unlink(missing_ok=True)


def restore(copy: Path, target: Path, *, key: bytes, trail_key: bytes) -> None:
    """Puts a backup where the service looks for its database; the service is not running.

    Raises `NotFound` where there is no such copy, `UsageError` where a database lies at ``target`` already,
    `StorageFailed` where the copy is damaged, of another key or of another Sagak's schema.
    """
    if not copy.is_file():
        raise NotFound(f"There is no backup at {copy}.")
    _check_free(target)
    draft = target.with_name(f".{target.name}.part")
    with storing("The database", room=FOR_A_FILE):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copyfile(copy, draft)
            _check_sound(draft, key=key, trail_key=trail_key)
            _keep(draft, target)
        finally:
            draft.unlink(missing_ok=True)


def _check_free(target: Path) -> None:
    # A forgotten log of another database would be played into this one.
    for path in (target, *(target.with_name(target.name + end) for end in ("-wal", "-shm"))):
        if path.exists():
            raise UsageError(f"Something lies at {path} already.", hint="Stop the service and move it away first.")


def _copy(database: Database, draft: Path) -> None:
    """VACUUM INTO reads one snapshot, keeps the key, and leaves the remains of deleted rows behind."""
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with database.engine.connect() as connection:
        try:
            connection.exec_driver_sql("VACUUM INTO ?", (str(draft),))
        except DBAPIError as error:
            raise StorageFailed(
                f"The backup could not be written: {error.orig}. Nothing that was there has changed.", hint=FOR_A_FILE
            ) from None


def _check_sound(draft: Path, *, key: bytes, trail_key: bytes) -> None:
    """Opens the copy with the key, looks at every page's mac and every index, and at the schema."""
    _hush()
    with closing(open_database(f"sqlite:///{draft}", key=key, trail_key=trail_key)) as opened:
        try:
            with opened.reading(ALL) as connection:
                broken = connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall()
                told = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        except (StorageFailed, DBAPIError):
            raise StorageFailed(
                "The copy cannot be read with this key.", hint="Use the key it was made with."
            ) from None
        if broken or told != ["ok"]:
            raise StorageFailed("The copy is damaged.", hint="Use another backup.")
        check_schema(opened)
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            draft.with_name(draft.name + end).unlink()


def _hush() -> None:
    """What is wrong with a copy is told by our own errors; SQLCipher would print lines of its own beside them."""
    with closing(sqlcipher3.connect(":memory:")) as any_connection:
        any_connection.execute("PRAGMA cipher_log_level = NONE")  # of the whole process


def _keep(draft: Path, target: Path) -> None:
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.rename(target)
    sync_folder(target.parent)
