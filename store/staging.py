"""Dongs on their way into the store: made ready outside any transaction, written in a short one, read back.

Their JSON is made once, goes in as it is and comes back as it is, so that what is compared is bytes.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, Table, Text, and_, select, type_coerce

from domain.casework import Status
from domain.dong import Dong
from domain.listing import Entry, Explanation
from domain.published import Person
from store.columns import canonical, microseconds
from store.many import add_rows
from store.publications import Publication, check_fence
from store.tables import cases, entries, facts, households, people, publication_dongs

# Refs of one batch begin alike, so that they lie together in every index: drawn each by itself, 600 households touch
# thousands of pages, and a nation's first list writes ten gigabytes. 104 bits of chance follow: none can be guessed.
_ALIKE_BYTES, _OWN_BYTES = 3, 13  # 4 and 18 signs of base64
_NOBODY = Person("", "", "")
# What stands in a row of its own. Digests are over these values in this order.
_CONTENT = tuple(one.name for one in fields(Entry) if one.name not in ("round", "dong_code", "household_id", "bundle"))
# In this order: what is named comes before what names it.
_TABLES = (households, people, cases, publication_dongs, entries, facts)
_Row = dict[str, Any]


@dataclass(frozen=True)
class DongList:
    """One dong's list with what is known about each household on it, by pseudonym."""

    dong: Dong
    capacity: int
    entries: tuple[Entry, ...]
    facts: Mapping[str, Mapping[str, Any]]
    people: Mapping[str, Person]


@dataclass(frozen=True)
class Fingerprint:
    """What names a dong's rows by their content."""

    entries: str
    facts: str


@dataclass(frozen=True)
class Batch:
    """The rows of some dongs, ready to be written."""

    publication: Publication
    rows: Mapping[Table, Sequence[_Row]]
    fingerprints: Mapping[str, Fingerprint]  # by dong code

    def write(self, connection: Connection) -> None:
        """Writes them in the caller's transaction; raises `StorageFailed` where somebody else publishes now."""
        check_fence(connection, self.publication.fence)
        for table, rows in self.rows.items():
            add_rows(connection, table, rows)


def refs_of(connection: Connection, household_ids: Iterable[str]) -> dict[str, str]:
    """The refs of those households that were listed before, by pseudonym."""
    of = households.c
    query = select(of.household_id, of.ref).where(of.household_id.in_(list(household_ids)))
    return {row.household_id: row.ref for row in connection.execute(query)}


def prepare(publication: Publication, lists: Sequence[DongList], refs: Mapping[str, str], at: datetime) -> Batch:
    """The rows of some dongs. ``refs`` are those of households listed before; the others get one drawn by chance."""
    rows: dict[Table, list[_Row]] = {table: [] for table in _TABLES}
    alike = secrets.token_urlsafe(_ALIKE_BYTES)
    fingerprints = {}
    for one in lists:
        contents, told = [], []
        for entry in one.entries:
            content = _content(entry)
            known = canonical(one.facts.get(entry.household_id, {}))
            contents.append([entry.household_id, *content.values()])
            told.append(known)
            ref = refs.get(entry.household_id)
            if ref is None:
                ref = alike + secrets.token_urlsafe(_OWN_BYTES)
                _welcome(rows, ref, entry.household_id, one, at)
            key = {"publication_id": publication.id, "dong_code": one.dong.code, "ref": ref}
            rows[entries].append(key | content)
            rows[facts].append(key | {"facts": known})
        fingerprints[one.dong.code] = Fingerprint(_digest(contents), _digest(told))
        rows[publication_dongs].append(_dong_row(publication, one, fingerprints[one.dong.code]))
    return Batch(publication, rows, fingerprints)


def _welcome(rows: Mapping[Table, list[_Row]], ref: str, household_id: str, one: DongList, at: datetime) -> None:
    """A household's first listing: its name in the service, who it is, and an open case."""
    key = {"ref": ref, "dong_code": one.dong.code}
    rows[households].append(key | {"household_id": household_id})
    rows[people].append(key | vars(one.people.get(household_id, _NOBODY)))
    state = {"version": 0, "status": Status.OPEN.value, "attempts": 0, "updated_at": microseconds(at)}
    rows[cases].append(key | state)


def _dong_row(publication: Publication, one: DongList, fingerprint: Fingerprint) -> _Row:
    return {
        "publication_id": publication.id,
        "dong_code": one.dong.code,
        "sido": one.dong.sido,
        "sigungu": one.dong.sigungu,
        "name": one.dong.name,
        "capacity": one.capacity,
        "entries": len(one.entries),
        "digest": fingerprint.entries,
    }


def read_back(connection: Connection, publication: Publication, dong_codes: Sequence[str]) -> dict[str, Fingerprint]:
    """The fingerprints of what is in the store; none for a dong whose row is missing or tells something else."""
    content = [type_coerce(entries.c[name], Text) if name == "explanation" else entries.c[name] for name in _CONTENT]
    of_entry = and_(facts.c.publication_id == entries.c.publication_id, facts.c.ref == entries.c.ref)
    query = (
        select(entries.c.dong_code, type_coerce(facts.c.facts, Text), households.c.household_id, *content)
        .join(facts, of_entry)
        .join(households, households.c.ref == entries.c.ref)
        .where(entries.c.publication_id == publication.id, entries.c.dong_code.in_(dong_codes))
        .order_by(entries.c.dong_code, entries.c.rank)
    )
    found = {code: list(rows) for code, rows in groupby(connection.execute(query), key=lambda row: row[0])}
    of = publication_dongs.c
    said = select(of.dong_code, of.entries, of.digest).where(
        of.publication_id == publication.id, of.dong_code.in_(dong_codes)
    )
    return {
        dong.dong_code: fingerprint
        for dong in connection.execute(said)
        if (fingerprint := _fingerprint(rows := found.get(dong.dong_code, []))).entries == dong.digest
        and len(rows) == dong.entries
    }


def _fingerprint(rows: Sequence[Any]) -> Fingerprint:
    return Fingerprint(_digest([list(row[2:]) for row in rows]), _digest([row[1] for row in rows]))


def digest_of(listed: Iterable[Entry]) -> str:
    """Names a dong's entries by their content: what ``publication_dongs`` keeps, to be compared with a round's file."""
    return _digest([[entry.household_id, *_content(entry).values()] for entry in listed])


def _digest(rows: Sequence[Any]) -> str:
    return sha256(orjson.dumps(rows)).hexdigest()


def _content(entry: Entry) -> _Row:
    plain = {name: getattr(entry, name) for name in _CONTENT}
    return plain | {
        "slot": entry.slot.value,
        "band": entry.band.value,
        "explanation": canonical(_explanation(entry.explanation)),
    }


def _explanation(why: Explanation) -> _Row:
    reasons = {"raising": [vars(one) for one in why.raising], "lowering": [vars(one) for one in why.lowering]}
    return vars(why) | reasons  # orjson writes a date as ISO 8601
