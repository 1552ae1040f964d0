"""The history of a case: every row that acts have added, oldest first."""

from collections.abc import Callable
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    RowMapping,
    Select,
    Table,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from domain.calendar import midnight
from domain.casework import (
    Act,
    Answered,
    Asked,
    Assigned,
    Attempt,
    Case,
    Contacted,
    Event,
    HandoverStep,
    Listed,
    MetElsewhere,
    Method,
    Noted,
    Passed,
    Recorded,
    Request,
)
from domain.listing import Slot
from domain.outcome import Outcome
from domain.people import Scope
from store.renaming import is_same_dong
from store.scoping import once_a_scope, was_published, within
from store.tables import (
    assignments,
    contacts,
    entries,
    former_homes,
    handovers,
    notes,
    publications,
    requests,
    rounds,
    users,
)

_ADDED = (contacts, notes, assignments, handovers, requests)
_COLUMNS = {column.name: column.type for table in _ADDED for column in table.c}


def history_of(connection: Connection, scope: Scope, ref: str) -> tuple[Recorded, ...]:
    """What was done for a household in ``scope``, oldest first, with the names of those who did it."""
    rows = connection.execute(_rows(scope), {"ref": ref}).mappings()
    return tuple(sorted((_recorded(row) for row in rows), key=attrgetter("at")))


def events_of(connection: Connection, case: Case) -> list[Event]:
    """What a case's standing follows from: its history in the dong it is in now, and its listings there."""
    here = Scope((case.dong_code,))
    acts: list[tuple[datetime, Event]] = [(row.at, row.event) for row in history_of(connection, here, case.ref)]
    listed: list[tuple[datetime, Event]] = [(at, Listed()) for at in _listed_at(connection, case)]
    met: list[tuple[datetime, Event]] = [(at, MetElsewhere()) for at in _met_elsewhere(connection, case)]
    return [event for _, event in sorted(acts + listed + met, key=lambda happened: happened[0])]


def rounds_of(connection: Connection, scope: Scope, ref: str) -> tuple[str, ...]:
    """The rounds whose lists in ``scope`` named a household, newest first."""
    return tuple(connection.execute(_listings(scope), {"ref": ref}).scalars())


def _recorded(row: RowMapping) -> Recorded:
    event = _EVENTS[row["act"]](row)
    return Recorded(
        row["id"], row["at"], row["by_user"], row["who"], event, note=row["note"] or "", reason=row["reason"] or ""
    )


@once_a_scope
def _rows(scope: Scope) -> CompoundSelect[Any]:
    """All that was added to a case, in one query: each act's own columns, and nothing in those of other acts."""
    return union_all(*(_acts_of(scope, table) for table in _ADDED))


def _acts_of(scope: Scope, table: Table) -> Select[Any]:
    own = (table.c[name] if name in table.c else cast(null(), kind).label(name) for name, kind in _COLUMNS.items())
    signed = select(literal_column(f"'{table.name}'").label("act"), users.c.name.label("who"), *own)
    return signed.join(users, users.c.id == table.c.by_user).where(
        within(scope, table.c.dong_code), table.c.ref == bindparam("ref")
    )


@once_a_scope
def _listings(scope: Scope) -> Select[Any]:
    listed = select(rounds.c.round).join(entries, entries.c.publication_id == rounds.c.publication_id)
    own = listed.where(within(scope, entries.c.dong_code), entries.c.ref == bindparam("ref"))
    return own.order_by(rounds.c.as_of.desc())


def listed_from(as_of: date, staged_at: datetime) -> datetime:
    """From when a listing counts: the Monday of its round, or when it was made, if that came earlier.

    What was done since is not undone by it, for the list could not know of it.
    """
    return min(midnight(as_of), staged_at)


def _listed_at(connection: Connection, case: Case) -> list[datetime]:
    """When the case's dong listed its household anew.

    A listing that a re-made list took back has opened the case all the same; one of a round that was published after a
    newer one has not (`store.publications`).
    """
    listed = connection.execute(_LISTED_ANEW, {"ref": case.ref, "dong_code": case.dong_code})
    return [listed_from(row.as_of, row.staged_at) for row in listed]


def _listed_anew() -> Select[Any]:
    of, newer = publications.c, publications.alias("newer")
    came_before = was_published(newer), newer.c.as_of > of.as_of, newer.c.staged_at < of.staged_at
    return (
        select(of.as_of, of.staged_at)
        .join(entries, entries.c.publication_id == of.id)
        .where(entries.c.ref == bindparam("ref"))
        .where(is_same_dong(entries.c.dong_code, bindparam("dong_code", type_=entries.c.dong_code.type)))
        .where(entries.c.slot != Slot.CARRIED_OVER, was_published())
        .where(~select(newer.c.id).where(*came_before).exists())
    )


_LISTED_ANEW = _listed_anew()


def _met_elsewhere(connection: Connection, case: Case) -> list[datetime]:
    """When another dong that had the household meanwhile was last in contact with it."""
    found = connection.execute(_MET_ELSEWHERE, {"ref": case.ref, "dong_code": case.dong_code})
    # Clocks may differ: what was done there was done before the household came here.
    return [min(row.last_contact_at, row.left_at) for row in found]


_MET_ELSEWHERE = select(former_homes.c.last_contact_at, former_homes.c.left_at).where(
    former_homes.c.ref == bindparam("ref"),
    former_homes.c.dong_code == bindparam("dong_code"),
    former_homes.c.former_dong != former_homes.c.dong_code,
    former_homes.c.last_contact_at.is_not(None),
)


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


_EVENTS: dict[str, Callable[[RowMapping], Act]] = {
    contacts.name: contacted,
    notes.name: lambda _: Noted(),
    assignments.name: lambda row: Assigned(row["worker_id"]),
    handovers.name: lambda row: Passed(HandoverStep(row["step"])),
    requests.name: lambda row: Answered(row["answers"]) if row["answers"] else asked(row),
}
