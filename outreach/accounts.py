"""Who may sign in and what they may see: each change is an act of somebody, with its line in the same transaction.

A right is never overwritten: it begins, and it ends. Rights of past days say who could see what, and are kept.
"""

import re
from datetime import datetime

from domain.errors import NotFound, UsageError
from domain.people import Grant, Role, Signature
from outreach.passwords import ChosenPassword, new_token
from outreach.signing import checked_words
from store import accounts as store
from store.accounts import MACHINE, PAGE, Account, digest_of
from store.database import Connection
from store.trail import Line, append

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_AREAS = {
    Role.DONG: re.compile(r"[0-9]{10}"),
    Role.HUB: re.compile(r"[0-9]{5}"),
    Role.ANALYST: re.compile(r"[0-9]{5}|\*"),
    # The trail is one for all districts: whoever reads it reads of everybody.
    Role.AUDITOR: re.compile(r"\*"),
}


def add_user(
    connection: Connection,
    *,
    login: str,
    name: str,
    password: ChosenPassword | None,
    by: Signature,
    subject: str | None = None,
    is_machine: bool = False,
) -> int:
    """The number of a new person, who changes ``password`` at the first sign-in.

    Without a password they sign in through the agency's own sign-on only, which calls them ``subject``. A machine has
    neither: it comes in by tokens alone, and no household can be given to it. Raises `UsageError` for a login that is
    taken or of another form.
    """
    login = normal_login(login)
    if not is_login(login):
        raise UsageError("A login is 2 to 64 small letters, digits, dots and dashes.", hint="For example kim.minji")
    if store.find_account(connection, login) is not None:
        raise UsageError(f"The login {login} is taken.", hint="Choose another; nobody's is ever used again.")
    if is_machine and (password is not None or subject):
        raise UsageError("A machine does not sign in.", hint="Give it no password and no name of the sign-on.")
    if not is_machine and password is None and not subject:
        raise UsageError("Nobody could sign in like this.", hint="Give a password, or the sign-on's name for them.")
    name, _ = checked_words(name, "Everybody has a name.")
    hashed = None if password is None else password.hashed
    user_id = store.add_account(connection, login=login, name=name, password_hash=hashed, subject=subject, at=by.at)
    append(connection, Line.of(by, "add_user", login, by_password=password is not None, by_sign_on=subject is not None))
    return user_id


def grant_right(
    connection: Connection,
    *,
    login: str,
    role: Role,
    area: str,
    reason: str,
    by: Signature,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> None:
    """Gives a right from ``valid_from`` (now) until ``valid_to`` (until it is revoked); it counts at the next request.

    Raises `UsageError` where role and area do not fit: a dong worker's is a dong, a hub's a district.
    """
    account = get_account(connection, login)
    _check_area(role, area)
    _, reason = checked_words(by.login, reason)
    grant = Grant(role, area, valid_from or by.at, valid_to)
    if grant.valid_to is not None and grant.valid_to <= grant.valid_from:
        raise UsageError("The right would end before it begins.", hint="Give a later end.")
    held = store.grants_of(connection, account.user_id)
    if any(one.role == role and one.area == area and one.holds_at(grant.valid_from) for one in held):
        raise UsageError("They hold this right already.", hint="Revoke it first to give it other limits.")
    store.add_grant(connection, account.user_id, grant, granted_by=by.login, reason=reason)
    until = None if valid_to is None else valid_to.isoformat()
    append(
        connection,
        Line.of(by, "grant", account.login, role=role.value, area=area, reason=reason,
                valid_from=grant.valid_from.isoformat(), valid_to=until),
    )  # fmt: skip


def revoke_right(connection: Connection, *, login: str, role: Role, area: str, reason: str, by: Signature) -> None:
    """Ends a right now; it is gone at the next request. Raises `NotFound` where they do not hold it."""
    account = get_account(connection, login)
    _, reason = checked_words(by.login, reason)
    if not store.end_grants(connection, account.user_id, role=role, area=area, at=by.at):
        raise NotFound("They do not hold this right.", hint="sagak people show LOGIN lists what they hold.")
    append(connection, Line.of(by, "revoke", account.login, role=role.value, area=area, reason=reason))


def set_password(
    connection: Connection, *, login: str, password: ChosenPassword, must_change: bool, by: Signature
) -> int:
    """Sets a password and ends every session of its owner on pages; how many ended.

    Bearer tokens were issued beside the password and stay until their day; `lock_user` ends them too. ``must_change``:
    another person has set it.
    """
    account = get_account(connection, login)
    store.change_account(
        connection,
        account.user_id,
        password_hash=password.hashed,
        must_change_password=must_change,
        failures=0,
        locked_until=None,
    )
    ended = store.end_sessions_of(connection, account.user_id, kinds=(PAGE,), at=by.at)
    append(connection, Line.of(by, "set_password", account.login, must_change=must_change, ended=ended))
    return ended


def lock_user(connection: Connection, *, login: str, reason: str, by: Signature) -> int:
    """Shuts somebody out until they are unlocked; how many sessions and tokens ended."""
    account = get_account(connection, login)
    _, reason = checked_words(by.login, reason)
    store.change_account(connection, account.user_id, is_active=False)
    ended = store.end_sessions_of(connection, account.user_id, kinds=(PAGE, MACHINE), at=by.at)
    append(connection, Line.of(by, "lock", account.login, reason=reason, ended=ended))
    return ended


def unlock_user(connection: Connection, *, login: str, reason: str, by: Signature) -> None:
    """Lets somebody in again, also before the time after wrong passwords is over."""
    account = get_account(connection, login)
    _, reason = checked_words(by.login, reason)
    store.change_account(connection, account.user_id, is_active=True, failures=0, locked_until=None)
    append(connection, Line.of(by, "unlock", account.login, reason=reason))


def issue_token(connection: Connection, *, login: str, expires_at: datetime, reason: str, by: Signature) -> str:
    """A bearer token for the API with this person's rights, told once: the database keeps its digest only."""
    account = get_account(connection, login)
    _, reason = checked_words(by.login, reason)
    if expires_at <= by.at:
        raise UsageError("The token would have expired already.", hint="Give a later day.")
    token = new_token()
    store.add_session(
        connection,
        digest=digest_of(token),
        kind=MACHINE,
        user_id=account.user_id,
        csrf="",
        at=by.at,
        expires_at=expires_at,
        origin=by.origin,
    )
    append(connection, Line.of(by, "issue_token", account.login, expires_at=expires_at.isoformat(), reason=reason))
    return token


def get_account(connection: Connection, login: str, *, to_change: bool = True) -> Account:
    """Raises `NotFound` for a login nobody has; ``to_change`` holds the row until the transaction ends."""
    account = store.find_account(connection, normal_login(login), to_change=to_change)
    if account is None:
        raise NotFound("Nobody has this login.", hint="sagak people add adds somebody.")
    return account


def normal_login(login: str) -> str:
    """A login as it is kept: small letters, no spaces around it."""
    return login.strip().lower()


def is_login(text: str) -> bool:
    """Whether somebody could have this login: nothing else needs to be looked for."""
    return _LOGIN.fullmatch(text) is not None


def _check_area(role: Role, area: str) -> None:
    if not _AREAS[role].fullmatch(area):
        raise UsageError(
            "Role and area do not fit.",
            hint='dong: ten digits of a dong; hub: five of a district; analyst: five or "*"; auditor: "*".',
        )
