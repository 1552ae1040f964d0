"""Where people land: the first page of their role; and how pages are shown to this browser."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from domain.people import Role
from serving import wording_people_ko as ko
from serving.access import Visit, anyone, may
from serving.pages.framing import CONTRAST
from serving.pages.signin import NextInQuery, own_path
from serving.rendering import url

router = APIRouter(include_in_schema=False)
_A_YEAR = 365 * 24 * 3600


@router.get("/")
def land(visit: Annotated[Visit, may(*Role)], done: str = "") -> Response:
    """Leads to the first page of the caller's first role."""
    first = next(role for role in Role if role in visit.caller.roles)
    return RedirectResponse(url(ko.MENUS[first][0][1], {"done": done if done in ko.DONE else ""}), 303)


@router.get("/contrast", dependencies=[anyone])
async def choose_contrast(mode: str = "", goes_on: NextInQuery = "/") -> Response:
    """Keeps for this browser whether pages are shown in high contrast."""
    answer = RedirectResponse(own_path(goes_on), 303)
    answer.set_cookie(CONTRAST, "high" if mode == "high" else "normal", max_age=_A_YEAR, httponly=True, samesite="lax")
    return answer
