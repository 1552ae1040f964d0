"""Cases: where each stands, and the rows that are added by each act. Only `outreach.casework` writes by these."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, and_, bindparam, func, insert, or_, select, update

from domain.calendar import SEOUL
from domain.casework import ABOUT_LISTING, Asked, Case, Contacted, HandoverStep, Standing, Status
from domain.dong import district_of
from domain.outcome import Outcome
from domain.people import EVERYWHERE, Role, Scope, Signature
from store.history import asked as asked_for
from store.history import contacted
from store.list_queries import newest_wish
from store.scoping import once_a_scope, was_published, within
from store.tables import (
    assignments,
    cases,
    contacts,
    entries,
    grants,
    handovers,
    notes,
    publications,
    requests,
    rounds,
    users,
)

_STANDING = tuple(Standing.__dataclass_fields__)
_ADDED_TO = (contacts, notes, assignments, handovers, requests)


def hold_cases(connection: Connection, scope: Scope, refs: Collection[str]) -> dict[str, Case]:
    """The cases in ``scope``, by ref; nobody else changes them until this transaction ends."""
    held = connection.execute(_held_in(scope), {"refs": list(refs)})
    return {row["ref"]: _case(row) for row in held.mappings()}


def find_case(connection: Connection, scope: Scope, ref: str) -> Case | None:
    """The case of a household, if it lives in ``scope``."""
    row = connection.execute(_case_in(scope), {"ref": ref}).mappings().first()
    return None if row is None else _case(row)


def move_case(connection: Connection, case: Case, standing: Standing, at: datetime) -> Case:
    """Writes where a held case stands now: one act more."""
    moved = asdict(standing) | {"of": case.ref, "version": case.version + 1, "updated_at": at}
    connection.execute(_MOVED, moved)
    return Case(case.ref, case.dong_code, case.version + 1, standing, at)


def add_contact(
    connection: Connection,
    case: Case,
    made: Contacted,
    note: str,
    *,
    by: Signature,
    at: datetime,
    round_of: str | None = None,
    reason: str | None = None,
) -> int:
    """Adds an attempt and gives its id. It belongs to ``round_of``, or else to the listing that held when it was made.

    One that was made before its first listing here belongs to that week's round, where no list names the household.
    ``reason`` says why an attempt that ``made`` corrects is put right.
    """
    return _add(
        connection,
        contacts,
        case,
        by=by,
        at=at,
        round=round_of or _listing_at(connection, case, made.made_at),
        method=made.method,
        attempt=made.attempt,
        outcome=made.outcome,
        note=note,
        next_on=made.next_on,
        made_at=made.made_at,
        corrects=made.corrects,
        reason=reason,
    )


def add_note(connection: Connection, case: Case, note: str, *, by: Signature, at: datetime) -> int:
    """Adds a note and gives its id."""
    return _add(connection, notes, case, by=by, at=at, note=note)


def add_step(
    connection: Connection, case: Case, step: HandoverStep, reason: str, *, by: Signature, at: datetime
) -> int:
    """Adds a passing from hand to hand and gives its id."""
    return _add(connection, handovers, case, by=by, at=at, step=step, reason=reason)


def add_request(connection: Connection, case: Case, asked: Asked, note: str, *, by: Signature, at: datetime) -> int:
    """Adds what a household asks of us and gives its id."""
    return _add(connection, requests, case, by=by, at=at, **asdict(asked), note=note)


def add_answer(connection: Connection, case: Case, request_id: int, note: str, *, by: Signature, at: datetime) -> int:
    """Adds the answer to a request and gives its id."""
    day = at.astimezone(SEOUL).date()
    return _add(connection, requests, case, by=by, at=at, kind="answer", made_on=day, answers=request_id, note=note)


def add_assignment(connection: Connection, case: Case, worker_id: int | None, *, by: Signature, at: datetime) -> int:
    """Gives a case to a worker, or back, and gives the row's id."""
    return _add(connection, assignments, case, by=by, at=at, worker_id=worker_id)


def _add(connection: Connection, table: Table, case: Case, *, by: Signature, at: datetime, **values: Any) -> int:
    signed = {"ref": case.ref, "dong_code": case.dong_code, "by_user": by.user_id, "at": at}
    key = connection.execute(insert(table), signed | values).inserted_primary_key
    assert key is not None
    return int(key[0])


def contact_in(connection: Connection, case: Case, contact_id: int) -> tuple[Contacted, str] | None:
    """One attempt of a case, and the round it belongs to; none if the household has no such attempt in its dong."""
    of = contacts.c
    query = select(contacts).where(of.id == contact_id, of.ref == case.ref, of.dong_code == case.dong_code)
    row = connection.execute(query).mappings().first()
    return None if row is None else (contacted(row), row["round"])


def was_corrected(connection: Connection, contact_id: int) -> bool:
    """Whether a later row has put this attempt right already."""
    return connection.execute(select(contacts.c.id).where(contacts.c.corrects == contact_id)).first() is not None


def newest_step(connection: Connection, case: Case) -> HandoverStep | None:
    """The last passing from hand to hand in the case's dong."""
    of = handovers.c
    query = select(of.step).where(of.ref == case.ref, of.dong_code == case.dong_code).order_by(of.at.desc()).limit(1)
    step = connection.execute(query).scalar()
    return None if step is None else HandoverStep(step)


def has_request_like(connection: Connection, case: Case, asked: Asked) -> bool:
    """Whether the household asked for the same on the same day already, and for nothing else about listing since."""
    of = requests.c
    kinds = ABOUT_LISTING if asked.kind in ABOUT_LISTING else (asked.kind,)
    alike = (of.ref == case.ref, of.dong_code == case.dong_code, of.kind.in_(kinds), of.made_on == asked.made_on)
    newest = connection.execute(select(of.kind).where(*alike).order_by(of.id.desc()).limit(1)).scalar()
    return newest == asked.kind


def wish_about_listing(connection: Connection, case: Case) -> Asked | None:
    """The newest exclusion or its withdrawal, as the case's dong knows it."""
    own = {"ref": case.ref, "dong_code": case.dong_code}
    found = connection.execute(_wish_in(Scope((case.dong_code,))), own).mappings().first()
    return None if found is None else asked_for(found)


def excluded_on(connection: Connection, scope: Scope, refs: Collection[str], day: date) -> set[str]:
    """Which of these households, as the dong that has each knows, asked not to be contacted on a day."""
    if not refs:
        return set()
    rows = connection.execute(_wishes_in(scope), {"refs": list(refs)}).mappings()
    return {row["ref"] for row in rows if asked_for(row).excludes_on(day)}


def request_in(connection: Connection, case: Case, request_id: int) -> tuple[Asked, bool] | None:
    """What a household asked for, and whether it was answered; none if it has no such request in its dong."""
    of = requests.c
    own = (of.ref == case.ref, of.dong_code == case.dong_code)
    row = connection.execute(select(requests).where(*own, of.id == request_id, of.answers.is_(None))).mappings().first()
    if row is None:
        return None
    answered = connection.execute(select(of.id).where(*own, of.answers == request_id)).first()
    return asked_for(row), answered is not None


def newest_act(connection: Connection, case: Case) -> tuple[str, datetime] | None:
    """The name of who acted last on a case, and when."""
    found: list[tuple[str, datetime]] = []
    for table in _ADDED_TO:
        signed = select(users.c.name, table.c.at).join(users, users.c.id == table.c.by_user)
        own = signed.where(table.c.ref == case.ref, table.c.dong_code == case.dong_code)
        found += [(row.name, row.at) for row in connection.execute(own.order_by(table.c.at.desc()).limit(1))]
    return max(found, key=lambda act: act[1], default=None)


def workers_of(connection: Connection, dong_code: str, at: datetime) -> dict[int, str]:
    """Names of the workers of a dong whose right holds at a moment, by user id, in the order of their names."""
    asked = {"areas": (dong_code, district_of(dong_code), EVERYWHERE), "at": at}
    return {row.id: row.name for row in connection.execute(_WORKERS, asked)}


@once_a_scope
def _held_in(scope: Scope) -> Select[Any]:
    # On SQLite the whole transaction holds the lock already. Locked in one order, so that two cannot wait in a ring.
    asked = (within(scope, cases.c.dong_code), cases.c.ref.in_(bindparam("refs", expanding=True)))
    return select(cases).where(*asked).order_by(cases.c.ref).with_for_update()


@once_a_scope
def _case_in(scope: Scope) -> Select[Any]:
    return select(cases).where(within(scope, cases.c.dong_code), cases.c.ref == bindparam("ref"))


@once_a_scope
def _wish_in(scope: Scope) -> Select[Any]:
    newest = newest_wish(scope, bindparam("ref"), bindparam("dong_code"))
    return select(requests).where(within(scope, requests.c.dong_code), requests.c.id == newest)


@once_a_scope
def _wishes_in(scope: Scope) -> Select[Any]:
    newest = newest_wish(scope, cases.c.ref, cases.c.dong_code).correlate(cases)
    return (
        select(requests)
        .join(cases, and_(cases.c.ref == requests.c.ref, within(scope, cases.c.dong_code)))
        .where(within(scope, requests.c.dong_code), requests.c.id == newest)
        .where(cases.c.ref.in_(bindparam("refs", expanding=True)))
    )


_MOVED = update(cases).where(cases.c.ref == bindparam("of"))
_NEWEST = select(rounds.c.round).order_by(rounds.c.as_of.desc()).limit(1)
_BY_THEN = _NEWEST.where(rounds.c.as_of <= bindparam("day"))


def _listing_at(connection: Connection, case: Case, made_at: datetime) -> str:
    """The round whose list in the case's dong held at a moment; without one, that week's, and without it the newest.

    A list that is there before its Monday is worked on from then on (`store.history.listed_from`).
    """
    asked = {"ref": case.ref, "day": made_at.astimezone(SEOUL).date(), "made_at": made_at}
    return str(connection.execute(_listing_in(Scope((case.dong_code,))), asked).scalar_one())


@once_a_scope
def _listing_in(scope: Scope) -> Select[Any]:
    listed = (
        select(publications.c.round)
        .join(entries, entries.c.publication_id == publications.c.id)
        .where(within(scope, entries.c.dong_code), entries.c.ref == bindparam("ref"))
        .where(or_(publications.c.as_of <= bindparam("day"), publications.c.staged_at <= bindparam("made_at")))
        .where(was_published())
        .order_by(publications.c.as_of.desc())
        .limit(1)
    )
    return select(func.coalesce(*(query.scalar_subquery() for query in (listed, _BY_THEN, _NEWEST))))


_WORKERS = (
    select(users.c.id, users.c.name)
    .join(grants, grants.c.user_id == users.c.id)
    # Whoever has neither password nor the agency's sign-on is a machine, which visits nobody.
    .where(or_(users.c.password_hash.is_not(None), users.c.subject.is_not(None)))
    .where(users.c.is_active, grants.c.role == Role.DONG, grants.c.area.in_(bindparam("areas", expanding=True)))
    .where(grants.c.valid_from <= bindparam("at"))
    .where(or_(grants.c.valid_to.is_(None), grants.c.valid_to > bindparam("at")))
    .order_by(users.c.name, users.c.id)
)


def _case(row: RowMapping) -> Case:
    plain = {name: row[name] for name in _STANDING}
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    standing = Standing(**plain | {"status": Status(row["status"]), "outcome": outcome})
    return Case(row["ref"], row["dong_code"], row["version"], standing, row["updated_at"])
