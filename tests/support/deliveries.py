"""A tiny valid delivery, five households written out, with whatever a test wants to be different."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.core import Core
from sources.ingest import ingest
from sources.tables import TABLES

KEY = bytes(range(32))
# Two dongs of Goyang, and one of Chuncheon under the code it lost on 2023-06-11.
HAENGSIN, JUGYO, CHUNCHEON_OLD = "4128164000", "4128151000", "4211025000"


def household(household_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "dong_code": JUGYO,
        "tenure": "own",
        "dwelling": "apartment",
        "moved_in_on": "2019-03-02",
        "is_address_mismatch": "false",
        "has_phone": "true",
    } | changes


def member(household_id: str, person_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "person_id": person_id,
        "birth_month": "1958-04",
        "sex": "female",
        "relation": "head",
        "disability": "none",
        "pregnancy_due_month": None,
        "is_foreign": "false",
    } | changes


def indicator(household_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "indicator_code": "nhis_premium_arrears",
        "observed_month": "2026-08",
        "known_at": "2026-10-15",
        "months_overdue": 5,
        "amount_krw": 312_000,
    } | changes


def benefit(household_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "program_code": "basic_pension",
        "from_month": "2023-04",
        "to_month": None,
    } | changes


def outcome(household_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "round": "2026-W40",
        "slot": "top",
        "propensity": 1.0,
        "contacted_at": "2026-10-01",
        "outcome_code": "emergency_aid",
        "recorded_at": "2026-10-02",
    } | changes


def request(household_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "kind": "exclusion",
        "made_by": "self",
        "made_on": "2026-09-01",
        "ends_on": "2027-09-01",
    } | changes


def person(household_id: str, **changes: Any) -> dict[str, Any]:
    return {"household_id": household_id, "name": "김나래", "address": "행복로 1", "phone": "010-0000-0001"} | changes


def five_households() -> dict[str, list[dict[str, Any]]]:
    """The rows of every table of a valid delivery."""
    return {
        "households": [
            household("H1"),
            household("H2", moved_in_on="2026-01-20"),
            household("H3", dong_code=HAENGSIN, tenure=None),
            household("H4", dong_code=CHUNCHEON_OLD),
            household("H5", has_phone="false"),
        ],
        "members": [member(f"H{n}", f"P{n}") for n in range(1, 6)] + [member("H2", "P6", relation="spouse")],
        "indicators": [
            indicator("H1"),
            indicator("H1", observed_month="2026-09"),
            indicator("H4", months_overdue=None),
        ],
        "benefits": [benefit("H3")],
        "outcomes": [outcome("H5"), outcome("H1", outcome_code=None, contacted_at=None, recorded_at=None)],
        "requests": [request("H2")],
        "people": [person("H1"), person("H5", phone=None)],
    }


@dataclass
class DeliveryFolder:
    """A delivery under way: ``rows`` may be changed before `write`, files and manifest after it."""

    folder: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=five_households)
    as_of: str = "2026-11-16"
    file_type: str = "csv"
    encoding: str = "utf-8"

    def write(self) -> Path:
        """The folder with its files and a manifest that fits them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.rows.items():
            self.write_table(table, rows)
        return self.list_files()

    def write_table(self, table: str, rows: Sequence[Mapping[str, Any]]) -> Path:
        path = self.folder / f"{table}.{self.file_type}"
        columns = TABLES[table].column_names
        if self.file_type == "csv":
            write_csv(path, columns, rows, self.encoding)
        else:
            write_parquet(path, columns, rows)
        return path

    def list_files(self, **changes: Any) -> Path:
        """Writes the manifest of the files that are there; ``changes`` replace its entries."""
        files = [
            listed(path, path.stem, len(self.rows.get(path.stem, [])))
            for path in sorted(self.folder.iterdir())
            if path.name != "manifest.json"
        ]
        manifest = {"sagak_delivery": 1, "as_of": self.as_of, "adapter": "standard", "files": files} | changes
        (self.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return self.folder


def listed(path: Path, table: str, rows: int) -> dict[str, Any]:
    """A file's entry in the manifest."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "0" * 64
    return {"name": path.name, "table": table, "rows": rows, "sha256": digest}


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8") -> None:
    lines = [",".join(columns)]
    lines += [",".join("" if row[name] is None else str(row[name]) for name in columns) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))


def write_parquet(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    pq.write_table(
        pa.table({name: [row[name] for row in rows] for name in columns}),
        path,
        compression="none",
        write_page_checksum=True,
    )


def take_in(folder: Path, root: Path) -> Core:
    """The core of a delivery, taken in under ``root``."""
    return ingest(folder, core_root=root / "core", vault_root=root / "vault", key=KEY)


def every_file(root: Path) -> dict[str, bytes]:
    """The bytes of all files below a folder, locks left out."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
