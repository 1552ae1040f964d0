"""What people do on a case: the only place that acts. Pages, API and commands call it; nothing else writes.

    with visit.acting() as connection:
        casework.record_contact(connection, by=visit.by, ref=ref, seen=3, method=Method.PHONE, ...)

Each act is a row added to the history, where the case stands now, and a line in the trail: in the caller's one write
transaction, kept together or not at all. Whoever acts names the version of the case that was looked at (``seen``); if
somebody else was faster, `CaseChanged` says who and when. Outside the caller's areas there is no such household.
"""

from collections.abc import Mapping
from datetime import date, datetime

from domain.casework import (
    ABOUT_LISTING,
    ActRefused,
    Answered,
    Asked,
    Assigned,
    Attempt,
    Case,
    Contacted,
    HandoverStep,
    Method,
    NoSuchHousehold,
    Noted,
    Passed,
    Request,
    Status,
    standing_after,
)
from domain.outcome import Outcome
from domain.people import Signature
from domain.published import Person
from outreach.holding import (
    Acted,
    as_seen,
    check_dong,
    check_hub,
    check_open,
    done,
    hands_of,
    hold_all,
    hold_one,
    in_hands,
    moment_of,
    one_further,
)
from outreach.plausible import check_contact, check_request
from outreach.words import checked_note, checked_reason
from store import cases
from store.database import Connection
from store.history import events_of
from store.lists import person_of
from store.trail import Line, append

MOST_AT_ONCE = 200  # cases given to a worker in one act


def record_contact(
    connection: Connection,
    *,
    by: Signature,
    ref: str,
    seen: int,
    method: Method,
    attempt: Attempt,
    made_at: datetime,
    outcome: Outcome | None = None,
    note: str = "",
    next_on: date | None = None,
) -> Acted:
    """Adds an attempt, and with an outcome closes the case.

    Raises `ActRefused` for a closed case, an outcome that contradicts the attempt, or times that cannot be.
    """
    made = Contacted(0, method, attempt, outcome, made_at, next_on)
    check_contact(made, by)
    words = checked_note(note)
    case = in_hands(connection, by, ref, seen)
    check_open(case)
    at = moment_of(by, case)
    row_id = cases.add_contact(connection, case, made, words, by=by, at=at)
    return done(connection, by, "contact", row_id, one_further(connection, case, made, at))


def correct_contact(
    connection: Connection,
    *,
    by: Signature,
    ref: str,
    seen: int,
    contact_id: int,
    method: Method,
    attempt: Attempt,
    made_at: datetime,
    reason: str,
    outcome: Outcome | None = None,
    note: str = "",
    next_on: date | None = None,
) -> Acted:
    """Puts an attempt right by a new row, its note included; the old one stays. The case's standing is worked out anew.

    Raises `ActRefused` where that row was put right already: the newest row is the one to correct.
    """
    made = Contacted(0, method, attempt, outcome, made_at, next_on, corrects=contact_id)
    words, why = checked_note(note), checked_reason(reason)
    case = in_hands(connection, by, ref, seen)
    found = cases.contact_in(connection, case, contact_id)
    if found is None:
        raise NoSuchHousehold
    former, round_of = found
    # A wrong outcome found late can still be put right, as long as the time of the attempt stays what it was.
    is_same_time = made_at == former.made_at
    check_contact(made, by, may_be_old=is_same_time)
    if cases.was_corrected(connection, contact_id):
        raise ActRefused("That record was put right before.", hint="Correct the newer record instead.")
    at = moment_of(by, case)
    kept = round_of if is_same_time else None
    row_id = cases.add_contact(connection, case, made, words, by=by, at=at, round_of=kept, reason=why)
    standing = standing_after(events_of(connection, case))
    return done(connection, by, "contact.correct", row_id, cases.move_case(connection, case, standing, at))


def add_note(connection: Connection, *, by: Signature, ref: str, seen: int, note: str) -> Acted:
    """Adds a note; it moves nothing."""
    words = checked_note(note)
    if not words:
        raise ActRefused("The note is empty.", hint="Write what others should know.")
    case = in_hands(connection, by, ref, seen)
    at = moment_of(by, case)
    row_id = cases.add_note(connection, case, words, by=by, at=at)
    return done(connection, by, "note", row_id, one_further(connection, case, Noted(), at))


def assign(
    connection: Connection, *, by: Signature, seen: Mapping[str, int], worker_id: int | None
) -> tuple[Acted, ...]:
    """Gives cases to one worker of their dong, or with None back to nobody: all of them, or on any refusal none.

    ``seen`` names the version of each case by ref.
    """
    if not 0 < len(seen) <= MOST_AT_ONCE:
        raise ActRefused(f"Between 1 and {MOST_AT_ONCE} households can be given at once.", hint="Choose fewer.")
    held = [as_seen(connection, case, seen[case.ref]) for case in hold_all(connection, by, seen)]
    for case in held:
        check_dong(by, case)
        check_open(case)
    for dong_code in {case.dong_code for case in held}:
        _check_worker(connection, by, dong_code, worker_id)
    return tuple(_given(connection, by, case, worker_id) for case in held)


def _given(connection: Connection, by: Signature, case: Case, worker_id: int | None) -> Acted:
    at = moment_of(by, case)
    row_id = cases.add_assignment(connection, case, worker_id, by=by, at=at)
    return done(connection, by, "assign", row_id, one_further(connection, case, Assigned(worker_id), at))


def hand_over(connection: Connection, *, by: Signature, ref: str, seen: int, reason: str) -> Acted:
    """Asks the district's hub to take a difficult case."""
    words = checked_reason(reason)
    case = hold_one(connection, by, ref, seen)
    check_dong(by, case)
    check_open(case)
    if case.standing.status is Status.WITH_HUB:
        raise ActRefused("The case is with the hub already.", hint="Call the hub, or add a note.")
    return _passed(connection, by, case, HandoverStep.REQUESTED, words)


def take(connection: Connection, *, by: Signature, ref: str, seen: int, reason: str = "") -> Acted:
    """The hub takes a case, asked or of its own accord."""
    words = checked_note(reason)
    case = hold_one(connection, by, ref, seen)
    check_hub(by, case)
    check_open(case)
    with_hub = case.standing.status is Status.WITH_HUB
    if with_hub and hands_of(connection, by.scope, case).is_taken:
        raise ActRefused("The hub has taken this case already.", hint="Record a contact, or return it with a reason.")
    return _passed(connection, by, case, HandoverStep.TAKEN, words)


def return_(connection: Connection, *, by: Signature, ref: str, seen: int, reason: str) -> Acted:
    """The hub gives a case back to the dong, with a reason."""
    words = checked_reason(reason)
    case = hold_one(connection, by, ref, seen)
    check_hub(by, case)
    if case.standing.status is not Status.WITH_HUB:
        raise ActRefused("The case is not with the hub.", hint="Look where it stands now.")
    return _passed(connection, by, case, HandoverStep.RETURNED, words)


def reopen(connection: Connection, *, by: Signature, ref: str, seen: int, reason: str) -> Acted:
    """Goes on with a closed case."""
    words = checked_reason(reason)
    case = in_hands(connection, by, ref, seen)
    if case.standing.status is not Status.CLOSED:
        raise ActRefused("The case is not closed.", hint="Record what you did: no reopening is needed.")
    return _passed(connection, by, case, HandoverStep.REOPENED, words)


def record_request(
    connection: Connection,
    *,
    by: Signature,
    ref: str,
    seen: int,
    kind: Request,
    made_on: date,
    ends_on: date | None = None,
    note: str = "",
) -> Acted:
    """Writes down what the household asks of us; the answer is due within 30 days (`Asked.due_on`).

    An exclusion may say until when it holds (``ends_on``); the others cannot. A withdrawal ends it: of the two the
    newest decides. It needs no exclusion here: that may have been recorded where the household lived before.
    """
    asked, words = Asked(kind, made_on, ends_on), checked_note(note)
    check_request(asked, by)
    case = in_hands(connection, by, ref, seen)
    if cases.has_request_like(connection, case, asked):
        raise ActRefused("This request is written down already.", hint="Add a note if there is more to say.")
    former = cases.wish_about_listing(connection, case)
    if kind in ABOUT_LISTING and former is not None and made_on < former.made_on:
        raise ActRefused("A later wish about listing is written down already.", hint="Choose the day it came.")
    at = moment_of(by, case)
    row_id = cases.add_request(connection, case, asked, words, by=by, at=at)
    return done(connection, by, f"request.{kind}", row_id, one_further(connection, case, asked, at))


def answer_request(connection: Connection, *, by: Signature, ref: str, seen: int, request_id: int, note: str) -> Acted:
    """Writes down that and how a request was answered; the wish itself holds or ends as it says.

    Raises `ActRefused` where it was answered before, or the note is empty.
    """
    words = checked_note(note)
    if not words:
        raise ActRefused("The note is empty.", hint="Write what the household was told.")
    case = in_hands(connection, by, ref, seen)
    found = cases.request_in(connection, case, request_id)
    if found is None:
        raise NoSuchHousehold
    if found[1]:
        raise ActRefused("That request was answered before.", hint="Add a note if there is more to say.")
    at = moment_of(by, case)
    row_id = cases.add_answer(connection, case, request_id, words, by=by, at=at)
    return done(connection, by, "request.answer", row_id, one_further(connection, case, Answered(request_id), at))


def reveal(connection: Connection, *, by: Signature, ref: str, reason: str) -> Person:
    """Name, address and phone of one household; who opened them, and why, is in the trail."""
    words = checked_reason(reason)
    person = person_of(connection, by.scope, ref)
    if person is None:
        raise NoSuchHousehold
    append(connection, Line.of(by, "reveal", ref, reason=words))
    return person


def _passed(connection: Connection, by: Signature, case: Case, step: HandoverStep, reason: str) -> Acted:
    at = moment_of(by, case)
    row_id = cases.add_step(connection, case, step, reason, by=by, at=at)
    return done(connection, by, f"case.{step}", row_id, one_further(connection, case, Passed(step), at))


def _check_worker(connection: Connection, by: Signature, dong_code: str, worker_id: int | None) -> None:
    if worker_id is not None and worker_id not in cases.workers_of(connection, dong_code, by.at):
        raise ActRefused("That is nobody who works for this dong.", hint="Choose from the dong's workers.")
