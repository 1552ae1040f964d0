"""Cases for machines: where a household stands, and recording what was done.

A contact or note is sent with an ``Idempotency-Key``: the same request again, after a lost answer, does nothing and
gets the same answer. Key, act, case and trail are one transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel

from domain.casework import CaseChanged
from domain.people import Role
from outreach import casework
from outreach.holding import Acted
from serving.access import Visit, may
from serving.api.case_models import (
    ActedShown,
    ActShown,
    AssignmentSent,
    ContactSent,
    FormerHomeShown,
    HouseholdShown,
    NoteSent,
)
from serving.api.description import PREFIX
from serving.api.fields import RefPath, answer_of
from serving.api.models import CaseShown, ExclusionShown
from serving.refusals import Conflict, NoSuchThing
from store.answers import claim_key, keep_answer
from store.cases import find_case, wish_about_listing
from store.database import Connection
from store.former_homes import former_homes_of
from store.history import history_of, rounds_of

router = APIRouter(prefix=f"{PREFIX}/households", tags=["cases"])
_Reader = Annotated[Visit, may(Role.DONG, Role.HUB, Role.AUDITOR)]
_Worker = Annotated[Visit, may(Role.DONG, Role.HUB)]
_Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="Drawn by the sender, new for each act; kept for at least a day.",
        examples=["4f8a1c0e-5f0b-4d55-9d0e-3b1a7c2e9f10"],
    ),
]
_REF = {"ref": "$request.path.ref"}
_NEXT: dict[str, Any] = {
    "household": {"operationId": "getHousehold", "parameters": _REF},
    "contact": {
        "operationId": "postContact",
        "parameters": _REF,
        "requestBody": {
            "version": "$response.body#/case/version",
            "method": "phone",
            "attempt": "no_answer",
            "made_at": "2026-11-18T09:40:00+09:00",
        },
    },
    "note": {
        "operationId": "postNote",
        "parameters": _REF,
        "requestBody": {"version": "$response.body#/case/version", "note": "Will call again"},
    },
    "assignment": {"operationId": "putAssignment", "parameters": _REF},
}


@router.get(
    "/{ref}",
    operation_id="getHousehold",
    summary="A case and its history",
    response_model=HouseholdShown,
    responses={200: {"links": _NEXT}},
)
async def show_household(ref: RefPath, visit: _Reader) -> Response:
    """Where a household's case stands, in which rounds it was listed, and what was done."""
    case = find_case(visit.connection, visit.scope, ref)
    if case is None:
        raise NoSuchThing
    visit.look("household", ref)
    shown = HouseholdShown(
        ref=ref,
        dong_code=case.dong_code,
        case=CaseShown.of(case),
        exclusion=ExclusionShown.of(wish_about_listing(visit.connection, case)),
        rounds=list(rounds_of(visit.connection, visit.scope, ref)),
        history=[ActShown.of(done) for done in history_of(visit.connection, visit.scope, ref)],
        former_homes=[FormerHomeShown.of(home) for home in former_homes_of(visit.connection, visit.scope, ref)],
    )
    return answer_of(shown)


@router.post(
    "/{ref}/contacts",
    operation_id="postContact",
    summary="Record an attempt to reach a household",
    status_code=201,
    response_model=ActedShown,
    responses={201: {"links": _NEXT}},
)
def post_contact(ref: RefPath, sent: ContactSent, key: _Key, visit: _Worker) -> Response:
    """Adds an attempt to the history; with an outcome it closes the case."""

    def act(connection: Connection) -> Acted:
        return casework.record_contact(
            connection,
            by=visit.by,
            ref=ref,
            seen=sent.version,
            method=sent.method,
            attempt=sent.attempt,
            made_at=sent.made_at,
            outcome=sent.outcome,
            note=sent.note,
            next_on=sent.next_on,
        )

    return _once(visit, key, f"contact {ref}", sent, act)


@router.post(
    "/{ref}/notes",
    operation_id="postNote",
    summary="Add a note",
    status_code=201,
    response_model=ActedShown,
    responses={201: {"links": _NEXT}},
)
def post_note(ref: RefPath, sent: NoteSent, key: _Key, visit: _Worker) -> Response:
    """Adds a note to the history; the case stays where it stands."""
    return _once(
        visit,
        key,
        f"note {ref}",
        sent,
        lambda connection: casework.add_note(connection, by=visit.by, ref=ref, seen=sent.version, note=sent.note),
    )


@router.put(
    "/{ref}/assignment",
    operation_id="putAssignment",
    summary="Give the case to a worker, or back",
    responses={200: {"links": _NEXT}},
)
def put_assignment(ref: RefPath, sent: AssignmentSent, visit: _Worker) -> ActedShown:
    """Gives a case to somebody who works for its dong, or with null back to nobody."""
    with _refusing(), visit.acting() as connection:
        (acted,) = casework.assign(connection, by=visit.by, seen={ref: sent.version}, worker_id=sent.worker_id)
    return ActedShown.of(acted)


def _once(visit: Visit, key: str, call: str, sent: BaseModel, act: Callable[[Connection], Acted]) -> Response:
    digest = sha256(f"{call}\n{sent.model_dump_json()}".encode()).hexdigest()
    with _refusing(), visit.acting() as connection:
        former = claim_key(connection, visit.by.user_id, key, digest, visit.now)
        if former is None:
            answer = ActedShown.of(act(connection)).model_dump_json()
            keep_answer(connection, visit.by.user_id, key, status=201, answer=answer)
            return _answer(answer, 201)
        if former.body_digest != digest:
            raise Conflict("This key was used before, for something else.")
        # Rights may have ended since; the answer names the household.
        if find_case(connection, visit.scope, call.split()[1]) is None:
            raise NoSuchThing
        return _answer(former.answer, former.status)


def _answer(body: str, status: int) -> Response:
    return Response(body, status, media_type="application/json")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except CaseChanged as changed:
        raise Conflict(f"{changed} {changed.hint}") from None
