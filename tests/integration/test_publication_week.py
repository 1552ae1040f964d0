"""The weekly run publishes what it wrote: its files and the database agree, or running it again makes them."""

import shutil
from datetime import datetime

import pytest
from sqlalchemy import Connection, insert

import sagak.weekly as weekly
from domain.calendar import SEOUL
from domain.errors import StorageFailed
from domain.listing import Entry, Slot
from domain.people import ALL
from outreach.promotion_record import Step, read_record
from outreach.publishing import published_round, read_entries
from sagak.settings import Settings, now
from sagak.stores import store_of
from sagak.weekly import run_round
from store import tables
from store.capacities import capacities_for
from store.lists import dongs_of_round, facts_of, list_of, newest_round
from store.staging import digest_of
from store.trail_search import lines_of
from tests.support.weeks import WEEK, settings_of

DONG = "4128151000"


def places(settings: Settings, capacity: int) -> Settings:
    (settings.home / "policy.toml").write_text(f"[list]\ncapacity = {capacity}\n", encoding="utf-8")
    return settings_of(settings.home)


def versions(settings: Settings) -> tuple[str, str]:
    """What the database shows, and what the files do."""
    with store_of(settings) as database, database.reading(ALL) as connection:
        return newest_round(connection).version, published_round(settings.lists).version


def add_user(connection: Connection) -> None:
    if not connection.execute(tables.users.select()).first():
        connection.execute(
            insert(tables.users).values(
                id=1, login="hub", name="hub", is_active=True, must_change_password=False, failures=0, created_at=now()
            )
        )


def set_capacity(settings: Settings, capacity: int, from_round: str) -> None:
    """As the hub's page does it."""
    with store_of(settings) as database, database.writing(ALL) as connection:
        add_user(connection)
        connection.execute(
            insert(tables.capacities).values(
                dong_code=DONG, from_round=from_round, capacity=capacity, reason="two are ill", by_user=1, at=now()
            )
        )


def test_the_service_shows_what_the_files_say_with_the_facts_of_every_household(own_town: Settings) -> None:
    published = published_round(own_town.lists)
    with store_of(own_town) as database, database.reading(ALL) as connection:
        dongs = dongs_of_round(connection, WEEK.label)
        assert {one.dong.code: one.entries for one in dongs} == published.entries_by_dong
        assert {one.dong.code: one.capacity for one in dongs} == dict.fromkeys(published.dongs, 10)
        for one in dongs:
            entries = read_entries(published, one.dong.code)
            assert one.digest == digest_of(entries)
            listed = list_of(connection, ALL, WEEK.label, one.dong.code)
            assert [entry.explanation for entry in listed] == [entry.explanation for entry in entries]
            for entry in listed:
                facts = facts_of(connection, ALL, WEEK.label, entry.ref)
                assert facts is not None
                assert facts["members"]
                assert entry.person.name


def test_no_list_is_made_before_the_trail_holds_how_its_model_came_into_use(own_town: Settings) -> None:
    run_round(own_town, WEEK)
    acts = {act.act: act for act in read_record(own_town.models).acts}
    with store_of(own_town) as database, database.reading(ALL) as connection:
        told = lines_of(connection, ("propose_model", "approve_promotion", "publish"))
    assert [(line.act, line.detail.get("done_at")) for line in told][:3] == [
        ("propose_model", acts[Step.PROPOSED].at), ("approve_promotion", acts[Step.APPROVED].at), ("publish", None)
    ]  # fmt: skip
    assert len(told) == 3


def test_the_same_round_twice_is_no_news(own_town: Settings) -> None:
    before = versions(own_town)
    assert not run_round(own_town, WEEK).is_news
    assert versions(own_town) == before
    assert run_round(places(own_town, 3), WEEK).is_news


def test_a_run_that_ends_between_database_and_files_is_mended_by_the_next(
    own_town: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old, _), settings = versions(own_town), places(own_town, 3)

    def full(*_: object) -> None:
        raise StorageFailed("The disk is full.")

    monkeypatch.setattr(weekly, "make_current", full)
    with pytest.raises(StorageFailed):
        run_round(settings, WEEK)
    in_database, in_files = versions(settings)
    assert (in_database != old, in_files) == (True, old)
    monkeypatch.undo()
    run_round(settings, WEEK)
    assert versions(settings) == (in_database, in_database)


def test_a_database_that_was_lost_is_filled_by_running_the_round_again(own_town: Settings) -> None:
    before = versions(own_town)
    shutil.rmtree(own_town.home / "data" / "store")
    assert run_round(own_town, WEEK).is_news
    assert versions(own_town) == before


def test_a_capacity_that_the_hub_has_moved_counts_from_its_round_on(own_town: Settings) -> None:
    set_capacity(own_town, 4, WEEK.label)
    set_capacity(own_town, 2, WEEK.plus_weeks(1).label)
    published = run_round(own_town, WEEK)
    assert (published.capacities[DONG], published.entries_by_dong[DONG]) == (4, 4)
    assert {published.capacities[code] for code in published.dongs if code != DONG} == {10}
    set_capacity(own_town, 5, WEEK.label)
    with store_of(own_town) as database, database.reading(ALL) as connection:
        assert capacities_for(connection, WEEK.label) == {DONG: 5}
        assert capacities_for(connection, WEEK.plus_weeks(1).label) == {DONG: 5}
        assert capacities_for(connection, WEEK.plus_weeks(-1).label) == {}


def record(settings: Settings, entry: Entry, *attempts: tuple[str, str | None], day: int) -> None:
    """Contacts with a household of this week's list, each an attempt and an outcome, made and noted on that day."""
    at = datetime(2026, 11, day, 10, tzinfo=SEOUL)
    with store_of(settings) as database, database.writing(ALL) as connection:
        add_user(connection)
        for attempt, outcome in attempts:
            connection.execute(
                insert(tables.contacts).values(
                    ref=ref_of(connection, entry), dong_code=entry.dong_code, round=entry.round, method="phone",
                    attempt=attempt, outcome=outcome, note="", made_at=at, by_user=1, at=at,
                )
            )  # fmt: skip


def ref_of(connection: Connection, entry: Entry) -> str:
    there = tables.households.select().where(tables.households.c.household_id == entry.household_id)
    return str(connection.execute(there).mappings().one()["ref"])


def ask_not_to_be_listed(settings: Settings, entry: Entry) -> None:
    at = datetime(2026, 11, 18, 10, tzinfo=SEOUL)
    with store_of(settings) as database, database.writing(ALL) as connection:
        add_user(connection)
        connection.execute(
            insert(tables.requests).values(
                ref=ref_of(connection, entry), dong_code=entry.dong_code, kind="exclusion", made_on=at.date(), note="",
                by_user=1, at=at,
            )
        )  # fmt: skip


def test_what_was_recorded_this_week_decides_who_is_listed_the_next(own_town: Settings) -> None:
    listed = [entry for entry in read_entries(published_round(own_town.lists)) if entry.slot is Slot.TOP]
    helped, tried, declined, excluded, waiting, too_late = listed[:6]
    before = run_round(own_town, WEEK).version
    record(own_town, helped, ("no_answer", None), ("reached", "other_public"), day=18)
    record(own_town, tried, ("no_answer", None), ("absent", None), day=18)
    record(own_town, declined, ("declined", None), day=19)
    record(own_town, too_late, ("reached", None), day=23)
    ask_not_to_be_listed(own_town, excluded)
    next_week = run_round(own_town, WEEK.plus_weeks(1))
    slots = {entry.household_id: entry.slot for entry in read_entries(next_week)}
    assert [slots.get(entry.household_id) for entry in (helped, declined, excluded)] == [None, None, None]
    carried = [slots[entry.household_id] for entry in (tried, waiting, too_late)]
    assert carried == [Slot.CARRIED_OVER] * 3, "reached nobody, not tried yet, and reached on the Monday itself"
    assert run_round(own_town, WEEK).version == before, "what came later changes no earlier round"
    assert not run_round(own_town, WEEK.plus_weeks(1)).is_news
    with store_of(own_town) as database, database.reading(ALL) as connection:
        facts = facts_of(connection, ALL, next_week.round.label, ref_of(connection, tried))
    assert facts is not None
    assert facts["listings"][0] == {"round": WEEK.label, "slot": "top", "contacted_on": None, "outcome": None}
