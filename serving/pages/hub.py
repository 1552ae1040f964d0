"""The pages of a district's hub: its dongs side by side, households it takes over, and places moved between dongs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.calendar import SEOUL
from domain.casework import ActRefused, CaseChanged
from domain.korean import korean_date
from domain.people import Role
from domain.published import dong_names
from outreach import casework
from outreach.capacity import MOST_PLACES, CapacityMoved, Places, places_in, set_capacity
from serving import wording_hub_ko as ko
from serving.access import Visit, may
from serving.pages.districts import District, dongs_seen, find_district
from serving.pages.framing import page_frame
from serving.pages.household import HouseRef
from serving.pages.places import stale
from serving.pages.refused import meanwhile, problem_of
from serving.refusals import NoSuchThing
from serving.rendering import Flash, NavItem, Sorting, render, url
from serving.showing import hub_view as view
from serving.typed import whole_number
from store.capacities import newest_capacities
from store.figures_of_dongs import dong_figures
from store.figures_of_hubs import Standings, cases_with_hub, standings

router = APIRouter(include_in_schema=False, prefix="/hub")
_Hub = Annotated[Visit, may(Role.HUB)]
_Text = Annotated[str, Form(max_length=2_000)]
_DECISIONS_SHOWN = 20


@router.get("")
def show_dongs(visit: _Hub, request: Request) -> Response:
    """The dongs of a district side by side: how much there is to do, and how far each has come."""
    asked = request.query_params
    found = find_district(visit, asked)
    if found is None:
        return HTMLResponse(_nothing(visit))
    sort = asked.get("sort") if asked.get("sort") in ko.COLUMNS else "name"
    is_descending = asked.get("order") == "desc"
    label = found.round.round
    figures = dong_figures(visit.connection, found.scope, [label])
    rows = view.dong_rows(figures, _standings(visit, found), sort=sort or "name", is_descending=is_descending)
    total = view.total_row(rows)
    is_newest = found.round == found.rounds[0]
    visit.look("view_dongs", found.code, round=label)
    page = render(
        "hub/dongs.html.j2",
        frame=page_frame(visit, ko.OVERVIEW_TITLE.format(district=found.name), flash=_flash(asked)),
        tabs=_tabs("/hub", found),
        words=ko,
        place=found,
        is_newest=is_newest,
        stale=stale(found.round, visit.now.astimezone(SEOUL).date(), sentence=ko.STALE) if is_newest else "",
        lead=ko.LEAD.format(round=label, as_of=korean_date(found.round.as_of), dongs=len(found.dongs)),
        columns=view.COLUMNS,
        sorting=Sorting("/hub", sort or "name", is_descending, found.query),
        rows=rows,
        total=total,
        tiles=view.tiles(total.of),
        most_load=max((row.of.load or 0 for row in rows), default=0),
    )
    return HTMLResponse(page)


def _standings(visit: Visit, place: District) -> dict[str, Standings]:
    today = visit.now.astimezone(SEOUL).date()
    return standings(visit.connection, place.scope, place.round.round, today=today)


@router.get("/dongs/{dong_code}")
def open_dong(visit: _Hub, dong_code: str, round: str = "") -> Response:  # noqa: A002
    """Leads to a dong's list, where it is one of the caller's."""
    if not visit.scope.covers(dong_code) or len(dong_code) != 10:
        raise NoSuchThing
    return RedirectResponse(url("/list", {"dong": dong_code, "round": round}), 303)


@router.get("/cases")
def show_cases(visit: _Hub, request: Request) -> Response:
    """Households that dongs ask the hub to take, and those it has taken."""
    return HTMLResponse(_cases_page(visit, flash=_flash(request.query_params)))


@router.post("/cases/{ref}/take")
def take(visit: _Hub, ref: HouseRef, seen: Annotated[int, Form()] = -1) -> Response:
    """Takes a household over."""
    return _step(visit, ref, seen, "", is_taking=True)


@router.post("/cases/{ref}/return")
def give_back(visit: _Hub, ref: HouseRef, seen: Annotated[int, Form()] = -1, reason: _Text = "") -> Response:
    """Gives a household back to its dong, with a reason."""
    return _step(visit, ref, seen, reason, is_taking=False)


def _step(visit: Visit, ref: str, seen: int, reason: str, *, is_taking: bool) -> Response:
    act = casework.take if is_taking else casework.return_
    try:
        with visit.acting() as connection:
            act(connection, by=visit.by, ref=ref, seen=seen, reason=reason)
    except CaseChanged as changed:
        flash = Flash(meanwhile(changed, ko.CHANGED_MEANWHILE), "warning")
        return HTMLResponse(_cases_page(visit, flash=flash, typed={ref: reason}), 409)
    except ActRefused as refused:
        (problem,) = problem_of(refused).values()
        page = _cases_page(visit, typed={ref: reason}, problems={f"reason-{ref}": problem})
        return HTMLResponse(page, 422)
    return RedirectResponse(url("/hub/cases", {"done": "taken" if is_taking else "returned"}), 303)


def _cases_page(
    visit: Visit,
    *,
    flash: Flash | None = None,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    # Read anew after a refusal: the visit's own snapshot is older than what somebody else has recorded.
    with visit.service.database.reading(visit.scope) as connection:
        handed = cases_with_hub(connection, visit.scope)
    place = find_district(visit, {})
    names = dong_names(dongs_seen(visit, place.round)) if place else {}
    if handed:
        visit.look("view_hub_cases", *(one.ref for one in handed))
    return render(
        "hub/cases.html.j2",
        frame=page_frame(visit, ko.CASES_TITLE, flash=flash),
        tabs=_tabs("/hub/cases", place),
        rows=view.case_rows(handed, names, visit.now),
        typed=typed or {},
        problems=problems or {},
    )


@router.get("/capacity")
def show_capacity(visit: _Hub, request: Request) -> Response:
    """How many households each dong can see in a week, now and from the next round on."""
    place = find_district(visit, request.query_params)
    if place is None:
        return HTMLResponse(_nothing(visit))
    return HTMLResponse(_capacity_page(visit, place, flash=_flash(request.query_params)))


@router.post("/capacity")
def set_places(
    visit: _Hub,
    district: _Text = "",
    dong: Annotated[list[str] | None, Form()] = None,
    was: Annotated[list[str] | None, Form()] = None,
    places: Annotated[list[str] | None, Form()] = None,
    reason: _Text = "",
    agreed: _Text = "",
) -> Response:
    """Sets places of dongs from the next round on: all of the form, or none."""
    place = find_district(visit, {"district": district})
    if place is None:
        return HTMLResponse(_nothing(visit), 422)
    typed = _Typed(dict(zip(dong or [], places or [], strict=False)), reason)
    wanted, problems = _wanted(place, dict(zip(dong or [], was or [], strict=False)), typed)
    if not problems and (changes := _change_of_total(place, wanted)) and agreed != "1":
        typed, problems = replace(typed, is_asked=True), {"agreed": changes}
    if problems:
        return HTMLResponse(_capacity_page(visit, place, typed=typed, problems=problems), 422)
    try:
        with visit.acting() as connection:
            policy, week = visit.service.policy, place.next_week
            changed = set_capacity(connection, by=visit.by, week=week, policy=policy, wanted=wanted, reason=reason)
    except CapacityMoved:
        page = _capacity_page(visit, place, typed=typed, flash=Flash(ko.CAPACITY_MOVED, "warning"))
        return HTMLResponse(page, 409)
    except ActRefused as refused:
        return HTMLResponse(_capacity_page(visit, place, typed=typed, problems=_problem(refused)), 422)
    stands = _standings(visit, place)
    lowered = (code for code in changed if wanted[code].wanted < wanted[code].seen)
    is_beyond = any(stands.get(code, Standings()).may_carry > wanted[code].wanted for code in lowered)
    return RedirectResponse(
        url("/hub/capacity", {"district": place.code, "done": "beyond" if is_beyond else "capacity"}), 303
    )


@dataclass(frozen=True)
class _Typed:
    """What was typed into the form of places; ``is_asked``: whether the total should really change."""

    places: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    is_asked: bool = False


def _wanted(place: District, was: Mapping[str, str], typed: _Typed) -> tuple[dict[str, Places], dict[str, str]]:
    """The places of each dong of the form, and what cannot be read."""
    wanted, problems = {}, {}
    for code, name in place.names.items():
        if code not in typed.places:
            continue
        seen, number = whole_number(was.get(code, "")), whole_number(typed.places[code])
        if seen is None or number is None or number > MOST_PLACES:
            problems[f"places-{code}"] = ko.NUMBER_NEEDED.format(dong=name, most=MOST_PLACES)
        else:
            wanted[code] = Places(seen, number)
    return wanted, problems


def _change_of_total(place: District, wanted: Mapping[str, Places]) -> str:
    """That the district as a whole will see more or fewer households, empty where places only move."""
    before, after = (sum(getattr(one, name) for one in wanted.values()) for name in ("seen", "wanted"))
    return "" if before == after else ko.TOTAL_CHANGES.format(district=place.name, before=before, after=after)


def _problem(refused: ActRefused) -> dict[str, str]:
    told = str(refused)
    return next(
        ({name: sentence} for start, (name, sentence) in ko.REFUSALS.items() if told.startswith(start)),
        {"reason": ko.REASON_NEEDED},
    )


def _capacity_page(
    visit: Visit,
    place: District,
    *,
    typed: _Typed | None = None,
    flash: Flash | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    typed = typed or _Typed()
    with visit.service.database.reading(visit.scope) as connection:
        coming = places_in(connection, visit.service.policy, place.next_week)
        decisions = newest_capacities(connection, place.scope, most=_DECISIONS_SHOWN)
    rows = view.places_rows(place.dongs, _standings(visit, place), coming, typed.places)
    return render(
        "hub/capacity.html.j2",
        frame=page_frame(visit, ko.CAPACITY_TITLE.format(district=place.name), flash=flash),
        tabs=_tabs("/hub/capacity", place),
        place=place,
        words=ko,
        rows=rows,
        waiting=sum(row.waiting for row in rows),
        may_carry=sum(row.may_carry for row in rows),
        now=sum(row.now for row in rows),
        next=sum(row.next for row in rows),
        typed=typed,
        most=MOST_PLACES,
        decisions=view.set_rows(decisions, place.names),
        problems=problems or {},
    )


def _tabs(path: str, place: District | None) -> tuple[NavItem, ...]:
    of = {"district": place.code} if place and len(place.districts) > 1 else {}
    return tuple(NavItem(label, url(href, of), href == path) for href, label in ko.TABS.items())


def _flash(asked: Mapping[str, str]) -> Flash | None:
    done = asked.get("done", "")
    sentence = ko.DONE.get(done)
    return Flash(sentence, "warning" if done == "beyond" else "success") if sentence else None


def _nothing(visit: Visit) -> str:
    return render("dong/nothing.html.j2", frame=page_frame(visit, ko.NOTHING_TITLE), words=ko)
