"""Signing in and out: passwords are checked, failures counted, and each of it is a line of the trail.

Whoever tries cannot tell an unknown login from a wrong password or a locked account: the answer is one, and each way
checks one password and writes one transaction.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.people import NOBODY, Signature
from outreach.accounts import get_account, is_login, set_password
from outreach.passwords import ChosenPassword, is_right, new_token
from store import accounts as store
from store.accounts import PAGE, Account, digest_of
from store.database import Connection, Database
from store.trail import Line, append
from store.trail_search import acts_from

NOT_KNOWN = "-"  # the actor where nobody we know acted
_FAILURES, _MANY_FAILURES, _WITHIN = ("sign_in_failed", "sign_in_refused"), 50, timedelta(minutes=10)
_HERE = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Attempt:
    """Somebody who wants to come in: when, from where, and by which rules.

    ``secret`` keys digests of logins that nobody has: one may be a password that was typed into the wrong field.
    """

    at: datetime
    origin: str
    absolute: timedelta
    failures_until_locked: int
    locked_for: timedelta
    secret: bytes


@dataclass(frozen=True)
class Begun:
    """A session that has begun: its token, told once, and how many others ended for it."""

    token: str
    ended: int
    must_change_password: bool


def is_flooding(database: Database, attempt: Attempt) -> bool:
    """Whether one address fails too often: fifty times in ten minutes, and more often than people come in from there.

    Each account has its lock; this is for whoever tries one common password on many. A whole city hall may come from
    one address, and mistypes more than fifty times on a Monday: hence the second number. From this machine itself come
    those whose proxy nobody has named (``SAGAK_PROXY``): they would all be kept out together.
    """
    if attempt.origin in _HERE:
        return False
    since = attempt.at - _WITHIN
    with database.reading(NOBODY) as connection:
        counted = acts_from(connection, attempt.origin, acts=("sign_in", *_FAILURES), since=since)
    failed = sum(counted.get(act, 0) for act in _FAILURES)
    return failed >= _MANY_FAILURES and failed > counted.get("sign_in", 0)


def sign_in(database: Database, login: str, password: str, attempt: Attempt) -> Begun | None:
    """Begins a session for whoever has this login and password; None where that may not be."""
    login = login.strip().lower()
    with database.reading(NOBODY) as connection:
        seen = store.find_account(connection, login) if is_login(login) else None
    # Outside any transaction: it takes tens of milliseconds, and nobody else should wait for them.
    matches = is_right(password, seen.password_hash if seen else None)
    with database.writing(NOBODY) as connection:
        # Read again: meanwhile others may have failed, or the password may have been changed.
        account = store.find_account(connection, login, to_change=True) if seen else None
        if account is None or seen is None:
            append(connection, _unknown(login, attempt))
            return None
        if account.is_locked_at(attempt.at) or not account.is_active or account.password_hash is None:
            append(connection, Line.of(_by(account, attempt), "sign_in_refused", account.login))
            return None
        if not matches or account.password_hash != seen.password_hash:
            _count_failure(connection, account, attempt)
            return None
        return begin_session(connection, account, attempt, way="password")


def sign_in_by_subject(database: Database, subject: str, attempt: Attempt) -> Begun | None:
    """Begins a session for whoever the agency's sign-on calls ``subject``; None for somebody we do not know."""
    with database.writing(NOBODY) as connection:
        # PostgreSQL takes no text with a zero sign.
        account = store.find_account_of(connection, subject) if subject.isprintable() else None
        if account is None or not account.is_active:
            append(connection, _unknown(subject, attempt))
            return None
        return begin_session(connection, account, attempt, way="sign_on")


def note_refused_sign_on(database: Database, attempt: Attempt) -> None:
    """Records that somebody came back from the agency's sign-on without its word for anybody."""
    with database.writing(NOBODY) as connection:
        append(connection, Line(attempt.at, NOT_KNOWN, attempt.origin, "sign_in_failed", (), {"way": "sign_on"}))


def begin_session(connection: Connection, account: Account, attempt: Attempt, *, way: str) -> Begun:
    """A new session of somebody who has shown who they are; their former one ends: each person is in one place."""
    ended = store.end_sessions_of(connection, account.user_id, kinds=(PAGE,), at=attempt.at)
    token = new_token()
    store.add_session(
        connection,
        digest=digest_of(token),
        kind=PAGE,
        user_id=account.user_id,
        csrf=new_token(),
        at=attempt.at,
        expires_at=attempt.at + attempt.absolute,
        origin=attempt.origin,
    )
    store.change_account(connection, account.user_id, failures=0, locked_until=None)
    append(connection, Line.of(_by(account, attempt), "sign_in", account.login, way=way, ended=ended))
    return Begun(token, ended, account.must_change_password)


def change_own_password(database: Database, by: Signature, *, old: str, new: str, attempt: Attempt) -> Begun | None:
    """Sets another password and begins a new session; every former one ends. None where the old password is wrong.

    Wrong ones count as at signing in, and a lock holds here too. Raises `UsageError` for a new password that others
    could guess.
    """
    with database.reading(NOBODY) as connection:
        seen = get_account(connection, by.login, to_change=False)
    matches = is_right(old, seen.password_hash)
    chosen = ChosenPassword.of(new, login=seen.login, name=seen.name)
    with database.writing(NOBODY) as connection:
        account = get_account(connection, by.login)
        if account.is_locked_at(attempt.at):
            append(connection, Line.of(_by(account, attempt), "sign_in_refused", account.login))
            return None
        if not matches or account.password_hash != seen.password_hash:
            _count_failure(connection, account, attempt)
            return None
        set_password(connection, login=by.login, password=chosen, must_change=False, by=by)
        return begin_session(connection, replace(account, must_change_password=False), attempt, way="new_password")


def sign_out(connection: Connection, digest: str, *, by: Signature) -> None:
    """Ends this session; its token opens nothing from now on."""
    if store.end_session(connection, digest, by.at):
        append(connection, Line.of(by, "sign_out", by.login))


def _count_failure(connection: Connection, account: Account, attempt: Attempt) -> None:
    """Notes a wrong password of an account that is not locked; one too many locks it, and counting begins anew."""
    failures = 1 if account.locked_until is not None else account.failures + 1
    is_locked = failures >= attempt.failures_until_locked
    locked_until = attempt.at + attempt.locked_for if is_locked else None
    store.change_account(connection, account.user_id, failures=failures, locked_until=locked_until)
    by = _by(account, attempt)
    append(connection, Line.of(by, "sign_in_failed", account.login, failures=failures))
    if is_locked:
        append(connection, Line.of(by, "locked", account.login, minutes=attempt.locked_for // timedelta(minutes=1)))


def _by(account: Account, attempt: Attempt) -> Signature:
    return Signature(account.user_id, account.login, NOBODY, attempt.at, attempt.origin)


def _unknown(typed: str, attempt: Attempt) -> Line:
    """A failure of nobody we know: the digest shows that the same was tried again, not what it was."""
    digest = hmac.digest(attempt.secret, typed.encode("utf-8", "replace"), "sha256").hex()
    return Line(attempt.at, NOT_KNOWN, attempt.origin, "sign_in_failed", (), {"typed": digest[:16]})
