"""Who competes for a place by score: one rule for this week's list and for past rounds."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from domain.calendar import day_number
from domain.policy import ListPolicy

# What the rule reads of a matrix; a catalogue that lacks one (a survey knows no contacts) leaves it unknown.
COLUMNS = ("is_recipient", "is_case_managed", "days_since_contact", "days_since_open_listing")


def with_unknown(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """``frame`` with those of ``columns`` it lacks, unknown for everybody."""
    return frame.with_columns(pl.lit(None, dtype=pl.Float32).alias(name) for name in columns if name not in frame)


def open_requests(requests: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The requests in force on a day: made on or before it, and not ended before it."""
    today = day_number(as_of)
    return requests.filter((pl.col("made_on") <= today) & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= today)))


def with_candidacy(frame: pl.DataFrame, requests: pl.DataFrame, as_of: date, policy: ListPolicy) -> pl.DataFrame:
    """``frame`` (a row a household) with ``may_be_listed``, ``is_carried_over``, ``is_resting`` and ``may_rank``.

    May be listed: not excluded on own request, no case running. May rank by score: neither resting after a contact nor
    on basic livelihood support, whom the office knows. Carried over: listed lately and not contacted.
    """
    excluded = open_requests(requests, as_of).filter(pl.col("kind") == "exclusion")["household_id"].to_list()
    contact, listing = pl.col("days_since_contact"), pl.col("days_since_open_listing")
    waits = (listing <= policy.carry_over_weeks * 7) & ((contact > listing) | contact.is_null())
    is_case_managed = (pl.col("is_case_managed") > 0).fill_null(False)
    is_recipient = (pl.col("is_recipient") > 0).fill_null(False)
    return (
        with_unknown(frame, COLUMNS)
        .with_columns(
            may_be_listed=~(pl.col("household_id").is_in(excluded) | is_case_managed),
            is_carried_over=waits.fill_null(False),
            is_resting=(contact <= policy.cool_down_days).fill_null(False),
        )
        .with_columns(may_rank=pl.col("may_be_listed") & ~pl.col("is_resting") & ~is_recipient)
    )
