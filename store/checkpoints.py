"""Checkpoints of the trail, in a file outside the database: they show an end that was cut, or an old copy put back.

One line each: position, the seal's mac, microseconds since 1970, and an HMAC over the three. A cut behind the last
checkpoint is not seen, which is why one is written every minute. Let the file lie where the database's administrator
cannot write (another host, a write-once volume), or copy it there.
"""

import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from domain.storage import FOR_A_FILE, storing
from store.chain import Seal, Signer
from store.columns import microseconds

EVERY = timedelta(seconds=60)
_TAIL_BYTES = 1024  # several times a line


@dataclass(frozen=True)
class Checkpoint:
    """The newest seal at one moment."""

    position: int
    mac: str
    at: int  # microseconds since 1970 in UTC


def read_checkpoints(path: Path, sign: Signer) -> tuple[Checkpoint | None, ...]:
    """Every checkpoint of the file, None for a line that was not signed with this key; none where there is no file."""
    if not path.exists():
        return ()
    # What follows the last line's end was torn off while it was written, and tells nothing.
    return tuple(_parsed(line, sign) for line in path.read_bytes().split(b"\n")[:-1])


def mark_checkpoint(path: Path, sign: Signer, seal: Seal, at: datetime, *, every: timedelta = EVERY) -> bool:
    """Appends a checkpoint of this seal, if it is new and the last is old enough; flushed to disk.

    Raises `StorageFailed` where the file cannot be written.
    """
    position, _, mac = seal
    if position == 0 or not _is_due(path, sign, position, microseconds(at) - every // timedelta(microseconds=1)):
        return False
    told = f"{position} {mac} {microseconds(at)}".encode()
    with storing("The checkpoint of the trail", room=FOR_A_FILE):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _append(path, told + b" " + _signature(told, sign) + b"\n")
    return True


def _is_due(path: Path, sign: Signer, position: int, latest: int) -> bool:
    former = _newest(path, sign)
    return former is None or (former.position != position and former.at <= latest)


def _newest(path: Path, sign: Signer) -> Checkpoint | None:
    """The last whole line, without reading years of them."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    return _parsed(lines[-1], sign) if lines else None


def _append(path: Path, line: bytes) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            os.ftruncate(file, path.read_bytes().rfind(b"\n") + 1)  # a torn end
        os.write(file, line)
        os.fsync(file)
    finally:
        os.close(file)


def _signature(told: bytes, sign: Signer) -> bytes:
    return sign(b"checkpoint " + told).encode()


def _parsed(line: bytes, sign: Signer) -> Checkpoint | None:
    told, _, signature = line.rpartition(b" ")
    if not hmac.compare_digest(signature, _signature(told, sign)):
        return None
    position, mac, at = told.decode().split(" ")
    return Checkpoint(int(position), mac, int(at))
