"""The history of a case: every row that acts have added, oldest first."""

from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, bindparam, select

from domain.calendar import SEOUL
from domain.casework import (
    Answered,
    Asked,
    Assigned,
    Attempt,
    Case,
    Contacted,
    Event,
    HandoverStep,
    Listed,
    Method,
    Noted,
    Passed,
    Recorded,
    Request,
)
from domain.listing import Slot
from domain.outcome import Outcome
from domain.people import Scope
from store.scoping import was_published, within
from store.tables import assignments, contacts, entries, handovers, notes, publications, requests, rounds, users

_SCOPES = 4096 * 5  # a nation has 3,500 dongs; five tables


def history_of(connection: Connection, scope: Scope, ref: str) -> tuple[Recorded, ...]:
    """What was done for a household in ``scope``, oldest first, with the names of those who did it."""
    found = [row for table in _EVENTS for row in _recorded(connection, scope, table, ref)]
    return tuple(sorted(found, key=attrgetter("at")))


def events_of(connection: Connection, case: Case) -> list[Event]:
    """What a case's standing follows from: its history in the dong it is in now, and its listings there."""
    here = Scope((case.dong_code,))
    acts: list[tuple[datetime, Event]] = [(row.at, row.event) for row in history_of(connection, here, case.ref)]
    listed: list[tuple[datetime, Event]] = [(at, Listed()) for at in _listed_at(connection, case)]
    return [event for _, event in sorted(acts + listed, key=lambda happened: happened[0])]


def rounds_of(connection: Connection, scope: Scope, ref: str) -> tuple[str, ...]:
    """The rounds whose lists in ``scope`` named a household, newest first."""
    return tuple(connection.execute(_listings(scope), {"ref": ref}).scalars())


def _recorded(connection: Connection, scope: Scope, table: Table, ref: str) -> Iterator[Recorded]:
    for row in connection.execute(_rows(scope, table), {"ref": ref}).mappings():
        text = row.get("note") or row.get("reason") or ""
        yield Recorded(row["id"], row["at"], row["by_user"], row["who"], _EVENTS[table](row), text)


# Putting a query together takes longer than running it; a scope asks the same ones all day.
@lru_cache(maxsize=_SCOPES)
def _rows(scope: Scope, table: Table) -> Select[Any]:
    signed = select(table, users.c.name.label("who")).join(users, users.c.id == table.c.by_user)
    return signed.where(within(scope, table.c.dong_code), table.c.ref == bindparam("ref"))


@lru_cache(maxsize=_SCOPES)
def _listings(scope: Scope) -> Select[Any]:
    listed = select(rounds.c.round).join(entries, entries.c.publication_id == rounds.c.publication_id)
    own = listed.where(within(scope, entries.c.dong_code), entries.c.ref == bindparam("ref"))
    return own.order_by(rounds.c.as_of.desc())


def _listed_at(connection: Connection, case: Case) -> list[datetime]:
    """A listing counts from the Monday of its round: what was done since is not undone by it (`publications`).

    One that a re-made list took back has opened the case all the same.
    """
    of = entries.c
    listed = select(publications.c.as_of).join(entries, of.publication_id == publications.c.id).where(was_published())
    own = listed.where(of.ref == case.ref, of.dong_code == case.dong_code, of.slot != Slot.CARRIED_OVER)
    dates = connection.execute(own.distinct()).scalars()
    return [datetime.combine(day, time(), SEOUL) for day in dates]


def contacted(row: RowMapping) -> Contacted:
    """A row of contacts as the attempt it tells of."""
    return Contacted(
        id=row["id"],
        method=Method(row["method"]),
        attempt=Attempt(row["attempt"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        made_at=row["made_at"],
        next_on=row["next_on"],
        corrects=row["corrects"],
    )


def asked(row: RowMapping) -> Asked:
    """A row of requests as what the household asked for."""
    return Asked(Request(row["kind"]), row["made_on"], row["ends_on"])


_EVENTS: dict[Table, Callable[[RowMapping], Event]] = {
    contacts: contacted,
    notes: lambda _: Noted(),
    assignments: lambda row: Assigned(row["worker_id"]),
    handovers: lambda row: Passed(HandoverStep(row["step"])),
    requests: lambda row: Answered(row["answers"]) if row["answers"] else asked(row),
}
