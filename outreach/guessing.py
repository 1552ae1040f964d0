"""How many guesses a password stands, by zxcvbn (Wheeler, USENIX Security 2016), which knows no Korean by itself.

zxcvbn brings tens of thousands of leaked passwords, English words and names, and sees rows of keys, dates, repeats and
exchanged signs. Beside them stand Korean words, names and places here, each also as it is typed with the keyboard left
in English: 비밀번호 is ``qlalfqjsgh``.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from math import prod

from zxcvbn.matching import RANKED_DICTIONARIES, build_ranked_dict, omnimatch
from zxcvbn.scoring import most_guessable_match_sequence

from sources.reference import reference_path, snapshot_dongs

_LONGEST = 20  # what stands further on can only make it harder; forty signs made for it would take half a minute
_FIRST, _LAST = 0xAC00, 0xD7A3  # syllables of Hangul: Unicode 16, 3.12
# Keys of the standard keyboard (KS X 5002) for a syllable's beginning, middle and end, in Unicode's order.
_BEGINNINGS = "rRseEfaqQtTdwWczxvg"
_MIDDLES: tuple[str, ...] = (*"koiOjpuPh", "hk", "ho", "hl", *"yn", "nj", "np", "nl", *"bm", "ml", "l")
_ENDS: tuple[str, ...] = (
    "", *"rR", "rt", "s", "sw", "sg", *"ef", "fr", "fa", "fq", "ft", "fx", "fv", "fg", *"aq", "qt", *"tTdwczxvg",
)  # fmt: skip
_YEARS = [str(year) for year in range(2020, 2040)]  # zxcvbn's own end with 2019


def guesses(password: str, *, login: str, name: str) -> float:
    """About how many guesses somebody needs who knows the person's login and name, and of what parts it is made.

    The parts' guesses are multiplied; zxcvbn itself adds 10,000 for each further part, so that three common words would
    stand for a hundred millions.
    """
    own = [login, *re.split(r"[._-]", login), name, name[1:]]
    known = {**RANKED_DICTIONARIES, "korean": _korean(), "own": build_ranked_dict(list(_both_ways(own)))}
    start = password[:_LONGEST]
    parts = most_guessable_match_sequence(start, omnimatch(start, known), _exclude_additive=True)["sequence"]
    return prod(float(part["guesses"]) for part in parts)


def keys_of(text: str) -> str:
    """What stands on the screen where Korean was typed with the keyboard left in English.

    >>> keys_of("비밀번호 1")
    'qlalfqjsgh 1'
    """
    return "".join(map(_keys, text))


def _keys(sign: str) -> str:
    if not _FIRST <= ord(sign) <= _LAST:
        return sign
    rest, end = divmod(ord(sign) - _FIRST, len(_ENDS))
    beginning, middle = divmod(rest, len(_MIDDLES))
    return _BEGINNINGS[beginning] + _MIDDLES[middle] + _ENDS[end]


@cache
def _korean() -> Mapping[str, int]:
    with reference_path("password_words.csv").open(encoding="utf-8", newline="") as file:
        words = [row["word"] for row in csv.DictReader(file)]
    return build_ranked_dict(list(dict.fromkeys(_both_ways([*words, *_YEARS, *_places()]))))  # type: ignore[no-any-return]


def _places() -> Iterator[str]:
    """Districts and dongs as they are called, with and without their number and what kind they are."""
    for dong in snapshot_dongs().values():
        for place in (dong.sigungu, dong.name, re.sub(r"\d", "", dong.name)):
            yield from (place, place[:-1], place[:2])


def _both_ways(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if len(word) > 1 or word > "\x7f":
            yield from (word.lower(), keys_of(word).lower())
