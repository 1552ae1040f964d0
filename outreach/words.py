"""What people write about a case: checked at the edge, kept as it was meant to be read."""

import re
import unicodedata

from domain.casework import ActRefused
from domain.registration_number import holds_registration_number
from outreach.signing import HOLDS_NUMBER, LEAVE_NUMBER_OUT

MAX_NOTE = 2_000  # characters
MIN_REASON = 5
MAX_REASON = 500
# Code points, from-to, that nobody sees and that mislead a reader: the Unicode categories Cc, Cf, Cs, Co, Zl and Zp
# (control, bidi, private use) and what `outreach.signing` knows to be shown as nothing; a test compares.
_UNSEEN = """
    0-8 b-c e-1f 7f-9f ad-ad 34f-34f 600-605 61c-61c 6dd-6dd 70f-70f 890-891 8e2-8e2 115f-1160 17b4-17b5 180b-180f
    200b-200f 2028-202e 2060-2064 2066-206f 2800-2800 3164-3164 e000-f8ff fe00-fe0f feff-feff ffa0-ffa0 fff9-fffb
    110bd-110bd 110cd-110cd 13430-13438 1bca0-1bca3 1d173-1d17a e0001-e0001 e0020-e007f e0100-e01ef f0000-ffffd
    100000-10fffd
"""


def _sign(hexadecimal: str) -> str:
    return f"\\u{hexadecimal:0>4}" if len(hexadecimal) <= 4 else chr(int(hexadecimal, 16))


UNSEEN = "".join("-".join(map(_sign, span.split("-"))) for span in _UNSEEN.split())  # for a class in a pattern
# Half a sign (a lone surrogate) is no text at all, so patterns of other languages need not, and cannot, name it.
_SOME_UNSEEN = re.compile(f"[\\ud800-\\udfff{UNSEEN}]")


def checked_note(text: str) -> str:
    """The note with one kind of line ends and composed letters (a Mac sends 가 as ㄱ and ㅏ), without space around it.

    Raises `ActRefused` where it is too long, or holds signs that cannot be seen or a resident registration number.
    """
    return _checked(text, "The note", at_least=0, at_most=MAX_NOTE)


def checked_reason(text: str) -> str:
    """A reason that says something: five characters or more. Raises `ActRefused`."""
    return _checked(text, "The reason", at_least=MIN_REASON, at_most=MAX_REASON)


def _checked(text: str, what: str, *, at_least: int, at_most: int) -> str:
    words = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not at_least <= len(words) <= at_most:
        raise ActRefused(
            f"{what} needs {at_least} to {at_most:,} characters.", hint="Say it so that others understand."
        )
    if not is_seen(words):
        raise ActRefused(f"{what} holds signs that cannot be seen.", hint="Type it anew, or paste it as plain text.")
    if holds_registration_number(words):
        raise ActRefused(f"{what} {HOLDS_NUMBER}.", hint=LEAVE_NUMBER_OUT)
    return words


def is_seen(text: str) -> bool:
    """Whether a reader sees every sign of a text, or at least that a line or a column ends there.

    >>> is_seen("월세 3개월\\n밀림"), is_seen("월세\\u202e")
    (True, False)
    """
    return _SOME_UNSEEN.search(text) is None
