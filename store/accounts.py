"""People who may sign in, their rights, and their sessions, as the database keeps them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, or_, select, update

from domain.people import Caller, Grant, Role
from store.tables import grants, sessions, users

PAGE, MACHINE = "page", "machine"  # kinds of a session: a cookie for pages, a bearer token for the API


@dataclass(frozen=True)
class Account:
    """What signing in needs to know of somebody."""

    user_id: int
    login: str
    name: str
    password_hash: str | None
    is_active: bool
    must_change_password: bool
    failures: int
    locked_until: datetime | None

    def is_locked_at(self, moment: datetime) -> bool:
        return self.locked_until is not None and moment < self.locked_until


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in, with the rights that hold at the moment of asking."""

    digest: str
    kind: str
    caller: Caller
    csrf: str
    seen_at: datetime
    expires_at: datetime
    must_change_password: bool


def digest_of(token: str) -> str:
    """What the database knows of a token: its SHA-256, so that whoever reads the database can sign in nowhere."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


_ACCOUNT = (
    users.c.id,
    users.c.login,
    users.c.name,
    users.c.password_hash,
    users.c.is_active,
    users.c.must_change_password,
    users.c.failures,
    users.c.locked_until,
)


def find_account(connection: Connection, login: str, *, to_change: bool = False) -> Account | None:
    """Whoever has this login; ``to_change`` holds the row until the transaction ends."""
    return _account(connection, users.c.login == login, to_change=to_change)


def find_account_of(connection: Connection, subject: str) -> Account | None:
    """Whoever the agency's own sign-on calls ``subject``; holds the row until the transaction ends."""
    return _account(connection, users.c.subject == subject, to_change=True)


def _account(connection: Connection, condition: Any, *, to_change: bool) -> Account | None:
    query = select(*_ACCOUNT).where(condition)
    row = connection.execute(query.with_for_update() if to_change else query).first()
    return None if row is None else Account(*row)


def add_account(
    connection: Connection,
    *,
    login: str,
    name: str,
    password_hash: str | None,
    subject: str | None,
    at: datetime,
) -> int:
    """The new person's number."""
    added = connection.execute(
        insert(users).values(
            login=login,
            name=name,
            password_hash=password_hash,
            subject=subject,
            is_active=True,
            must_change_password=password_hash is not None,
            failures=0,
            created_at=at,
        )
    )
    key = added.inserted_primary_key
    assert key is not None  # one row was inserted
    return int(key[0])


def change_account(connection: Connection, user_id: int, **values: Any) -> None:
    """Sets columns of somebody's account."""
    connection.execute(update(users).where(users.c.id == user_id).values(**values))


# --- rights -----------------------------------------------------------------------------------------------------------


def grants_of(connection: Connection, user_id: int) -> tuple[Grant, ...]:
    """Every right somebody has, had, or is going to have, oldest first."""
    rows = connection.execute(
        select(grants.c.role, grants.c.area, grants.c.valid_from, grants.c.valid_to)
        .where(grants.c.user_id == user_id)
        .order_by(grants.c.valid_from, grants.c.id)
    )
    return tuple(Grant(Role(row.role), row.area, row.valid_from, row.valid_to) for row in rows)


def add_grant(connection: Connection, user_id: int, grant: Grant, *, granted_by: str, reason: str) -> None:
    """Adds a right; whether it fits is the caller's to check."""
    connection.execute(
        insert(grants).values(
            user_id=user_id,
            role=grant.role.value,
            area=grant.area,
            valid_from=grant.valid_from,
            valid_to=grant.valid_to,
            granted_by=granted_by,
            reason=reason,
        )
    )


def end_grants(connection: Connection, user_id: int, *, role: Role, area: str, at: datetime) -> int:
    """How many rights ended; they stay in the table with the moment they ended."""
    ended = connection.execute(
        update(grants)
        .where(grants.c.user_id == user_id, grants.c.role == role.value, grants.c.area == area)
        .where(or_(grants.c.valid_to.is_(None), grants.c.valid_to > at))
        .values(valid_to=at)
    )
    return ended.rowcount


# --- sessions ---------------------------------------------------------------------------------------------------------

# Built once: it is asked at every request. A person without any right is signed in too, and sees what to do about it:
# hence the outer join.
_RUNNING = (
    select(
        sessions.c.token_digest,
        sessions.c.kind,
        sessions.c.csrf,
        sessions.c.seen_at,
        sessions.c.expires_at,
        users.c.id,
        users.c.login,
        users.c.name,
        users.c.must_change_password,
        grants.c.role,
        grants.c.area,
        grants.c.valid_from,
        grants.c.valid_to,
    )
    .select_from(
        sessions.join(users, users.c.id == sessions.c.user_id).outerjoin(grants, grants.c.user_id == users.c.id)
    )
    .where(
        sessions.c.token_digest == bindparam("digest"),
        sessions.c.kind == bindparam("kind"),
        sessions.c.ended_at.is_(None),
        users.c.is_active,
    )
)


def find_running(connection: Connection, digest: str, *, kind: str, at: datetime) -> Session | None:
    """The session of this token that has neither ended nor outlived its limit, with the rights that hold at ``at``."""
    rows = connection.execute(_RUNNING, {"digest": digest, "kind": kind}).all()
    if not rows or rows[0].expires_at <= at:
        return None
    first = rows[0]
    caller = Caller(first.id, first.login, first.name, _holding(rows, at))
    return Session(
        first.token_digest,
        first.kind,
        caller,
        first.csrf,
        first.seen_at,
        first.expires_at,
        first.must_change_password,
    )


def _holding(rows: Sequence[Any], at: datetime) -> tuple[Grant, ...]:
    every = (Grant(Role(row.role), row.area, row.valid_from, row.valid_to) for row in rows if row.role is not None)
    return tuple(grant for grant in every if grant.holds_at(at))


def add_session(
    connection: Connection,
    *,
    digest: str,
    kind: str,
    user_id: int,
    csrf: str,
    at: datetime,
    expires_at: datetime,
    origin: str,
) -> None:
    """Begins a session or a token, of which only the digest is kept."""
    connection.execute(
        insert(sessions).values(
            token_digest=digest,
            kind=kind,
            user_id=user_id,
            csrf=csrf,
            created_at=at,
            seen_at=at,
            expires_at=expires_at,
            origin=origin,
        )
    )


def touch(connection: Connection, digest: str, at: datetime) -> None:
    """Notes that the session was used; never takes it back in time."""
    connection.execute(
        update(sessions).where(sessions.c.token_digest == digest, sessions.c.seen_at < at).values(seen_at=at)
    )


def end_session(connection: Connection, digest: str, at: datetime) -> bool:
    """Whether it was running until now."""
    running = and_(sessions.c.token_digest == digest, sessions.c.ended_at.is_(None))
    return connection.execute(update(sessions).where(running).values(ended_at=at)).rowcount == 1


def end_sessions_of(connection: Connection, user_id: int, *, kinds: Sequence[str], at: datetime) -> int:
    """How many of somebody's sessions ended that had not outlived their limit."""
    running = and_(
        sessions.c.user_id == user_id,
        sessions.c.kind.in_(kinds),
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > at,
    )
    return connection.execute(update(sessions).where(running).values(ended_at=at)).rowcount


def was_replaced(connection: Connection, digest: str) -> bool:
    """Whether a session ended because the same person signed in elsewhere."""
    later = sessions.alias()
    return bool(
        connection.scalar(
            select(
                exists().where(
                    sessions.c.token_digest == digest,
                    later.c.user_id == sessions.c.user_id,
                    later.c.kind == sessions.c.kind,
                    later.c.token_digest != digest,
                    later.c.created_at == sessions.c.ended_at,
                )
            )
        )
    )


def forget_sessions(connection: Connection, before: datetime) -> int:
    """Deletes sessions and tokens that ended or ran out before a moment, and counts them; the trail keeps who came."""
    over = func.coalesce(sessions.c.ended_at, sessions.c.expires_at) < before
    return connection.execute(delete(sessions).where(over)).rowcount
