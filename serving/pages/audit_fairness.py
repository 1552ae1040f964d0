"""Who is found and who is not: groups of the model in use, and this year's lists, small cells hidden."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from domain.calendar import SEOUL
from domain.errors import SagakError
from features.catalogues import CATALOGUES
from outreach.promotion import in_use
from outreach.promotion_record import Act, read_record
from scoring.bundle import Bundle, load_bundle
from serving import wording_audit_ko as ko
from serving import wording_ko
from serving.access import Visit
from serving.pages.audit_frame import Auditor, audit_page
from serving.showing import fairness_view as view
from serving.showing.gates_view import gate_rows
from serving.showing.models_view import waiver_told
from store.figures_of_types import type_figures

router = APIRouter(include_in_schema=False)


@router.get("/audit/fairness")
def show_fairness(visit: Auditor) -> Response:
    """Figures of groups with intervals, the gates they passed, and what became of this year's lists."""
    act, bundle = _model(visit)
    year = visit.now.astimezone(SEOUL).year
    figures = type_figures(visit.connection, visit.scope, since=date(year, 1, 1), until=date(year + 1, 1, 1))
    visit.look("view_fairness", bundle=bundle.name if bundle else "", year=year)
    report = dict(bundle.metrics) if bundle else {}
    has_groups = bool(report.get("groups"))
    return audit_page(
        visit,
        "fairness.html.j2",
        ko.FAIRNESS,
        act=act,
        bundle=bundle,
        helped=wording_ko.HELPED.get(bundle.label, "") if bundle else "",
        attributes=view.attributes(report) if has_groups else (),
        test=report.get("test", {}),
        gates=gate_rows(act.gates) if act else (),
        waiver=waiver_told(act) if act else "",
        live=view.live_rows(figures),
        year=year,
    )


def _model(visit: Visit) -> tuple[Act | None, Bundle | None]:
    """The newest approval and its bundle; without the bundle where its bytes are not what was approved."""
    models = visit.service.places.models
    try:
        acts = in_use(read_record(models))
    except SagakError:
        return None, None
    if not acts:
        return None, None
    act = max(acts, key=lambda one: one.sequence)
    try:
        bundle = load_bundle(models / act.bundle, CATALOGUES[act.catalogue])
    except SagakError:
        return act, None
    return act, bundle if bundle.digest == act.digest else None
