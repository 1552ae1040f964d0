"""A worker's households, in groups by what is to be done next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.casework import Status
from domain.korean import korean_date
from domain.listing import Band, Slot
from domain.published import CaseState, DueRequest, HeldCase, ListedEntry
from domain.working_days import is_working_day
from features.catalogue import STANDARD
from serving import wording_casework_ko as ko
from serving import wording_ko
from serving.presenting import raising, why
from serving.rendering import url
from serving.showing.people import name_of

_BANDS = list(Band)
_STILL_WAITS = STANDARD.by_name["days_since_open_listing"].present_ko.removeprefix("{value} ")


@dataclass(frozen=True)
class Task:
    """One household with what is due and why; ``band`` is None where no list of the dong names it."""

    href: str
    name: str
    household_type: str
    band: Band | None
    rank: int
    status: Status
    reason: str
    due: str
    due_on: date | None
    is_late: bool
    attempts: str
    excluded: str


@dataclass(frozen=True)
class TaskGroup:
    """Households with the same kind of next step, the most pressing first."""

    word: str
    name: str
    hint: str
    tasks: tuple[Task, ...]


def task_groups(
    held: Iterable[HeldCase],
    entries: Iterable[ListedEntry],
    requests: Iterable[DueRequest],
    taken: Collection[str],
    today: date,
) -> tuple[TaskGroup, ...]:
    """The groups that hold somebody. ``entries``: every entry of the worker's open households, newest first;
    ``taken``: the households that the hub has taken, of those that it was asked to.
    """
    by_household: dict[str, list[ListedEntry]] = {}
    for entry in entries:
        by_household.setdefault(entry.ref, []).append(entry)
    grouped: dict[str, list[Task]] = {word: [] for word in ko.TASK_GROUPS}
    for one in held:
        word, task = _task(one, by_household.get(one.ref, []), today, is_taken=one.ref in taken)
        grouped[word].append(task)
    grouped["answer"] = [_answer(asked, today) for asked in requests]
    return tuple(
        TaskGroup(word, *ko.TASK_GROUPS[word], tuple(sorted(tasks, key=_pressing)))
        for word, tasks in grouped.items()
        if tasks
    )


def _pressing(task: Task) -> tuple[date, int, int]:
    return task.due_on or date.max, _BANDS.index(task.band) if task.band else len(_BANDS), task.rank


def _task(held: HeldCase, listings: Sequence[ListedEntry], today: date, *, is_taken: bool) -> tuple[str, Task]:
    newest = listings[0] if listings else None
    word, due, due_on = _next_step(held.case, _listed_on(listings), today)
    if word == "hub":
        due = ko.TAKEN_BY_HUB if is_taken else ko.ASKED_HUB
    task = Task(
        href=url(f"/households/{held.ref}", {"round": newest.round} if newest else {}),
        name=name_of(held.person),
        household_type=wording_ko.HOUSEHOLD_TYPES.get(newest.household_type, "") if newest else "",
        band=newest.band if newest else None,
        status=held.case.status,
        reason=_reason(newest) if newest else "",
        rank=newest.rank if newest else 0,
        due=due,
        due_on=due_on,
        is_late=word == "late",
        attempts=ko.TRIED.format(n=held.case.attempts) if held.case.attempts else "",
        excluded=ko.EXCLUDED if held.case.is_excluded(today) else "",
    )
    return word, task


def _reason(entry: ListedEntry) -> str:
    """The first reason to look; that the household still waits says how it came here, not why."""
    reasons = raising(entry) if entry.slot_sentence.endswith(_STILL_WAITS) else []
    return [*reasons, *why(entry)][0]


def _answer(one: DueRequest, today: date) -> Task:
    due_on, is_late = one.asked.due_on, one.asked.due_on < today
    return Task(
        href=f"/households/{one.ref}",
        name=name_of(one.person),
        household_type="",
        band=None,
        status=one.status,
        reason=ko.REQUESTS[one.asked.kind],
        rank=0,
        due=(ko.ANSWER_LATE if is_late else ko.ANSWER_UNTIL).format(day=korean_date(due_on)),
        due_on=due_on,
        is_late=is_late,
        attempts="",
        excluded="",
    )


def _listed_on(listings: Sequence[ListedEntry]) -> date | None:
    """The Monday of the newest round that listed the household anew; being carried over begins no new wait."""
    if not listings:
        return None
    return next((one.as_of for one in listings if one.slot is not Slot.CARRIED_OVER), listings[-1].as_of)


def _next_step(case: CaseState, listed_on: date | None, today: date) -> tuple[str, str, date | None]:
    if case.is_excluded(today):
        return "excluded", "", None
    if case.status is Status.WITH_HUB:
        return "hub", "", case.next_on
    # A case that no list of the dong names was begun by hand: only what was promised is due.
    due = case.next_on if listed_on is None else case.due_on(listed_on)
    if due is None:
        return "next", ko.NO_DAY, None
    is_promise = case.next_on is not None
    if due < today:
        sentence = ko.LATE_PROMISE if is_promise else ko.LATE_FIRST
        return "late", sentence.format(days=_working_days_between(due, today)), due
    if due == today:
        return "today", ko.TODAY if is_promise else ko.FIRST_TODAY, due
    if not is_promise:
        return "new", ko.FIRST_UNTIL.format(day=korean_date(due)), due
    return "next", ko.PROMISED.format(day=korean_date(due)), due


def _working_days_between(day: date, today: date) -> int:
    """Working days after ``day`` until ``today``, at least one."""
    passed = (date.fromordinal(number) for number in range(day.toordinal() + 1, today.toordinal() + 1))
    return max(1, sum(map(is_working_day, passed)))
