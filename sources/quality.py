"""Why a row is set aside (quarantine): the closed list of reasons, and the rules that look at more than one cell."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import polars as pl

from domain.calendar import month_number
from sources.reference import indicators, reference_path


class Reason(StrEnum):
    """One reason a row; of several faults the first found counts: cells, the row, its household, repeats."""

    MISSING = "missing"
    BAD_TEXT = "bad_text"
    TOO_LONG = "too_long"
    BAD_MONTH = "bad_month"
    BAD_DATE = "bad_date"
    BAD_ROUND = "bad_round"
    BAD_NUMBER = "bad_number"
    BAD_FLAG = "bad_flag"
    BAD_SHARE = "bad_share"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    MONTHS_ABSURD = "months_absurd"
    UNKNOWN_CHOICE = "unknown_choice"
    UNKNOWN_INDICATOR = "unknown_indicator"
    DONG_UNKNOWN = "dong_unknown"
    DONG_LEGAL = "dong_legal"
    DONG_NOT_YET = "dong_not_yet"
    IN_FUTURE = "in_future"
    BORN_IN_FUTURE = "born_in_future"
    BORN_TOO_LONG_AGO = "born_too_long_ago"
    KNOWN_BEFORE_OBSERVED = "known_before_observed"
    BEFORE_KNOWN_SINCE = "before_known_since"
    DATES_REVERSED = "dates_reversed"
    OUTCOME_WITHOUT_CONTACT = "outcome_without_contact"
    DUPLICATE = "duplicate"
    CONFLICTING = "conflicting"
    OLDER_ADDRESS = "older_address"
    TWO_DONGS = "two_dongs"
    HOUSEHOLD_UNKNOWN = "household_unknown"
    HOUSEHOLD_QUARANTINED = "household_quarantined"
    PERSON_ELSEWHERE = "person_elsewhere"


REASONS = tuple(Reason)
GOOD = 0  # what the reason column of a frame holds for a row without fault; a reason is its place in REASONS plus one


def reason_number(reason: Reason) -> int:
    """What the reason column holds for ``reason``."""
    return REASONS.index(reason) + 1


@dataclass(frozen=True)
class ReasonText:
    """A reason in the words of the data officer's screen."""

    message_ko: str
    hint_ko: str


@cache
def reason_texts() -> dict[Reason, ReasonText]:
    """The words for every reason, from ``quarantine_reasons.csv``."""
    with reference_path("quarantine_reasons.csv").open(encoding="utf-8", newline="") as file:
        return {Reason(row["code"]): ReasonText(row["message_ko"], row["hint_ko"]) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class RowRule:
    """A fault that needs more than one cell: where ``is_broken`` is true, ``column`` is to blame."""

    reason: Reason
    column: str
    is_broken: pl.Expr


def row_rules(table: str) -> tuple[RowRule, ...]:
    """The rules of one table, over core columns; a null makes a rule neither kept nor broken."""
    return _rules().get(table, ())


@cache
def _rules() -> dict[str, tuple[RowRule, ...]]:
    return {
        "indicators": (
            RowRule(Reason.BEFORE_KNOWN_SINCE, "observed_month", _observed_before_collection()),
            RowRule(
                Reason.KNOWN_BEFORE_OBSERVED, "known_at", _month_of_day(pl.col("known_at")) < pl.col("observed_month")
            ),
        ),
        "benefits": (_reversed("from_month", "to_month"),),
        "outcomes": (
            RowRule(
                Reason.OUTCOME_WITHOUT_CONTACT,
                "contacted_at",
                pl.col("outcome_code").is_not_null() & pl.col("contacted_at").is_null(),
            ),
            _reversed("round", "contacted_at"),
            _reversed("contacted_at", "recorded_at"),
        ),
        "requests": (_reversed("made_on", "ends_on"),),
    }


def _reversed(first: str, second: str) -> RowRule:
    return RowRule(Reason.DATES_REVERSED, second, pl.col(second) < pl.col(first))


def _observed_before_collection() -> pl.Expr:
    starts = {known.number: month_number(known.known_since) for known in indicators() if known.known_since}
    start = pl.col("indicator_no").replace_strict(starts, default=None, return_dtype=pl.Int32)
    return pl.col("observed_month") < start


def _month_of_day(day: pl.Expr) -> pl.Expr:
    """The month number of a day number."""
    as_date = day.cast(pl.Date)
    return as_date.dt.year() * 12 + as_date.dt.month().cast(pl.Int32) - 1
