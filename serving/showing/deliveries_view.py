"""Deliveries as analysts read of them: rows of each table, and what was set aside, where and why. Never a value."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from domain.korean import korean_date, korean_number
from scoring.wording_ko import TABLES
from serving import wording_analysis_ko as ko
from serving import wording_ko
from sources.quality import Reason, reason_texts
from sources.report import DeliveryReport, TableReport


@dataclass(frozen=True)
class TableRow:
    """One table of a delivery, in rows."""

    name: str
    rows: str
    accepted: str
    quarantined: str
    is_clean: bool


@dataclass(frozen=True)
class QuarantineRow:
    """Why rows of a table were set aside, in which column, how many, and what to do."""

    table: str
    column: str
    reason: str
    rows: str
    hint: str


@dataclass(frozen=True)
class Delivery:
    """One delivery that was taken in."""

    as_of: str
    kind: str
    digest: str
    districts: int
    tables: tuple[TableRow, ...]
    quarantine: tuple[QuarantineRow, ...]
    total: str
    set_aside: str


def deliveries(cores: Path, *, most: int) -> tuple[Delivery, ...]:
    """The newest deliveries under ``cores``, newest first."""
    folders = sorted((path.parent for path in cores.glob("[0-9]*/core.json")), reverse=True)
    return tuple(_delivery(folder) for folder in folders[:most])


def _delivery(folder: Path) -> Delivery:
    about = json.loads((folder / "core.json").read_text(encoding="utf-8"))
    tables = {name: TableReport(**table) for name, table in about.get("tables", {}).items()}
    quarantined = sum(table.quarantined for table in tables.values())
    as_of = DeliveryReport.from_json({**about, "files": (), "tables": {}}).as_of
    return Delivery(
        korean_date(as_of),
        ko.ADAPTERS.get(about["adapter"], ko.REAL_DATA),
        str(about["delivery_digest"])[:12],
        len(about["districts"]),
        tuple(_table_row(name, tables[name]) for name in sorted(tables, key=_place)),
        tuple(_set_aside(folder, tables)),
        korean_number(sum(table.rows for table in tables.values())),
        korean_number(quarantined),
    )


def _place(table: str) -> int:
    """Tables in the order in which their words are listed; one that has no word comes last."""
    return list(TABLES).index(table) if table in TABLES else len(TABLES)


def _table_row(name: str, table: TableReport) -> TableRow:
    rows, accepted, set_aside = map(korean_number, (table.rows, table.accepted, table.quarantined))
    return TableRow(TABLES.get(name, name), rows, accepted, set_aside, not table.quarantined)


def _set_aside(folder: Path, tables: dict[str, TableReport]) -> Iterator[QuarantineRow]:
    """By table, reason and column where the delivery kept its lines, else by table and reason."""
    path = folder / "quarantine.parquet"
    if not path.exists():
        for name, table in sorted(tables.items(), key=lambda item: _place(item[0])):
            yield from (_quarantine_row(name, reason, None, rows) for reason, rows in table.reasons.items())
        return
    counted = pl.scan_parquet(path, glob=False).group_by("table", "reason", "column").len().collect()
    found = counted.sort("len", "reason", descending=[True, False]).rows()
    for name, reason, column, rows in sorted(found, key=lambda row: _place(row[0])):
        yield _quarantine_row(name, reason, column, rows)


def _quarantine_row(table: str, reason: str, column: str | None, rows: int) -> QuarantineRow:
    known = reason_texts().get(Reason(reason)) if reason in set(Reason) else None
    return QuarantineRow(
        TABLES.get(table, table),
        wording_ko.COLUMNS.get(f"{table}.{column}", column) if column else ko.EVERY_COLUMN,
        known.message_ko if known else ko.SURVEY_REASON,
        korean_number(rows),
        known.hint_ko if known else "",
    )
