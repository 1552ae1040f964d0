"""Answers that were given to a key: the same request sent again gets the same answer and does nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.tables import idempotency

# Both know this form of insert, each by a class of its own.
_INSERT: dict[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# Put together once: that takes longer than running them.
_CLAIM = {
    dialect: insert(idempotency).on_conflict_do_nothing().returning(idempotency.c.key)
    for dialect, insert in _INSERT.items()
}
_OWN = (idempotency.c.user_id == bindparam("of"), idempotency.c.key == bindparam("under"))
_KEEP = update(idempotency).where(*_OWN)


@dataclass(frozen=True)
class Answer:
    """What was answered, and the digest of what had been sent."""

    body_digest: str
    status: int
    answer: str


def claim_key(connection: Connection, user_id: int, key: str, body_digest: str, at: datetime) -> Answer | None:
    """None where the key is new and now the caller's, or the answer that it was given before.

    Whoever sends the same key at the same time waits here until the first is done.
    """
    claimed = {"user_id": user_id, "key": key, "body_digest": body_digest, "status": 0, "answer": "", "at": at}
    if connection.execute(_CLAIM[connection.dialect.name], claimed).first():
        return None
    row = connection.execute(select(idempotency).where(*_OWN), {"of": user_id, "under": key}).one()
    return Answer(row.body_digest, row.status, row.answer)


def keep_answer(connection: Connection, user_id: int, key: str, *, status: int, answer: str) -> None:
    """Keeps the answer to a key that was claimed in this transaction."""
    connection.execute(_KEEP, {"of": user_id, "under": key, "status": status, "answer": answer})


def forget_answers(connection: Connection, before: datetime) -> int:
    """Deletes answers that were given before a moment, and counts them: nobody sends those requests again."""
    return connection.execute(delete(idempotency).where(idempotency.c.at < before)).rowcount
