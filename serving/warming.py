"""What the first visitor after a start would wait for: loaded and computed beside the requests at the start."""

from datetime import timedelta
from threading import Thread

import structlog

from domain.calendar import SEOUL
from domain.errors import SagakError
from domain.working_days import working_days_later
from features.catalogues import catalogue_of_bundle
from outreach.promotion import in_use
from outreach.promotion_record import read_record
from scoring.bundle import load_bundle
from serving.newest_drift import newest_drift
from serving.proofs import breaks_found
from serving.service import Service

_log = structlog.get_logger()
_AHEAD = timedelta(days=365)  # dates of tasks lie in this year and the next


def begin_warming(service: Service) -> Thread:
    """Begins, and gives the thread; it ends by itself, and a process does not wait for it."""
    thread = Thread(target=warm, args=(service,), name="warming", daemon=True)
    thread.start()
    return thread


def warm(service: Service) -> None:
    """Holidays, the models in use with the proof of their directions, and drift; what is not there is left out."""
    today = service.now().astimezone(SEOUL).date()
    for day in (today, today + _AHEAD):
        working_days_later(day, 1)
    try:
        for act in in_use(read_record(service.places.models)):
            catalogue = catalogue_of_bundle(act.bundle)
            breaks_found(load_bundle(service.places.models / act.bundle, catalogue), catalogue, seconds=0)
        newest_drift(service, seconds=0)
    except SagakError as error:
        _log.info("not warmed", kind=type(error).__name__)
