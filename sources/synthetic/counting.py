"""Counts of one written district, which add up to the figures of the facts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from domain.calendar import month_number, month_start
from domain.household import BASIC_LIVELIHOOD, Program
from domain.outcome import CASE_MANAGED, NOT_REACHED, PUBLIC_BENEFIT, SUPPORTED, Outcome
from sources.synthetic.registers import SURGE

# A national round lasts two months: what became known in nine weeks is what a round sees.
ROUND_WEEKS = 9
OUTCOME_DAYS = 90
_RESULTS = {
    "supported": SUPPORTED,
    "public_benefit": PUBLIC_BENEFIT,
    "basic_livelihood": {Outcome.BASIC_LIVELIHOOD},
    "emergency_aid": {Outcome.EMERGENCY_AID},
    "not_reached": NOT_REACHED,
}


@dataclass(frozen=True)
class DongCounts:
    """One dong: its entries over all rounds, and the households no register knows of."""

    listings: int
    with_indicator_rate: float
    unknown: int
    unknown_in_need: int


@dataclass
class Counts:
    """Adds up over districts."""

    totals: Counter[str] = field(default_factory=Counter)
    dongs: list[DongCounts] = field(default_factory=list)
    rounds: int = 0
    late_rounds: int = 0  # of them, those of the last two months

    def add(self, other: "Counts") -> None:
        self.totals.update(other.totals)
        self.dongs += other.dongs
        self.rounds = max(self.rounds, other.rounds)
        self.late_rounds = max(self.late_rounds, other.late_rounds)


@dataclass(frozen=True)
class DistrictTables:
    """The tables of one district that facts are counted from; ``truth`` is None where it may not be read."""

    households: pl.DataFrame
    members: pl.DataFrame
    indicators: pl.DataFrame
    benefits: pl.DataFrame
    outcomes: pl.DataFrame
    truth: pl.DataFrame | None

    @classmethod
    def read(cls, delivery: Path, district: str, truth_folder: Path | None) -> "DistrictTables":
        """A district's Parquet files of a delivery, listings with the Monday of their round."""

        def table(name: str) -> pl.DataFrame:
            return pl.read_parquet(delivery / f"{name}-{district}.parquet")

        monday = (pl.col("round") + "-1").str.to_date("%G-W%V-%u")
        return cls(
            table("households"),
            table("members"),
            table("indicators"),
            table("benefits"),
            table("outcomes").with_columns(monday.alias("monday")),
            pl.read_parquet(truth_folder / f"truth-{district}.parquet") if truth_folder else None,
        )


def count_district(tables: DistrictTables, *, as_of: date, surge_from: date | None) -> Counts:
    """One district's counts; persons are the members of a household that has an indicator or is listed."""
    known = _households_with_indicator(tables.indicators, as_of)
    totals: Counter[str] = Counter()
    totals.update(_count_persons(tables, known, as_of))
    totals.update(_count_listings(tables))
    totals.update(_count_results(tables.outcomes, as_of))
    totals.update(_count_cases(tables, as_of))
    if surge_from is not None:
        totals.update(_count_surge(tables.indicators, surge_from))
    return Counts(
        totals,
        _count_dongs(tables, known, as_of),
        rounds=tables.outcomes["round"].n_unique(),
        late_rounds=tables.outcomes.filter(_is_late(as_of))["round"].n_unique(),
    )


def _is_late(as_of: date) -> pl.Expr:
    return pl.col("monday") >= as_of - timedelta(weeks=ROUND_WEEKS)


def _households_with_indicator(indicators: pl.DataFrame, as_of: date) -> pl.DataFrame:
    is_current = (pl.col("known_at") < as_of) & (pl.col("known_at") >= as_of - timedelta(weeks=ROUND_WEEKS))
    return indicators.filter(is_current).select("household_id").unique()


def _new_listings(outcomes: pl.DataFrame) -> pl.DataFrame:
    """Listings without the weeks an open entry was merely carried on."""
    return outcomes.filter(pl.col("slot") != "carried_over")


def _count_persons(tables: DistrictTables, known: pl.DataFrame, as_of: date) -> dict[str, int]:
    late = _new_listings(tables.outcomes).filter(_is_late(as_of))
    return {
        "households": tables.households.height,
        "persons": tables.members.height,
        "persons_with_indicator": tables.members.join(known, on="household_id", how="semi").height,
        "persons_listed_lately": late.join(tables.members, on="household_id").height,
        "persons_listed": _new_listings(tables.outcomes).join(tables.members, on="household_id").height,
    }


def _count_listings(tables: DistrictTables) -> dict[str, int]:
    listed = _new_listings(tables.outcomes)
    times = listed.group_by("household_id").len()["len"]
    mismatched = listed.join(tables.households.filter("is_address_mismatch"), on="household_id", how="semi")
    return {
        "listings": listed.height,
        "listings_mismatched": mismatched.height,
        "selected": len(times),
        "selected_twice": int((times >= 2).sum()),
        "selected_three_times": int((times >= 3).sum()),
    }


def _count_results(outcomes: pl.DataFrame, as_of: date) -> dict[str, int]:
    """Results of rounds that are old enough for all of them to be recorded."""
    closed = outcomes.filter(
        (pl.col("monday") <= as_of - timedelta(days=OUTCOME_DAYS)) & pl.col("outcome_code").is_not_null()
    )["outcome_code"]
    counts = {name: int(closed.is_in([code.value for code in codes]).sum()) for name, codes in _RESULTS.items()}
    return counts | {"results": len(closed)}


def _count_cases(tables: DistrictTables, as_of: date) -> dict[str, int]:
    """Types of the households that are or were under case management."""
    by_outcome = tables.outcomes.filter(pl.col("outcome_code").is_in([code.value for code in CASE_MANAGED]))
    by_benefit = tables.benefits.filter(pl.col("program_code") == Program.CASE_MANAGEMENT.value)
    cases = pl.concat([by_outcome.select("household_id"), by_benefit.select("household_id")]).unique()
    born = (
        pl.col("birth_month").str.slice(0, 4).cast(pl.Int32) * 12
        + pl.col("birth_month").str.slice(5).cast(pl.Int32)
        - 1
    )
    persons = tables.members.join(cases, on="household_id", how="semi").with_columns(age=month_number(as_of) - born)
    types = persons.group_by("household_id").agg(
        (pl.len() == 1).alias("is_alone"),
        (pl.col("age") >= 65 * 12).any().alias("has_elder"),
        (pl.col("age") >= 19 * 12).sum().alias("adults"),
        ((pl.col("age") < 18 * 12) & (pl.col("relation") == "child")).any().alias("has_child"),
    )
    is_single_parent = (pl.col("adults") == 1) & pl.col("has_child")
    counted = types.select(
        (pl.col("is_alone") & pl.col("has_elder")).sum().alias("case_single_elder"),
        (pl.col("is_alone") & ~pl.col("has_elder")).sum().alias("case_single_working_age"),
        is_single_parent.sum().alias("case_single_parent"),
        pl.len().alias("cases"),
    )
    return {name: int(value) for name, value in counted.row(0, named=True).items()}


def _months(first: date, count: int) -> list[str]:
    start = month_number(first)
    return [month_start(start + ahead).strftime("%Y-%m") for ahead in range(count)]


def _count_surge(indicators: pl.DataFrame, surge_from: date) -> dict[str, int]:
    """Households reported in the half-year from the surge on, and in the same months a year earlier."""
    after, before = _months(surge_from, 6), _months(surge_from.replace(year=surge_from.year - 1), 6)
    counts = {}
    for code in SURGE:
        rows = indicators.filter(pl.col("indicator_code") == code)
        for name, months in (("after", after), ("before", before)):
            counts[f"{name}_{code}"] = rows.filter(pl.col("observed_month").is_in(months))["household_id"].n_unique()
    return counts


def _count_dongs(tables: DistrictTables, known: pl.DataFrame, as_of: date) -> list[DongCounts]:
    receives = tables.benefits.filter(
        pl.col("program_code").is_in([*(program.value for program in BASIC_LIVELIHOOD), Program.CASE_MANAGEMENT.value])
        & pl.col("to_month").is_null()
    )
    listed = _new_listings(tables.outcomes).group_by("household_id").agg(pl.len().alias("listings"))
    frame = tables.households.select("household_id", "dong_code").join(listed, on="household_id", how="left")
    frame = frame.with_columns(
        has_indicator=pl.col("household_id").is_in(known["household_id"].implode()),
        is_known=pl.col("household_id").is_in(pl.concat([known["household_id"], receives["household_id"]]).implode()),
    )
    if tables.truth is None:
        frame = frame.with_columns(is_in_need=pl.lit(False))
    else:
        now = tables.truth.filter(pl.col("month") == as_of.strftime("%Y-%m")).select("household_id", "is_in_need")
        frame = frame.join(now, on="household_id", how="left")
    per_dong = frame.group_by("dong_code", maintain_order=True).agg(
        pl.col("listings").sum(),
        pl.col("has_indicator").mean().alias("with_indicator_rate"),
        (~pl.col("is_known")).sum().alias("unknown"),
        (~pl.col("is_known") & pl.col("is_in_need")).sum().alias("unknown_in_need"),
    )
    return [DongCounts(**row) for row in per_dong.drop("dong_code").iter_rows(named=True)]
