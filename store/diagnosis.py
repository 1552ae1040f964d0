"""What whoever runs the service asks of its database: is the end of the trail sound, who is it that signs in.

Reads a handful of rows; the whole trail is for `store.verifying`.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from store.chain import COLUMNS, START, signer_of
from store.tables import NARROWED

_NEWEST = 200  # lines at the end of the trail
_LINE = ", ".join(f"t.{name}" for name in COLUMNS)
_HEAD = f"""SELECT s.position, s.trail_id, s.mac, t.mac, {_LINE}
            FROM trail_seals s LEFT JOIN trail t ON t.id = s.trail_id
            ORDER BY s.position DESC LIMIT {_NEWEST + 1}"""  # noqa: S608
_ROLE = text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
_TABLES = text(
    """SELECT c.relname, pg_has_role(current_user, c.relowner, 'MEMBER'), c.relrowsecurity AND c.relforcerowsecurity
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname = ANY(:names)"""
)
_NARROWED = [table.name for table in NARROWED]


@dataclass(frozen=True)
class SignedInAs:
    """The role of PostgreSQL that the service works as, and what it could do past row-level security."""

    name: str
    is_superuser: bool
    passes_by: bool
    owned: tuple[str, ...]
    open_to_all: tuple[str, ...]  # narrowed tables whose row-level security is off or not forced


def signed_in_as(connection: Connection) -> SignedInAs:
    """On PostgreSQL: who this connection is."""
    name, is_superuser, passes_by = connection.execute(_ROLE).one()
    tables = connection.execute(_TABLES, {"names": _NARROWED}).all()
    locked = {table for table, _, is_locked in tables if is_locked}
    return SignedInAs(
        name,
        is_superuser,
        passes_by,
        tuple(sorted(table for table, is_owned, _ in tables if is_owned)),
        tuple(table for table in _NARROWED if table not in locked),
    )


def is_head_sound(connection: Connection) -> bool:
    """Whether the newest lines of the trail are as they were written and sealed one after the other."""
    sign = signer_of(connection)
    rows = [tuple(row) for row in connection.exec_driver_sql(_HEAD)][::-1]
    before = START
    for number, (position, trail_id, mac, line, *values) in enumerate(rows):
        is_first = number == 0 and position > 1  # what it follows lies before the newest
        if values[0] is None or sign.line(values) != line:
            return False
        if not is_first and mac != sign.seal(before, position, trail_id, line):
            return False
        before = mac
    return True
