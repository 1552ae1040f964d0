"""Writes the files of a core: the same rows give the same bytes, and every page carries a checksum."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from sources.cells import COLUMN, LINE_BITS, REASON, ROW, arrow_schema
from sources.manifest import ListedFile
from sources.parquet import write_parquet
from sources.pseudonyms import key_fingerprint
from sources.quality import REASONS
from sources.reference import reference_path
from sources.report import DeliveryReport
from sources.spill import DistrictSpill
from sources.tables import TABLES, VAULT_TABLES, Table

CORE_FILE = "core.json"
FILE = "_file"  # the number of a row's file in the manifest
_REGISTERS = ("indicators.csv", "dong.csv", "dong_moves.csv")
_TEXT = pa.string()
_QUARANTINE = pa.schema([("table", _TEXT), ("file", _TEXT), ("line", pa.int64()), ("reason", _TEXT), ("column", _TEXT)])


def _registry_digest() -> str:
    """The sha256 over the registers that rows were checked against."""
    digest = hashlib.sha256()
    for name in _REGISTERS:
        digest.update(reference_path(name).read_bytes())
    return digest.hexdigest()


def write_table(table: Table, settled: DistrictSpill, folder: Path, *, without: np.ndarray) -> None:
    """Writes one file a district under ``folder``, leaving out the rows numbered in ``without``."""
    if not settled.districts:
        return
    is_private = table.name in VAULT_TABLES
    target = folder / table.name
    target.mkdir(mode=0o700 if is_private else 0o777)
    schema = arrow_schema(table)
    for district, rows in settled.tables():
        if len(without):
            rows = rows.filter(pa.array(~np.isin(rows[ROW].to_numpy(), without)))
        path = target / f"{district}.parquet"
        write_parquet(rows.select(schema.names).cast(schema), path)
        if is_private:
            path.chmod(0o600)


def write_quarantine(rows: pl.DataFrame, files: Sequence[ListedFile], path: Path) -> None:
    """Writes what was set aside as people read it: table, file, line (data rows from 1), reason code, column."""
    numbered = list(enumerate(files))
    columns = pl.DataFrame(
        [
            (number, place, name)
            for number, file in numbered
            for place, name in enumerate(TABLES[file.table].column_names)
        ],
        schema={FILE: pl.Int32, COLUMN: pl.UInt8, "column": pl.String},
        orient="row",
    )
    reasons = dict(enumerate((reason.value for reason in REASONS), start=1))
    frame = rows.join(columns, on=[FILE, COLUMN], how="left", maintain_order="left").with_columns(
        pl.col(FILE)
        .replace_strict({number: file.table for number, file in numbered}, return_dtype=pl.String)
        .alias("table"),
        pl.col(FILE)
        .replace_strict({number: file.name for number, file in numbered}, return_dtype=pl.String)
        .alias("file"),
        (pl.col(ROW) % (1 << LINE_BITS)).alias("line"),
        pl.col(REASON).replace_strict(reasons, return_dtype=pl.String).alias("reason"),
    )
    table = frame.select(_QUARANTINE.names).to_arrow(compat_level=pl.CompatLevel.oldest())
    write_parquet(table.cast(_QUARANTINE), path)


def write_about(report: DeliveryReport, districts: Sequence[str], path: Path, *, key: bytes) -> None:
    """Writes ``core.json``: the report, and what tells two cores apart."""
    about = report.as_json() | {
        "districts": list(districts),
        "rows": {name: table.accepted for name, table in report.tables.items()},
        "registry_digest": _registry_digest(),
        "key_fingerprint": key_fingerprint(key),
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
