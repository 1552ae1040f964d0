"""Pages for analysts: models and their record, one model in full, and proposing one. Nothing here is of a household."""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.errors import SagakError
from domain.people import Role
from features.catalogues import catalogue_of_bundle
from outreach.gate import Gate
from outreach.promotion import open_proposals
from outreach.proposing import (
    check_may_waive,
    judge_as_trained,
    judged_as_trained,
    may_waive,
    propose_judged,
    waiver_of,
)
from outreach.signing import HOLDS_NUMBER
from scoring.bundle import load_bundle
from serving import wording_analysis_ko as ko
from serving.access import Visit, may
from serving.pages.analysis_shelf import Models, bundle_called, models_of, tabs
from serving.pages.framing import page_frame
from serving.proofs import as_being_proven, breaks_found, was_proven
from serving.rendering import Choice, Flash, render, url
from serving.showing import models_view as view
from serving.showing.gates_view import gate_rows
from serving.showing.markdown import as_page_part
from serving.wording_refusals_ko import REGISTRATION_NUMBER
from store.trail import Line, append

router = APIRouter(include_in_schema=False, prefix="/analysis")
_Reader = Annotated[Visit, may(Role.ANALYST, Role.AUDITOR)]
_Analyst = Annotated[Visit, may(Role.ANALYST)]
_Text = Annotated[str, Form(max_length=2_000)]
_PATIENCE_SECONDS = 0.2  # for a proof of directions that takes seconds
_GATE_NAMED = re.compile(r"\[([a-z ]+)\] ")  # as `outreach.promotion` names each gate that was missed


@router.get("")
def show_models(visit: _Reader, request: Request) -> Response:
    """All models with their headline figures, what is in use, and who decided what."""
    sentence = ko.DONE.get(request.query_params.get("done", ""))
    return HTMLResponse(_models_page(visit, flash=Flash(sentence) if sentence else None))


@router.get("/bundles/{name}")
def show_bundle(visit: _Reader, name: str) -> Response:
    """One model: how it was made, what it reached, its gates, its card and its data sheet."""
    bundle, models = bundle_called(visit, name), models_of(visit)
    visit.look("view_model", name)
    state = models.states.get(name, ko.CANDIDATE)
    page = render(
        "analysis/bundle.html.j2",
        frame=page_frame(visit, name),
        tabs=tabs("/analysis"),
        words=ko,
        state=ko.STATES[state],
        may_propose=Role.ANALYST in visit.caller.roles and state in (ko.CANDIDATE, ko.FORMER),
        may_waive=may_waive(visit.service.places.core),
        facts=view.fact_rows(bundle),
        parameters=sorted((bundle.recipe.get("parameters") or {}).items()),
        gates=gate_rows(_gates(visit, models, name)),
        methods=view.method_rows(bundle),
        quality=view.quality_rows(bundle),
        has_older_rules=view.has_older_rules(bundle),
        groups=view.group_rows(bundle),
        label=view.label_of(bundle.label),
        card=as_page_part(bundle.card),
        sheet=as_page_part(bundle.sheet),
        bundle=name,
    )
    return HTMLResponse(page)


def _gates(visit: Visit, models: Models, name: str) -> tuple[Gate, ...]:
    """Those of its open proposal, else those it would be proposed with; none where it cannot be judged here."""
    if models.record is None:
        return ()
    for act in open_proposals(models.record):
        if act.bundle == name:
            return act.gates
    try:
        catalogue = catalogue_of_bundle(name)
        bundle = load_bundle(visit.service.places.models / name, catalogue)
    except SagakError:
        return ()
    is_proven = was_proven(models.record, bundle, catalogue)
    breaks = () if is_proven else breaks_found(bundle, catalogue, seconds=_PATIENCE_SECONDS)
    gates = judge_as_trained(bundle, catalogue, visit.service.policy, models.record, breaks=breaks or ())
    return gates if breaks is not None else as_being_proven(gates)


@router.post("/proposals")
def propose(visit: _Analyst, name: _Text = "", reason: _Text = "", waive: _Text = "") -> Response:
    """Proposes a model, judged by the figures of its training; a second person approves it elsewhere.

    ``waive`` is "1" where gates that are not passed shall not block, which only made-up people allow.
    """
    typed = {"name": name, "reason": reason, "waive": waive}
    root, policy = visit.service.places.models, visit.service.policy
    if name not in models_of(visit).shelf.bundles:
        return HTMLResponse(_models_page(visit, typed=typed, problems={"name": ko.CHOOSE_MODEL}), 422)
    try:
        if waive == "1":
            check_may_waive(visit.service.places.core)
        judged = judged_as_trained(root, name, policy)
        waiver = waiver_of(judged.gates, is_waived=waive == "1")
        # The record of promotions is a file that counts by itself: written last, so that no line of the trail can
        # fail to be kept for an act that was done, but for the commit itself; `note_promotions` makes up for that.
        with visit.acting() as connection:
            told = {"reason": " ".join(reason.split())} | ({"waiver": waiver} if waiver else {})
            append(connection, Line.of(visit.by, "propose_model", name, **told))
            propose_judged(root, judged, policy, by=visit.caller.login, why=reason, at=visit.now, waiver=waiver)
    except SagakError as error:
        return HTMLResponse(_models_page(visit, typed=typed, problems=_problem(str(error))), 422)
    return RedirectResponse(url("/analysis", {"done": "proposed"}), 303)


def _problem(told: str) -> dict[str, str]:
    if HOLDS_NUMBER in told:
        return {"reason": REGISTRATION_NUMBER}
    if told.startswith("The reason"):
        return {"reason": ko.REASON_NEEDED}
    if missed := _GATE_NAMED.findall(told):
        return {"name": ko.GATES_MISSED.format(gates=", ".join(ko.GATES.get(name, name) for name in missed))}
    return {"name": next((sentence for words, sentence in ko.REFUSALS.items() if words in told), ko.REFUSED)}


def _models_page(
    visit: Visit,
    *,
    flash: Flash | None = None,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    models = models_of(visit)
    visit.look("view_models")
    choices = [name for name, state in models.states.items() if state in (ko.CANDIDATE, ko.FORMER)]
    return render(
        "analysis/models.html.j2",
        frame=page_frame(visit, ko.MODELS_TITLE, flash=flash),
        tabs=tabs("/analysis"),
        words=ko,
        rows=view.model_rows(models.shelf, models.states),
        in_use=", ".join(models.named(ko.IN_USE)) or ko.NONE,
        proposed=", ".join(models.named(ko.PROPOSED)) or ko.NONE,
        acts=view.act_rows(models.record) if models.record else (),
        is_record_broken=models.record is None,
        record_digest=models.record.digest if models.record else "",
        may_propose=Role.ANALYST in visit.caller.roles,
        may_waive=may_waive(visit.service.places.core),
        choices=tuple(Choice(name, name) for name in reversed(choices)),
        typed=typed or {},
        problems=problems or {},
    )
