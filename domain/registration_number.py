"""Resident registration numbers (주민등록번호): how one is seen in text, so that it is refused wherever text comes in.

A number by which everything about a person can be joined may be handled only where a law names it (개인정보 보호법
제24조의2); no indicator and no visit needs it.
"""

import re
import unicodedata

# Birth date, then a digit 1 to 8 for century, sex and nationality (주민등록법 시행규칙 제2조).
# Written so that RE2 (Arrow) and Python read it alike: without looking around.
PATTERN = r"(?:^|[^0-9])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[-–‐−. ]{0,3}[1-8][0-9]{6}(?:$|[^0-9])"
_WRITTEN = re.compile(PATTERN)


def holds_registration_number(text: str) -> bool:
    """Whether a text holds what looks like a whole resident registration number, in letters of any width.

    >>> holds_registration_number("900101-1234567"), holds_registration_number("900101-1******")
    (True, False)
    """
    return _WRITTEN.search(unicodedata.normalize("NFKC", text)) is not None
