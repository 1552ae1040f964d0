"""Computes declared features on whatever frames come in: polars (lazy or not), pandas, Spark.

Each table is first cut to what was known before the as-of date, in one place, so that no feature can look past it.
Only operations on which the engines agree are used: when/then, max, min, sum, left joins.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import narwhals as nw
import polars as pl

from features.catalogue import Catalogue
from features.declaration import Aggregate, AreaRate, AsOf, Derived, Feature
from features.placing import placed_aggregates
from features.windows import HISTORY_MONTHS, months_ago
from sources.reference import indicator

KEYS = ("household_id", "dong_code")

# A frame of whichever engine; narwhals types lazy and eager ones apart, though both do all that is asked here.
Frame = Any


def known_rows(table: str, rows: Frame, as_of: AsOf) -> Frame:
    """The rows of a core table that were known before the as-of date. Everything a feature sees passes here."""
    match table:
        case "indicators":
            age = months_ago(as_of)
            return rows.filter((nw.col("known_at") < as_of.day) & (age >= 0) & (age < HISTORY_MONTHS))
        case "members":
            # The day of birth is not delivered: who was born in this month may have been born after the date.
            return rows.filter(nw.col("birth_month") < as_of.month)
        case "benefits":
            return rows.filter(nw.col("from_month") <= as_of.month)
        case "outcomes":
            return rows.filter(nw.col("round") < as_of.day)
    raise ValueError(f"no feature may read {table}")


def _value_if_collected(feature: Feature, as_of: AsOf) -> nw.Expr:
    """The feature's column, but null where an indicator it needs was not collected yet: unknown, not none."""
    column = nw.col(feature.name)
    for first_month in (indicator(code).first_month for code in feature.indicators):
        if first_month is None:
            continue
        if isinstance(as_of.month, int):
            column = column if as_of.month > first_month else nw.lit(None)
        else:
            column = nw.when(as_of.month > first_month).then(column)
    return column


def household_features(tables: Mapping[str, Any], features: Iterable[Feature], as_of: AsOf) -> Frame:
    """One row a household with all its aggregates and derived features, helpers included (area rates left out).

    ``tables`` are native frames of one engine by core table name.
    """
    wanted = list(features)
    frame = nw.from_native(tables["households"])
    aggregates = [f for f in wanted if isinstance(f.measure, Aggregate)]
    for table, group in groupby(sorted(aggregates, key=_table_of), key=_table_of):
        frame = _with_aggregates(frame, nw.from_native(tables[table]), table, list(group), as_of)
    return frame.with_columns(**{f.name: f.measure.value(as_of) for f in wanted if isinstance(f.measure, Derived)})


def area_rates(frame: Frame, features: Iterable[Feature]) -> Frame:
    """One row a dong with its rates, from the household features of all its households."""
    bases = {f.name: f.measure.of for f in features if isinstance(f.measure, AreaRate)}
    flags = frame.select(
        "dong_code", **{name: nw.when(nw.col(of) > 0).then(1.0).otherwise(0.0) for name, of in bases.items()}
    )
    return flags.group_by("dong_code").agg(**{name: nw.col(name).mean() for name in bases})


def matrix(frame: Frame, areas: Frame, stored: Iterable[Feature], as_of: AsOf) -> Frame:
    """The stored features as Float32 beside household and dong, unknown ones null; row order is not defined.

    ``areas`` holds the rates by dong, and by ``as_of_day`` as well where rows have their own dates.
    """
    where = [key for key in ("dong_code", "as_of_day") if key in areas.collect_schema()]
    joined = frame.join(areas, on=where, how="left")
    return joined.select(*KEYS, **{f.name: _value_if_collected(f, as_of).cast(nw.Float32()) for f in stored})


def build_matrix(tables: Mapping[str, Any], catalogue: Catalogue, as_of: AsOf) -> Any:
    """The whole way from core tables to a native matrix, for tables that hold every household of their dongs."""
    frame = household_features(tables, catalogue.features, as_of)
    return matrix(frame, area_rates(frame, catalogue.features), catalogue.stored, as_of).to_native()


def _table_of(feature: Feature) -> str:
    assert isinstance(feature.measure, Aggregate)
    return feature.measure.table


def _with_aggregates(frame: Frame, rows: Frame, table: str, features: list[Feature], as_of: AsOf) -> Frame:
    measures = {f.name: f.measure for f in features if isinstance(f.measure, Aggregate)}
    known = known_rows(table, rows, as_of)
    if isinstance(frame.to_native(), pl.DataFrame):
        return nw.from_native(placed_aggregates(frame.to_native(), known.to_native(), measures, as_of))
    values = known.select("household_id", **{name: measure.of_any_row(as_of) for name, measure in measures.items()})
    numbers = values.group_by("household_id").agg(
        **{name: getattr(nw.col(name), measure.how)() for name, measure in measures.items()}
    )
    joined = frame.join(numbers, on="household_id", how="left")
    filled = {
        name: nw.col(name).fill_null(measure.empty) for name, measure in measures.items() if measure.empty is not None
    }
    return joined.with_columns(**filled)
