"""What a district's hub looks at: where the cases of each dong stand now, and those that were handed to it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, select

from domain.casework import HandoverStep, Status
from domain.listing import Slot
from domain.people import Scope
from domain.published import CaseState, Person
from store.list_queries import case_columns, with_case
from store.lists import case_state
from store.scoping import was_published, within
from store.tables import cases, entries, handovers, people, publications, rounds, users


@dataclass(frozen=True)
class Standings:
    """Households of one dong's list by where their cases stand now; the first two and ``closed`` add up to all.

    ``waiting``: in the dong without an outcome; of these ``unassigned`` and ``overdue``, and ``may_carry``, whom nobody
    has reached: unless somebody does, the next list carries them over, for as many weeks as the policy says.
    """

    waiting: int = 0
    with_hub: int = 0
    closed: int = 0
    unassigned: int = 0
    overdue: int = 0
    may_carry: int = 0


def standings(connection: Connection, scope: Scope, label: str, *, today: date) -> dict[str, Standings]:
    """By dong code, of a round's list; overdue by the rule of the dong's own pages (`CaseState.is_late`)."""
    listed_on = {row.ref: row.listed_on for row in connection.execute(_listed_anew(scope), {"label": label})}
    query = (
        with_case(scope, select(entries.c.ref, entries.c.dong_code, *case_columns()).join_from(entries, cases, _SAME))
        .join(rounds, rounds.c.publication_id == entries.c.publication_id)
        .where(within(scope, entries.c.dong_code), within(scope, cases.c.dong_code), rounds.c.round == label)
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(query).mappings():
        if state := case_state(row):
            counts[row["dong_code"]].update(_words(state, listed_on[row["ref"]], today))
    return {dong_code: Standings(**counted) for dong_code, counted in counts.items()}


_SAME = cases.c.ref == entries.c.ref


def _words(state: CaseState, listed_on: date, today: date) -> Iterator[str]:
    if state.status is Status.CLOSED:
        yield "closed"
    elif state.status is Status.WITH_HUB:
        yield "with_hub"
    else:
        yield "waiting"
        yield from ["unassigned"] * (state.worker_id is None) + ["overdue"] * state.is_late(listed_on, today)
        if state.status is not Status.IN_TOUCH and not state.is_excluded(today):
            yield "may_carry"


def _listed_anew(scope: Scope) -> Select[Any]:
    """When each household of a round's list was last listed anew: being carried over begins no new wait."""
    here = entries.alias("here")
    named = (
        select(here.c.ref)
        .join(rounds, rounds.c.publication_id == here.c.publication_id)
        .where(within(scope, here.c.dong_code), rounds.c.round == bindparam("label"))
    )
    anew = func.max(case((entries.c.slot != Slot.CARRIED_OVER, publications.c.as_of)))
    return (
        select(entries.c.ref, func.coalesce(anew, func.min(publications.c.as_of)).label("listed_on"))
        .join(publications, publications.c.id == entries.c.publication_id)
        .where(within(scope, entries.c.dong_code), was_published(), entries.c.ref.in_(named))
        .group_by(entries.c.ref)
    )


@dataclass(frozen=True)
class HandedOver:
    """A household whose case is with the hub. ``step`` and what follows are None where it moved here meanwhile."""

    ref: str
    dong_code: str
    version: int
    attempts: int
    next_on: date | None
    person: Person
    step: HandoverStep | None
    who: str
    at: datetime | None
    reason: str = field(repr=False)  # may tell of people


def cases_with_hub(connection: Connection, scope: Scope) -> tuple[HandedOver, ...]:
    """What waits for the hub longest comes first, then what it has taken."""
    own = (
        select(handovers.c.id)
        .where(within(scope, handovers.c.dong_code), handovers.c.ref == cases.c.ref)
        .where(handovers.c.dong_code == cases.c.dong_code)
        .correlate(cases)
        .order_by(handovers.c.id.desc())
        .limit(1)
    )
    newest = own.scalar_subquery()
    # Whoever takes a case need not say why: then what the dong asked for still holds.
    told = own.with_only_columns(handovers.c.reason).where(handovers.c.reason != "").scalar_subquery()
    of, is_here = cases.c, handovers.c.dong_code == cases.c.dong_code
    query = (
        select(of.ref, of.dong_code, of.version, of.attempts, of.next_on, handovers.c.step, handovers.c.at)
        .add_columns(told.label("reason"), users.c.name.label("who"))
        .add_columns(people.c.name, people.c.address, people.c.phone)
        .outerjoin(handovers, and_(handovers.c.id == newest, is_here))
        .outerjoin(users, users.c.id == handovers.c.by_user)
        .outerjoin(people, and_(people.c.ref == of.ref, within(scope, people.c.dong_code)))
        .where(within(scope, of.dong_code), of.status == Status.WITH_HUB)
    )
    found = [_handed_over(row) for row in connection.execute(query).mappings()]
    return tuple(sorted(found, key=lambda one: (one.step is HandoverStep.TAKEN, str(one.at), one.ref)))


def _handed_over(row: Any) -> HandedOver:
    return HandedOver(
        **{name: row[name] for name in ("ref", "dong_code", "version", "attempts", "next_on", "at")},
        person=Person(row["name"] or "", row["address"] or "", row["phone"] or ""),
        step=HandoverStep(row["step"]) if row["step"] else None,
        who=row["who"] or "",
        reason=row["reason"] or "",
    )
