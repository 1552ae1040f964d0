"""What follows a household that moved, and what stays: see docs/decisions/0019-what-follows-a-move.md.

What was done stays with the dong that did it, and the case begins anew where the household lives now. That dong is told
that there is a history, where, and whom to ask. What the household itself asked for goes along: its wish not to be
contacted holds everywhere, and an answer that is due stays due.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, delete, func, insert, or_, select, update

from domain.calendar import SEOUL
from domain.casework import ABOUT_LISTING, Request, Status
from store.history import asked
from store.renaming import is_same_dong
from store.tables import (
    assignments,
    cases,
    contacts,
    entries,
    former_homes,
    handovers,
    households,
    notes,
    people,
    publication_dongs,
    requests,
)

# As `domain.casework.Standing` begins.
ANEW: Mapping[str, Any] = {
    "status": Status.OPEN.value,
    "worker_id": None,
    "attempts": 0,
    "is_tried": False,
    "last_contact_at": None,
    "outcome": None,
    "next_on": None,
}
_AT_ONCE = 500  # households whose requests are looked up in one query
_Asking = tuple[str, date, int, datetime]  # kind, day, by whom and when: names a request and all its copies


def follow_moves(connection: Connection, moved: Mapping[str, str], at: datetime) -> None:
    """Households live in another dong from now on; ``moved`` is that dong's code by ref."""
    rows = [{"of": ref, "dong": code} for ref, code in moved.items()]
    if not rows:
        return
    connection.execute(_FORGOTTEN, rows)
    connection.execute(_REMEMBERED, [row | {"left_at": at} for row in rows])
    refs = list(moved)
    for start in range(0, len(refs), _AT_ONCE):
        _bring_requests(connection, refs[start : start + _AT_ONCE], moved, at.astimezone(SEOUL).date())
    anew = {**ANEW, "version": cases.c.version + 1, "updated_at": at}
    for table, more in ((households, {}), (people, {}), (former_homes, {}), (cases, anew)):
        there = update(table).where(table.c.ref == bindparam("of"))
        connection.execute(there.values(dong_code=bindparam("dong"), **more), rows)


def known_here(connection: Connection, refs: Collection[str]) -> list[str]:
    """Those of the households on which their present dong has acted before: they have come back to it."""
    found: set[str] = set()
    for table in (contacts, assignments, handovers):
        here = select(cases.c.ref).join(table, and_(table.c.ref == cases.c.ref, table.c.dong_code == cases.c.dong_code))
        found.update(connection.execute(here.where(cases.c.ref.in_(refs)).distinct()).scalars())
    return sorted(found)


def _done_in_former_dong() -> Iterator[Any]:
    for table in (contacts, notes, assignments, handovers, requests):
        here = (table.c.ref == cases.c.ref, table.c.dong_code == cases.c.dong_code)
        yield select(table.c.id).where(*here).correlate(cases).exists()


def _name_of_former_dong() -> Any:
    of, same = publication_dongs.c, entries.c.publication_id == publication_dongs.c.publication_id
    named = select(of.sigungu + " " + of.name).join(entries, (same) & (entries.c.dong_code == of.dong_code))
    listed = named.where(entries.c.ref == cases.c.ref, is_same_dong(of.dong_code, cases.c.dong_code)).correlate(cases)
    return listed.order_by(of.publication_id.desc()).limit(1).scalar_subquery()


def _who_phoned_last() -> Any:
    of = contacts.c
    made = select(of.by_user).where(of.ref == cases.c.ref, of.dong_code == cases.c.dong_code).correlate(cases)
    return made.order_by(of.id.desc()).limit(1).scalar_subquery()


_LEFT = select(cases.c.dong_code).where(cases.c.ref == bindparam("of")).scalar_subquery()
# Whoever left a dong twice is told of by the newer time.
_FORGOTTEN = delete(former_homes).where(former_homes.c.ref == bindparam("of"), former_homes.c.former_dong == _LEFT)
_REMEMBERED = insert(former_homes).from_select(
    ["ref", "dong_code", "former_dong", "former_name", "worker_id", "last_contact_at", "left_at"],
    select(
        cases.c.ref,
        bindparam("dong", type_=former_homes.c.dong_code.type),
        cases.c.dong_code,
        func.coalesce(_name_of_former_dong(), ""),
        func.coalesce(cases.c.worker_id, _who_phoned_last()),
        cases.c.last_contact_at,
        bindparam("left_at", type_=former_homes.c.left_at.type),
    ).where(cases.c.ref == bindparam("of"), or_(*_done_in_former_dong())),
)


def _bring_requests(connection: Connection, refs: Sequence[str], moved: Mapping[str, str], day: date) -> None:
    query = select(requests).where(requests.c.ref.in_(refs)).order_by(requests.c.ref, requests.c.at, requests.c.id)
    for ref, of_household in groupby(connection.execute(query).mappings().all(), key=itemgetter("ref")):
        _bring_those_of(connection, list(of_household), moved[ref], day)


def _bring_those_of(connection: Connection, rows: Sequence[RowMapping], dong_code: str, day: date) -> None:
    """Leaves the dong with every request that waits, with the wish that decides, and with answers given elsewhere."""
    answers = {row["answers"]: row for row in rows if row["answers"]}
    asks = {_asked_as(row): row for row in rows if not row["answers"]}
    there = {_asked_as(row): row["id"] for row in rows if not row["answers"] and row["dong_code"] == dong_code}
    # Answered in one dong it is answered in all: where it came from and where it went on to nobody wrote that down.
    answered = {_asked_as(row): answers[row["id"]] for row in rows if row["id"] in answers}
    for one in _to_bring(asks, answered, there, day):
        there[one] = _bring(connection, asks[one], dong_code, answers=None)
    for one, number in there.items():
        if one in answered and number not in answers:
            _bring(connection, answered[one], dong_code, answers=number)


def _asked_as(row: RowMapping) -> _Asking:
    return row["kind"], row["made_on"], row["by_user"], row["at"]


def _to_bring(
    asks: Mapping[_Asking, RowMapping], answered: Collection[_Asking], there: Collection[_Asking], day: date
) -> Iterable[_Asking]:
    """What waits for an answer, and the newest wish about listing where it excludes, or takes back one known there."""
    wanted = {one for one in asks if one not in answered and one[0] != Request.WITHDRAWAL}
    wishes = [one for one in asks if one[0] in ABOUT_LISTING]
    newest = max(wishes, key=itemgetter(1, 3), default=None)
    if newest is not None and (asked(asks[newest]).excludes_on(day) or not {*there, *wanted}.isdisjoint(wishes)):
        wanted.add(newest)
    return (one for one in asks if one in wanted and one not in there)


def _bring(connection: Connection, row: RowMapping, dong_code: str, *, answers: int | None) -> int:
    """The same row for another dong, without the words that were written down with it."""
    same = {name: row[name] for name in ("ref", "kind", "made_on", "ends_on", "by_user", "at")}
    added = connection.execute(insert(requests).values(same | {"dong_code": dong_code, "note": "", "answers": answers}))
    assert added.inserted_primary_key is not None
    return int(added.inserted_primary_key[0])
