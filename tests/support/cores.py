"""Tiny core tables: rows written as people read them, with what does not matter filled in."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from domain.calendar import Round, day_number, month_number
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.engine import area_rates, build_matrix, household_features, matrix
from sources.core import Core, core_schema
from sources.reference import indicator
from sources.tables import TABLES

Row = dict[str, Any]
Town = dict[str, list[Row]]  # rows by core table

READ = ("households", "members", "indicators", "benefits", "outcomes")
MONDAY = date(2026, 11, 16)
DONG, OTHER_DONG = "4128151000", "4128164000"


def day(text: str) -> int:
    """The day number of "2026-11-16"."""
    return day_number(date.fromisoformat(text))


def month(text: str) -> int:
    """The month number of "2026-11"."""
    return month_number(date.fromisoformat(f"{text}-01"))


def home(household_id: str = "A", *, moved_in_on: str | None = "2019-03-02", **changes: Any) -> Row:
    """A household in a flat of its own."""
    return {
        "household_id": household_id,
        "dong_code": DONG,
        "tenure": "own",
        "dwelling": "apartment",
        "moved_in_on": moved_in_on and day(moved_in_on),
        "is_address_mismatch": False,
        "has_phone": True,
    } | changes


def person(born: str, household_id: str = "A", *, due: str | None = None, **changes: Any) -> Row:
    """A head of the household, born in that month."""
    return {
        "household_id": household_id,
        "person_id": "P",
        "birth_month": month(born),
        "sex": "female",
        "relation": "head",
        "disability": "none",
        "pregnancy_due_month": due and month(due),
        "is_foreign": False,
    } | changes


def report(code: str, observed: str, household_id: str = "A", *, known: str | None = None, **changes: Any) -> Row:
    """An indicator of a month, known on the tenth of the next one unless said otherwise."""
    number = month(observed)
    usual = day_number(date((number + 1) // 12, (number + 1) % 12 + 1, 10))
    return {
        "household_id": household_id,
        "indicator_no": indicator(code).number,
        "observed_month": number,
        "known_at": day(known) if known else usual,
        "months_overdue": None,
        "amount_krw": None,
    } | changes


def benefit(program: str, since: str, until: str | None = None, household_id: str = "A") -> Row:
    """A benefit paid from that month, and to that month where it has ended."""
    return {
        "household_id": household_id,
        "program_code": program,
        "from_month": month(since),
        "to_month": until and month(until),
    }


def listing(
    week: str, household_id: str = "A", *, contacted: str | None = None, outcome: str | None = None,
    recorded: str | None = None, **changes: Any,
) -> Row:  # fmt: skip
    """A place on the list of that week."""
    return {
        "household_id": household_id,
        "round": day_number(Round.parse(week).as_of),
        "slot": "top",
        "propensity": 1.0,
        "contacted_at": contacted and day(contacted),
        "outcome_code": outcome,
        "recorded_at": recorded and day(recorded),
    } | changes


def frames(town: Town) -> dict[str, pl.DataFrame]:
    """The town as polars frames with the types of core."""
    return {name: pl.DataFrame(town.get(name, []), schema=core_schema(TABLES[name]), orient="row") for name in READ}


def seen(*, as_of: date = MONDAY, **tables: list[Row]) -> dict[str, float | None]:
    """The stored features of household A, which is all there is unless ``tables`` say more."""
    town = {"households": [home()]} | tables
    return by_household(build_matrix(frames(town), STANDARD, AsOf.on(as_of)))["A"]


def by_household(found: pl.DataFrame) -> dict[str, dict[str, float | None]]:
    """A matrix's rows by household."""
    return {row.pop("household_id"): row for row in found.drop("dong_code").iter_rows(named=True)}


def matrix_of_each_row(tables: dict[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """The matrix of one date, computed in the way in which every row carries its own date."""
    dates = {"as_of_day": day_number(as_of), "as_of_month": month_number(as_of)}
    literals = {name: pl.lit(number, pl.Int32) for name, number in dates.items()}
    dated = {name: frame.with_columns(**literals) for name, frame in tables.items()}
    each = AsOf.of_each_row()
    features = household_features(dated, STANDARD.features, each)
    found: pl.DataFrame = matrix(features, area_rates(features, STANDARD.features), STANDARD.stored, each).to_native()
    return found


def write_core(folder: Path, tables: dict[str, pl.DataFrame], as_of: date) -> Core:
    """A core on disk: each table's rows in the file of their household's district, sorted by household."""
    districts_of = tables["households"].select("household_id", district=pl.col("dong_code").str.slice(0, 5))
    districts = districts_of["district"].unique().sort().to_list()
    for name, frame in tables.items():
        (folder / name).mkdir(parents=True)
        placed = frame.join(districts_of, on="household_id").sort("household_id")
        for district in districts:
            rows = placed.filter(pl.col("district") == district).drop("district")
            rows.write_parquet(folder / name / f"{district}.parquet")
    about = {
        "as_of": as_of.isoformat(),
        "adapter": "standard",
        "delivery_digest": "0" * 64,
        "districts": districts,
        "rows": {name: frame.height for name, frame in tables.items()},
    }
    (folder / "core.json").write_text(json.dumps(about), encoding="utf-8")
    return Core.open(folder)
