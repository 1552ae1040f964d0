"""The manifest of a delivery: what it claims to hold, checked against what lies in the folder."""

import hashlib
import json
import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from domain.errors import DeliveryRefused
from sources.tables import TABLES

MANIFEST_NAME = "manifest.json"
VERSION = 1
MAX_MANIFEST_BYTES = 4 * 1024 * 1024
MAX_FILES = 20_000
MAX_FILE_ROWS = 500_000_000
_KEYS = {"sagak_delivery", "as_of", "adapter", "files"}
_FILE_KEYS = {"name", "table", "rows", "sha256"}
_SUFFIXES = (".parquet", ".csv")
_FILE_NAME = re.compile(r"[\w][\w .()+-]*")  # \w holds Hangul: offices name files in Korean
# What a packed or foreign file begins with, whatever it is called.
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip or xlsx",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
}


@dataclass(frozen=True)
class ListedFile:
    """One file as the manifest lists it."""

    name: str
    table: str
    rows: int
    sha256: str

    @property
    def is_csv(self) -> bool:
        return self.name.lower().endswith(".csv")


@dataclass(frozen=True)
class Manifest:
    """What a delivery claims; ``digest`` is the sha256 of the manifest, which holds those of all files."""

    folder: Path
    as_of: date
    adapter: str
    files: tuple[ListedFile, ...]
    digest: str

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)


def closest(word: str, known: Iterable[str], *, called: str = "Known are") -> str:
    """A question that names the nearest of the known words, or the list of all under what they are ``called``."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else f"{called}: {', '.join(names)}."


def load_manifest(folder: Path) -> Manifest:
    """The manifest of ``folder``, after its names, tables and list of files were checked; no file is opened yet.

    Raises `DeliveryRefused`.
    """
    raw = _read_manifest(folder)
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DeliveryRefused(
            "The manifest is not valid JSON in UTF-8.", hint="Ask the provider to write it again."
        ) from error
    _check_keys(content, _KEYS, "The manifest")
    if type(content["sagak_delivery"]) is not int or content["sagak_delivery"] != VERSION:
        raise DeliveryRefused(
            "The manifest is of a version that is not known here.", hint=f'"sagak_delivery" must be {VERSION}.'
        )
    manifest = Manifest(
        folder=folder,
        as_of=_as_of(content["as_of"]),
        adapter=_adapter(content["adapter"]),
        files=_files(content["files"]),
        digest=hashlib.sha256(raw).hexdigest(),
    )
    _check_tables(manifest.files)
    _check_folder(manifest)
    return manifest


def check_bytes(manifest: Manifest, progress: Callable[[str], None]) -> None:
    """Raises `DeliveryRefused` for a file whose bytes are not those of the manifest, or that is packed."""
    for listed in manifest.files:
        progress(f"verifying {listed.name}")
        with (manifest.folder / listed.name).open("rb") as file:
            start = file.read(4)
            for magic, kind in _PACKED.items():
                if start.startswith(magic):
                    raise DeliveryRefused(
                        f"{listed.name} is a packed file ({kind}).", hint="Deliver plain CSV or Parquet."
                    )
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != listed.sha256:
            raise DeliveryRefused(
                f"{listed.name} is not the file the manifest describes: its sha256 differs.",
                hint="It was changed or cut on the way. Copy it again, or ask the provider for it.",
            )


def _read_manifest(folder: Path) -> bytes:
    path = folder / MANIFEST_NAME
    if not folder.is_dir():
        raise DeliveryRefused(f"{folder} is not a folder.", hint="A delivery is a folder with a manifest.json.")
    if not path.is_file() or path.is_symlink():
        raise DeliveryRefused("The delivery has no manifest.json.", hint="Ask the provider for the whole folder.")
    if path.stat().st_size > MAX_MANIFEST_BYTES:
        raise DeliveryRefused("manifest.json is far too large.", hint="It lists the files and holds no rows.")
    return path.read_bytes()


def _check_keys(content: object, expected: set[str], what: str) -> None:
    if not isinstance(content, dict):
        raise DeliveryRefused(f"{what} is not a JSON object.", hint=f"It needs: {', '.join(sorted(expected))}.")
    if missing := expected - content.keys():
        raise DeliveryRefused(
            f"{what} lacks {', '.join(sorted(missing))}.", hint="See docs/deliveries.md for its layout."
        )
    if unknown := content.keys() - expected:
        word = min(unknown)
        raise DeliveryRefused(f"{what} has an unknown entry {word!r}.", hint=closest(word, expected))


def _as_of(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise DeliveryRefused("The manifest's as_of is not a date.", hint='Write it as text: "2026-11-16".')


def _adapter(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", value, re.ASCII):
        return value
    raise DeliveryRefused("The manifest's adapter is not a name.", hint='The adapter of these tables is "standard".')


def _files(value: Any) -> tuple[ListedFile, ...]:
    if not isinstance(value, list) or not value or len(value) > MAX_FILES:
        raise DeliveryRefused(
            "The manifest lists no files, or too many.", hint=f"From 1 to {MAX_FILES:,} are expected."
        )
    files = tuple(_listed(entry) for entry in value)
    # A file system may not tell A.csv from a.csv, so neither do we.
    if len({file.name.casefold() for file in files}) != len(files):
        raise DeliveryRefused("The manifest lists a file twice.", hint="Each file has one entry.")
    return files


def _listed(entry: Any) -> ListedFile:
    _check_keys(entry, _FILE_KEYS, "An entry of the manifest's files")
    name, table, rows, sha256 = entry["name"], entry["table"], entry["rows"], entry["sha256"]
    if not isinstance(name, str) or len(name) > 200 or not _FILE_NAME.fullmatch(name):
        raise DeliveryRefused(
            "The manifest names a file that does not lie in the delivery folder itself.",
            hint="Plain file names only: no folders, no '..', no absolute paths.",
        )
    if not name.lower().endswith(_SUFFIXES):
        raise DeliveryRefused(f"{name} is of a type that is not read.", hint="Deliver .parquet or .csv, not packed.")
    if not isinstance(table, str) or table not in TABLES:
        raise DeliveryRefused(f"{name} is for a table that is not known.", hint=closest(str(table), TABLES))
    if type(rows) is not int or not 0 <= rows <= MAX_FILE_ROWS:
        raise DeliveryRefused(
            f"The number of rows listed for {name} makes no sense.", hint="A whole number is expected."
        )
    if not isinstance(sha256, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise DeliveryRefused(f"The sha256 listed for {name} is not one.", hint="64 hexadecimal digits are expected.")
    return ListedFile(name, table, rows, sha256.lower())


def _check_tables(files: tuple[ListedFile, ...]) -> None:
    present = {file.table for file in files}
    if missing := [table.name for table in TABLES.values() if table.required and table.name not in present]:
        raise DeliveryRefused(
            f"The delivery has no {', '.join(missing)}.",
            hint="These tables must be in every delivery, if need be with a header and no rows.",
        )
    if not sum(file.rows for file in files if file.table == "households"):
        raise DeliveryRefused(
            "The delivery holds no households.", hint="Ask the provider whether the export went wrong."
        )


def _check_folder(manifest: Manifest) -> None:
    listed = {file.name for file in manifest.files}
    # Names with a leading dot are what desktops leave behind; nothing reads them.
    found = {path.name for path in manifest.folder.iterdir() if not path.name.startswith(".")} - {MANIFEST_NAME}
    if missing := sorted(listed - found):
        raise DeliveryRefused(f"{missing[0]} is listed but is not there.", hint="Copy the whole folder again.")
    if extra := sorted(found - listed):
        raise DeliveryRefused(
            f"{extra[0]} lies in the folder but is not listed.",
            hint="Take it out, or ask for a manifest that lists it.",
        )
    for name in listed:
        if not stat.S_ISREG((manifest.folder / name).lstat().st_mode):
            raise DeliveryRefused(f"{name} is a link or no plain file.", hint="Put the file itself into the folder.")
