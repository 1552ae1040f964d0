"""How many households of each type were listed, contacted, reached and found in need. Counts only, no household."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, case, distinct, func, select

from domain.casework import TALKED
from domain.outcome import IN_NEED
from domain.people import Scope
from store.renaming import is_same_dong
from store.scoping import within
from store.tables import contacts, entries, rounds


@dataclass(frozen=True)
class TypeFigures:
    """Households of one type, each counted once; ``found``: public benefit or case management came of it."""

    household_type: str
    listed: int
    contacted: int
    reached: int
    found: int


def type_figures(connection: Connection, scope: Scope, *, since: date, until: date) -> tuple[TypeFigures, ...]:
    """Exact counts by household type over the rounds from ``since`` until before ``until``: hide the small ones.

    A contact counts for the list it belongs to; one that was put right counts as it was put right.
    """
    newer = contacts.alias("newer")
    corrected = select(newer.c.id).where(within(scope, newer.c.dong_code), newer.c.corrects == contacts.c.id)
    of_entry = and_(
        contacts.c.ref == entries.c.ref,
        contacts.c.round == rounds.c.round,
        is_same_dong(entries.c.dong_code, contacts.c.dong_code),
        within(scope, contacts.c.dong_code),
        ~corrected.exists(),
    )
    query = (
        select(
            entries.c.household_type,
            func.count(distinct(entries.c.ref)).label("listed"),
            func.count(distinct(contacts.c.ref)).label("contacted"),
            func.count(distinct(case((contacts.c.attempt.in_(TALKED), contacts.c.ref)))).label("reached"),
            func.count(distinct(case((contacts.c.outcome.in_(sorted(IN_NEED)), contacts.c.ref)))).label("found"),
        )
        .join(rounds, rounds.c.publication_id == entries.c.publication_id)
        .outerjoin(contacts, of_entry)
        .where(within(scope, entries.c.dong_code), rounds.c.as_of >= since, rounds.c.as_of < until)
        .group_by(entries.c.household_type)
        .order_by(entries.c.household_type)
    )
    return tuple(TypeFigures(**row) for row in connection.execute(query).mappings())
