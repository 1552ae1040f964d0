"""One week: features, scores, lists, then the one step that makes them current. Each stage can be run again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from domain.calendar import Round
from domain.errors import BundleRefused, CheckFailed
from domain.listing import Entry
from domain.people import ALL
from domain.policy import Policy
from domain.storage import replaced_folder, sole_writer, write_whole
from features.catalogue import STANDARD, Catalogue
from features.declaration import AsOf
from features.matrices import MADE_FROM, are_made_from, made_from, write_matrices
from outreach.capacity import places_in
from outreach.eligibility import RULES
from outreach.entries import district_entries
from outreach.policy_record import POLICY, policy_told
from outreach.promotion import bundle_of_round, current_bundle
from outreach.promotion_trail import note_promotions
from outreach.publication import Homes, publish
from outreach.publishing import PublishedRound, make_current, published_round, read_entries, stage_lists
from outreach.returning import write_recorded
from sagak.adapters import catalogue_of, dongs_of_core
from sagak.settings import Settings, now
from sagak.stores import store_of
from scoring.bundle import Bundle, check_learned, load_bundle
from scoring.score import score
from serving.presenting import csv_bytes
from serving.wording_ko import EXPORT_NAME
from sources.core import Core, find_core
from sources.parquet import write_parquet
from store.lists import current_rounds
from training.labels import get_label

Progress = Callable[[str, int, int], None]


def _quiet(stage: str, done: int, total: int) -> None:
    """Tells nobody."""


def week_of(core: Core) -> Round:
    """The round a delivery is for: the first Monday on or after its date."""
    return Round.of(core.as_of + timedelta(days=6))


def make_matrices(settings: Settings, week: Round, *, progress: Progress = _quiet) -> Path:
    """The features of every household as of the round, on disk."""
    with _alone(settings):
        return _make_matrices(settings, core_of(settings, week), week, progress)


def make_scores(settings: Settings, week: Round, bundle: Bundle, *, progress: Progress = _quiet) -> Path:
    """Every household's score of the round, on disk; makes the features first where they are not of its delivery.

    Raises as `check_label` does.
    """
    core = core_of(settings, week)
    check_label(bundle, catalogue_of(core), settings.policy())
    with _alone(settings):
        if not is_made_from(settings.matrices / week.label, core):
            _make_matrices(settings, core, week, progress)
        return _make_scores(settings, week, bundle, progress)


def run_round(
    settings: Settings, week: Round, *, bundle_name: str | None = None, progress: Progress = _quiet
) -> PublishedRound:
    """The whole week for one as-of date; nobody sees anything before its last step.

    Lists are made with the bundle in use; a round that was published keeps its own, for people are at work on it.
    ``bundle_name`` only confirms which: a former one is first proposed and approved again, since going back is a
    decision of two people as well. Raises `BundleRefused` for any other.
    """
    core = find_core(settings.core, week.as_of)
    catalogue = catalogue_of(core)
    named = load_bundle(settings.models / bundle_name, catalogue) if bundle_name else None
    in_use = current_bundle(settings.models, catalogue)
    with _alone(settings), store_of(settings) as database:
        with database.reading(ALL) as connection:
            policy = places_in(connection, settings.policy(), week)
            published = next((one for one in current_rounds(connection) if one.round == week.label), None)
        bundle = bundle_of_round(settings.models, catalogue, published) if published else in_use
        _check_named(named, bundle, in_use, week)
        check_label(bundle, catalogue, settings.policy())
        note_promotions(database, settings.models, at=now())
        write_recorded(database, settings.recorded / week.label, week)
        core = core_of(settings, week)
        _make_matrices(settings, core, week, progress)
        _make_scores(settings, week, bundle, progress)
        entries = list(_all_entries(settings, core, bundle, week, policy, progress))
        origin = {
            "bundle": bundle.name,
            "bundle_digest": bundle.digest,
            "delivery_digest": core.delivery_digest,
            "recorded_digest": core.recorded_digest,
            "rules": str(RULES),
            "words": catalogue.words_digest(),
            POLICY: policy_told(policy),
        }
        if Core.open(core.folder).delivery_digest != core.delivery_digest:
            raise CheckFailed("Another delivery was taken in while the round was made.", hint="Run the round again.")
        dongs = dongs_of_core(core, week.as_of)
        places = {code: policy.capacity(code) for code in dongs}
        staged = stage_lists(entries, dongs, settings.lists, week, capacities=places, origin=origin)
        is_news = publish(
            database,
            staged,
            entries,
            Homes(core, settings.vault / core.as_of.isoformat()),
            at=now(),
            progress=lambda done: progress("publish", done, len(dongs)),
        )
        # Last: a round that the database refused is nowhere current, and running it again mends what stopped here.
        make_current(settings.lists, week, staged.version)
    return replace(published_round(settings.lists, week), is_news=is_news)


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
        write_whole(staging / MADE_FROM, _origin(core).encode())
    return folder


def _origin(core: Core) -> str:
    catalogue = catalogue_of(core)
    return made_from(delivery_digest=core.delivery_digest, recorded_digest=core.recorded_digest, catalogue=catalogue)


def is_made_from(matrices: Path, core: Core) -> bool:
    """Whether the features are of this very delivery, by the definitions of today."""
    return are_made_from(matrices, core, catalogue_of(core))


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


def features_by_district(
    settings: Settings, core: Core, week: Round, *, progress: Progress
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each district with the round's features; makes them first, at once, where they are not of this delivery."""
    folder = settings.matrices / week.label
    if not is_made_from(folder, core.with_recorded(settings.recorded / week.label)):
        make_matrices(settings, week, progress=progress)
    return ((district, read_part(folder / f"{district}.parquet")) for district in core.districts)


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
    if catalogue.name == STANDARD.name:
        check_learned(bundle, label)


def _check_named(named: Bundle | None, bundle: Bundle, in_use: Bundle, week: Round) -> None:
    """Raises `BundleRefused` where somebody named another bundle than the one that the round is made with."""
    if named is None or named.digest == bundle.digest:
        return
    if named.digest == in_use.digest:
        raise BundleRefused(
            f"{week.label} was published with {bundle.name} and keeps it, so it is not made with {named.name}.",
            hint="A model that came into use since begins with the next round.",
        )
    raise BundleRefused(
        f"{named.name} is not in use, {in_use.name} is: lists are published with that one alone.",
        hint=f"Try it with sagak score --bundle {named.name}, or propose it: sagak propose {named.name}.",
    )


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
