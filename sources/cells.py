"""Turns batches of delivered cells into core columns, with the first fault of each row beside them."""

from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from domain import registration_number
from domain.errors import DeliveryRefused
from sources.core import core_column, core_schema
from sources.pseudonyms import Subject, pseudonyms
from sources.quality import GOOD, Reason, reason_number, row_rules
from sources.tables import Column, Kind, Table
from sources.values import Faulty, parser

ROW, REASON, COLUMN = "_row", "_reason", "_column"
# A row's number is its file's place in the manifest and its line, in one integer that sorts like both.
LINE_BITS = 40
_SUBJECTS = {Kind.HOUSEHOLD: Subject.HOUSEHOLD, Kind.PERSON: Subject.PERSON}
_ARROW_TYPES = {
    pl.String: pa.string(),
    pl.Int16: pa.int16(),
    pl.Int32: pa.int32(),
    pl.Int64: pa.int64(),
    pl.Float64: pa.float64(),
    pl.Boolean: pa.bool_(),
}


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a core table."""
    return pa.schema([(name, _ARROW_TYPES[kind]) for name, kind in core_schema(table).items()])


class CellReader:
    """Reads the batches of one table; values are parsed once for each distinct one in a batch."""

    def __init__(self, table: Table, *, as_of: date, key: bytes) -> None:
        self._table = table
        self._key = key
        self._parsers = {column.name: parser(column, as_of) for column in table.columns}
        self._types = {field.name: field.type for field in arrow_schema(table)}

    def read(self, batch: pa.RecordBatch, *, file_name: str, first_row: int) -> pl.DataFrame:
        """The core columns, the row's number, its first reason (`GOOD` for none) and that reason's column number."""
        reasons = np.zeros(batch.num_rows, dtype=np.uint8)
        columns = np.zeros(batch.num_rows, dtype=np.uint8)
        arrays = {}
        for place, column in enumerate(self._table.columns):
            values, faults = self._column(column, batch.column(column.name), file_name)
            arrays[core_column(column.name)] = values
            is_first = (reasons == GOOD) & (faults != GOOD)
            reasons[is_first] = faults[is_first]
            columns[is_first] = place
        frame = pl.DataFrame(pa.table(arrays)).with_columns(
            pl.Series(ROW, np.arange(first_row, first_row + batch.num_rows, dtype=np.int64)),
            pl.Series(REASON, reasons),
            pl.Series(COLUMN, columns),
        )
        return self._with_row_rules(frame)

    def _column(self, column: Column, cells: pa.Array, file_name: str) -> tuple[pa.Array, np.ndarray]:
        encoded = _dictionary(cells)
        distinct = encoded.dictionary
        if column.kind in (Kind.HOUSEHOLD, Kind.PERSON, Kind.TEXT):
            _check_registration_numbers(distinct, file_name, column.name)
        values, faults = self._parse(column, distinct.to_pylist())
        empty = GOOD if column.nullable else reason_number(Reason.MISSING)
        return values.take(encoded.indices), faults.take(encoded.indices).fill_null(empty).to_numpy(
            zero_copy_only=False
        )

    def _parse(self, column: Column, distinct: list[object]) -> tuple[pa.Array, pa.Array]:
        parse, empty = self._parsers[column.name], GOOD if column.nullable else reason_number(Reason.MISSING)
        values: list[object] = []
        faults: list[int] = []
        for value in distinct:
            if isinstance(value, str):
                value = value.strip()
            result, fault = None, GOOD
            if value is None or value == "":
                fault = empty
            else:
                try:
                    result = parse(value)
                except Faulty as faulty:
                    fault = reason_number(faulty.reason)
            values.append(result)
            faults.append(fault)
        return self._array(column, values), pa.array(faults, type=pa.uint8())

    def _array(self, column: Column, values: list[object]) -> pa.Array:
        if column.kind not in _SUBJECTS:
            return pa.array(values, type=self._types[core_column(column.name)])
        hashed = pseudonyms([str(value or "") for value in values], self._key, _SUBJECTS[column.kind])
        return pc.if_else(pa.array([value is not None for value in values], pa.bool_()), hashed, None)

    def _with_row_rules(self, frame: pl.DataFrame) -> pl.DataFrame:
        places = {name: place for place, name in enumerate(self._table.column_names)}
        for rule in row_rules(self._table.name):
            is_new = (pl.col(REASON) == GOOD) & rule.is_broken.fill_null(False)
            frame = frame.with_columns(
                pl.when(is_new).then(pl.lit(reason_number(rule.reason), pl.UInt8)).otherwise(REASON).alias(REASON),
                pl.when(is_new).then(pl.lit(places[rule.column], pl.UInt8)).otherwise(COLUMN).alias(COLUMN),
            )
        return frame


def _dictionary(cells: pa.Array) -> pa.DictionaryArray:
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if pa.types.is_string_view(cells.type) or pa.types.is_null(cells.type):
        cells = cells.cast(pa.string())
    return cells.dictionary_encode()


def _check_registration_numbers(texts: pa.Array, file_name: str, column: str) -> None:
    if pc.any(pc.match_substring_regex(texts, registration_number.PATTERN)).as_py():
        raise DeliveryRefused(
            f"{file_name}: the column {column} holds what looks like resident registration numbers (주민등록번호).",
            hint="They may not be delivered. Destroy these files and ask the provider for ids of its own.",
        )
