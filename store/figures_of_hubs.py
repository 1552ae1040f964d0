"""What a district's hub looks at: where the cases of each dong stand now, and those that were handed to it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from domain.casework import HandoverStep, Status
from domain.listing import Slot
from domain.people import Scope
from domain.published import Person
from store.scoping import within
from store.tables import cases, entries, handovers, people, rounds, users

_UNTOUCHED = (Status.OPEN, Status.ASSIGNED)


@dataclass(frozen=True)
class Standings:
    """Households of one dong's list by where their cases stand now; the first two and ``closed`` add up to all.

    ``waiting``: in the dong without an outcome; of these ``unassigned`` and ``overdue``.
    """

    waiting: int = 0
    with_hub: int = 0
    closed: int = 0
    unassigned: int = 0
    overdue: int = 0


def standings(
    connection: Connection, scope: Scope, label: str, *, today: date, is_first_contact_due: bool
) -> dict[str, Standings]:
    """By dong code, of a round's list.

    Overdue is what was promised for a day before ``today``; and, where nobody has tried yet, what a list has carried
    over or, once ``is_first_contact_due``, anything.
    """
    of = cases.c
    in_dong = of.status.not_in((Status.CLOSED, Status.WITH_HUB))
    is_untouched = of.status.in_(_UNTOUCHED)
    is_late_start = is_untouched if is_first_contact_due else and_(is_untouched, entries.c.slot == Slot.CARRIED_OVER)
    counted = {
        "waiting": in_dong,
        "with_hub": of.status == Status.WITH_HUB,
        "closed": of.status == Status.CLOSED,
        "unassigned": and_(in_dong, of.worker_id.is_(None)),
        "overdue": and_(in_dong, or_(of.next_on < today, and_(of.next_on.is_(None), is_late_start))),
    }
    query = (
        select(entries.c.dong_code, *(_number(condition).label(name) for name, condition in counted.items()))
        .join(rounds, rounds.c.publication_id == entries.c.publication_id)
        .join(cases, cases.c.ref == entries.c.ref)
        .where(within(scope, entries.c.dong_code), within(scope, cases.c.dong_code), rounds.c.round == label)
        .group_by(entries.c.dong_code)
    )
    return {
        row["dong_code"]: Standings(**{name: row[name] for name in counted})
        for row in connection.execute(query).mappings()
    }


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


def _number(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
