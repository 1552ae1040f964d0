"""For whoever runs the service: is it alive, can it answer, what are its figures, and the description of its API."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from domain.errors import SagakError
from domain.people import NOBODY, Role
from features.catalogue import STANDARD
from outreach.promotion import newest_approval
from outreach.promotion_record import read_record
from serving.access import Visit, anyone, may
from serving.api.description import described
from serving.figures import Figures
from serving.service import Service
from store.lists import current_rounds
from store.schema import check_schema

router = APIRouter()
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz", dependencies=[anyone])
async def show_alive() -> dict[str, str]:
    """Whether the process answers at all; it asks nobody else."""
    return {"status": "alive"}


@router.get("/readyz", dependencies=[anyone])
def show_ready(request: Request) -> Response:
    """Whether people can work: schema, a published round, a trail that is sealed, a model in use; says what is missing.

    A trail whose seals or checkpoints cannot be written would only show later that lines are gone.

    The scores of a list were made when it was published, so that without a model only single scores are missing.
    """
    service: Service = request.app.state.service
    checks = {
        "schema": _holds(lambda: check_schema(service.database)),
        "round": _holds(lambda: _check_round(service)),
        "trail": not service.trail_failure(),
        "model": _holds(lambda: _check_model(service)),
    }
    is_ready = checks["schema"] and checks["round"] and checks["trail"]
    return JSONResponse({"is_ready": is_ready, **checks}, 200 if is_ready else 503)


@router.get("/metrics", include_in_schema=False)
def show_figures(visit: Annotated[Visit, may(Role.AUDITOR)]) -> Response:
    """Figures for Prometheus, to a machine with an auditor's token.

    The address a request comes from would not do as a key: behind a proxy on the same machine, all come from there.
    """
    figures: Figures = visit.request.app.state.figures
    figures.trail_failing.set(bool(visit.service.trail_failure()))
    return Response(figures.text(), media_type=_TEXT)


@router.get("/api/v1/openapi.json", include_in_schema=False, dependencies=[anyone])
async def show_description(request: Request) -> Response:
    """What the API takes and gives; it tells nothing that the source does not."""
    return JSONResponse(described(request.app))


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except SagakError:
        return False
    return True


def _check_round(service: Service) -> None:
    with service.database.reading(NOBODY) as connection:
        if not current_rounds(connection):
            raise SagakError("No round is published.")


def _check_model(service: Service) -> None:
    if newest_approval(read_record(service.places.models), STANDARD) is None:
        raise SagakError("No model is in use.")
