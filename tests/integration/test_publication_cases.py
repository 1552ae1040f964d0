"""What a new list does to cases: each stands, row and history alike, as what was done in its dong tells."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

import outreach.publication as publication
from domain.calendar import SEOUL
from domain.casework import Attempt, Case, Method, Status, standing_after
from domain.listing import Slot
from domain.outcome import Outcome
from domain.people import ALL, Scope, Signature
from outreach import casework
from store import accounts
from store.cases import find_case, hold_cases
from store.database import Database
from store.history import events_of
from store.publications import Changes, Publication, make_current
from tests.support.publications import EAST, LIVES, NOW, WEEK, WEST, bring_in, homes_in, lists_of, rows_of

LAST_WEEK, NEXT_WEEK = WEEK.plus_weeks(-1), WEEK.plus_weeks(1)
LISTED = {WEST: "AB", EAST: "DE"}
WEEK_AHEAD = timedelta(weeks=1)


class Office:
    """A worker of both dongs, and short ways to publish and to act."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.homes = database, folder, {}
        with database.writing(ALL) as connection:
            self.worker = accounts.add_account(
                connection, login="worker", name="담당", password_hash=None, subject=None, at=NOW
            )

    def publish(self, listed=LISTED, *, lives=LIVES, at=NOW, **more) -> None:
        key = tuple(lives.items())
        if key not in self.homes:
            self.homes[key] = homes_in(self.folder / str(len(self.homes)), dict(lives))
        bring_in(self.database, lists_of(self.folder, listed, **more), self.homes[key], at=at)

    def ref(self, name: str) -> str:
        return {row[1]: str(row[0]) for row in rows_of(self.database, "households")}[name]

    def case(self, name: str) -> Case:
        with self.database.reading(ALL) as connection:
            case = find_case(connection, ALL, self.ref(name))
            assert case is not None
            assert case.standing == standing_after(events_of(connection, case)), "row and history tell the same"
            return case

    def by(self, at: datetime) -> Signature:
        return Signature(self.worker, "worker", Scope((WEST, EAST)), at, "203.0.113.7")

    def contact(self, name: str, at: datetime, *, outcome: Outcome | None = None) -> int:
        case = self.case(name)
        with self.database.writing(ALL) as connection:
            made = casework.record_contact(
                connection, by=self.by(at), ref=case.ref, seen=case.version, method=Method.PHONE,
                attempt=Attempt.REACHED if outcome else Attempt.NO_ANSWER, made_at=at, outcome=outcome,
            )  # fmt: skip
        return made.row_id

    def close(self, name: str, at: datetime) -> None:
        self.contact(name, at, outcome=Outcome.NEAR_POVERTY)


@pytest.fixture
def office(any_database: Database, tmp_path: Path) -> Iterator[Office]:
    yield Office(any_database, tmp_path)


def test_who_comes_back_stands_where_the_dong_left_it(office: Office) -> None:
    office.publish(week=LAST_WEEK, at=NOW - WEEK_AHEAD)
    office.close("A", NOW - timedelta(days=3))
    office.contact("B", NOW - timedelta(days=3))
    office.publish({}, lives=LIVES | {"A": EAST, "B": EAST})
    assert office.case("A").standing.status is office.case("B").standing.status is Status.OPEN
    office.publish({}, week=NEXT_WEEK, at=NOW + WEEK_AHEAD)
    assert (office.case("A").dong_code, office.case("A").standing.status) == (WEST, Status.CLOSED)
    assert (office.case("B").standing.status, office.case("B").standing.attempts) == (Status.TRYING, 1)


def test_who_comes_back_and_is_listed_anew_begins_anew(office: Office) -> None:
    office.publish(week=LAST_WEEK, at=NOW - WEEK_AHEAD)
    office.close("A", NOW - timedelta(days=3))
    office.publish({}, lives=LIVES | {"A": EAST})
    office.publish(week=NEXT_WEEK, at=NOW + WEEK_AHEAD)
    assert office.case("A").standing.status is Status.OPEN


def test_a_list_made_before_its_monday_does_not_undo_what_is_closed_since(office: Office) -> None:
    sunday = datetime(2026, 11, 15, 20, tzinfo=SEOUL)
    office.publish(week=LAST_WEEK, at=NOW - WEEK_AHEAD)
    office.publish(at=sunday)
    office.close("A", sunday + timedelta(hours=1))
    assert office.case("A").standing.status is Status.CLOSED


def test_a_former_round_published_late_opens_nothing(office: Office) -> None:
    office.publish({WEST: "A"}, week=LAST_WEEK.plus_weeks(-1), at=NOW - 2 * WEEK_AHEAD)
    office.close("A", NOW - timedelta(days=10))
    office.publish({EAST: "D"})
    office.publish({WEST: "A"}, week=LAST_WEEK, at=NOW + timedelta(hours=1))
    assert office.case("A").standing.status is Status.CLOSED


def test_a_list_that_died_before_a_newer_one_came_is_late_as_well(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.publish({WEST: "A"}, week=LAST_WEEK.plus_weeks(-1), at=NOW - 2 * WEEK_AHEAD)
    office.close("A", NOW - timedelta(days=10))

    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publication, "make_current", stops)
        with pytest.raises(KeyboardInterrupt):
            office.publish({WEST: "A"}, week=LAST_WEEK, at=NOW - WEEK_AHEAD)
    office.publish({EAST: "D"})
    office.publish({WEST: "A"}, week=LAST_WEEK, at=NOW + timedelta(hours=1))
    assert office.case("A").standing.status is Status.CLOSED


def test_a_closing_put_into_the_place_of_an_older_contact_is_before_the_new_listing(office: Office) -> None:
    """Phoned last week, found on Monday to have been closed then; then this week's list is made anew, naming it."""
    office.publish(week=LAST_WEEK, at=NOW - WEEK_AHEAD)
    wrong = office.contact("A", NOW - timedelta(days=3))
    office.publish(slot=Slot.CARRIED_OVER)
    at, case = NOW + timedelta(hours=1), office.case("A")
    with office.database.writing(ALL) as connection:
        casework.correct_contact(
            connection, by=office.by(at), ref=case.ref, seen=case.version, contact_id=wrong, method=Method.PHONE,
            attempt=Attempt.REACHED, made_at=NOW - timedelta(days=3), outcome=Outcome.REFUSED, reason="결과를 빠뜨림",
        )  # fmt: skip
    assert office.case("A").standing.status is Status.CLOSED
    office.publish(at=NOW + timedelta(hours=2))
    assert office.case("A").standing.status is Status.OPEN


def test_a_publisher_and_somebody_who_acts_on_several_cases_never_wait_for_each_other_in_a_ring(
    postgres_database: Database, tmp_path: Path
) -> None:
    office = Office(postgres_database, tmp_path)
    office.publish()
    first, last = sorted((office.ref("A"), office.ref("B")))
    there = Publication(1, WEEK.label, WEEK.as_of, "v", 1, NOW, is_staged=True)
    failed: list[BaseException] = []

    def moves() -> None:
        try:
            with postgres_database.writing(ALL) as connection:
                make_current(connection, replace(there, fence=_fence(postgres_database)),
                             Changes({last: EAST, first: EAST}, {}), at=NOW)  # fmt: skip
        except BaseException as error:
            failed.append(error)

    publisher = Thread(target=moves)
    with postgres_database.writing(ALL) as connection:
        hold_cases(connection, ALL, [first])
        publisher.start()
        _until_somebody_waits(postgres_database)
        hold_cases(connection, ALL, [last])
    publisher.join()
    assert failed == []
    assert {office.case(name).dong_code for name in "AB"} == {EAST}


def _fence(database: Database) -> int:
    return int(rows_of(database, "publishing_fence")[0][1])


def _until_somebody_waits(database: Database) -> None:
    until = monotonic() + 20
    while monotonic() < until:
        with database.reading(ALL) as connection:
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            if connection.exec_driver_sql(waits).scalar_one():
                return
        sleep(0.05)
    raise AssertionError("nobody waits")
