"""What somebody typed about a contact or a request, read as they meant it; what cannot be read is told by field."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel

from domain.calendar import SEOUL
from domain.casework import Attempt, Method
from domain.errors import UsageError
from domain.outcome import Outcome
from serving import wording_refusals_ko as refusals_ko
from serving.typed import typed_date

_Word = TypeVar("_Word", bound=StrEnum)
_CLOCK = re.compile(r"([01]?\d|2[0-3])\s*[:시.]?\s*([0-5]\d)\s*분?")


class TypedContact(BaseModel):
    """A contact's form, field by field."""

    seen: int = -1
    method: str = ""
    attempt: str = ""
    outcome: str = ""
    made_on: str = ""
    made_time: str = ""
    next_on: str = ""
    note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Read:
    """Values to act with, or what is wrong, by field."""

    values: dict[str, Any]
    problems: dict[str, str]


def read_contact(typed: TypedContact, now: datetime) -> Read:
    """The method, attempt, outcome, time and next day; without a time, today's contact was made just now."""
    problems: dict[str, str] = {}
    values: dict[str, Any] = {
        "method": _of(Method, typed.method, "method", problems),
        "attempt": _of(Attempt, typed.attempt, "attempt", problems),
        "outcome": _of(Outcome, typed.outcome, "outcome", problems) if typed.outcome else None,
        "next_on": read(typed_date, typed.next_on, "next_on", problems),
        "made_at": _made_at(typed, now, problems),
    }
    return Read(values, problems)


def read(reader: Callable[[str], Any], text: str, field: str, problems: dict[str, str]) -> Any:
    """What ``reader`` makes of a field; where it cannot, the problem is noted."""
    try:
        return reader(text)
    except UsageError:
        problems[field] = refusals_ko.MISSING[field]
        return None


def _of(words: type[_Word], word: str, field: str, problems: dict[str, str]) -> _Word | None:
    if word in set(words):
        return words(word)
    problems[field] = refusals_ko.MISSING[field]
    return None


def _made_at(typed: TypedContact, now: datetime, problems: dict[str, str]) -> datetime:
    here = now.astimezone(SEOUL)
    day: date = read(typed_date, typed.made_on, "made_on", problems) or here.date()
    clock = read(typed_time, typed.made_time, "made_time", problems)
    if clock is None and day != here.date() and "made_time" not in problems:
        problems["made_time"] = refusals_ko.MISSING["made_time"]
    return datetime.combine(day, clock, SEOUL) if clock else now


def typed_time(text: str) -> time | None:
    """The time of day that was typed, None where nothing was; raises `UsageError` for anything else.

    >>> typed_time("1430") == typed_time("14:30") == time(14, 30), typed_time(" ")
    (True, None)
    """
    if not text.strip():
        return None
    parts = _CLOCK.fullmatch(text.strip())
    if parts is None:
        raise UsageError("This is no time of day.", hint="Write it as 14:30.")
    return time(int(parts[1]), int(parts[2]))
