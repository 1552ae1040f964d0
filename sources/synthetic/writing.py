"""Writes a delivery: one file a table and district, and the manifest that names them, last."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

import polars as pl

from domain.errors import UsageError
from sources.parquet import write_parquet

# Tells everywhere downstream that nobody in it exists.
ADAPTER = "synthetic"


class FileFormat(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"


class Encoding(StrEnum):
    """How CSV files are encoded; ``bom`` is UTF-8 with a byte order mark, as spreadsheets write it."""

    UTF8 = "utf-8"
    CP949 = "cp949"
    BOM = "bom"


def _write_csv(table: pl.DataFrame, path: Path, encoding: Encoding) -> None:
    codec = "utf-8-sig" if encoding is Encoding.BOM else encoding.value
    path.write_bytes(table.write_csv().encode(codec))


@dataclass
class DeliveryWriter:
    """Collects what was written; without a manifest a folder is no delivery, so it is written last."""

    folder: Path
    as_of: date
    file_format: FileFormat = FileFormat.PARQUET
    encoding: Encoding = Encoding.UTF8
    files: list[dict[str, str | int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.folder.exists() and any(self.folder.iterdir()):
            raise UsageError(f"{self.folder} is not empty.", hint="A delivery goes into a folder of its own.")
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, table: str, district: str, rows: pl.DataFrame) -> None:
        """One file of one table; its name tells table and district."""
        path = self.folder / f"{table}-{district}.{self.file_format}"
        if self.file_format is FileFormat.PARQUET:
            write_parquet(rows, path)
        else:
            _write_csv(rows, path, self.encoding)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files.append({"name": path.name, "table": table, "rows": len(rows), "sha256": digest})

    def rows(self) -> dict[str, int]:
        """Rows written per table."""
        totals: dict[str, int] = {}
        for file in self.files:
            totals[str(file["table"])] = totals.get(str(file["table"]), 0) + int(file["rows"])
        return totals

    def finish(self) -> Path:
        """Writes the manifest and gives its path."""
        about = {"sagak_delivery": 1, "as_of": self.as_of.isoformat(), "adapter": ADAPTER, "files": self.files}
        path = self.folder / "manifest.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        partial.rename(path)
        return path
