"""Models coming into use: the record, and the second person's yes or no."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from domain.errors import BundleRefused, CheckFailed, NotFound, UsageError
from domain.people import Caller
from features.catalogues import CATALOGUES
from outreach.gates import failed
from outreach.promotion import approve, in_use, open_proposals, reject
from outreach.promotion_record import Act, Record, read_record
from outreach.signing import checked_words, same_person
from scoring.bundle import load_bundle
from serving import wording_analysis_ko
from serving import wording_audit_ko as ko
from serving.access import Visit
from serving.pages.audit_frame import Auditor, audit_page
from serving.pages.refused import words_problem
from serving.rendering import Flash, url
from serving.showing.gates_view import gate_rows
from serving.showing.models_view import gate_counts, waiver_told
from store.lists import current_rounds
from store.trail import Line, append

router = APIRouter(include_in_schema=False)
_Text = Annotated[str, Form(max_length=2_000)]
_DECISIONS = {"approve": ("approve_promotion", approve, "approved"), "reject": ("reject_promotion", reject, "rejected")}


@router.get("/audit/promotions")
def show_promotions(visit: Auditor, request: Request) -> Response:
    """What waits for a second person, what is in use, and every act before."""
    done = ko.DONE.get(request.query_params.get("done", ""), "")
    return _page(visit, flash=Flash(done.format(week=_from_when(visit))) if done else None)


@router.post("/audit/promotions/{bundle}")
def decide(visit: Auditor, bundle: str, decision: _Text = "", why: _Text = "", digest: _Text = "") -> Response:
    """Approves or rejects a proposal as the second person; ``digest`` is of the bundle whose gates were on the page."""
    typed = {"decision": decision, "why": why, "bundle": bundle}
    problems = _problems(visit, decision, why)
    if problems:
        return _page(visit, problems=problems, typed=typed, status=422)
    proposal = next((act for act in open_proposals(_record(visit)) if act.bundle == bundle), None)
    if proposal is None or proposal.digest != digest:
        return _page(visit, flash=Flash(ko.NOT_PROPOSED, "warning"), typed=typed, status=409)
    if decision == "approve" and is_same_person(visit.caller, proposal.who):
        return _page(visit, problems={"decision": ko.SAME_PERSON}, typed=typed, status=422)
    act, decided, done = _DECISIONS[decision]
    models, catalogue = visit.service.places.models, CATALOGUES[proposal.catalogue]
    try:
        if decision == "approve":  # before the transaction: nobody else can write while it lasts
            load_bundle(models / bundle, catalogue)
        with visit.acting() as connection:
            waived = {"waiver": proposal.waiver} if proposal.waiver else {}
            append(connection, Line.of(visit.by, act, bundle, digest=digest, proposed_by=proposal.who, **waived))
            decided(models, bundle, catalogue, by=signature(visit.caller), why=why, at=visit.now)
    except UsageError:
        return _page(visit, problems={"decision": ko.SAME_PERSON}, typed=typed, status=422)
    except BundleRefused:
        return _page(visit, flash=Flash(ko.NOT_THE_BYTES, "danger"), typed=typed, status=409)
    except NotFound:
        return _page(visit, flash=Flash(ko.NOT_PROPOSED, "warning"), typed=typed, status=409)
    return RedirectResponse(url("/audit/promotions", {"done": done}), 303)


def signature(caller: Caller) -> str:
    """How an account signs in the record: the name that others know, and the login that tells namesakes apart."""
    return f"{caller.name} ({caller.login})"


def is_same_person(caller: Caller, who: str) -> bool:
    """Whether the caller stands behind a signature: by name, by login, or by both as `signature` writes them."""
    named, _, rest = who.rpartition("(")
    parts = (who, named, rest)
    return any(same_person(own, part) for own in (caller.login, signature(caller)) for part in parts) or same_person(
        caller.name, who
    )


def _from_when(visit: Visit) -> str:
    """The first round that a model approved now is used for, in words."""
    rounds = current_rounds(visit.connection)
    return ko.FROM_ROUND.format(round=rounds[0].followed_by.label) if rounds else ko.FROM_FIRST_ROUND


def _problems(visit: Visit, decision: str, why: str) -> dict[str, str]:
    problems = {}
    if decision not in _DECISIONS:
        problems["decision"] = ko.MISSING["decision"]
    try:
        checked_words(visit.caller.name, why)
    except UsageError as refused:
        problems["why"] = words_problem(refused, ko.MISSING["why"])
    return problems


def _record(visit: Visit) -> Record:
    return read_record(visit.service.places.models)


def _page(
    visit: Visit,
    *,
    flash: Flash | None = None,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    visit.look("view_promotions")
    try:
        record = _record(visit)
    except CheckFailed:
        record, flash, status = Record((), "", 0), Flash(ko.RECORD_BROKEN, "critical"), 503
    return audit_page(
        visit,
        "promotions.html.j2",
        ko.PROMOTIONS,
        status=status,
        flash=flash,
        proposals=tuple(_proposal(visit, act) for act in open_proposals(record)),
        in_use=in_use(record),
        acts=tuple((act, *ko.STEPS[act.act], _gates(act)) for act in reversed(record.acts)),
        digest=record.digest,
        counts_from=ko.COUNTS_FROM.format(week=_from_when(visit)),
        problems=problems or {},
        typed={"decision": "", "why": "", "bundle": ""} | dict(typed or {}),
    )


def _proposal(visit: Visit, act: Act) -> dict[str, object]:
    gates, is_own = gate_rows(act.gates), is_same_person(visit.caller, act.who)
    return {"act": act, "gates": gates, "is_own": is_own, "waived": _waived(act)}


def _waived(act: Act) -> str:
    """Which gates do not block though they were not passed, and why; empty where none is waived."""
    missed = failed(act.gates)
    if not act.waiver or not missed:
        return ""
    names = ", ".join(wording_analysis_ko.GATES.get(gate.name, gate.name) for gate in missed)
    return ko.WAIVED.format(failed=len(missed), why=waiver_told(act), names=names)


def _gates(act: Act) -> str:
    said = gate_counts(act.gates)
    return f"{said} · {wording_analysis_ko.WAIVED.format(why=waiver_told(act))}" if act.waiver else said
