"""One week: features, scores, lists, then the one step that makes them current. Each stage can be run again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl

from domain.calendar import Round
from domain.errors import BundleRefused, CheckFailed
from domain.listing import Entry
from domain.policy import Policy
from domain.storage import replaced_folder, sole_writer, write_whole
from features.catalogue import STANDARD, Catalogue
from features.declaration import AsOf
from features.matrices import write_matrices
from outreach.entries import district_entries
from outreach.promotion import current_bundle
from outreach.publishing import PublishedRound, make_current, published_round, read_entries, stage_lists
from sagak.adapters import catalogue_of, dongs_of_core
from sagak.settings import Settings
from scoring.bundle import Bundle, load_bundle
from scoring.score import score
from serving.presenting import csv_bytes
from serving.wording_ko import EXPORT_NAME
from sources.core import Core, find_core
from sources.parquet import write_parquet
from training.labels import get_label

Progress = Callable[[str, int, int], None]
_MADE_FROM = "made_from"


def _quiet(stage: str, done: int, total: int) -> None:
    """Tells nobody."""


def make_matrices(settings: Settings, week: Round, *, progress: Progress = _quiet) -> Path:
    """The features of every household as of the round, on disk."""
    with _alone(settings):
        return _make_matrices(settings, find_core(settings.core, week.as_of), week, progress)


def make_scores(settings: Settings, week: Round, bundle: Bundle, *, progress: Progress = _quiet) -> Path:
    """Every household's score of the round, on disk; makes the features first where they are not of its delivery.

    Raises as `check_label` does.
    """
    core = find_core(settings.core, week.as_of)
    check_label(bundle, catalogue_of(core), settings.policy())
    with _alone(settings):
        if not is_made_from(settings.matrices / week.label, core):
            _make_matrices(settings, core, week, progress)
        return _make_scores(settings, week, bundle, progress)


def run_round(
    settings: Settings, week: Round, *, bundle_name: str | None = None, progress: Progress = _quiet
) -> PublishedRound:
    """The whole week for one as-of date; nobody sees anything before its last step.

    Lists are made with the bundle in use. ``bundle_name`` only confirms it: a former one is first proposed and approved
    again, since going back is a decision of two people as well. Raises `BundleRefused` for any other.
    """
    policy = settings.policy()
    core = find_core(settings.core, week.as_of)
    bundle = _in_use(settings, catalogue_of(core), bundle_name)
    check_label(bundle, catalogue_of(core), policy)
    with _alone(settings):
        _make_matrices(settings, core, week, progress)
        _make_scores(settings, week, bundle, progress)
        entries = list(_all_entries(settings, core, bundle, week, policy, progress))
        origin = {"bundle": bundle.name, "bundle_digest": bundle.digest, "delivery_digest": core.delivery_digest}
        if Core.open(core.folder).delivery_digest != core.delivery_digest:
            raise CheckFailed("Another delivery was taken in while the round was made.", hint="Run the round again.")
        version = stage_lists(entries, dongs_of_core(core, week.as_of), settings.lists, week, origin=origin)
        make_current(settings.lists, week, version)
    progress("publish", 1, 1)
    return published_round(settings.lists, week)


def _alone(settings: Settings) -> AbstractContextManager[None]:
    return sole_writer(settings.lists, "Another round is being made in this home.")


def _make_matrices(settings: Settings, core: Core, week: Round, progress: Progress) -> Path:
    folder = settings.matrices / week.label
    total = households_of(core)
    with replaced_folder(folder, f"The features of {week.label}") as staging:
        write_matrices(
            core,
            catalogue_of(core),
            AsOf.on(week.as_of),
            staging,
            progress=lambda households: progress("features", households, total),
        )
        write_whole(staging / _MADE_FROM, _origin(core).encode())
    return folder


def _origin(core: Core) -> str:
    return f"{core.delivery_digest} {catalogue_of(core).digest()}\n"


def is_made_from(matrices: Path, core: Core) -> bool:
    """Whether the features are of this very delivery, by the definitions of today."""
    made_from = matrices / _MADE_FROM
    return made_from.exists() and made_from.read_text(encoding="ascii") == _origin(core)


def _make_scores(settings: Settings, week: Round, bundle: Bundle, progress: Progress) -> Path:
    folder = settings.scores / week.label
    files = sorted((settings.matrices / week.label).glob("*.parquet"))
    with replaced_folder(folder, f"The scores of {week.label}") as staging:
        for path in files:
            write_parquet(score(bundle, read_part(path)), staging / path.name, is_matrix=True)
            progress("scores", 1, len(files))
    return folder


def read_part(path: Path) -> pl.DataFrame:
    """One district's file; the path is taken as it is, whatever signs it holds."""
    return pl.read_parquet(path, glob=False)


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
    """The bundle of that name, also one that was never approved; by default the one in use."""
    return load_bundle(settings.models / name, catalogue) if name else current_bundle(settings.models, catalogue)


def check_label(bundle: Bundle, catalogue: Catalogue, policy: Policy) -> None:
    """Raises `BundleRefused` where a bundle learned another label than the policy ranks by.

    Raises `UsageError` where the policy names a label that there is not. A survey's label is its own: none of the
    policy's can be known from its answers.
    """
    label = get_label(policy.label.ranks_by).name
    if catalogue.name == STANDARD.name and bundle.label != label:
        raise BundleRefused(
            f"{bundle.name} learned {bundle.label}, and the policy ranks by {label}.",
            hint="Use one that learned what the list ranks by (sagak train makes it), or change [label] ranks_by back.",
        )


def _in_use(settings: Settings, catalogue: Catalogue, name: str | None) -> Bundle:
    named = load_bundle(settings.models / name, catalogue) if name else None
    bundle = current_bundle(settings.models, catalogue)
    if named and named.digest != bundle.digest:
        raise BundleRefused(
            f"{named.name} is not in use, {bundle.name} is: lists are published with that one alone.",
            hint=f"Try it with sagak score --bundle {named.name}, or propose it: sagak propose {named.name}.",
        )
    return bundle


def households_of(core: Core) -> int:
    """Households of a core."""
    return int(core.scan("households").select(pl.len()).collect().item())


def _all_entries(
    settings: Settings, core: Core, bundle: Bundle, week: Round, policy: Policy, progress: Progress
) -> list[Entry]:
    entries: list[Entry] = []
    for district in core.districts:
        name = f"{district}.parquet"
        entries += district_entries(
            read_part(settings.matrices / week.label / name),
            read_part(settings.scores / week.label / name),
            core.scan("requests", [district]).collect(),
            bundle=bundle,
            catalogue=catalogue_of(core),
            week=week,
            policy=policy,
        )
        progress("lists", 1, len(core.districts))
    return entries
