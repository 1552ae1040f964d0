"""A published list as readers meet it: rounds, their dongs, and each entry beside where its household's case stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from domain.calendar import SEOUL, Round
from domain.casework import Asked, Status
from domain.dong import Dong, told_apart
from domain.listing import Band, Explanation, Slot
from domain.outcome import Outcome
from domain.working_days import first_contact_until


class Change(StrEnum):
    """What became of an entry since the round before."""

    NEW = "new"
    CARRIED = "carried"  # still waiting since an earlier list
    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True)
class CurrentRound:
    """A round that readers see. ``origin`` names bundle, bundle digest and delivery digest."""

    round: str
    as_of: date
    publication_id: int
    version: str
    origin: dict[str, str]
    published_at: datetime

    @property
    def followed_by(self) -> Round:
        """The next round that will be made, where this is the newest published one: what is decided now begins there.

        The calendar does not tell it: on a Sunday the round of the coming Monday may be published already, or that of
        this week not yet.
        """
        return Round(self.as_of).plus_weeks(1)


@dataclass(frozen=True)
class PublishedDong:
    """One dong of a round, also one with no entry; ``digest`` is that of its entries as they were staged."""

    dong: Dong
    capacity: int
    entries: int
    digest: str


def dong_names(dongs: Iterable[PublishedDong]) -> dict[str, str]:
    """The names of some dongs by code, namesakes told apart."""
    return told_apart({one.dong.code: one.dong.name for one in dongs})


@dataclass(frozen=True)
class Person:
    """Who a household is. Shown masked; opened one by one, with a reason. Never part of a ``repr``."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    phone: str = field(repr=False)  # digits only, empty where none is known


@dataclass(frozen=True)
class CaseState:
    """Where a household's case stands; ``version`` is what the next act must name."""

    version: int
    status: Status
    worker_id: int | None
    worker_name: str
    attempts: int
    last_contact_at: datetime | None
    outcome: Outcome | None
    next_on: date | None
    exclusion: Asked | None = None  # the household's newest wish about being listed, where it is not to be

    def is_excluded(self, day: date) -> bool:
        """Whether the household asked not to be contacted, and that holds on a day."""
        return self.exclusion is not None and self.exclusion.excludes_on(day)

    def due_on(self, listed_on: date) -> date | None:
        """The last day for the next contact: what was promised, else the first one since a listing; None after it."""
        if self.next_on is not None:
            return self.next_on
        last = self.last_contact_at
        is_contacted = last is not None and last.astimezone(SEOUL).date() >= listed_on
        return None if is_contacted else first_contact_until(listed_on)

    def is_late(self, listed_on: date, today: date) -> bool:
        """Whether the dong should have made contact before today; nobody is late with whom not to contact."""
        if self.status in (Status.CLOSED, Status.WITH_HUB) or self.is_excluded(today):
            return False
        due = self.due_on(listed_on)
        return due is not None and due < today


@dataclass(frozen=True)
class HeldCase:
    """A worker's case, whether or not a list names its household."""

    ref: str
    case: CaseState
    person: Person


@dataclass(frozen=True)
class DueRequest:
    """What a household asked for and was not answered yet."""

    id: int
    ref: str
    asked: Asked
    status: Status
    person: Person


@dataclass(frozen=True)
class ListedEntry:
    """One household's place on one dong's list of one round, and its place on the round before, if it had one."""

    ref: str
    round: str
    as_of: date
    dong_code: str
    rank: int
    slot: Slot
    slot_sentence: str
    propensity: float
    raw_score: float
    probability: float
    band: Band
    tied_with: int
    household_type: str
    bundle: str
    explanation: Explanation
    case: CaseState | None  # None on a past list for a household that lives elsewhere now
    person: Person  # then without name, address and phone
    former_rank: int | None
    former_slot: Slot | None

    @property
    def change(self) -> Change:
        """Carried over counts before rank: that an entry still waits matters more than where it stands."""
        if self.slot is Slot.CARRIED_OVER:
            return Change.CARRIED
        if self.former_rank is None:
            return Change.NEW
        if self.rank == self.former_rank:
            return Change.SAME
        return Change.UP if self.rank < self.former_rank else Change.DOWN


@dataclass(frozen=True)
class LeftEntry:
    """A household of the round before that is not on the dong's list of this one."""

    ref: str
    rank: int
    slot: Slot
    status: Status
    outcome: Outcome | None
    person: Person
