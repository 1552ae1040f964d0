"""The family of pages that dong staff work in all week."""

from fastapi import APIRouter

from serving.pages import area, contact, downloads, household, lists, tasks, weeks

router = APIRouter(include_in_schema=False)
for part in (lists.router, household.router, contact.router, downloads.router, tasks.router, weeks.router, area.router):
    router.include_router(part)
