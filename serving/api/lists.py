"""Rounds, lists, entries and who is asking: what machines read."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from domain.people import Role, Scope
from serving.access import Visit, may
from serving.api.description import PREFIX
from serving.api.fields import DongPath, RefPath, RoundPath, answer_from, json_of
from serving.api.models import (
    DongShown,
    DongsShown,
    EntryShown,
    GrantShown,
    ListShown,
    MeShown,
    PlaceShown,
    RoundShown,
    RoundsShown,
)
from serving.refusals import NoSuchThing
from store import lists
from store.database import Connection
from store.remembered import remembered

router = APIRouter(prefix=PREFIX, tags=["lists"])
_Anybody = Annotated[Visit, may(*Role)]
# Who may see households; analysts work with aggregates.
_Reader = Annotated[Visit, may(Role.DONG, Role.HUB, Role.AUDITOR)]
_PLACE = {"round": "$request.path.round", "ref": "$response.body#/entries/0/ref"}


def _leads(**links: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"links": links}}


def _to(operation: str, **parameters: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": parameters}


@router.get("/me", operation_id="getMe", summary="Who the token belongs to")
def show_me(visit: _Anybody) -> MeShown:
    """The account behind the token and the areas that each of its roles covers now."""
    grants = [GrantShown(role=grant.role, area=grant.area) for grant in visit.caller.grants]
    return MeShown(user_id=visit.caller.user_id, login=visit.caller.login, grants=grants)


@router.get(
    "/rounds",
    operation_id="getRounds",
    summary="Published rounds",
    responses=_leads(dongs=_to("getDongs", round="$response.body#/rounds/0/round")),
)
def show_rounds(visit: _Anybody) -> RoundsShown:
    """Rounds that were published, newest first."""
    return RoundsShown(rounds=[RoundShown.of(known) for known in lists.current_rounds(visit.connection)])


@router.get(
    "/rounds/{round}/dongs",
    operation_id="getDongs",
    summary="Dongs of a round",
    responses=_leads(
        list=_to("getList", round="$request.path.round", dong_code="$response.body#/dongs/0/dong_code"),
    ),
)
def show_dongs(label: RoundPath, visit: _Reader) -> DongsShown:
    """The dongs that the caller may see, with places and numbers of entries."""
    dongs = lists.dongs_of_round(visit.connection, label)
    if not dongs:
        raise NoSuchThing
    shown = [DongShown.of(dong) for dong in dongs if visit.scope.covers(dong.dong.code)]
    return DongsShown(round=label, dongs=shown)


@router.get(
    "/rounds/{round}/dongs/{dong_code}/list",
    operation_id="getList",
    summary="A dong's list of a round",
    responses=_leads(
        entry=_to("getEntry", **_PLACE),
        household=_to("getHousehold", ref=_PLACE["ref"]),
    ),
    response_model=ListShown,
)
async def show_list(label: RoundPath, dong_code: DongPath, visit: _Reader) -> Response:
    """Who is to be seen in a dong, in which order and why, and where each case stands."""
    refs, body = remembered(visit.connection, visit.scope, _list_made, label, dong_code)
    if not refs and not _is_dong_of(visit.connection, visit, label, dong_code):
        raise NoSuchThing
    visit.look("list", *refs, round=label, dong_code=dong_code)
    return answer_from(body)


def _list_made(connection: Connection, scope: Scope, label: str, dong_code: str) -> tuple[tuple[str, ...], bytes]:
    entries = lists.list_of(connection, scope, label, dong_code)
    shown = ListShown(round=label, dong_code=dong_code, entries=[PlaceShown.of(entry) for entry in entries])
    return tuple(entry.ref for entry in entries), json_of(shown)


def _is_dong_of(connection: Connection, visit: Visit, label: str, dong_code: str) -> bool:
    return any(dong.dong.code == dong_code for dong in lists.dongs_of_round(connection, label, visit.scope))


@router.get(
    "/rounds/{round}/entries/{ref}",
    operation_id="getEntry",
    summary="One entry and its explanation",
    responses=_leads(household=_to("getHousehold", ref="$request.path.ref")),
)
def show_entry(label: RoundPath, ref: RefPath, visit: _Reader) -> EntryShown:
    """Why a household has its place on a list: what raises it, what speaks against, what is not known."""
    entry = lists.entry_of(visit.connection, visit.scope, label, ref)
    if entry is None:
        raise NoSuchThing
    visit.look("entry", ref, round=label)
    return EntryShown.of(entry)
