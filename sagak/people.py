"""The commands by which people get in: add somebody, give and take rights, passwords, tokens.

Whoever can run these commands holds the keys of the database; the trail names them by their account on this machine.
"""

from datetime import datetime, timedelta

from rich.table import Table

from domain.people import ALL, Role
from outreach.accounts import (
    add_user,
    get_account,
    grant_right,
    issue_token,
    lock_user,
    revoke_right,
    set_password,
    unlock_user,
)
from outreach.passwords import ChosenPassword
from sagak.console import out, say, typed_by
from sagak.settings import Settings, now
from sagak.stores import store_of
from store.accounts import Account, grants_of


def run_add_person(login: str, *, name: str, subject: str | None, is_machine: bool) -> None:
    """Adds somebody, and tells their first password once.

    With ``subject`` they sign in by the agency's own sign-on; a machine comes in by tokens.
    """
    chosen, by = None if subject or is_machine else ChosenPassword.by_chance(), typed_by()
    with store_of(Settings.from_environment()) as database, database.writing(ALL) as connection:
        add_user(connection, login=login, name=name, password=chosen, subject=subject, is_machine=is_machine, by=by)
    say(f"Added: {login}. They see nothing until a right is granted: sagak people grant")
    if chosen:
        say(f"First password, told this once: {chosen.plain}")


def run_grant(
    login: str, role: Role, area: str, *, why: str, valid_from: datetime | None, valid_to: datetime | None
) -> None:
    """Gives a role in an area."""
    by = typed_by()
    with store_of(Settings.from_environment()) as database, database.writing(ALL) as connection:
        grant_right(
            connection, login=login, role=role, area=area, reason=why, by=by, valid_from=valid_from, valid_to=valid_to
        )
    say(f"Granted: {role.value} in {area} to {login}. It counts at their next click.")


def run_revoke(login: str, role: Role, area: str, *, why: str) -> None:
    """Takes a role in an area back."""
    by = typed_by()
    with store_of(Settings.from_environment()) as database, database.writing(ALL) as connection:
        revoke_right(connection, login=login, role=role, area=area, reason=why, by=by)
    say(f"Revoked: {role.value} in {area} of {login}. It is gone at their next click.")


def run_new_password(login: str) -> None:
    """Gives somebody a password by chance, told once; their sessions end, their tokens stay."""
    chosen, by = ChosenPassword.by_chance(), typed_by()
    with store_of(Settings.from_environment()) as database, database.writing(ALL) as connection:
        set_password(connection, login=login, password=chosen, must_change=True, by=by)
    say(f"New password of {login}, told this once: {chosen.plain}")


def run_lock(login: str, *, why: str) -> None:
    """Shuts somebody out, their tokens too."""
    by = typed_by()
    with store_of(Settings.from_environment()) as database, database.writing(ALL) as connection:
        ended = lock_user(connection, login=login, reason=why, by=by)
    say(f"Locked: {login}. Sessions and tokens that ended: {ended}.")


def run_unlock(login: str, *, why: str) -> None:
    """Lets somebody in again."""
    by = typed_by()
    with store_of(Settings.from_environment()) as database, database.writing(ALL) as connection:
        unlock_user(connection, login=login, reason=why, by=by)
    say(f"Unlocked: {login}.")


def run_token(login: str, *, days: int, why: str) -> None:
    """Issues a bearer token for the API, told once."""
    by = typed_by()
    with store_of(Settings.from_environment()) as database, database.writing(ALL) as connection:
        token = issue_token(connection, login=login, expires_at=by.at + timedelta(days=days), reason=why, by=by)
    say(f"Token with the rights of {login} for {days} days, told this once: {token}")


def run_show_person(login: str) -> None:
    """Prints what somebody may see, might see once, and is going to see."""
    at = now()
    with store_of(Settings.from_environment()) as database, database.reading(ALL) as connection:
        account = get_account(connection, login, to_change=False)
        grants = grants_of(connection, account.user_id)
    say(f"{account.login} · {account.name} · {_state(account, at)}")
    table = Table("role", "area", "from", "to", "holds")
    for grant in grants:
        to = "" if grant.valid_to is None else f"{grant.valid_to:%Y-%m-%d %H:%M}"
        holds = "yes" if grant.holds_at(at) else "no"
        table.add_row(grant.role.value, grant.area, f"{grant.valid_from:%Y-%m-%d %H:%M}", to, holds)
    out.print(table)


def _state(account: Account, at: datetime) -> str:
    if not account.is_active:
        return "locked by an administrator"
    return "locked for a while after wrong passwords" if account.is_locked_at(at) else "may sign in"
