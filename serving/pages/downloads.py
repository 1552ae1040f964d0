"""Files to take along: asked for with a format and a reason, recorded, and masked unless there is a reason not to."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from domain.calendar import SEOUL
from domain.casework import ActRefused
from domain.people import Role
from outreach.holding import hands_of
from outreach.signing import MIN_REASON
from outreach.words import checked_reason
from serving import wording_casework_ko as ko
from serving import wording_refusals_ko as refusals_ko
from serving.access import Visit, may
from serving.files.naming import FileKind, content_disposition, file_name
from serving.files.sheet import Sheet, VisitSheet
from serving.files.writing import kinds, write
from serving.pages.framing import page_frame
from serving.pages.household import HouseRef, Returned, household_page
from serving.pages.lists import listed, nothing
from serving.pages.refused import problem_of
from serving.refusals import NoSuchThing
from serving.rendering import Choice, render, url
from serving.showing.facts_view import facts_view
from serving.showing.household_view import moved_in
from serving.showing.list_query import asked_for, list_query
from serving.showing.list_view import subtitle
from serving.showing.sheets import Stamp, list_sheet, visit_sheet
from store.cases import find_case
from store.former_homes import former_homes_of, moved_into
from store.lists import current_rounds, dongs_of_round, entry_of, facts_of

router = APIRouter(include_in_schema=False)
_Reader = Annotated[Visit, may(Role.DONG, Role.HUB)]
_Text = Annotated[str, Form()]


@router.get("/list/files")
def ask_for_files(visit: _Reader, request: Request) -> Response:
    """The form: which format, what for, and whether names are shown as they are."""
    return _form(visit, dict(request.query_params), {}, {})


@router.post("/list/files")
def give_list(
    visit: _Reader,
    request: Request,
    format: _Text = "",  # noqa: A002  (the field's name)
    why: _Text = "",
    reason: _Text = "",
    open: _Text = "",  # noqa: A002
) -> Response:
    """The list as a file, narrowed and sorted as it was on the screen; with names as they are for its dong only."""
    asked = dict(request.query_params)
    place, entries = listed(visit, asked)
    if place is None:
        return HTMLResponse(nothing(visit))
    problems = _problems(format, why, reason, open, kinds(Sheet))
    if open and not visit.scope.has_dong(place.dong.dong.code):
        problems["open"] = refusals_ko.OPEN_LIST
    if problems:
        typed = {"format": format, "why": why, "reason": reason, "open": open}
        return _form(visit, asked, typed, problems, status=422)
    query = list_query(asked, dong=place.dong.dong.code, round=place.round.round)
    shown = asked_for(entries, query, user_id=visit.caller.user_id)
    stamp = _stamp(visit, why, reason, is_open=bool(open))
    kind, week, dong = FileKind(format), place.round, place.dong.dong
    _look(visit, stamp, kind, [entry.ref for entry in shown], week.round)
    movers = moved_into(visit.connection, visit.scope, dong.code)
    sheet = list_sheet(shown, place.dong, subtitle(week.round, week.as_of, len(shown)), stamp, movers=movers)
    return _file(write(sheet, kind), kind, _named(ko.FILE_STEM, dong.name, week.as_of, kind, stamp))


@router.post("/households/{ref}/files")
def give_visit(
    visit: _Reader,
    ref: HouseRef,
    round: str = "",  # noqa: A002
    format: _Text = "",  # noqa: A002
    why: _Text = "",
    reason: _Text = "",
    open: _Text = "",  # noqa: A002
) -> Response:
    """One household's sheet for a visit; with its name as it is for whoever's hands the case is in."""
    is_known = round in {one.round for one in current_rounds(visit.connection)}
    entry = entry_of(visit.connection, visit.scope, round, ref) if is_known else None
    if entry is None:
        raise NoSuchThing
    problems = _problems(format, why, reason, open, kinds(VisitSheet))
    case = find_case(visit.connection, visit.scope, ref)
    if open and not (case and hands_of(visit.connection, visit.scope, case).may_act):
        problems["open"] = refusals_ko.OPEN_VISIT
    if problems:
        typed = {"format": format, "why": why, "reason": reason, "open": open}
        return household_page(visit, ref, round, returned=Returned("file", typed, problems), status=422)
    stamp, kind = _stamp(visit, why, reason, is_open=bool(open)), FileKind(format)
    known = facts_of(visit.connection, visit.scope, round, ref)
    dongs = {one.dong.code: one.dong.name for one in dongs_of_round(visit.connection, round)}
    _look(visit, stamp, kind, [ref], round)
    facts = facts_view(known, entry.as_of) if known else None
    told = moved_in(former_homes_of(visit.connection, visit.scope, ref))
    sheet = visit_sheet(entry, facts, dong=dongs.get(entry.dong_code, ""), stamp=stamp, moved_in=told)
    # The file's name holds the document's number, which begins with the day, and nothing of the household.
    name = _named(f"{ko.VISIT_STEM}_{stamp.document_no}", "", None, kind, stamp)
    return _file(write(sheet, kind), kind, name)


def _named(stem: str, dong: str, as_of: date | None, kind: FileKind, stamp: Stamp) -> str:
    """A file with names as they are is told from a masked one before it is opened."""
    return file_name(stem, dong, as_of, kind, marked=ko.UNMASKED_PART if stamp.is_open else "")


def _problems(kind: str, why: str, reason: str, is_open: str, offered: Sequence[FileKind]) -> dict[str, str]:
    problems = {}
    if kind not in offered:
        problems["format"] = refusals_ko.MISSING["format"]
    if why not in ko.DOWNLOAD_REASONS:
        problems["why"] = refusals_ko.MISSING["why"]
    if (why == "other" or is_open) and len(reason.strip()) < MIN_REASON:
        problems["reason"] = refusals_ko.MISSING["reason"]
    elif reason.strip():
        try:
            checked_reason(_purpose(why, reason))
        except ActRefused as refused:
            problems |= problem_of(refused)
    return problems


def _purpose(why: str, reason: str) -> str:
    return " - ".join(part for part in (ko.DOWNLOAD_REASONS.get(why, ""), " ".join(reason.split())) if part)


def _stamp(visit: Visit, why: str, reason: str, *, is_open: bool) -> Stamp:
    number = f"{visit.now.astimezone(SEOUL):%Y%m%d}-{secrets.token_hex(3)}"
    return Stamp(visit.caller.name, visit.now, number, _purpose(why, reason), is_open)


def _look(visit: Visit, stamp: Stamp, kind: FileKind, refs: Sequence[str], label: str) -> None:
    visit.look(
        "download_open" if stamp.is_open else "download",
        *refs,
        round=label,
        format=kind.value,
        reason=stamp.purpose,
        document_no=stamp.document_no,
    )


def _file(content: bytes, kind: FileKind, name: str) -> Response:
    return Response(content, media_type=kind.media_type, headers={"content-disposition": content_disposition(name)})


def _form(
    visit: Visit, asked: dict[str, str], typed: dict[str, str], problems: dict[str, str], *, status: int = 200
) -> Response:
    place, entries = listed(visit, asked)
    if place is None:
        return HTMLResponse(nothing(visit))
    query = list_query(asked, dong=place.dong.dong.code, round=place.round.round)
    parts = query.parts | {"sort": query.sort, "order": query.order}
    number = len(asked_for(entries, query, user_id=visit.caller.user_id))
    page = render(
        "dong/files.html.j2",
        frame=page_frame(visit, ko.FILES_TITLE),
        dong=place.dong.dong.name,
        subtitle=subtitle(place.round.round, place.round.as_of, number),
        is_narrowed=query.is_narrowed,
        typed=typed,
        problems=problems,
        formats=tuple(Choice(kind, *ko.FILE_KINDS[kind]) for kind in kinds(Sheet)),
        reasons=tuple(Choice(word, label) for word, label in ko.DOWNLOAD_REASONS.items()),
        post_href=url("/list/files", parts),
        back_href=url("/list", parts),
    )
    return HTMLResponse(page, status)
