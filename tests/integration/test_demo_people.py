"""The demo's people have names as colleagues have, in Korean."""

from domain.people import ALL, Role
from sagak.demo_people import add_demo_people
from store.accounts import find_account
from store.database import Database
from tests.support.made_store import NOW


def test_everybody_in_the_demo_has_a_korean_name_of_their_own(sqlite_database: Database) -> None:
    made = add_demo_people(sqlite_database, dong_code="4128151000", at=NOW)
    assert {one.role for one in made} == set(Role)
    with sqlite_database.reading(ALL) as connection:
        names = {account.name for one in made if (account := find_account(connection, one.login))}
    assert len(names) == len(Role)
    assert all(len(name) == 3 and all("가" <= sign <= "힣" for sign in name) for name in names)
