"""Takes one verified delivery in: reads, settles and writes its rows, in the reading process (`sources.isolation`).

Three passes keep memory bounded whatever the size: files are read batch by batch into buckets of households; each
bucket is settled by itself; the settled rows are gathered by district.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from sources.cells import COLUMN, LINE_BITS, REASON, ROW, CellReader
from sources.core_files import CORE_FILE, FILE, write_about, write_quarantine, write_table
from sources.manifest import Manifest
from sources.persons import PersonLedger
from sources.quality import GOOD, REASONS, Reason, reason_number
from sources.reading import read_batches
from sources.report import DeliveryReport, FileReport, TableReport
from sources.settling import DISTRICT, HOUSEHOLD, settle_households, settle_rows
from sources.spill import BucketWriter, DistrictSpill, bucket_count, take_bucket
from sources.tables import HOUSEHOLDS, MEMBERS, TABLES, VAULT_TABLES

_FAULTY_HOUSEHOLDS = "households_faulty"
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Places:
    """Where a delivery is written: ``spill`` is scratch; no ``core`` and ``vault`` for a mere check."""

    spill: Path
    core: Path | None = None
    vault: Path | None = None


@dataclass
class _Work:
    """What one run has found so far."""

    manifest: Manifest
    places: Places
    key: bytes
    progress: Progress
    buckets: int
    encodings: dict[int, str] = field(default_factory=dict)
    accepted: Counter[int] = field(default_factory=Counter)  # rows by file number
    quarantine: list[pl.DataFrame] = field(default_factory=list)
    settled: dict[str, DistrictSpill] = field(default_factory=dict)

    def set_aside(self, faults: pl.DataFrame) -> None:
        if faults.height:
            self.quarantine.append(faults.select(pl.col(ROW).cast(pl.Int64), REASON, COLUMN))

    def accept(self, rows: pl.Series) -> None:
        for file_number, count in (rows // (1 << LINE_BITS)).value_counts().iter_rows():
            self.accepted[file_number] += count


def take_in(manifest: Manifest, places: Places, key: bytes, *, progress: Progress) -> DeliveryReport:
    """Reads the delivery and, where ``places`` names them, writes its core and vault folders.

    Raises `DeliveryRefused`, and `OSError` when writing fails.
    """
    work = _Work(manifest, places, key, progress, bucket_count(manifest.rows))
    for table in TABLES:
        _read_table(work, table)
    ledger = PersonLedger(places.spill)
    work.settled = {name: DistrictSpill(places.spill, name) for name in TABLES}
    for bucket in range(work.buckets):
        progress(f"checking part {bucket + 1} of {work.buckets}")
        _settle_bucket(work, ledger, bucket)
    elsewhere = ledger.later_rows()
    _set_persons_aside(work, elsewhere)
    quarantine = _quarantine_frame(work)
    report = _report(work, quarantine)
    report.check_accounts()
    if places.core and places.vault:
        for name, settled in work.settled.items():
            progress(f"writing {name}")
            write_table(TABLES[name], settled, places.vault if name in VAULT_TABLES else places.core, without=elsewhere)
        write_quarantine(quarantine, manifest.files, places.core / "quarantine.parquet")
        write_about(report, work.settled[HOUSEHOLDS.name].districts, places.core / CORE_FILE, key=key)
    return report


def _read_table(work: _Work, name: str) -> None:
    table = TABLES[name]
    reader = CellReader(table, as_of=work.manifest.as_of, key=work.key)
    good = BucketWriter(work.places.spill, name, work.buckets)
    faulty = BucketWriter(work.places.spill, _FAULTY_HOUSEHOLDS, work.buckets)
    for number, listed in enumerate(work.manifest.files):
        if listed.table != name:
            continue
        work.progress(f"reading {listed.name}")
        work.encodings[number], batches = read_batches(work.manifest.folder, listed)
        first_row = (number << LINE_BITS) + 1
        for batch in batches:
            frame = reader.read(batch, file_name=listed.name, first_row=first_row)
            first_row += batch.num_rows
            good.append(frame.filter(pl.col(REASON) == GOOD).drop(REASON, COLUMN))
            faults = frame.filter(pl.col(REASON) != GOOD)
            work.set_aside(faults)
            if table is HOUSEHOLDS:
                faulty.append(faults.select(HOUSEHOLD).drop_nulls())
    good.close()
    faulty.close()


def _settle_bucket(work: _Work, ledger: PersonLedger, bucket: int) -> None:
    spill = work.places.spill
    homes = pl.DataFrame(schema={HOUSEHOLD: pl.String, DISTRICT: pl.String})
    for name, table in TABLES.items():
        rows = take_bucket(spill, name, bucket)
        if rows is None:
            continue
        if table is HOUSEHOLDS:
            settled = settle_households(rows)
            homes = _homes(settled.kept, rows, take_bucket(spill, _FAULTY_HOUSEHOLDS, bucket))
        else:
            settled = settle_rows(table, rows, homes)
        work.set_aside(settled.set_aside)
        work.accept(settled.kept[ROW])
        if table is MEMBERS:
            ledger.append(settled.kept["person_id"], settled.kept[ROW])
        work.settled[name].append(bucket, settled.kept, district=DISTRICT)


def _homes(kept: pl.DataFrame, good: pl.DataFrame, faulty: pl.DataFrame | None) -> pl.DataFrame:
    """Every household id of a bucket with its district, or "" where its row was set aside."""
    delivered = [good.select(HOUSEHOLD)] + ([faulty] if faulty is not None else [])
    lost = pl.concat(delivered).unique().join(kept.select(HOUSEHOLD), on=HOUSEHOLD, how="anti")
    return pl.concat([kept.select(HOUSEHOLD, DISTRICT), lost.with_columns(pl.lit("").alias(DISTRICT))])


def _set_persons_aside(work: _Work, rows: np.ndarray) -> None:
    for file_number, count in zip(*np.unique(rows >> LINE_BITS, return_counts=True), strict=True):
        work.accepted[int(file_number)] -= int(count)
    place = MEMBERS.column_names.index("person_id")
    faults = pl.DataFrame({ROW: rows}, schema={ROW: pl.Int64}).with_columns(
        pl.lit(reason_number(Reason.PERSON_ELSEWHERE), pl.UInt8).alias(REASON), pl.lit(place, pl.UInt8).alias(COLUMN)
    )
    work.set_aside(faults)


def _quarantine_frame(work: _Work) -> pl.DataFrame:
    """All rows set aside in the order of the delivery, each with the number of its file."""
    empty = pl.DataFrame(schema={ROW: pl.Int64, REASON: pl.UInt8, COLUMN: pl.UInt8})
    rows = pl.concat([empty, *work.quarantine]).sort(ROW)
    return rows.with_columns((pl.col(ROW) // (1 << LINE_BITS)).cast(pl.Int32).alias(FILE))


def _report(work: _Work, quarantine: pl.DataFrame) -> DeliveryReport:
    counts = {
        (file_number, reason): count
        for file_number, reason, count in quarantine.group_by(FILE, REASON).len().sort(FILE, REASON).iter_rows()
    }
    aside: Counter[int] = Counter()
    for (file_number, _), count in counts.items():
        aside[file_number] += count
    listed = list(enumerate(work.manifest.files))
    files = tuple(
        FileReport(file.name, file.table, work.encodings[number], file.rows, work.accepted[number], aside[number])
        for number, file in listed
    )
    tables = {}
    for name in {file.table: None for file in files}:
        reasons: Counter[str] = Counter()
        for (number, reason), count in counts.items():
            if work.manifest.files[number].table == name:
                reasons[REASONS[reason - 1].value] += count
        own = [file for file in files if file.table == name]
        tables[name] = TableReport(
            rows=sum(file.rows for file in own),
            accepted=sum(file.accepted for file in own),
            quarantined=sum(file.quarantined for file in own),
            reasons=dict(reasons),
        )
    manifest = work.manifest
    return DeliveryReport(manifest.as_of, manifest.adapter, manifest.digest, tables, files)
