"""What the API of lists and cases gives and takes. No name, phone, address or free text of a household is among it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from domain.casework import (
    Answered,
    Asked,
    Assigned,
    Attempt,
    Case,
    Contacted,
    Listed,
    Method,
    Noted,
    Passed,
    Recorded,
    Status,
)
from domain.listing import Band, Slot
from domain.outcome import Outcome
from domain.people import Role
from domain.published import CaseState, Change, CurrentRound, ListedEntry, PublishedDong
from outreach.holding import Acted
from serving.api.fields import Day, Moment, Note, Sent, Shown, UserId, Version, WrittenNote

_REASONS_ON_A_LIST = 3


class GrantShown(Shown):
    role: Role
    area: str = Field(description="A dong's ten digits, a district's five, or * for all.")


class MeShown(Shown):
    """Who the token belongs to, and what it may see."""

    user_id: int
    login: str
    grants: list[GrantShown]


class RoundShown(Shown):
    round: str
    as_of: date
    published_at: datetime
    bundle: str

    @classmethod
    def of(cls, known: CurrentRound) -> "RoundShown":
        return cls(round=known.round, as_of=known.as_of, published_at=known.published_at, bundle=known.origin["bundle"])


class RoundsShown(Shown):
    """Published rounds, newest first."""

    rounds: list[RoundShown]


class DongShown(Shown):
    dong_code: str
    name: str
    capacity: int
    entries: int

    @classmethod
    def of(cls, known: PublishedDong) -> "DongShown":
        return cls(dong_code=known.dong.code, name=known.dong.full_name, capacity=known.capacity, entries=known.entries)


class DongsShown(Shown):
    """The dongs of a round that the caller may see."""

    round: str
    dongs: list[DongShown]


class CaseShown(Shown):
    """Where a household's case stands; name ``version`` in what you record next."""

    version: int
    status: Status
    worker_id: int | None
    attempts: int = Field(description="Since somebody was last reached.")
    last_contact_at: datetime | None
    outcome: Outcome | None
    next_on: date | None

    @classmethod
    def of(cls, case: Case | CaseState) -> "CaseShown":
        stands = case.standing if isinstance(case, Case) else case
        return cls(
            version=case.version,
            status=stands.status,
            worker_id=stands.worker_id,
            attempts=stands.attempts,
            last_contact_at=stands.last_contact_at,
            outcome=stands.outcome,
            next_on=stands.next_on,
        )


class _Place(Shown):
    rank: int
    ref: str = Field(description="Names the household in every other call; drawn by chance, it says nothing about it.")
    slot: Slot
    slot_sentence: str
    band: Band
    probability: float
    change: Change = Field(description="Since the round before.")
    case: CaseShown | None = Field(description="Null on a past list where the household lives elsewhere now.")


class PlaceShown(_Place):
    """One place on a list, with its strongest reasons."""

    reasons: list[str]
    against: str | None

    @classmethod
    def of(cls, entry: ListedEntry) -> "PlaceShown":
        why = entry.explanation
        return cls(
            **_place(entry),
            reasons=[reason.sentence for reason in why.raising[:_REASONS_ON_A_LIST]],
            against=why.lowering[0].sentence if why.lowering else None,
        )


class ListShown(Shown):
    """A dong's list of a round, by rank."""

    round: str
    dong_code: str
    entries: list[PlaceShown]


class EntryShown(_Place):
    """One household's place on a list, and everything that speaks for and against it."""

    round: str
    as_of: date
    dong_code: str
    propensity: float = Field(description="The chance of this place, when it was given out.")
    tied_with: int
    household_type: str
    bundle: str
    raising: list[str]
    lowering: list[str]
    unknown: list[str]
    newest_report: date | None

    @classmethod
    def of(cls, entry: ListedEntry) -> "EntryShown":
        why = entry.explanation
        return cls(
            **_place(entry),
            round=entry.round,
            as_of=entry.as_of,
            dong_code=entry.dong_code,
            propensity=entry.propensity,
            tied_with=entry.tied_with,
            household_type=entry.household_type,
            bundle=entry.bundle,
            raising=[reason.sentence for reason in why.raising],
            lowering=[reason.sentence for reason in why.lowering],
            unknown=list(why.unknown),
            newest_report=why.newest_report,
        )


def _place(entry: ListedEntry) -> dict[str, Any]:
    return {
        "rank": entry.rank,
        "ref": entry.ref,
        "slot": entry.slot,
        "slot_sentence": entry.slot_sentence,
        "band": entry.band,
        "probability": entry.probability,
        "change": entry.change,
        "case": entry.case and CaseShown.of(entry.case),
    }


class ActKind(StrEnum):
    CONTACT = "contact"
    NOTE = "note"
    ASSIGNMENT = "assignment"
    HANDOVER = "handover"
    REQUEST = "request"
    ANSWER = "answer"


_KINDS = {
    Contacted: ActKind.CONTACT,
    Noted: ActKind.NOTE,
    Assigned: ActKind.ASSIGNMENT,
    Passed: ActKind.HANDOVER,
    Asked: ActKind.REQUEST,
    Answered: ActKind.ANSWER,
}


class ActShown(Shown):
    """One act of a case's history; what was written with it is shown on pages only."""

    id: int
    kind: ActKind
    at: datetime
    by_user: int
    what: str = Field(description="The attempt, the step, or what was asked for; empty for a note or an assignment.")
    outcome: Outcome | None
    corrects: int | None = Field(description="The id of the contact that this one puts right.")

    @classmethod
    def of(cls, done: Recorded) -> "ActShown":
        event = done.event
        assert not isinstance(event, Listed)
        what = {Contacted: "attempt", Passed: "step", Asked: "kind"}.get(type(event), "")
        return cls(
            id=done.id,
            kind=_KINDS[type(event)],
            at=done.at,
            by_user=done.by_user,
            what=str(getattr(event, what)) if what else "",
            outcome=getattr(event, "outcome", None),
            corrects=getattr(event, "corrects", None),
        )


class HouseholdShown(Shown):
    """A household's case and its history in the caller's areas, oldest act first."""

    ref: str
    dong_code: str
    case: CaseShown
    rounds: list[str] = Field(description="Rounds in which it was listed, newest first.")
    history: list[ActShown]


class ContactSent(Sent):
    """An attempt to reach the household; with an outcome it closes the case."""

    version: Version
    method: Method
    attempt: Attempt
    made_at: Moment
    outcome: Outcome | None = None
    note: Note = ""
    next_on: Day | None = None


class NoteSent(Sent):
    version: Version
    note: WrittenNote


class AssignmentSent(Sent):
    """``worker_id`` is somebody who works for the household's dong; null gives the case back."""

    version: Version
    worker_id: UserId | None


class ActedShown(Shown):
    """What an act left: the id of its row in the history, and where the case stands now."""

    ref: str
    id: int
    case: CaseShown

    @classmethod
    def of(cls, acted: Acted) -> "ActedShown":
        return cls(ref=acted.case.ref, id=acted.row_id, case=CaseShown.of(acted.case))


class FieldProblem(Shown):
    where: str
    problem: str


class Problem(Shown):
    """An error as RFC 9457 describes it; it never says back what was sent."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] | None = None
