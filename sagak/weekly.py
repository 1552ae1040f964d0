"""One week: features, scores, lists, then the one step that makes them current. Each stage can be run again."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from domain.calendar import Round
from domain.listing import Entry
from domain.policy import Policy
from domain.storage import replaced_folder
from features.catalogue import Catalogue
from features.declaration import AsOf
from features.matrices import write_matrices
from outreach.entries import district_entries
from outreach.publishing import PublishedRound, make_current, published_round, read_entries, stage_lists
from sagak.adapters import catalogue_of, dongs_of_core
from sagak.settings import Settings
from scoring.bundle import Bundle, load_bundle, newest_bundle
from scoring.score import score
from serving.presenting import csv_bytes
from serving.wording_ko import EXPORT_NAME
from sources.core import Core, find_core
from sources.parquet import write_parquet

Progress = Callable[[str, int, int], None]


def _quiet(stage: str, done: int, total: int) -> None:
    """Tells nobody."""


def make_matrices(settings: Settings, week: Round, *, progress: Progress = _quiet) -> Path:
    """The features of every household as of the round, on disk."""
    core = find_core(settings.core, week.as_of)
    folder = settings.matrices / week.label
    total = sum_rows(core)
    with replaced_folder(folder, f"The features of {week.label}") as staging:
        write_matrices(
            core,
            catalogue_of(core),
            AsOf.on(week.as_of),
            staging,
            progress=lambda households: progress("features", households, total),
        )
    return folder


def make_scores(settings: Settings, week: Round, bundle: Bundle, *, progress: Progress = _quiet) -> Path:
    """The scores of every household of the round's matrix, on disk; makes the matrix first if there is none."""
    matrices = settings.matrices / week.label
    if not matrices.exists():
        make_matrices(settings, week, progress=progress)
    folder = settings.scores / week.label
    files = sorted(matrices.glob("*.parquet"))
    with replaced_folder(folder, f"The scores of {week.label}") as staging:
        for path in files:
            scores = score(bundle, pl.read_parquet(path))
            write_parquet(scores, staging / path.name, is_matrix=True)
            progress("scores", 1, len(files))
    return folder


def run_round(
    settings: Settings, week: Round, *, bundle_name: str | None = None, progress: Progress = _quiet
) -> PublishedRound:
    """The whole week for one as-of date; nobody sees anything before its last step."""
    policy = settings.policy()
    core = find_core(settings.core, week.as_of)
    bundle = open_bundle(settings, catalogue_of(core), bundle_name)
    make_matrices(settings, week, progress=progress)
    make_scores(settings, week, bundle, progress=progress)
    entries = list(_all_entries(settings, core, bundle, week, policy, progress))
    origin = {"bundle": bundle.name, "bundle_digest": bundle.digest, "delivery_digest": core.delivery_digest}
    version = stage_lists(entries, dongs_of_core(core, week.as_of), settings.lists, week, origin=origin)
    make_current(settings.lists, week, version)
    progress("publish", 1, 1)
    return published_round(settings.lists, week)


def export_lists(settings: Settings, published: PublishedRound) -> Path:
    """One CSV a dong that Excel opens by a double click; pseudonyms only, no names."""
    folder = settings.exports / published.round.label
    with replaced_folder(folder, "The files of the lists") as staging:
        entries: dict[str, list[Entry]] = {code: [] for code in published.dongs}
        for entry in read_entries(published):
            entries[entry.dong_code].append(entry)
        for code, dong in published.dongs.items():
            name = EXPORT_NAME.format(dong=dong.file_name, as_of=published.round.as_of)
            (staging / name).write_bytes(csv_bytes(dong.name, entries[code]))
    return folder


def open_bundle(settings: Settings, catalogue: Catalogue, name: str | None = None) -> Bundle:
    """The bundle of that name, by default the newest one for the catalogue."""
    folder = settings.models / name if name else newest_bundle(settings.models, catalogue.name)
    return load_bundle(folder, catalogue)


def sum_rows(core: Core) -> int:
    """Households of a core."""
    return int(core.scan("households").select(pl.len()).collect().item())


def _all_entries(
    settings: Settings, core: Core, bundle: Bundle, week: Round, policy: Policy, progress: Progress
) -> list[Entry]:
    entries: list[Entry] = []
    for district in core.districts:
        name = f"{district}.parquet"
        entries += district_entries(
            pl.read_parquet(settings.matrices / week.label / name),
            pl.read_parquet(settings.scores / week.label / name),
            core.scan("requests", [district]).collect(),
            bundle=bundle,
            catalogue=catalogue_of(core),
            week=week,
            policy=policy,
        )
        progress("lists", 1, len(core.districts))
    return entries
