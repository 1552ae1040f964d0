"""Two models side by side, and the page that `sagak compare` made of them, to take along."""

import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from audit.bundles import BundleOnDisk
from audit.drift import Level
from domain.people import Role
from serving import wording_analysis_ko as ko
from serving.access import Visit, may
from serving.pages.analysis_shelf import models_of, tabs
from serving.pages.framing import page_frame
from serving.refusals import NoSuchThing
from serving.rendering import Choice, render, url
from serving.showing import compare_view as view

router = APIRouter(include_in_schema=False, prefix="/analysis/compare")
_Reader = Annotated[Visit, may(Role.ANALYST, Role.AUDITOR)]
_NAME = re.compile(r"[a-z][a-z0-9_]*-[1-9][0-9]{0,8}")


@router.get("")
def show_two(visit: _Reader, request: Request) -> Response:
    """What two bundles say of themselves, side by side; by default the model in use and the newest other."""
    models = models_of(visit)
    names = list(models.shelf.bundles)
    current, newest = (models.named(ko.IN_USE) or names[:1]), names[-1:]
    a, b = (request.query_params.get(key, "") for key in ("a", "b"))
    a = a if a in names else next(iter(current), "")
    b = b if b in names else next((name for name in [*newest, *reversed(names)] if name != a), "")
    visit.look("compare_models", *(name for name in (a, b) if name))
    context = _two(visit, models.shelf.bundles[a], models.shelf.bundles[b]) if a and b and a != b else {}
    page = render(
        "analysis/compare.html.j2",
        frame=page_frame(visit, ko.COMPARE_TITLE),
        tabs=tabs("/analysis/compare"),
        words=ko,
        a=a,
        b=b,
        choices=tuple(Choice(name, f"{name} ({ko.STATES[models.states[name]][0]})") for name in reversed(names)),
        two=context,
    )
    return HTMLResponse(page)


def _two(visit: Visit, a: BundleOnDisk, b: BundleOnDisk) -> dict[str, object]:
    drift = view.drift_of(a, b, visit.service.policy.drift)
    return {
        "facts": view.fact_pairs(a, b),
        "parameters": view.parameter_pairs(a, b),
        "figures": view.figure_pairs(a, b),
        "groups": view.group_pairs(a, b),
        "is_same_test": view.is_same_test(a, b),
        "drift": None if drift is None else view.finding_rows(drift, Level.ALARM, Level.NOTICE),
        "file_href": url("/analysis/compare/file", {"a": a.name, "b": b.name}) if _file(visit, a.name, b.name) else "",
    }


@router.get("/file")
def take_page_along(visit: _Reader, a: str = "", b: str = "") -> Response:
    """The page of `sagak compare`, as a file: it holds its own styles, which no page of the service may."""
    found = _file(visit, a, b)
    if found is None:
        raise NoSuchThing
    visit.look("download_comparison", a, b)
    return FileResponse(found, filename=found.name, media_type="text/html", content_disposition_type="attachment")


def _file(visit: Visit, a: str, b: str) -> Path | None:
    if not (_NAME.fullmatch(a) and _NAME.fullmatch(b)):
        return None
    paths = (visit.service.places.exports / f"compare-{one}-{other}.html" for one, other in ((a, b), (b, a)))
    return next((path for path in paths if path.is_file() and not path.is_symlink()), None)
