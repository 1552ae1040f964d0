"""What people do on a case: each act adds one row, moves the case, leaves a line; or is refused and leaves nothing."""

import unicodedata
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from domain.calendar import SEOUL
from domain.casework import (
    ActRefused,
    Assigned,
    Attempt,
    CaseChanged,
    Contacted,
    HandoverStep,
    Listed,
    Method,
    NoSuchHousehold,
    Passed,
    Request,
    Status,
    standing_after,
)
from domain.outcome import Outcome
from domain.people import ALL, Role, Scope, Signature
from outreach import casework
from outreach.accounts import add_user, grant_right
from store.cases import find_case, workers_of
from store.database import Database
from store.history import history_of
from store.tables import assignments, cases, contacts, handovers, notes, requests, trail
from tests.support.made_store import NOW, OLDER, fill

OWN, NEIGHBOUR = "4128151000", "4128152000"
WORKER, HUB = "dong-4128151000", "hub-41281"
PHONED = {"method": Method.PHONE, "attempt": Attempt.NO_ANSWER, "made_at": NOW - timedelta(minutes=20)}
MET = PHONED | {"attempt": Attempt.REACHED}
TALK = datetime(2026, 11, 18, 9, 40, tzinfo=SEOUL)


class Office:
    """A made-up database, and short ways to act on it as somebody."""

    def __init__(self, database: Database) -> None:
        self.database, self.made = database, fill(database)
        self.ref, self.other = self.made.house(OWN, 6).ref, self.made.house(OWN, 7).ref
        self.closed = self.made.house(OWN, 3).ref

    def by(self, login: str, area: str = OWN, at: datetime = NOW) -> Signature:
        return Signature(self.made.users[login], login, Scope((area,)), at, "203.0.113.7")

    @property
    def worker(self) -> Signature:
        return self.by(WORKER)

    @property
    def hub(self) -> Signature:
        return self.by(HUB, "41281")

    def act(self, act, by: Signature, **what):
        with self.database.writing(by.scope) as connection:
            return act(connection, by=by, **what)

    def case(self, ref: str):
        with self.database.reading(ALL) as connection:
            return find_case(connection, ALL, ref)

    def status(self, ref: str) -> Status:
        return self.case(ref).standing.status

    def rows(self) -> int:
        tables = (contacts, notes, assignments, handovers, requests, trail)
        with self.database.reading(ALL) as connection:
            acts = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
            return acts + connection.execute(select(func.sum(cases.c.version))).scalar_one()

    def refused(self, act, by: Signature, **what) -> ActRefused:
        before = self.rows()
        with pytest.raises(ActRefused) as refusal:
            self.act(act, by, **what)
        assert self.rows() == before, "a refused act leaves nothing"
        return refusal.value


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


# --- where a case stands ----------------------------------------------------------------------------------------------


def contact(number: int, attempt: Attempt, outcome: Outcome | None = None, corrects: int | None = None) -> Contacted:
    return Contacted(number, Method.PHONE, attempt, outcome, TALK, None, corrects)


def test_attempts_count_until_somebody_is_reached() -> None:
    tried = [contact(1, Attempt.NO_ANSWER), contact(2, Attempt.ABSENT)]
    assert (standing_after(tried).status, standing_after(tried).attempts) == (Status.TRYING, 2)
    assert standing_after([*tried, contact(3, Attempt.REACHED)]).attempts == 0
    assert standing_after([*tried, contact(3, Attempt.DECLINED)]).status is Status.IN_TOUCH


def test_an_outcome_closes_and_a_correction_without_it_opens_again() -> None:
    closed = [contact(1, Attempt.NO_ANSWER), contact(2, Attempt.REACHED, Outcome.NEAR_POVERTY)]
    assert standing_after(closed).status is Status.CLOSED
    assert standing_after([*closed, contact(3, Attempt.REACHED, None, corrects=2)]).status is Status.IN_TOUCH
    twice = [*closed, contact(3, Attempt.REACHED, None, corrects=2), contact(4, Attempt.ABSENT, None, corrects=3)]
    assert (standing_after(twice).status, standing_after(twice).attempts) == (Status.TRYING, 2)


def test_what_the_hub_gives_back_stands_where_the_dong_left_it() -> None:
    there_and_back = [Passed(HandoverStep.REQUESTED), Passed(HandoverStep.TAKEN), Passed(HandoverStep.RETURNED)]
    assert standing_after(there_and_back).status is Status.OPEN
    assert standing_after([Assigned(7), *there_and_back]).status is Status.ASSIGNED
    assert standing_after([contact(1, Attempt.ABSENT), *there_and_back]).status is Status.TRYING
    assert standing_after([*there_and_back[:2], contact(1, Attempt.REACHED)]).status is Status.WITH_HUB
    listed_anew = [contact(1, Attempt.REACHED, Outcome.REFUSED), Listed()]
    assert standing_after([*listed_anew, *there_and_back]).status is Status.OPEN
    assert standing_after([*listed_anew, Assigned(7), *there_and_back]).status is Status.ASSIGNED
    assert standing_after([*listed_anew, contact(2, Attempt.ABSENT), *there_and_back]).status is Status.TRYING


def test_only_a_closed_case_begins_anew_when_it_is_listed_again() -> None:
    assert standing_after([contact(1, Attempt.ABSENT), Listed()]).status is Status.TRYING
    anew = standing_after([Assigned(7), contact(1, Attempt.REACHED, Outcome.REFUSED), Listed()])
    assert (anew.status, anew.worker_id, anew.outcome, anew.last_contact_at) == (Status.OPEN, None, None, TALK)
    history = [Assigned(7), contact(1, Attempt.REACHED, Outcome.REFUSED), Listed(), Assigned(8)]
    assert standing_after(history).status is Status.ASSIGNED


# --- contacts ---------------------------------------------------------------------------------------------------------


def test_a_contact_is_kept_with_who_when_and_the_round_it_belongs_to(office: Office) -> None:
    next_on = date(2026, 11, 20)
    made = office.act(
        casework.record_contact, office.worker, ref=office.ref, seen=0, **PHONED, note="벨만 울림", next_on=next_on
    )
    assert (made.case.version, made.case.standing.status, made.case.standing.next_on) == (1, Status.TRYING, next_on)
    with office.database.reading(ALL) as connection:
        row = connection.execute(select(contacts).where(contacts.c.id == made.row_id)).one()
        line = connection.execute(select(trail)).one()
    assert (row.round, row.note, row.by_user) == ("2026-W47", "벨만 울림", office.made.users[WORKER])
    assert (line.actor, line.origin, line.act, line.subjects) == (WORKER, "203.0.113.7", "contact", office.ref)
    assert line.detail == {"row": made.row_id, "version": 1}


def test_a_household_of_last_weeks_list_keeps_its_round(office: Office) -> None:
    ref = office.made.house(OWN, 4).ref
    made = office.act(casework.record_contact, office.worker, ref=ref, seen=0, **PHONED)
    with office.database.reading(ALL) as connection:
        assert connection.execute(select(contacts.c.round).where(contacts.c.id == made.row_id)).scalar_one() == OLDER


@pytest.mark.parametrize(
    "wrong",
    [
        {"made_at": NOW + timedelta(minutes=3)},
        {"made_at": NOW - timedelta(days=61)},
        {"outcome": Outcome.NEAR_POVERTY},
        {"attempt": Attempt.REACHED, "outcome": Outcome.UNREACHABLE},
        {"attempt": Attempt.DECLINED, "outcome": Outcome.CASE_MANAGEMENT},
        {"outcome": Outcome.VACANT, "next_on": date(2026, 11, 20)},
        {"next_on": date(2026, 11, 17)},
        {"next_on": date(2027, 12, 1)},
        {"note": "월세\u202e밀림"},
        {"note": "가\u200b나"},
        {"note": "\x07"},
        {"note": "가" * 2_001},
    ],
)
def test_an_attempt_that_cannot_be_so_is_refused(office: Office, wrong: dict) -> None:
    office.refused(casework.record_contact, office.worker, ref=office.ref, seen=0, **(PHONED | wrong))


def test_who_declines_can_be_closed_as_refused_and_who_is_gone_without_a_talk(office: Office) -> None:
    declined = PHONED | {"attempt": Attempt.DECLINED, "outcome": Outcome.REFUSED}
    office.act(casework.record_contact, office.worker, ref=office.ref, seen=0, **declined)
    office.act(casework.record_contact, office.worker, ref=office.other, seen=0, **PHONED, outcome=Outcome.VACANT)
    assert office.status(office.ref) is office.status(office.other) is Status.CLOSED


def test_a_note_is_kept_composed_with_its_lines_and_without_space_around(office: Office) -> None:
    typed = unicodedata.normalize("NFD", "  월세\r\n밀림 ")
    office.act(casework.add_note, office.worker, ref=office.ref, seen=0, note=typed)
    with office.database.reading(ALL) as connection:
        assert [row.note for row in history_of(connection, ALL, office.ref)] == ["월세\n밀림"]
    office.refused(casework.add_note, office.worker, ref=office.ref, seen=1, note=" \n ")


def test_a_closed_case_takes_nothing_but_notes_until_it_is_opened_again_with_a_reason(office: Office) -> None:
    closed = {"ref": office.closed, "seen": 1}
    office.refused(casework.record_contact, office.worker, **closed, **MET)
    office.refused(casework.hand_over, office.worker, **closed, reason="어려운 사정이 있음")
    office.refused(casework.assign, office.worker, seen={office.closed: 1}, worker_id=None)
    office.refused(casework.reopen, office.worker, **closed, reason="다시")
    office.act(casework.add_note, office.worker, **closed, note="고맙다는 전화")
    opened = office.act(casework.reopen, office.worker, ref=office.closed, seen=2, reason="다시 연락이 옴")
    assert (opened.case.standing.status, opened.case.standing.outcome) == (Status.IN_TOUCH, None)
    office.refused(casework.reopen, office.worker, ref=office.closed, seen=3, reason="다시 연락이 옴")


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_mistake_is_put_right_by_a_new_row_and_the_case_stands_as_if_it_had_been_right(office: Office) -> None:
    wrong = office.act(
        casework.record_contact, office.worker, ref=office.ref, seen=0, **MET, outcome=Outcome.NEAR_POVERTY
    )
    right = {
        "ref": office.ref,
        "seen": 1,
        "contact_id": wrong.row_id,
        **PHONED,
        "note": "벨만 울림",
        "reason": "옆집과 바뀜",
    }
    put_right = office.act(casework.correct_contact, office.worker, **right)
    assert (put_right.case.standing.status, put_right.case.standing.attempts) == (Status.TRYING, 1)
    with office.database.reading(ALL) as connection:
        rows = connection.execute(select(contacts).where(contacts.c.ref == office.ref).order_by(contacts.c.id)).all()
    assert [(row.attempt, row.outcome, row.corrects, row.note, row.reason) for row in rows] == [
        ("reached", "near_poverty", None, "", None),
        ("no_answer", None, wrong.row_id, "벨만 울림", "옆집과 바뀜"),
    ]
    office.refused(casework.correct_contact, office.worker, **right | {"seen": 2})
    again = right | {"seen": 2, "contact_id": put_right.row_id}
    assert office.act(casework.correct_contact, office.worker, **again).case.version == 3


def test_a_contact_of_another_household_cannot_be_put_right_here(office: Office) -> None:
    made = office.act(casework.record_contact, office.worker, ref=office.other, seen=0, **PHONED)
    with pytest.raises(NoSuchHousehold):
        office.act(
            casework.correct_contact,
            office.worker,
            ref=office.ref,
            seen=0,
            contact_id=made.row_id,
            **PHONED,
            reason="옆집과 바뀜",
        )


# --- who does it ------------------------------------------------------------------------------------------------------


def test_cases_are_given_all_or_none(office: Office) -> None:
    both, worker = {office.ref: 0, office.other: 0}, office.made.users["dong-4128151000-2"]
    given = office.act(casework.assign, office.worker, seen=both, worker_id=worker)
    assert [made.case.standing.worker_id for made in given] == [worker, worker]
    assert office.status(office.ref) is office.status(office.other) is Status.ASSIGNED
    with pytest.raises(CaseChanged):
        office.act(casework.assign, office.worker, seen={office.ref: 1, office.other: 0}, worker_id=None)
    with pytest.raises(NoSuchHousehold):
        office.act(casework.assign, office.worker, seen={office.ref: 1, "x" * 22: 0}, worker_id=None)
    assert office.case(office.ref).standing.worker_id == worker
    office.act(casework.assign, office.worker, seen={office.ref: 1, office.other: 1}, worker_id=None)
    assert office.status(office.ref) is Status.OPEN


@pytest.mark.parametrize("login", ["dong-4128152000", HUB, "auditor", "ended", "not-yet", "without", "left"])
def test_a_case_is_given_to_nobody_but_the_dongs_own_workers(office: Office, login: str) -> None:
    worker_id = office.made.users[login]
    office.refused(casework.assign, office.worker, seen={office.ref: 0}, worker_id=worker_id)


def test_no_household_is_given_to_a_machine_that_records_for_its_dong(office: Office) -> None:
    by = Signature(0, "admin", ALL, NOW - timedelta(days=1), "-")
    with office.database.writing(ALL) as connection:
        robot = add_user(connection, login="robot", name="통합 민원", password=None, is_machine=True, by=by)
        grant_right(connection, login="robot", role=Role.DONG, area=OWN, reason="Records calls for the dong", by=by)
    office.refused(casework.assign, office.worker, seen={office.ref: 0}, worker_id=robot)


def test_the_workers_of_a_dong_are_those_whose_right_holds(office: Office) -> None:
    with office.database.reading(ALL) as connection:
        assert set(workers_of(connection, OWN, NOW)) == {office.made.users[WORKER], office.made.users[f"{WORKER}-2"]}
        assert set(workers_of(connection, OWN, NOW + timedelta(days=8))) >= {office.made.users["not-yet"]}


def test_cases_of_several_dongs_need_a_worker_of_each(office: Office) -> None:
    seen = {office.ref: 0, office.made.house(NEIGHBOUR, 6).ref: 0}
    of_both = Signature(office.made.users[WORKER], WORKER, Scope((OWN, NEIGHBOUR)), NOW, "203.0.113.7")
    office.refused(casework.assign, of_both, seen=seen, worker_id=office.made.users[WORKER])
    office.refused(casework.assign, of_both, seen={}, worker_id=None)


def test_a_difficult_case_goes_to_the_hub_and_back(office: Office) -> None:
    case, reason = {"ref": office.ref}, {"reason": "의료와 채무가 겹침"}
    office.refused(casework.hand_over, office.worker, **case, seen=0, reason="어렵")
    asked = office.act(casework.hand_over, office.worker, **case, seen=0, **reason)
    assert asked.case.standing.status is Status.WITH_HUB
    office.refused(casework.hand_over, office.worker, **case, seen=1, **reason)
    office.refused(casework.take, office.worker, **case, seen=1)
    office.refused(casework.return_, office.worker, **case, seen=1, **reason)
    office.act(casework.take, office.hub, **case, seen=1)
    office.refused(casework.take, office.hub, **case, seen=2)
    office.act(casework.record_contact, office.hub, **case, seen=2, **PHONED)
    back = office.act(casework.return_, office.hub, **case, seen=3, **reason)
    assert (back.case.version, back.case.standing.status) == (4, Status.TRYING)
    office.refused(casework.return_, office.hub, **case, seen=4, **reason)


# --- rights of the household ------------------------------------------------------------------------------------------


def test_a_request_is_due_thirty_days_after_it_was_made(office: Office) -> None:
    asked = {"ref": office.ref, "kind": Request.EXPLANATION, "made_on": date(2026, 11, 17)}
    office.act(casework.record_request, office.worker, **asked, seen=0)
    with office.database.reading(ALL) as connection:
        (row,) = history_of(connection, ALL, office.ref)
    assert (row.event.kind, row.event.due_on) == (Request.EXPLANATION, date(2026, 12, 17))
    office.refused(casework.record_request, office.worker, **asked, seen=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"made_on": date(2026, 11, 19)},
        {"made_on": date(2026, 9, 1)},
        {"kind": Request.CORRECTION, "ends_on": date(2027, 1, 1)},
        {"ends_on": date(2026, 11, 17)},
    ],
)
def test_a_request_of_days_that_cannot_be_is_refused(office: Office, wrong: dict) -> None:
    asked = {"kind": Request.EXCLUSION, "made_on": date(2026, 11, 17)} | wrong
    office.refused(casework.record_request, office.worker, ref=office.ref, seen=0, **asked)


def test_opening_a_name_tells_it_and_records_who_and_why(office: Office) -> None:
    house = office.made.house(OWN, 6)
    person = office.act(casework.reveal, office.worker, ref=office.ref, reason="방문 약속 전화")
    assert (person.name, person.address, person.phone) == (house.name, house.address, house.phone)
    with office.database.reading(ALL) as connection:
        line = connection.execute(select(trail)).one()
    assert (line.act, line.subjects, line.detail) == ("reveal", office.ref, {"reason": "방문 약속 전화"})
    office.refused(casework.reveal, office.worker, ref=office.ref, reason="전화")
    with pytest.raises(NoSuchHousehold):
        office.act(casework.reveal, office.by("dong-4128152000", NEIGHBOUR), ref=office.ref, reason="방문 약속 전화")


# --- one at a time, and only one's own --------------------------------------------------------------------------------


def test_who_saw_an_older_version_is_told_who_was_faster_and_nothing_of_what_was_written(office: Office) -> None:
    colleague = office.by(f"{WORKER}-2")
    office.act(casework.record_contact, colleague, ref=office.ref, seen=0, **PHONED, note="비밀스러운 말")
    before = office.rows()
    with pytest.raises(CaseChanged) as changed:
        office.act(casework.record_contact, office.worker, ref=office.ref, seen=0, **PHONED)
    assert (changed.value.version, changed.value.who, changed.value.acted_at) == (1, "둘째담당", NOW)
    assert "비밀" not in f"{changed.value}{changed.value.hint}{changed.value.__dict__}"
    assert office.rows() == before


def test_outside_the_own_area_a_household_is_absent(office: Office) -> None:
    stranger, before = office.by("dong-4128152000", NEIGHBOUR), office.rows()
    case, told = {"ref": office.ref, "seen": 0}, {"reason": "충분한 이유"}
    for act, what in (
        (casework.record_contact, PHONED),
        (casework.correct_contact, PHONED | told | {"contact_id": 1}),
        (casework.add_note, {"note": "말"}),
        (casework.hand_over, told),
        (casework.reopen, told),
        (casework.record_request, {"kind": Request.EXCLUSION, "made_on": date(2026, 11, 18)}),
    ):
        said = set()
        for ref in (office.ref, "x" * 22):
            with pytest.raises(NoSuchHousehold) as refusal:
                office.act(act, stranger, **case | {"ref": ref}, **what)
            said.add(f"{refusal.value}{refusal.value.hint}")
        assert len(said) == 1
    assert office.rows() == before


def test_acts_of_one_case_stay_in_their_order_though_clocks_differ(office: Office) -> None:
    office.act(casework.add_note, office.worker, ref=office.ref, seen=0, note="먼저")
    behind = office.by(f"{WORKER}-2", OWN, NOW - timedelta(seconds=5))
    office.act(casework.add_note, behind, ref=office.ref, seen=1, note="나중")
    with office.database.reading(ALL) as connection:
        assert [row.note for row in history_of(connection, ALL, office.ref)] == ["먼저", "나중"]
