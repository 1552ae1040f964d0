"""Every stored feature once more, slowly: plain loops over one household's rows, written from what the features mean.

Nothing here uses the definitions that it checks; only the register of indicators is shared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.calendar import day_number, month_number
from domain.indicator import Indicator
from sources.reference import indicator, indicators
from tests.support.cores import Row, Town

Values = dict[str, float | None]

ARREARS = [known for known in indicators() if known.kind == "arrears"]
AREAS = {known.area for known in indicators()}
NEVER = 24  # said where nothing was reported in the two years that are looked at

LIVELIHOOD = ("basic_livelihood", "basic_medical", "basic_housing", "basic_education")
PUBLIC = ("basic_livelihood", "near_poverty", "emergency_aid", "other_public")
MANAGED = ("case_management", "case_management_difficult")
NOBODY_MET = ("unreachable", "vacant", "moved", "hospitalised", "wrong_data", "deceased")
TYPES = (
    "single_elder", "single_working_age", "single_parent", "grandparent", "elder_only", "with_children", "other"
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """One household, and what was known about it before a day."""

    day: int
    month: int
    home: Row
    members: list[Row]
    reports: list[Row]
    benefits: list[Row]
    listings: list[Row]

    def ago(self, row: Row) -> int:
        """How many months ago a report's month was; 0 is the as-of date's own."""
        return self.month - int(row["observed_month"])

    def age(self, member: Row) -> int:
        """Completed years."""
        return (self.month - int(member["birth_month"])) // 12

    def reports_of(self, kinds: Iterable[Indicator], *, months: int = 24) -> list[Row]:
        numbers = {kind.number for kind in kinds}
        return [row for row in self.reports if row["indicator_no"] in numbers and self.ago(row) < months]


def known_before(town: Town, home: Row, as_of: date) -> Known:
    """The household's rows that count: nothing that became known, began or was born later; reports of two years."""
    day, month = day_number(as_of), month_number(as_of)

    def own(table: str) -> list[Row]:
        return [row for row in town.get(table, []) if row["household_id"] == home["household_id"]]

    return Known(
        day=day,
        month=month,
        home=home,
        members=[row for row in own("members") if row["birth_month"] < month],
        reports=[row for row in own("indicators") if row["known_at"] < day and 0 <= month - row["observed_month"] < 24],
        benefits=[row for row in own("benefits") if row["from_month"] <= month],
        listings=[row for row in own("outcomes") if row["round"] < day],
    )


def all_features(town: Town, as_of: date) -> dict[str, Values]:
    """The stored features by household, as the 32-bit numbers that matrices hold."""
    everyone = [known_before(town, home, as_of) for home in town["households"]]
    found: dict[str, Values] = {}
    for who in everyone:
        neighbours = [other for other in everyone if other.home["dong_code"] == who.home["dong_code"]]
        values = {
            **arrears(who),
            **reports(who),
            **health(who),
            **household(who),
            **benefits(who),
            **contacts(who),
            **neighbourhood(neighbours),
            **occasions(who),
        }
        found[who.home["household_id"]] = {
            name: None if value is None else float(np.float32(value)) for name, value in values.items()
        }
    return found


def is_collected(kind: Indicator, who: Known) -> bool:
    """Whether a report of this kind can have been known: not in the month of its first reports, nor before."""
    return kind.known_since is None or who.month > month_number(kind.known_since)


def months_overdue(who: Known, kind: Indicator, *, ago: int) -> int:
    """The state of some months ago: what the newest of the four months up to then says, at its worst."""
    rows = [row for row in who.reports_of([kind]) if ago <= who.ago(row) <= ago + 3]
    if not rows:
        return 0
    newest = max(row["observed_month"] for row in rows)
    return max(overdue(row) for row in rows if row["observed_month"] == newest)


def overdue(row: Row) -> int:
    """Months overdue; a report that does not say is of one month."""
    return 1 if row["months_overdue"] is None else int(row["months_overdue"])


def signs(rows: Iterable[Row]) -> list[Row]:
    """Reports that say something is amiss; those of zero months say that it was settled."""
    return [row for row in rows if overdue(row) > 0]


def largest(rows: Iterable[Row], column: str) -> int:
    """The largest number of a column that may be empty; 0 where there is none."""
    return max((int(row[column]) for row in rows if row[column] is not None), default=0)


def since(who: Known, kind: Indicator) -> int | None:
    """Months since the last report of a kind."""
    if not is_collected(kind, who):
        return None
    return min((who.ago(row) for row in who.reports_of([kind])), default=NEVER)


def since_all(who: Known, kinds: Iterable[Indicator]) -> Values:
    return {f"{kind.code}_months_ago": since(who, kind) for kind in kinds}


def arrears(who: Known) -> Values:
    found: Values = {}
    for kind in ARREARS:
        now, before = months_overdue(who, kind, ago=0), months_overdue(who, kind, ago=3)
        values = {
            "months": now,
            "max_12m": max((overdue(row) for row in who.reports_of([kind], months=12)), default=0),
            "trend_3m": now - before,
            "krw": largest(who.reports_of([kind], months=4), "amount_krw"),
        }
        for name, value in values.items():
            found[f"{kind.code}_{name}"] = value if is_collected(kind, who) else None
    states = [months_overdue(who, kind, ago=0) for kind in ARREARS]
    shutoffs = [known for known in indicators() if known.area == "shutoff"]
    events = [known for known in indicators() if known.area == "arrears" and known.kind != "arrears"]
    in_a_year = signs(who.reports_of(ARREARS, months=12))
    return found | {
        **since_all(who, [*shutoffs, *events]),
        "arrears_kinds": sum(1 for state in states if state > 0),
        "arrears_months_total": sum(states),
        "arrears_krw_max_12m": largest(in_a_year, "amount_krw"),
        "arrears_reports_12m": len(in_a_year),
        "arrears_first_months_ago": max((who.ago(row) for row in signs(who.reports_of(ARREARS))), default=-1),
        "shutoffs_12m": len(signs(who.reports_of(shutoffs, months=12))),
    }


def areas_now(who: Known) -> set[str]:
    """The areas of which something was reported in the four newest months."""
    return {known.area for known in indicators() if signs(who.reports_of([known], months=4))}


def reports(who: Known) -> Values:
    other_areas = AREAS - {"arrears", "shutoff", "health"}
    return {
        "indicator_areas": len(areas_now(who)),
        "indicator_reports_12m": len(signs(who.reports_of(indicators(), months=12))),
        "newest_report_months_ago": min((who.ago(row) for row in signs(who.reports)), default=NEVER),
        **since_all(who, [known for known in indicators() if known.area in other_areas]),
    }


def health(who: Known) -> Values:
    due = [row["pregnancy_due_month"] for row in who.members if row["pregnancy_due_month"] is not None]
    return {
        **since_all(who, [known for known in indicators() if known.area == "health"]),
        "members_severe_disability": sum(row["disability"] == "severe" for row in who.members),
        "members_mild_disability": sum(row["disability"] == "mild" for row in who.members),
        # Week 20 is reached when the due month is at most four months away.
        "members_pregnant_20w": sum(who.month <= month <= who.month + 4 for month in due),
    }


def type_of(who: Known) -> str:
    """The first household type that fits."""
    ages = [who.age(row) for row in who.members]
    has_minor, adults = any(age < 18 for age in ages), sum(age >= 19 for age in ages)
    own_child = any(row["relation"] == "child" for row in who.members)
    minor_grandchild = any(row["relation"] == "grandchild" and who.age(row) < 18 for row in who.members)
    if len(ages) == 1 and ages[0] >= 65:
        return "single_elder"
    if len(ages) == 1 and 19 <= ages[0] < 65:
        return "single_working_age"
    spouse = any(row["relation"] == "spouse" for row in who.members)
    if adults == 1 and has_minor and own_child and not spouse:
        return "single_parent"
    if minor_grandchild and not own_child:
        return "grandparent"
    if len(ages) >= 2 and all(age >= 65 for age in ages):
        return "elder_only"
    return "with_children" if has_minor else "other"


def household(who: Known) -> Values:
    ages = [who.age(row) for row in who.members]
    heads = [row for row in who.members if row["relation"] == "head"]
    kind = type_of(who)
    own_child = any(row["relation"] == "child" for row in who.members)
    minor_grandchild = any(row["relation"] == "grandchild" and who.age(row) < 18 for row in who.members)
    return {
        "household_size": len(ages),
        "members_elder": sum(age >= 65 for age in ages),
        "members_child": sum(age < 18 for age in ages),
        "members_infant": sum(age < 3 for age in ages),
        "members_foreign": sum(row["is_foreign"] for row in who.members),
        "head_age": max((who.age(row) for row in heads), default=None),
        "oldest_age": max(ages, default=None),
        "is_head_female": any(row["sex"] == "female" for row in heads),
        "is_single_elder": kind == "single_elder",
        "is_single_working_age": kind == "single_working_age",
        "is_single_parent": kind == "single_parent",
        "is_grandparent": minor_grandchild and not own_child,
        **place(who),
    }


def place(who: Known) -> Values:
    """Where they live as the delivery says, whenever they moved in; a move counts for five years, none before it."""
    moved_in, tenure, dwelling = (who.home[name] for name in ("moved_in_on", "tenure", "dwelling"))
    has_moved = moved_in is not None and moved_in < who.day
    poor = ("gosiwon", "basement", "rooftop", "non_dwelling")
    return {
        "is_renting_monthly": tenure in ("monthly_rent", "deposit_rent") if tenure else None,
        "is_public_rental": tenure == "public_rental" if tenure else None,
        "is_precarious_dwelling": dwelling in poor if dwelling else None,
        "moved_months_ago": None if moved_in is None else min((who.day - moved_in) // 30, 60) if has_moved else 60,
    }


def benefits(who: Known) -> Values:
    running = [row for row in who.benefits if row["to_month"] is None or row["to_month"] >= who.month]
    held = {row["program_code"] for row in running if row["from_month"] < who.month}
    begun = [row for row in who.benefits if row["from_month"] < who.month]
    ends = [row["to_month"] for row in begun if row["program_code"] != "case_management"]
    ended = [month for month in ends if month is not None and month < who.month]
    return {
        "holds_near_poverty": "near_poverty" in held,
        "holds_basic_pension": "basic_pension" in held,
        "benefits_held": len(held - {*LIVELIHOOD, "case_management"}),
        "benefit_ended_months_ago": who.month - max(ended) if ended else None,
        "is_recipient": bool(held & set(LIVELIHOOD)),
        "is_case_managed": any(row["program_code"] == "case_management" for row in running),
    }


def contacts(who: Known) -> Values:
    two_years = [row for row in who.listings if row["round"] >= who.day - 730]
    new = [row for row in two_years if row["slot"] != "carried_over"]
    written = [
        row["outcome_code"] for row in two_years if row["recorded_at"] is not None and row["recorded_at"] < who.day
    ]
    contacted = [row for row in who.listings if row["contacted_at"] is not None and row["contacted_at"] < who.day]
    waiting = [row["round"] for row in who.listings if row not in contacted and row["slot"] != "carried_over"]
    helped = any(code in (*PUBLIC, *MANAGED, "private_service") for code in written)
    return {
        "times_listed_24m": len(new),
        "times_found_in_need_24m": sum(code in (*PUBLIC, *MANAGED) for code in written),
        "times_met_without_need_24m": sum(code not in (*PUBLIC, *MANAGED, *NOBODY_MET, None) for code in written),
        "times_not_reached_24m": sum(code in NOBODY_MET for code in written),
        "days_since_contact": min((who.day - row["contacted_at"] for row in contacted), default=None),
        "days_since_open_listing": who.day - max(waiting) if waiting else None,
        "listings_without_help": 0 if helped else len(new),
    }


def neighbourhood(neighbours: list[Known]) -> Values:
    """Of all households of a dong, the share with something reported in the newest months."""

    def share(area: str | None) -> float:
        hits = [who for who in neighbours if (area in areas_now(who) if area else areas_now(who))]
        return len(hits) / len(neighbours)

    return {
        "area_reported_rate": share(None),
        "area_arrears_rate": share("arrears"),
        "area_shutoff_rate": share("shutoff"),
        "area_health_rate": share("health"),
    }


def occasions(who: Known) -> Values:
    def turned(years: int) -> int:
        birthdays = [row["birth_month"] + years * 12 for row in who.members]
        return sum(who.month - 2 <= month <= who.month for month in birthdays)

    def known_days(kinds: Iterable[Indicator]) -> int | None:
        return min((who.day - int(row["known_at"]) for row in who.reports_of(kinds)), default=None)

    return {
        "turned_65": turned(65),
        "turned_70": turned(70),
        "suicide_known_days": known_days([indicator("self_harm_emergency_visit"), indicator("suicide_risk_managed")]),
        "shutoff_known_days": known_days([known for known in indicators() if known.area == "shutoff"]),
        "household_type": TYPES.index(type_of(who)),
        "is_address_mismatch": who.home["is_address_mismatch"],
        "has_phone": who.home["has_phone"],
    }
