"""One week: features, scores, lists, then the one step that makes them current. Each stage can be run again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from domain.calendar import Round
from domain.dong import Dong
from domain.errors import BundleRefused, CheckFailed, NotFound
from domain.listing import Entry
from domain.people import ALL
from domain.policy import Policy
from domain.progress import Progress, untold
from domain.published import CurrentRound
from domain.storage import replaced_folder
from features.catalogues import catalogue_of
from outreach.capacity import places_in
from outreach.entries import district_entries
from outreach.origin import is_given_the_same, origin_of
from outreach.promotion import bundle_of_round, current_bundle
from outreach.promotion_trail import note_promotions
from outreach.publication import Homes, publish
from outreach.publishing import (
    PublishedRound,
    check_entries,
    list_version,
    make_current,
    published_round,
    read_entries,
    stage_lists,
)
from outreach.returning import write_recorded
from sagak.adapters import dongs_of_core
from sagak.artefacts import alone, check_label, core_of, read_part, write_features, write_scores
from sagak.settings import Settings, now
from sagak.stores import store_of
from scoring.bundle import Bundle, load_bundle
from serving.presenting import csv_bytes
from serving.wording_ko import EXPORT_NAME
from sources.core import Core, find_core
from store.database import Database
from store.lists import current_rounds


@dataclass(frozen=True)
class _Given:
    """What a week's lists are made from."""

    week: Round
    core: Core
    bundle: Bundle
    policy: Policy

    @cached_property
    def dongs(self) -> Mapping[str, Dong]:
        return dongs_of_core(self.core, self.week.as_of)

    @property
    def places(self) -> Mapping[str, int]:
        return {code: self.policy.capacity(code) for code in self.dongs}

    @property
    def origin(self) -> Mapping[str, str]:
        return origin_of(self.bundle, self.core, catalogue_of(self.core), self.policy)


def run_round(
    settings: Settings,
    week: Round,
    *,
    bundle_name: str | None = None,
    is_again: bool = False,
    progress: Progress = untold,
) -> PublishedRound:
    """The whole week for one as-of date; nobody sees anything before its last step.

    Lists are made with the bundle in use; a round that was published keeps its own, for people are at work on it.
    ``bundle_name`` only confirms which: a former one is first proposed and approved again, since going back is a
    decision of two people as well. Raises `BundleRefused` for any other.

    A published round stays as it is where nothing changed but this Sagak's sentences or rules, unless ``is_again``.
    """
    core = find_core(settings.core, week.as_of)
    catalogue = catalogue_of(core)
    named = load_bundle(settings.models / bundle_name, catalogue) if bundle_name else None
    in_use = current_bundle(settings.models, catalogue)
    with alone(settings), store_of(settings) as database:
        with database.reading(ALL) as connection:
            policy = places_in(connection, settings.policy(), week)
            published = next((one for one in current_rounds(connection) if one.round == week.label), None)
        bundle = bundle_of_round(settings.models, catalogue, published) if published else in_use
        _check_named(named, bundle, in_use, week)
        check_label(bundle, catalogue, settings.policy())
        note_promotions(database, settings.models, at=now())
        write_recorded(database, settings.recorded / week.label, week)
        given = _Given(week, core_of(settings, week), bundle, policy)
        if published and not is_again and _is_kept(settings, published, given):
            make_current(settings.lists, week, published.version)
            return published_round(settings.lists, week)
        return _published(settings, database, given, progress)


def _is_kept(settings: Settings, published: CurrentRound, given: _Given) -> bool:
    """Whether nothing that lists are made from was given or decided otherwise since, and yet another would come of it.

    Where all is as it was the same one comes of it, and what a kill or a hand has damaged is mended by making it.
    """
    if published.origin == given.origin or not is_given_the_same(published.origin, given.origin):
        return False
    try:
        files = list_version(settings.lists, given.week, published.version)
        check_entries(files)
    except (CheckFailed, NotFound):
        return False  # files that are lost can only be made anew, and the lists with them
    return files.capacities == given.places


def _published(settings: Settings, database: Database, given: _Given, progress: Progress) -> PublishedRound:
    week, core = given.week, given.core
    entries = _made_entries(settings, given, progress)
    if Core.open(core.folder).delivery_digest != core.delivery_digest:
        raise CheckFailed("Another delivery was taken in while the round was made.", hint="Run the round again.")
    staged = stage_lists(entries, given.dongs, settings.lists, week, capacities=given.places, origin=given.origin)
    is_news = publish(
        database,
        staged,
        entries,
        Homes(core, settings.vault / core.as_of.isoformat()),
        at=now(),
        progress=lambda done: progress("publish", done, len(given.dongs)),
    )
    # Last: a round that the database refused is nowhere current, and running it again mends what stopped here.
    make_current(settings.lists, week, staged.version)
    return replace(published_round(settings.lists, week), is_news=is_news)


def _made_entries(settings: Settings, given: _Given, progress: Progress) -> list[Entry]:
    core, week = given.core, given.week
    matrices, scores = settings.matrices / week.label, settings.scores / week.label
    write_features(matrices, core, week, progress)
    write_scores(matrices, scores, given.bundle, progress)
    entries: list[Entry] = []
    for district in core.districts:
        name = f"{district}.parquet"
        entries += district_entries(
            read_part(matrices / name),
            read_part(scores / name),
            core.scan("requests", [district]).collect(),
            bundle=given.bundle,
            catalogue=catalogue_of(core),
            week=week,
            policy=given.policy,
        )
        progress("lists", 1, len(core.districts))
    return entries


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
