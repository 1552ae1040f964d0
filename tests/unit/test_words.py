"""What a note may hold: every sign that a reader sees, and no other."""

import re
import unicodedata

from outreach.signing import SHOWN_AS_NOTHING
from outreach.words import is_seen
from serving.api.case_models import NoteSent

UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def test_a_sign_is_refused_exactly_if_unicode_says_that_nobody_sees_it() -> None:
    def shows(sign: str) -> bool:
        return sign in "\n\t\r" or not (unicodedata.category(sign) in UNSEEN or sign in SHOWN_AS_NOTHING)

    assert not [f"{code:x}" for code in range(0x110000) if is_seen(chr(code)) != shows(chr(code))]


def test_the_pattern_that_machines_are_told_refuses_the_same_signs_and_a_note_of_spaces() -> None:
    told = re.compile(NoteSent.model_json_schema()["properties"]["note"]["pattern"])
    signs = [chr(code) for code in (*range(0x3000), *range(0xE000, 0x10000), 0xE0001, 0xE0100, 0x1F600, 0x20000)]
    assert not [f"{ord(sign):x}" for sign in signs if bool(told.search(f"a{sign}a")) != is_seen(sign)]
    assert not told.search(" \n\t ")
