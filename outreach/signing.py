"""Who signs an act and why, in words that others can read, and whether two names are one person's."""

import unicodedata

from domain.errors import UsageError
from domain.registration_number import holds_registration_number

MIN_REASON = 10  # characters: "좋음" or "ok" tells nobody anything a year later
MAX_TEXT = 500
HOLDS_NUMBER = "holds a resident registration number"
LEAVE_NUMBER_OUT = "Leave it out: it may be kept nowhere here, and nobody needs it to know whom you mean."
# Letters and marks that a terminal shows as nothing, though Python calls them printable: the property
# Default_Ignorable_Code_Point of Unicode 15 (DerivedCoreProperties.txt) without those of the categories Cf and Cn,
# which are not printable anyway; and the Braille pattern without a dot, which only looks like a space.
SHOWN_AS_NOTHING = frozenset(
    map(
        chr,
        (
            0x034F,  # combining grapheme joiner
            *(0x115F, 0x1160, 0x3164, 0xFFA0),  # Hangul fillers
            *(0x17B4, 0x17B5),  # Khmer inherent vowels
            *(0x180B, 0x180C, 0x180D, 0x180F),  # Mongolian variation selectors
            *range(0xFE00, 0xFE10),  # variation selectors
            *range(0xE0100, 0xE01F0),
            0x2800,
        ),
    )
)


def checked_words(by: str, why: str) -> tuple[str, str]:
    """Name and reason in one line each; raises `UsageError` where they say too little, or hold invisible signs or a
    resident registration number.
    """
    name, reason = _line_of("The name", by, at_least=1), _line_of("The reason", why, at_least=MIN_REASON)
    if not _folded(name):
        raise UsageError("The name needs a letter or a digit.", hint="Write it as others know you.")
    return name, reason


def same_person(one: str, other: str) -> bool:
    """Whether two names are one by their letters and digits, whatever their case, width and composition.

    >>> same_person("김분석.", " 김 분석"), same_person("Kim", "Kim 2")
    (True, False)
    """
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in plain if sign.isalnum() and sign not in SHOWN_AS_NOTHING)


def _line_of(what: str, text: str, *, at_least: int) -> str:
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    if not at_least <= len(line) <= MAX_TEXT:
        raise UsageError(f"{what} needs {at_least} to {MAX_TEXT} characters.", hint="Say it so that others understand.")
    # What nobody sees could make one person look like two, or a record look like another.
    if not line.isprintable() or not SHOWN_AS_NOTHING.isdisjoint(line):
        raise UsageError(f"{what} holds signs that cannot be seen.", hint="Type it anew.")
    if holds_registration_number(line):
        raise UsageError(f"{what} {HOLDS_NUMBER}.", hint=LEAVE_NUMBER_OUT)
    return line
