"""What a past round was made from, as far as it is still there: bundle, delivery, matrix, policy, and its own files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import polars as pl

from domain.calendar import Round
from domain.dong import district_of
from domain.errors import BundleRefused, CheckFailed, NotFound
from domain.listing import Entry
from domain.policy import Policy
from domain.published import CurrentRound, PublishedDong
from features.catalogue import STANDARD, Catalogue
from features.catalogues import CATALOGUES
from features.matrices import MADE_FROM, made_from
from outreach.origin import RECORDED, RULES_THEN, WORDS
from outreach.policy_record import POLICY, policy_of
from outreach.promotion import policy_digest
from outreach.publishing import PublishedRound, check_entries, entries_by_dong, list_version
from scoring.bundle import Bundle, load_bundle
from sources.core import Core


class What(StrEnum):
    """One of the things a round was made from."""

    BUNDLE = "bundle"
    DELIVERY = "delivery"
    RECORDED = "recorded"  # what the service knew that the delivery did not
    MATRIX = "matrix"
    POLICY = "policy"
    WORDS = "words"  # sentences of the features, from which the reasons are put together
    FILES = "files"


class State(StrEnum):
    """How it is found now."""

    SAME = "same"
    OTHER = "other"  # another one lies in its place; the replay goes on with it
    DAMAGED = "damaged"  # there, and not readable as what it should be
    GONE = "gone"
    NOT_NOTED = "not_noted"  # nothing was noted then that it could be held against


@dataclass(frozen=True)
class Source:
    """One thing the round was made from: by which digest it was known then, and by which now."""

    what: What
    state: State
    noted: str = ""
    found: str = ""


@dataclass(frozen=True)
class Folders:
    """Where the artefacts of rounds lie."""

    models: Path
    core: Path
    recorded: Path
    matrices: Path
    scores: Path
    lists: Path


@dataclass(frozen=True)
class Sources:
    """Everything that is left of what a round was made from; ``noted`` are digests of the lists by dong."""

    folders: Folders
    published: CurrentRound
    noted: Mapping[str, str]
    catalogue: Catalogue
    bundle: Bundle | None
    core: Core | None
    policy: Policy
    found: tuple[Source, ...]
    files: PublishedRound | None  # as published, to the byte

    @classmethod
    def find(
        cls, folders: Folders, published: CurrentRound, dongs: Sequence[PublishedDong], *, policy: Policy
    ) -> "Sources":
        """What there is, and no error for what lacks; ``policy`` is today's, for a round that kept none of its own."""
        origin = published.origin
        catalogue = CATALOGUES.get(origin["bundle"].rsplit("-", 1)[0], STANDARD)
        bundle, of_bundle = _bundle(folders.models, catalogue, origin)
        core, of_core = _core(folders.core, published)
        core, of_recorded = _recorded(folders.recorded / published.round, core, origin)
        then, of_policy = _policy(origin, policy)
        files, of_files = _files(folders.lists, published)
        of_matrix = _matrix(folders.matrices / published.round, catalogue, origin)
        return cls(
            folders=folders,
            published=published,
            noted={one.dong.code: one.digest for one in dongs},
            catalogue=catalogue,
            bundle=bundle,
            core=core,
            policy=then.with_capacities({one.dong.code: one.capacity for one in dongs}),
            found=(of_bundle, of_core, of_recorded, of_matrix, of_policy, _words(catalogue, origin), of_files),
            files=files,
        )

    @property
    def week(self) -> Round:
        return Round(self.published.as_of)

    @property
    def rules(self) -> int:
        """By which rules places were given out then (`outreach.eligibility.RULES`)."""
        return int(self.published.origin.get(RULES_THEN, 1))

    @property
    def can_be_replayed(self) -> bool:
        return self.bundle is not None and self.core is not None and self.state(What.MATRIX) is not State.GONE

    def state(self, what: What) -> State:
        return next(one.state for one in self.found if one.what is what)

    def district_of(self, dong_code: str) -> str:
        """The name of the file a dong's households lie in."""
        return self.core.district_of(dong_code) if self.core else district_of(dong_code)

    def matrix(self, district: str, dong_codes: Sequence[str]) -> pl.DataFrame:
        """The features of these dongs' households in the order of the file; none for a district without a file."""
        path = self.folders.matrices / self.published.round / f"{district}.parquet"
        rows = pl.scan_parquet(path, glob=False).filter(pl.col("dong_code").is_in(list(dong_codes)))
        try:
            return rows.collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise CheckFailed(
                f"The features of {self.published.round} cannot be read for district {district}.",
                hint="Copy them back from a backup, or make them again: sagak features.",
            ) from error

    def entries_in_files(self, dong_codes: Sequence[str]) -> Mapping[str, list[Entry]] | None:
        """The entries of these dongs as they were published; None where the files are gone or damaged."""
        return entries_by_dong(self.files, dong_codes) if self.files else None

    def kept_scores(self, district: str) -> pl.DataFrame | None:
        """Household and raw score as the weekly run wrote them; None where they are gone."""
        path = self.folders.scores / self.published.round / f"{district}.parquet"
        if not path.exists():
            return None
        return pl.scan_parquet(path, glob=False).select("household_id", "raw_score").collect()


def _bundle(models: Path, catalogue: Catalogue, origin: Mapping[str, str]) -> tuple[Bundle | None, Source]:
    noted = origin["bundle_digest"]
    try:
        bundle = load_bundle(models / origin["bundle"], catalogue)
    except NotFound:
        return None, Source(What.BUNDLE, State.GONE, noted)
    except (BundleRefused, OSError):
        return None, Source(What.BUNDLE, State.DAMAGED, noted)
    state = State.SAME if bundle.digest == noted else State.OTHER
    return bundle, Source(What.BUNDLE, state, noted, bundle.digest)


def _core(root: Path, published: CurrentRound) -> tuple[Core | None, Source]:
    """The delivery of then, wherever it lies; else the newest one known by that day, which is another."""
    noted = published.origin["delivery_digest"]
    cores = [Core.open(path.parent) for path in sorted(root.glob("[0-9]*/core.json"))]
    same = next((core for core in cores if core.delivery_digest == noted), None)
    if same:
        return same, Source(What.DELIVERY, State.SAME, noted, noted)
    before = [core for core in cores if core.as_of <= published.as_of]
    if not before:
        return None, Source(What.DELIVERY, State.GONE, noted)
    return before[-1], Source(What.DELIVERY, State.OTHER, noted, before[-1].delivery_digest)


def _recorded(folder: Path, core: Core | None, origin: Mapping[str, str]) -> tuple[Core | None, Source]:
    """The delivery together with what was recorded in the service since; where that is gone, the delivery alone."""
    noted = origin.get(RECORDED, "")
    together = core.with_recorded(folder) if core else None
    found = together.recorded_digest if together else ""
    if found == noted:
        return together, Source(What.RECORDED, State.SAME, noted, found)
    return together, Source(What.RECORDED, State.OTHER if found else State.GONE, noted, found)


def _matrix(folder: Path, catalogue: Catalogue, origin: Mapping[str, str]) -> Source:
    """Features say of themselves which delivery and which definitions they were made from."""
    noted = made_from(
        delivery_digest=origin["delivery_digest"], recorded_digest=origin.get(RECORDED, ""), catalogue=catalogue
    ).rstrip("\n")
    path = folder / MADE_FROM
    if not path.exists() or not any(folder.glob("*.parquet")):
        return Source(What.MATRIX, State.GONE, noted)
    found = path.read_text(encoding="ascii", errors="replace").rstrip("\n")
    return Source(What.MATRIX, State.SAME if found == noted else State.OTHER, noted, found)


def _policy(origin: Mapping[str, str], today: Policy) -> tuple[Policy, Source]:
    """A policy has no name but its digest: of the one the replay goes by, and of the one that the round kept."""
    found = policy_digest(replace(today, capacities={}))
    if POLICY not in origin:
        return today, Source(What.POLICY, State.NOT_NOTED, found=found)
    try:
        kept = policy_of(origin[POLICY])
    except CheckFailed:
        return today, Source(What.POLICY, State.DAMAGED, found=found)
    return kept, Source(What.POLICY, State.SAME, policy_digest(kept), policy_digest(kept))


def _words(catalogue: Catalogue, origin: Mapping[str, str]) -> Source:
    """Sentences are the program's, and another version may say them in other words; places do not hang on them."""
    noted, found = origin.get(WORDS, ""), catalogue.words_digest()
    if not noted:
        return Source(What.WORDS, State.NOT_NOTED, found=found)
    return Source(What.WORDS, State.SAME if found == noted else State.OTHER, noted, found)


def _files(lists: Path, published: CurrentRound) -> tuple[PublishedRound | None, Source]:
    """The files are compared by their digests; what they hold is read dong by dong, by whoever needs it."""
    noted = published.version
    try:
        version = list_version(lists, Round(published.as_of), noted)
        check_entries(version)
    except NotFound:
        return None, Source(What.FILES, State.GONE, noted)
    except (CheckFailed, json.JSONDecodeError, OSError):
        return None, Source(What.FILES, State.DAMAGED, noted)
    return version, Source(What.FILES, State.SAME, noted, noted)
