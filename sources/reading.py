"""Reads the files of a delivery batch by batch, and refuses a file that as a whole is not what was declared."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pt

from domain.errors import DeliveryRefused
from sources.manifest import ListedFile, closest
from sources.tables import TABLES, Column, Kind, Table

BATCH_ROWS = 131_072
MAX_CELL_CHARACTERS = 2_000
# A row of any table is some 100 bytes; what declares far more would not fit into memory when unpacked.
MAX_DECLARED_BYTES_PER_ROW = 4_096
MAX_DECLARED_BYTES_FREE = 64 * 1024 * 1024
_HANGUL_FIRST, _HANGUL_LAST = "가", "힣"
_BOM = b"\xef\xbb\xbf"


def read_batches(folder: Path, listed: ListedFile) -> tuple[str, Iterator[pa.RecordBatch]]:
    """The encoding of a file ("Parquet", "UTF-8", "UTF-8 with BOM", "CP949") and its rows in the declared column order.

    Cells are as delivered: text in CSV, typed in Parquet. Raises `DeliveryRefused`, also while iterating.
    """
    path, table = folder / listed.name, TABLES[listed.table]
    if listed.is_csv:
        encoding = _csv_encoding(path)
        codec = {"UTF-8": "utf-8", "UTF-8 with BOM": "utf-8-sig", "CP949": "cp949"}[encoding]
        return encoding, _counted(_csv_batches(path, table, codec), listed)
    return "Parquet", _counted(_parquet_batches(path, table, listed.rows), listed)


def _counted(batches: Iterator[pa.RecordBatch], listed: ListedFile) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        yield batch
    if rows != listed.rows:
        raise _other_rows(listed.name, rows, listed.rows)


def _other_rows(name: str, found: int, listed: int) -> DeliveryRefused:
    return DeliveryRefused(
        f"{name} holds {found:,} rows, the manifest lists {listed:,}.",
        hint="The file was cut, or a quote in it is not closed. Ask the provider for it again.",
    )


def _check_columns(name: str, found: list[str], table: Table) -> None:
    if len(found) != len(set(found)):
        raise DeliveryRefused(
            f"{name} has two columns of one name.", hint=f"Expected: {', '.join(table.column_names)}."
        )
    missing = [column for column in table.column_names if column not in found]
    unknown = [column for column in found if column not in table.column_names]
    if unknown:
        # A long name may be a row where the header should be; then it is not ours to repeat.
        word = unknown[0] if unknown[0].isidentifier() and unknown[0].isascii() and len(unknown[0]) <= 40 else ""
        expected = f"Expected: {', '.join(table.column_names)}."
        instead = closest(word, missing, called="Missing") if missing else expected
        raise DeliveryRefused(
            f"{name} has a column that the table {table.name} does not have{f': {word}' if word else ''}.",
            hint=instead if word else expected,
        )
    if missing:
        raise DeliveryRefused(
            f"{name} lacks the column {missing[0]}.", hint=f"Expected: {', '.join(table.column_names)}."
        )


def _parquet_batches(path: Path, table: Table, listed_rows: int) -> Iterator[pa.RecordBatch]:
    names = list(table.column_names)
    try:
        # Buffered and not pre-read: a row group may be larger than memory, its pages are not.
        with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False, buffer_size=1 << 20) as file:
            _check_parquet(path.name, file, table, listed_rows)
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names, use_threads=False):
                batch.validate(full=True)  # text that is no UTF-8 shows here, not where somebody reads it
                yield batch.select(names)
    except MemoryError:
        raise
    # The reader's own words may quote what it read, so they are not passed on.
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError) as error:
        raise DeliveryRefused(
            f"{path.name} is not a whole Parquet file: it is cut or damaged.",
            hint="Copy it again, or ask the provider for it.",
        ) from error


def _check_parquet(name: str, file: pq.ParquetFile, table: Table, listed_rows: int) -> None:
    about = file.metadata
    _check_columns(name, list(file.schema_arrow.names), table)
    if about.num_rows != listed_rows:
        raise _other_rows(name, about.num_rows, listed_rows)
    declared_bytes = sum(about.row_group(index).total_byte_size for index in range(about.num_row_groups))
    if declared_bytes > MAX_DECLARED_BYTES_FREE + about.num_rows * MAX_DECLARED_BYTES_PER_ROW:
        raise DeliveryRefused(
            f"{name} would unpack to far more than its rows can need.", hint="Ask the provider what the file holds."
        )
    for column in table.columns:
        found = file.schema_arrow.field(column.name).type
        if not accepts(column, found):
            raise DeliveryRefused(
                f"{name}: the column {column.name} is of type {found}, which cannot hold what is declared.",
                hint=f"Expected: {_EXPECTED[column.kind]}.",
            )


def accepts(column: Column, found: pa.DataType) -> bool:
    """Whether a Parquet column of type ``found`` can hold the declared column.

    Ids and codes must be text (a number loses leading zeros); a column without any value may have no type.
    """
    if pt.is_null(found):
        return True
    if pt.is_dictionary(found):
        found = found.value_type
    is_text = bool(pt.is_string(found) or pt.is_large_string(found) or pt.is_string_view(found))
    match column.kind:
        case Kind.MONTH | Kind.DATE:
            return is_text or bool(pt.is_date(found))
        case Kind.COUNT | Kind.KRW | Kind.SHARE:
            return bool(pt.is_integer(found) or pt.is_floating(found))
        case Kind.FLAG:
            return is_text or bool(pt.is_boolean(found) or pt.is_integer(found))
    return is_text


_EXPECTED = dict.fromkeys(Kind, "text") | {
    Kind.MONTH: 'text "2026-11" or a date',
    Kind.DATE: 'text "2026-11-16" or a date',
    Kind.COUNT: "whole numbers",
    Kind.KRW: "whole numbers",
    Kind.SHARE: "numbers",
    Kind.FLAG: "booleans, 1/0 or text true/false",
}


def _csv_encoding(path: Path) -> str:
    """Which of the three encodings the whole file is in.

    Line by line, because a file put together from two systems may decode as CP949 and still be half nonsense: a line
    that is Korean in UTF-8 cannot stand in a file that is CP949 elsewhere.
    """
    all_utf8, all_cp949, some_korean_utf8 = True, True, False
    with path.open("rb") as file:
        has_bom = file.read(3) == _BOM
        file.seek(3 if has_bom else 0)
        for line in file:
            if b"\0" in line:
                raise DeliveryRefused(f"{path.name} is not a text file.", hint="Save it as CSV in UTF-8.")
            if line.isascii():
                continue
            text = _decoded(line, "utf-8")
            all_utf8 &= text is not None
            some_korean_utf8 |= text is not None and any(_HANGUL_FIRST <= letter <= _HANGUL_LAST for letter in text)
            all_cp949 &= _decoded(line, "cp949") is not None
    if all_utf8:
        return "UTF-8 with BOM" if has_bom else "UTF-8"
    if all_cp949 and not some_korean_utf8 and not has_bom:
        return "CP949"
    raise DeliveryRefused(
        f"{path.name} is neither UTF-8 nor CP949 throughout; it may be put together from both.",
        hint="Ask the provider to write the whole file in UTF-8.",
    )


def _decoded(line: bytes, codec: str) -> str | None:
    try:
        return line.decode(codec)
    except UnicodeDecodeError:
        return None


def _csv_batches(path: Path, table: Table, codec: str) -> Iterator[pa.RecordBatch]:
    # Python's reader, because in strict mode it refuses a quote that is left open; faster ones read on over it.
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    with path.open(encoding=codec, newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, None)
            if header is None:
                raise DeliveryRefused(f"{path.name} is empty.", hint="A table without rows still has its header line.")
            _check_columns(path.name, header, table)
            order = [header.index(name) for name in table.column_names]
            while lines := list(islice(reader, BATCH_ROWS)):
                yield _text_batch(path.name, [line for line in lines if line], header, order)
        except csv.Error as error:
            raise DeliveryRefused(
                f"{path.name} is broken near line {reader.line_num:,}: a quote is not closed, or a cell is too long.",
                hint="Ask the provider to quote cells that hold commas or quotes, and to double quotes inside them.",
            ) from error


def _text_batch(name: str, lines: list[list[str]], header: list[str], order: list[int]) -> pa.RecordBatch:
    if any(len(line) != len(header) for line in lines):
        raise DeliveryRefused(
            f"{name} has a line with more or fewer cells than its header.",
            hint="A cell that holds a comma must be quoted; ask the provider to write the file again.",
        )
    cells = list(zip(*lines, strict=True)) if lines else [()] * len(header)
    arrays = [pa.array(cells[position], type=pa.string()) for position in order]
    return pa.RecordBatch.from_arrays(arrays, names=[header[position] for position in order])
