"""Aggregates of polars frames in memory, put straight at each household's place.

The general way lets every row pass through every column, though an indicator's row matters to a handful of the hundred.
Maximum, minimum and sum may be taken in two steps, so here the rows of one household and indicator are brought down to
one first, with the few measures that all indicators share; the columns of one indicator are then a matter of placing.
Values are those of the one definition; lazy frames, pandas and Spark aggregate in one go.
"""

from collections.abc import Mapping

import narwhals as nw
import polars as pl

from features.declaration import Aggregate, AsOf

_PLACE, _KIND = "place", "indicator_no"
Measures = Mapping[str, Aggregate]


def placed_aggregates(frame: pl.DataFrame, rows: pl.DataFrame, measures: Measures, as_of: AsOf) -> pl.DataFrame:
    """``frame`` (one row a household) with a column for each measure over ``rows`` of the same households."""
    placed = rows.with_columns(_places(frame["household_id"], rows["household_id"]))
    has_kinds = any(measure.of for measure in measures.values())
    columns = (
        _by_kind(placed, measures, frame.height, as_of) if has_kinds else _of_all(placed, measures, frame.height, as_of)
    )
    return frame.with_columns(columns[name] for name in measures)


def _places(ids: pl.Series, of_rows: pl.Series) -> pl.Series:
    """The row number in ``ids`` of each row's household. Rows come in runs of one household: one look-up a run."""
    runs = of_rows.rle_id()
    starts = of_rows.filter(runs != runs.shift(1, fill_value=None).fill_null(2**32 - 1)).to_frame("household_id")
    places = pl.DataFrame({"household_id": ids}).with_row_index(_PLACE)
    return starts.join(places, on="household_id", how="left", maintain_order="left")[_PLACE].gather(runs)


def _of_all(placed: pl.DataFrame, measures: Measures, households: int, as_of: AsOf) -> dict[str, pl.Series]:
    values = _select(placed, (_PLACE,), {name: measure.of_own_row(as_of) for name, measure in measures.items()})
    numbers = _aggregated(values, (_PLACE,), {name: measure.how for name, measure in measures.items()})
    return {name: _spread(numbers[_PLACE], numbers[name], m.empty, households) for name, m in measures.items()}


def _by_kind(placed: pl.DataFrame, measures: Measures, households: int, as_of: AsOf) -> dict[str, pl.Series]:
    shared = {measure.per_kind: f"m{number}" for number, measure in enumerate(dict.fromkeys(measures.values()))}
    first = {column: next(m for m in measures.values() if m.per_kind == key) for key, column in shared.items()}
    values = _select(placed, (_PLACE, _KIND), {column: m.of_own_row(as_of) for column, m in first.items()})
    kinds = _aggregated(values, (_PLACE, _KIND), {column: m.how for column, m in first.items()})
    own = {number: part for (number,), part in kinds.partition_by(_KIND, as_dict=True).items()}
    nobody = kinds.clear()
    columns = {}
    several = {}
    for name, measure in measures.items():
        column = shared[measure.per_kind]
        if len(measure.of) == 1:
            part = own.get(measure.of[0].number, nobody)
            columns[name] = _spread(part[_PLACE], part[column], measure.empty, households).alias(name)
        else:
            several[name] = _of_several(measure, column)
    numbers = _aggregated(kinds.select(_PLACE, **several), (_PLACE,), {name: measures[name].how for name in several})
    for name in several:
        columns[name] = _spread(numbers[_PLACE], numbers[name], measures[name].empty, households)
    return columns


def _of_several(measure: Aggregate, column: str) -> pl.Expr:
    if not measure.of:
        return pl.col(column)
    return pl.when(pl.col(_KIND).is_in([known.number for known in measure.of])).then(column).otherwise(measure.empty)


def _select(rows: pl.DataFrame, keys: tuple[str, ...], values: Mapping[str, nw.Expr]) -> pl.DataFrame:
    selected: pl.DataFrame = nw.from_native(rows).select(*keys, **values).to_native()
    return selected


def _aggregated(values: pl.DataFrame, keys: tuple[str, ...], how: Mapping[str, str]) -> pl.DataFrame:
    # Rows are sorted by household; only with the order kept does polars aggregate runs of rows instead of hashing each.
    groups = values.group_by(*keys, maintain_order=True)
    return groups.agg(getattr(pl.col(name), method)() for name, method in how.items())


def _spread(places: pl.Series, found: pl.Series, empty: int | None, households: int) -> pl.Series:
    """The numbers at their places, ``empty`` everywhere else."""
    known = found if empty is None else found.fill_null(empty)
    return pl.repeat(empty, households, dtype=found.dtype, eager=True).alias(found.name).scatter(places, known)
