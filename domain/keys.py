"""Keys on disk: 32 bytes by chance, written once, readable by their owner alone."""

import os
import secrets
from pathlib import Path

from domain.errors import NotFound, StorageFailed, UsageError

KEY_BYTES = 32


def load_key(path: Path, *, lost: str) -> bytes:
    """The 32-byte key at ``path``, drawn and written with mode 0600 on first use.

    ``lost`` says what a new key in place of a damaged one would lose. Raises `UsageError` for a file of another size or
    that others may read, `StorageFailed` where it cannot be written.
    """
    try:
        return read_key(path, lost=lost)
    except NotFound:
        return _create_key(path, lost)


def _create_key(path: Path, lost: str) -> bytes:
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
    return read_key(path, lost=lost)


def read_key(path: Path, *, lost: str) -> bytes:
    """The 32-byte key at ``path``; none is drawn. Raises `NotFound` where there is none, and as `load_key`."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(KEY_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(f"There is no key at {path}.", hint=f"Bring it back from its backup. {lost}") from error
    except OSError as error:
        raise UsageError(
            f"The key file cannot be read: {error.strerror}.", hint=f"Check the owner of {path}."
        ) from error
    if mode & 0o077:
        raise UsageError(
            "Others may read the key file, so what it protects is not safe.", hint=f"Run: chmod 600 {path}"
        )
    if len(key) != KEY_BYTES:
        raise UsageError(
            f"The key file does not hold exactly {KEY_BYTES} bytes.",
            hint=f"Bring the key back from its backup. {lost}",
        )
    return key
