"""The own dong among those of its district, and its year in figures. Counts only."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from domain.people import Role, Scope
from serving import wording_casework_ko as ko
from serving.access import Visit, may
from serving.pages.framing import page_frame
from serving.pages.lists import nothing
from serving.pages.places import find_place
from serving.rendering import render
from serving.showing.dong_map import tile_map
from serving.showing.year_chart import year_chart
from sources.reference import dong_places
from store.figures_of_dongs import dong_figures
from store.lists import dongs_of_round

router = APIRouter(include_in_schema=False)


@router.get("/area")
def show_area(visit: Annotated[Visit, may(Role.DONG, Role.HUB)], request: Request) -> Response:
    """A map of tiles with this week's numbers, and the dong's last year of rounds."""
    place = find_place(visit, request.query_params)
    if place is None:
        return HTMLResponse(nothing(visit))
    own = place.dong.dong
    # How many entries a dong has is no household's secret; small numbers of others stay hidden all the same.
    dongs = dongs_of_round(visit.connection, place.round.round)
    near = [one for one in dongs if one.dong.sigungu_code == own.sigungu_code]
    figures = dong_figures(visit.connection, Scope((own.code,)), [one.round for one in place.rounds])
    visit.look("view_area", own.code)
    page = render(
        "dong/area.html.j2",
        frame=page_frame(visit, ko.AREA_TITLE.format(dong=own.name)),
        place=place,
        map=tile_map(near, own.code, dong_places()),
        figures=figures,
        chart=year_chart(figures),
    )
    return HTMLResponse(page)
