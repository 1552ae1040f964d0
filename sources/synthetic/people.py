"""Made-up names, addresses and phone numbers that nobody could take for real ones."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from domain.dong import Dong
from sources.reference import reference_path
from sources.synthetic.population import Flags, Ints

# No subscriber has 0000 as the middle of the number; a caller who tries one reaches nobody.
_PHONE_START = "010-0000-"


@dataclass(frozen=True)
class _Names:
    names: tuple[str, ...]
    weights: tuple[float, ...]

    def draw(self, count: int, rng: np.random.Generator) -> pl.Series:
        chance = np.array(self.weights) / sum(self.weights)
        return pl.Series(self.names).gather(rng.choice(len(self.names), count, p=chance))


@cache
def _names(kind: str) -> _Names:
    with reference_path("synthetic_names.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    return _Names(tuple(row["name"] for row in rows), tuple(float(row["weight"]) for row in rows))


def draw_people(
    household_ids: pl.Series, dong: Ints, dongs: Sequence[Dong], has_phone: Flags, rng: np.random.Generator
) -> pl.DataFrame:
    """The people table of one district: its heads' names, addresses and phones."""
    count = len(household_ids)
    areas = pl.Series([one.full_name for one in dongs]).gather(dong)
    columns = pl.DataFrame(
        {
            "household_id": household_ids,
            "name": _names("surname").draw(count, rng) + _names("given").draw(count, rng),
            "area": areas,
            "road": _names("road").draw(count, rng),
            "number": rng.integers(1, 300, count),
            "last_digits": rng.integers(0, 10_000, count),
            "has_phone": has_phone,
        }
    )
    return columns.select(
        "household_id",
        "name",
        pl.format("{} {} {}", "area", "road", "number").alias("address"),
        pl.when("has_phone").then(_PHONE_START + pl.col("last_digits").cast(pl.String).str.zfill(4)).alias("phone"),
    )
