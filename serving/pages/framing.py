"""The frame around every page: who is signed in, the menu of their roles, what the last action came to."""

from dataclasses import replace
from datetime import datetime

from fastapi import Request

from domain.people import Role
from serving import wording_people_ko as ko
from serving.access import Visit
from serving.identity import Session, time_left
from serving.rendering import Flash, Frame, NavItem, Person, url
from serving.service import Rules
from sources.reference import snapshot_dongs

CONTRAST = "contrast"  # the cookie that keeps how a browser shows pages; it says nothing of who looks
_HIGH = "high"


def page_frame(visit: Visit, title: str, *, flash: Flash | None = None) -> Frame:
    """The frame of a page for whoever visits it. ``flash``: what the last action came to."""
    return own_frame(visit.request, visit.session, title, now=visit.now, flash=flash)


def own_frame(request: Request, session: Session, title: str, *, now: datetime, flash: Flash | None = None) -> Frame:
    """The frame of a page for whom a session belongs to, whether or not they may see what they asked for."""
    rules, caller = request.app.state.service.rules, session.caller
    roles = [role for role in Role if role in caller.roles]
    label = " · ".join(ko.ROLES[role] for role in roles) or ko.NO_ROLE
    place = place_of(tuple(grant.area for grant in caller.grants))
    return replace(
        bare_frame(request, title),
        person=Person(str(caller.user_id), caller.name, label, place),
        nav=_menu(roles, request.url.path),
        csrf=session.csrf,
        idle_seconds=int(time_left(session, now, rules).total_seconds()),
        flash=flash or done(request),
    )


def bare_frame(request: Request, title: str) -> Frame:
    """The frame of a page for nobody in particular: signing in, and errors before it."""
    rules: Rules = request.app.state.service.rules
    return Frame(
        title=title,
        contact=rules.contact,
        overseer=rules.overseer,
        is_high_contrast=request.cookies.get(CONTRAST) == _HIGH,
        here=here(request),
    )


def here(request: Request) -> str:
    """The page's own address, without what the last action came to; "/" where it cannot be opened by a link."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    return url(request.url.path, {name: value for name, value in request.query_params.items() if name != "done"})


def done(request: Request) -> Flash | None:
    """What a redirect after signing in or changing the password says, by a word of a closed list."""
    sentence = ko.DONE.get(request.query_params.get("done", ""))
    return Flash(sentence, "info") if sentence else None


def place_of(areas: tuple[str, ...]) -> str:
    """The office, in words: its dong or district, and how many more there are."""
    first, *more = sorted(set(areas)) or [""]
    return ko.MORE_PLACES.format(place=_area_name(first), more=len(more)) if more else _area_name(first)


def _area_name(area: str) -> str:
    if area in ("", "*"):
        return ko.EVERYWHERE if area else ""
    dong = snapshot_dongs().get(area)
    if dong is not None:
        return " ".join(part for part in (dong.sigungu, dong.name) if part)
    return next((d.sigungu or d.sido for d in snapshot_dongs().values() if d.code.startswith(area)), area)


def _menu(roles: list[Role], path: str) -> tuple[NavItem, ...]:
    items = [item for role in roles for item in ko.MENUS[role]]
    return tuple(NavItem(label, href, path == href or path.startswith(f"{href}/")) for label, href in items)
