"""This week's list of a dong: to read, narrow and sort, to divide among the workers, and to print."""

import re
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
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
from serving.pages.places import Place, find_place, flash_of
from serving.pages.refused import meanwhile, problem_of
from serving.rendering import Choice, Column, Flash, render, url
from serving.showing.list_query import MINE, NOBODY, ListQuery, asked_for, list_query
from serving.showing.list_view import ListRow, left_rows, list_rows, subtitle, tiles
from serving.typed import whole_number
from store.cases import workers_of
from store.lists import left_since, list_of

router = APIRouter(include_in_schema=False)
_BOX = re.compile(r"([A-Za-z0-9_-]{22}):([0-9]{1,9})")  # a household and the version that was seen
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
    return render("dong/nothing.html.j2", frame=page_frame(visit, ko.PLACES), words=ko)


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
        columns=_COLUMNS if _may_give(visit, code) else _COLUMNS[1:],
        may_give=_may_give(visit, code),
        rows=_lines(visit, shown, code, picked or {}),
        tiles=tiles(entries, place.dong.capacity, place.query),
        left=left_rows(left),
        problems=problems or {},
        picked=picked or {},
        worker=worker,
        **_choices(visit, code, query),
    )


def _lines(visit: Visit, shown: list[ListedEntry], code: str, picked: dict[str, int]) -> list[Markup]:
    rows = list_rows(shown, user_id=visit.caller.user_id, today=visit.now.astimezone(SEOUL).date())
    may_give = _may_give(visit, code)
    return [_line(row, may_give=may_give, is_picked=row.ref in picked) for row in rows]


# Half of what a list costs is writing lines that were the same a minute ago. A line is made of nothing but its row.
@lru_cache(maxsize=8192)
def _line(row: ListRow, *, may_give: bool, is_picked: bool) -> Markup:
    page = render("dong/list_row.html.j2", row=row, may_give=may_give, is_picked=is_picked)
    return Markup(page)  # noqa: S704  (the template has escaped what is in it)


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
