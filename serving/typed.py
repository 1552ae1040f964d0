"""What people type into a form, read as they meant it."""

import re
from datetime import date

from domain.errors import UsageError

REF = r"[A-Za-z0-9_-]{22}"  # how a household is named, see `store.staging`

# Eight digits, or three parts told apart: "2026111" may be a day of January or of November.
_DAY = re.compile(r"(\d{4})(?:\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\s*\.?|(\d{2})(\d{2}))(?:\s*\(\S\))?")


def is_ref(text: str) -> bool:
    """Whether a household could go by that name."""
    return re.fullmatch(REF, text) is not None


def whole_number(text: str) -> int | None:
    """The number of at most nine digits that was typed, with or without separators; None for anything else.

    >>> whole_number(" 1,200 "), whole_number("12.5"), whole_number("")
    (1200, None, None)
    """
    digits = text.strip().replace(",", "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def typed_date(text: str) -> date | None:
    """The day that was typed, None where nothing was; raises `UsageError`, which does not repeat it, for anything else.

    >>> typed_date("20261116") == typed_date("2026-11-16") == typed_date(" 2026. 11. 16.(월) ") == date(2026, 11, 16)
    True
    """
    if not text.strip():
        return None
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise UsageError("This is no date.", hint="Write it as 20261116, 2026-11-16 or 2026. 11. 16.")
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UsageError("There is no such day.", hint="Look at the month and the day once more.") from error
