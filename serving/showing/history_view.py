"""What was done for a household, in one sequence, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import midnight
from domain.casework import Answered, Asked, Assigned, Contacted, Noted, Passed, Recorded, Request
from domain.korean import korean_date
from domain.published import ListedEntry
from serving import wording_casework_ko as ko


@dataclass(frozen=True)
class HistoryLine:
    """One act, or one listing. ``written`` are its note and its reason, ``correct_href`` leads to putting a contact
    right, where that can still be done."""

    at: datetime
    has_time: bool
    who: str
    what: str
    detail: tuple[str, ...]
    written: tuple[str, ...]
    is_past: bool = False
    correct_href: str = ""


def history_lines(
    recorded: Iterable[Recorded], entries: Iterable[ListedEntry], *, workers: Mapping[int, str], may_correct: bool
) -> tuple[HistoryLine, ...]:
    """Contacts, assignments, notes, handovers, requests and listings, newest first."""
    acts = list(recorded)
    corrected = {one.event.corrects for one in acts if isinstance(one.event, Contacted) and one.event.corrects}
    lines = [_act(one, corrected, workers, may_correct=may_correct) for one in acts]
    lines += [_listing(entry) for entry in entries]
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _act(one: Recorded, corrected: set[int], workers: Mapping[int, str], *, may_correct: bool) -> HistoryLine:
    made = one.event if isinstance(one.event, Contacted) else None
    is_past = made is not None and one.id in corrected
    return HistoryLine(
        at=made.made_at if made else one.at,
        has_time=True,
        who=one.who,
        what=_what(one, workers),
        detail=_detail(one, is_past=is_past),
        written=tuple(filter(None, (one.note, _reason(one)))),
        is_past=is_past,
        correct_href=f"contacts/{one.id}" if made and may_correct and not is_past else "",
    )


def _reason(one: Recorded) -> str:
    return ko.WHY_CORRECTED.format(reason=one.reason) if one.reason and isinstance(one.event, Contacted) else one.reason


def _what(one: Recorded, workers: Mapping[int, str]) -> str:
    match one.event:
        case Contacted(method=method, attempt=attempt):
            return ko.DID["contact"].format(method=ko.METHODS[method], attempt=ko.ATTEMPTS[attempt])
        case Assigned(None):
            return ko.DID["given_back"]
        case Assigned(worker_id):
            return ko.DID["assigned"].format(worker=workers.get(worker_id or 0, ko.SOME_WORKER))
        case Passed(step):
            return ko.HANDOVERS[step]
        case Asked(kind=kind):
            return ko.DID["request"].format(kind=ko.REQUESTS[kind])
        case Answered():
            return ko.DID["answered"]
        case Noted():
            return ko.DID["note"]


def _detail(one: Recorded, *, is_past: bool) -> tuple[str, ...]:
    told = [ko.WAS_CORRECTED] if is_past else []
    match one.event:
        case Contacted(outcome=outcome, next_on=next_on, corrects=corrects):
            told += [ko.DID["corrected"]] if corrects else []
            told += [ko.OUTCOMES[outcome]] if outcome else []
            told += [ko.NEXT_ON.format(day=korean_date(next_on))] if next_on else []
        case Asked(kind=kind, ends_on=ends_on) as asked:
            if kind is not Request.WITHDRAWAL:
                told.append(ko.DUE_ON.format(day=korean_date(asked.due_on)))
            if kind is Request.EXCLUSION:
                told.append(ko.ENDS_ON.format(day=korean_date(ends_on)) if ends_on else ko.NO_END)
    return tuple(told)


def _listing(entry: ListedEntry) -> HistoryLine:
    what = ko.DID["listed"].format(round=entry.round, rank=entry.rank)
    return HistoryLine(at=midnight(entry.as_of), has_time=False, who="", what=what, detail=(), written=())
