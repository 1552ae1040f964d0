"""Signing in: who gets in, who does not, and that nobody learns from it whether an account exists."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.people import ALL, NOBODY, Scope, Signature
from outreach.accounts import lock_user, set_password, unlock_user
from outreach.passwords import ChosenPassword
from outreach.sessions import Attempt, is_flooding, sign_in_by_subject
from serving.service import Service
from store.accounts import find_account_of
from store.database import Connection, Database
from store.tables import trail, users
from store.trail import Line, append
from tests.support.made_service import Clock, bearer, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NOW, PASSWORD, fill

WORKER = "dong-4128151000"
BY = Signature(0, "console:admin", ALL, NOW, "this machine")
WHY = "made up for tests"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(any_database: Database, clock: Clock) -> Service:
    fill(any_database)
    return made_service(any_database, now=clock)


def try_in(service: Service, login: str, password: str):
    return client_of(service).post("/login", data={"login": login, "password": password})


def lines(service: Service) -> Sequence[tuple[str, str, str, dict]]:
    with service.database.reading(ALL) as connection:
        columns = (trail.c.actor, trail.c.act, trail.c.subjects, trail.c.detail)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(trail.c.id))]


def test_the_right_password_leads_home_and_is_on_record(service: Service) -> None:
    answer = try_in(service, WORKER, PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert lines(service) == [(WORKER, "sign_in", WORKER, {"way": "password", "ended": 0})]


def test_a_login_is_the_same_in_capital_letters(service: Service) -> None:
    assert try_in(service, f"  {WORKER.upper()} ", PASSWORD).status_code == 303


@pytest.mark.parametrize("login", ["nobody", WORKER, "left", "locked"])
def test_every_failure_looks_the_same(service: Service, login: str) -> None:
    for _ in range(5):
        try_in(service, "hub-41281", "wrong")
    right_but_locked = try_in(service, "hub-41281", PASSWORD)
    wrong = try_in(service, login if login != "locked" else "hub-41281", "wrong")
    assert wrong.status_code == right_but_locked.status_code == 401
    assert body_of(wrong) == body_of(right_but_locked)


def body_of(answer) -> str:
    """The page without the login that was typed."""
    return re.sub(r'name="login" value="[^"]*"', "", answer.text)


def test_one_address_that_only_fails_is_not_listened_to_for_a_while(service: Service, clock: Clock) -> None:
    with service.database.writing(ALL) as connection:
        append(connection, *(Line(NOW, "-", "testclient", "sign_in_failed") for _ in range(49)))
    assert try_in(service, WORKER, PASSWORD).status_code == 303
    assert [try_in(service, "nobody", "x").status_code for _ in range(2)] == [401, 429]
    told = try_in(service, WORKER, PASSWORD)
    assert told.status_code == 429 and "10분쯤 뒤에" in told.text
    assert len(lines(service)) == 51, "who is not listened to writes nothing"
    clock.forward(minutes=10, seconds=1)
    assert try_in(service, WORKER, PASSWORD).status_code == 303


def test_an_address_from_which_most_come_in_is_a_whole_office(service: Service) -> None:
    by = Signature(0, "office", NOBODY, NOW, "testclient")
    with service.database.writing(ALL) as connection:
        append(connection, *(Line.of(by, act) for act in ("sign_in", "sign_in_failed") for _ in range(60)))
        append(connection, Line.of(by, "sign_in"))
    assert try_in(service, WORKER, PASSWORD).status_code == 303


def test_an_address_that_stands_for_everybody_keeps_nobody_out(service: Service) -> None:
    attempt = attempt_at("127.0.0.1")
    with service.database.writing(ALL) as connection:
        append(connection, *(Line.of(BY, "sign_in_failed") for _ in range(3)))
        append(connection, *(Line(NOW, "-", attempt.origin, "sign_in_failed") for _ in range(60)))
    assert not is_flooding(service.database, attempt)
    assert not is_flooding(service.database, attempt_at(BY.origin))


def attempt_at(origin: str) -> Attempt:
    return Attempt(NOW, origin, timedelta(hours=9), 5, timedelta(minutes=30), bytes(32))


def test_somebody_who_left_does_not_get_in_with_the_right_password(service: Service) -> None:
    assert try_in(service, "left", PASSWORD).status_code == 401


def test_five_failures_lock_for_half_an_hour(service: Service, clock: Clock) -> None:
    for _ in range(5):
        assert try_in(service, WORKER, "wrong").status_code == 401
    assert try_in(service, WORKER, PASSWORD).status_code == 401
    clock.forward(minutes=29)
    assert try_in(service, WORKER, PASSWORD).status_code == 401
    clock.forward(minutes=1)
    assert try_in(service, WORKER, PASSWORD).status_code == 303
    assert [act for _, act, _, _ in lines(service)] == [
        *["sign_in_failed"] * 5, "locked", "sign_in_refused", "sign_in_refused", "sign_in"
    ]  # fmt: skip


def test_the_lock_holds_for_an_open_session_that_guesses_the_password_too(service: Service, clock: Clock) -> None:
    client = signed_in(client_of(service), WORKER)
    own = "네 마리 고양이가 창가에서 잔다"

    def change(old: str) -> int:
        data = {"old": old, "new": own, "again": own, "csrf": csrf_of(client)}
        return int(client.post("/password", data=data).status_code)

    assert [change("wrong") for _ in range(8)] == [422] * 8
    assert change(PASSWORD) == 422
    assert try_in(service, WORKER, PASSWORD).status_code == 401
    assert [act for _, act, _, _ in lines(service)] == [
        "sign_in", *["sign_in_failed"] * 5, "locked", *["sign_in_refused"] * 5
    ]  # fmt: skip
    clock.forward(minutes=31)
    assert try_in(service, WORKER, PASSWORD).status_code == 303


def test_a_password_sent_from_inside_does_not_lift_the_lock_of_those_outside(service: Service) -> None:
    client = signed_in(client_of(service), WORKER)
    for _ in range(5):
        try_in(service, WORKER, "wrong")
    data = {"old": "wrong", "new": PASSWORD + "!", "again": PASSWORD + "!", "csrf": csrf_of(client)}
    client.post("/password", data=data)
    assert try_in(service, WORKER, PASSWORD).status_code == 401


def test_what_cannot_be_a_login_is_unknown_and_asked_of_no_database(service: Service) -> None:
    for login in ("\0", "a\0b", "김민지", "-", "a" * 65, "x" * 200):
        assert try_in(service, login, "wrong").status_code == 401
    assert {(actor, act, subjects) for actor, act, subjects, _ in lines(service)} == {("-", "sign_in_failed", "")}


def test_a_subject_with_signs_that_cannot_be_seen_is_nobodys(service: Service) -> None:
    assert sign_in_by_subject(service.database, "some\0body", attempt_at("-")) is None


def test_two_sign_ons_of_one_person_wait_for_each_other(service: Service) -> None:
    """Else both would find no former session to end."""
    with service.database.writing(ALL) as connection:
        connection.execute(update(users).where(users.c.login == WORKER).values(subject="gov-1"))
    with ThreadPoolExecutor(1) as second:
        with service.database.writing(ALL) as connection:
            assert find_account_of(connection, "gov-1") is not None
            begun = second.submit(sign_in_by_subject, service.database, "gov-1", attempt_at("-"))
            with pytest.raises(TimeoutError):
                begun.result(timeout=0.2)
        assert begun.result(timeout=20) is not None


def test_passwords_are_hashed_while_nobody_waits_for_the_writer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(client_of(service), WORKER)
    csrf, writing, during = csrf_of(client), [0], []
    hashed, open_for_writing = ChosenPassword.of, service.database.writing

    @contextmanager
    def counted(scope: Scope) -> Iterator[Connection]:
        with open_for_writing(scope) as connection:
            writing[0] += 1
            yield connection
            writing[0] -= 1

    def noted(plain: str, **whose: str) -> ChosenPassword:
        during.append(writing[0])
        return hashed(plain, **whose)

    monkeypatch.setattr(Database, "writing", lambda _, scope: counted(scope))
    monkeypatch.setattr(ChosenPassword, "of", noted)
    own = "네 마리 고양이가 창가에서 잔다"
    assert client.post("/password", data={"old": PASSWORD, "new": own, "again": own, "csrf": csrf}).status_code == 303
    assert during == [0]


def test_after_a_lock_counting_begins_anew(service: Service, clock: Clock) -> None:
    for _ in range(5):
        try_in(service, WORKER, "wrong")
    clock.forward(minutes=31)
    try_in(service, WORKER, "wrong")
    assert try_in(service, WORKER, PASSWORD).status_code == 303


def test_a_success_forgets_earlier_failures(service: Service) -> None:
    for _ in range(2):
        for _ in range(4):
            try_in(service, WORKER, "wrong")
        assert try_in(service, WORKER, PASSWORD).status_code == 303


def test_failures_do_not_end_the_session_of_whoever_is_at_work(service: Service) -> None:
    client = signed_in(client_of(service), WORKER)
    for _ in range(6):
        try_in(service, WORKER, "wrong")
    assert client.get("/session").status_code == 200


def test_an_administrator_opens_a_lock_early(service: Service) -> None:
    for _ in range(5):
        try_in(service, WORKER, "wrong")
    with service.database.writing(ALL) as connection:
        unlock_user(connection, login=WORKER, reason=WHY, by=BY)
    assert try_in(service, WORKER, PASSWORD).status_code == 303


def test_a_login_nobody_has_is_not_written_down(service: Service) -> None:
    typed = "my-secret-password"
    try_in(service, typed, "x")
    try_in(service, typed, "x")
    (actor, act, subjects, first), (*_, second) = lines(service)
    assert (actor, act, subjects) == ("-", "sign_in_failed", "")
    assert first == second and re.fullmatch("[0-9a-f]{16}", first["typed"])


def test_sign_in_goes_on_to_our_own_pages_only(service: Service) -> None:
    def goes_to(path: str) -> str:
        data = {"login": WORKER, "password": PASSWORD, "next": path}
        return client_of(service).post("/login", data=data).headers["location"]

    assert goes_to("/households/x?tab=notes") == "/households/x?tab=notes"
    for path in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/\n/elsewhere", "list"):
        assert goes_to(path).startswith("/?done=") or goes_to(path) == "/"


def test_another_site_cannot_sign_somebody_in(service: Service) -> None:
    answer = client_of(service).post(
        "/login", data={"login": WORKER, "password": PASSWORD}, headers={"origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_a_given_password_is_changed_before_anything_else(service: Service) -> None:
    given, own = "given by the office", "네 마리 고양이가 창가에서 잔다"
    password = ChosenPassword.of(given, login=WORKER, name="담당1")
    with service.database.writing(ALL) as connection:
        set_password(connection, login=WORKER, password=password, must_change=True, by=BY)
    client = client_of(service)
    answer = client.post("/login", data={"login": WORKER, "password": given})
    assert answer.headers["location"] == "/password"
    assert client.get("/").headers["location"] == "/password"
    assert "처음 로그인하셨습니다" in client.get("/password").text
    before = client.cookies["sagak"]
    data = {"old": given, "new": own, "again": own, "csrf": csrf_of(client)}
    assert client.post("/password", data=data).status_code == 303
    assert client.cookies["sagak"] != before
    assert client.get("/").headers["location"] == "/list"
    assert try_in(service, WORKER, given).status_code == 401


def test_changing_the_password_asks_for_the_old_one_and_a_good_new_one(service: Service) -> None:
    client = signed_in(client_of(service), WORKER)

    def change(old: str, new: str, again: str) -> str:
        data = {"old": old, "new": new, "again": again, "csrf": csrf_of(client)}
        answer = client.post("/password", data=data)
        assert answer.status_code == 422
        return re.sub("<[^>]*>", " ", answer.text)

    good = "네 마리 고양이가 창가에서 잔다"
    assert "지금 비밀번호가 맞지 않습니다" in change("wrong", good, good)
    assert "서로 다릅니다" in change(PASSWORD, good, good + "!")
    assert "지금 쓰는 것과 다른" in change(PASSWORD, PASSWORD, PASSWORD)
    assert "쓸 수 없는 비밀번호" in change(PASSWORD, "password1", "password1")


def test_whoever_is_locked_out_loses_sessions_and_tokens_at_the_next_request(service: Service) -> None:
    client, machine = signed_in(client_of(service), "auditor"), bearer(service, "auditor")
    assert client_of(service).get("/metrics", headers=machine).status_code == 200
    with service.database.writing(ALL) as connection:
        assert lock_user(connection, login="auditor", reason=WHY, by=BY) == 2
    assert client.get("/session", headers={"accept": "application/json"}).status_code == 401
    assert client_of(service).get("/metrics", headers=machine).status_code == 401
