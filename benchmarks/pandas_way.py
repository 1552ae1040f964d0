"""The stored features as a competent analyst writes them in a pandas notebook: one table at a time, whole.

Masks, pivot tables and group-bys, household ids turned into numbers once, nothing computed twice. The values are those
of the catalogue, which a test asserts; only the way there differs.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from domain.calendar import day_number, month_number
from domain.household import BASIC_LIVELIHOOD, Dwelling, HouseholdType, Program, Tenure
from domain.indicator import IndicatorKind
from domain.outcome import CASE_MANAGED, NOT_REACHED, PUBLIC_BENEFIT, SUPPORTED, Outcome
from sources.reference import indicators

NEVER = 24
CURRENT = 4
ARREARS = {known.number: known.code for known in indicators() if known.kind is IndicatorKind.ARREARS}
OTHERS = {known.number: known.code for known in indicators() if known.kind is not IndicatorKind.ARREARS}
AREAS = {known.number: known.area for known in indicators()}
SHUTOFFS = [number for number, area in AREAS.items() if area == "shutoff"]
SUICIDE = [
    known.number for known in indicators() if known.code in ("self_harm_emergency_visit", "suicide_risk_managed")
]
PRECARIOUS = [Dwelling.GOSIWON, Dwelling.BASEMENT, Dwelling.ROOFTOP, Dwelling.NON_DWELLING]
MET_WITHOUT_NEED = frozenset(Outcome) - PUBLIC_BENEFIT - CASE_MANAGED - NOT_REACHED
NO_WELFARE = [*BASIC_LIVELIHOOD, Program.CASE_MANAGEMENT]


def write_features(core: Path, as_of: date, path: Path) -> None:
    """Writes the stored features of all households of a core to one Parquet file."""
    features_of(core, as_of).to_parquet(path, compression="lz4")


def features_of(core: Path, as_of: date) -> pd.DataFrame:
    """One row a household: ids, dong and the stored features as float32, in no particular order."""
    day, month = day_number(as_of), month_number(as_of)
    households = pd.read_parquet(core / "households")
    ids = pd.Index(households["household_id"])
    count = len(households)
    parts = [
        households[["household_id", "dong_code"]],
        report_features(_read(core, "indicators", ids), day, month, count),
        member_features(_read(core, "members", ids), month, count),
        benefit_features(_read(core, "benefits", ids), month, count),
        contact_features(_read(core, "outcomes", ids), day, count),
        place_features(households, day),
    ]
    return _with_area_rates(pd.concat(parts, axis=1))


def _read(core: Path, table: str, ids: pd.Index) -> pd.DataFrame:
    """A core table whose rows carry the household's row number in place of its id."""
    rows = pd.read_parquet(core / table, read_dictionary=["household_id"])
    household = rows.pop("household_id").cat
    rows["h"] = ids.get_indexer(household.categories).astype(np.int32)[household.codes]
    return rows


def _float32(values: pd.DataFrame | pd.Series, count: int, empty: float) -> pd.DataFrame:
    """One row for each household; those without a row in the source get ``empty``."""
    return pd.DataFrame(values).reindex(range(count)).fillna(empty).astype(np.float32)


def _sizes(rows: pd.DataFrame, mask: pd.Series, count: int) -> np.ndarray:
    """How many of a household's rows the mask holds for."""
    return np.bincount(rows["h"].to_numpy()[mask.to_numpy(bool)], minlength=count)


def report_features(rows: pd.DataFrame, day: int, month: int, count: int) -> pd.DataFrame:
    rows["ago"] = month - rows["observed_month"]
    rows = rows[(rows["known_at"] < day) & (rows["ago"] >= 0) & (rows["ago"] < NEVER)]
    rows = rows.assign(months_overdue=rows["months_overdue"].fillna(1))
    is_open = rows["months_overdue"] > 0
    is_arrears, in_year = rows["indicator_no"].isin(list(ARREARS)), (rows["ago"] < 12) & is_open
    arrears_in_year = rows[is_arrears & in_year]
    current = rows[(rows["ago"] < CURRENT) & is_open]

    newest = _pivot(rows[~is_arrears], "ago", "min", count, NEVER, OTHERS, "months_ago")
    arrears = _arrears(rows[is_arrears], count)
    area = current["indicator_no"].map(AREAS)
    areas = pd.DataFrame({name: _sizes(current, area == name, count) > 0 for name in dict.fromkeys(AREAS.values())})
    overview = pd.DataFrame(
        {
            "arrears_kinds": (arrears[[f"{code}_months" for code in ARREARS.values()]] > 0).sum(axis=1),
            "arrears_months_total": arrears[[f"{code}_months" for code in ARREARS.values()]].sum(axis=1),
            "arrears_krw_max_12m": _float32(arrears_in_year.groupby("h")["amount_krw"].max(), count, 0)["amount_krw"],
            "arrears_reports_12m": _sizes(rows, is_arrears & in_year, count),
            "arrears_first_months_ago": _float32(rows[is_arrears & is_open].groupby("h")["ago"].max(), count, -1)[
                "ago"
            ],
            "shutoffs_12m": _sizes(rows, rows["indicator_no"].isin(SHUTOFFS) & in_year, count),
            "indicator_areas": areas.sum(axis=1),
            "indicator_reports_12m": _sizes(rows, in_year, count),
            "newest_report_months_ago": _float32(rows[is_open].groupby("h")["ago"].min(), count, NEVER)["ago"],
            "suicide_known_days": _days_known(rows, SUICIDE, day, count),
            "shutoff_known_days": _days_known(rows, SHUTOFFS, day, count),
            "_arrears": areas["arrears"],
            "_shutoff": areas["shutoff"],
            "_health": areas["health"],
        }
    ).astype(np.float32)
    return pd.concat([newest, arrears, overview], axis=1)


def _pivot(
    rows: pd.DataFrame, value: str, how: str, count: int, empty: float, codes: dict[int, str], suffix: str
) -> pd.DataFrame:
    wide = rows.groupby(["h", "indicator_no"])[value].agg(how).unstack()  # noqa: PD010 - pivot_table is the slower one
    wide = wide.reindex(columns=list(codes)).rename(columns=lambda number: f"{codes[number]}_{suffix}")
    return _float32(wide, count, empty)


def _arrears(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Months now and their trend (the worst report of the newest month counts), longest in a year, amount now."""
    worst_last = rows.sort_values(["observed_month", "months_overdue"], kind="stable")
    now = worst_last[worst_last["ago"] < CURRENT]
    before = worst_last[(worst_last["ago"] >= 3) & (worst_last["ago"] < 3 + CURRENT)]
    months = _pivot(now, "months_overdue", "last", count, 0, ARREARS, "months")
    earlier = _pivot(before, "months_overdue", "last", count, 0, ARREARS, "months")
    trend = (months - earlier).rename(columns=lambda name: name.replace("_months", "_trend_3m"))
    longest = _pivot(rows[rows["ago"] < 12], "months_overdue", "max", count, 0, ARREARS, "max_12m")
    amount = _pivot(now, "amount_krw", "max", count, 0, ARREARS, "krw")
    return pd.concat([months, longest, trend, amount], axis=1)


def _days_known(rows: pd.DataFrame, numbers: list[int], day: int, count: int) -> pd.Series:
    """Days since the newest of these reports became known; NaN where there is none."""
    newest = rows[rows["indicator_no"].isin(numbers)].groupby("h")["known_at"].max()
    return (day - newest).reindex(range(count))


def member_features(rows: pd.DataFrame, month: int, count: int) -> pd.DataFrame:
    rows = rows[rows["birth_month"] < month]
    age = month - rows["birth_month"]
    is_head, is_child = rows["relation"] == "head", age < 18 * 12
    due = rows["pregnancy_due_month"] - month
    oldest = (age.groupby(rows["h"]).max() // 12).reindex(range(count))
    head = (age[is_head].groupby(rows["h"]).max() // 12).reindex(range(count))
    masks = {
        "members_severe_disability": rows["disability"] == "severe",
        "members_mild_disability": rows["disability"] == "mild",
        "members_pregnant_20w": (due >= 0) & (due <= 4),
        "household_size": age >= 0,
        "members_elder": age >= 65 * 12,
        "members_child": is_child,
        "members_infant": age < 3 * 12,
        "members_foreign": rows["is_foreign"],
        "turned_65": (age >= 65 * 12) & (age < 65 * 12 + 3),
        "turned_70": (age >= 70 * 12) & (age < 70 * 12 + 3),
        "_adults": age >= 19 * 12,
        "_grandchildren": (rows["relation"] == "grandchild") & is_child,
        "_own_children": rows["relation"] == "child",
        "_spouses": rows["relation"] == "spouse",
        "is_head_female": is_head & (rows["sex"] == "female"),
    }
    table = pd.DataFrame({name: _sizes(rows, mask, count) for name, mask in masks.items()})
    table["head_age"], table["oldest_age"] = head, oldest
    table["is_head_female"] = table["is_head_female"] > 0
    return (
        _with_types(table).drop(columns=["_adults", "_grandchildren", "_own_children", "_spouses"]).astype(np.float32)
    )


def _with_types(table: pd.DataFrame) -> pd.DataFrame:
    size, elders, children, adults = (
        table[name] for name in ("household_size", "members_elder", "members_child", "_adults")
    )
    table["is_single_elder"] = (size == 1) & (elders == 1)
    table["is_single_working_age"] = (size == 1) & (elders == 0) & (adults == 1)
    table["is_single_parent"] = (adults == 1) & (children > 0) & (table["_own_children"] > 0) & (table["_spouses"] == 0)
    table["is_grandparent"] = (table["_grandchildren"] > 0) & (table["_own_children"] == 0)
    conditions = {
        HouseholdType.SINGLE_ELDER: table["is_single_elder"],
        HouseholdType.SINGLE_WORKING_AGE: table["is_single_working_age"],
        HouseholdType.SINGLE_PARENT: table["is_single_parent"],
        HouseholdType.GRANDPARENT: table["is_grandparent"],
        HouseholdType.ELDER_ONLY: (size > 1) & (elders == size),
        HouseholdType.WITH_CHILDREN: children > 0,
    }
    order = list(HouseholdType)
    codes = [order.index(kind) for kind in conditions]
    table["household_type"] = np.select(list(conditions.values()), codes, default=order.index(HouseholdType.OTHER))
    return table


def benefit_features(rows: pd.DataFrame, month: int, count: int) -> pd.DataFrame:
    runs = rows["to_month"].isna() | (rows["to_month"] >= month)
    is_case = (rows["from_month"] <= month) & runs & (rows["program_code"] == Program.CASE_MANAGEMENT)
    case_managed = _sizes(rows, is_case, count) > 0
    rows = rows[rows["from_month"] < month]
    program = rows["program_code"]
    is_held = rows["to_month"].isna() | (rows["to_month"] >= month)
    kinds = rows[is_held & ~program.isin(NO_WELFARE)].groupby("h")["program_code"].nunique()
    ended = rows[(rows["to_month"] < month) & (program != Program.CASE_MANAGEMENT)].groupby("h")["to_month"].max()
    table = pd.DataFrame(
        {
            "holds_near_poverty": _sizes(rows, is_held & (program == Program.NEAR_POVERTY), count) > 0,
            "holds_basic_pension": _sizes(rows, is_held & (program == Program.BASIC_PENSION), count) > 0,
            "benefits_held": kinds.reindex(range(count)).fillna(0),
            "is_recipient": _sizes(rows, is_held & program.isin(BASIC_LIVELIHOOD), count) > 0,
            "is_case_managed": case_managed,
            "benefit_ended_months_ago": (month - ended).reindex(range(count)),
        }
    )
    return table.astype(np.float32)


def contact_features(rows: pd.DataFrame, day: int, count: int) -> pd.DataFrame:
    rows = rows[rows["round"] < day]
    in_history = rows["round"] >= day - 730
    is_contacted = rows["contacted_at"] < day

    def times(outcomes: frozenset[str]) -> np.ndarray:
        is_recorded = (rows["recorded_at"] < day) & rows["outcome_code"].isin(list(outcomes))
        return _sizes(rows, in_history & is_recorded, count)

    contacted = day - rows[is_contacted].groupby("h")["contacted_at"].max()
    listed_open = day - rows[~is_contacted].groupby("h")["round"].max()
    table = pd.DataFrame(
        {
            "times_listed_24m": _sizes(rows, in_history, count),
            "times_found_in_need_24m": times(PUBLIC_BENEFIT | CASE_MANAGED),
            "times_met_without_need_24m": times(MET_WITHOUT_NEED),
            "times_not_reached_24m": times(NOT_REACHED),
            "days_since_contact": contacted.reindex(range(count)),
            "days_since_open_listing": listed_open.reindex(range(count)),
        }
    )
    table["listings_without_help"] = np.where(times(SUPPORTED) > 0, 0, table["times_listed_24m"])
    return table.astype(np.float32)


def place_features(households: pd.DataFrame, day: int) -> pd.DataFrame:
    days = day - households["moved_in_on"]
    tenure, dwelling = households["tenure"], households["dwelling"]

    def here(column: pd.Series, words: Sequence[str]) -> pd.Series:
        return column.isin(list(words)).where(column.notna())

    table = pd.DataFrame(
        {
            "is_renting_monthly": here(tenure, [Tenure.MONTHLY_RENT, Tenure.DEPOSIT_RENT]),
            "is_public_rental": here(tenure, [Tenure.PUBLIC_RENTAL]),
            "is_precarious_dwelling": here(dwelling, PRECARIOUS),
            "moved_months_ago": (days // 30).clip(upper=60).mask(days <= 0, 60),
            "is_address_mismatch": households["is_address_mismatch"],
            "has_phone": households["has_phone"],
        }
    )
    return table.astype(np.float32)


def _with_area_rates(frame: pd.DataFrame) -> pd.DataFrame:
    flags = pd.DataFrame(
        {
            "area_reported_rate": frame["indicator_areas"] > 0,
            "area_arrears_rate": frame.pop("_arrears") > 0,
            "area_shutoff_rate": frame.pop("_shutoff") > 0,
            "area_health_rate": frame.pop("_health") > 0,
        }
    )
    rates = flags.groupby(frame["dong_code"]).transform("mean").astype(np.float32)
    return pd.concat([frame, rates], axis=1)
