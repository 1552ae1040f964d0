"""Writes Parquet: the same rows give the same bytes, each page carries a checksum, and a full disk is an `OSError`."""

import os
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

_ROW_GROUP_ROWS = 250_000


def write_parquet(rows: pl.DataFrame | pa.Table, path: Path, *, is_matrix: bool = False) -> None:
    """Writes ``rows`` and flushes them to disk. ``is_matrix`` trades size for speed: many columns of unlike numbers."""
    table = rows.to_arrow() if isinstance(rows, pl.DataFrame) else rows
    with path.open("wb") as file:
        pq.write_table(
            table,
            file,
            compression="lz4" if is_matrix else "zstd",
            use_dictionary=not is_matrix,
            write_statistics=not is_matrix,
            row_group_size=_ROW_GROUP_ROWS,
            # Without page checksums a flipped bit can read as another value and no error.
            write_page_checksum=True,
        )
        file.flush()
        os.fsync(file.fileno())
