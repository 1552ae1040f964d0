"""Answers that were given to a key: the same request sent again gets the same answer and does nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.tables import idempotency

# Both know this form of insert, each by a class of its own.
_INSERT: dict[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


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
    claiming = _INSERT[connection.dialect.name](idempotency).values(claimed).on_conflict_do_nothing()
    if connection.execute(claiming.returning(idempotency.c.key)).first():
        return None
    own = (idempotency.c.user_id == user_id, idempotency.c.key == key)
    row = connection.execute(select(idempotency).where(*own)).one()
    return Answer(row.body_digest, row.status, row.answer)


def keep_answer(connection: Connection, user_id: int, key: str, *, status: int, answer: str) -> None:
    """Keeps the answer to a key that was claimed in this transaction."""
    own = (idempotency.c.user_id == user_id, idempotency.c.key == key)
    connection.execute(update(idempotency).where(*own).values(status=status, answer=answer))
