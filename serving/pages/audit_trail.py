"""Whether the trail is whole: verified now, in the request where it is short enough, else by command."""

from datetime import datetime, timedelta
from threading import Lock

from fastapi import APIRouter
from starlette.responses import Response

from domain.calendar import SEOUL
from domain.korean import korean_number
from serving import wording_audit_ko as ko
from serving.access import Visit
from serving.pages.audit_frame import Auditor, audit_page
from serving.rendering import Flash
from store.chain import newest_seal, signer_of
from store.checkpoints import Checkpoint, read_checkpoints
from store.trail import Line
from store.trail_search import FoundLine, lines
from store.verifying import Finding, Findings, verify

router = APIRouter(include_in_schema=False)
MOST_ROWS = 200_000  # some two seconds; others work meanwhile
_YEAR = timedelta(days=366)
_one_at_a_time = Lock()


@router.get("/audit/trail")
def show_trail(visit: Auditor) -> Response:
    """How long the trail is, its last seal and checkpoint, and when somebody last verified it."""
    visit.look("view_trail")
    return _page(visit)


@router.post("/audit/trail")
def verify_trail(visit: Auditor) -> Response:
    """Verifies every line, every seal and the checkpoints."""
    sealed = newest_seal(visit.connection)[0]
    if sealed > MOST_ROWS:
        text = ko.TRAIL_TOO_LONG.format(rows=korean_number(sealed), most=korean_number(MOST_ROWS))
        return _page(visit, flash=Flash(text, "warning"), status=422)
    if not _one_at_a_time.acquire(blocking=False):
        return _page(visit, flash=Flash(ko.TRAIL_BUSY, "warning"), status=409)
    try:
        found = verify(visit.service.database, checkpoints_of(visit))
    finally:
        _one_at_a_time.release()
    visit.look("verify_trail", **told(found))
    return _page(visit, found=found)


def told(found: Findings) -> dict[str, object]:
    """What the trail keeps of a verification."""
    return {"sealed": found.sealed, "checkpoints": found.checkpoints, "findings": found.number}


def checkpoints_of(visit: Visit) -> tuple[Checkpoint | None, ...]:
    """The checkpoints of the site; none where it keeps none."""
    path = visit.service.places.checkpoints
    return read_checkpoints(path, signer_of(visit.connection)) if path else ()


def last_verified(visit: Visit) -> FoundLine | None:
    """The newest verification of the last year, by page or command."""
    since, until = visit.now - _YEAR, visit.now + timedelta(minutes=1)
    return next(iter(lines(visit.connection, since=since, until=until, act="verify_trail", limit=1)), None)


def newest_checkpoint(visit: Visit) -> tuple[int, datetime] | None:
    """Position and time of the last checkpoint that is ours."""
    marks = [mark for mark in checkpoints_of(visit) if mark]
    return (marks[-1].position, datetime.fromtimestamp(marks[-1].at / 1e6, SEOUL)) if marks else None


def verdict(found: Findings) -> Flash:
    """What a verification came to, in a sentence."""
    counts = {"sealed": korean_number(found.sealed), "checkpoints": korean_number(found.checkpoints)}
    if not found.is_whole:
        return Flash(ko.TRAIL_BROKEN.format(**counts, number=korean_number(found.number)), "critical")
    if not found.checkpoints:
        return Flash(ko.TRAIL_NO_CHECKPOINTS.format(**counts), "warning")
    return Flash(ko.TRAIL_WHOLE.format(**counts))


def _page(visit: Visit, *, found: Findings | None = None, flash: Flash | None = None, status: int = 200) -> Response:
    return audit_page(
        visit,
        "trail.html.j2",
        ko.TRAIL,
        status=status,
        flash=flash or (verdict(found) if found else None),
        sealed=newest_seal(visit.connection)[0],
        checkpoint=newest_checkpoint(visit),
        last=FoundLine(0, Line.of(visit.by, "verify_trail", **told(found))) if found else last_verified(visit),
        findings=tuple((_place(one), ko.FINDINGS[one.kind]) for one in found.named) if found else None,
        more=found.number - len(found.named) if found else 0,
        command=ko.VERIFY_COMMAND,
    )


def _place(one: Finding) -> str:
    if one.position is not None:
        return ko.POSITION.format(number=korean_number(one.position))
    return ko.LINE_ID.format(number=korean_number(one.line_id)) if one.line_id is not None else ko.NOWHERE
