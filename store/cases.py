"""Cases: where each stands, and the rows that are added by each act. Only `outreach.casework` writes by these."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, insert, or_, select, update

from domain.casework import Asked, Case, Contacted, HandoverStep, Standing, Status
from domain.outcome import Outcome
from domain.people import EVERYWHERE, Role, Scope, Signature
from store.history import contacted
from store.scoping import within
from store.tables import assignments, cases, contacts, entries, grants, handovers, notes, requests, rounds, users

_STANDING = tuple(Standing.__dataclass_fields__)
_ADDED_TO = (contacts, notes, assignments, handovers, requests)


def hold_cases(connection: Connection, scope: Scope, refs: Collection[str]) -> dict[str, Case]:
    """The cases in ``scope``, by ref; nobody else changes them until this transaction ends."""
    # On SQLite the whole transaction holds the lock already. Locked in one order, so that two cannot wait in a ring.
    query = (
        select(cases)
        .where(within(scope, cases.c.dong_code), cases.c.ref.in_(refs))
        .order_by(cases.c.ref)
        .with_for_update()
    )
    return {row["ref"]: _case(row) for row in connection.execute(query).mappings()}


def find_case(connection: Connection, scope: Scope, ref: str) -> Case | None:
    """The case of a household, if it lives in ``scope``."""
    query = select(cases).where(within(scope, cases.c.dong_code), cases.c.ref == ref)
    row = connection.execute(query).mappings().first()
    return None if row is None else _case(row)


def move_case(connection: Connection, case: Case, standing: Standing, at: datetime) -> Case:
    """Writes where a held case stands now: one act more."""
    stands = asdict(standing)
    connection.execute(
        update(cases).where(cases.c.ref == case.ref).values(version=case.version + 1, updated_at=at, **stands)
    )
    return Case(case.ref, case.dong_code, case.version + 1, standing, at)


def add_contact(
    connection: Connection, case: Case, made: Contacted, note: str, *, by: Signature, at: datetime, round_of: str | None
) -> int:
    """Adds an attempt and gives its id. It belongs to ``round_of``, or else to the household's newest listing."""
    return _add(
        connection,
        contacts,
        case,
        by=by,
        at=at,
        round=round_of or _newest_listing(case.ref),
        method=made.method,
        attempt=made.attempt,
        outcome=made.outcome,
        note=note,
        next_on=made.next_on,
        made_at=made.made_at,
        corrects=made.corrects,
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


def add_assignment(connection: Connection, case: Case, worker_id: int | None, *, by: Signature, at: datetime) -> int:
    """Gives a case to a worker, or back, and gives the row's id."""
    return _add(connection, assignments, case, by=by, at=at, worker_id=worker_id)


def _add(connection: Connection, table: Table, case: Case, *, by: Signature, at: datetime, **values: Any) -> int:
    signed = {"ref": case.ref, "dong_code": case.dong_code, "by_user": by.user_id, "at": at}
    key = connection.execute(insert(table).values(**signed, **values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _newest_listing(ref: str) -> Any:
    listed = select(rounds.c.round).join(entries, entries.c.publication_id == rounds.c.publication_id)
    newest = select(rounds.c.round).order_by(rounds.c.as_of.desc()).limit(1).scalar_subquery()
    own = listed.where(entries.c.ref == ref).order_by(rounds.c.as_of.desc()).limit(1).scalar_subquery()
    return func.coalesce(own, newest)


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
    """Whether the household asked for the same on the same day already."""
    of = requests.c
    same = (of.ref == case.ref, of.kind == asked.kind, of.made_on == asked.made_on)
    return connection.execute(select(of.id).where(*same)).first() is not None


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
    of = grants.c
    query = (
        select(users.c.id, users.c.name)
        .join(grants, of.user_id == users.c.id)
        .where(users.c.is_active, of.role == Role.DONG, of.area.in_((dong_code, dong_code[:5], EVERYWHERE)))
        .where(of.valid_from <= at, or_(of.valid_to.is_(None), of.valid_to > at))
        .order_by(users.c.name, users.c.id)
    )
    return {row.id: row.name for row in connection.execute(query)}


def _case(row: RowMapping) -> Case:
    plain = {name: row[name] for name in _STANDING}
    outcome = Outcome(row["outcome"]) if row["outcome"] else None
    standing = Standing(**plain | {"status": Status(row["status"]), "outcome": outcome})
    return Case(row["ref"], row["dong_code"], row["version"], standing, row["updated_at"])
