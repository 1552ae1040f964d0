"""A case as an act meets it: in whose hands it is, whether it is still as it was seen, and how an act is finished."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.casework import ActRefused, Case, CaseChanged, Event, HandoverStep, NoSuchHousehold, Status, after
from domain.people import Scope, Signature
from store import cases
from store.database import Connection
from store.trail import Line, append

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Acted:
    """What an act left: the row it added, and where the case stands now."""

    row_id: int
    case: Case


@dataclass(frozen=True)
class Hands:
    """What a caller may do with a case: the dong works on its own, the hub on those it has taken."""

    is_dong: bool
    is_hub: bool
    is_taken: bool

    @property
    def may_act(self) -> bool:
        return self.is_dong or (self.is_hub and self.is_taken)


def hands_of(connection: Connection, scope: Scope, case: Case) -> Hands:
    """Whose hands a case is in, as seen from ``scope``.

    What the hub has closed stays its own: whoever closed a case can put a slip right.
    """
    is_theirs = case.standing.status in (Status.WITH_HUB, Status.CLOSED)
    is_taken = is_theirs and cases.newest_step(connection, case) is HandoverStep.TAKEN
    return Hands(scope.has_dong(case.dong_code), scope.has_district_of(case.dong_code), is_taken)


def in_hands(connection: Connection, by: Signature, ref: str, seen: int) -> Case:
    """The case, held for an act of whoever has it in hand; raises `ActRefused` for anybody else."""
    case = hold_one(connection, by, ref, seen)
    if not hands_of(connection, by.scope, case).may_act:
        raise ActRefused("The case is in the dong's hands.", hint="Take it over first.")
    return case


def check_dong(by: Signature, case: Case) -> None:
    """Raises `ActRefused` for somebody without a right to the dong itself."""
    if not by.scope.has_dong(case.dong_code):
        raise ActRefused("Only the dong gives its cases to workers or hands them over.", hint="Call the dong.")


def hold_one(connection: Connection, by: Signature, ref: str, seen: int) -> Case:
    """The case, held until the transaction ends; raises `NoSuchHousehold` and `CaseChanged`."""
    (case,) = hold_all(connection, by, {ref: seen})
    return as_seen(connection, case, seen)


def hold_all(connection: Connection, by: Signature, refs: Mapping[str, int]) -> list[Case]:
    """The cases in the order of ``refs``; raises `NoSuchHousehold` where one is not in the caller's areas."""
    held = cases.hold_cases(connection, by.scope, list(refs))
    if len(held) < len(refs):
        raise NoSuchHousehold
    return [held[ref] for ref in refs]


def as_seen(connection: Connection, case: Case, seen: int) -> Case:
    """The case, if it is still as it was seen; raises `CaseChanged`."""
    if case.version == seen:
        return case
    who, acted_at = cases.newest_act(connection, case) or (None, case.updated_at)
    if acted_at < case.updated_at:
        who = None  # nobody's act moved the case last: a published list did
    raise CaseChanged(case.version, who, case.updated_at)


def moment_of(by: Signature, case: Case) -> datetime:
    """When an act counts: never before the one it follows, though two machines' clocks differ; order is history."""
    return max(by.at, case.updated_at + _TICK)


def one_further(connection: Connection, case: Case, event: Event, at: datetime) -> Case:
    """The case, moved by one event."""
    return cases.move_case(connection, case, after(case.standing, event), at)


def done(connection: Connection, by: Signature, act: str, row_id: int, case: Case) -> Acted:
    """What the act left, once its line is in the trail."""
    append(connection, Line.of(by, act, case.ref, row=row_id, version=case.version))
    return Acted(row_id, case)


def check_open(case: Case) -> None:
    """Raises `ActRefused` for a closed case."""
    if case.standing.status is Status.CLOSED:
        raise ActRefused("The case is closed.", hint="Open it again first, with a reason.")


def check_hub(by: Signature, case: Case) -> None:
    """Raises `ActRefused` for somebody without a right to the case's district."""
    if not by.scope.has_district_of(case.dong_code):
        raise ActRefused("Only the hub of the district takes or returns cases.", hint="Ask the hub.")
