"""What was delivered and set aside, and whether the newest data has moved away from what the model in use learned."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from audit.drift import Drift, Kind, Level
from domain.errors import NotFound, SagakError, UsageError
from domain.people import Role
from serving import wording_analysis_ko as ko
from serving.access import Visit, may
from serving.newest_drift import newest_drift
from serving.pages.analysis_shelf import tabs
from serving.pages.framing import page_frame
from serving.rendering import render
from serving.showing.compare_view import finding_rows
from serving.showing.deliveries_view import deliveries

router = APIRouter(include_in_schema=False, prefix="/analysis")
_Reader = Annotated[Visit, may(Role.ANALYST, Role.AUDITOR)]
_MOST_DELIVERIES = 12
_PATIENCE_SECONDS = 1.2  # a page answers within two
_TONES = {Level.ALARM: "danger", Level.NOTICE: "warning"}


@router.get("/deliveries")
def show_deliveries(visit: _Reader) -> Response:
    """Each delivery: rows of its tables, and what was set aside and why."""
    visit.look("view_deliveries")
    page = render(
        "analysis/deliveries.html.j2",
        frame=page_frame(visit, ko.DELIVERIES_TITLE),
        tabs=tabs("/analysis/deliveries"),
        words=ko,
        deliveries=deliveries(visit.service.places.core, most=_MOST_DELIVERIES),
    )
    return HTMLResponse(page)


@router.get("/drift")
def show_drift(visit: _Reader) -> Response:
    """What changed since the model in use was made; computed on demand and remembered."""
    visit.look("view_drift")
    problem, found = "", None
    try:
        found = newest_drift(visit.service, seconds=_PATIENCE_SECONDS)
    except SagakError as error:
        problem = _why_not(error)
    drift = found.drift if found else None
    page = render(
        "analysis/drift.html.j2",
        frame=page_frame(visit, ko.DRIFT_TITLE),
        tabs=tabs("/analysis/drift"),
        words=ko,
        problem=problem,
        found=found,
        summary=_summary(drift) if drift else "",
        tone=_TONES.get(drift.level, "info") if drift else "",
        rows=finding_rows(drift, Level.ALARM, Level.NOTICE) if drift else (),
        kinds=_by_kind(drift) if drift else (),
        unjudged=finding_rows(drift, Level.UNJUDGED) if drift else (),
    )
    return HTMLResponse(page)


def _why_not(error: SagakError) -> str:
    told = str(error)
    if isinstance(error, NotFound):
        return ko.NO_MODEL if "model" in told else ko.NO_FEATURES
    if isinstance(error, UsageError):
        return ko.EARLIER
    return ko.NO_REFERENCE if "keeps no reference" in told else ko.NOT_READABLE


def _summary(drift: Drift) -> str:
    alarms, notices = (len(drift.at(level)) for level in (Level.ALARM, Level.NOTICE))
    return ko.DRIFT_SUMMARY[drift.level].format(alarms=alarms, notices=notices)


def _by_kind(drift: Drift) -> list[tuple[str, ...]]:
    """How many were looked at, by what was looked at and what came of it."""
    rows = []
    for kind, name in ko.KINDS.items():
        levels = [one.level for one in drift.findings if one.kind is Kind(kind)]
        if levels:
            rows.append((name, str(len(levels)), *(str(levels.count(level)) for level in Level)))
    return rows
