"""How many households a dong can see in a week, as hubs have set it: rows that are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from domain.people import Scope, Signature
from store.scoping import within
from store.tables import capacities, users


@dataclass(frozen=True)
class CapacitySet:
    """One decision: a dong's places from a round on, by whom and why."""

    dong_code: str
    from_round: str
    capacity: int
    reason: str
    who: str
    at: datetime


_LOCKS = 4128  # the family of our locks by district: a number that nothing else in the database locks


def lock_district(connection: Connection, district: str) -> None:
    """Nobody else sets places of the district until this transaction ends; on SQLite nobody else writes anyway."""
    if connection.dialect.name == "postgresql":
        asked = {"family": _LOCKS, "district": int(district)}
        connection.execute(text("SELECT pg_advisory_xact_lock(:family, :district)"), asked)


def add_capacity(
    connection: Connection, *, by: Signature, dong_code: str, from_round: str, capacity: int, reason: str
) -> None:
    """Adds a decision; only `outreach.capacity` calls it."""
    row = {"dong_code": dong_code, "from_round": from_round, "capacity": capacity, "reason": reason}
    connection.execute(insert(capacities).values(**row, by_user=by.user_id, at=by.at))


def newest_capacities(connection: Connection, scope: Scope, *, most: int) -> tuple[CapacitySet, ...]:
    """The newest decisions about dongs of ``scope``, newest first."""
    of = capacities.c
    query = (
        select(of.dong_code, of.from_round, of.capacity, of.reason, users.c.name.label("who"), of.at)
        .join(users, users.c.id == of.by_user)
        .where(within(scope, of.dong_code))
        .order_by(of.id.desc())
        .limit(most)
    )
    return tuple(CapacitySet(**row) for row in connection.execute(query).mappings())


def capacities_for(connection: Connection, label: str) -> dict[str, int]:
    """Capacities that hubs have set, by dong: the newest row that begins in or before the round."""
    newest = select(func.max(capacities.c.id)).where(capacities.c.from_round <= label).group_by(capacities.c.dong_code)
    query = select(capacities.c.dong_code, capacities.c.capacity).where(capacities.c.id.in_(newest))
    return {row.dong_code: row.capacity for row in connection.execute(query)}
