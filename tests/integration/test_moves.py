"""A household that moves: its new dong learns that there is a history and whom to ask, and nothing of what it says."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from domain.casework import Answered, Asked, Attempt, Method, Request, Standing, Status, standing_after
from domain.outcome import Outcome
from domain.people import ALL, Scope, Signature
from outreach import casework, publication
from store import tables
from store.cases import find_case, wish_about_listing
from store.database import Database
from store.figures_of_dongs import dong_figures
from store.former_homes import former_homes_of
from store.history import events_of, history_of
from tests.support.publications import EAST, LIVES, NOW, OLDER, WEEK, WEST, bring_in, homes_in, lists_of

FAR = "4128551000"
WRITTEN = "어머니와 다투어 집을 나왔다고 함"


class Town:
    """Three dongs with a worker each; the household A is on the list of the first."""

    def __init__(self, database: Database, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.database, self.folder, self.patch = database, folder, patch
        self.weeks, self.at, self.lives = 0, NOW, dict(LIVES)
        bring_in(database, lists_of(folder, OLDER), homes_in(folder / "0"))
        self.users = {
            code: self._worker(code, name) for code, name in ((WEST, "서주무"), (EAST, "동주무"), (FAR, "먼주무"))
        }
        with database.reading(ALL) as connection:
            named = select(tables.households.c.ref).where(tables.households.c.household_id == "A")
            self.ref = connection.execute(named).scalar_one()

    def _worker(self, code: str, name: str) -> int:
        own = {"login": f"dong-{code}", "name": name, "is_active": True, "must_change_password": False, "failures": 0}
        with self.database.writing(ALL) as connection:
            key = connection.execute(insert(tables.users).values(**own, created_at=NOW)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def moves_to(self, code: str) -> None:
        self.weeks += 1
        self.at += timedelta(days=7)
        self.lives["A"] = code
        lists = lists_of(self.folder, {}, week=WEEK.plus_weeks(self.weeks))
        bring_in(self.database, lists, homes_in(self.folder / str(self.weeks), self.lives), at=self.at)

    def act(self, name: str, code: str, **told: object) -> int:
        self.at += timedelta(minutes=1)
        by = Signature(self.users[code], f"dong-{code}", Scope((code,)), self.at, "-")
        with self.database.writing(by.scope) as connection:
            case = find_case(connection, by.scope, self.ref)
            assert case is not None
            acted = getattr(casework, name)(connection, by=by, ref=self.ref, seen=case.version, **told)
        return int(acted.row_id)

    def phone(self, code: str, **told: object) -> None:
        made = {"method": Method.PHONE, "attempt": Attempt.REACHED, "made_at": self.at, "note": WRITTEN}
        self.act("record_contact", code, **made | told)

    def lists_anew(self) -> None:
        self.weeks += 1
        self.at += timedelta(days=7)
        self.label = WEEK.plus_weeks(self.weeks).label
        lists = lists_of(self.folder, OLDER, week=WEEK.plus_weeks(self.weeks))
        bring_in(self.database, lists, homes_in(self.folder / str(self.weeks)), at=self.at)

    def renames(self, codes: dict[str, str]) -> None:
        """The next delivery names the dongs by other codes, as the reference table says."""
        self.patch.setattr(publication, "dong_successors", lambda _: codes)
        for former, now in codes.items():
            self.users[now] = self.users.get(now, self.users[former])
            self.lives |= {one: now for one, code in self.lives.items() if code == former}
        self.moves_to(self.lives["A"])

    def contacted_in(self, code: str) -> int:
        with self.database.reading(ALL) as connection:
            figures = dong_figures(connection, ALL, [self.label])
        return next(one.contacted for one in figures if one.dong_code == code)

    def last_line(self) -> dict[str, int]:
        of = tables.trail.c
        with self.database.reading(ALL) as connection:
            detail = connection.execute(select(of.detail).order_by(of.id.desc()).where(of.act == "publish")).scalar()
        return {name: detail[name] for name in ("moved", "renamed_dongs")}

    def standing(self) -> Standing:
        with self.database.reading(ALL) as connection:
            case = find_case(connection, ALL, self.ref)
            assert case is not None
            assert case.standing == standing_after(events_of(connection, case)), "row and history tell the same"
            return case.standing

    def ask(self, code: str, kind: Request, **told: object) -> int:
        return self.act("record_request", code, kind=kind, made_on=self.at.date(), note=WRITTEN, **told)

    def told_in(self, code: str) -> list[tuple[str, str, str, bool]]:
        scope = Scope((code,))
        with self.database.reading(scope) as connection:
            homes = former_homes_of(connection, scope, self.ref)
        return [(one.dong_code, one.name, one.worker, one.last_contact_at is not None) for one in homes]

    def history_in(self, *codes: str) -> list[object]:
        scope = Scope(codes)
        with self.database.reading(scope) as connection:
            return [one.event for one in history_of(connection, scope, self.ref)]

    def texts_in(self, code: str) -> str:
        scope = Scope((code,))
        with self.database.reading(scope) as connection:
            return "".join(one.note + one.reason for one in history_of(connection, scope, self.ref))

    def requests_in(self, code: str) -> list[int]:
        of = tables.requests.c
        with self.database.reading(Scope((code,))) as connection:
            own = select(of.id).where(of.ref == self.ref, of.dong_code == code, of.answers.is_(None)).order_by(of.id)
            return list(connection.execute(own).scalars())

    def is_excluded_in(self, code: str, day: date) -> bool:
        scope = Scope((code,))
        with self.database.reading(scope) as connection:
            case = find_case(connection, scope, self.ref)
            wish = wish_about_listing(connection, case) if case else None
        return wish is not None and wish.excludes_on(day)


@pytest.fixture
def town(any_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    return Town(any_database, tmp_path, monkeypatch)


# --- whom to ask ------------------------------------------------------------------------------------------------------


def test_the_new_dong_is_told_of_the_history_and_whom_to_ask_and_sees_nothing_of_it(town: Town) -> None:
    town.phone(WEST)
    town.moves_to(EAST)
    assert town.told_in(EAST) == [(WEST, "고양시덕양구 주교동", "서주무", True)]
    assert town.history_in(EAST) == []
    assert WRITTEN not in town.texts_in(EAST)


def test_nobody_else_is_told_neither_the_dong_it_left_nor_a_third(town: Town) -> None:
    town.phone(WEST)
    town.moves_to(EAST)
    assert town.told_in(WEST) == town.told_in(FAR) == []
    assert town.history_in(WEST) != []


def test_of_a_household_on_which_nobody_acted_there_is_nothing_to_tell(town: Town) -> None:
    town.moves_to(EAST)
    assert town.told_in(EAST) == []


def test_a_note_without_a_contact_is_a_history_too_and_without_a_worker_the_office_is_asked(town: Town) -> None:
    town.act("add_note", WEST, note=WRITTEN)
    town.moves_to(EAST)
    assert town.told_in(EAST) == [(WEST, "고양시덕양구 주교동", "", False)]


def test_every_dong_on_the_way_that_has_records_is_told_of_the_last_one_first(town: Town) -> None:
    town.phone(WEST)
    town.moves_to(EAST)
    town.phone(EAST)
    town.moves_to(FAR)
    assert [one[0] for one in town.told_in(FAR)] == [EAST, WEST]
    assert town.told_in(EAST) == []


def test_whoever_comes_back_is_told_of_the_other_dong_and_not_of_itself(town: Town) -> None:
    town.phone(WEST)
    town.moves_to(EAST)
    town.phone(EAST)
    town.moves_to(WEST)
    assert [one[0] for one in town.told_in(WEST)] == [EAST]
    town.moves_to(EAST)
    assert [one[0] for one in town.told_in(EAST)] == [WEST]


# --- what the household asked for -------------------------------------------------------------------------------------


def test_a_wish_not_to_be_contacted_holds_in_the_new_dong_until_it_ends_and_can_be_taken_back_there(town: Town) -> None:
    until = date(2027, 6, 1)
    town.ask(WEST, Request.EXCLUSION, ends_on=until)
    town.moves_to(EAST)
    assert town.is_excluded_in(EAST, until)
    assert not town.is_excluded_in(EAST, until + timedelta(days=1))
    assert town.texts_in(EAST) == "", "the words written down with it stay where they are"
    town.ask(EAST, Request.WITHDRAWAL)
    assert not town.is_excluded_in(EAST, until)


def test_a_wish_that_was_taken_back_does_not_come_to_life_again(town: Town) -> None:
    town.ask(WEST, Request.EXCLUSION)
    town.ask(WEST, Request.WITHDRAWAL)
    town.moves_to(EAST)
    assert not town.is_excluded_in(EAST, NOW.date() + timedelta(days=7))


def test_what_waits_for_an_answer_is_answered_by_the_new_dong(town: Town) -> None:
    town.ask(WEST, Request.CORRECTION)
    town.moves_to(EAST)
    assert town.history_in(EAST) == [Asked(Request.CORRECTION, NOW.date(), None)]
    town.act("answer_request", EAST, request_id=town.requests_in(EAST)[0], note="체납 자료를 고쳤다고 말씀드림")
    assert isinstance(town.history_in(EAST)[-1], Answered)


def test_what_was_answered_is_not_asked_again_but_an_answered_exclusion_still_holds(town: Town) -> None:
    explained, excluded = town.ask(WEST, Request.EXPLANATION), town.ask(WEST, Request.EXCLUSION)
    for number in (explained, excluded):
        town.act("answer_request", WEST, request_id=number, note="말씀드렸습니다")
    town.moves_to(EAST)
    wish, answer = town.history_in(EAST)
    assert wish == Asked(Request.EXCLUSION, NOW.date(), None)
    assert answer == Answered(town.requests_in(EAST)[0])


def test_coming_back_doubles_no_request(town: Town) -> None:
    town.ask(WEST, Request.EXCLUSION)
    for code in (EAST, WEST, EAST):
        town.moves_to(code)
    assert len(town.history_in(WEST)) == len(town.history_in(EAST)) == 1


# --- coming back ------------------------------------------------------------------------------------------------------


def test_what_another_dong_answered_waits_no_more_where_the_household_comes_back(town: Town) -> None:
    asked = town.ask(WEST, Request.CORRECTION)
    town.moves_to(EAST)
    town.act("answer_request", EAST, request_id=town.requests_in(EAST)[0], note="체납 자료를 고쳤다고 말씀드림")
    town.moves_to(FAR)
    assert town.history_in(FAR) == []
    town.moves_to(WEST)
    assert town.history_in(WEST)[-1] == Answered(asked)
    assert "체납 자료" not in town.texts_in(WEST)


def test_a_wish_that_was_taken_back_elsewhere_is_known_where_the_household_comes_back(town: Town) -> None:
    asked = town.ask(WEST, Request.EXCLUSION)
    town.act("answer_request", WEST, request_id=asked, note="말씀드렸습니다")
    town.moves_to(EAST)
    town.ask(EAST, Request.WITHDRAWAL)
    town.moves_to(WEST)
    assert not town.is_excluded_in(WEST, town.at.date())


def test_what_a_dong_had_planned_is_over_where_another_was_in_touch_since(town: Town) -> None:
    town.phone(WEST, next_on=town.at.date() + timedelta(days=20))
    town.act("hand_over", WEST, reason="지원단과 의논이 필요합니다")
    town.moves_to(EAST)
    town.moves_to(WEST)
    assert town.standing().status is Status.WITH_HUB, "nobody acted elsewhere: it stands as it was left"
    town.moves_to(EAST)
    town.phone(EAST)
    town.moves_to(WEST)
    assert (town.standing().status, town.standing().next_on) == (Status.OPEN, None)
    town.phone(WEST)
    town.moves_to(EAST)
    town.moves_to(WEST)
    assert town.standing().status is Status.IN_TOUCH


# --- dongs that get another code --------------------------------------------------------------------------------------

MERGED = "4128159000"


def test_a_household_of_a_dong_with_another_code_has_not_moved(town: Town) -> None:
    town.phone(WEST, outcome=Outcome.REFUSED)
    town.lists_anew()
    asked = town.ask(WEST, Request.CORRECTION)
    town.phone(WEST, next_on=town.at.date() + timedelta(days=20))
    before = town.standing(), town.history_in(WEST), town.contacted_in(WEST)
    town.renames({WEST: MERGED, EAST: MERGED})
    assert (town.standing(), town.history_in(MERGED), town.contacted_in(WEST)) == before
    assert before[2] == 1, "the household counts where and when it was listed"
    assert town.history_in(WEST) == town.told_in(MERGED) == []
    assert town.last_line() == {"moved": 0, "renamed_dongs": 2}
    town.act("answer_request", MERGED, request_id=asked, note="체납 자료를 고쳤다고 말씀드림")
    town.moves_to(FAR)
    assert town.told_in(FAR) == [(MERGED, "고양시덕양구 주교동", "서주무", True)]
    assert town.last_line() == {"moved": 1, "renamed_dongs": 0}


def test_two_former_dongs_that_became_one_are_told_as_one(town: Town) -> None:
    town.phone(WEST)
    town.moves_to(EAST)
    town.phone(EAST)
    town.moves_to(FAR)
    town.renames({WEST: MERGED, EAST: MERGED})
    assert [(code, worker) for code, _, worker, _ in town.told_in(FAR)] == [(MERGED, "동주무")], "who had it last"


def test_the_name_of_a_dong_with_another_code_is_nobody_elses(town: Town) -> None:
    town.phone(WEST)
    town.moves_to(EAST)
    town.phone(EAST)
    town.renames({WEST: MERGED})
    town.moves_to(FAR)
    names = {code: name for code, name, *_ in town.told_in(FAR)}
    assert names == {EAST: "", MERGED: "고양시덕양구 주교동"}, "it was never listed in the other"
