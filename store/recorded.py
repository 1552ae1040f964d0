"""What was recorded about listings: what earlier rounds of this service leave for later ones to know."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from domain.calendar import midnight
from domain.casework import ABOUT_LISTING, TALKED, Request
from store.history import listed_from
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


@dataclass(frozen=True)
class _Met:
    """The day somebody was first reached, the newest outcome, and the day it was noted."""

    first: date | None = None
    outcome: str | None = None
    noted: date | None = None

    def then(self, contact: RowMapping, earliest: date) -> "_Met":
        day, noted = (max(moment.date(), earliest) for moment in (contact["made_at"], contact["at"]))
        return self.also(_Met(day, contact["outcome"], noted if contact["outcome"] else None))

    def also(self, later: "_Met") -> "_Met":
        outcome, noted = (later.outcome, later.noted) if later.outcome else (self.outcome, self.noted)
        return _Met(self.first or later.first, outcome, noted)


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
    listings: dict[tuple[str, str], Any] = {}
    for row in connection.execute(query):
        key = (row.ref, row.round)
        if row.is_current or key in found:
            listings.setdefault(key, row)
    newest = {ref: (ref, label) for ref, label in listings}
    for (ref, label), met in list(found.items()):
        if not label and ref in newest:
            found[newest[ref]] = found.get(newest[ref], _Met()).also(met)
    return [
        RecordedListing(row.household_id, row.as_of, row.slot, row.propensity, *astuple(found.get(key, _Met())))
        for key, row in listings.items()
    ]


def _contacts(connection: Connection, before: date) -> dict[tuple[str, str], _Met]:
    """What came of each household's contacts, by ref and round.

    What was done before the list was there is no contact of its listing; what was done between then and the Monday
    of its round counts from that Monday on. Asked for an earlier day, as a list that is made anew on its Monday does,
    it counts for the listing before, under the round's name "".
    """
    of = contacts.c
    there_from = (
        select(func.min(publications.c.staged_at))
        .where(publications.c.round == of.round, was_published())
        .correlate(contacts)
        .scalar_subquery()
    )
    query = (
        select(of.id, of.ref, of.round, of.attempt, of.outcome, of.made_at, of.at, of.corrects, rounds.c.as_of)
        .add_columns(there_from.label("staged_at"))
        .join(rounds, rounds.c.round == of.round)
        .where(of.at < midnight(before))
        .order_by(of.made_at, of.id)
    )
    rows = connection.execute(query).mappings().all()
    corrected = {row["corrects"] for row in rows}
    found: dict[tuple[str, str], _Met] = {}
    for row in rows:
        if row["id"] in corrected or not (row["attempt"] in TALKED or row["outcome"]):
            continue
        if row["made_at"] < listed_from(row["as_of"], row["staged_at"]):
            continue
        is_told = row["as_of"] < before
        key = (row["ref"], row["round"] if is_told else "")
        found[key] = found.get(key, _Met()).then(row, row["as_of"] if is_told else date.min)
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
