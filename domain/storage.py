"""Files that are whole or not there at all."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import StorageFailed

_FAILURES = (
    (
        (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
        ("the disk is full", "Free about three times the size of the delivery and run the same command again."),
    ),
    (
        (errno.EACCES, errno.EPERM, errno.EROFS),
        ("writing is not allowed there", "Check who owns the data folder and whether it is read-only."),
    ),
    (
        (errno.EEXIST, errno.ENOTDIR, errno.EISDIR),
        ("something else stands where its folder belongs", "Move it away, or use another home folder."),
    ),
)


@contextmanager
def storing(what: str) -> Iterator[None]:
    """Turns a failure to write into an error that says what to do; what was there before stays."""
    try:
        yield
    except OSError as error:
        known = next((words for numbers, words in _FAILURES if error.errno in numbers), None)
        if known is None:
            raise
        message, hint = known
        raise StorageFailed(
            f"{what} could not be written: {message}. Nothing that was there has changed.", hint=hint
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file by way of a neighbour and a rename, flushed to disk, so that no reader sees half of it."""
    neighbour = path.with_name(f".{path.name}.part")
    with neighbour.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    neighbour.replace(path)
    sync_folder(path.parent)


def append_whole(path: Path, content: bytes, *, after: int) -> None:
    """Adds to a file at byte ``after``, where what it holds whole ends, flushed to disk; a torn rest there is cut off.

    Where that fails, the file is as long as it was.
    """
    try:
        with path.open("ab") as file:
            file.truncate(after)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError:
        if path.exists():
            os.truncate(path, after)
        raise


def sync_folder(folder: Path) -> None:
    """Makes renames inside a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replaced_folder(folder: Path, what: str) -> Iterator[Path]:
    """An empty folder to write into; once all is written it takes the place of ``folder``, else nothing changes."""
    staging = folder.with_name(f".{folder.name}.staging")
    with storing(what):
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            yield staging
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        former = folder.with_name(f".{folder.name}.former")
        shutil.rmtree(former, ignore_errors=True)
        if folder.exists():
            folder.rename(former)
        staging.rename(folder)
        sync_folder(folder.parent)
        shutil.rmtree(former, ignore_errors=True)


@contextmanager
def sole_writer(root: Path, busy: str) -> Iterator[None]:
    """Holds the lock of a folder for the block; raises `StorageFailed` saying ``busy`` where another process has it."""
    with storing(str(root)):
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StorageFailed(busy, hint="Wait until it is done.") from error
        yield
