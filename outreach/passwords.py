"""Passwords: kept as Argon2id, and strong enough where nothing else stands before an account.

Parameters: 19 MiB, 2 passes, 1 lane, the least that OWASP's Password Storage Cheat Sheet names. With more memory the
sign-ins of a Monday at nine would take the machine down: 17,500 in ten minutes are 29 a second, 26 ms of a core each
like this, 182 ms with the 64 MiB of RFC 9106.

Rules: OWASP ASVS 5.0 6.2.1, 6.2.4, 6.2.5, 6.2.8, 6.2.11: eight characters of any kind or more, and more guesses than
anybody can try who knows common passwords, the words of the office and the person; nothing about kinds of characters,
no forced change by the calendar.
"""

import secrets
from dataclasses import dataclass, field
from typing import Self

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from domain.errors import UsageError

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
BEST, AT_LEAST, AT_MOST = 15, 8, 128
# zxcvbn's bound for "safe from online guessing, also where nobody counts failures"; a hundred millions are also what
# eight characters by chance are counted as.
LEAST_GUESSES = 10**8
_HASHER = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES),))
# Checked where there is no account, so that a wrong login takes as long as a wrong password.
_NOBODYS = _HASHER.hash(secrets.token_urlsafe())


@dataclass(frozen=True)
class ChosenPassword:
    """A password that is to be set, with its hash: made before the transaction, which would make others wait for it."""

    plain: str = field(repr=False)
    hashed: str = field(repr=False)

    @classmethod
    def of(cls, plain: str, *, login: str, name: str) -> Self:
        """What somebody typed for an account; raises `UsageError` for what others could guess."""
        check_password(plain, login=login, name=name)
        return cls(plain, hash_password(plain))

    @classmethod
    def by_chance(cls) -> Self:
        """One to be given to somebody, who changes it at the first sign-in: 100 bits."""
        plain = secrets.token_hex(13)
        return cls(plain, hash_password(plain))


def hash_password(password: str) -> str:
    """What is kept of a password: Argon2id with a salt of its own, and its parameters."""
    return _HASHER.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash; takes as long where there is none."""
    matches = _HASHER.verify(password[:AT_MOST], password_hash or _NOBODYS)
    return matches and password_hash is not None


def new_token() -> str:
    """256 bits by chance, to be told once: of a session, or of its forms."""
    return secrets.token_urlsafe(32)


def check_password(password: str, *, login: str, name: str) -> None:
    """Raises `UsageError` for a password that others could guess."""
    from outreach.guessing import guesses  # its lists take a tenth of a second, and passwords are rarely set

    if not AT_LEAST <= len(password) <= AT_MOST:
        raise UsageError(f"A password has {AT_LEAST} to {AT_MOST} characters.", hint=f"{BEST} of any kind are best.")
    if guesses(password, login=login, name=name) < LEAST_GUESSES:
        raise UsageError(
            "The password is a common one, or made of common words, a name or a row of keys.",
            hint=f"Take {BEST} characters or more: a few words that do not belong together.",
        )
