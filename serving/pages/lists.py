"""This week's list of a dong: to read, narrow and sort, to divide among the workers, and to print."""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.calendar import SEOUL
from domain.casework import ActRefused, CaseChanged
from domain.korean import korean_date
from domain.people import Role
from domain.published import ListedEntry
from outreach.casework import assign
from serving import wording_casework_ko as ko
from serving import wording_ko, wording_web_ko
from serving import wording_refusals_ko as refusals_ko
from serving.access import Visit, may
from serving.pages.framing import page_frame
from serving.pages.places import Place, find_place, flash_of, stale
from serving.pages.refused import meanwhile, problem_of
from serving.rendering import Choice, Column, Flash, render, url
from serving.showing.list_query import MINE, NOBODY, ListQuery, asked_for, list_query
from serving.showing.list_view import is_of, left_rows, list_row, list_rows, subtitle, tiles
from serving.typed import REF, whole_number
from store.cases import excluded_on, workers_of
from store.former_homes import moved_into
from store.lists import left_since, list_of

router = APIRouter(include_in_schema=False)
_BOX = re.compile(rf"({REF}):([0-9]{{1,9}})")  # a household and the version that was seen
_REST = "\0"  # stands in a line's link for what it keeps of the list's narrowing; no text holds a zero
_Reader = Annotated[Visit, may(Role.DONG, Role.HUB)]
_Worker = Annotated[Visit, may(Role.DONG)]
_SORTED = ("rank", "name", "band", "status", "worker", "next")
_COLUMNS = tuple(
    Column(
        label,
        sort=name if name in _SORTED else "",
        kind={"select": "select", "rank": "number", "why": "wide", "next": "short", "change": "short"}.get(name, ""),
    )
    for name, label in ko.COLUMNS.items()
)


@router.get("/list")
def show_list(visit: _Reader, request: Request) -> Response:
    """The newest list of the caller's dong, or another that was asked for."""
    return HTMLResponse(_list_page(visit, dict(request.query_params)))


@router.get("/list/print")
def print_list(visit: _Reader, request: Request) -> Response:
    """The list on A4, with room for handwriting; it shows no more of people than the screen does."""
    place, entries = listed(visit, dict(request.query_params))
    if place is None:
        return HTMLResponse(nothing(visit))
    query = list_query(request.query_params, dong=place.dong.dong.code, round=place.round.round)
    shown = asked_for(entries, query, user_id=visit.caller.user_id)
    _look(visit, "print_list", place, shown)
    today = visit.now.astimezone(SEOUL).date()
    page = render(
        "dong/list_print.html.j2",
        frame=page_frame(visit, ko.LIST_TITLE.format(dong=place.dong.dong.name)),
        words=ko,
        rows=list_rows(shown, user_id=visit.caller.user_id, today=today),
        movers=moved_into(visit.connection, visit.scope, query.dong),
        stale=stale(place.rounds[0], today, sentence=ko.STALE_ON_PAPER) if place.is_newest else "",
        subtitle=subtitle(place.round.round, place.round.as_of, len(shown)),
        printed_at=visit.now,
        back_href=url("/list", query.parts),
    )
    return HTMLResponse(page)


@router.post("/assignments")
def give(
    visit: _Worker,
    request: Request,
    chosen: Annotated[list[str] | None, Form()] = None,
    worker: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Gives the chosen households to one worker, or back to nobody; where one of them changed meanwhile, none."""
    asked = dict(request.query_params)
    picked = _versions(chosen or [])
    number = whole_number(worker)
    if worker != NOBODY and number is None:
        return HTMLResponse(
            _list_page(visit, asked, problems={"worker": refusals_ko.MISSING["worker"]}, picked=picked), 422
        )
    try:
        with visit.acting() as connection:
            assign(connection, by=visit.by, seen=picked, worker_id=number)
    except CaseChanged as changed:
        flash = Flash(meanwhile(changed, refusals_ko.LIST_CHANGED_MEANWHILE), "warning")
        return HTMLResponse(_list_page(visit, asked, flash=flash, picked=picked, worker=worker), 409)
    except ActRefused as refused:
        page = _list_page(visit, asked, problems=problem_of(refused), picked=picked, worker=worker)
        return HTMLResponse(page, 422)
    done = "given_back" if worker == NOBODY else "assigned"
    return RedirectResponse(url("/list", {**asked, "done": done}), 303)


def _versions(chosen: list[str]) -> dict[str, int]:
    """Which version of which case the boxes stood for; a box that is none of ours counts as no box."""
    found = (_BOX.fullmatch(box) for box in chosen)
    return {box[1]: int(box[2]) for box in found if box}


def listed(visit: Visit, asked: dict[str, str]) -> tuple[Place | None, tuple[ListedEntry, ...]]:
    """The place asked for and its entries; None where there is no list to show."""
    place = find_place(visit, asked)
    if place is None:
        return None, ()
    return place, list_of(visit.connection, visit.scope, place.round.round, place.dong.dong.code)


def _look(visit: Visit, act: str, place: Place, entries: list[ListedEntry]) -> None:
    refs = (entry.ref for entry in entries)
    visit.look(act, *refs, round=place.round.round, dong_code=place.dong.dong.code)


def nothing(visit: Visit) -> str:
    """The page that says there is no list yet."""
    return render("dong/nothing.html.j2", frame=page_frame(visit, ko.NO_LIST_TITLE), words=ko)


def _list_page(
    visit: Visit,
    asked: dict[str, str],
    *,
    problems: dict[str, str] | None = None,
    flash: Flash | None = None,
    picked: dict[str, int] | None = None,
    worker: str = "",
) -> str:
    place, entries = listed(visit, asked)
    if place is None:
        return nothing(visit)
    code, label = place.dong.dong.code, place.round.round
    query = list_query(asked, dong=code, round=label)
    shown = asked_for(entries, query, user_id=visit.caller.user_id)
    left = left_since(visit.connection, visit.scope, label, code)
    may_give, today = _may_give(visit, code), visit.now.astimezone(SEOUL).date()
    _look(visit, "view_list", place, shown)
    if left:
        visit.look("view_left", *(one.ref for one in left), round=label, dong_code=code)
    return render(
        "dong/list.html.j2",
        frame=page_frame(visit, ko.LIST_TITLE.format(dong=place.dong.dong.name), flash=flash or flash_of(asked)),
        words=ko,
        place=place,
        subtitle=subtitle(label, place.round.as_of, len(entries)),
        query=query,
        columns=_COLUMNS if may_give else _COLUMNS[1:],
        may_give=may_give,
        rows=_lines(visit, shown, query, picked or {}, may_give=may_give, today=today),
        tiles=tiles(entries, place.dong.capacity, place.query),
        left=left_rows(left, excluded_on(visit.connection, visit.scope, [one.ref for one in left], today)),
        stale=stale(place.rounds[0], today) if place.is_newest else "",
        problems=problems or {},
        picked=picked or {},
        worker=worker,
        **_choices(visit, code, query),
    )


def _lines(
    visit: Visit, shown: list[ListedEntry], query: ListQuery, picked: dict[str, int], *, may_give: bool, today: date
) -> Markup:
    me, movers = visit.caller.user_id, moved_into(visit.connection, visit.scope, query.dong)
    lines = "".join(
        _line(
            entry,
            today,
            is_mine=is_of(entry, me),
            is_picked=entry.ref in picked,
            may_give=may_give,
            moved=entry.ref in movers,
        )
        for entry in shown
    )
    rest = escape(url("", query.narrowing).replace("?", "&", 1))
    return Markup(lines.replace(_REST, rest))  # noqa: S704  (the template and `escape` have escaped what is in it)


# Half of what a list costs is making lines that were the same a minute ago. A line is made of nothing but these, and
# is the same however the list was narrowed: what its link keeps of that is put in afterwards.
@lru_cache(maxsize=8192)
def _line(entry: ListedEntry, today: date, *, is_mine: bool, is_picked: bool, may_give: bool, moved: bool) -> str:
    row = list_row(entry, is_mine=is_mine, today=today)
    return render("dong/list_row.html.j2", row=row, rest=_REST, may_give=may_give, is_picked=is_picked, moved=moved)


def _may_give(visit: Visit, dong_code: str) -> bool:
    return visit.caller.scope([Role.DONG]).covers(dong_code)


def _choices(visit: Visit, dong_code: str, query: ListQuery) -> dict[str, Any]:
    workers = workers_of(visit.connection, dong_code, visit.now)
    named = tuple(Choice(str(number), name) for number, name in workers.items())
    groups = (Choice(word, label) for word, (label, _) in ko.GROUPS.items())
    # A group of one status is that status.
    single = [
        status for status in wording_web_ko.STATUSES if not any(those == {status} for _, those in ko.GROUPS.values())
    ]
    return {
        "workers": (
            Choice(str(visit.caller.user_id), ko.TO_ME),
            *(one for one in named if int(one.value) != visit.caller.user_id),
        ),
        "worker_choices": (Choice(MINE, ko.MINE), Choice(NOBODY, ko.NOBODYS), *named),
        "status_choices": (*groups, *(Choice(one, f"— {wording_web_ko.STATUSES[one]}") for one in single)),
        "band_choices": tuple(Choice(band, word) for band, word in wording_ko.BANDS.items()),
        "slot_choices": tuple(Choice(slot, word) for slot, word in wording_ko.SLOTS.items()),
        "today": korean_date(visit.now.astimezone(SEOUL).date()),
        "files_href": url("/list/files", query.parts),
        "print_href": url("/list/print", query.parts),
        "all_href": url("/list", query.place),
        "post_href": url("/assignments", query.parts | {"sort": query.sort, "order": query.order}),
    }
