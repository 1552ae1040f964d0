"""Rows on their way from the order of a delivery to that of core, on disk, so that memory stays bounded."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa

from sources.pseudonyms import ALPHABET

BUCKET_ROWS = 2_000_000
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")
_PREFIXES = [first + second for first in sorted(ALPHABET.decode()) for second in sorted(ALPHABET.decode())]


def bucket_count(rows: int) -> int:
    """How many buckets a delivery of so many rows is spread over."""
    return min(len(_PREFIXES), rows // BUCKET_ROWS + 1)


def _bucket_of(household_id: pl.Expr, count: int) -> pl.Expr:
    """The bucket of a household pseudonym: a range of them in text order, so that buckets in a row are sorted."""
    buckets = {prefix: place * count // len(_PREFIXES) for place, prefix in enumerate(_PREFIXES)}
    return household_id.str.head(2).replace_strict(buckets, return_dtype=pl.UInt16)


def to_arrow(frame: pl.DataFrame) -> pa.Table:
    """The frame with the plain text type that every Arrow reader knows."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


class BucketWriter:
    """Appends the rows of one table to its bucket files."""

    def __init__(self, folder: Path, table: str, count: int) -> None:
        self._folder, self._table, self._count = folder, table, count
        self._writers: dict[int, pa.ipc.RecordBatchStreamWriter] = {}

    def append(self, frame: pl.DataFrame) -> None:
        if self._count == 1:
            self._write(0, frame)
            return
        parts = frame.with_columns(_bucket_of(pl.col("household_id"), self._count).alias("_bucket")).partition_by(
            "_bucket", as_dict=True, include_key=False
        )
        for (bucket,), part in parts.items():
            self._write(bucket, part)

    def _write(self, bucket: int, frame: pl.DataFrame) -> None:
        rows = to_arrow(frame)
        if bucket not in self._writers:
            path = _bucket_path(self._folder, self._table, bucket)
            self._writers[bucket] = pa.ipc.new_stream(str(path), rows.schema, options=_OPTIONS)
        self._writers[bucket].write_table(rows)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()


def _bucket_path(folder: Path, table: str, bucket: int) -> Path:
    return folder / f"{table}.{bucket}.arrows"


def take_bucket(folder: Path, table: str, bucket: int) -> pl.DataFrame | None:
    """The rows of a bucket, whose file is then gone; None where no row fell into it."""
    path = _bucket_path(folder, table, bucket)
    if not path.exists():
        return None
    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
        frame = pl.from_arrow(reader.read_all())
    path.unlink()
    assert isinstance(frame, pl.DataFrame)
    return frame


class DistrictSpill:
    """The settled rows of one table: a file a bucket, in it one batch a district."""

    def __init__(self, folder: Path, table: str) -> None:
        self._folder, self._table = folder, table
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def append(self, bucket: int, frame: pl.DataFrame, *, district: str) -> None:
        """Writes a bucket's rows, which are sorted by the column ``district``."""
        if not frame.height:
            return
        rows = to_arrow(frame.drop(district))
        position = 0
        with pa.ipc.new_file(str(self._path(bucket)), rows.schema, options=_OPTIONS) as writer:
            written = 0
            for name, size in frame.group_by(district, maintain_order=True).len().iter_rows():
                for batch in rows.slice(position, size).combine_chunks().to_batches():
                    writer.write_batch(batch)
                    self._places[name].append((bucket, written))
                    written += 1
                position += size

    @property
    def districts(self) -> list[str]:
        return sorted(self._places)

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """Each district's rows in order."""
        readers = {bucket: pa.ipc.open_file(pa.OSFile(str(self._path(bucket)))) for bucket in self._buckets()}
        for name in self.districts:
            yield name, pa.Table.from_batches([readers[bucket].get_batch(at) for bucket, at in self._places[name]])

    def _buckets(self) -> set[int]:
        return {bucket for places in self._places.values() for bucket, _ in places}

    def _path(self, bucket: int) -> Path:
        return self._folder / f"{self._table}.{bucket}.settled"
