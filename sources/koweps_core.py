"""Takes the survey in: one household table a region, under a pseudonym, as core tables of one date."""

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl

from domain.dong import Dong
from domain.storage import replaced_folder, sole_writer, write_whole
from sources.core import Core
from sources.koweps import REGIONS, read_households
from sources.parquet import write_parquet
from sources.pseudonyms import Subject, pseudonyms

ADAPTER = "koweps"
# A Monday after the interviews of spring 2017; the survey has one date.
AS_OF = date(2017, 6, 5)


def region_areas() -> dict[str, Dong]:
    """The seven regions, which stand where dongs stand elsewhere, by a code of their own."""
    return {
        f"region-{number}": Dong(f"region-{number}", region, "", region)
        for number, region in enumerate(REGIONS, start=1)
    }


def ingest_survey(path: Path, *, core_root: Path, key: bytes) -> Core:
    """The core of a survey file, whole or not at all; raises `DeliveryRefused` or `StorageFailed`.

    ``survey_order`` keeps the order of the survey's own keys, on which the folds of its benchmark depend.
    """
    frame = read_households(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    ids = pseudonyms(frame["household_id"].to_list(), key, Subject.HOUSEHOLD)
    area = pl.format("region-{}", pl.col("region7").cast(pl.Int64))
    frame = (
        frame.drop("panel_family_id")
        .with_row_index("survey_order")
        .with_columns(household_id=pl.Series(ids), dong_code=area)
    )
    folder = core_root / AS_OF.isoformat()
    alone = sole_writer(core_root, "Another delivery is being taken in.")
    with alone, replaced_folder(folder, "The core tables") as staging:
        (staging / "households").mkdir()
        for code in region_areas():
            rows = frame.filter(pl.col("dong_code") == code).sort("household_id")
            write_parquet(rows, staging / "households" / f"{code}.parquet")
        about = {
            "as_of": AS_OF.isoformat(),
            "adapter": ADAPTER,
            "delivery_digest": digest,
            "districts": list(region_areas()),
            "rows": {"households": frame.height},
        }
        write_whole(staging / "core.json", (json.dumps(about, indent=2) + "\n").encode())
    return Core.open(folder)
