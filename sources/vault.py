"""The vault: names, addresses and phones by pseudonym, apart from core and readable by its owner only."""

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from domain.published import Person


def names_of(vault: Path, district: str, households: Sequence[str]) -> dict[str, str]:
    """Heads' names by household, for those that were delivered; callers mask them before they show them."""
    path = vault / "people" / f"{district}.parquet"
    if not path.exists():
        return {}
    found = pl.scan_parquet(path, glob=False).filter(pl.col("household_id").is_in(list(households))).collect()
    return dict(zip(found["household_id"], found["name"], strict=True))


def people_of(vault: Path, district: str, households: Sequence[str]) -> dict[str, Person]:
    """Name, address and phone by household, for those that were delivered; of a phone number only the digits."""
    path = vault / "people" / f"{district}.parquet"
    if not path.exists():
        return {}
    found = pl.scan_parquet(path, glob=False).filter(pl.col("household_id").is_in(list(households))).collect()
    return {
        row["household_id"]: Person(row["name"], row["address"], re.sub(r"[^0-9]", "", row["phone"] or ""))
        for row in found.rows(named=True)
    }
