"""Several people act on the same cases in any order: nothing is lost, doubled or overwritten, nobody acts elsewhere.

Where each case stands is compared, after every step, with the slow twin: the fold over everything that was recorded.
"""

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from domain.casework import ActRefused, Attempt, CaseChanged, Method, NoSuchHousehold, Request, standing_after
from domain.outcome import Outcome
from domain.people import ALL, Scope, Signature
from outreach import casework
from store.cases import find_case
from store.database import Database
from store.history import events_of
from store.schema import migrate
from store.tables import assignments, cases, contacts, handovers, notes, requests, trail
from tests.support.made_store import NOW, Made, fill
from tests.support.postgres import open_file

OWN, NEIGHBOUR, FAR = "4128151000", "4128152000", "4128551000"
CALLERS = {
    "dong-4128151000": OWN,
    "dong-4128151000-2": OWN,
    "dong-4128152000": NEIGHBOUR,
    "hub-41281": "41281",
    "hub-41285": "41285",
}
PLACES = [(OWN, 0), (OWN, 1), (OWN, 3), (NEIGHBOUR, 2), (FAR, 2)]
ADDED = (contacts, notes, assignments, handovers, requests)
REASON = "충분히 말이 되는 이유"

callers, places = st.sampled_from(sorted(CALLERS)), st.sampled_from(PLACES)
behind = st.sampled_from([0, 0, 0, 0, 1, -1])  # how far the version that was seen is from the true one
outcomes = st.none() | st.none() | st.sampled_from(sorted(Outcome))


class _Template:
    """One filled file, copied for each run; made when first needed."""

    folder: Path | None = None
    made: Made | None = None

    @classmethod
    def copy(cls) -> tuple[Database, Made, Path]:
        if cls.folder is None:
            cls.folder = Path(tempfile.mkdtemp(prefix="sagak-machine-"))
            database = open_file(cls.folder / "template.db")
            migrate(database)
            cls.made = fill(database)
            database.close()
        assert cls.made is not None
        path = Path(tempfile.mkdtemp(dir=cls.folder)) / "sagak.db"
        shutil.copy(cls.folder / "template.db", path)
        return open_file(path), cls.made, path


class Casework(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.database, self.made, self.path = _Template.copy()
        self.now = NOW
        self.refs = {self.made.house(*place).ref: place[0] for place in PLACES}
        self.versions = {ref: self.case(ref).version for ref in self.refs}
        self.rows = self.recorded()
        self.lines: Counter[tuple[str, str]] = Counter()  # of the trail, by act and household

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.path.parent)

    def case(self, ref: str):
        with self.database.reading(ALL) as connection:
            return find_case(connection, ALL, ref)

    def recorded(self) -> dict[tuple[str, int], tuple]:
        with self.database.reading(ALL) as connection:
            return {
                (table.name, row.id): tuple(row) for table in ADDED for row in connection.execute(select(table)).all()
            }

    def act(self, login: str, act, word: str, refs: dict[str, int], **what) -> None:
        """Acts as somebody, and says by the model alone whether that may succeed."""
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

    @rule(login=callers, place=places, kind=st.sampled_from(sorted(Request)), days=st.integers(0, 3))
    def ask(self, login, place, kind, days) -> None:
        made_on = (self.now - timedelta(days=days)).date()
        refs = self.seen(place, 0)
        self.act(login, casework.record_request, f"request.{kind}", refs, kind=Request(kind), made_on=made_on)

    @rule(login=callers, place=places)
    def reveal(self, login, place) -> None:
        house = self.made.house(*place)
        scope = Scope((CALLERS[login],))
        by = Signature(self.made.users[login], login, scope, self.now, "203.0.113.7")
        with suppress(NoSuchHousehold), self.database.writing(scope) as connection:
            person = casework.reveal(connection, by=by, ref=house.ref, reason=REASON)
            assert scope.covers(house.dong_code) and person.name == house.name
            self.lines["reveal", house.ref] += 1

    @rule(first=callers, second=callers, place=places)
    def two_at_once(self, first, second, place) -> None:
        """Both looked at the same version: at most one of them is kept."""
        seen, ref = self.seen(place, 0), self.made.house(*place).ref
        before = self.versions[ref]
        for login in (first, second):
            self.act(login, casework.add_note, "note", seen, note="동시에")
        assert self.versions[ref] <= before + 1

    @invariant()
    def each_case_stands_as_its_history_says(self) -> None:
        if not hasattr(self, "refs"):
            return
        for ref, version in self.versions.items():
            case = self.case(ref)
            assert case.version == version
            with self.database.reading(ALL) as connection:
                assert case.standing == standing_after(events_of(connection, case))
            assert (case.standing.outcome is not None) == (case.standing.status == "closed")

    @invariant()
    def what_was_recorded_stays_and_nothing_else_came(self) -> None:
        if not hasattr(self, "refs"):
            return
        now = self.recorded()
        assert {key: now.get(key) for key in self.rows} == self.rows
        assert len(now) == 10 + sum(count for (act, _), count in self.lines.items() if act != "reveal")
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
TestCasework = Casework.TestCase
TestCasework.settings = settings(
    deadline=None,
    max_examples=500 if _SOAK else 30,
    stateful_step_count=50 if _SOAK else 30,
    suppress_health_check=[HealthCheck.too_slow],
)
