"""What was recorded in the service comes back as files beside the core, from which the next round learns of it."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from domain.calendar import Round, day_number
from domain.people import ALL
from domain.storage import replaced_folder
from sources.core import core_schema
from sources.parquet import write_parquet
from sources.tables import OUTCOMES, REQUESTS
from store.database import Database
from store.recorded import recorded_exclusions, recorded_listings

_HISTORY = timedelta(days=730)  # as far back as features look at listings


def write_recorded(database: Database, folder: Path, week: Round) -> None:
    """Writes what the service knew before the round: the same round again gives the same bytes.

    Only a wish not to be listed is taken up until now, and then changes them.
    """
    with database.reading(ALL) as connection:
        listings = recorded_listings(connection, since=week.as_of - _HISTORY, before=week.as_of)
        exclusions = recorded_exclusions(connection, on=week.as_of)
    outcomes = [
        {
            "household_id": one.household_id,
            "round": day_number(one.round),
            "slot": one.slot,
            "propensity": one.propensity,
            "contacted_at": one.contacted_on and day_number(one.contacted_on),
            "outcome_code": one.outcome,
            "recorded_at": one.recorded_on and day_number(one.recorded_on),
        }
        for one in listings
    ]
    requests = [
        {
            "household_id": asked["household_id"],
            "kind": "exclusion",
            "made_by": "self",
            "made_on": day_number(asked["made_on"]),
            "ends_on": asked["ends_on"] and day_number(asked["ends_on"]),
        }
        for asked in exclusions
    ]
    with replaced_folder(folder, "What was recorded since the delivery") as staging:
        for table, rows in ((OUTCOMES, outcomes), (REQUESTS, requests)):
            frame = pl.DataFrame(rows, schema=core_schema(table), orient="row")
            write_parquet(frame.unique(table.key, keep="last", maintain_order=True), staging / f"{table.name}.parquet")
