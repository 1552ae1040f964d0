"""Figures of dongs, week by week: how many were listed, contacted, reached and found in need. Counts only.

A household counts once in each round, however often it was phoned; a contact that was put right counts as it was put
right. The rounds asked for are those that were published; others are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, distinct, func, select

from domain.casework import TALKED, Status
from domain.listing import Slot
from domain.outcome import IN_NEED
from domain.people import Scope
from store.renaming import is_same_dong
from store.scoping import within
from store.tables import cases, contacts, entries, publication_dongs, rounds

_Key = tuple[str, str]  # round, dong


@dataclass(frozen=True)
class DongFigures:
    """One dong in one round, in households. ``found``: public benefit or case management came of it (real need).

    ``listed`` holds ``carried``; ``contacted`` holds ``reached``, which holds ``found``.
    """

    round: str
    as_of: date
    dong_code: str
    dong_name: str
    capacity: int
    listed: int
    carried: int
    contacted: int
    reached: int
    found: int


def dong_figures(connection: Connection, scope: Scope, labels: Sequence[str]) -> tuple[DongFigures, ...]:
    """Every dong of ``scope`` in every round of ``labels``, newest round first, then by dong code."""
    of = publication_dongs.c
    query = (
        select(rounds.c.round, rounds.c.as_of, of.dong_code, of.name, of.capacity, of.entries)
        .join(rounds, rounds.c.publication_id == of.publication_id)
        .where(within(scope, of.dong_code), rounds.c.round.in_(labels))
        .order_by(rounds.c.as_of.desc(), of.dong_code)
    )
    carried = _carried(connection, scope, labels)
    met = _met(connection, scope, labels)
    return tuple(
        DongFigures(
            round=row.round,
            as_of=row.as_of,
            dong_code=row.dong_code,
            dong_name=row.name,
            capacity=row.capacity,
            listed=row.entries,
            carried=carried.get((row.round, row.dong_code), 0),
            **met.get((row.round, row.dong_code), _NOBODY),
        )
        for row in connection.execute(query)
    )


def unassigned(connection: Connection, scope: Scope, label: str) -> dict[str, int]:
    """How many households of each dong's list nobody has taken yet and no outcome closes, by dong code."""
    waits = cases.c.status.not_in((Status.CLOSED, Status.WITH_HUB))
    query = (
        select(entries.c.dong_code, func.count())
        .join(rounds, rounds.c.publication_id == entries.c.publication_id)
        .join(cases, and_(cases.c.ref == entries.c.ref, within(scope, cases.c.dong_code)))
        .where(within(scope, entries.c.dong_code), rounds.c.round == label)
        .where(cases.c.worker_id.is_(None), waits)
        .group_by(entries.c.dong_code)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


_NOBODY: Mapping[str, int] = {"contacted": 0, "reached": 0, "found": 0}


def _carried(connection: Connection, scope: Scope, labels: Sequence[str]) -> dict[_Key, int]:
    query = (
        select(rounds.c.round, entries.c.dong_code, func.count())
        .join(rounds, rounds.c.publication_id == entries.c.publication_id)
        .where(within(scope, entries.c.dong_code), rounds.c.round.in_(labels))
        .where(entries.c.slot == Slot.CARRIED_OVER)
        .group_by(rounds.c.round, entries.c.dong_code)
    )
    return {(label, code): number for label, code, number in connection.execute(query)}


def _met(connection: Connection, scope: Scope, labels: Sequence[str]) -> dict[_Key, dict[str, int]]:
    """What came of the contacts that belong to a round's list, in households."""
    of = contacts.c
    query = (
        _contacts_that_count(scope)
        .with_only_columns(
            of.round,
            entries.c.dong_code,
            func.count(distinct(of.ref)).label("contacted"),
            _households_where(of.attempt.in_(TALKED)).label("reached"),
            _households_where(of.outcome.in_(sorted(IN_NEED))).label("found"),
        )
        .where(of.round.in_(labels))
        .group_by(of.round, entries.c.dong_code)
    )
    return {
        (row["round"], row["dong_code"]): {name: row[name] for name in _NOBODY}
        for row in connection.execute(query).mappings()
    }


def _contacts_that_count(scope: Scope) -> Select[Any]:
    """Contacts of listed households, in the dong that listed them; of a corrected one only the newest row."""
    newer = contacts.alias("newer")
    corrected = select(newer.c.id).where(within(scope, newer.c.dong_code), newer.c.corrects == contacts.c.id)
    of_list = and_(
        entries.c.publication_id == rounds.c.publication_id,
        entries.c.ref == contacts.c.ref,
        is_same_dong(entries.c.dong_code, contacts.c.dong_code),
    )
    return (
        select(contacts.c.id)
        .join(rounds, rounds.c.round == contacts.c.round)
        .join(entries, of_list)
        .where(within(scope, contacts.c.dong_code), within(scope, entries.c.dong_code), ~corrected.exists())
    )


def _households_where(condition: ColumnElement[bool]) -> Any:
    return func.count(distinct(case((condition, contacts.c.ref))))
