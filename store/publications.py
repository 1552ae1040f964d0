"""Who may publish, and the one step that makes a publication current.

Whoever publishes raises the number of the fence and names it in every later transaction. Once another has raised it
again, the former stops at its next step, however long it slept: two never write into one list.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, or_, select, text, update

from domain.casework import Status, standing_after
from domain.errors import StorageFailed
from domain.listing import Slot
from domain.people import ALL
from domain.published import Person
from store.cases import hold_cases, move_case
from store.history import events_of, listed_from
from store.moving import ANEW, follow_moves, known_here
from store.renaming import rename_dongs
from store.scoping import PUBLISHED, was_published
from store.tables import cases, contacts, entries, facts, households, people, publication_dongs, publications, rounds
from store.tables import publishing_fence as fence_row

_STAGING, _STAGED = "staging", "staged"
_TICK = timedelta(microseconds=1)
_REOPENED = {name: value for name, value in ANEW.items() if name != "last_contact_at"}  # as `domain.casework.Listed`


@dataclass(frozen=True)
class Publication:
    """One version of a round's lists on its way into the store, under its publisher's fence number."""

    id: int
    round: str
    as_of: date
    version: str
    fence: int
    staged_at: datetime
    is_staged: bool  # an earlier run staged and checked it to its end


@dataclass(frozen=True)
class Changes:
    """What became different since households were listed: dongs' codes, who moved, and who somebody is."""

    moved: Mapping[str, str]  # ref -> dong code
    people: Mapping[str, Person]  # by ref
    renamed: Mapping[str, str] = field(default_factory=dict)  # former dong code -> today's


NO_CHANGES = Changes({}, {})


def published_version(connection: Connection, label: str) -> str | None:
    """The version of a round that readers see, if any."""
    query = select(publications.c.version).join(rounds, rounds.c.publication_id == publications.c.id)
    found: str | None = connection.execute(query.where(rounds.c.round == label)).scalar()
    return found


def is_newest(connection: Connection, as_of: date) -> bool:
    """Whether no later round was published."""
    return connection.execute(select(rounds.c.round).where(rounds.c.as_of > as_of).limit(1)).first() is None


def raise_fence(connection: Connection) -> int:
    """The number under which the caller alone may publish from now on."""
    # Both databases know this form, which two may say at once.
    connection.execute(text("INSERT INTO publishing_fence (id, fence) VALUES (1, 0) ON CONFLICT DO NOTHING"))
    connection.execute(update(fence_row).values(fence=fence_row.c.fence + 1))
    return _fence(connection)


def check_fence(connection: Connection, fence: int) -> None:
    """Raises `StorageFailed` where somebody else publishes now; else nobody can begin to until the transaction ends."""
    if _fence(connection) != fence:
        raise StorageFailed(
            "Somebody else began to publish at the same time, so this stopped. What readers see is whole.",
            hint="Look which list is current, and run the round again if it should be another.",
        )


def _fence(connection: Connection) -> int:
    return int(connection.execute(select(fence_row.c.fence).with_for_update()).scalar_one())


def left_behind(connection: Connection, wanted: str) -> dict[int, list[str]]:
    """Publications that readers never saw, each with the dongs that hold something of it.

    Not the ``wanted`` version where an earlier run staged it to its end: it is about to become current.
    """
    of = publication_dongs.c
    query = (
        select(publications.c.id, of.dong_code)
        .outerjoin(publication_dongs, of.publication_id == publications.c.id)
        .where(~was_published(), or_(publications.c.state == _STAGING, publications.c.version != wanted))
        .order_by(publications.c.id, of.dong_code)
    )
    rows = connection.execute(query).all()
    return {key: [row[1] for row in group if row[1]] for key, group in groupby(rows, key=lambda row: int(row[0]))}


def clear_dongs(connection: Connection, publication_id: int, dong_codes: Sequence[str], *, fence: int) -> None:
    """Takes away what was staged for these dongs of one that readers never saw, and who was never listed otherwise."""
    check_fence(connection, fence)
    of = entries.c
    staged = select(of.ref).where(of.publication_id == publication_id, of.dong_code.in_(dong_codes))
    refs = set(connection.execute(staged).scalars())
    for table in (facts, entries, publication_dongs):
        rows = table.c
        connection.execute(delete(table).where(rows.publication_id == publication_id, rows.dong_code.in_(dong_codes)))
    never = list(refs - set(connection.execute(select(of.ref).where(of.ref.in_(refs))).scalars()))
    for table in (cases, people, households):
        connection.execute(delete(table).where(table.c.ref.in_(never)))


def clear_publication(connection: Connection, publication_id: int, *, fence: int) -> None:
    """Takes away a publication that readers never saw, once nothing is staged under it."""
    check_fence(connection, fence)
    connection.execute(delete(publications).where(publications.c.id == publication_id))


def begin_publication(
    connection: Connection,
    *,
    label: str,
    as_of: date,
    version: str,
    origin: Mapping[str, Any],
    fence: int,
    at: datetime,
) -> Publication:
    """A new publication to stage under, or the one of the same content that an earlier run staged to its end.

    One that readers never saw counts as staged now: it comes after what was published meanwhile (`store.history`).
    """
    check_fence(connection, fence)
    of = publications.c
    same = (of.round == label, of.version == version)
    connection.execute(update(publications).where(*same, of.state == _STAGED).values(staged_at=at))
    there = connection.execute(select(of.id, of.staged_at).where(*same)).first()
    if there is not None:
        return Publication(int(there.id), label, as_of, version, fence, there.staged_at, is_staged=True)
    row = {"round": label, "as_of": as_of, "version": version, "origin": dict(origin), "fence": fence}
    added = connection.execute(insert(publications).values(**row, state=_STAGING, staged_at=at))
    key = added.inserted_primary_key
    assert key is not None
    return Publication(int(key[0]), label, as_of, version, fence, at, is_staged=False)


def mark_staged(connection: Connection, publication: Publication) -> None:
    """Notes that all of it is there and read back well: the same version again need not be staged anew."""
    check_fence(connection, publication.fence)
    connection.execute(update(publications).where(publications.c.id == publication.id).values(state=_STAGED))


def make_current(connection: Connection, publication: Publication, changes: Changes, *, at: datetime) -> None:
    """Readers see this publication from the end of the transaction on, and people where they live now."""
    check_fence(connection, publication.fence)
    before = select(rounds.c.publication_id).where(rounds.c.round == publication.round)
    met = or_(publications.c.id == publication.id, publications.c.id.in_(before))
    connection.execute(update(publications).where(met).values(state=PUBLISHED))
    values = {"as_of": publication.as_of, "publication_id": publication.id, "published_at": at}
    pointed = connection.execute(update(rounds).where(rounds.c.round == publication.round).values(**values))
    if not pointed.rowcount:
        connection.execute(insert(rounds).values(round=publication.round, **values))
    if is_newest(connection, publication.as_of):
        _hold(connection, publication, changes)
        rename_dongs(connection, changes.renamed)
        _follow(connection, changes, at)
        _reopen(connection, publication, at)


HOUSED = ("household_id", "ref", "dong_code", "name", "address", "phone")


def housed(connection: Connection) -> list[tuple[str, ...]]:
    """Every household that was listed once, where it lives and who it is, as `HOUSED` names it."""
    of = {"household_id": households.c.household_id, "ref": households.c.ref, "dong_code": households.c.dong_code}
    query = select(*of.values(), people.c.name, people.c.address, people.c.phone).join(people)
    return [tuple(row) for row in connection.execute(query)]


def _listed_anew(publication: Publication) -> Select[Any]:
    of = entries.c
    return select(of.ref).where(of.publication_id == publication.id, of.slot != Slot.CARRIED_OVER.value)


def _hold(connection: Connection, publication: Publication, changes: Changes) -> None:
    """Nobody acts meanwhile on the cases that may move, held in the order of acts: two that wait never form a ring."""
    refs = connection.execute(_listed_anew(publication)).scalars()
    renamed = connection.execute(select(cases.c.ref).where(cases.c.dong_code.in_(changes.renamed))).scalars()
    hold_cases(connection, ALL, {*refs, *renamed, *changes.moved})


def _follow(connection: Connection, changes: Changes, at: datetime) -> None:
    if changes.moved:
        follow_moves(connection, changes.moved, at)
        _stand_as_told(connection, known_here(connection, changes.moved), at)
    if changes.people:
        rows = [{"of": ref, **vars(person)} for ref, person in changes.people.items()]
        connection.execute(update(people).where(people.c.ref == bindparam("of")), rows)


def _reopen(connection: Connection, publication: Publication, at: datetime) -> None:
    """A closed case is open again where its household is listed anew.

    Not where the list only carries it over, or could not know of the closing: then it was closed with this listing.
    What was done since the listing counts (`listed_from`) decides with it, as the history tells (`standing_after`).
    """
    since = listed_from(publication.as_of, publication.staged_at)
    anew = _listed_anew(publication)
    same = (contacts.c.ref == cases.c.ref, contacts.c.dong_code == cases.c.dong_code)
    # Also a closing of this week: put into an old contact's place, it may come before the listing.
    was_closed = select(contacts.c.id).where(*same, contacts.c.outcome.is_not(None)).exists()
    acted_on = select(cases.c.ref).where(cases.c.updated_at >= since, cases.c.ref.in_(anew), was_closed)
    refs = connection.execute(acted_on).scalars().all()
    connection.execute(
        update(cases)
        .where(cases.c.status == Status.CLOSED.value, cases.c.updated_at < since, cases.c.ref.in_(anew))
        .values(**_REOPENED, version=cases.c.version + 1, updated_at=at)
    )
    _stand_as_told(connection, refs, at)


def _stand_as_told(connection: Connection, refs: Collection[str], at: datetime) -> None:
    """Cases stand as their history in their dong tells."""
    for case in hold_cases(connection, ALL, refs).values():
        standing = standing_after(events_of(connection, case))
        if standing != case.standing:
            move_case(connection, case, standing, max(at, case.updated_at + _TICK))
