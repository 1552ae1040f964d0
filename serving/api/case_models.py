"""What the API of one household's case gives and takes: its history, and what is recorded in it."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from domain.casework import (
    Answered,
    Asked,
    Assigned,
    Attempt,
    Contacted,
    Method,
    Noted,
    Passed,
    Recorded,
)
from domain.outcome import Outcome
from outreach.holding import Acted
from serving.api.fields import Day, Moment, Note, Sent, Shown, UserId, Version, WrittenNote
from serving.api.models import EXCLUSION, CaseShown, ExclusionShown
from store.former_homes import FormerHome


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


class FormerHomeShown(Shown):
    """A dong that has records of the household from before it moved; what they say is seen there alone."""

    dong_code: str
    last_contact_at: datetime | None

    @classmethod
    def of(cls, home: FormerHome) -> "FormerHomeShown":
        return cls(dong_code=home.dong_code, last_contact_at=home.last_contact_at)


class HouseholdShown(Shown):
    """A household's case and its history in the caller's areas, oldest act first."""

    ref: str
    dong_code: str
    case: CaseShown
    exclusion: ExclusionShown | None = EXCLUSION
    rounds: list[str] = Field(description="Rounds in which it was listed, newest first.")
    history: list[ActShown]
    former_homes: list[FormerHomeShown] = Field(description="Whom to ask what was done before it moved here.")


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
