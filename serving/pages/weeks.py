"""The last weeks of a dong: what was listed, and what came of it. Counts only."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from domain.people import Role, Scope
from serving import wording_casework_ko as ko
from serving.access import Visit, may
from serving.pages.framing import page_frame
from serving.pages.lists import nothing
from serving.pages.places import find_place
from serving.rendering import render, url
from store.figures_of_dongs import dong_figures

router = APIRouter(include_in_schema=False)
WEEKS = 26


@router.get("/rounds")
def show_rounds(visit: Annotated[Visit, may(Role.DONG, Role.HUB)], request: Request) -> Response:
    """Half a year of rounds, newest first, each leading to its list."""
    place = find_place(visit, request.query_params)
    if place is None:
        return HTMLResponse(nothing(visit))
    code, labels = place.dong.dong.code, [one.round for one in place.rounds[:WEEKS]]
    # The scope narrowed further to the one dong: it was found within the caller's.
    figures = dong_figures(visit.connection, Scope((code,)), labels)
    visit.look("view_rounds", code)
    page = render(
        "dong/rounds.html.j2",
        frame=page_frame(visit, ko.ROUNDS_TITLE.format(dong=place.dong.dong.name)),
        place=place,
        figures=figures,
        hrefs={one.round: url("/list", {"dong": code, "round": one.round}) for one in figures},
    )
    return HTMLResponse(page)
