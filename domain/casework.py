"""Casework: how somebody was contacted, what came of the attempt, and where a household's case stands.

A case is its history, which is only ever added to. Where it stands follows from that alone: `standing_after` folds the
whole history, `after` takes one step further. Both must agree; what is kept of a case is never more than that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.errors import NotFound, SagakError, UsageError
from domain.outcome import NOT_REACHED, Outcome

TIME_TO_ANSWER = timedelta(days=30)


class Method(StrEnum):
    PHONE = "phone"
    VISIT = "visit"
    OFFICE = "office"  # the household came to the office
    MESSAGE = "message"


class Attempt(StrEnum):
    """What came of one attempt to reach a household."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    ABSENT = "absent"
    WRONG_NUMBER = "wrong_number"
    DECLINED = "declined"  # reached, and did not want to talk


TALKED = (Attempt.REACHED, Attempt.DECLINED)  # somebody was reached


class Status(StrEnum):
    """Where a household's case stands; the newest act decides."""

    OPEN = "open"  # listed, nobody has acted yet
    ASSIGNED = "assigned"
    TRYING = "trying"  # attempts, nobody reached
    IN_TOUCH = "in_touch"  # reached, the outcome is still open
    WITH_HUB = "with_hub"  # handed to the district's hub
    CLOSED = "closed"  # an outcome is recorded


class HandoverStep(StrEnum):
    """Whose hands a case passes into."""

    REQUESTED = "requested"  # the dong asks the hub
    TAKEN = "taken"
    RETURNED = "returned"
    REOPENED = "reopened"  # a closed case goes on


class Request(StrEnum):
    """What a household may ask of us."""

    EXCLUSION = "exclusion"  # not to be listed
    CORRECTION = "correction"  # data about it is wrong
    EXPLANATION = "explanation"  # why it was listed
    WITHDRAWAL = "withdrawal"  # may be listed again: wished by the household, or the exclusion was a slip


ABOUT_LISTING = (Request.EXCLUSION, Request.WITHDRAWAL)  # the newest of them decides


class ActRefused(UsageError):
    """An act that does not go with where the case stands, or contradicts itself; nothing was changed."""


class NoSuchHousehold(NotFound):
    """Absent, and outside the caller's areas: told in the same words."""

    def __init__(self) -> None:
        super().__init__("There is no such household in your area.", hint="Open it from this week's list.")


class CaseChanged(SagakError):
    """Somebody acted on the case since the caller looked at it. Says who and when, and nothing of what was written.

    ``who`` is None where nobody did: a newly published list opened the case again, or it moved to another dong.
    """

    def __init__(self, version: int, who: str | None, acted_at: datetime) -> None:
        told = "A new list changed this case" if who is None else f"{who} recorded something on this case"
        super().__init__(
            f"{told} at {acted_at:%Y-%m-%d %H:%M}, after you opened it.",
            hint="Read what was added, then record yours again.",
        )
        self.version, self.who, self.acted_at = version, who, acted_at


@dataclass(frozen=True)
class Contacted:
    """One attempt to reach the household. ``corrects`` is the id of the contact that this one puts right."""

    id: int
    method: Method
    attempt: Attempt
    outcome: Outcome | None
    made_at: datetime
    next_on: date | None
    corrects: int | None = None


@dataclass(frozen=True)
class Assigned:
    """Given to a worker, or given back."""

    worker_id: int | None


@dataclass(frozen=True)
class Passed:
    """Asked for by the dong, taken or returned by the hub, or opened again."""

    step: HandoverStep


@dataclass(frozen=True)
class Noted:
    """Something written down; it moves nothing."""


@dataclass(frozen=True)
class Asked:
    """What the household asks of us, and until when an exclusion holds; it moves nothing by itself."""

    kind: Request
    made_on: date
    ends_on: date | None

    @property
    def due_on(self) -> date:
        """The last day to answer: 30 days (개인정보 보호법 제37조의2), the first not counted (민법 제157조)."""
        return self.made_on + TIME_TO_ANSWER

    def excludes_on(self, day: date) -> bool:
        """Whether the household is not to be contacted on a day, as far as this request says."""
        return self.kind is Request.EXCLUSION and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Answered:
    """The answer to a request, by its id; it moves nothing."""

    request_id: int


@dataclass(frozen=True)
class Listed:
    """On a list again after the case was closed: it begins anew."""


@dataclass(frozen=True)
class MetElsewhere:
    """Another dong was in contact while the household lived there: what was planned here before it is over."""


Act = Contacted | Assigned | Passed | Noted | Asked | Answered
Event = Act | Listed | MetElsewhere


@dataclass(frozen=True)
class Recorded:
    """One row of a case's history: what was done, by whom, and the words that were written with it."""

    id: int
    at: datetime
    by_user: int
    who: str
    event: Act
    # What is written freely may tell of people.
    note: str = field(repr=False)
    reason: str = field(repr=False)  # why it was passed on, or put right


@dataclass(frozen=True)
class Case:
    """A household's case as an act meets it; ``version`` counts the acts so far."""

    ref: str
    dong_code: str
    version: int
    standing: "Standing"
    updated_at: datetime


@dataclass(frozen=True)
class Standing:
    """Where a case stands. ``attempts`` counts those since somebody was last reached.

    ``is_tried``: there was an attempt, reached or not, since the case began or began anew.
    """

    status: Status = Status.OPEN
    worker_id: int | None = None
    attempts: int = 0
    is_tried: bool = False
    last_contact_at: datetime | None = None
    outcome: Outcome | None = None
    next_on: date | None = None


def standing_after(history: Sequence[Event]) -> Standing:
    """Where a case stands after its history, oldest event first; a corrected contact counts as it was put right.

    >>> standing_after([Assigned(7), Passed(HandoverStep.REQUESTED), Passed(HandoverStep.RETURNED)]).status
    <Status.ASSIGNED: 'assigned'>
    """
    standing = Standing()
    for event in _as_corrected(history):
        standing = after(standing, event)
    return standing


def after(standing: Standing, event: Event) -> Standing:
    """Where the case stands one event later; a correction is no step, it changes what was before."""
    match event:
        case Contacted():
            return _after_contact(standing, event)
        case Assigned(worker_id):
            given = replace(standing, worker_id=worker_id)
            untouched = standing.status in (Status.OPEN, Status.ASSIGNED)
            return replace(given, status=_waiting(given)) if untouched else given
        case Passed(HandoverStep.REQUESTED | HandoverStep.TAKEN):
            return replace(standing, status=Status.WITH_HUB, outcome=None)
        case Passed():
            return replace(standing, status=_in_the_dong(standing), outcome=None)
        case Listed():
            return _anew(standing) if standing.status is Status.CLOSED else standing
        case MetElsewhere():
            return _anew(standing)
        case Noted() | Asked() | Answered():
            return standing


def _anew(standing: Standing) -> Standing:
    return Standing(last_contact_at=standing.last_contact_at)


def _after_contact(standing: Standing, made: Contacted) -> Standing:
    reached = made.attempt in TALKED
    moved = replace(
        standing,
        attempts=0 if reached else standing.attempts + 1,
        is_tried=True,
        last_contact_at=made.made_at,
        outcome=made.outcome,
        next_on=made.next_on,
    )
    if made.outcome is not None:
        return replace(moved, status=Status.CLOSED)
    return moved if standing.status is Status.WITH_HUB else replace(moved, status=_in_the_dong(moved))


def _in_the_dong(standing: Standing) -> Status:
    """The status of a case that the dong holds and that has no outcome."""
    if standing.is_tried:
        return Status.TRYING if standing.attempts else Status.IN_TOUCH
    return _waiting(standing)


def _waiting(standing: Standing) -> Status:
    """The status of a case on which nobody has tried yet, whatever was done before it was listed anew."""
    return Status.OPEN if standing.worker_id is None else Status.ASSIGNED


def _as_corrected(history: Sequence[Event]) -> list[Event]:
    """The history with each corrected contact in its old place as it was last put right."""
    place_of: dict[int, int] = {}
    corrected: list[Event] = []
    for event in history:
        if isinstance(event, Contacted) and event.corrects is not None:
            place = place_of[event.corrects]
            corrected[place] = event
            place_of[event.id] = place
            continue
        if isinstance(event, Contacted):
            place_of[event.id] = len(corrected)
        corrected.append(event)
    return corrected


# What an outcome says about the attempt it closes with. Somebody was spoken to for all others.
_WITHOUT_A_TALK = NOT_REACHED | {Outcome.INVESTIGATED_CLOSED}


def check_outcome_fits(attempt: Attempt, outcome: Outcome | None) -> None:
    """Raises `ActRefused` where attempt and outcome contradict each other."""
    reached = attempt is Attempt.REACHED
    if outcome is None or (outcome is Outcome.REFUSED and attempt is Attempt.DECLINED):
        return
    if outcome is Outcome.UNREACHABLE and (reached or attempt is Attempt.DECLINED):
        raise ActRefused(
            "A household that was reached cannot be closed as unreachable.", hint="Choose what came of the talk."
        )
    if not reached and outcome not in _WITHOUT_A_TALK:
        raise ActRefused(
            "This outcome needs somebody to have been reached.", hint="Record the attempt alone, and try again later."
        )
