"""Households that each indicator reports, month by month: where a change of the world outside shows first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from domain.calendar import day_number, month_number, month_start
from domain.indicator import Indicator
from sources.core import Core
from sources.reference import indicators

WINDOW_MONTHS = 12
# Where a history begins: this share of the reports may be older, so that one stray old row opens no empty years.
_STRAY_SHARE = 0.01
# One report in twelve comes some weeks late: months in which late ones of an undelivered past are missing do not count.
_LATE_DAYS = 30


@dataclass(frozen=True)
class MonthlyReports:
    """One indicator: ``households`` about whom a report became known, by month number; whole months only.

    Somebody in arrears is reported again and again: added up over months, households are no independent counts.
    ``repeats`` says for the last 1, 2, ... 12 months by how much the variance of their sum exceeds that of as many
    independent ones: the mean number of months of a household, each counted as often as it is in the sum.
    """

    households: Mapping[int, int]
    repeats: tuple[float, ...]


def monthly_reports(core: Core, *, as_of: date) -> dict[str, MonthlyReports]:
    """The reports of each indicator of the register, in the whole months before ``as_of`` that can be compared.

    A month is that in which a report became known. Left out are the months at the beginning of a history, whose reports
    had not been delivered, or collected, from the start, and what is after the delivery's own date.
    """
    last_day = min(as_of, core.as_of)
    first, last = _first_observed_month(core, last_day), month_number(last_day) - 1
    if first is None:
        return {}
    counts, patterns = (pl.concat(parts) for parts in zip(*_counted(core, last_day, last), strict=True))
    by_month = counts.group_by("indicator_no", "month").agg(pl.col("households").sum())
    found = {(number, month): households for number, month, households in by_month.iter_rows()}
    return {
        known.code: MonthlyReports(
            {month: found.get((known.number, month), 0) for month in range(_first_whole(known, first), last + 1)},
            _repeats(patterns.filter(pl.col("indicator_no") == known.number)),
        )
        for known in indicators()
    }


def history_months(core: Core, as_of: date) -> int:
    """Months between the first reports known before ``as_of`` and that date; 0 where there is none."""
    first = _first_observed_month(core, as_of)
    return 0 if first is None else month_number(as_of) - first


def _first_observed_month(core: Core, last_day: date) -> int | None:
    observed = core.scan("indicators").filter(_is_known(last_day)).select("observed_month")
    found = observed.select(pl.col("observed_month").quantile(_STRAY_SHARE, "lower")).collect().item()
    return None if found is None else int(found)


def _is_known(last_day: date) -> pl.Expr:
    """Known by then and a sign of hardship; a report of zero months overdue says that arrears were settled."""
    return (pl.col("known_at") < day_number(last_day)) & (pl.col("months_overdue").fill_null(1) > 0)


def _counted(core: Core, last_day: date, last: int) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """For each district: households by indicator and month, and by indicator and pattern of the last twelve months."""
    return [_counted_district(core, district, last_day, last) for district in core.districts]


def _counted_district(core: Core, district: str, last_day: date, last: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    day = pl.col("known_at").cast(pl.Date)
    month = day.dt.year() * 12 + day.dt.month().cast(pl.Int32) - 1
    rows = core.scan("indicators", [district]).filter(_is_known(last_day))
    reported = rows.select("household_id", "indicator_no", month=month).unique().collect()
    ago = last - pl.col("month")
    pattern = pl.lit(2, pl.Int64).pow(ago).sum().alias("pattern")
    recent = reported.filter(ago.is_between(0, WINDOW_MONTHS - 1)).group_by("household_id", "indicator_no").agg(pattern)
    return (
        reported.group_by("indicator_no", "month").agg(households=pl.len()),
        recent.group_by("indicator_no", "pattern").agg(households=pl.len()),
    )


def _repeats(patterns: pl.DataFrame) -> tuple[float, ...]:
    """From patterns (bit i: reported i months before the last one) and how many households have each."""
    bits = patterns["pattern"].to_numpy()[:, None] >> np.arange(WINDOW_MONTHS) & 1
    months = np.cumsum(bits, axis=1)  # of each pattern's household, in the last 1, 2, ... months
    weights = patterns["households"].to_numpy()[:, None]
    squares, sums = (weights * months**2).sum(axis=0), (weights * months).sum(axis=0)
    return tuple(float(value) for value in np.divide(squares, sums, out=np.ones(WINDOW_MONTHS), where=sums > 0))


def _first_whole(known: Indicator, first_observed: int) -> int:
    """The first month that holds all reports of an indicator that became known in it."""
    begins = max(first_observed, known.first_month or first_observed)
    return month_number(month_start(begins + 1) + timedelta(days=known.lag_days + _LATE_DAYS)) + 1
