"""One household: why it is on the list, the data behind it, what was done, and the forms to act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from domain.calendar import SEOUL
from domain.casework import Answered, Asked, Attempt, Case, HandoverStep, Method, Passed, Recorded, Status
from domain.casework import Request as Asking
from domain.korean import korean_date
from domain.outcome import Outcome
from domain.people import NOBODY, Role, Scope
from domain.published import ListedEntry, Person
from outreach.holding import hands_of
from serving import wording_casework_ko as ko
from serving.access import Visit, may
from serving.pages.framing import page_frame
from serving.pages.places import flash_of
from serving.refusals import NoSuchThing
from serving.rendering import Choice, Flash, render, url
from serving.showing.facts_view import facts_view
from serving.showing.history_view import history_lines
from serving.showing.household_view import moved_in, why_view
from serving.showing.list_query import ListQuery, asked_for, list_query
from serving.showing.people import address_of, grouped_phone, name_of, phone_of
from serving.showing.phone_script import phone_script
from serving.typed import is_ref
from store.cases import find_case, wish_about_listing, workers_of
from store.former_homes import former_homes_of
from store.history import history_of
from store.lists import beside, dongs_of_round, entries_of_household, entry_of, facts_of, list_of, person_of

router = APIRouter(include_in_schema=False)


async def ref_of(ref: str) -> str:
    """The household as the address names it; one that cannot be a name of ours is as absent as any other."""
    if not is_ref(ref):
        raise NoSuchThing
    return ref


HouseRef = Annotated[str, Depends(ref_of)]
_Reader = Annotated[Visit, may(Role.DONG, Role.HUB)]


@dataclass(frozen=True)
class Returned:
    """A form that could not be saved, as it was sent: it comes back with what was typed and what is wrong."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    problems: Mapping[str, str] = field(default_factory=dict)
    flash: Flash | None = None

    @property
    def summary(self) -> dict[str, str]:
        """What is wrong, by the id of the first field that can put it right."""
        return {f"{self.form}-{name}{'-1' if name in _CHIPS else ''}": told for name, told in self.problems.items()}


_CHIPS = ("method", "attempt", "kind")  # radio buttons: their group has no id, their first button has


@router.get("/households/{ref}")
def show_household(visit: _Reader, ref: HouseRef, request: Request) -> Response:
    """The household as of the newest round it was listed in, or the one asked for."""
    asked = request.query_params
    return household_page(visit, ref, asked.get("round", ""), returned=Returned(flash=flash_of(asked)))


def household_page(
    visit: Visit,
    ref: str,
    label: str,
    *,
    returned: Returned | None = None,
    opened: Person | None = None,
    status: int = 200,
) -> Response:
    """The page; ``opened`` is who it is, where the caller has just given a reason to know. Raises `NoSuchThing`."""
    returned = returned or Returned()
    entries = entries_of_household(visit.connection, visit.scope, ref)
    case = find_case(visit.connection, visit.scope, ref)
    if case is None and not entries:
        raise NoSuchThing
    week = next((one.round for one in entries if one.round == label), entries[0].round if entries else "")
    entry = entry_of(visit.connection, visit.scope, week, ref) if week else None
    visit.look("view_household", ref, round=week)
    person = person_of(visit.connection, visit.scope, ref) if case else None
    page = render(
        "dong/household.html.j2",
        frame=page_frame(visit, ko.HOUSEHOLD_TITLE, flash=returned.flash),
        words=ko,
        ref=ref,
        round=week,
        case=case,
        returned=returned,
        who=_who(person, opened),
        is_open=opened is not None,
        moved_in=moved_in(former_homes_of(visit.connection, visit.scope, ref)),
        **_why(visit, entry),
        **_done(visit, case, ref, entries),
        **_links(visit, entry, ref, week),
        **choices(),
        now=visit.now.astimezone(SEOUL),
        may=_rights(visit, case),
    )
    return HTMLResponse(page, status)


def _who(person: Person | None, opened: Person | None) -> dict[str, str]:
    if opened is not None:
        return {
            "name": opened.name or ko.UNNAMED,
            "phone": grouped_phone(opened.phone) or ko.NO_PHONE,
            "address": opened.address or ko.NO_ADDRESS,
        }
    if person is None:
        return {"name": ko.NOT_HERE, "phone": "-", "address": "-"}
    return {"name": name_of(person), "phone": phone_of(person), "address": address_of(person)}


def _why(visit: Visit, entry: ListedEntry | None) -> dict[str, Any]:
    if entry is None:
        return {"why": None, "script": None, "facts": None}
    facts = facts_of(visit.connection, visit.scope, entry.round, entry.ref)
    script = phone_script(entry, dong=_dong_name(visit, entry), worker=visit.caller.name)
    return {"why": why_view(entry), "script": script, "facts": facts_view(facts, entry.as_of) if facts else None}


def _dong_name(visit: Visit, entry: ListedEntry) -> str:
    dongs = dongs_of_round(visit.connection, entry.round, visit.scope)
    return next((one.dong.name for one in dongs if one.dong.code == entry.dong_code), "")


def _done(visit: Visit, case: Case | None, ref: str, entries: tuple[ListedEntry, ...]) -> dict[str, Any]:
    recorded = _once(history_of(visit.connection, visit.scope, ref))
    here = Scope((case.dong_code,)) if case else NOBODY
    own = recorded if visit.scope == here else history_of(visit.connection, here, ref)
    workers = workers_of(visit.connection, case.dong_code, visit.now) if case else {}
    standing = case.standing if case else None
    return {
        "history": history_lines(recorded, entries, workers=workers, may_correct=case is not None),
        "is_taken": _is_taken(own),
        "is_excluded": _is_excluded(visit, case),
        "waiting_requests": _waiting(own),
        "workers": tuple(Choice(str(number), name) for number, name in workers.items()),
        "worker": workers.get(standing.worker_id or 0, ko.SOME_WORKER if standing.worker_id else ko.NOBODYS)
        if standing
        else "-",
        "outcome": ko.OUTCOMES[standing.outcome] if standing and standing.outcome else "",
    }


def _once(recorded: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    """What came along with a household that moved is told once, with its words, to whom sees both dongs."""
    known = {(one.by_user, one.at, type(one.event)): one for one in sorted(recorded, key=lambda one: -one.id)}
    return tuple(one for one in recorded if known[one.by_user, one.at, type(one.event)] is one)


def _is_excluded(visit: Visit, case: Case | None) -> bool:
    wish = wish_about_listing(visit.connection, case) if case else None
    return wish is not None and wish.excludes_on(visit.now.astimezone(SEOUL).date())


def _waiting(recorded: tuple[Recorded, ...]) -> tuple[Choice, ...]:
    """What the household asked for and was not answered yet, as the form to answer offers it."""
    answered = {one.event.request_id for one in recorded if isinstance(one.event, Answered)}
    return tuple(
        Choice(str(one.id), ko.ANSWER_TO.format(kind=ko.REQUESTS[one.event.kind], day=korean_date(one.event.due_on)))
        for one in recorded
        if isinstance(one.event, Asked) and one.event.kind is not Asking.WITHDRAWAL and one.id not in answered
    )


def _is_taken(recorded: tuple[Recorded, ...]) -> bool:
    steps = [one.event.step for one in recorded if isinstance(one.event, Passed)]
    return bool(steps) and steps[-1] is HandoverStep.TAKEN


def _links(visit: Visit, entry: ListedEntry | None, ref: str, week: str) -> dict[str, Any]:
    """Back to the list as it was narrowed, and on along it."""
    query = list_query(visit.request.query_params, dong=entry.dong_code if entry else "", round=week)
    before, after = _neighbours(visit, entry, query) if entry else (None, None)
    return {
        "list_href": url("/list", query.place | query.narrowing) if entry else "/list",
        "before_href": url(f"/households/{before}", query.kept) if before else "",
        "after_href": url(f"/households/{after}", query.kept) if after else "",
        "here": f"/households/{ref}",
        "kept": query.kept,
    }


def _neighbours(visit: Visit, entry: ListedEntry, query: ListQuery) -> tuple[str | None, str | None]:
    if not query.narrowing:
        return beside(visit.connection, visit.scope, entry)
    entries = list_of(visit.connection, visit.scope, entry.round, entry.dong_code)
    shown = asked_for(entries, query, user_id=visit.caller.user_id, also=entry.ref)
    refs = [None, *(one.ref for one in shown), None]
    place = refs.index(entry.ref)
    return refs[place - 1], refs[place + 1]


def _rights(visit: Visit, case: Case | None) -> dict[str, bool]:
    """What the caller may do now, by the rule of the acts themselves (`outreach.holding`)."""
    if case is None:
        return dict.fromkeys(("act", "contact", "give", "take", "give_back", "reopen", "hand_over"), False)
    status = case.standing.status
    hands = hands_of(visit.connection, visit.scope, case)
    is_dong, is_hub, acts = hands.is_dong, hands.is_hub, hands.may_act
    is_closed, with_hub = status is Status.CLOSED, status is Status.WITH_HUB
    return {
        "act": acts,
        "contact": acts and not is_closed,
        "give": is_dong and not is_closed,
        "take": is_hub and not is_closed,
        "give_back": is_hub and with_hub,
        "reopen": is_closed and acts,
        "hand_over": is_dong and not is_closed and not with_hub,
    }


def choices() -> dict[str, Any]:
    """What the forms about a contact, a request and opening a name offer."""
    return {
        "methods": tuple(Choice(one, ko.METHODS[one]) for one in Method),
        "attempts": tuple(Choice(one, ko.ATTEMPTS[one]) for one in Attempt),
        "outcomes": tuple(Choice(one, ko.OUTCOMES[one]) for one in Outcome),
        "kinds": tuple(Choice(one, ko.REQUESTS[one]) for one in Asking),
        "reveal_reasons": tuple(Choice(word, label) for word, label in ko.REVEAL_REASONS.items()),
        "file_reasons": tuple(Choice(word, label) for word, label in ko.DOWNLOAD_REASONS.items()),
    }


def typed_day(moment: date) -> str:
    """A day as the form shows it and reads it back."""
    return f"{moment.year}. {moment.month}. {moment.day}."
