"""Acts on one household: contacts, notes, requests, whose hands it is in, and opening who it is.

Each is one call of `outreach.casework` in one transaction. What cannot be done brings the page back as it stands now,
with what was typed.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.calendar import SEOUL
from domain.casework import ActRefused, CaseChanged, Contacted
from domain.casework import Request as Asking
from domain.people import Role
from outreach import casework
from outreach.signing import MIN_REASON
from serving import wording_casework_ko as ko
from serving import wording_refusals_ko as refusals_ko
from serving.access import Visit, may
from serving.pages.framing import page_frame
from serving.pages.household import HouseRef, Returned, choices, household_page, typed_day
from serving.pages.refused import meanwhile, problem_of
from serving.pages.typed_contact import Read, TypedContact, read, read_contact
from serving.refusals import NoSuchThing
from serving.rendering import Flash, render, url
from serving.showing.list_query import kept_of
from serving.typed import typed_date, whole_number
from store.cases import find_case
from store.database import Connection
from store.history import history_of

router = APIRouter(include_in_schema=False, prefix="/households/{ref}")
_Doer = Annotated[Visit, may(Role.DONG, Role.HUB)]
_OfDong = Annotated[Visit, may(Role.DONG)]
_OfHub = Annotated[Visit, may(Role.HUB)]
_Text = Annotated[str, Form()]
_Seen = Annotated[int, Form()]


@router.post("/contacts")
def record_contact(visit: _Doer, ref: HouseRef, typed: Annotated[TypedContact, Form()], round: str = "") -> Response:  # noqa: A002
    """Records an attempt, and with an outcome closes the case."""
    found = read_contact(typed, visit.now)

    def act(connection: Connection) -> None:
        casework.record_contact(connection, by=visit.by, ref=ref, seen=typed.seen, note=typed.note, **found.values)

    done = "closed" if found.values["outcome"] else "contact"
    return _do(visit, ref, round, "contact", typed.model_dump(exclude={"seen"}), act, done, problems=found.problems)


@router.post("/notes")
def add_note(visit: _Doer, ref: HouseRef, seen: _Seen = -1, note: _Text = "", round: str = "") -> Response:  # noqa: A002
    """Writes down what others should know."""

    def act(connection: Connection) -> None:
        casework.add_note(connection, by=visit.by, ref=ref, seen=seen, note=note)

    return _do(visit, ref, round, "note", {"note": note}, act, "note")


@router.post("/worker")
def give(visit: _OfDong, ref: HouseRef, seen: _Seen = -1, worker: _Text = "", round: str = "") -> Response:  # noqa: A002
    """Gives the household to a worker, or back to nobody."""
    number = whole_number(worker)
    problems = {} if number is not None or worker == "none" else {"worker": refusals_ko.MISSING["worker"]}

    def act(connection: Connection) -> None:
        casework.assign(connection, by=visit.by, seen={ref: seen}, worker_id=number)

    done = "given_back" if number is None else "assigned"
    return _do(visit, ref, round, "worker", {"worker": worker}, act, done, problems=problems)


@router.post("/handover")
def hand_over(visit: _OfDong, ref: HouseRef, seen: _Seen = -1, reason: _Text = "", round: str = "") -> Response:  # noqa: A002
    """Asks the hub to take a difficult case."""
    return _step(visit, ref, round, "handover", seen, reason, casework.hand_over, "handed_over")


@router.post("/take")
def take(visit: _OfHub, ref: HouseRef, seen: _Seen = -1, reason: _Text = "", round: str = "") -> Response:  # noqa: A002
    """The hub takes the case."""
    return _step(visit, ref, round, "take", seen, reason, casework.take, "taken")


@router.post("/return")
def give_back(visit: _OfHub, ref: HouseRef, seen: _Seen = -1, reason: _Text = "", round: str = "") -> Response:  # noqa: A002
    """The hub gives the case back to the dong."""
    return _step(visit, ref, round, "return", seen, reason, casework.return_, "returned")


@router.post("/reopen")
def reopen(visit: _Doer, ref: HouseRef, seen: _Seen = -1, reason: _Text = "", round: str = "") -> Response:  # noqa: A002
    """Goes on with a closed case."""
    return _step(visit, ref, round, "reopen", seen, reason, casework.reopen, "reopened")


@router.post("/requests")
def record_request(
    visit: _Doer,
    ref: HouseRef,
    seen: _Seen = -1,
    kind: _Text = "",
    made_on: _Text = "",
    ends_on: _Text = "",
    note: _Text = "",
    round: str = "",  # noqa: A002
) -> Response:
    """Writes down what the household asks of us; the answer is due within 30 days."""
    typed = {"kind": kind, "made_on": made_on, "ends_on": ends_on, "note": note}
    problems = {} if kind in set(Asking) else {"kind": refusals_ko.MISSING["kind"]}
    day: date = read(typed_date, made_on, "made_on", problems) or visit.now.astimezone(SEOUL).date()
    end = read(typed_date, ends_on, "ends_on", problems)

    def act(connection: Connection) -> None:
        casework.record_request(
            connection, by=visit.by, ref=ref, seen=seen, kind=Asking(kind), made_on=day, ends_on=end, note=note
        )

    return _do(visit, ref, round, "request", typed, act, "request", problems=problems)


@router.post("/answers")
def answer_request(
    visit: _Doer,
    ref: HouseRef,
    seen: _Seen = -1,
    asked: _Text = "",
    note: _Text = "",
    round: str = "",  # noqa: A002
) -> Response:
    """Writes down what the household was told about what it asks for."""
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < _DIGITS else 0
    problems = {} if number else {"asked": refusals_ko.MISSING["asked"]}

    def act(connection: Connection) -> None:
        casework.answer_request(connection, by=visit.by, ref=ref, seen=seen, request_id=number, note=note)

    return _do(visit, ref, round, "answer", {"asked": asked, "note": note}, act, "answered", problems=problems)


@router.post("/reveal")
def reveal(visit: _Doer, ref: HouseRef, why: _Text = "", reason: _Text = "", round: str = "") -> Response:  # noqa: A002
    """Shows name, phone and address once, in this answer only; who opened them and why is recorded first."""
    typed = {"why": why, "reason": reason}
    problems = {} if why in ko.REVEAL_REASONS else {"why": refusals_ko.MISSING["why"]}
    if why == "other" and len(reason.strip()) < MIN_REASON:
        problems = {"reason": refusals_ko.MISSING["reveal"]}
    if problems:
        return household_page(visit, ref, round, returned=Returned("reveal", typed, problems), status=422)
    said = f"{ko.REVEAL_REASONS[why]}: {reason.strip()}" if reason.strip() else ko.REVEAL_SENTENCES[why]
    try:
        with visit.acting() as connection:
            person = casework.reveal(connection, by=visit.by, ref=ref, reason=said)
    except ActRefused as refused:
        back = Returned("reveal", typed, problem_of(refused))
        return household_page(visit, ref, round, returned=back, status=422)
    return household_page(visit, ref, round, opened=person)


_DIGITS = 16  # of a row's number: longer ones no database knows


@router.get("/contacts/{number}")
def show_contact(visit: _Doer, ref: HouseRef, number: int) -> Response:
    """The form that puts an attempt right, filled with what was recorded."""
    made, note = _contact(visit, ref, number)
    here = made.made_at.astimezone(SEOUL)
    typed = TypedContact(
        method=made.method,
        attempt=made.attempt,
        outcome=made.outcome or "",
        made_on=typed_day(here),
        made_time=f"{here:%H:%M}",
        next_on=typed_day(made.next_on) if made.next_on else "",
        note=note,
    )
    return _correcting(visit, ref, number, typed, {})


@router.post("/contacts/{number}")
def correct_contact(visit: _Doer, ref: HouseRef, number: int, typed: Annotated[TypedContact, Form()]) -> Response:
    """Puts an attempt right by a new record; the old one stays."""
    former, _ = _contact(visit, ref, number)
    found = read_contact(typed, visit.now)
    _keep_time(found, former, typed)
    if found.problems:
        return _correcting(visit, ref, number, typed, found.problems, status=422)
    try:
        with visit.acting() as connection:
            casework.correct_contact(
                connection,
                by=visit.by,
                ref=ref,
                seen=typed.seen,
                contact_id=number,
                note=typed.note,
                reason=typed.reason,
                **found.values,
            )
    except CaseChanged as changed:
        return _correcting(visit, ref, number, typed, {}, flash=Flash(meanwhile(changed), "warning"), status=409)
    except ActRefused as refused:
        return _correcting(visit, ref, number, typed, problem_of(refused), status=422)
    return RedirectResponse(url(f"/households/{ref}", _kept(visit) | {"done": "corrected"}), 303)


def _keep_time(found: Read, former: Contacted, typed: TypedContact) -> None:
    """The form knows minutes only: a time that was left as it was stays exactly what it was."""
    here = former.made_at.astimezone(SEOUL)
    if (typed.made_on.strip(), typed.made_time.strip()) == (typed_day(here), f"{here:%H:%M}"):
        found.values["made_at"] = former.made_at


def _contact(visit: Visit, ref: str, number: int) -> tuple[Contacted, str]:
    for one in history_of(visit.connection, visit.scope, ref):
        if isinstance(one.event, Contacted) and one.id == number:
            return one.event, one.note
    raise NoSuchThing


def _correcting(
    visit: Visit,
    ref: str,
    number: int,
    typed: TypedContact,
    problems: Mapping[str, str],
    *,
    flash: Flash | None = None,
    status: int = 200,
) -> Response:
    case = find_case(visit.connection, visit.scope, ref)
    if case is None:
        raise NoSuchThing
    visit.look("view_contact", ref, contact=number)
    page = render(
        "dong/contact_correct.html.j2",
        frame=page_frame(visit, ko.CORRECT_TITLE, flash=flash),
        ref=ref,
        number=number,
        case=case,
        returned=Returned("contact", typed.model_dump(), problems),
        kept=_kept(visit),
        **choices(),
    )
    return HTMLResponse(page, status)


def _kept(visit: Visit) -> dict[str, str]:
    """The round, and how the list was narrowed from which the household was opened."""
    asked = visit.request.query_params
    return kept_of(asked, asked.get("round", ""))


def _step(
    visit: Visit,
    ref: str,
    label: str,
    form: str,
    seen: int,
    reason: str,
    step: Callable[..., object],
    done: str,
) -> Response:
    def act(connection: Connection) -> None:
        step(connection, by=visit.by, ref=ref, seen=seen, reason=reason)

    return _do(visit, ref, label, form, {"reason": reason}, act, done)


def _do(
    visit: Visit,
    ref: str,
    label: str,
    form: str,
    typed: Mapping[str, str],
    act: Callable[[Connection], None],
    done: str,
    *,
    problems: Mapping[str, str] | None = None,
) -> Response:
    """Acts and leads back to the page; or the page with what was typed and why nothing was saved."""
    if problems:
        return household_page(visit, ref, label, returned=Returned(form, typed, problems), status=422)
    try:
        with visit.acting() as connection:
            act(connection)
    except CaseChanged as changed:
        back = Returned(form, typed, {}, Flash(meanwhile(changed), "warning"))
        return household_page(visit, ref, label, returned=back, status=409)
    except ActRefused as refused:
        return household_page(visit, ref, label, returned=Returned(form, typed, problem_of(refused)), status=422)
    return RedirectResponse(url(f"/households/{ref}", _kept(visit) | {"done": done}), 303)
