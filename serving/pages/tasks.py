"""What the caller has to do: the own households by what comes next, and how many have no worker yet."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from domain.calendar import SEOUL
from domain.casework import HandoverStep
from domain.people import Role
from serving import wording_casework_ko as ko
from serving.access import Visit, may
from serving.pages.framing import page_frame
from serving.pages.places import flash_of, stale
from serving.rendering import render, url
from serving.showing.tasks_view import task_groups
from store.figures_of_dongs import unassigned
from store.figures_of_hubs import cases_with_hub
from store.lists import cases_of_worker, current_rounds, entries_of_worker, requests_of_worker

router = APIRouter(include_in_schema=False)


@router.get("/tasks")
def show_tasks(visit: Annotated[Visit, may(Role.DONG)], request: Request) -> Response:
    """The caller's open households: late, due today, not contacted yet, later; and requests to answer."""
    entries = entries_of_worker(visit.connection, visit.scope, visit.caller.user_id)
    today = visit.now.astimezone(SEOUL).date()
    held = cases_of_worker(visit.connection, visit.scope, visit.caller.user_id)
    asked = requests_of_worker(visit.connection, visit.scope, visit.caller.user_id)
    taken = {one.ref for one in cases_with_hub(visit.connection, visit.scope) if one.step is HandoverStep.TAKEN}
    groups = task_groups(held, entries, asked, taken, today)
    rounds = current_rounds(visit.connection)[:1]
    waiting = unassigned(visit.connection, visit.scope, rounds[0].round) if rounds else {}
    visit.look("view_tasks", *dict.fromkeys([*(case.ref for case in held), *(one.ref for one in asked)]))
    page = render(
        "dong/tasks.html.j2",
        frame=page_frame(visit, ko.TASKS_TITLE, flash=flash_of(dict(request.query_params))),
        groups=groups,
        number=len(held),
        counts={group.word: len(group.tasks) for group in groups},
        words=ko,
        today=today,
        waiting=sum(waiting.values()),
        waiting_href=url("/list", {"worker": "none"}),
        stale=stale(rounds[0], today) if rounds else "",
    )
    return HTMLResponse(page)
