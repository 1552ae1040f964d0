"""What was recorded about listings: what earlier rounds of this service leave for later ones to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from domain.calendar import SEOUL
from domain.casework import ABOUT_LISTING, TALKED, Request
from store.scoping import was_published
from store.tables import contacts, entries, households, publications, requests, rounds


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
    right. So the same dates give the same answer whenever they are asked. Of a round that was made anew a household has
    one listing: the one that readers see, or one taken back on which something was recorded.
    """
    found = _contacts(connection, before)
    is_current = publications.c.id == rounds.c.publication_id
    query = (
        select(
            entries.c.ref,
            households.c.household_id,
            rounds.c.round,
            rounds.c.as_of,
            entries.c.slot,
            entries.c.propensity,
            is_current.label("is_current"),
        )
        .join(publications, publications.c.id == entries.c.publication_id)
        .join(rounds, rounds.c.round == publications.c.round)
        .join(households, households.c.ref == entries.c.ref)
        .where(rounds.c.as_of >= since, rounds.c.as_of < before, was_published())
        .order_by(households.c.household_id, rounds.c.as_of, is_current.desc(), publications.c.id.desc())
    )
    listings: dict[tuple[str, str], RecordedListing] = {}
    for row in connection.execute(query):
        key = (row.ref, row.round)
        if row.is_current or key in found:
            told = (row.household_id, row.as_of, row.slot, row.propensity, *found.get(key, _NOTHING))
            listings.setdefault(key, RecordedListing(*told))
    return list(listings.values())


_NOTHING: tuple[date | None, str | None, date | None] = (None, None, None)


def _contacts(
    connection: Connection, before: date
) -> dict[tuple[str, str], tuple[date | None, str | None, date | None]]:
    """By ref and round: the day somebody was first reached, the newest outcome, and the day it was noted.

    What was done before the round is no contact of its listing.
    """
    midnight = datetime(before.year, before.month, before.day, tzinfo=SEOUL)
    of = contacts.c
    query = (
        select(of.id, of.ref, of.round, of.attempt, of.outcome, of.made_at, of.at, of.corrects, rounds.c.as_of)
        .join(rounds, rounds.c.round == of.round)
        .where(of.at < midnight)
        .order_by(of.made_at, of.id)
    )
    rows = connection.execute(query).mappings().all()
    corrected = {row["corrects"] for row in rows}
    found: dict[tuple[str, str], tuple[date | None, str | None, date | None]] = {}
    for row in rows:
        if row["id"] in corrected or not (row["attempt"] in TALKED or row["outcome"]):
            continue
        if row["made_at"].date() < row["as_of"]:
            continue
        key = (row["ref"], row["round"])
        first, outcome, noted = found.get(key, _NOTHING)
        if row["outcome"]:
            outcome, noted = row["outcome"], row["at"].date()
        found[key] = (first or row["made_at"].date(), outcome, noted)
    return found


def recorded_exclusions(connection: Connection, *, on: date) -> list[Mapping[str, Any]]:
    """Who asked until that day not to be listed: ``household_id``, ``made_on``, ``ends_on``.

    Also what was asked on the day itself: a wish not to be listed does not wait a week. The newest wish decides: each
    exclusion ends the day before the next wish at the latest, be that another exclusion or its withdrawal.
    """
    of = requests.c
    query = (
        select(households.c.household_id, of.kind, of.made_on, of.ends_on)
        .join(households, households.c.ref == of.ref)
        .where(of.kind.in_(ABOUT_LISTING), of.made_on <= on)
        .order_by(households.c.household_id, of.made_on, of.id)
    )
    wishes = list(connection.execute(query).mappings())
    return [
        {"household_id": wish["household_id"], "made_on": wish["made_on"], "ends_on": _end(wish, after)}
        for wish, after in zip_longest(wishes, wishes[1:])
        if wish["kind"] == Request.EXCLUSION
    ]


def _end(wish: RowMapping, after: RowMapping | None) -> date | None:
    if after is None or after["household_id"] != wish["household_id"]:
        own: date | None = wish["ends_on"]
        return own
    before: date = after["made_on"] - timedelta(days=1)
    return min(wish["ends_on"] or before, before)
