"""Brings a round's lists into the store, from which the service shows them: staged, read back, current in one step.

The files of a round are made first and stay what a list is replayed from; their ``current`` is set last, after the
store's. Whatever ends the way between them is mended by running the same round again: each step finds what is done.

Publishing works beside people who record contacts: dongs are staged a few at a time, in transactions like theirs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from domain.errors import CheckFailed
from domain.listing import Entry
from domain.people import ALL
from domain.published import Person
from outreach.facts import facts_of
from outreach.publishing import PublishedRound
from sources.core import Core
from sources.dongs import dong_successors
from sources.vault import people_of, scan_people
from store.accounts import forget_sessions
from store.answers import forget_answers
from store.database import Database
from store.publications import (
    HOUSED,
    NO_CHANGES,
    Changes,
    Publication,
    begin_publication,
    check_fence,
    clear_dongs,
    clear_publication,
    housed,
    is_newest,
    left_behind,
    make_current,
    mark_staged,
    published_version,
    raise_fence,
)
from store.renaming import dongs_in_use
from store.staging import DongList, Fingerprint, digest_of, prepare, read_back, refs_of
from store.trail import Line, append

DONGS_AT_ONCE = 10  # six hundred entries: some 50 ms of writing, which a contact can wait for
_DONGS_READ_AT_ONCE = 50
_PERSON = ("name", "address", "phone")
_KEPT = timedelta(days=30)  # sessions that are over and answers to machines: what anybody may still ask for


@dataclass(frozen=True)
class Homes:
    """Where what is known about listed households comes from: the round's core, and the vault of the same delivery."""

    core: Core
    vault: Path


def publish(
    database: Database,
    lists: PublishedRound,
    entries: Iterable[Entry],
    homes: Homes,
    *,
    at: datetime,
    progress: Callable[[int], None] = lambda dongs: None,
) -> bool:
    """Makes a version of a round's lists what the service shows; gives whether that changed anything.

    ``at`` is now. The same version again changes nothing. Another version of the round takes its place, and the former
    stays for replay. A round before the newest is published without moving anybody to where they lived then. Raises
    `StorageFailed` where somebody else begins to publish meanwhile, `CheckFailed` where what is read back differs:
    readers then see what they saw before.
    """
    with database.reading(ALL) as connection:
        if published_version(connection, lists.round.label) == lists.version:
            return False
    fence = take_over(database, lists.version)
    with database.writing(ALL) as connection:
        publication = begin_publication(
            connection, label=lists.round.label, as_of=lists.round.as_of, version=lists.version,
            origin=lists.origin, fence=fence, at=at,
        )  # fmt: skip
    by_dong = _by_dong(lists, entries)
    if publication.is_staged:
        expected = {code: Fingerprint(digest_of(listed), "") for code, listed in by_dong.items()}
    else:
        expected = _stage(database, publication, lists, by_dong, homes, at, progress)
    _check(database, publication, expected)
    if not publication.is_staged:
        with database.writing(ALL) as connection:
            mark_staged(connection, publication)
    changes = _changes(database, publication, homes)
    with database.writing(ALL) as connection:
        make_current(connection, publication, changes, at=at)
        append(connection, _line(publication, lists, changes, at))
        forget_sessions(connection, at - _KEPT)
        forget_answers(connection, at - _KEPT)
    return True


def _line(publication: Publication, lists: PublishedRound, changes: Changes, at: datetime) -> Line:
    detail = {
        "version": publication.version,
        "bundle": lists.bundle,
        "dongs": len(lists.dongs),
        "entries": sum(lists.entries_by_dong.values()),
        "moved": len(changes.moved),
        "changed_people": len(changes.people),
        "renamed_dongs": len(changes.renamed),
    }
    return Line(at, "sagak", "round", "publish", (publication.round,), detail)


def take_over(database: Database, wanted: str) -> int:
    """The fence number under which this process publishes the ``wanted`` version.

    What publishers left behind that were killed is taken away with the names of whom nobody was shown, all but that
    version where it is staged to its end; a publisher that still works stops at its next step.
    """
    with database.writing(ALL) as connection:
        fence = raise_fence(connection)
        left = left_behind(connection, wanted)
    for publication_id, dong_codes in left.items():
        for some in _portions(dong_codes, DONGS_AT_ONCE):
            with database.writing(ALL) as connection:
                clear_dongs(connection, publication_id, some, fence=fence)
        with database.writing(ALL) as connection:
            clear_publication(connection, publication_id, fence=fence)
    return fence


def _by_dong(lists: PublishedRound, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    by_dong: dict[str, list[Entry]] = {code: [] for code in lists.dongs}
    for entry in entries:
        by_dong[entry.dong_code].append(entry)
    return by_dong


def _portions(codes: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (codes[start : start + size] for start in range(0, len(codes), size))


def _stage(
    database: Database,
    publication: Publication,
    lists: PublishedRound,
    by_dong: Mapping[str, Sequence[Entry]],
    homes: Homes,
    at: datetime,
    progress: Callable[[int], None],
) -> dict[str, Fingerprint]:
    fingerprints: dict[str, Fingerprint] = {}
    for district in dict.fromkeys(homes.core.district_of(code) for code in by_dong):
        codes = [code for code in by_dong if homes.core.district_of(code) == district]
        listed = [entry.household_id for code in codes for entry in by_dong[code]]
        facts = facts_of(homes.core, district, listed, lists.round)
        people = people_of(homes.vault, district, listed)
        for some in _portions(codes, DONGS_AT_ONCE):
            ready = [
                DongList(lists.dongs[code], lists.capacities[code], tuple(by_dong[code]), facts, people)
                for code in some
            ]
            with database.reading(ALL) as connection:
                refs = refs_of(connection, [entry.household_id for code in some for entry in by_dong[code]])
            batch = prepare(publication, ready, refs, at)
            with database.writing(ALL) as connection:
                batch.write(connection)
            fingerprints |= batch.fingerprints
            progress(len(some))
    return fingerprints


def _check(database: Database, publication: Publication, expected: Mapping[str, Fingerprint]) -> None:
    """Raises `CheckFailed` unless every dong is in the store as it was meant; facts only where they are known."""
    found: dict[str, Fingerprint] = {}
    for some in _portions(list(expected), _DONGS_READ_AT_ONCE):
        with database.reading(ALL) as connection:
            found |= read_back(connection, publication, some)
    for code, wanted in expected.items():
        there = found.get(code)
        if there is None or there.entries != wanted.entries or wanted.facts not in ("", there.facts):
            with database.writing(ALL) as connection:
                check_fence(connection, publication.fence)  # whoever overtook this publisher has cleared it away
            raise CheckFailed(
                f"The lists of {publication.round} read back differently from what was staged: nobody sees them.",
                hint="Run the round again.",
            )


def _changes(database: Database, publication: Publication, homes: Homes) -> Changes:
    """Who lives elsewhere, or goes by another name or number, than when last published; nobody for an older round.

    Whose dong has only got another code, as the delivery is read, lives where it did.
    """
    with database.reading(ALL) as connection:
        if not is_newest(connection, publication.as_of):
            return NO_CHANGES
        listed = pl.DataFrame(housed(connection), schema=dict.fromkeys(HOUSED, pl.String), orient="row").lazy()
        successors = dong_successors(homes.core.as_of)
        renamed = {code: now for code in dongs_in_use(connection) if (now := successors.get(code, code)) != code}
    moved: dict[str, str] = {}
    people: dict[str, Person] = {}
    for district in homes.core.districts:
        there = homes.core.scan("households", [district]).select("household_id", now="dong_code")
        known = listed.join(there, on="household_id").collect()
        lives_elsewhere = pl.col("dong_code").replace(renamed) != pl.col("now")
        moved |= dict(known.filter(lives_elsewhere).select("ref", "now").iter_rows())
        told = scan_people(homes.vault, district).join(known.lazy(), on="household_id", suffix="_then")
        differs = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_then") for name in _PERSON)
        for ref, *person in told.filter(differs).select("ref", *_PERSON).collect().iter_rows():
            people[ref] = Person(*person)
    return Changes(moved, people, renamed)
