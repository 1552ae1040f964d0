"""Which rows stay of those good by themselves: one row a key, one dong a household, no row without its household.

A bucket holds all rows of its households, so everything here is decided within one.
"""

from dataclasses import dataclass

import polars as pl

from sources.cells import COLUMN, REASON, ROW
from sources.core import core_column
from sources.quality import GOOD, Reason, reason_number
from sources.tables import HOUSEHOLDS, Table

HOUSEHOLD, DISTRICT = "household_id", "_district"
_FAULTS = (ROW, REASON, COLUMN)


@dataclass(frozen=True)
class Settled:
    """``kept`` rows in core order with their district, and for every other row its number, reason and column."""

    kept: pl.DataFrame
    set_aside: pl.DataFrame


def _core_order(table: Table) -> list[str]:
    """The columns that core files are sorted by: the household, then what else is in the key."""
    return [HOUSEHOLD] + [core_column(name) for name in table.key if name != HOUSEHOLD]


def settle_households(good: pl.DataFrame) -> Settled:
    """One row a household.

    Under one dong the first row stays. Under several the newest ``moved_in_on`` decides, if it belongs to one dong
    only; otherwise nobody can say where the household lives, and all its rows are set aside.
    """
    good = good.with_columns(pl.col("dong_code").str.head(5).alias(DISTRICT)).sort(DISTRICT, HOUSEHOLD, ROW)
    is_repeated = pl.col(HOUSEHOLD).is_duplicated()
    repeated = _with_winners(good.filter(is_repeated))
    kept = pl.concat([good.filter(~is_repeated), repeated.filter(pl.col(REASON) == GOOD).select(good.columns)])
    return Settled(kept.sort(DISTRICT, HOUSEHOLD), _faults(repeated.filter(pl.col(REASON) != GOOD)))


def _with_winners(repeated: pl.DataFrame) -> pl.DataFrame:
    is_newest = (pl.col("moved_in_on") == pl.col("moved_in_on").max().over(HOUSEHOLD)).fill_null(False)
    has_one_dong = pl.col("dong_code").n_unique().over(HOUSEHOLD) == 1
    newest_dongs = pl.col("dong_code").filter(pl.col("_is_newest")).n_unique().over(HOUSEHOLD)
    is_winner = pl.col(ROW) == pl.col("_winner")
    details = [name for name in HOUSEHOLDS.column_names if name != HOUSEHOLD]
    agrees = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(name).filter(is_winner).first().over(HOUSEHOLD)) for name in details
    )
    return (
        repeated.with_columns(is_newest.alias("_is_newest"), has_one_dong.alias("_has_one_dong"))
        .with_columns(
            pl.col(ROW).filter(pl.col("_has_one_dong") | pl.col("_is_newest")).min().over(HOUSEHOLD).alias("_winner"),
            (pl.col("_has_one_dong") | (newest_dongs == 1)).alias("_is_decided"),
        )
        .with_columns(
            agrees.alias("_agrees"),
            (pl.col("dong_code") == pl.col("dong_code").filter(is_winner).first().over(HOUSEHOLD)).alias("_same_dong"),
        )
        .with_columns(
            pl.when(~pl.col("_is_decided"))
            .then(_number(Reason.TWO_DONGS))
            .when(is_winner)
            .then(pl.lit(GOOD, pl.UInt8))
            .when(~pl.col("_same_dong"))
            .then(_number(Reason.OLDER_ADDRESS))
            .when(pl.col("_agrees"))
            .then(_number(Reason.DUPLICATE))
            .otherwise(_number(Reason.CONFLICTING))
            .alias(REASON),
        )
        .with_columns(
            pl.when(pl.col(REASON) == reason_number(Reason.TWO_DONGS))
            .then(_place(HOUSEHOLDS, "dong_code"))
            .when(pl.col(REASON) == reason_number(Reason.OLDER_ADDRESS))
            .then(_place(HOUSEHOLDS, "moved_in_on"))
            .otherwise(_place(HOUSEHOLDS, HOUSEHOLD))
            .alias(COLUMN)
        )
    )


def settle_rows(table: Table, good: pl.DataFrame, homes: pl.DataFrame) -> Settled:
    """The rows of known households, one a key: the first delivered stays.

    ``homes`` has every household id that was delivered: with its district, or with "" where the household itself was
    set aside.
    """
    joined = good.join(homes, on=HOUSEHOLD, how="left")
    homeless = joined.filter(pl.col(DISTRICT).fill_null("") == "").with_columns(
        pl.when(pl.col(DISTRICT).is_null())
        .then(_number(Reason.HOUSEHOLD_UNKNOWN))
        .otherwise(_number(Reason.HOUSEHOLD_QUARANTINED))
        .alias(REASON),
        _place(table, HOUSEHOLD).alias(COLUMN),
    )
    key = _core_order(table)
    rows = joined.filter(pl.col(DISTRICT).fill_null("") != "").sort(DISTRICT, *key, ROW)
    is_repeat = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in key).fill_null(False)
    rows = rows.with_columns(is_repeat.alias("_is_repeat"))
    repeats = _repeats(table, rows) if rows["_is_repeat"].any() else rows.head(0).with_columns(_no_fault())
    kept = rows.filter(~pl.col("_is_repeat")).drop("_is_repeat")
    return Settled(kept, pl.concat([_faults(homeless), _faults(repeats)]))


def _repeats(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    key = _core_order(table)
    details = [core_column(name) for name in table.column_names if core_column(name) not in key]
    is_first_again = pl.all_horizontal(
        [pl.col(name).eq_missing(pl.col(name).first().over(key)) for name in details] or [pl.lit(True)]
    )
    place = _place(table, table.key[-1])
    return (
        rows.filter(pl.struct(key).is_duplicated())
        .with_columns(
            pl.when(is_first_again)
            .then(_number(Reason.DUPLICATE))
            .otherwise(_number(Reason.CONFLICTING))
            .alias(REASON),
            place.alias(COLUMN),
        )
        .filter("_is_repeat")
    )


def _no_fault() -> list[pl.Expr]:
    return [pl.lit(GOOD, pl.UInt8).alias(REASON), pl.lit(0, pl.UInt8).alias(COLUMN)]


def _faults(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(_FAULTS)


def _number(reason: Reason) -> pl.Expr:
    return pl.lit(reason_number(reason), pl.UInt8)


def _place(table: Table, column: str) -> pl.Expr:
    return pl.lit(table.column_names.index(column), pl.UInt8)
