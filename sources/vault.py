"""The vault: names, addresses and phones by pseudonym, apart from core and readable by its owner only."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from domain.published import Person
from sources.core import core_schema
from sources.tables import PEOPLE


def names_of(vault: Path, district: str, households: Sequence[str]) -> dict[str, str]:
    """Heads' names by household, for those that were delivered; callers mask them before they show them."""
    path = vault / "people" / f"{district}.parquet"
    if not path.exists():
        return {}
    found = pl.scan_parquet(path, glob=False).filter(pl.col("household_id").is_in(list(households))).collect()
    return dict(zip(found["household_id"], found["name"], strict=True))


def scan_people(vault: Path, district: str) -> pl.LazyFrame:
    """``household_id``, ``name``, ``address``, ``phone`` (digits only, empty for none) of a district's households."""
    path = vault / "people" / f"{district}.parquet"
    if not path.exists():
        return pl.LazyFrame(schema=core_schema(PEOPLE))
    digits = pl.col("phone").fill_null("").str.replace_all(r"[^0-9]", "")
    return pl.scan_parquet(path, glob=False).with_columns(phone=digits)


def people_of(vault: Path, district: str, households: Sequence[str]) -> dict[str, Person]:
    """Name, address and phone by household, for those that were delivered."""
    found = scan_people(vault, district).filter(pl.col("household_id").is_in(list(households))).collect()
    return {row[0]: Person(*row[1:]) for row in found.select(PEOPLE.column_names).iter_rows()}
