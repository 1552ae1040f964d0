"""What is remembered of a list: as long as nothing changed in the caller's areas, and not a moment longer."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from domain.casework import Attempt, Method, Request
from domain.people import ALL, Scope, Signature
from domain.published import ListedEntry
from outreach import casework
from store.database import Connection, Database
from store.lists import list_of
from store.remembered import Memory
from tests.support.made_store import DISTRICTS, NEWEST, NOW, Made, fill
from tests.support.publications import OLDER, WEEK, WEST, bring_in, homes_in, lists_of

HERE, THERE, ELSEWHERE = "4128151000", "4128152000", "4128551000"


@pytest.fixture
def made(any_database: Database) -> Made:
    return fill(any_database)


def seen(made: Made, area: str, dong_code: str = HERE) -> tuple[ListedEntry, ...]:
    with made.database.reading(Scope((area,))) as connection:
        return list_of(connection, Scope((area,)), NEWEST, dong_code)


def by(made: Made, dong_code: str) -> Signature:
    login = f"dong-{dong_code}"
    return Signature(made.users[login], login, Scope((dong_code,)), NOW, "127.0.0.1")


def phone(connection: Connection, made: Made, dong_code: str, place: int, *, seen: int = 0) -> None:
    casework.record_contact(
        connection, by=by(made, dong_code), ref=made.house(dong_code, place).ref, seen=seen,
        method=Method.PHONE, attempt=Attempt.NO_ANSWER, made_at=NOW,
    )  # fmt: skip


Act = Callable[[Connection, Made], object]
ACTS: dict[str, Act] = {
    "contact": lambda connection, made: phone(connection, made, HERE, 0),
    "note": lambda connection, made: casework.add_note(
        connection, by=by(made, HERE), ref=made.house(HERE, 0).ref, seen=0, note="다시 전화하기로 함"
    ),
    "assignment": lambda connection, made: casework.assign(
        connection, by=by(made, HERE), seen={made.house(HERE, 0).ref: 0}, worker_id=made.users[f"dong-{HERE}"]
    ),
    "exclusion": lambda connection, made: casework.record_request(
        connection, by=by(made, HERE), ref=made.house(HERE, 0).ref, seen=0, kind=Request.EXCLUSION,
        made_on=NOW.date(), ends_on=None, note="연락을 원하지 않는다고 함",
    ),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("area", [HERE, DISTRICTS[0]])
def test_after_every_act_the_list_is_what_a_fresh_look_finds(made: Made, act: str, area: str) -> None:
    before = seen(made, area)
    with made.database.writing(Scope((HERE,))) as connection:
        ACTS[act](connection, made)
    after = seen(made, area)
    assert after != before
    assert after == seen(made, "*")  # who sees everything is never given what is remembered


def test_nothing_is_read_again_while_nothing_changed_here(made: Made) -> None:
    before = seen(made, HERE)
    with made.database.writing(Scope((ELSEWHERE,))) as connection:
        phone(connection, made, ELSEWHERE, 0)
    assert seen(made, HERE) is before


def test_each_scope_has_its_own(made: Made) -> None:
    assert len(seen(made, HERE)) == 6
    assert seen(made, THERE) == ()
    assert len(seen(made, DISTRICTS[0])) == 6
    assert seen(made, DISTRICTS[1]) == ()


def test_what_a_writer_saw_and_took_back_nobody_gets(made: Made) -> None:
    here = Scope((HERE,))
    before = seen(made, HERE)
    with pytest.raises(RuntimeError, match="taken back"), made.database.writing(here) as connection:
        phone(connection, made, HERE, 0)
        assert list_of(connection, here, NEWEST, HERE) != before
        raise RuntimeError("taken back")
    with made.database.writing(here) as connection:
        phone(connection, made, HERE, 6)
    assert [entry.case.attempts for entry in seen(made, HERE) if entry.case] == [0, 1, 1, 0, 0, 0]


def test_a_reader_whose_snapshot_is_older_neither_sees_nor_leaves_behind_another_time(made: Made) -> None:
    here = Scope((HERE,))
    with made.database.reading(here) as earlier:
        before = list_of(earlier, here, NEWEST, HERE)
        with made.database.writing(here) as connection:
            phone(connection, made, HERE, 0)
        after = seen(made, HERE)
        assert list_of(earlier, here, NEWEST, HERE) == before != after
    assert seen(made, HERE) == after


def test_whoever_goes_by_another_number_since_is_shown_so_on_older_lists_too(
    any_database: Database, tmp_path: Path
) -> None:
    def phones() -> set[str]:
        with any_database.reading(Scope((WEST,))) as connection:
            return {entry.person.phone for entry in list_of(connection, Scope((WEST,)), WEEK.label, WEST)}

    bring_in(any_database, lists_of(tmp_path, OLDER), homes_in(tmp_path))
    former = phones()
    later = lists_of(tmp_path, OLDER, week=WEEK.plus_weeks(1))
    bring_in(any_database, later, homes_in(tmp_path / "later", phone="010-5550-9999"), at=NOW + timedelta(days=7))
    assert phones() != former


def test_only_the_newest_things_are_kept() -> None:
    memory = Memory(size=2)
    memory.keep("first", 1)
    memory.keep("second", 2)
    assert memory.get("first") == 1
    memory.keep("third", 3)
    assert (memory.get("first"), memory.get("second"), memory.get("third")) == (1, None, 3)


def test_the_question_is_answered_from_the_index_alone(made: Made) -> None:
    """Otherwise every look at a list would read all cases of the dong."""
    if not made.database.is_sqlite:
        pytest.skip("a table this small PostgreSQL reads from end to end")
    with made.database.reading(ALL) as connection:
        asked = "EXPLAIN QUERY PLAN SELECT sum(version) FROM cases WHERE dong_code = '4128151000'"
        plan = " ".join(row[3] for row in connection.exec_driver_sql(asked))
    assert "COVERING INDEX ix_cases_dong_code_version" in plan
