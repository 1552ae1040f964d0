"""Checks a delivery, or takes it in as a whole or not at all."""

import ctypes
import errno
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import DeliveryRefused, StorageFailed
from domain.keys import KEY_BYTES
from domain.storage import sole_writer, storing, sync_folder
from sources.core import Core
from sources.intake import Places, Progress, take_in
from sources.isolation import run_isolated
from sources.manifest import Manifest, check_bytes, load_manifest
from sources.report import DeliveryReport

MEMORY_MB = 4_096
_BASE_SECONDS, _ROWS_A_SECOND = 300, 20_000
_STAGING = ".staging"
_RENAME_EXCHANGE, _AT_FDCWD = 2, -100  # linux/fs.h, fcntl.h


def _silent(step: str) -> None:
    """Tells nobody."""


def check_delivery(folder: Path, *, progress: Progress = _silent) -> DeliveryReport:
    """What taking ``folder`` in would accept and set aside; changes nothing.

    Raises `DeliveryRefused`. Uses the temporary folder for about the size of the delivery.
    """
    manifest = _verified(folder, progress)
    with storing("The delivery"), tempfile.TemporaryDirectory(prefix="sagak-check-") as spill:
        # Nothing is kept, so any key will do to tell ids apart.
        return _run(manifest, Places(Path(spill)), secrets.token_bytes(KEY_BYTES), progress)


def ingest(folder: Path, *, core_root: Path, vault_root: Path, key: bytes, progress: Progress = _silent) -> Core:
    """The core of a delivery, taken in whole.

    Raises `DeliveryRefused` or `StorageFailed`; then, and after a kill at any moment, the core of that date is what it
    was before, or the new one. The same delivery and key give the same bytes.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    manifest = _verified(folder, progress)
    with (
        storing("The delivery"),
        sole_writer(core_root, "Another delivery is being taken in."),
        _staging(core_root) as core,
        _staging(vault_root) as vault,
    ):
        day = manifest.as_of.isoformat()
        for place in (core / day, vault / day, vault / "spill"):
            place.mkdir()
        (vault / day).chmod(0o700)
        _run(manifest, Places(vault / "spill", core / day, vault / day), key, progress)
        progress("putting the core in place")
        # Names first: a core never stands without the people it was delivered with.
        for staged, root in ((vault / day, vault_root), (core / day, core_root)):
            _sync_folders(staged)
            _put_in_place(staged, root / day)
    return Core.open(core_root / day)


def delivery_report(core: Core) -> DeliveryReport:
    """What the delivery behind ``core`` held and what became of it."""
    return DeliveryReport.from_json(json.loads((core.folder / "core.json").read_text(encoding="utf-8")))


def _verified(folder: Path, progress: Progress) -> Manifest:
    try:
        manifest = load_manifest(folder)
        check_bytes(manifest, progress)
    except OSError as error:
        raise DeliveryRefused(
            f"The delivery cannot be read: {error.strerror}.", hint="Check who owns its folder and files."
        ) from error
    return manifest


def _run(manifest: Manifest, places: Places, key: bytes, progress: Progress) -> DeliveryReport:
    seconds = _BASE_SECONDS + manifest.rows // _ROWS_A_SECOND
    return run_isolated(take_in, manifest, places, key, memory_mb=MEMORY_MB, seconds=seconds, progress=progress)


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """An empty folder beside the final one; what a killed run left in it goes first."""
    folder = root / _STAGING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(staged: Path, final: Path) -> None:
    if final.exists():
        _exchange(staged, final)
    else:
        staged.rename(final)
    sync_folder(final.parent)


def _exchange(staged: Path, final: Path) -> None:
    """Swaps two folders in one step: with two renames a kill between them would leave no core at all."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError as error:
        raise _cannot_exchange(final) from error
    if renameat2(_AT_FDCWD, os.fsencode(staged), _AT_FDCWD, os.fsencode(final), _RENAME_EXCHANGE):
        if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS):
            raise _cannot_exchange(final)
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _cannot_exchange(final: Path) -> StorageFailed:
    return StorageFailed(
        f"This file system cannot replace {final} in one step.",
        hint="Remove that folder and take the delivery in again, or keep the data on a local Linux disk.",
    )


def _sync_folders(top: Path) -> None:
    for folder, _, _ in os.walk(top):
        sync_folder(Path(folder))
