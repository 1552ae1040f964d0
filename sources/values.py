"""One cell from a delivery: what it says, or why it says nothing that can be used.

Plain Python for one value at a time; `sources.cells` calls it once for each distinct value of a column.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isnan
from typing import Any

from domain.calendar import Round, day_number, month_number
from domain.errors import UsageError
from sources.dongs import DongFault, dong_fault, dong_successors
from sources.quality import Reason
from sources.reference import indicators
from sources.tables import Column, Kind

MAX_ID_CHARACTERS = 64
MAX_TEXT_CHARACTERS = 500
MAX_MONTHS = 600  # fifty years of arrears: a unit was mistaken
MAX_KRW = 10**12
MAX_AGE_MONTHS = 120 * 12
_EARLIEST_YEAR = 1900
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(-01)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}(\.0+)?", re.ASCII)  # 3.0 is what frame libraries make of 3 beside an empty cell
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}

Parser = Callable[[Any], Any]


class Faulty(Exception):
    """A cell that cannot be used; carries the reason and never the cell."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def parser(column: Column, as_of: date) -> Parser:
    """The function from a delivered value (text, or a Parquet value; never empty) to that of core; it raises `Faulty`.

    Ids come back as cleaned provider ids: making pseudonyms of them is the caller's part.
    """
    if column.name == "birth_month":
        return lambda value: parse_birth_month(value, as_of)
    if column.kind in _DATED:
        parse, number = _DATED[column.kind]
        return parse if column.may_be_future else _not_after(parse, number(as_of))
    if column.kind is Kind.DONG:
        return lambda value: parse_dong(value, as_of)
    if column.kind is Kind.CHOICE:
        return _lookup({word: word for word in column.choices}, Reason.UNKNOWN_CHOICE)
    if column.kind is Kind.INDICATOR:
        return _lookup({known.code: known.number for known in indicators()}, Reason.UNKNOWN_INDICATOR)
    return _PLAIN[column.kind]


def _not_after(parse: Parser, latest: int) -> Parser:
    def checked(value: Any) -> int:
        number: int = parse(value)
        if number > latest:
            raise Faulty(Reason.IN_FUTURE)
        return number

    return checked


def _lookup(known: Mapping[str, Any], reason: Reason) -> Parser:
    def looked_up(value: str) -> Any:
        if value not in known:
            raise Faulty(reason)
        return known[value]

    return looked_up


def parse_text(value: str, *, longest: int) -> str:
    """The text, if it is of bearable length and holds nothing invisible."""
    if len(value) > longest:
        raise Faulty(Reason.TOO_LONG)
    # Control characters, line breaks and the invisible ones that turn text around: nothing of it belongs in a name.
    if not value.isprintable():
        raise Faulty(Reason.BAD_TEXT)
    return value


def parse_dong(value: str, as_of: date) -> str:
    """The code that is valid on ``as_of`` for the dong of this one."""
    successors = dong_successors(as_of)
    if value in successors:
        return successors[value]
    match dong_fault(value, as_of):
        case DongFault.LEGAL:
            raise Faulty(Reason.DONG_LEGAL)
        case DongFault.NOT_YET:
            raise Faulty(Reason.DONG_NOT_YET)
    raise Faulty(Reason.DONG_UNKNOWN)


def parse_month(value: str | date) -> int:
    """A month number from "2026-11", "2026-11-01" or the first day of a month; another day is not a month."""
    if isinstance(value, date):
        if value.day != 1 or value.year < _EARLIEST_YEAR:
            raise Faulty(Reason.BAD_MONTH)
        return month_number(value)
    found = _MONTH.fullmatch(value)
    if not found or int(found[1]) < _EARLIEST_YEAR:
        raise Faulty(Reason.BAD_MONTH)
    return int(found[1]) * 12 + int(found[2]) - 1


def parse_birth_month(value: str | date, as_of: date) -> int:
    """The month number of a birth that a living person can have."""
    # Who was born before 1900 is too old rather than badly written.
    if isinstance(value, str) and (found := _MONTH.fullmatch(value)) and int(found[1]) < _EARLIEST_YEAR:
        raise Faulty(Reason.BORN_TOO_LONG_AGO)
    age_months = month_number(as_of) - (month := parse_month(value))
    if age_months < 0:
        raise Faulty(Reason.BORN_IN_FUTURE)
    if age_months > MAX_AGE_MONTHS:
        raise Faulty(Reason.BORN_TOO_LONG_AGO)
    return month


def parse_date(value: str | date) -> int:
    """A day number from "2026-11-16" or a date."""
    if isinstance(value, str):
        if not _DATE.fullmatch(value):
            raise Faulty(Reason.BAD_DATE)
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise Faulty(Reason.BAD_DATE) from None
    if value.year < _EARLIEST_YEAR:
        raise Faulty(Reason.BAD_DATE)
    return day_number(value)


def parse_round(value: str) -> int:
    """The day number of the Monday of a round such as "2026-W47"."""
    try:
        return day_number(Round.parse(value).as_of)
    except UsageError:
        raise Faulty(Reason.BAD_ROUND) from None


def parse_whole(value: str | float, *, largest: int, too_large: Reason) -> int:
    """A whole number from 0 to ``largest``; ``too_large`` is the reason for what is above."""
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            raise Faulty(Reason.BAD_NUMBER)
        value = value.partition(".")[0]
    elif isinstance(value, float) and not value.is_integer():  # also NaN and infinity
        raise Faulty(Reason.BAD_NUMBER)
    number = int(value)
    if number < 0:
        raise Faulty(Reason.NEGATIVE)
    if number > largest:
        raise Faulty(too_large)
    return number


def parse_share(value: str | float) -> float:
    """A number above 0 and up to 1."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise Faulty(Reason.BAD_NUMBER)
    number = float(value)
    if isnan(number):
        raise Faulty(Reason.BAD_NUMBER)
    if not 0 < number <= 1:
        raise Faulty(Reason.BAD_SHARE)
    return number


def parse_flag(value: Any) -> bool:
    """True or false from a boolean, 1 or 0, or their names."""
    flag = _FLAGS.get(str(value).lower())
    if flag is None:
        raise Faulty(Reason.BAD_FLAG)
    return flag


_DATED: Mapping[Kind, tuple[Parser, Callable[[date], int]]] = {
    Kind.MONTH: (parse_month, month_number),
    Kind.DATE: (parse_date, day_number),
    Kind.ROUND: (parse_round, day_number),
}
_PLAIN: Mapping[Kind, Parser] = {
    Kind.HOUSEHOLD: lambda value: parse_text(value, longest=MAX_ID_CHARACTERS),
    Kind.PERSON: lambda value: parse_text(value, longest=MAX_ID_CHARACTERS),
    Kind.TEXT: lambda value: parse_text(value, longest=MAX_TEXT_CHARACTERS),
    Kind.COUNT: lambda value: parse_whole(value, largest=MAX_MONTHS, too_large=Reason.MONTHS_ABSURD),
    Kind.KRW: lambda value: parse_whole(value, largest=MAX_KRW, too_large=Reason.TOO_LARGE),
    Kind.SHARE: parse_share,
    Kind.FLAG: parse_flag,
}
