"""The core of one delivery on disk: checked, pseudonymous, sorted by household, one Parquet file a table and district.

data/core/2026-11-16/core.json                  as-of date, delivery digest, rows per table, districts
data/core/2026-11-16/indicators/41281.parquet   every row of a household lies in its district's file
data/core/2026-11-16/quarantine.parquet         table, line, reason code, column; never a value
data/vault/2026-11-16/people/41281.parquet      names, addresses, phones (mode 0600); not part of core

What was recorded in the service since comes beside it, one file a table for each round: the circle closes in the data.

data/recorded/2026-W48/outcomes.parquet         listings of earlier rounds, who was reached, what came of it
data/recorded/2026-W48/requests.parquet         who asked not to be listed
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from domain.dong import district_of
from domain.errors import NotFound
from sources.tables import TABLES, VAULT_TABLES, Kind, Table

_CORE_TYPES: dict[Kind, type[pl.DataType]] = {
    Kind.HOUSEHOLD: pl.String,
    Kind.PERSON: pl.String,
    Kind.DONG: pl.String,
    Kind.INDICATOR: pl.Int16,
    Kind.CHOICE: pl.String,
    Kind.MONTH: pl.Int32,
    Kind.DATE: pl.Int32,
    Kind.ROUND: pl.Int32,
    Kind.COUNT: pl.Int32,
    Kind.KRW: pl.Int64,
    Kind.SHARE: pl.Float64,
    Kind.FLAG: pl.Boolean,
    Kind.TEXT: pl.String,
}


# A recorded row that says nothing besides its key; another agency may have recorded what we have not.
_SAYS = {"outcomes": pl.col("contacted_at").is_not_null() | pl.col("outcome_code").is_not_null()}


def core_column(name: str) -> str:
    """The name a delivery's column has in core."""
    return "indicator_no" if name == "indicator_code" else name


def core_schema(table: Table) -> dict[str, type[pl.DataType]]:
    """Column name to Polars type of a core (or vault) table, in the order of the declaration."""
    return {core_column(column.name): _CORE_TYPES[column.kind] for column in table.columns}


@dataclass(frozen=True)
class Core:
    """One delivery's core tables under ``folder``."""

    folder: Path
    as_of: date
    adapter: str
    delivery_digest: str
    districts: tuple[str, ...]
    rows: dict[str, int]
    recorded: Path | None = None

    @classmethod
    def open(cls, folder: Path) -> "Core":
        """Reads ``core.json``; raises `NotFound` where there is none."""
        try:
            about: dict[str, Any] = json.loads((folder / "core.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFound(f"{folder} holds no core tables.", hint="Take a delivery in first: sagak ingest.") from error
        return cls(
            folder,
            date.fromisoformat(about["as_of"]),
            about["adapter"],
            about["delivery_digest"],
            tuple(about["districts"]),
            about["rows"],
        )

    def with_recorded(self, folder: Path) -> "Core":
        """The same core with what was recorded since, where ``folder`` is there: of a key both know, that counts.

        A listing on which nothing was recorded says nothing against what a delivery knows of it.
        """
        return replace(self, recorded=folder) if folder.exists() else self

    @property
    def recorded_digest(self) -> str:
        """Names what was recorded by its content; empty where nothing comes beside the delivery."""
        files = sorted(self.recorded.glob("*.parquet")) if self.recorded else []
        return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest() if files else ""

    def district_of(self, dong_code: str) -> str:
        """The name of the files in which a dong's households lie: its district's, or its own where it is an area."""
        return dong_code if dong_code in self.districts else district_of(dong_code)

    def scan(self, table: str, districts: Sequence[str] | None = None) -> pl.LazyFrame:
        """A lazy frame of one core table, of all districts or of those named; empty where there is no row.

        Rows are sorted by household within each district.
        """
        delivered = self._delivered(table, districts)
        path = self.recorded / f"{table}.parquet" if self.recorded else None
        if path is None or not path.exists():
            return delivered
        key = [core_column(name) for name in TABLES[table].key]
        here = self._delivered("households", districts).select("household_id")
        since = pl.scan_parquet(path, glob=False).join(here, on="household_id", how="semi")
        says = _SAYS.get(table, pl.lit(value=True))
        told, silent = since.filter(says), since.filter(~says).join(delivered, on=key, how="anti")
        return pl.concat([delivered.join(told, on=key, how="anti"), told, silent]).sort(key)

    def _delivered(self, table: str, districts: Sequence[str] | None) -> pl.LazyFrame:
        if table in VAULT_TABLES:
            raise ValueError(f"{table} is not part of core")
        paths = [self.folder / table / f"{district}.parquet" for district in districts or self.districts]
        present = [path for path in paths if path.exists()]
        if not present:
            return pl.LazyFrame(schema=core_schema(TABLES[table]))
        return pl.scan_parquet(present, glob=False)


def find_core(core_root: Path, as_of: date) -> Core:
    """The core that knows most about ``as_of``: the newest taken on or before it, else the oldest after it.

    A later delivery serves an earlier date because rows carry the day they became known; columns without such a day
    (tenure, disability) are then those of the delivery, which `Core.as_of` lets the caller say.
    """
    dates = sorted(date.fromisoformat(path.parent.name) for path in core_root.glob("[0-9]*/core.json"))
    if not dates:
        raise NotFound("There are no core tables yet.", hint="Take a delivery in first: sagak ingest DELIVERY.")
    before = [day for day in dates if day <= as_of]
    return Core.open(core_root / (before[-1] if before else dates[0]).isoformat())
