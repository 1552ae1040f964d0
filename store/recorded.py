"""What was recorded about listings: what earlier rounds of this service leave for later ones to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from domain.calendar import SEOUL
from domain.casework import Attempt, Request
from store.tables import contacts, entries, households, requests, rounds

_REACHED = (Attempt.REACHED.value, Attempt.DECLINED.value)


@dataclass(frozen=True)
class RecordedListing:
    """One listing of a published round: when somebody was reached, and what came of it, as far as was noted."""

    household_id: str
    round: date
    slot: str
    propensity: float
    contacted_on: date | None
    outcome: str | None
    recorded_on: date | None


def recorded_listings(connection: Connection, *, since: date, before: date) -> list[RecordedListing]:
    """Every listing of the rounds from ``since`` until ``before``, with what was noted before that day began.

    An attempt that reached nobody is no contact, unless the case was closed with it. What was put right counts as put
    right. So the same dates give the same answer whenever they are asked.
    """
    found = _contacts(connection, before)
    query = (
        select(
            entries.c.ref,
            households.c.household_id,
            rounds.c.round,
            rounds.c.as_of,
            entries.c.slot,
            entries.c.propensity,
        )
        .join(rounds, rounds.c.publication_id == entries.c.publication_id)
        .join(households, households.c.ref == entries.c.ref)
        .where(rounds.c.as_of >= since, rounds.c.as_of < before)
        .order_by(households.c.household_id, rounds.c.as_of)
    )
    return [
        RecordedListing(
            row.household_id, row.as_of, row.slot, row.propensity, *found.get((row.ref, row.round), _NOTHING)
        )
        for row in connection.execute(query)
    ]


_NOTHING: tuple[date | None, str | None, date | None] = (None, None, None)


def _contacts(
    connection: Connection, before: date
) -> dict[tuple[str, str], tuple[date | None, str | None, date | None]]:
    """By ref and round: the day somebody was first reached, the newest outcome, and the day it was noted."""
    midnight = datetime(before.year, before.month, before.day, tzinfo=SEOUL)
    of = contacts.c
    query = (
        select(of.id, of.ref, of.round, of.attempt, of.outcome, of.made_at, of.at, of.corrects)
        .where(of.at < midnight)
        .order_by(of.made_at, of.id)
    )
    rows = connection.execute(query).mappings().all()
    corrected = {row["corrects"] for row in rows}
    found: dict[tuple[str, str], tuple[date | None, str | None, date | None]] = {}
    for row in rows:
        if row["id"] in corrected or not (row["attempt"] in _REACHED or row["outcome"]):
            continue
        key = (row["ref"], row["round"])
        first, outcome, noted = found.get(key, _NOTHING)
        if row["outcome"]:
            outcome, noted = row["outcome"], row["at"].date()
        found[key] = (first or row["made_at"].date(), outcome, noted)
    return found


def recorded_exclusions(connection: Connection, *, on: date) -> list[Mapping[str, Any]]:
    """Who asked until that day not to be listed: ``household_id``, ``made_on``, ``ends_on``.

    Also what was asked on the day itself: a wish not to be listed does not wait a week.
    """
    of = requests.c
    query = (
        select(households.c.household_id, of.made_on, of.ends_on)
        .join(households, households.c.ref == of.ref)
        .where(of.kind == Request.EXCLUSION.value, of.made_on <= on)
        .order_by(households.c.household_id, of.made_on, of.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
