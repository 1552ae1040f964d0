"""Past listings whose outcome can be known: the rows a model may learn from, with what was known at their round."""

from collections.abc import Callable
from datetime import date

import narwhals as nw
import polars as pl
from joblib import delayed

from domain.calendar import day_number, day_of
from domain.errors import UsageError
from domain.listing import Slot
from domain.outcome import NOT_REACHED
from features.catalogue import Catalogue
from features.declaration import AsOf
from features.engine import area_rates, household_features, matrix
from scoring.evidence import CHOSEN, DRAWN
from sources.core import Core
from training.labels import LABELS, Label
from training.population import part_tables, parts
from training.side_by_side import run_side_by_side


def closed_listings(core: Core, *, as_of: date, horizon_days: int) -> pl.DataFrame:
    """Every listing whose outcome window closed before ``as_of``, judged or not, by round and household.

    household_id, round (day number of its Monday), slot; stratum: "drawn" by chance, "chosen" by a rule, null for one
    carried over; inclusion: the chance of being listed, given all that was known when the round opened (what a rule
    chose was certain then, 1; what was drawn has the propensity that was stored); recorded_at; is_judged: somebody was
    reached within the window and the result is known by ``as_of``; label_<name> (0 or 1, null where not judged) for
    every label. Households nobody contacted or reached say nothing about need: they are not judged, and not "no need".
    """
    ends = pl.col("round") + horizon_days
    is_recorded = pl.col("outcome_code").is_not_null() & (pl.col("recorded_at") < day_number(as_of))
    was_met = (pl.col("contacted_at") < ends) & ~_is_one_of(NOT_REACHED)
    is_drawn = pl.col("slot") == Slot.EXPLORATION.value
    is_carried_over = pl.col("slot") == Slot.CARRIED_OVER.value
    found = (_label(label, pl.col("recorded_at") < ends) for label in LABELS.values())
    return (
        core.scan("outcomes")
        .filter(ends <= day_number(as_of))
        .select(
            "household_id",
            "round",
            "slot",
            "recorded_at",
            stratum=pl.when(is_drawn).then(pl.lit(DRAWN)).when(~is_carried_over).then(pl.lit(CHOSEN)),
            inclusion=pl.when(is_drawn).then("propensity").otherwise(1.0),
            is_judged=(is_recorded & was_met).fill_null(False),
            outcome_code=pl.col("outcome_code"),
        )
        .with_columns(*found)
        .drop("outcome_code")
        .collect()
        .sort("round", "household_id")
    )


def _is_one_of(outcomes: frozenset[str]) -> pl.Expr:
    return pl.col("outcome_code").is_in(sorted(str(outcome) for outcome in outcomes))


def _label(label: Label, in_window: pl.Expr) -> pl.Expr:
    found = (_is_one_of(label.outcomes) & in_window).cast(pl.Int8)
    return pl.when("is_judged").then(found).alias(f"label_{label.name}")


def examples(
    core: Core,
    catalogue: Catalogue,
    listings: pl.DataFrame,
    *,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda rounds: None,
) -> pl.DataFrame:
    """The stored features of each judged listing as of its own round beside the listing's columns, in their order.

    Rates of dongs are those of all their households, not only of the listed ones. Raises `UsageError` for none.
    """
    judged = listings.filter("is_judged").with_row_index("example")
    if judged.is_empty():
        raise UsageError(
            "No past listing has both a contact and a closed outcome window, so there is nothing to learn from.",
            hint="Deliver outcomes of older rounds, or wait until the first ones are past the label's horizon.",
        )
    all_parts = parts(core)
    found = run_side_by_side(
        [delayed(_examples_of_part)(core, part, catalogue, judged) for part in all_parts],
        jobs=min(jobs, len(all_parts)),
        progress=lambda: progress(1),
    )
    return judged.join(pl.concat(found), on="example", how="inner").sort("example")


def _examples_of_part(
    core: Core, districts: tuple[str, ...], catalogue: Catalogue, judged: pl.DataFrame
) -> pl.DataFrame:
    tables = part_tables(core, districts, catalogue)
    here = judged.join(tables["households"].select("household_id"), on="household_id", how="semi")
    keyed = here.select("household_id", "example", as_of_day="round", as_of_month=_month_of_day("round"))
    rates = []
    for day in keyed["as_of_day"].unique().sort():
        bases = household_features(tables, catalogue.area_bases, AsOf.on(day_of(day)))
        areas: pl.DataFrame = area_rates(bases, catalogue.features).to_native()
        rates.append(areas.with_columns(as_of_day=pl.lit(day, pl.Int32)))
    of_examples = {name: _of_examples(frame, keyed) for name, frame in tables.items()}
    as_of = AsOf.of_each_row()
    frame = household_features(of_examples, catalogue.features, as_of)
    stored: pl.DataFrame = matrix(frame, nw.from_native(pl.concat(rates)), catalogue.stored, as_of).to_native()
    return stored.rename({"household_id": "example"})


def _month_of_day(column: str) -> pl.Expr:
    day = pl.col(column).cast(pl.Date)
    return day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1


def _of_examples(frame: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """A core table's rows once for each example of their household, which takes the household's place as the key."""
    rows = frame.join(keys, on="household_id", how="inner").drop("household_id").rename({"example": "household_id"})
    return rows.sort("household_id")
