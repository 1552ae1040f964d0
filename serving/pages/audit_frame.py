"""What all pages of the auditor share: the tabs, the folders they look into, and the rounds to choose from."""

from typing import Annotated, Any

from starlette.responses import HTMLResponse

from audit.sources_of_round import Folders
from domain.people import Role
from domain.published import CurrentRound
from serving import wording_audit_ko as ko
from serving.access import Visit, may
from serving.pages.framing import page_frame
from serving.rendering import Flash, NavItem, render
from store.lists import current_rounds

Auditor = Annotated[Visit, may(Role.AUDITOR)]
# Pages whose address is not below that of their tab.
_UNDER = {"/audit/entries": "/audit/replay", "/audit/reviews": "/audit/access"}


def audit_page(
    visit: Visit, template: str, title: str, *, flash: Flash | None = None, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page of the auditor with its tabs."""
    path = visit.request.url.path
    here = max((href for _, href in ko.TABS if path == href or path.startswith(f"{href}/")), key=len)
    here = next((href for start, href in _UNDER.items() if path.startswith(start)), here)
    tabs = [NavItem(label, href, href == here) for label, href in ko.TABS]
    page = render(f"audit/{template}", frame=page_frame(visit, title, flash=flash), words=ko, tabs=tabs, **context)
    return HTMLResponse(page, status)


def folders_of(visit: Visit) -> Folders:
    """Where the artefacts of rounds lie."""
    places = visit.service.places
    return Folders(
        models=places.models,
        core=places.core,
        recorded=places.recorded,
        matrices=places.matrices,
        scores=places.scores,
        lists=places.lists,
    )


def chosen_round(visit: Visit, label: str) -> tuple[CurrentRound | None, tuple[CurrentRound, ...]]:
    """The round asked for or else the newest, and all there are."""
    rounds = current_rounds(visit.connection)
    return next((one for one in rounds if one.round == label), rounds[0] if rounds else None), rounds
