"""Seals over the trail, so that a change of it shows: who has no key can neither edit, cut, swap nor add a line.

Each line carries a mac over its own bytes from the moment it is written. Each seal's mac covers its position, the mac
of its line and the seal before, so that the order cannot change either. HMAC-SHA256 (RFC 2104) over bytes that keep
types apart: ``1`` is not ``"1"``. On SQLite, with its single writer, lines are sealed in the transaction that writes
them; on PostgreSQL a `store.sealer.Sealer` follows behind the writers, because a chain within each transaction would
let only one go at a time.

Not found: lines cut off the end since the last checkpoint (`store.checkpoints`), and whatever somebody does who holds
the key. Keep the checkpoints where the database's administrator cannot write.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection

SIGNER = "sagak_signer"  # execution option of our engines
COLUMNS = ("id", "at", "actor", "origin", "act", "subjects", "detail")  # what a line's mac covers, as it is stored
START = "0" * 64  # what the first seal follows
_BLOCK = 64  # bytes that SHA-256 takes at a time

Seal = tuple[int, int, str]  # position, id of the line, mac


class Signer:
    """HMAC-SHA256 in hex; the key's two blocks are hashed once, not for each line, which makes it three times as fast.

    The tests prove it against `hmac`.
    """

    def __init__(self, key: bytes) -> None:
        if not 0 < len(key) <= _BLOCK:
            raise ValueError("a key is one block of SHA-256 at most")
        padded = key.ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in padded))

    def __call__(self, told: bytes) -> str:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(told)
        outer.update(inner.digest())
        return outer.hexdigest()

    def line(self, values: Sequence[Any]) -> str:
        """The mac of one line from its stored values in the order of `COLUMNS`.

        Raises `TypeError` (as `orjson.JSONEncodeError`) for values that no line can hold, such as bytes.
        """
        return self(orjson.dumps(values))

    def seal(self, before: str, position: int, trail_id: int, line: str) -> str:
        """The mac of one seal over the seal before it, its place, and its line's mac."""
        return self(f"{before} {position} {trail_id} {line}".encode())


def signer_of(connection: Connection) -> Signer:
    """What signs the trail of this database."""
    signer: Signer = connection.get_execution_options()[SIGNER]
    return signer


def newest_seal(connection: Connection) -> Seal:
    """The last position and its mac; position 0 where nothing is sealed yet."""
    found = connection.exec_driver_sql(
        "SELECT position, trail_id, mac FROM trail_seals ORDER BY position DESC LIMIT 1"
    ).first()
    return (0, 0, START) if found is None else (found[0], found[1], found[2])


def seal(connection: Connection, lines: Iterable[tuple[int, str]]) -> Seal:
    """Seals lines (id, mac) in this order behind the newest seal; gives back the newest seal.

    The caller sees to it that nobody else seals meanwhile.
    """
    sign, newest = signer_of(connection), newest_seal(connection)
    made: list[Seal] = []
    for trail_id, line in lines:
        position = newest[0] + 1
        newest = (position, trail_id, sign.seal(newest[2], position, trail_id, line))
        made.append(newest)
    if made:
        place = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(
            f"INSERT INTO trail_seals (position, trail_id, mac) VALUES ({place}, {place}, {place})",  # noqa: S608
            made,
        )
    return newest
