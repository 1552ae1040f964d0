"""The demo's people: one login a role, with passwords that are drawn and told once."""

from dataclasses import dataclass
from datetime import datetime

from domain.dong import district_of
from domain.people import ALL, Role, Signature
from outreach.accounts import add_user, grant_right
from outreach.passwords import ChosenPassword
from serving.wording_people_ko import DEMO_GRANTS, DEMO_NAMES
from store.accounts import change_account, find_account
from store.database import Database

_BY = "demo"


@dataclass(frozen=True)
class Login:
    """What somebody types to sign in as a role."""

    role: Role
    login: str
    password: str


def add_demo_people(database: Database, *, dong_code: str, at: datetime) -> tuple[Login, ...]:
    """One person a role, for the demo's dong and its district; empty where they are there already."""
    areas = {Role.DONG: dong_code, Role.HUB: district_of(dong_code), Role.ANALYST: "*", Role.AUDITOR: "*"}
    by = Signature(0, _BY, ALL, at, "-")
    made = []
    with database.writing(ALL) as connection:
        for role, area in areas.items():
            chosen = ChosenPassword.by_chance()
            login = Login(role, f"demo-{role}", chosen.plain)
            if find_account(connection, login.login) is not None:
                return ()
            number = add_user(connection, login=login.login, name=DEMO_NAMES[role], password=chosen, by=by)
            change_account(connection, number, must_change_password=False)  # nobody real signs in with it
            grant_right(connection, login=login.login, role=role, area=area, reason=DEMO_GRANTS, by=by)
            made.append(login)
    return tuple(made)
