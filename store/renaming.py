"""Dongs that get another code: what was recorded in them goes along, so that no household has moved by it.

Lists and facts of past rounds stay under the code of their time, as their files do; `is_same_dong` joins them. A dong
that gives up a part is no such case: the part is another office, which sees nothing of the former one's records.
"""

from collections.abc import Mapping

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Update,
    and_,
    case,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from store.tables import (
    assignments,
    cases,
    contacts,
    former_homes,
    handovers,
    households,
    notes,
    people,
    publication_dongs,
    renamed_dongs,
    requests,
)

_GOES_ALONG = (households, people, cases, contacts, notes, assignments, handovers, requests, former_homes)


def dongs_in_use(connection: Connection) -> set[str]:
    """The codes under which households live, or were listed and are not known to have another now."""
    of = publication_dongs.c
    listed = select(of.dong_code).where(of.dong_code.not_in(select(renamed_dongs.c.former_code)))
    return set(connection.execute(listed.union(select(households.c.dong_code))).scalars())


def rename_dongs(connection: Connection, renamed: Mapping[str, str]) -> None:
    """Puts everything that was recorded in these dongs under their new codes; two dongs may become one.

    Whoever calls this holds the cases: see `store.publications`.
    """
    if not renamed:
        return
    _forget_doubles(connection, renamed)
    for table in _GOES_ALONG:
        connection.execute(_under_new(table.c.dong_code, renamed))
    for column in (former_homes.c.former_dong, renamed_dongs.c.code):
        connection.execute(_under_new(column, renamed))
    connection.execute(delete(renamed_dongs).where(renamed_dongs.c.former_code.in_(renamed)))
    rows = [{"former_code": code, "code": now} for code, now in renamed.items()]
    connection.execute(insert(renamed_dongs), rows)


def is_same_dong(then: ColumnElement[str], now: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a dong as a past list names it is the one that has the code ``now``."""
    of = renamed_dongs.c
    # Said out loud: inside a query that names its own correlation, SQLAlchemy would not guess this one.
    former = select(of.former_code).where(of.code == now).correlate_except(renamed_dongs)
    return or_(then == now, then.in_(former))


def _under_new(column: Column[str], renamed: Mapping[str, str]) -> Update:
    return update(column.table).where(column.in_(renamed)).values({column: case(dict(renamed), value=column)})


def _forget_doubles(connection: Connection, renamed: Mapping[str, str]) -> None:
    """Of two former homes that become one, the one that was left last stays."""
    this, other = former_homes, former_homes.alias("other")
    one, two = (case(dict(renamed), value=of.c.former_dong, else_=of.c.former_dong) for of in (this, other))
    left_later = or_(
        other.c.left_at > this.c.left_at,
        and_(other.c.left_at == this.c.left_at, other.c.former_dong > this.c.former_dong),
    )
    doubled = exists().where(other.c.ref == this.c.ref, other.c.former_dong != this.c.former_dong, one == two)
    connection.execute(delete(this).where(doubled.where(left_later)))
