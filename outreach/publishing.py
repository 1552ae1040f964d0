"""Lists on disk: staged, read back, then made current by replacing one small file.

    data/lists/2026-W47/3f9c…/entries.parquet   every entry of the round
    data/lists/2026-W47/3f9c…/round.json        as-of date, bundle, dongs with their numbers of entries (also none)
    data/lists/2026-W47/current                 "3f9c…": what readers follow

A version is named by its content, so running a round again gives the same name and changes nothing, and a killed run
leaves the former version current. Versions stay: a past list can always be looked at again.
"""

import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from domain.calendar import Round, day_number, day_of
from domain.dong import Dong
from domain.errors import CheckFailed, NotFound
from domain.listing import Band, Entry, Explanation, Reason, Slot
from domain.storage import FOR_A_FILE, storing, sync_folder, write_whole
from sources.parquet import write_parquet

_REASON = pl.List(pl.Struct({"theme": pl.String, "sentence": pl.String, "contribution": pl.Float64}))
_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "dong_code": pl.String,
    "rank": pl.Int32,
    "household_id": pl.String,
    "slot": pl.String,
    "slot_sentence": pl.String,
    "propensity": pl.Float64,
    "raw_score": pl.Float64,
    "probability": pl.Float64,
    "band": pl.String,
    "tied_with": pl.Int32,
    "household_type": pl.String,
    "raising": _REASON,
    "lowering": _REASON,
    "unknown": pl.List(pl.String),
    "newest_report": pl.Int32,
    "has_reports": pl.Boolean,
    "round": pl.String,
    "bundle": pl.String,
}
_ENTRIES, _ABOUT = "entries.parquet", "round.json"
_AGAIN = "Run the round again."
_EXPLAINED = tuple(one.name for one in fields(Explanation))


@dataclass(frozen=True)
class PublishedRound:
    """One version of a round's lists. ``entries_by_dong`` names every dong, also those with no entry."""

    round: Round
    folder: Path
    origin: Mapping[str, str]
    bundle: str
    bundle_digest: str
    delivery_digest: str
    entries_sha256: str
    dongs: Mapping[str, Dong]
    entries_by_dong: Mapping[str, int]
    capacities: Mapping[str, int]  # places each dong had
    is_news: bool = False  # said once, by the run that changed what the service shows

    @property
    def version(self) -> str:
        return self.folder.name


def stage_lists(
    entries: Sequence[Entry],
    dongs: Mapping[str, Dong],
    lists_root: Path,
    week: Round,
    *,
    capacities: Mapping[str, int],
    origin: Mapping[str, str],
) -> PublishedRound:
    """Writes a version of a round's lists beside the others and reads it back; nobody is shown it yet.

    ``origin`` names what the lists were made from (bundle, digests), ``capacities`` the places each dong had. Raises
    `CheckFailed` if what is read back differs.
    """
    folder = lists_root / week.label
    staging = folder / ".staging"
    with storing(f"The lists of {week.label}", room=FOR_A_FILE):
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        write_parquet(_frame(entries), staging / _ENTRIES)
        digest = hashlib.sha256((staging / _ENTRIES).read_bytes()).hexdigest()
        about = _about(entries, dongs, capacities, week, origin) | {"entries_sha256": digest}
        text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        write_whole(staging / _ABOUT, text.encode())
        version = _version_of(text)
        if _entries_of(staging, digest) != list(entries):
            raise CheckFailed(f"The lists of {week.label} read back differently from what was written.", hint=_AGAIN)
        if _is_whole(folder / version):
            shutil.rmtree(staging)
        else:
            shutil.rmtree(folder / version, ignore_errors=True)
            staging.rename(folder / version)
            sync_folder(folder)
    return _opened(folder / version)


def _version_of(about: str) -> str:
    return hashlib.sha256(about.encode()).hexdigest()[:16]


def _is_whole(version: Path) -> bool:
    try:
        about = _read_about(version)
        _entries_of(version, about["entries_sha256"])
    except (CheckFailed, OSError):
        return False
    return True


def make_current(lists_root: Path, week: Round, version: str) -> None:
    """Makes a staged version the one that readers see, in one step."""
    with storing(f"The lists of {week.label}", room=FOR_A_FILE):
        write_whole(lists_root / week.label / "current", version.encode())


def published_round(lists_root: Path, week: Round | None = None) -> PublishedRound:
    """A round's current lists, by default those of the newest round; raises `NotFound`."""
    weeks = sorted(path.parent.name for path in lists_root.glob("*/current"))
    if not weeks:
        raise NotFound("No list has been published yet.", hint="Make this week's first: sagak round.")
    label = week.label if week else weeks[-1]
    if label not in weeks:
        raise NotFound(f"There is no list of round {label}.", hint=f"Published: {', '.join(weeks[-5:])}.")
    try:
        version = (lists_root / label / "current").read_text(encoding="ascii").strip()
        return _opened(lists_root / label / version)
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(label) from error


def list_version(lists_root: Path, week: Round, version: str) -> PublishedRound:
    """One version of a round's lists, also one that another has replaced; raises `NotFound` and `CheckFailed`."""
    folder = lists_root / week.label / version
    if not folder.is_dir():
        raise NotFound(f"The files of these lists of {week.label} are gone.", hint="Copy them back from a backup.")
    try:
        return _opened(folder)
    except OSError as error:
        raise _damaged(week.label) from error


def _opened(folder: Path) -> PublishedRound:
    about = _read_about(folder)
    if any("capacity" not in row for row in about["dongs"].values()):
        raise CheckFailed(f"The lists of {about['round']} were published by an earlier Sagak.", hint=_AGAIN)
    dongs = {code: Dong(code, row["sido"], row["sigungu"], row["name"]) for code, row in about["dongs"].items()}
    origin = about["origin"]
    return PublishedRound(
        round=Round.parse(about["round"]),
        folder=folder,
        origin=origin,
        bundle=origin["bundle"],
        bundle_digest=origin["bundle_digest"],
        delivery_digest=origin["delivery_digest"],
        entries_sha256=about["entries_sha256"],
        dongs=dongs,
        entries_by_dong={code: row["entries"] for code, row in about["dongs"].items()},
        capacities={code: row["capacity"] for code, row in about["dongs"].items()},
    )


def read_entries(published: PublishedRound, dong_code: str | None = None) -> list[Entry]:
    """The entries of one dong in the order of its list, or of all dongs.

    Raises `CheckFailed` if the file is not, to the byte, what was published: a list that changed is not shown.
    """
    rows = _rows_of(published.folder, published.entries_sha256)
    if dong_code is not None:
        rows = rows.filter(pl.col("dong_code") == dong_code)
    return [_entry(row) for row in rows.rows(named=True)]


def entries_by_dong(published: PublishedRound, dong_codes: Sequence[str]) -> dict[str, list[Entry]]:
    """The entries of some dongs, also of those that have none; raises as `read_entries`."""
    found: dict[str, list[Entry]] = {code: [] for code in dong_codes}
    rows = _rows_of(published.folder, published.entries_sha256).filter(pl.col("dong_code").is_in(list(dong_codes)))
    for row in rows.rows(named=True):
        found[row["dong_code"]].append(_entry(row))
    return found


def check_entries(published: PublishedRound) -> None:
    """Raises `CheckFailed` if the file is not, to the byte, what was published; none of it is parsed."""
    _content_of(published.folder, published.entries_sha256)


def find_entry(published: PublishedRound, household_id: str) -> Entry | None:
    """The household's entry, if it is on a list of the round."""
    return next((entry for entry in read_entries(published) if entry.household_id == household_id), None)


def _read_about(version: Path) -> dict[str, Any]:
    text = (version / _ABOUT).read_bytes()
    if hashlib.sha256(text).hexdigest()[:16] != version.name:
        raise _damaged(version.parent.name)
    about: dict[str, Any] = json.loads(text)
    return about


def _damaged(label: str) -> CheckFailed:
    return CheckFailed(f"The lists of {label} are not what was published, so they are not shown.", hint=_AGAIN)


def _about(
    entries: Sequence[Entry],
    dongs: Mapping[str, Dong],
    capacities: Mapping[str, int],
    week: Round,
    origin: Mapping[str, str],
) -> dict[str, Any]:
    counts = dict.fromkeys(dongs, 0)
    for entry in entries:
        counts[entry.dong_code] += 1
    return {
        "round": week.label,
        "as_of": week.as_of.isoformat(),
        "origin": dict(origin),
        "dongs": {
            code: {
                "sido": dong.sido,
                "sigungu": dong.sigungu,
                "name": dong.name,
                "capacity": capacities[code],
                "entries": counts[code],
            }
            for code, dong in dongs.items()
        },
    }


def _frame(entries: Sequence[Entry]) -> pl.DataFrame:
    return pl.DataFrame([_row(entry) for entry in entries], schema=_SCHEMA)


def _row(entry: Entry) -> dict[str, Any]:
    why = entry.explanation
    plain = {name: getattr(entry, name) for name in _SCHEMA if hasattr(entry, name)}
    return plain | {
        "slot": entry.slot.value,
        "band": entry.band.value,
        "raising": [vars(reason) for reason in why.raising],
        "lowering": [vars(reason) for reason in why.lowering],
        "unknown": list(why.unknown),
        "has_reports": why.has_reports,
        "newest_report": None if why.newest_report is None else day_number(why.newest_report),
    }


def _entries_of(version: Path, digest: str) -> list[Entry]:
    return [_entry(row) for row in _rows_of(version, digest).rows(named=True)]


def _rows_of(version: Path, digest: str) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(_content_of(version, digest)))


def _content_of(version: Path, digest: str) -> bytes:
    try:
        content = (version / _ENTRIES).read_bytes()
    except OSError as error:
        raise _damaged(version.parent.name) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise _damaged(version.parent.name)
    return content


def _entry(row: dict[str, Any]) -> Entry:
    newest: date | None = None if row["newest_report"] is None else day_of(row["newest_report"])
    explanation = Explanation(
        tuple(Reason(**reason) for reason in row["raising"]),
        tuple(Reason(**reason) for reason in row["lowering"]),
        tuple(row["unknown"]),
        newest,
        row["has_reports"],
    )
    plain = {name: value for name, value in row.items() if name not in _EXPLAINED}
    return Entry(**plain | {"slot": Slot(row["slot"]), "band": Band(row["band"]), "explanation": explanation})
