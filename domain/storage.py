"""Files that are whole or not there at all."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import StorageFailed

FOR_A_DELIVERY = "Free about three times the size of the delivery and run the same command again."
FOR_A_FILE = "Free some space, a few megabytes are enough, and run the same command again."
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FAILURES = (
    (_FULL, ("the disk is full", FOR_A_DELIVERY)),
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
def storing(what: str, *, room: str = FOR_A_DELIVERY) -> Iterator[None]:
    """Turns a failure to write into an error that says what to do; what was there before stays.

    ``room`` is what to do about a full disk: how much is needed depends on what is written.
    """
    try:
        yield
    except OSError as error:
        known = next((words for numbers, words in _FAILURES if error.errno in numbers), None)
        if known is None:
            raise
        message, hint = known
        raise StorageFailed(
            f"{what} could not be written: {message}. Nothing that was there has changed.",
            hint=room if error.errno in _FULL else hint,
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file by way of a neighbour and a rename, flushed to disk, so that no reader sees half of it.

    Raises `StorageFailed` where its folder is not there.
    """
    _check_folder_of(path)
    neighbour = _neighbour(path)
    with neighbour.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    neighbour.replace(path)
    sync_folder(path.parent)


def check_writable(path: Path, what: str) -> None:
    """Makes the folder of a file and tries to write there; raises as `storing` does, before long work is in vain."""
    with storing(what, room=FOR_A_FILE):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        _neighbour(path).open("wb").close()
        _neighbour(path).unlink()


def _neighbour(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _check_folder_of(path: Path) -> None:
    # Not told by the error number: a file that is missing where it is read would look the same.
    if not path.parent.exists():
        raise StorageFailed(
            f"{path.name} could not be written: there is no folder {path.parent}.",
            hint="Make the folder or put it back, or use another home folder.",
        )


def append_whole(path: Path, content: bytes, *, after: int) -> None:
    """Adds to a file at byte ``after``, where what it holds whole ends, flushed to disk; a torn rest there is cut off.

    Where that fails, the file is as long as it was. Raises `StorageFailed` where its folder is not there.
    """
    _check_folder_of(path)
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
    with storing(str(root), room=FOR_A_FILE):
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StorageFailed(busy, hint="Wait until it is done.") from error
        yield
