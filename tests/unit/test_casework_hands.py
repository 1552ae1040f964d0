"""In whose hands a case is, which round a contact belongs to, and what a household wishes: by the acts themselves."""

from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from domain.calendar import SEOUL, Round
from domain.casework import ActRefused, CaseChanged, Request, Status, standing_after
from domain.outcome import Outcome
from domain.people import ALL, Scope
from outreach import casework
from outreach.capacity import CapacityMoved, Places, set_capacity
from store.cases import find_case
from store.database import Database
from store.figures_of_dongs import dong_figures
from store.figures_of_hubs import standings
from store.history import events_of
from store.lists import cases_of_worker, entries_of_worker, list_of, requests_of_worker
from store.publications import NO_CHANGES, Publication, make_current, raise_fence
from store.recorded import recorded_exclusions, recorded_listings
from store.tables import cases, contacts, entries, publication_dongs, publications
from tests.support.made_store import NEWEST, NOW, OLDER
from tests.unit.test_casework import MET, OWN, WORKER, Office

REASON = "충분히 말이 되는 이유"
OLD_MONDAY, MONDAY, NEXT_MONDAY = date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23)


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SEOUL)


def remade(office: Office, label: str, as_of: date, when: datetime, *, without: tuple[str, ...] = ()) -> None:
    """Publishes a round (anew): the newest list's rows of the own dong, but for some households."""
    with office.database.writing(ALL) as connection:
        fence = raise_fence(connection)
        former = office.made.publications[NEWEST]
        row = {"round": label, "as_of": as_of, "version": f"anew {label} {when}", "origin": {"bundle": "need-1"}}
        added = connection.execute(publications.insert().values(**row, state="staged", fence=fence, staged_at=when))
        number = added.inserted_primary_key[0]
        for table in (publication_dongs, entries):
            there = connection.execute(select(table).where(table.c.publication_id == former)).mappings()
            kept = [dict(one) | {"publication_id": number} for one in there if one.get("ref") not in without]
            connection.execute(table.insert(), kept)
        publication = Publication(number, label, as_of, row["version"], fence, when, is_staged=True)
        make_current(connection, publication, NO_CHANGES, at=when)


def recorded(office: Office, before: date) -> dict[tuple[str, date], tuple[date | None, str | None]]:
    with office.database.reading(ALL) as connection:
        rows = recorded_listings(connection, since=date(2026, 1, 1), before=before)
    assert len({(one.household_id, one.round) for one in rows}) == len(rows)
    assert all(one.contacted_on is None or one.contacted_on >= one.round for one in rows)
    return {(one.household_id, one.round): (one.contacted_on, one.outcome) for one in rows}


# --- the round of a contact -------------------------------------------------------------------------------------------


def test_a_contact_typed_late_belongs_to_the_list_that_held_when_it_was_made(office: Office) -> None:
    house = office.made.house(OWN, 0)  # on both lists
    late = MET | {"made_at": at(13)}
    office.act(casework.record_contact, office.worker, ref=house.ref, seen=0, **late)
    rows = recorded(office, NEXT_MONDAY)
    assert rows[house.household_id, OLD_MONDAY] == (date(2026, 11, 13), None)
    assert rows[house.household_id, MONDAY] == (None, None)


def test_a_contact_before_the_first_listing_is_no_contact_of_it(office: Office) -> None:
    house = office.made.house(OWN, 6)  # on the newest list only
    office.act(casework.record_contact, office.worker, ref=house.ref, seen=0, **MET | {"made_at": at(15)})
    with office.database.reading(ALL) as connection:
        assert connection.execute(select(contacts.c.round).where(contacts.c.ref == house.ref)).scalar() == OLDER
    assert recorded(office, NEXT_MONDAY)[house.household_id, MONDAY] == (None, None)


def test_a_correction_to_another_week_moves_to_that_weeks_list(office: Office) -> None:
    house = office.made.house(OWN, 0)
    wrong = office.act(casework.record_contact, office.worker, ref=house.ref, seen=0, **MET)
    right = MET | {"made_at": at(12), "reason": REASON, "contact_id": wrong.row_id}
    office.act(casework.correct_contact, office.worker, ref=house.ref, seen=1, **right)
    assert recorded(office, NEXT_MONDAY)[house.household_id, OLD_MONDAY][0] == date(2026, 11, 12)


def test_a_contact_on_the_sunday_after_the_list_came_belongs_to_it_and_counts_from_its_monday_on(
    office: Office,
) -> None:
    house, sunday = office.made.house(OWN, 6), at(22, 20)  # on the list of this week, and again on the next one's
    remade(office, "2026-W48", NEXT_MONDAY, sunday)
    met = MET | {"made_at": at(22, 21), "outcome": Outcome.REFUSED}
    office.act(casework.record_contact, office.by(WORKER, at=at(22, 21)), ref=house.ref, seen=0, **met)
    rows = recorded(office, date(2026, 11, 30))
    assert rows[house.household_id, NEXT_MONDAY] == (NEXT_MONDAY, "refused")
    assert rows[house.household_id, MONDAY] == (None, None)
    with office.database.reading(ALL) as connection:
        (figures,) = [one for one in dong_figures(connection, Scope((OWN,)), ["2026-W48"]) if one.dong_code == OWN]
    assert figures.contacted == 1
    made_anew = recorded(office, NEXT_MONDAY)
    assert made_anew[house.household_id, MONDAY] == (date(2026, 11, 22), "refused"), "a new version knows of it"


# --- hands ------------------------------------------------------------------------------------------------------------


def test_the_hub_acts_only_on_cases_that_it_has_taken(office: Office) -> None:
    acts = (
        (casework.record_contact, MET),
        (casework.add_note, {"note": "말"}),
        (casework.record_request, {"kind": Request.EXPLANATION, "made_on": NOW.date()}),
    )
    for act, what in acts:
        office.refused(act, office.hub, ref=office.ref, seen=0, **what)
    office.act(casework.hand_over, office.worker, ref=office.ref, seen=0, reason=REASON)
    office.refused(casework.add_note, office.hub, ref=office.ref, seen=1, note="아직 맡지 않음")
    office.act(casework.take, office.hub, ref=office.ref, seen=1)
    for seen, (act, what) in enumerate(acts, 2):
        office.act(act, office.hub, ref=office.ref, seen=seen, **what)
    office.act(casework.add_note, office.worker, ref=office.ref, seen=5, note="동은 언제나")
    office.refused(casework.assign, office.hub, seen={office.ref: 6}, worker_id=None)


def test_the_hub_puts_right_what_it_closed_and_nothing_that_the_dong_closed(office: Office) -> None:
    office.refused(casework.reopen, office.hub, ref=office.closed, seen=1, reason=REASON)
    office.act(casework.take, office.hub, ref=office.ref, seen=0)
    closing = office.act(casework.record_contact, office.hub, ref=office.ref, seen=1, **MET, outcome=Outcome.REFUSED)
    again = MET | {"reason": REASON, "contact_id": closing.row_id, "outcome": Outcome.NEAR_POVERTY}
    office.act(casework.correct_contact, office.hub, ref=office.ref, seen=2, **again)
    office.act(casework.reopen, office.hub, ref=office.ref, seen=3, reason=REASON)
    office.refused(casework.add_note, office.hub, ref=office.ref, seen=4, note="다시 동의 것")


# --- wishes -----------------------------------------------------------------------------------------------------------


def ask(office: Office, kind: Request, day: int, seen: int, **what: object) -> int:
    made = {"kind": kind, "made_on": date(2026, 11, day), **what}
    return office.act(casework.record_request, office.worker, ref=office.ref, seen=seen, **made).row_id


def excluded(office: Office, on: date) -> list[tuple[date, date | None]]:
    with office.database.reading(ALL) as connection:
        return [(one["made_on"], one["ends_on"]) for one in recorded_exclusions(connection, on=on)]


def test_the_newest_exclusion_or_withdrawal_decides(office: Office) -> None:
    ask(office, Request.EXCLUSION, 10, 0)
    assert excluded(office, MONDAY) == [(date(2026, 11, 10), None)]
    ask(office, Request.WITHDRAWAL, 17, 1)
    assert excluded(office, MONDAY) == [(date(2026, 11, 10), None)], "not known on that day"
    assert excluded(office, NEXT_MONDAY) == [(date(2026, 11, 10), date(2026, 11, 16))]
    ask(office, Request.EXCLUSION, 17, 2, ends_on=date(2027, 1, 1))
    assert excluded(office, NEXT_MONDAY)[-1] == (date(2026, 11, 17), date(2027, 1, 1))
    office.refused(
        casework.record_request, office.worker, ref=office.ref, seen=3, kind=Request.WITHDRAWAL, made_on=MONDAY
    )


def test_an_exclusion_of_the_same_day_is_taken_back_at_once(office: Office) -> None:
    ask(office, Request.EXCLUSION, 18, 0)
    ask(office, Request.WITHDRAWAL, 18, 1)
    assert excluded(office, NOW.date()) == [(date(2026, 11, 18), date(2026, 11, 17))]


def test_an_excluded_household_is_shown_so_and_is_never_late(office: Office) -> None:
    scope, today = Scope((OWN,)), date(2026, 12, 1)

    def late() -> int:
        with office.database.reading(scope) as connection:
            return standings(connection, scope, NEWEST, today=today)[OWN].overdue

    before = late()
    ask(office, Request.EXCLUSION, 17, 0)
    assert late() == before - 1
    with office.database.reading(scope) as connection:
        shown = {one.ref for one in list_of(connection, scope, NEWEST, OWN) if one.case and one.case.is_excluded(today)}
    assert shown == {office.ref}
    ask(office, Request.WITHDRAWAL, 18, 1)
    assert late() == before


def test_a_request_waits_until_it_is_answered_once(office: Office) -> None:
    scope, own = Scope((OWN,)), {"ref": office.ref}
    number = ask(office, Request.CORRECTION, 17, 0)

    def waiting() -> list[tuple[int, date]]:
        with office.database.reading(scope) as connection:
            found = requests_of_worker(connection, scope, office.made.users[WORKER])
            return [(one.id, one.asked.due_on) for one in found]

    assert waiting() == [(number, date(2026, 12, 17))]
    office.refused(casework.answer_request, office.worker, **own, seen=1, request_id=number, note=" ")
    office.act(casework.answer_request, office.worker, **own, seen=1, request_id=number, note="고쳐 드렸다고 말씀드림")
    assert waiting() == []
    office.refused(casework.answer_request, office.worker, **own, seen=2, request_id=number, note="또 한 번")


# --- lists that are published again -----------------------------------------------------------------------------------


def stands_as_told(office: Office, ref: str) -> Status:
    with office.database.reading(ALL) as connection:
        case = find_case(connection, ALL, ref)
        assert case.standing == standing_after(events_of(connection, case))
        return case.standing.status


def test_a_note_on_a_closed_case_does_not_keep_it_closed_when_it_is_listed_anew(office: Office) -> None:
    house = office.made.house(OWN, 6)
    closing = MET | {"outcome": Outcome.REFUSED}
    office.act(casework.record_contact, office.worker, ref=house.ref, seen=0, **closing)
    early = office.by(WORKER, at=at(23, 3))
    office.act(casework.add_note, early, ref=house.ref, seen=1, note="월요일 새벽의 메모")
    remade(office, "2026-W48", NEXT_MONDAY, at(23, 7))
    assert stands_as_told(office, house.ref) is Status.OPEN
    with pytest.raises(CaseChanged) as changed:
        office.act(casework.add_note, office.by(WORKER, at=at(23, 9)), ref=house.ref, seen=2, note="말")
    assert changed.value.who is None, "no colleague did that"


def test_what_was_closed_with_a_list_stays_closed_when_it_is_made_anew(office: Office) -> None:
    house = office.made.house(OWN, 6)
    office.act(casework.record_contact, office.worker, ref=house.ref, seen=0, **MET, outcome=Outcome.REFUSED)
    remade(office, NEWEST, MONDAY, at(18, 12))
    assert stands_as_told(office, house.ref) is Status.CLOSED


def test_work_on_a_household_that_a_remade_list_takes_back_is_kept(office: Office) -> None:
    house, other, scope = office.made.house(OWN, 6), office.made.house(OWN, 7), Scope((OWN,))
    me = office.made.users[WORKER]
    office.act(casework.assign, office.worker, seen={house.ref: 0}, worker_id=me)
    office.act(casework.record_contact, office.worker, ref=house.ref, seen=1, **MET)
    remade(office, NEWEST, MONDAY, at(18, 12), without=(house.ref, other.ref))
    with office.database.reading(scope) as connection:
        assert [one.ref for one in cases_of_worker(connection, scope, me)] == [house.ref]
        assert [(one.ref, one.round) for one in entries_of_worker(connection, scope, me)] == [(house.ref, NEWEST)]
    rows = recorded(office, NEXT_MONDAY)
    assert rows[house.household_id, MONDAY] == (NOW.date(), None)
    assert (other.household_id, MONDAY) not in rows, "nobody acted on what was taken back"
    assert stands_as_told(office, house.ref) is Status.IN_TOUCH


# --- lateness, places -------------------------------------------------------------------------------------------------


def test_the_hub_calls_late_what_the_dong_does(office: Office) -> None:
    scope = Scope((OWN,))
    with office.database.writing(scope) as connection:
        mine = {"worker_id": office.made.users[WORKER]}
        connection.execute(update(cases).where(cases.c.dong_code == OWN).values(**mine))
    for day in (16, 20, 23, 24, 30):
        today = date(2026, 11, day)
        with office.database.reading(scope) as connection:
            entries_now = list_of(connection, scope, NEWEST, OWN)
            late = 0
            for one in entries_now:
                listings = [
                    each
                    for each in entries_of_worker(connection, scope, office.made.users[WORKER])
                    if each.ref == one.ref
                ]
                anew = next((each.as_of for each in listings if each.slot != "carried_over"), listings[-1].as_of)
                late += one.case.is_late(anew, today)
            assert standings(connection, scope, NEWEST, today=today)[OWN].overdue == late


def test_of_two_who_set_the_same_places_at_once_the_second_is_told(office: Office) -> None:
    """On PostgreSQL the second waits until the first is done, and then sees what it did."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Event

    from domain.policy import Policy

    policy, week, seen_by_first = Policy.parse({}), Round(NEXT_MONDAY), Event()
    places = {OWN: Places(policy.capacity(OWN), policy.capacity(OWN) + 1)}

    def first() -> None:
        with office.database.writing(office.hub.scope) as connection:
            set_capacity(connection, by=office.hub, week=week, policy=policy, wanted=places, reason=REASON * 2)
            seen_by_first.set()
            Event().wait(0.3)

    def second() -> None:
        seen_by_first.wait(5)
        with office.database.writing(office.hub.scope) as connection:
            set_capacity(connection, by=office.hub, week=week, policy=policy, wanted=places, reason=REASON * 2)

    with ThreadPoolExecutor(2) as pool:
        done, late = pool.submit(first), pool.submit(second)
        done.result(10)
        with pytest.raises((CapacityMoved, ActRefused)):
            late.result(10)
