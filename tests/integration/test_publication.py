"""Lists in the store: readers follow one pointer, and a publication is whole or nobody's."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

import outreach.publication as publication
from domain.casework import Status
from domain.errors import CheckFailed, StorageFailed
from domain.listing import Slot
from domain.people import ALL, NOBODY, Scope
from domain.published import Change
from outreach.publication import take_over
from outreach.publishing import read_entries
from store import tables
from store.database import Database
from store.lists import (
    current_rounds,
    dongs_of_round,
    entries_of_household,
    entry_of,
    facts_of,
    left_since,
    list_of,
    newest_round,
    person_of,
)
from store.publications import raise_fence
from store.staging import digest_of
from tests.support.publications import (
    EAST,
    EMPTY,
    LIVES,
    NEWER,
    NOW,
    OLDER,
    WEEK,
    WEST,
    Homes,
    bring_in,
    homes_in,
    lists_of,
    rows_of,
    shown,
)

EVERYTHING = (
    "publications",
    "rounds",
    "publication_dongs",
    "households",
    "people",
    "cases",
    "entries",
    "facts",
    "trail",
)
LAST_WEEK, NEXT_WEEK = WEEK.plus_weeks(-1), WEEK.plus_weeks(1)


@pytest.fixture
def homes(tmp_path: Path) -> Homes:
    return homes_in(tmp_path)


def ref_of(database: Database, household_id: str) -> str:
    return {row[1]: str(row[0]) for row in rows_of(database, "households")}[household_id]


def dong_of(database: Database, ref: str) -> str:
    with database.reading(ALL) as connection:
        query = select(tables.households.c.dong_code).where(tables.households.c.ref == ref)
        return str(connection.execute(query).scalar_one())


def case_of(database: Database, household_id: str) -> dict[str, object]:
    with database.reading(ALL) as connection:
        row = connection.execute(tables.cases.select().where(tables.cases.c.ref == ref_of(database, household_id)))
        return dict(row.mappings().one())


def close_case(database: Database, household_id: str, *, days_before: int) -> None:
    """As casework does it: an outcome, and a day."""
    with database.writing(ALL) as connection:
        connection.execute(
            update(tables.cases)
            .where(tables.cases.c.ref == ref_of(database, household_id))
            .values(status=Status.CLOSED, version=3, outcome="refused", updated_at=NOW - timedelta(days=days_before))
        )


def test_a_published_round_shows_every_dong_its_list_also_the_empty_one(
    any_database: Database, homes: Homes, tmp_path: Path
) -> None:
    assert shown(any_database) == {}
    assert bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    assert shown(any_database) == OLDER
    with any_database.reading(ALL) as connection:
        dongs = dongs_of_round(connection, WEEK.label)
        assert [(one.dong.code, one.capacity, one.entries) for one in dongs] == [
            (WEST, 3, 2),
            (EAST, 3, 2),
            (EMPTY, 3, 0),
        ]
        assert newest_round(connection).origin["bundle"] == "standard-1"


def test_the_same_round_twice_changes_nothing_and_says_so(any_database: Database, homes: Homes, tmp_path: Path) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    before = rows_of(any_database, *EVERYTHING)
    assert not bring_in(any_database, lists_of(tmp_path, OLDER), homes, at=NOW + timedelta(hours=1))
    assert rows_of(any_database, *EVERYTHING) == before


def test_another_version_takes_the_place_and_the_former_stays_and_can_come_back(
    any_database: Database, homes: Homes, tmp_path: Path
) -> None:
    older, newer = lists_of(tmp_path, OLDER), lists_of(tmp_path, NEWER)
    bring_in(any_database, older, homes)
    refs = {name: ref_of(any_database, name) for name in "ABDE"}
    assert bring_in(any_database, newer, homes)
    assert shown(any_database) == NEWER
    assert len(rows_of(any_database, "publications")) == 2
    assert {name: ref_of(any_database, name) for name in "ABDE"} == refs, "a household keeps its ref"
    entries = rows_of(any_database, "entries")
    assert bring_in(any_database, older, homes)
    assert shown(any_database) == OLDER
    assert rows_of(any_database, "entries") == entries, "nothing is staged again"


def test_an_entry_tells_its_place_its_reasons_its_case_and_what_changed(
    any_database: Database, homes: Homes, tmp_path: Path
) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER, week=LAST_WEEK), homes)
    bring_in(any_database, lists_of(tmp_path, NEWER), homes)
    scope = Scope((WEST,))
    with any_database.reading(scope) as connection:
        listed = list_of(connection, scope, WEEK.label, WEST)
        assert [(entry.person.name, entry.change) for entry in listed] == [
            ("C", Change.NEW), ("B", Change.SAME), ("A", Change.DOWN)]  # fmt: skip
        first = listed[0]
        assert (first.raw_score, first.explanation.raising[0].contribution) == (1 / 3, 0.1 + 0.2), "to the last bit"
        assert first.case is not None
        assert (first.case.status, first.case.version, first.case.worker_id) == (Status.OPEN, 0, None)
        assert entry_of(connection, scope, WEEK.label, first.ref) == first
        history = entries_of_household(connection, scope, listed[2].ref)
        assert [(entry.round, entry.rank) for entry in history] == [("2026-W47", 3), ("2026-W46", 1)]
        assert [one.round for one in current_rounds(connection)] == ["2026-W47", "2026-W46"]
    with any_database.reading(ALL) as connection:
        assert [left.person.name for left in left_since(connection, ALL, WEEK.label, EAST)] == ["D", "E"]
    assert "C" not in repr(first.person)


def test_nobody_sees_another_dong(any_database: Database, homes: Homes, tmp_path: Path) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    ref = ref_of(any_database, "A")
    for scope in (Scope((EAST,)), NOBODY, Scope(("41285",))):
        with any_database.reading(scope) as connection:
            assert list_of(connection, scope, WEEK.label, WEST) == ()
            assert entry_of(connection, scope, WEEK.label, ref) is None
            assert entries_of_household(connection, scope, ref) == ()
            assert facts_of(connection, scope, WEEK.label, ref) is None
            assert person_of(connection, scope, ref) is None


def test_facts_are_dated_coded_and_known_before_the_round(any_database: Database, homes: Homes, tmp_path: Path) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    with any_database.reading(ALL) as connection:
        facts = facts_of(connection, ALL, WEEK.label, ref_of(any_database, "A"))
        known = person_of(connection, ALL, ref_of(any_database, "A"))
    assert facts == {
        "household": {"tenure": "own", "dwelling": "apartment", "moved_in_on": "2019-03-02",
                      "is_address_mismatch": False, "has_phone": True},
        "members": [{"relation": "head", "sex": "female", "age_from": 75, "age_to": 79, "disability": "none",
                     "is_pregnant": False}],
        "reports": [{"indicator_no": 1, "observed_month": "2026-08-01", "known_on": "2026-09-10", "months_overdue": 5,
                     "amount_krw": None}],
        "benefits": [{"program": "basic_pension", "from": "2020-01-01", "to": None}],
        "listings": [{"round": "2026-W40", "slot": "top", "contacted_on": "2026-10-01", "outcome": None}],
    }  # fmt: skip
    assert known is not None
    assert (known.name, known.address, known.phone) == ("A", "경기도 고양시 은달래로 1", "01055501234")


def test_an_older_round_published_again_changes_nothing_of_this_week(
    any_database: Database, homes: Homes, tmp_path: Path
) -> None:
    bring_in(any_database, lists_of(tmp_path, NEWER), homes)
    before = rows_of(any_database, "people", "cases")
    elsewhere = homes_in(tmp_path / "then", LIVES | {"A": EAST}, phone="02-1")
    bring_in(any_database, lists_of(tmp_path, {WEST: "B", EAST: "A"}, week=LAST_WEEK), elsewhere)
    assert shown(any_database) == NEWER
    assert shown(any_database, LAST_WEEK) == {WEST: "B", EAST: "A"}
    assert rows_of(any_database, "people", "cases") == before
    with any_database.reading(ALL) as connection:
        assert newest_round(connection).round == WEEK.label


def test_who_moved_is_found_where_they_live_now_listed_or_not_and_past_entries_stay(
    any_database: Database, homes: Homes, tmp_path: Path
) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    moved = homes_in(tmp_path / "later", LIVES | {"A": EAST, "B": "4128551000"}, phone="02-345-6789")
    bring_in(any_database, lists_of(tmp_path, {EAST: "A"}, week=NEXT_WEEK), moved)
    ref, unlisted = ref_of(any_database, "A"), ref_of(any_database, "B")
    assert dong_of(any_database, ref) == EAST
    assert dong_of(any_database, unlisted) == "4128551000"
    left = Scope((WEST,))
    with any_database.reading(left) as connection:
        assert person_of(connection, left, ref) is None
        (past,) = entries_of_household(connection, left, ref)
        assert (past.case, past.person.name) == (None, "")
    came = Scope((EAST,))
    with any_database.reading(came) as connection:
        (here,) = list_of(connection, came, NEXT_WEEK.label, EAST)
        assert (here.person.name, here.person.phone, here.former_rank) == ("A", "023456789", None)


@pytest.mark.parametrize(
    ("slot", "days_before", "status"),
    [
        (Slot.TOP, 7, Status.OPEN),  # listed anew after an earlier case was closed
        (Slot.CARRIED_OVER, 7, Status.CLOSED),  # still the listing for which it was closed
        (Slot.TOP, 0, Status.CLOSED),  # closed this morning: the list could not know
    ],
)
def test_a_closed_case_opens_again_only_for_a_new_listing(
    any_database: Database, homes: Homes, tmp_path: Path, slot: Slot, days_before: int, status: Status
) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER, week=LAST_WEEK), homes)
    close_case(any_database, "A", days_before=days_before)
    bring_in(any_database, lists_of(tmp_path, OLDER, slot=slot), homes)
    case = case_of(any_database, "A")
    assert case["status"] == status
    assert (case["version"], case["outcome"]) == ((4, None) if status is Status.OPEN else (3, "refused"))


def test_what_reads_back_differently_is_shown_to_nobody(
    any_database: Database, homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    checked = publication._check

    def disturbed(database: Database, staged: object, expected: dict) -> None:
        with database.writing(ALL) as connection:
            connection.execute(
                update(tables.entries).where(tables.entries.c.raw_score == 1 / 5).values(raw_score=0.2000001)
            )
        checked(database, staged, expected)

    monkeypatch.setattr(publication, "_check", disturbed)
    with pytest.raises(CheckFailed, match="read back differently"):
        bring_in(any_database, lists_of(tmp_path, NEWER), homes)
    assert shown(any_database) == OLDER
    monkeypatch.undo()
    assert bring_in(any_database, lists_of(tmp_path, NEWER), homes)
    assert shown(any_database) == NEWER


def test_a_publisher_that_was_overtaken_stops_and_the_other_wins(
    any_database: Database, homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins while the first has staged all and sleeps; the first wakes up and finds the fence raised."""
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    checked, newer = publication._check, lists_of(tmp_path, NEWER)

    def asleep(*arguments: object) -> None:
        monkeypatch.undo()
        assert bring_in(any_database, newer, homes)
        checked(*arguments)

    monkeypatch.setattr(publication, "_check", asleep)
    with pytest.raises(StorageFailed, match="at the same time"):
        bring_in(any_database, lists_of(tmp_path, {WEST: "C"}), homes)
    assert shown(any_database) == NEWER


def test_no_step_is_taken_behind_a_raised_fence(
    any_database: Database, homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    for step in ("begin_publication", "prepare", "mark_staged", "make_current"):
        whole = getattr(publication, step)

        def overtaken(*arguments: object, whole: object = whole, step: str = step, **named: object) -> object:
            if step == "prepare":
                with any_database.writing(ALL) as connection:
                    raise_fence(connection)
            else:
                raise_fence(arguments[0])
            return whole(*arguments, **named)

        monkeypatch.setattr(publication, step, overtaken)
        with pytest.raises(StorageFailed, match="at the same time"):
            bring_in(any_database, lists_of(tmp_path, NEWER), homes)
        monkeypatch.undo()
        assert shown(any_database) == OLDER


def test_what_was_left_unfinished_goes_with_everybody_who_was_never_listed(
    any_database: Database, homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    before = rows_of(any_database, *EVERYTHING)

    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publication, "_check", stops)
    with pytest.raises(KeyboardInterrupt):
        bring_in(any_database, lists_of(tmp_path, NEWER), homes)
    assert len(rows_of(any_database, "households")) == 7
    take_over(any_database, "another")
    assert rows_of(any_database, *EVERYTHING) == before


def test_of_what_was_staged_and_never_shown_the_next_publication_leaves_nobody(
    any_database: Database, homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)

    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publication, "make_current", stops)
        with pytest.raises(KeyboardInterrupt):
            bring_in(any_database, lists_of(tmp_path, NEWER), homes)
    assert len(rows_of(any_database, "people")) == 7
    bring_in(any_database, lists_of(tmp_path, OLDER, week=NEXT_WEEK), homes)
    assert {row[2] for row in rows_of(any_database, "people")} == set("ABDE")
    assert len(rows_of(any_database, "publications")) == 2


def test_publishing_is_one_line_of_the_trail(any_database: Database, homes: Homes, tmp_path: Path) -> None:
    lists = lists_of(tmp_path, OLDER)
    bring_in(any_database, lists, homes)
    bring_in(any_database, lists, homes)
    with any_database.reading(ALL) as connection:
        (line,) = connection.execute(tables.trail.select()).mappings()
    assert (line["actor"], line["act"], line["subjects"]) == ("sagak", "publish", "2026-W47")
    assert line["detail"] == {"version": lists.version, "bundle": "standard-1", "dongs": 3, "entries": 4, "moved": 0,
                              "changed_people": 0, "renamed_dongs": 0}  # fmt: skip


def test_a_dongs_digest_can_be_computed_again_from_the_files(
    any_database: Database, homes: Homes, tmp_path: Path
) -> None:
    lists = lists_of(tmp_path, NEWER)
    bring_in(any_database, lists, homes)
    with any_database.reading(ALL) as connection:
        for one in dongs_of_round(connection, WEEK.label):
            assert one.digest == digest_of(read_entries(lists, one.dong.code))
