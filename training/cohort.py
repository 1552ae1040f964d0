"""Past listings whose outcome can be known: the rows a model may learn from, with what was known at their round."""

from collections.abc import Callable
from datetime import date

import narwhals as nw
import polars as pl

from domain.calendar import day_number, day_of
from domain.errors import UsageError
from domain.outcome import NOT_REACHED
from features.catalogue import Catalogue
from features.declaration import AsOf
from features.engine import area_rates, household_features, matrix
from features.matrices import tables_read
from sources.core import Core
from training.labels import Label


def closed_listings(core: Core, label: Label, *, as_of: date, horizon_days: int) -> pl.DataFrame:
    """Listings whose outcome window closed before ``as_of``: household, round, propensity, label (0/1).

    Left out, and not counted as "no need", are households that nobody contacted in time, whom nobody reached, or of
    whom nothing was ever noted: their listing says nothing about need.
    """
    horizon = pl.col("round") + horizon_days
    is_known = pl.col("outcome_code").is_not_null() & pl.col("recorded_at").is_not_null()
    reached = ~pl.col("outcome_code").is_in(sorted(outcome.value for outcome in NOT_REACHED))
    closed = (horizon <= day_number(as_of)) & (pl.col("contacted_at") < horizon) & is_known & reached
    in_window = pl.col("recorded_at") < horizon
    counts = pl.col("outcome_code").is_in(sorted(outcome.value for outcome in label.outcomes))
    return (
        core.scan("outcomes")
        .filter(closed)
        .select("household_id", "round", "propensity", label=(in_window & counts).fill_null(False).cast(pl.Int8))
        .collect()
        .sort("round", "household_id")
    )


def examples(
    core: Core,
    catalogue: Catalogue,
    listings: pl.DataFrame,
    *,
    progress: Callable[[int], None] = lambda rounds: None,
) -> pl.DataFrame:
    """The stored features of each listing as of its own round, beside ``round``, ``propensity`` and ``label``.

    Rates of dongs are those of all their households, not only of the listed ones.
    """
    if listings.is_empty():
        raise UsageError(
            "No past listing has both a contact and a closed outcome window, so there is nothing to learn from.",
            hint="Deliver outcomes of older rounds, or wait until the first ones are past the label's horizon.",
        )
    tables = {name: core.scan(name).collect() for name in tables_read(catalogue)}
    keyed = listings.with_row_index("example").with_columns(as_of_day="round", as_of_month=_month_of_day("round"))
    rates = []
    for day in keyed["round"].unique(maintain_order=True):
        bases = household_features(tables, catalogue.area_bases, AsOf.on(day_of(day)))
        areas: pl.DataFrame = area_rates(bases, catalogue.features).to_native()
        rates.append(areas.with_columns(as_of_day=pl.lit(day, pl.Int32)))
        progress(1)
    of_examples = {name: _of_examples(frame, keyed) for name, frame in tables.items()}
    as_of = AsOf.of_each_row()
    frame = household_features(of_examples, catalogue.features, as_of)
    stored: pl.DataFrame = matrix(frame, nw.from_native(pl.concat(rates)), catalogue.stored, as_of).to_native()
    listed = keyed.select("example", "household_id", "round", "propensity", "label")
    return listed.join(stored.rename({"household_id": "example"}), on="example", how="inner").sort("example")


def _month_of_day(column: str) -> pl.Expr:
    day = pl.col(column).cast(pl.Date)
    return day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1


def _of_examples(frame: pl.DataFrame, keyed: pl.DataFrame) -> pl.DataFrame:
    """A core table's rows once for each example of their household, which takes the household's place as the key."""
    keys = keyed.select("household_id", "example", "as_of_day", "as_of_month")
    rows = frame.join(keys, on="household_id", how="inner").drop("household_id").rename({"example": "household_id"})
    return rows.sort("household_id")
