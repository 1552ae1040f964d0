"""Pseudonyms: keyed BLAKE2b in place of the providers' ids, which never go past this room."""

import base64
import os
import secrets
from collections.abc import Sequence
from enum import Enum
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa

from domain.errors import NotFound, StorageFailed, UsageError

KEY_BYTES = 32
_DIGEST_BYTES = 10
PSEUDONYM_LENGTH = 16  # 80 bits in base32
ALPHABET = b"abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, in lower case
_LETTERS = np.frombuffer(ALPHABET, dtype=np.uint8)


class Subject(Enum):
    """Whom a pseudonym stands for; the same id gives unrelated pseudonyms for a household and for a person."""

    HOUSEHOLD = b"sagak-hh"
    PERSON = b"sagak-ps"


def pseudonym(provider_id: str, key: bytes, subject: Subject) -> str:
    """The pseudonym of one id: the plain definition of what `pseudonyms` computes."""
    digest = blake2b(provider_id.encode(), key=key, digest_size=_DIGEST_BYTES, person=subject.value).digest()
    return base64.b32encode(digest).decode().lower()


def pseudonyms(provider_ids: Sequence[str], key: bytes, subject: Subject) -> pa.StringArray:
    """The pseudonyms of many ids, in their order; pass distinct ids, each is hashed."""
    keyed = blake2b(key=key, digest_size=_DIGEST_BYTES, person=subject.value)
    digests = []
    for provider_id in provider_ids:
        hasher = keyed.copy()
        hasher.update(provider_id.encode())
        digests.append(hasher.digest())
    return _base32(np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, _DIGEST_BYTES))


def _base32(digests: np.ndarray) -> pa.StringArray:
    """Python's own base32 takes three times as long as the hash; here five bits at a time for all rows at once."""
    bits = np.unpackbits(digests, axis=1).reshape(-1, PSEUDONYM_LENGTH, 5)
    letters = _LETTERS[bits @ np.array([16, 8, 4, 2, 1], dtype=np.uint8)]
    offsets = np.arange(len(digests) + 1, dtype=np.int32) * PSEUDONYM_LENGTH
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters)))


def key_fingerprint(key: bytes) -> str:
    """Eight hex digits that tell whether two cores were made with one key, and nothing about the key."""
    return blake2b(key=key, digest_size=4, person=b"sagak-fp").hexdigest()


def load_key(path: Path) -> bytes:
    """The 32-byte key at ``path``, drawn and written with mode 0600 on first use.

    Raises `UsageError` for a file of another size or that others may read, `StorageFailed` where it cannot be written.
    """
    try:
        return _read_key(path)
    except NotFound:
        return _create_key(path)


def _create_key(path: Path) -> bytes:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never over a key that another process has just made.
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise StorageFailed(
            f"The key file cannot be written: {error.strerror}.", hint=f"Check {path.parent}."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return _read_key(path)


def _read_key(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(KEY_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(f"There is no key at {path}.") from error
    except OSError as error:
        raise UsageError(
            f"The key file cannot be read: {error.strerror}.", hint=f"Check the owner of {path}."
        ) from error
    if mode & 0o077:
        raise UsageError("Others may read the key file, so the pseudonyms are not safe.", hint=f"Run: chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise UsageError(
            f"The key file does not hold exactly {KEY_BYTES} bytes.",
            hint="Bring the key back from its backup. A new key gives every household another pseudonym.",
        )
    return key
