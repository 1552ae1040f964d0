"""Several people act on the same cases in any order, and new lists are published in between.

Nothing is lost, doubled or overwritten, nobody acts or sees elsewhere.

Where each case stands is compared, after every step, with the slow twin: the fold over everything that was recorded.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from domain.calendar import SEOUL, Round
from domain.casework import (
    ActRefused,
    Attempt,
    Case,
    CaseChanged,
    Method,
    NoSuchHousehold,
    Request,
    Standing,
    Status,
    standing_after,
)
from domain.listing import Slot
from domain.outcome import Outcome
from domain.people import ALL, Scope, Signature
from outreach import casework
from store.cases import find_case
from store.database import Database
from store.history import events_of
from store.lists import current_rounds, list_of, person_of
from store.schema import migrate
from store.tables import assignments, cases, contacts, handovers, households, notes, requests, trail
from store.verifying import verify
from tests.support.made_store import DONGS, NEWEST, NOW, fill
from tests.support.moving_town import MovingTown, Wanted
from tests.support.postgres import _TEMPLATE, Cluster, open_file

OWN, NEIGHBOUR, FAR = "4128151000", "4128152000", "4128551000"
CALLERS = {
    "dong-4128151000": OWN,
    "dong-4128151000-2": OWN,
    "dong-4128152000": NEIGHBOUR,
    "dong-4128551000": FAR,
    "hub-41281": "41281",
    "hub-41285": "41285",
}
PLACES = [(OWN, 0), (OWN, 1), (OWN, 3), (NEIGHBOUR, 2), (FAR, 2)]
ADDED = (contacts, notes, assignments, handovers, requests)
REASON = "충분히 말이 되는 이유"

callers, places = st.sampled_from(sorted(CALLERS)), st.sampled_from(PLACES)
behind = st.sampled_from([0, 0, 0, 0, 1, -1])  # how far the version that was seen is from the true one
outcomes = st.none() | st.none() | st.sampled_from(sorted(Outcome))
slots = st.sampled_from([None, Slot.TOP, Slot.TOP, Slot.TOP, Slot.CARRIED_OVER])
GONE, BACK = "gone", "back"  # for good, or until the next move; and to where it lived first
homes = st.sampled_from([OWN, NEIGHBOUR, FAR, GONE, BACK, BACK, BACK])
KINDS = [*sorted(Request), Request.EXCLUSION, Request.EXCLUSION]


class _KilledError(Exception):
    """Ends a publisher in the middle."""


class _Files:
    """One filled file, copied for each run."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sagak-machine-"))
        database = open_file(self.folder / "template.db")
        migrate(database)
        self.made = fill(database)
        database.close()

    @contextmanager
    def copy(self) -> Iterator[Database]:
        path = Path(shutil.copy(self.folder / "template.db", self.folder / "sagak.db"))
        database = open_file(path)
        yield database
        database.close()
        for file in self.folder.glob("sagak.db*"):
            file.unlink()

    def close(self) -> None:
        shutil.rmtree(self.folder)


class _Cluster:
    """One filled database of a PostgreSQL, copied for each run."""

    def __init__(self, postgres: Cluster) -> None:
        self.postgres, self.name = postgres, postgres.new(_TEMPLATE)
        database = postgres.open(self.name)
        self.made = fill(database)
        database.close()

    @contextmanager
    def copy(self) -> Iterator[Database]:
        name = self.postgres.new(self.name)
        database = self.postgres.open(name)
        yield database
        database.close()
        self.postgres.drop(name)

    def close(self) -> None:
        self.postgres.drop(self.name)


class Casework(RuleBasedStateMachine):
    template: ClassVar[_Files | _Cluster]

    @initialize()
    def begin(self) -> None:
        self.held, self.made = ExitStack(), self.template.made
        self.database = self.held.enter_context(self.template.copy())
        self.now = NOW
        folder = Path(self.held.enter_context(tempfile.TemporaryDirectory(prefix="sagak-town-")))
        self.town, self.newest = MovingTown(self.made, folder), Round.parse(NEWEST)
        self.wishes: dict[str, list[tuple[date, Request, date | None]]] = {}  # about listing, by pseudonym
        self.refs = {self.made.house(*place).ref: place[0] for place in PLACES}
        self.versions = {ref: self.case(ref).version for ref in self.refs}
        self.phones = {house.household_id: house.phone for house in self.made.houses}  # as the newest list told them
        self.brought = 0  # requests that went along with households that moved
        self.stood: dict[str, Case] = {}  # as the twin last found them
        self.rows = self.recorded()
        self.lines: Counter[tuple[str, str]] = Counter()  # of the trail, by act and household

    def teardown(self) -> None:
        if hasattr(self, "held"):
            self.held.close()

    def case(self, ref: str):
        with self.database.reading(ALL) as connection:
            return find_case(connection, ALL, ref)

    def recorded(self) -> dict[tuple[str, int], tuple]:
        with self.database.reading(ALL) as connection:
            return {
                (table.name, row.id): tuple(row) for table in ADDED for row in connection.execute(select(table)).all()
            }

    def act(self, login: str, act, word: str, refs: dict[str, int], **what) -> bool:
        """Acts as somebody, and says by the model alone whether that may succeed; gives whether it did."""
        self.now += timedelta(seconds=1)
        by = Signature(self.made.users[login], login, Scope((CALLERS[login],)), self.now, "203.0.113.7")
        may_see = all(by.scope.covers(self.refs[ref]) for ref in refs)
        is_current = all(self.versions[ref] == seen for ref, seen in refs.items())
        one = {} if act is casework.assign else {"ref": next(iter(refs))}
        seen = refs if act is casework.assign else next(iter(refs.values()))
        try:
            with self.database.writing(by.scope) as connection:
                act(connection, by=by, seen=seen, **one, **what)
        except NoSuchHousehold:
            assert not may_see or act is casework.correct_contact
        except CaseChanged:
            assert may_see and not is_current
        except ActRefused:
            pass  # the invariants say that it left nothing
        else:
            assert may_see and is_current, "nobody acts outside the own area, or past what others did"
            for ref in refs:
                self.versions[ref] += 1
                self.lines[word, ref] += 1
            return True
        return False

    def seen(self, place: tuple[str, int], off: int) -> dict[str, int]:
        ref = self.made.house(*place).ref
        return {ref: max(0, self.versions[ref] + off)}

    @rule(login=callers, place=places, off=behind, attempt=st.sampled_from(sorted(Attempt)), outcome=outcomes)
    def contact(self, login, place, off, attempt, outcome) -> None:
        what = {"method": Method.PHONE, "attempt": Attempt(attempt), "made_at": self.now, "outcome": outcome}
        self.act(login, casework.record_contact, "contact", self.seen(place, off), **what)

    @rule(login=callers, place=places, which=st.integers(0, 5), attempt=st.sampled_from(sorted(Attempt)), out=outcomes)
    def correct(self, login, place, which, attempt, out) -> None:
        ref = self.made.house(*place).ref
        own = sorted(key[1] for key, row in self.recorded().items() if key[0] == "contacts" and ref in row)
        if own:
            what = {"method": Method.VISIT, "attempt": Attempt(attempt), "made_at": self.now, "outcome": out}
            id_ = own[which % len(own)]
            refs = self.seen(place, 0)
            self.act(login, casework.correct_contact, "contact.correct", refs, **what, contact_id=id_, reason=REASON)

    @rule(login=callers, place=places, off=behind)
    def note(self, login, place, off) -> None:
        self.act(login, casework.add_note, "note", self.seen(place, off), note="말")

    @rule(login=callers, one=places, other=places, off=behind, worker=st.none() | callers)
    def assign(self, login, one, other, off, worker) -> None:
        worker_id = None if worker is None else self.made.users[worker]
        refs = self.seen(one, 0) | self.seen(other, off)
        self.act(login, casework.assign, "assign", refs, worker_id=worker_id)

    @rule(login=callers, place=places, off=behind)
    def hand_over(self, login, place, off) -> None:
        self.act(login, casework.hand_over, "case.requested", self.seen(place, off), reason=REASON)

    @rule(login=callers, place=places, off=behind)
    def take(self, login, place, off) -> None:
        self.act(login, casework.take, "case.taken", self.seen(place, off), reason=REASON)

    @rule(login=callers, place=places, off=behind)
    def return_(self, login, place, off) -> None:
        self.act(login, casework.return_, "case.returned", self.seen(place, off), reason=REASON)

    @rule(login=callers, place=places, off=behind)
    def reopen(self, login, place, off) -> None:
        self.act(login, casework.reopen, "case.reopened", self.seen(place, off), reason=REASON)

    @rule(
        login=callers, place=places, kind=st.sampled_from(KINDS), days=st.integers(0, 3),
        ends=st.none() | st.integers(1, 20),
    )  # fmt: skip
    def ask(self, login, place, kind, days, ends) -> None:
        kind, made_on = Request(kind), (self.now - timedelta(days=days)).date()
        ends_on = made_on + timedelta(days=ends) if ends and kind is Request.EXCLUSION else None
        asked = {"kind": kind, "made_on": made_on, "ends_on": ends_on}
        is_done = self.act(login, casework.record_request, f"request.{kind}", self.seen(place, 0), **asked)
        if is_done and kind in (Request.EXCLUSION, Request.WITHDRAWAL):
            wishes = self.wishes.setdefault(self.made.house(*place).household_id, [])
            wishes.append((made_on, kind, ends_on))
            wishes.sort(key=lambda wish: wish[0])  # of one day, the last that was written down

    @rule(login=callers, place=places)
    def reveal(self, login, place) -> None:
        house = self.made.house(*place)
        scope = Scope((CALLERS[login],))
        by = Signature(self.made.users[login], login, scope, self.now, "203.0.113.7")
        with suppress(NoSuchHousehold), self.database.writing(scope) as connection:
            person = casework.reveal(connection, by=by, ref=house.ref, reason=REASON)
            assert scope.covers(self.refs[house.ref])
            assert (person.name, person.phone) == (house.name, self.phones[house.household_id])
            self.lines["reveal", house.ref] += 1

    @rule(first=callers, second=callers, place=places)
    def two_at_once(self, first, second, place) -> None:
        """Both looked at the same version: at most one of them is kept."""
        seen, ref = self.seen(place, 0), self.made.house(*place).ref
        before = self.versions[ref]
        for login in (first, second):
            self.act(login, casework.add_note, "note", seen, note="동시에")
        assert self.versions[ref] <= before + 1

    # --- a new list in between --------------------------------------------------------------------------------------

    @rule(
        weeks=st.sampled_from([1, 1, 1, 0, 0, -1]),
        hours=st.sampled_from([7, 7, 30, -20]),  # after the round's Monday begins; before it where the town is quick
        listed=st.tuples(*(slots for _ in PLACES)),
        moves=st.dictionaries(places, homes, max_size=3),
        capacity=st.sampled_from([0, 1, 3, 4, 5]),
        newcomer=st.none() | st.sampled_from([OWN, FAR]),
        dies=st.sampled_from([False, False, False, True]),
        meanwhile=st.none() | st.tuples(callers, places),
    )
    def publish(self, weeks, hours, listed, moves, capacity, newcomer, dies, meanwhile) -> None:
        """The next round, this one anew, or a former one; somebody may act meanwhile, or the publisher may die."""
        week = self.newest.plus_weeks(weeks)
        monday = datetime.combine(week.as_of, time(), SEOUL)
        self.now = at = max(self.now + timedelta(seconds=1), monday + timedelta(hours=hours))
        for place, code in moves.items():
            self.move(self.made.house(*place).household_id, place[0] if code is BACK else code)
        if newcomer:
            self.arrive(newcomer)
        wanted = self.wanted(dict(zip(PLACES, listed, strict=True)), newcomer)
        before, seen, dongs = self.standings(), self.what_readers_see(), []

        def during(number: int) -> None:
            dongs.append(number)
            if dies:
                raise _KilledError
            if meanwhile and len(dongs) == 1:
                login, place = meanwhile
                if self.act(login, casework.add_note, "note", self.seen(place, 0), note="그사이"):
                    ref = self.made.house(*place).ref
                    before[ref] = self.case(ref)
            assert self.what_readers_see() == seen, "what is only staged nobody sees"

        options = {"capacity": capacity, "at": at, "during": during}
        try:
            _, slots_of = self.town.publish(self.database, week, wanted, **options)
        except _KilledError:
            assert self.what_readers_see() == seen, "a publisher that dies leaves what readers saw"
            assert self.standings() == before
            return
        if self.is_news(week, seen):
            self.lines["publish", week.label] += 1
        self.check_published(week, slots_of, before)
        self.brought += self.check_brought(notes=bool(meanwhile))

    publish_once_more = publish  # a rule of its own, so that lists come as often as acts on one case

    def is_news(self, week: Round, seen) -> bool:
        now, before = dict(self.what_readers_see().keys()), dict(seen.keys())
        assert now == before | {week.label: now[week.label]}, "no other round changes"
        return now != before

    def move(self, household_id: str, code: str) -> None:
        if code is GONE:
            self.town.lives.pop(household_id, None)
            return
        self.town.lives[household_id] = code
        name, address, phone = self.town.people[household_id]
        self.town.people[household_id] = (name, address, phone[:-1] + str((int(phone[-1]) + 1) % 10))

    def arrive(self, code: str) -> None:
        name = f"newcomer{len(self.town.people)}"
        self.town.lives[name], self.town.people[name] = code, (name, "경기도 고양시", "0105559999")

    def wanted(self, listed, newcomer) -> list[Wanted]:
        ids = {self.made.house(*place).household_id: slot for place, slot in listed.items() if slot}
        if newcomer:
            ids[next(reversed(self.town.lives))] = Slot.TOP
        return [Wanted(one, self.town.lives[one], slot) for one, slot in ids.items() if one in self.town.lives]

    def standings(self) -> dict:
        return {ref: self.case(ref) for ref in self.refs}

    def what_readers_see(self) -> dict:
        """Every list of every round by reader: who stands there, and whether name and case are shown with them."""
        with self.database.reading(ALL) as connection:
            rounds = current_rounds(connection)
            return {(one.round, one.version): self.lists_of(connection, one.round, ALL) for one in rounds}

    def lists_of(self, connection, label: str, scope: Scope) -> dict[str, list[tuple]]:
        lists = {code: list_of(connection, scope, label, code) for code in DONGS}
        return {code: [(one.ref, one.slot, one.person.name != "") for one in told] for code, told in lists.items()}

    def check_published(self, week: Round, slots_of, before) -> None:
        with self.database.reading(ALL) as connection:
            of = {row.household_id: row for row in connection.execute(select(households))}
            told = self.lists_of(connection, week.label, ALL)
            assert {one[0] for one in told.values() for one in one} == {of[one].ref for one in slots_of}
            for area in set(CALLERS.values()):
                scope = Scope((area,))
                seen = self.lists_of(connection, week.label, scope)
                assert {code for code, entries in seen.items() if entries} <= {c for c in DONGS if scope.covers(c)}
                shown = {ref for entries in seen.values() for ref, _, is_named in entries if is_named}
                assert all(scope.covers(row.dong_code) for row in of.values() if row.ref in shown)
                assert all((person_of(connection, scope, ref) is None) == (not scope.covers(code))
                           for ref, code in ((row.ref, row.dong_code) for row in of.values()))  # fmt: skip
        for household_id in slots_of:
            assert not self.is_excluded(household_id, week.as_of), "nobody is listed who asked not to be"
        is_newest = week.as_of >= self.newest.as_of
        self.newest = max(week, self.newest, key=lambda one: one.as_of)
        for ref, was in before.items():
            household_id = next(one for one, row in of.items() if row.ref == ref)
            self.check_case(ref, was, of[household_id].dong_code, slots_of.get(household_id), week, is_newest=is_newest)
            expected = self.town.lives.get(household_id, was.dong_code) if is_newest else was.dong_code
            assert of[household_id].dong_code == expected, "a household is where the newest delivery says"
        if is_newest:
            self.phones |= {one: self.town.people[one][2] for one in self.town.lives}
        assert verify(self.database).is_whole

    def check_brought(self, *, notes: bool) -> int:
        """Only what a household asked for goes along with it, without the words, to where it lives now."""
        told = {key: row for key, row in self.recorded().items() if key not in self.rows}
        brought = [row for (table, _), row in told.items() if table == "requests"]
        assert {table for table, _ in told} <= {"requests", *(["notes"] if notes else [])}
        with self.database.reading(ALL) as connection:
            rows = list(connection.execute(select(requests)))
        for row in (row for row in rows if tuple(row) in brought):
            assert (row.note, row.dong_code) == ("", self.refs[row.ref])
            same = (row.ref, row.kind, row.made_on, row.ends_on, row.by_user, row.at)
            assert any((one.ref, one.kind, one.made_on, one.ends_on, one.by_user, one.at) == same
                       for one in rows if one.id < row.id and one.dong_code != row.dong_code)  # fmt: skip
        return len(brought)

    def is_excluded(self, household_id: str, day: date) -> bool:
        wishes = [wish for wish in self.wishes.get(household_id, ()) if wish[0] <= day]
        _, kind, ends_on = wishes[-1] if wishes else (None, None, None)
        return kind is Request.EXCLUSION and (ends_on is None or ends_on >= day)

    def check_case(self, ref: str, was, code: str, slot: Slot | None, week: Round, *, is_newest: bool) -> None:
        """What a new list does to a case: a move begins it anew, a new listing opens it again if it was closed."""
        case, stood = self.case(ref), was.standing
        assert case.dong_code == code and case.version >= was.version
        if not is_newest:
            assert case == was, "a former round changes nothing of today"
        elif code != was.dong_code:
            assert case.version > was.version
            if not self.has_acted(ref, code):
                assert case.standing == Standing()
        elif stood.status is Status.CLOSED and slot not in (None, Slot.CARRIED_OVER) and self.is_long_closed(was, week):
            assert case.standing == Standing(last_contact_at=stood.last_contact_at) and case.version > was.version
        elif stood.status is not Status.CLOSED or slot in (None, Slot.CARRIED_OVER):
            assert case == was, "a case that is open, or is not listed anew, stays as it is"
        self.refs[ref], self.versions[ref] = code, case.version
        self.stood.pop(ref, None)  # a listing is part of the history, and changes no row of the case itself

    def is_long_closed(self, was, week: Round) -> bool:
        return was.updated_at < min(datetime.combine(week.as_of, time(), SEOUL), self.now)

    def has_acted(self, ref: str, code: str) -> bool:
        return any(key[0] != "requests" and ref in row and code in row for key, row in self.recorded().items())

    # --- what holds after every step --------------------------------------------------------------------------------

    @invariant()
    def each_case_stands_as_its_history_says(self) -> None:
        if not hasattr(self, "refs"):
            return
        with self.database.reading(ALL) as connection:
            for ref, version in self.versions.items():
                case = find_case(connection, ALL, ref)
                assert case.version == version
                if case != self.stood.get(ref):
                    assert case.standing == standing_after(events_of(connection, case))
                    assert (case.standing.outcome is not None) == (case.standing.status is Status.CLOSED)
                self.stood[ref] = case

    @invariant()
    def what_was_recorded_stays_and_nothing_else_came(self) -> None:
        if not hasattr(self, "refs"):
            return
        now = self.recorded()
        assert {key: now.get(key) for key in self.rows} == self.rows
        added = sum(count for (act, _), count in self.lines.items() if act not in ("reveal", "publish"))
        assert len(now) == 10 + added + self.brought
        self.rows = now

    @invariant()
    def every_act_has_its_line(self) -> None:
        if not hasattr(self, "refs"):
            return
        with self.database.reading(ALL) as connection:
            told = Counter((row.act, row.subjects) for row in connection.execute(select(trail.c.act, trail.c.subjects)))
            others = select(cases.c.version).where(cases.c.ref.not_in(list(self.refs)))
            assert max(connection.execute(others).scalars()) <= 1, "no other household was touched"
        assert told == self.lines


_SOAK = settings.get_current_profile_name() == "soak"
_SETTINGS = settings(
    deadline=None,
    max_examples=500 if _SOAK else 8,
    stateful_step_count=50 if _SOAK else 25,
    suppress_health_check=[HealthCheck.too_slow],
)


class CaseworkOnPostgres(Casework):
    """The same acts where readers are narrowed by the database as well."""


@pytest.fixture(scope="module")
def files() -> Iterator[None]:
    Casework.template = _Files()
    yield
    Casework.template.close()


@pytest.fixture(scope="module")
def cluster(postgres: Cluster) -> Iterator[None]:
    CaseworkOnPostgres.template = _Cluster(postgres)
    yield
    CaseworkOnPostgres.template.close()


@pytest.mark.usefixtures("files")
class TestCasework(Casework.TestCase):  # type: ignore[name-defined]
    settings = _SETTINGS


@pytest.mark.soak
@pytest.mark.usefixtures("cluster")
class TestCaseworkOnPostgres(CaseworkOnPostgres.TestCase):  # type: ignore[name-defined]
    settings = _SETTINGS
