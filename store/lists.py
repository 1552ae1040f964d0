"""Reads of published lists. Every query on households begins narrowed to the caller's areas.

Readers follow one pointer, the table ``rounds``: a publication that is only staged, or was replaced, is never met.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, func, select

from domain.casework import Status
from domain.dong import Dong
from domain.errors import NotFound
from domain.listing import Band, Explanation, Reason, Slot
from domain.outcome import Outcome
from domain.people import Scope
from domain.published import CaseState, CurrentRound, LeftEntry, ListedEntry, Person, PublishedDong
from store.scoping import within
from store.tables import (
    capacities,
    cases,
    entries,
    facts,
    households,
    people,
    publication_dongs,
    publications,
    rounds,
    users,
)

_former = entries.alias("former")
_CASE = ("version", "status", "worker_id", "attempts", "last_contact_at", "outcome", "next_on")
_SCOPES = 4096  # a nation has 3,500 dongs


def current_rounds(connection: Connection) -> tuple[CurrentRound, ...]:
    """Every round that was published, newest first."""
    return tuple(CurrentRound(**row) for row in connection.execute(_rounds()).mappings())


def newest_round(connection: Connection) -> CurrentRound:
    """The round with the newest as-of date; raises `NotFound` where none was published."""
    row = connection.execute(_rounds().limit(1)).mappings().first()
    if row is None:
        raise NotFound("No list has been published yet.", hint="Make this week's first: sagak round.")
    return CurrentRound(**row)


def round_called(connection: Connection, label: str) -> CurrentRound:
    """The published round of that name; raises `NotFound`."""
    row = connection.execute(_rounds().where(rounds.c.round == label)).mappings().first()
    if row is None:
        raise NotFound("There is no list of that round.", hint="Published rounds stand on the page of past weeks.")
    return CurrentRound(**row)


def dongs_of_round(connection: Connection, label: str) -> tuple[PublishedDong, ...]:
    """Every dong of a round by code, also those without an entry; none for a round that was not published."""
    of = publication_dongs.c
    query = (
        select(of.dong_code, of.sido, of.sigungu, of.name, of.capacity, of.entries, of.digest)
        .join(rounds, rounds.c.publication_id == of.publication_id)
        .where(rounds.c.round == label)
        .order_by(of.dong_code)
    )
    return tuple(
        PublishedDong(Dong(row.dong_code, row.sido, row.sigungu, row.name), row.capacity, row.entries, row.digest)
        for row in connection.execute(query)
    )


def list_of(connection: Connection, scope: Scope, label: str, dong_code: str) -> tuple[ListedEntry, ...]:
    """A dong's list of a round in the order of its ranks; empty for a dong outside ``scope``."""
    return _told(connection, _of_dong(scope), label=label, dong_code=dong_code)


def entry_of(connection: Connection, scope: Scope, label: str, ref: str) -> ListedEntry | None:
    """The household's entry of a round, if it had one in ``scope``."""
    return next(iter(_told(connection, _of_round(scope), label=label, ref=ref)), None)


def entries_of_household(connection: Connection, scope: Scope, ref: str) -> tuple[ListedEntry, ...]:
    """Every entry the household had in ``scope``, newest round first, without places on the rounds before."""
    return _told(connection, _of_household(scope), label=None, ref=ref)


def entries_of_worker(connection: Connection, scope: Scope, worker_id: int) -> tuple[ListedEntry, ...]:
    """Every entry in ``scope`` of the households that are a worker's and not closed, newest round first."""
    own = (cases.c.worker_id == worker_id, cases.c.status != Status.CLOSED)
    return _told(connection, _entries(scope).where(*own).order_by(rounds.c.as_of.desc(), entries.c.rank), label=None)


def beside(connection: Connection, scope: Scope, entry: ListedEntry) -> tuple[str | None, str | None]:
    """Who stands before and after an entry on its list, by ref."""
    of = entries.c
    query = (
        select(of.rank, of.ref)
        .where(within(scope, of.dong_code), of.publication_id == _publication_of(entry.round))
        .where(of.dong_code == entry.dong_code, of.rank.in_((entry.rank - 1, entry.rank + 1)))
    )
    found: dict[int, str] = {row.rank: row.ref for row in connection.execute(query)}
    return found.get(entry.rank - 1), found.get(entry.rank + 1)


def left_since(connection: Connection, scope: Scope, label: str, dong_code: str) -> tuple[LeftEntry, ...]:
    """Households on the dong's list of the round before that are not on this one, by their rank then."""
    now = _publication_of(label)
    stays = select(entries.c.ref).where(entries.c.publication_id == now)
    query = (
        select(entries.c.ref, entries.c.rank, entries.c.slot, cases.c.status, cases.c.outcome, *_person_columns())
        .join(cases, cases.c.ref == entries.c.ref)
        .outerjoin(people, people.c.ref == entries.c.ref)
        .where(within(scope, entries.c.dong_code), within(scope, cases.c.dong_code))
        .where(entries.c.publication_id == _publication_before(label))
        .where(entries.c.dong_code == dong_code, entries.c.ref.not_in(stays))
        .order_by(entries.c.rank)
    )
    return tuple(
        LeftEntry(row["ref"], row["rank"], Slot(row["slot"]), Status(row["status"]), _outcome(row), _person(row))
        for row in connection.execute(query).mappings()
    )


def facts_of(connection: Connection, scope: Scope, label: str, ref: str) -> Mapping[str, Any] | None:
    """What the data said about a listed household as of the round (see `outreach.facts`), if it was listed there."""
    query = (
        select(facts.c.facts)
        .where(within(scope, facts.c.dong_code))
        .where(facts.c.publication_id == _publication_of(label), facts.c.ref == ref)
    )
    found: Mapping[str, Any] | None = connection.execute(query).scalar()
    return found


def person_of(connection: Connection, scope: Scope, ref: str) -> Person | None:
    """Name, address and phone, unmasked: whoever calls this records that it was looked at."""
    query = select(*_person_columns()).where(within(scope, people.c.dong_code), people.c.ref == ref)
    row = connection.execute(query).mappings().first()
    return None if row is None else _person(row)


def dong_of_household(connection: Connection, scope: Scope, ref: str) -> str | None:
    """The code of the dong a household lives in now, if that lies in ``scope``."""
    query = select(households.c.dong_code).where(within(scope, households.c.dong_code), households.c.ref == ref)
    found: str | None = connection.execute(query).scalar()
    return found


def capacities_for(connection: Connection, label: str) -> dict[str, int]:
    """Capacities that hubs have set, by dong: the newest row that begins in or before the round."""
    newest = select(func.max(capacities.c.id)).where(capacities.c.from_round <= label).group_by(capacities.c.dong_code)
    query = select(capacities.c.dong_code, capacities.c.capacity).where(capacities.c.id.in_(newest))
    return {row.dong_code: row.capacity for row in connection.execute(query)}


def _rounds() -> Select[Any]:
    of = publications.c
    return (
        select(rounds.c.round, rounds.c.as_of, rounds.c.publication_id, of.version, of.origin, rounds.c.published_at)
        .join(publications, of.id == rounds.c.publication_id)
        .order_by(rounds.c.as_of.desc())
    )


def _publication_of(label: Any) -> Any:
    return select(rounds.c.publication_id).where(rounds.c.round == label).scalar_subquery()


def _publication_before(label: Any) -> Any:
    """The publication of the newest round before this one, null for the first."""
    this = select(rounds.c.as_of).where(rounds.c.round == label).scalar_subquery()
    before = select(rounds.c.publication_id).where(rounds.c.as_of < this)
    return before.order_by(rounds.c.as_of.desc()).limit(1).scalar_subquery()


def _person_columns() -> Iterable[Any]:
    return (people.c.name.label("person_name"), people.c.address, people.c.phone)


def _told(connection: Connection, query: Select[Any], **values: str | None) -> tuple[ListedEntry, ...]:
    return tuple(_entry(row) for row in connection.execute(query, values).mappings())


# Putting a query of five joins together takes as long as running it, and a scope asks the same ones all day.
@lru_cache(maxsize=_SCOPES)
def _of_dong(scope: Scope) -> Select[Any]:
    query = _entries(scope).where(rounds.c.round == bindparam("label"), entries.c.dong_code == bindparam("dong_code"))
    return query.order_by(entries.c.rank)


@lru_cache(maxsize=_SCOPES)
def _of_round(scope: Scope) -> Select[Any]:
    return _entries(scope).where(rounds.c.round == bindparam("label"), entries.c.ref == bindparam("ref"))


@lru_cache(maxsize=_SCOPES)
def _of_household(scope: Scope) -> Select[Any]:
    return _entries(scope).where(entries.c.ref == bindparam("ref")).order_by(rounds.c.as_of.desc())


def _entries(scope: Scope) -> Select[Any]:
    """Entries of published rounds with case and person, and the place on the round before ``label`` beside them.

    A household that moved away since keeps its past entry here, but its case and who it is have gone with it.
    """
    of_former = (_former.c.publication_id == _publication_before(bindparam("label")), _former.c.ref == entries.c.ref)
    return (
        select(
            *(column for column in entries.c if column.name != "publication_id"),
            rounds.c.round,
            rounds.c.as_of,
            publications.c.origin,
            *(cases.c[name] for name in _CASE),
            users.c.name.label("worker_name"),
            *_person_columns(),
            _former.c.rank.label("former_rank"),
            _former.c.slot.label("former_slot"),
        )
        .join(rounds, rounds.c.publication_id == entries.c.publication_id)
        .join(publications, publications.c.id == entries.c.publication_id)
        .outerjoin(cases, and_(cases.c.ref == entries.c.ref, within(scope, cases.c.dong_code)))
        .outerjoin(users, users.c.id == cases.c.worker_id)
        .outerjoin(people, and_(people.c.ref == entries.c.ref, within(scope, people.c.dong_code)))
        .outerjoin(_former, and_(*of_former, within(scope, _former.c.dong_code)))
        .where(within(scope, entries.c.dong_code))
    )


def _entry(row: RowMapping) -> ListedEntry:
    plain = ("ref", "round", "as_of", "dong_code", "rank", "slot_sentence", "propensity", "raw_score", "probability")
    return ListedEntry(
        **{name: row[name] for name in plain},
        slot=Slot(row["slot"]),
        band=Band(row["band"]),
        tied_with=row["tied_with"],
        household_type=row["household_type"],
        bundle=row["origin"]["bundle"],
        explanation=explanation_of(row["explanation"]),
        case=_case(row),
        person=_person(row),
        former_rank=row["former_rank"],
        former_slot=Slot(row["former_slot"]) if row["former_slot"] else None,
    )


def _case(row: RowMapping) -> CaseState | None:
    if row["version"] is None:
        return None
    return CaseState(
        version=row["version"],
        status=Status(row["status"]),
        worker_id=row["worker_id"],
        worker_name=row["worker_name"] or "",
        attempts=row["attempts"],
        last_contact_at=row["last_contact_at"],
        outcome=_outcome(row),
        next_on=row["next_on"],
    )


def _outcome(row: RowMapping) -> Outcome | None:
    return Outcome(row["outcome"]) if row["outcome"] else None


def _person(row: RowMapping) -> Person:
    return Person(row["person_name"] or "", row["address"] or "", row["phone"] or "")


def explanation_of(data: Mapping[str, Any]) -> Explanation:
    """The explanation that was stored as JSON."""
    newest = data["newest_report"]
    return Explanation(
        tuple(Reason(**reason) for reason in data["raising"]),
        tuple(Reason(**reason) for reason in data["lowering"]),
        tuple(data["unknown"]),
        date.fromisoformat(newest) if newest else None,
        data["has_reports"],
    )
