"""People and their rights: each change is an act with its line, and what does not fit is refused."""

from datetime import timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from domain.errors import NotFound, UsageError
from domain.people import ALL, Role, Signature
from outreach.accounts import add_user, get_account, grant_right, issue_token, lock_user, revoke_right, set_password
from outreach.guessing import guesses
from outreach.passwords import LEAST_GUESSES, ChosenPassword, check_password, hash_password, is_right
from store.accounts import add_session, end_session, forget_sessions, grants_of
from store.answers import claim_key, forget_answers
from store.database import Connection, Database
from store.tables import sessions, trail
from tests.support.made_store import NOW

BY = Signature(0, "console:admin", ALL, NOW, "this machine")
WHY = "begins in this office"
GOOD = "네 마리 고양이가 창가에서 잔다"


@pytest.fixture
def connection(any_database: Database):
    with any_database.writing(ALL) as connection:
        yield connection


def acts(connection: Connection) -> list[tuple[str, str]]:
    return [tuple(row) for row in connection.execute(select(trail.c.act, trail.c.subjects).order_by(trail.c.id))]


def add(connection: Connection, login: str = "kim", **more) -> int:
    password = ChosenPassword.of(GOOD, login=login, name="김민지")
    return add_user(connection, **{"login": login, "name": "김민지", "password": password, "by": BY, **more})


def test_every_act_leaves_a_line(connection: Connection) -> None:
    add(connection)
    grant_right(connection, login="kim", role=Role.DONG, area="4128151000", reason=WHY, by=BY)
    revoke_right(connection, login="kim", role=Role.DONG, area="4128151000", reason=WHY, by=BY)
    set_password(connection, login="kim", password=ChosenPassword.by_chance(), must_change=True, by=BY)
    issue_token(connection, login="kim", expires_at=NOW + timedelta(days=1), reason=WHY, by=BY)
    lock_user(connection, login="kim", reason=WHY, by=BY)
    expected = ["add_user", "grant", "revoke", "set_password", "issue_token", "lock"]
    assert acts(connection) == [(act, "kim") for act in expected]


def test_an_act_that_fails_leaves_nothing(any_database: Database) -> None:
    with pytest.raises(UsageError), any_database.writing(ALL) as connection:
        add(connection)
        add(connection)
    with any_database.reading(ALL) as connection:
        assert acts(connection) == []


def test_a_right_that_ended_stays_on_record(connection: Connection) -> None:
    user_id = add(connection)
    grant_right(connection, login="kim", role=Role.HUB, area="41281", reason=WHY, by=BY)
    later = Signature(0, "console:admin", ALL, NOW + timedelta(days=9), "this machine")
    revoke_right(connection, login="kim", role=Role.HUB, area="41281", reason=WHY, by=later)
    (grant,) = grants_of(connection, user_id)
    assert (grant.valid_from, grant.valid_to) == (NOW, NOW + timedelta(days=9))
    assert grant.holds_at(NOW + timedelta(days=8)) and not grant.holds_at(NOW + timedelta(days=9))


def test_a_right_is_held_once_and_revoked_once(connection: Connection) -> None:
    add(connection)
    right = {"login": "kim", "role": Role.DONG, "area": "4128151000", "reason": WHY, "by": BY}
    grant_right(connection, **right)
    with pytest.raises(UsageError):
        grant_right(connection, **right)
    revoke_right(connection, **right)
    with pytest.raises(NotFound):
        revoke_right(connection, **right)
    grant_right(connection, **right)


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.DONG, "41281"),
        (Role.DONG, "*"),
        (Role.HUB, "4128151000"),
        (Role.HUB, "*"),
        (Role.ANALYST, "4128151000"),
        (Role.AUDITOR, "41281"),
        (Role.AUDITOR, ""),
        (Role.AUDITOR, "4"),
        (Role.DONG, "４１２８１５１０００"),
        (Role.DONG, "41281510 0"),
    ],
)
def test_a_role_fits_its_area(connection: Connection, role: Role, area: str) -> None:
    add(connection)
    with pytest.raises(UsageError):
        grant_right(connection, login="kim", role=role, area=area, reason=WHY, by=BY)


@pytest.mark.parametrize("login", ["", "k", "김민지", "kim minji", "-kim", "a" * 65, "kim\n", "kim@site"])
def test_a_login_is_plain(connection: Connection, login: str) -> None:
    if login.strip() != login:
        assert add(connection, login)  # spaces around it are no part of it
        return
    with pytest.raises(UsageError):
        add(connection, login)


def test_a_login_is_never_given_twice_not_in_capitals_either(connection: Connection) -> None:
    add(connection)
    with pytest.raises(UsageError):
        add(connection, " KIM ")


def test_reasons_say_something(connection: Connection) -> None:
    add(connection)
    with pytest.raises(UsageError):
        lock_user(connection, login="kim", reason="ok", by=BY)


def test_nobody_is_not_found(connection: Connection) -> None:
    with pytest.raises(NotFound):
        get_account(connection, "nobody")


def test_passwords_are_kept_as_argon2id_with_the_stated_cost() -> None:
    kept = hash_password(GOOD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_right(GOOD, kept) and not is_right(GOOD + "!", kept) and not is_right(GOOD, None)
    assert hash_password(GOOD) != kept


def test_the_cost_stands_in_the_hash_so_that_it_can_be_raised() -> None:
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(GOOD)
    assert is_right(GOOD, cheap)


WEAK = [
    "short", "1234567", "12345678", "password", "Password1!", "P@ssw0rd", "qwerty123", "asdfghjkl", "1q2w3e4r",
    "aaaaaaaa", "abcd1234", "admin2026", "20261122", "kim.minji", "kim.minji1", "welcome1", "sagak2026!", "bokji1234",
    "qlalfqjsgh1", "dkssudgktpdy", "iloveyou", "zxcvbnm1", "김민지1234567", "aaaaaaaaaaaaaaaaaa", "x" * 129,
    "1qaz2wsx", "corvette1!", "Maverick2026", "s@m@nth@", "passwordpassword", "qwertyuiopasdfghjkl",  # known everywhere
    "비밀번호1234", "대한민국2026!", "tkfkdgo123!", "gmlakddl77", "박서준1234!", "qkrtjwls1!",  # known here
    "rlaalswl12!", "행신동2026!", "godtlsehd1!", "goyang2026!",  # of one's own name and place
]  # fmt: skip


@pytest.mark.parametrize("password", WEAK)
def test_passwords_that_others_could_guess_are_refused(password: str) -> None:
    with pytest.raises(UsageError):
        check_password(password, login="kim.minji", name="김민지")


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "창가의 고양이 둘", "vT9#kq2Lm", "rhdiddl-ckdrk", "x7#Kq9!z"]
)
def test_other_passwords_are_taken_whatever_they_are_made_of(password: str) -> None:
    check_password(password, login="kim.minji", name="김민지")


def test_the_best_known_passwords_are_refused() -> None:
    """OWASP ASVS 5.0, 6.2.4: at least the three thousand most common that are long enough."""
    known = [password for password in FREQUENCY_LISTS["passwords"] if len(password) >= 8]
    taken = [password for password in known[:3_000:10] if guesses(password, login="kim", name="") >= LEAST_GUESSES]
    assert len(known) > 10_000 and taken == []


def test_a_password_by_chance_passes() -> None:
    check_password(ChosenPassword.by_chance().plain, login="kim.minji", name="김민지")


def test_a_password_that_is_made_to_keep_the_check_busy_does_not() -> None:
    started = process_time()
    guesses("@4$5!1|07+8(){}<%2369" * 6, login="kim", name="")
    assert process_time() - started < 2  # half a minute, where all of it is looked at


@given(st.text(min_size=1, max_size=40))
def test_whatever_is_typed_is_counted(typed: str) -> None:
    assert guesses(typed, login="kim", name="김민지") >= 1


def test_sessions_that_are_over_and_old_answers_are_forgotten_after_a_while(connection: Connection) -> None:
    user_id = add(connection)
    for name, days, ended in (("ran out", 1, None), ("signed out", 99, NOW), ("running", 99, None)):
        add_session(
            connection, digest=name, kind="page", user_id=user_id, csrf="", at=NOW,
            expires_at=NOW + timedelta(days=days), origin="-",
        )  # fmt: skip
        if ended:
            end_session(connection, name, ended)
    claim_key(connection, user_id, "key-0001", "digest", NOW)
    claim_key(connection, user_id, "key-0002", "digest", NOW + timedelta(days=3))
    assert (forget_sessions(connection, NOW), forget_answers(connection, NOW)) == (0, 0)
    later = NOW + timedelta(days=2)
    assert (forget_sessions(connection, later), forget_answers(connection, later)) == (2, 1)
    assert connection.execute(select(sessions.c.token_digest)).scalars().all() == ["running"]
