"""What the data said about listed households as of a round, with dates: what a page shows beside the reasons.

    {"household": {"tenure": "jeonse", "dwelling": "apartment", "moved_in_on": "2003-05-08",
                   "is_address_mismatch": false, "has_phone": true},
     "members":  [{"relation": "head", "sex": "female", "age_from": 65, "age_to": 69, "disability": "none",
                   "is_pregnant": false}],
     "reports":  [{"indicator_no": 7, "observed_month": "2026-09-01", "known_on": "2026-10-16",
                   "months_overdue": 4, "amount_krw": 280050}],
     "benefits": [{"program": "basic_pension", "from": "2019-02-01", "to": null}],
     "listings": [{"round": "2026-W40", "slot": "top", "contacted_on": "2026-10-01", "outcome": "private_service"}]}

Codes only: Korean words come from the presenters. Only what was known before the as-of date is told, by the same rule
as for the features, and no more of a person than a worker needs: no month of birth, no person's id.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import narwhals as nw
import polars as pl

from domain.calendar import Round, day_number, day_of, month_number, month_start
from domain.household import Relation
from features.declaration import AsOf
from features.engine import known_rows
from features.health import DUE_MONTHS_AHEAD
from sources.core import Core

Facts = dict[str, Any]
_Row = dict[str, Any]
# Where the age bands begin: stages of childhood, then ten years each, and five once age itself asks for care.
_BANDS = (0, 3, 7, 13, 19, 30, 40, 50, 60, 65, 70, 75, 80, 85)
_HOUSEHOLD = ("tenure", "dwelling", "is_address_mismatch", "has_phone")
# Of the members the head comes first, then the oldest; of everything else the newest.
_ORDER: Mapping[str, Sequence[str | pl.Expr]] = {
    "members": [pl.col("relation") != Relation.HEAD.value, "birth_month", "relation", "sex", "disability"],
    "indicators": ["observed_month", "known_at", "indicator_no"],
    "benefits": ["from_month", "program_code", "to_month"],
    "outcomes": ["round"],
}


def facts_of(core: Core, district: str, household_ids: Sequence[str], week: Round) -> dict[str, Facts]:
    """The facts of each of the households, all of one district, by pseudonym."""
    found = {
        row["household_id"]: _household(row, week.as_of) for row in _rows(core, "households", district, household_ids)
    }
    told = (("members", _member), ("indicators", _report), ("benefits", _benefit), ("outcomes", _listing))
    for table, fact in told:
        for row in _rows(core, table, district, household_ids, week):
            found[row["household_id"]][_NAMES[table]].append(fact(row, week.as_of))
    return found


_NAMES = {"members": "members", "indicators": "reports", "benefits": "benefits", "outcomes": "listings"}


def _rows(core: Core, table: str, district: str, household_ids: Sequence[str], week: Round | None = None) -> list[_Row]:
    rows = core.scan(table, [district]).filter(pl.col("household_id").is_in(list(household_ids)))
    if week is None:
        return rows.collect().rows(named=True)
    known: pl.LazyFrame = known_rows(table, nw.from_native(rows), AsOf.on(week.as_of)).to_native()
    is_newest_first = table != "members"
    return known.sort(_ORDER[table], descending=is_newest_first, nulls_last=True).collect().rows(named=True)


def _household(row: _Row, as_of: date) -> Facts:
    """``moved_in_on`` is left out of a past round that the move came after."""
    moved_in = row.get("moved_in_on")
    place = {name: row.get(name) for name in _HOUSEHOLD}
    place["moved_in_on"] = _day(moved_in) if moved_in is not None and moved_in < day_number(as_of) else None
    return {"household": place} | {name: [] for name in _NAMES.values()}


def _member(row: _Row, as_of: date) -> Facts:
    month = month_number(as_of)
    begins, ends = _band((month - row["birth_month"]) // 12)
    due = row["pregnancy_due_month"]
    return {
        "relation": row["relation"],
        "sex": row["sex"],
        "age_from": begins,
        "age_to": ends,
        "disability": row["disability"],
        # Before week 20 nobody is told.
        "is_pregnant": due is not None and 0 <= due - month <= DUE_MONTHS_AHEAD,
    }


@cache
def _band(years: int) -> tuple[int, int | None]:
    """The first and the last year of the age band; the last band has no end."""
    place = bisect_right(_BANDS, years)
    return _BANDS[place - 1], _BANDS[place] - 1 if place < len(_BANDS) else None


def _report(row: _Row, _: date) -> Facts:
    return {
        "indicator_no": row["indicator_no"],
        "observed_month": _month(row["observed_month"]),
        "known_on": _day(row["known_at"]),
        "months_overdue": row["months_overdue"],
        "amount_krw": row["amount_krw"],
    }


def _benefit(row: _Row, as_of: date) -> Facts:
    """An end in the month of the date or later may not have been known on it, and is told as no end."""
    ends = row["to_month"]
    has_ended = ends is not None and ends < month_number(as_of)
    return {
        "program": row["program_code"],
        "from": _month(row["from_month"]),
        "to": _month(ends) if has_ended else None,
    }


def _listing(row: _Row, as_of: date) -> Facts:
    day = day_number(as_of)
    is_contacted = row["contacted_at"] is not None and row["contacted_at"] < day
    is_recorded = row["recorded_at"] is not None and row["recorded_at"] < day
    return {
        "round": Round(day_of(row["round"])).label,
        "slot": row["slot"],
        "contacted_on": _day(row["contacted_at"]) if is_contacted else None,
        "outcome": row["outcome_code"] if is_recorded else None,
    }


@cache
def _day(number: int) -> str:
    return day_of(number).isoformat()


@cache
def _month(number: int) -> str:
    return month_start(number).isoformat()
