"""Where a household lived when something was recorded about it: that there is a history, and whom to ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from domain.people import Scope
from store.scoping import once_a_scope, within
from store.tables import former_homes, users


@dataclass(frozen=True)
class FormerHome:
    """A dong that has records of a household which lives elsewhere now; what they say is seen there alone.

    ``name`` is as the dong was last published, empty where it never was; ``worker`` who had the case or phoned last.
    """

    dong_code: str
    name: str
    worker: str
    last_contact_at: datetime | None
    left_at: datetime


def former_homes_of(connection: Connection, scope: Scope, ref: str) -> tuple[FormerHome, ...]:
    """The dongs that have records of a household of ``scope``, the one it left last first."""
    return tuple(
        FormerHome(row.former_dong, row.former_name, row.name or "", row.last_contact_at, row.left_at)
        for row in connection.execute(_former_in(scope), {"ref": ref})
    )


def moved_into(connection: Connection, scope: Scope, dong_code: str) -> frozenset[str]:
    """The households of a dong that have records from before they moved there."""
    return frozenset(connection.execute(_movers_in(scope), {"dong_code": dong_code}).scalars())


@once_a_scope
def _former_in(scope: Scope) -> Select[Any]:
    of = former_homes.c
    return (
        select(of.former_dong, of.former_name, users.c.name, of.last_contact_at, of.left_at)
        .outerjoin(users, users.c.id == of.worker_id)
        .where(within(scope, of.dong_code), of.ref == bindparam("ref"), of.former_dong != of.dong_code)
        .order_by(of.left_at.desc(), of.former_dong)
    )


@once_a_scope
def _movers_in(scope: Scope) -> Select[Any]:
    of = former_homes.c
    in_dong = (of.dong_code == bindparam("dong_code"), of.former_dong != of.dong_code)
    return select(of.ref).where(within(scope, of.dong_code), *in_dong)
