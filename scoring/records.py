"""The features of one household from its own records, by the definitions and the checks that deliveries get."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import narwhals as nw
import polars as pl

from domain.errors import UsageError
from features.catalogue import Catalogue
from features.declaration import AreaRate, AsOf
from features.engine import household_features, matrix
from features.matrices import tables_read
from sources.core import core_column, core_schema
from sources.quality import Reason, row_rules
from sources.tables import TABLES, Column, Kind, Table
from sources.values import Faulty, Parser, parser

# Ids and the dong say whose the records are and where: nothing that a feature of one household is made of.
_IDENTITY = (Kind.HOUSEHOLD, Kind.PERSON, Kind.DONG)
_NOWHERE = "0000000000"

Row = Mapping[str, Any]


def record_columns(table: Table) -> tuple[Column, ...]:
    """The columns of a delivery's table that a record has where everything is of one household."""
    return tuple(column for column in table.columns if column.kind not in _IDENTITY)


def area_features(catalogue: Catalogue) -> tuple[str, ...]:
    """The rates that a household's own records cannot tell."""
    return tuple(feature.name for feature in catalogue.stored if isinstance(feature.measure, AreaRate))


def features_of_records(
    records: Mapping[str, Sequence[Row]], catalogue: Catalogue, as_of: date, *, area: Mapping[str, float | None]
) -> dict[str, float | None]:
    """The learned features of the one household that all ``records`` (rows by table, without ids) belong to.

    ``area`` holds rates of its dong by feature; one that is missing is unknown. Raises `UsageError` with table, row,
    column and the reason for which a delivery would set the row aside, never with what was written there.
    """
    tables = {name: _frame(TABLES[name], records.get(name, ()), as_of) for name in tables_read(catalogue)}
    rates = pl.DataFrame(
        {name: [area.get(name)] for name in area_features(catalogue)},
        schema=dict.fromkeys(area_features(catalogue), pl.Float64),
    ).with_columns(dong_code=pl.lit(_NOWHERE))
    at = AsOf.on(as_of)
    features = household_features(tables, catalogue.features, at)
    row: dict[str, float | None] = (
        matrix(features, nw.from_native(rates), catalogue.learned, at).to_native().row(0, named=True)
    )
    return {feature.name: row[feature.name] for feature in catalogue.learned}


def _frame(table: Table, rows: Sequence[Row], as_of: date) -> pl.DataFrame:
    """The rows as the core table they would become, checked."""
    schema = core_schema(table)
    cells = [(column, parser(column, as_of)) for column in record_columns(table)]
    identity: Row = {"household_id": "1", "dong_code": _NOWHERE}
    core = [
        {**identity, "person_id": str(place)}
        | {core_column(column.name): _parsed(table, place, column, row, parse) for column, parse in cells}
        for place, row in enumerate(rows)
    ]
    frame = pl.DataFrame([[row[name] for name in schema] for row in core], schema=schema, orient="row")
    for rule in row_rules(table.name):
        broken = frame.select(rule.is_broken.fill_null(False).arg_true()).to_series()
        if len(broken):
            raise _refused(table, broken[0], rule.column, rule.reason)
    repeated = frame.select(pl.struct(core_column(name) for name in table.key).is_duplicated().arg_true()).to_series()
    if len(repeated):
        raise _refused(table, repeated[-1], table.key[-1], Reason.DUPLICATE)
    return frame


def _parsed(table: Table, place: int, column: Column, row: Row, parse: Parser) -> Any:
    value = row.get(column.name)
    if value is None and column.nullable:
        return None
    try:
        if value is None:
            raise Faulty(Reason.MISSING)
        return parse(value)
    except Faulty as fault:
        raise _refused(table, place, column.name, fault.reason) from None


def _refused(table: Table, place: int, column: str, reason: Reason) -> UsageError:
    return UsageError(
        f"{table.name}, row {place + 1}, {column}: {reason.value}.",
        hint="docs/deliveries.md says what each table holds and why a row is set aside.",
    )
