"""Access records: found, counted, taken along with a reason, and signed once a month."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from audit.access_review import (
    COMPARED_DAYS,
    FILES,
    LOOKS,
    REVIEWED,
    MarkedDay,
    Month,
    marked_days,
    review_months,
)
from domain.calendar import SEOUL, midnight
from domain.errors import UsageError
from domain.registration_number import holds_registration_number
from outreach.signing import checked_words
from serving import wording_audit_ko as ko
from serving.access import Visit
from serving.files import cells
from serving.files.naming import FileKind, content_disposition, file_name
from serving.files.writing import write
from serving.pages.audit_frame import Auditor, audit_page
from serving.pages.refused import words_problem
from serving.rendering import Choice, Flash, url
from serving.showing.access_view import day_rows, line_rows, lines_sheet, month_name, reviewing
from serving.typed import typed_date
from serving.wording_trail_ko import ACTS
from store.trail import Line, append
from store.trail_days import day_work, names_of_people
from store.trail_search import FoundLine, lines

router = APIRouter(include_in_schema=False)
_Text = Annotated[str, Form(max_length=2_000)]
_PER_PAGE = 30
_DAYS_SHOWN = 14
_ACTS = tuple(Choice(act, label) for act, label in sorted(ACTS.items(), key=lambda pair: pair[1]))
_LONGEST = timedelta(days=366)
_EARLIEST, _LATEST = date(2020, 1, 1), date(2200, 1, 1)  # what lies outside was mistyped


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is searched for: a closed set; what makes no sense counts as not asked."""

    who: str
    whose: str
    act: str
    since: date
    until: date  # the last day, included
    before_id: int | None

    @property
    def query(self) -> dict[str, str]:
        words = {"who": self.who, "whose": self.whose, "act": self.act}
        return words | {"since": self.since.isoformat(), "until": self.until.isoformat()}

    @property
    def is_narrowed(self) -> bool:
        return any((self.who, self.whose, self.act))

    def find(self, visit: Visit, limit: int) -> tuple[FoundLine, ...]:
        return lines(
            visit.connection,
            since=midnight(self.since),
            until=midnight(self.until + timedelta(days=1)),
            actor=self.who or None,
            subject=self.whose or None,
            act=self.act or None,
            before_id=self.before_id,
            limit=limit,
        )


@router.get("/audit/access")
def show_access(visit: Auditor, request: Request) -> Response:
    """Lines of the trail by who, whose, what and when; days worth a look; the months to sign."""
    return _page(visit, dict(request.query_params))


@router.post("/audit/access/files")
def give_file(visit: Auditor, request: Request, reason: _Text = "") -> Response:
    """What was found, as a CSV file; the reason is recorded."""
    asked_for = dict(request.query_params)
    try:
        _, why = checked_words(visit.caller.name, reason)
    except UsageError as refused:
        problems = {"reason": words_problem(refused, ko.MISSING["reason"])}
        return _page(visit, asked_for, problems=problems, typed={"reason": reason})
    asked = _asked(asked_for, visit)
    found, number = asked.find(visit, ko.EXPORT_MOST), secrets.token_hex(4)
    visit.look("export_trail", number, reason=why, rows=len(found), searched=asked.query)
    stamp = {"printed_by": visit.caller.name, "printed_at": visit.now, "document_no": number, "purpose": why}
    content = write(lines_sheet(found, ACTS, stamp), FileKind.CSV)
    name = file_name(ko.EXPORT_TITLE, "", visit.now.astimezone(SEOUL).date(), FileKind.CSV)
    return Response(content, media_type=FileKind.CSV.media_type, headers={
        "content-disposition": content_disposition(name)})  # fmt: skip


@router.post("/audit/reviews")
def sign_review(visit: Auditor, month: _Text = "", sentence: _Text = "") -> Response:
    """Signs that a month's access records were looked through, and what was found."""
    problems, typed = {}, {"month": month, "sentence": sentence}
    open_months = {
        one.first.isoformat()[:7]
        for one in review_months(visit.connection, now=visit.now)
        if one.is_over and not one.signed_on
    }
    if month not in open_months:
        problems["month"] = ko.MISSING["month"]
    try:
        _, words = checked_words(visit.caller.name, sentence)
    except UsageError as refused:
        problems["sentence"] = words_problem(refused, ko.MISSING["sentence"])
    if problems:
        return _page(visit, {}, problems=problems, typed=typed)
    with visit.acting() as connection:
        append(connection, Line.of(visit.by, REVIEWED, month, sentence=words))
    return RedirectResponse(url("/audit/access", {"done": "signed"}), 303)


def _page(
    visit: Visit,
    asked_for: Mapping[str, str],
    *,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    asked = _asked(asked_for, visit)
    found = asked.find(visit, _PER_PAGE + 1)
    names = names_of_people(visit.connection)
    shown, months = found[:_PER_PAGE], review_months(visit.connection, now=visit.now)
    visit.look("search_trail", *([asked.whose] if asked.whose else []), rows=len(shown), searched=asked.query)
    return audit_page(
        visit,
        "access.html.j2",
        ko.ACCESS,
        status=422 if problems else 200,
        flash=Flash(ko.DONE["signed"]) if asked_for.get("done") == "signed" else None,
        asked=asked,
        since=cells.shown(asked.since),
        until=cells.shown(asked.until),
        acts=_ACTS,
        rows=line_rows(shown, names, ACTS),
        older_href=url("/audit/access", {**asked.query, "before_id": shown[-1].id}) if len(found) > _PER_PAGE else "",
        newest_href=url("/audit/access", asked.query) if asked.before_id else "",
        files_href=url("/audit/access/files", asked.query),
        days=() if asked.before_id else day_rows(_days(visit, asked), names),
        months=tuple((month, month_name(month.first), names.get(month.signed_by, month.signed_by)) for month in months),
        month_choices=_to_sign(months),
        reviewing=reviewing(months),
        problems=problems or {},
        typed={"reason": "", "sentence": "", "month": ""} | dict(typed or {}),
    )


def _to_sign(months: tuple[Month, ...]) -> tuple[Choice, ...]:
    waiting = [month.first for month in reversed(months) if month.is_over and month.signed_on is None]
    return tuple(Choice(first.isoformat()[:7], month_name(first)) for first in waiting)


def _days(visit: Visit, asked: Asked) -> tuple[MarkedDay, ...]:
    """The last days of the time asked for, held against the ninety before."""
    first = max(asked.since, asked.until - timedelta(days=_DAYS_SHOWN - 1))
    since, until = midnight(first - timedelta(days=COMPARED_DAYS)), midnight(asked.until + timedelta(days=1))
    works = day_work(visit.connection, since=since, until=until, looks=LOOKS, files=FILES)
    return tuple(one for one in marked_days(works, since=first) if asked.who in ("", one.work.actor))


def _asked(asked: Mapping[str, str], visit: Visit) -> Asked:
    today = visit.now.astimezone(SEOUL).date()
    until = min(max(_day(asked.get("until", "")) or today, _EARLIEST), _LATEST)
    since = _day(asked.get("since", "")) or until.replace(day=1)
    before = asked.get("before_id", "")
    return Asked(
        who=_one_word(asked.get("who", "")),
        whose=_one_word(asked.get("whose", "")),
        act=_one_word(asked.get("act", "")),
        since=min(max(since, until - _LONGEST), until),
        until=until,
        before_id=int(before) if before.isascii() and before.isdecimal() and len(before) < 18 else None,
    )


def _one_word(text: str) -> str:
    """The first word, which the trail keeps; none where it holds what nobody can have typed (PostgreSQL refuses a zero
    in a text), or a registration number.
    """
    word = (text.split() or [""])[0][:64]
    return word if word.isprintable() and not holds_registration_number(word) else ""


def _day(text: str) -> date | None:
    try:
        return typed_date(text[:20])
    except UsageError:
        return None
