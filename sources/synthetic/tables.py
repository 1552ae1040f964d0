"""A district's simulated arrays as the tables of a delivery, and its truth as a table apart."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from domain.calendar import Round, month_start
from sources.reference import indicators
from sources.synthetic.benefits import NO_END, PROGRAMS, Benefits
from sources.synthetic.hardship import Homes
from sources.synthetic.history import SLOTS, Listings
from sources.synthetic.indicators import Reports
from sources.synthetic.outcomes import OUTCOMES
from sources.synthetic.plan import District
from sources.synthetic.population import (
    DISABILITIES,
    DWELLINGS,
    RELATIONS,
    SEXES,
    TENURES,
    Flags,
    Households,
    Ints,
    Members,
)
from sources.synthetic.requests import KINDS, MAKERS, Requests


def _words(choices: Sequence[str] | Sequence[StrEnum], numbers: NDArray[np.integer]) -> pl.Series:
    """Text of each number; null where it is negative."""
    texts = pl.Series([str(choice) for choice in choices])
    places = pl.Series(np.where(numbers >= 0, numbers, 0)).cast(pl.UInt32)
    found = texts.gather(places)
    return found if (numbers >= 0).all() else pl.select(pl.when(pl.Series(numbers >= 0)).then(found)).to_series()


def _months(numbers: Ints) -> pl.Series:
    """Month numbers as "YYYY-MM"."""
    low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    texts = pl.Series([month_start(number).strftime("%Y-%m") for number in range(low, high + 1)], dtype=pl.String)
    return texts.gather(pl.Series(numbers - low).cast(pl.UInt32))


def _maybe_months(numbers: Ints, is_known: Flags) -> pl.Series:
    texts = _months(np.where(is_known, numbers, numbers[is_known].min() if is_known.any() else 24_000))
    return pl.select(pl.when(pl.Series(is_known)).then(texts)).to_series()


def _days(numbers: Ints) -> pl.Series:
    """Day numbers as dates; null where negative."""
    days = pl.Series(numbers.astype(np.int32)).cast(pl.Date)
    return pl.select(pl.when(pl.Series(numbers >= 0)).then(days)).to_series()


def _counts(numbers: Ints) -> pl.Series:
    return pl.select(pl.when(pl.Series(numbers >= 0)).then(pl.Series(numbers))).to_series()


def _ids(prefix: str, count: int) -> pl.Series:
    numbers = pl.Series(np.arange(1, count + 1)).cast(pl.String).str.zfill(7)
    return prefix + numbers


def household_ids(district: District) -> pl.Series:
    """Ids as a provider writes them: the district's code and a running number."""
    return _ids(f"HH{district.code}-", district.households)


def households_table(
    ids: pl.Series,
    district: District,
    households: Households,
    homes: Homes,
    *,
    moved_in_day: Ints,
    mismatch: Flags,
    has_phone: Flags,
) -> pl.DataFrame:
    """Row per household; ``moved_in_day`` is a day number, negative where unknown."""
    return pl.DataFrame(
        {
            "household_id": ids,
            "dong_code": _words([dong.code for dong in district.dongs], households.dong),
            "tenure": _words(TENURES, homes.tenure),
            "dwelling": _words(DWELLINGS, homes.dwelling),
            "moved_in_on": _days(moved_in_day),
            "is_address_mismatch": mismatch,
            "has_phone": has_phone,
        }
    )


def members_table(ids: pl.Series, district: District, members: Members, *, as_of_month: int) -> pl.DataFrame:
    """Row per person; ages count back from ``as_of_month``."""
    due = members.due_in_months
    return pl.DataFrame(
        {
            "household_id": ids.gather(members.household),
            "person_id": _ids(f"PS{district.code}-", len(members.household)),
            "birth_month": _months(as_of_month - members.age_months),
            "sex": _words(SEXES, members.sex),
            "relation": _words(RELATIONS, members.relation),
            "disability": _words(DISABILITIES, members.disability),
            "pregnancy_due_month": _maybe_months(as_of_month + due, due >= 0),
            "is_foreign": members.is_foreign,
        }
    )


def indicators_table(ids: pl.Series, reports: Reports, *, first_month: int) -> pl.DataFrame:
    """Row per report; the reports' months count from ``first_month``."""
    codes = {register.number: register.code for register in indicators()}
    return pl.DataFrame(
        {
            "household_id": ids.gather(reports.household),
            "indicator_code": _words([codes.get(number, "") for number in range(max(codes) + 1)], reports.indicator_no),
            "observed_month": _months(reports.month + first_month),
            "known_at": _days(reports.known_day),
            "months_overdue": _counts(reports.months_overdue),
            "amount_krw": _counts(reports.amount_krw),
        }
    )


def benefits_table(ids: pl.Series, benefits: Benefits, *, first_month: int) -> pl.DataFrame:
    """Row per spell of payment; its months count from ``first_month``."""
    return pl.DataFrame(
        {
            "household_id": ids.gather(benefits.household),
            "program_code": _words(PROGRAMS, benefits.program),
            "from_month": _months(benefits.from_month + first_month),
            "to_month": _maybe_months(benefits.to_month + first_month, benefits.to_month != NO_END),
        }
    )


def outcomes_table(ids: pl.Series, listings: Listings, rounds: Sequence[Round]) -> pl.DataFrame:
    """Row per listing, in the order of the rounds."""
    table = pl.DataFrame(
        {
            "household_id": ids.gather(listings.household),
            "round": _words([past.label for past in rounds], listings.week),
            "slot": _words(SLOTS, listings.slot),
            "propensity": listings.propensity,
            "contacted_at": _days(listings.contacted_day),
            "outcome_code": _words(OUTCOMES, listings.outcome),
            "recorded_at": _days(listings.recorded_day),
        }
    )
    return table.sort("round", "household_id")


def requests_table(ids: pl.Series, requests: Requests) -> pl.DataFrame:
    """Row per exclusion or referral."""
    return pl.DataFrame(
        {
            "household_id": ids.gather(requests.household),
            "kind": _words(KINDS, requests.kind),
            "made_by": _words(MAKERS, requests.made_by),
            "made_on": _days(requests.made_day),
            "ends_on": _days(requests.ends_day),
        }
    )


def truth_table(ids: pl.Series, need: Flags, outcome: NDArray[np.int8], *, first_month: int) -> pl.DataFrame:
    """Row per household and month: was it in need, and what would a contact in that month have come to?"""
    months, count = need.shape
    return pl.DataFrame(
        {
            "household_id": ids.gather(np.repeat(np.arange(count), months)),
            "month": _months(np.tile(first_month + np.arange(months), count)),
            "is_in_need": need.T.ravel(),
            "outcome_if_contacted": _words(OUTCOMES, outcome.T.ravel()),
        }
    )
