"""Whether a past list comes out again: the same entries, to the last bit, from the bundle, matrix and delivery of then.

    found = Sources.find(folders, published, dongs, policy=...)      # what is left of what the round was made from
    replay(connection, scope, found, ["4128151000"]).is_same

Reads only. Where something is gone or another one lies in its place, that is said first; what differs is named by dong,
place and field, and never says a household's value.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from hashlib import sha256

import polars as pl

from audit.sources_of_round import Sources, State, What
from domain.listing import Entry, Explanation
from domain.people import Scope
from features.declaration import AsOf
from features.matrices import district_matrix
from outreach.entries import district_entries
from scoring.score import score
from store.database import Connection
from store.past_lists import PastEntry, past_entries
from store.staging import digest_of

FIELDS = tuple(one.name for one in fields(Entry) if one.name not in ("round", "dong_code", "explanation"))
EXPLAINED = tuple(one.name for one in fields(Explanation))


class Where(StrEnum):
    """What a replay is held against."""

    STORE = "store"  # what people are shown
    FILES = "files"  # data/lists, as it was published


class Kind(StrEnum):
    """How a place differs."""

    CHANGED = "changed"  # the household is on both lists, not in the same words
    NOT_REPLAYED = "not_replayed"  # on the list, and the replay does not put it there
    NOT_LISTED = "not_listed"  # the replay puts it there, and it is not on the list


@dataclass(frozen=True)
class Difference:
    """One household's place that does not come out as it stands; ``ref`` is empty where the store does not know it."""

    dong_code: str
    where: Where
    kind: Kind
    rank: int
    fields: tuple[str, ...] = ()
    ref: str = ""


@dataclass(frozen=True)
class DongReplay:
    """One dong: the digest noted when its list was published, and those of the replay and of what is there now."""

    dong_code: str
    entries: int
    noted: str
    replayed: str
    stored: str
    in_files: str | None  # None where the files are gone or damaged
    differences: tuple[Difference, ...]

    @property
    def is_same(self) -> bool:
        """Byte-equal everywhere: the replay, the store, the note of the publication, and the files where there are."""
        return {self.noted, self.replayed, self.stored, self.in_files or self.noted} == {self.noted}


@dataclass(frozen=True)
class Replay:
    """What came of it. ``scores_compared`` households have a score on file, ``scores_differing`` another one.

    ``values_differing``: how many households have another value in the matrix than the delivery gives.
    """

    sources: Sources
    dongs: tuple[DongReplay, ...] = ()
    scores_compared: int = 0
    scores_differing: int = 0
    values_differing: Mapping[str, int] | None = None  # households by feature; None where it was not compared

    @property
    def is_done(self) -> bool:
        """Whether anything could be computed at all."""
        return bool(self.dongs)

    @property
    def is_same(self) -> bool:
        is_moved = self.scores_differing or self.values_differing
        return self.is_done and not is_moved and all(dong.is_same for dong in self.dongs)

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(one for dong in self.dongs for one in dong.differences)

    @property
    def entries(self) -> int:
        return sum(dong.entries for dong in self.dongs)

    @property
    def digest(self) -> str:
        """Names everything that was replayed, dong by dong."""
        return sha256("\n".join(f"{dong.dong_code} {dong.replayed}" for dong in self.dongs).encode()).hexdigest()


@dataclass
class _Beside:
    """What is compared beside the lists."""

    compared: int = 0
    differing: int = 0
    values: Counter[str] | None = None


def replay(
    connection: Connection,
    scope: Scope,
    sources: Sources,
    dong_codes: Sequence[str],
    *,
    is_thorough: bool = False,
    progress: Callable[[int], None] = lambda dongs: None,
) -> Replay:
    """Makes the lists of some dongs of the round again and compares them; the whole round if all are named.

    Nothing is replayed where bundle, matrix or requests cannot be read: ``sources`` says which. ``is_thorough`` also
    computes the features of these dongs from the delivery of then, where that is there, and compares them.
    """
    if not sources.can_be_replayed:
        return Replay(sources)
    is_thorough &= all(sources.state(what) is State.SAME for what in (What.DELIVERY, What.RECORDED, What.MATRIX))
    beside, dongs = _Beside(values=Counter() if is_thorough else None), []
    for district in dict.fromkeys(sources.district_of(code) for code in dong_codes):
        wanted = [code for code in dong_codes if sources.district_of(code) == district]
        made = _made_again(sources, district, wanted, beside)
        stored = past_entries(connection, scope, sources.published, wanted)
        in_files = sources.entries_in_files(wanted)
        dongs += [
            _compared(sources, code, made[code], stored[code], None if in_files is None else in_files[code])
            for code in wanted
        ]
        progress(len(wanted))
    return Replay(sources, tuple(dongs), beside.compared, beside.differing, beside.values)


def _made_again(sources: Sources, district: str, dong_codes: Sequence[str], beside: _Beside) -> dict[str, list[Entry]]:
    bundle, core = sources.bundle, sources.core
    assert bundle is not None and core is not None
    matrix = sources.matrix(district, dong_codes)
    scored = score(bundle, matrix)
    _compare_scores(sources, district, scored, beside)
    if beside.values is not None:
        as_of = AsOf.on(sources.published.as_of)
        again = district_matrix(core, district, sources.catalogue, as_of, dong_codes=dong_codes)
        beside.values.update(_other_values(matrix, again))
    entries = district_entries(
        matrix,
        scored,
        core.scan("requests", [district]).collect(),
        bundle=bundle,
        catalogue=sources.catalogue,
        week=sources.week,
        policy=sources.policy,
        rules=sources.rules,
    )
    by_dong: dict[str, list[Entry]] = {code: [] for code in dong_codes}
    for entry in entries:
        by_dong[entry.dong_code].append(entry)
    return by_dong


def _other_values(kept: pl.DataFrame, again: pl.DataFrame) -> dict[str, int]:
    """By feature: households that are in one matrix only, or have another value in it."""
    both = kept.join(again, on="household_id", how="full", suffix="_again", coalesce=True)
    names = [name for name in kept.columns if name != "household_id" and f"{name}_again" in both.columns]
    counts = both.select((pl.col(name).ne_missing(pl.col(f"{name}_again"))).sum().alias(name) for name in names)
    return {name: int(counts[name][0]) for name in names if counts[name][0]}


def _compare_scores(sources: Sources, district: str, scored: pl.DataFrame, beside: _Beside) -> None:
    """Scores on file are no part of a list, but show which households a changed matrix or model moved."""
    kept = sources.kept_scores(district)
    if kept is None:
        return
    both = scored.join(kept, on="household_id", how="inner", suffix="_kept")
    beside.compared += both.height
    beside.differing += int((both["raw_score"] != both["raw_score_kept"]).sum())


def _compared(
    sources: Sources, dong_code: str, made: list[Entry], stored: list[PastEntry], in_files: list[Entry] | None
) -> DongReplay:
    known = [_placed(past.entry, made) for past in stored]
    refs = {entry.household_id: past.ref for entry, past in zip(known, stored, strict=True)}
    differences = list(_differences(dong_code, Where.STORE, made, known, refs))
    if in_files is not None:
        differences += _differences(dong_code, Where.FILES, made, in_files, refs)
    return DongReplay(
        dong_code,
        len(made),
        sources.noted[dong_code],
        digest_of(made),
        digest_of(known),
        None if in_files is None else digest_of(in_files),
        tuple(differences),
    )


def _placed(entry: Entry, made: list[Entry]) -> Entry:
    """An entry whose household lives outside the caller's areas now is taken for the one replayed in its place."""
    if entry.household_id or entry.rank > len(made):
        return entry
    return Entry(**{**vars(entry), "household_id": made[entry.rank - 1].household_id})


def _differences(
    dong_code: str, where: Where, made: list[Entry], there: list[Entry], refs: Mapping[str, str]
) -> Iterator[Difference]:
    replayed = {entry.household_id: entry for entry in made}
    listed = {entry.household_id: entry for entry in there}
    for name, entry in listed.items():
        ref, again = refs.get(name, ""), replayed.get(name)
        if again is None:
            yield Difference(dong_code, where, Kind.NOT_REPLAYED, entry.rank, ref=ref)
        elif changed := changed_fields(entry, again):
            yield Difference(dong_code, where, Kind.CHANGED, entry.rank, changed, ref)
    for name, entry in replayed.items():
        if name not in listed:
            yield Difference(dong_code, where, Kind.NOT_LISTED, entry.rank, ref=refs.get(name, ""))


def changed_fields(one: Entry, other: Entry) -> tuple[str, ...]:
    """The names of the fields in which two entries differ."""
    plain = tuple(name for name in FIELDS if getattr(one, name) != getattr(other, name))
    why, because = one.explanation, other.explanation
    return plain + tuple(name for name in EXPLAINED if getattr(why, name) != getattr(because, name))
