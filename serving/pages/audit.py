"""The auditor's pages, and the first of them: what there is to look at today."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from audit.access_review import FILES, LOOKS, review_months
from domain.calendar import SEOUL, midnight
from domain.errors import CheckFailed
from outreach.promotion import in_use, open_proposals
from outreach.promotion_record import Record, read_record
from serving import wording_audit_ko as ko
from serving.access import Visit
from serving.pages import audit_access, audit_entry, audit_fairness, audit_promotions, audit_replay, audit_trail
from serving.pages.audit_frame import Auditor, audit_page
from serving.showing.access_view import reviewing
from store.chain import newest_seal
from store.lists import current_rounds
from store.trail_days import day_work
from store.trail_search import FoundLine, lines

router = APIRouter(include_in_schema=False)
for part in (audit_replay, audit_entry, audit_fairness, audit_access, audit_trail, audit_promotions):
    router.include_router(part.router)
_YEAR = timedelta(days=366)


@router.get("/audit")
def overview(visit: Auditor) -> Response:
    """The newest round, the model in use, the state of the trail, this month's looks, and what waits."""
    visit.look("view_audit")
    rounds, record = current_rounds(visit.connection), _record(visit)
    first = visit.now.astimezone(SEOUL).date().replace(day=1)
    since, until = midnight(first), visit.now + timedelta(minutes=1)
    works = day_work(visit.connection, since=since, until=until, looks=LOOKS, files=FILES)
    return audit_page(
        visit,
        "overview.html.j2",
        ko.OVERVIEW,
        newest=rounds[0] if rounds else None,
        rounds=len(rounds),
        models=in_use(record) if record else (),
        is_record_whole=record is not None,
        proposals=open_proposals(record) if record else (),
        sealed=newest_seal(visit.connection)[0],
        checkpoint=audit_trail.newest_checkpoint(visit),
        verified=audit_trail.last_verified(visit),
        replayed=_newest(visit, "replay"),
        households=sum(work.households for work in works),
        people=len({work.actor for work in works if work.households}),
        reveals=sum(work.reveals for work in works),
        month=first.month,
        reviewing=reviewing(review_months(visit.connection, now=visit.now)),
    )


def _record(visit: Visit) -> Record | None:
    try:
        return read_record(visit.service.places.models)
    except CheckFailed:
        return None


def _newest(visit: Visit, act: str) -> FoundLine | None:
    until = visit.now + timedelta(minutes=1)
    return next(iter(lines(visit.connection, since=visit.now - _YEAR, until=until, act=act, limit=1)), None)
