"""The features and scores of a round on disk: made by hand here, and by the weekly run (`sagak.weekly`)."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from domain.calendar import Round
from domain.errors import NotFound
from domain.policy import Policy
from domain.progress import Progress, untold
from domain.storage import replaced_folder, sole_writer, write_whole
from features.catalogue import STANDARD, Catalogue
from features.catalogues import catalogue_of
from features.declaration import AsOf
from features.matrices import MADE_FROM, are_made_from, made_from, write_matrices
from outreach.origin import RECORDED
from outreach.promotion import current_bundle
from outreach.publishing import published_round
from sagak.settings import Settings
from scoring.bundle import Bundle, check_learned, load_bundle
from scoring.score import score
from sources.core import Core, find_core
from sources.parquet import write_parquet
from training.labels import get_label


def week_of(core: Core) -> Round:
    """The round a delivery is for: the first Monday on or after its date."""
    return Round.of(core.as_of + timedelta(days=6))


def core_of(settings: Settings, week: Round) -> Core:
    """The core a round is made from, with what the service knew when the round was last made."""
    return find_core(settings.core, week.as_of).with_recorded(settings.recorded / week.label)


def known_core(settings: Settings, as_of: date | None) -> Core:
    """The newest core, or the newest until ``as_of``, with what staff recorded until the newest round made by then.

    So what came of contacts is learned from, and no delivery has to bring it back.
    """
    core = find_core(settings.core, as_of or date.max)
    until = week_of(core).label
    made = [folder for folder in sorted(settings.recorded.glob("*-W*")) if folder.name <= until]
    return core.with_recorded(made[-1]) if made else core


def make_matrices(settings: Settings, week: Round, *, progress: Progress = untold) -> Path:
    """The features of every household as of the round, on disk; see `_features_folder` for where."""
    with alone(settings):
        core = core_of(settings, week)
        return write_features(_features_folder(settings, core, week), core, week, progress)


def make_scores(settings: Settings, week: Round, bundle: Bundle, *, progress: Progress = untold) -> Path:
    """Every household's score of the round, in a folder of the bundle's own; makes the features first where they are
    not of its delivery.

    Scores of lists are made with the lists, by `run_round` alone: what is tried changes nothing that a published list
    stands on. Raises as `check_label` does.
    """
    core = core_of(settings, week)
    check_label(bundle, catalogue_of(core), settings.policy())
    with alone(settings):
        features = _features_folder(settings, core, week)
        if not is_made_from(features, core):
            write_features(features, core, week, progress)
        return write_scores(features, settings.tried / week.label / bundle.name, bundle, progress)


def _features_folder(settings: Settings, core: Core, week: Round) -> Path:
    """Where a round's features lie, or are made by hand: beside those of its published lists, where they are others.

    A replay goes by the features that the lists were made from; those of a later delivery must not take their place.
    """
    own = settings.matrices / week.label
    if is_made_from(own, core):
        return own
    try:
        published = published_round(settings.lists, week)
    except NotFound:
        return own
    stands_on = (published.delivery_digest, published.origin.get(RECORDED, ""))
    is_lost = not own.exists() and stands_on == (core.delivery_digest, core.recorded_digest)
    return own if is_lost else settings.tried / week.label / "features"


def features_by_district(
    settings: Settings, core: Core, week: Round, *, progress: Progress
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each district with the round's features; makes them first, at once, where they are not of this delivery."""
    of_round = core.with_recorded(settings.recorded / week.label)
    folder = _features_folder(settings, of_round, week)
    if not is_made_from(folder, of_round):
        folder = make_matrices(settings, week, progress=progress)
    return ((district, read_part(folder / f"{district}.parquet")) for district in core.districts)


def is_made_from(matrices: Path, core: Core) -> bool:
    """Whether the features are of this very delivery, by the definitions of today."""
    return are_made_from(matrices, core, catalogue_of(core))


def write_features(folder: Path, core: Core, week: Round, progress: Progress) -> Path:
    """Makes the features of every household of a core anew in ``folder``, whole or not at all."""
    total = _households_of(core)
    with replaced_folder(folder, f"The features of {week.label}") as staging:
        write_matrices(
            core,
            catalogue_of(core),
            AsOf.on(week.as_of),
            staging,
            progress=lambda households: progress("features", households, total),
        )
        write_whole(staging / MADE_FROM, _origin(core).encode())
    return folder


def _origin(core: Core) -> str:
    catalogue = catalogue_of(core)
    return made_from(delivery_digest=core.delivery_digest, recorded_digest=core.recorded_digest, catalogue=catalogue)


def write_scores(features: Path, folder: Path, bundle: Bundle, progress: Progress) -> Path:
    """Makes the scores of the households whose ``features`` those are anew in ``folder``, whole or not at all."""
    files = sorted(features.glob("*.parquet"))
    with replaced_folder(folder, f"The scores by {bundle.name}") as staging:
        for path in files:
            write_parquet(score(bundle, read_part(path)), staging / path.name, is_matrix=True)
            progress("scores", 1, len(files))
    return folder


def read_part(path: Path) -> pl.DataFrame:
    """One district's file; the path is taken as it is, whatever signs it holds."""
    return pl.read_parquet(path, glob=False)


def _households_of(core: Core) -> int:
    """Households of a core."""
    return int(core.scan("households").select(pl.len()).collect().item())


def open_bundle(settings: Settings, catalogue: Catalogue, name: str | None = None) -> Bundle:
    """The bundle of that name, also one that was never approved; by default the one in use."""
    return load_bundle(settings.models / name, catalogue) if name else current_bundle(settings.models, catalogue)


def check_label(bundle: Bundle, catalogue: Catalogue, policy: Policy) -> None:
    """Raises `BundleRefused` where a bundle learned another label than the policy ranks by.

    Raises `UsageError` where the policy names a label that there is not. A survey's label is its own: none of the
    policy's can be known from its answers.
    """
    label = get_label(policy.label.ranks_by).name
    if catalogue.name == STANDARD.name:
        check_learned(bundle, label)


def alone(settings: Settings) -> AbstractContextManager[None]:
    """Nobody else makes anything of a round meanwhile; raises `StorageFailed` where somebody does."""
    return sole_writer(settings.lists, "Another round is being made in this home.")
