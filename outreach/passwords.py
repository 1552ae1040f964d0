"""Passwords: kept as Argon2id, and strong enough where nothing else stands before an account.

Parameters: 19 MiB, 2 passes, 1 lane, the least that OWASP's Password Storage Cheat Sheet names. With more memory the
sign-ins of a Monday at nine would take the machine down: 17,500 in ten minutes are 29 a second, 26 ms of a core each
like this, 182 ms with the 64 MiB of RFC 9106.

Rules: OWASP ASVS 5.0 6.2.1, 6.2.4, 6.2.5, 6.2.8, 6.2.11: fifteen characters of any kind, or eight of which no common
password, no name and no row of keys is left; nothing about kinds of characters, no forced change by the calendar.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Self

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from domain.errors import UsageError

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
ALWAYS_ENOUGH, AT_LEAST, AT_MOST = 15, 8, 128
_HASHER = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES),))
# Checked where there is no account, so that a wrong login takes as long as a wrong password.
_NOBODYS = _HASHER.hash(secrets.token_urlsafe())
# What stands at the head of published lists of common passwords, and Korean words typed on an English keyboard
# (비밀번호, 안녕, 사랑해, 대한민국, 바보, 천사, 복지, 동사무소, 사각). Digits and signs around them add little.
_COMMON = frozenset(
    """
    password passw passwd pass word admin administrator root guest user login welcome hello letmein master manager
    test tester testing demo temp temporary default secret security private public system server service computer
    internet network office korea seoul busan incheon daegu daejeon gwangju ulsan sejong hansung dong sigungu
    monkey dragon shadow sunshine princess football baseball soccer superman batman iloveyou love lovely trustno
    michael jordan jennifer hunter ranger charlie thomas robert daniel andrew freedom whatever starwars pokemon
    samsung galaxy naver daum kakao google apple windows microsoft bokji welfare sagak changeme qlalfqjsgh qlqjs
    dkssud dkssudgktpdy tkfkd tkfkdgo tkfkdgody eogksalsrnr qkqh cjstk qhrwl ehdtkanth tkrkr
    january february march april may june july august september october november december spring summer autumn winter
    """.split()  # noqa: SIM905  (a column of quoted words would fill a page)
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890", "1q2w3e4r5t6y7u8i9o0p")
_LOOKALIKES = str.maketrans({"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t"})
_LEAST_LEFT = 4  # characters that must be left of a short password without its common parts


@dataclass(frozen=True)
class ChosenPassword:
    """A password that is to be set, with its hash: made before the transaction, which would make others wait for it."""

    plain: str = field(repr=False)
    hashed: str = field(repr=False)

    @classmethod
    def of(cls, plain: str) -> Self:
        return cls(plain, hash_password(plain))


def hash_password(password: str) -> str:
    """What is kept of a password: Argon2id with a salt of its own, and its parameters."""
    return _HASHER.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash; takes as long where there is none."""
    matches = _HASHER.verify(password[:AT_MOST], password_hash or _NOBODYS)
    return matches and password_hash is not None


def new_password() -> str:
    """A password by chance to be given to somebody, who changes it at the first sign-in: 100 bits."""
    return secrets.token_hex(13)


def new_token() -> str:
    """256 bits by chance, to be told once: of a session, or of its forms."""
    return secrets.token_urlsafe(32)


def check_password(password: str, *, login: str, name: str) -> None:
    """Raises `UsageError` for a password that others could guess."""
    if not AT_LEAST <= len(password) <= AT_MOST:
        raise UsageError(
            f"A password has {AT_LEAST} to {AT_MOST} characters.", hint=f"{ALWAYS_ENOUGH} of any kind are best."
        )
    if len(password) < ALWAYS_ENOUGH:
        is_weak = _is_common(password, login=login, name=name)
    else:
        is_weak = len(set(password)) < AT_LEAST // 2
    if is_weak:
        raise UsageError(
            "The password is a common one, or made of a name or a row of keys.",
            hint=f"Take {ALWAYS_ENOUGH} characters or more: a few words that do not belong together.",
        )


def _is_common(password: str, *, login: str, name: str) -> bool:
    plain = password.lower()
    return any(
        len(_what_is_left(spelling, (login.lower(), name.lower()))) < _LEAST_LEFT
        for spelling in (plain, plain.translate(_LOOKALIKES))
    )


def _what_is_left(text: str, names: tuple[str, ...]) -> str:
    """Characters that tell something: without names, common words, rows of keys, years, and repeated characters."""
    words = (word for word in (*names, *_COMMON) if len(word) > 2)
    for word in sorted(words, key=lambda word: (-len(word), word)):
        text = text.replace(word, "\0")
    text = re.sub(r"(19|20)\d\d|(.)\2{2,}", "\0", text)
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for length in range(len(row), 3, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "\0")
    letters = re.sub(r"[^\w]|\0|_", "", text)
    return re.sub(r"\d", "", letters) or letters[:2]
