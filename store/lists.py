"""Reads of published lists. Every query on households begins narrowed to the caller's areas.

Readers follow one pointer, the table ``rounds``: a publication that is only staged, or was replaced, is never met.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, Select

from domain.casework import Asked, Request, Status
from domain.dong import Dong
from domain.errors import NotFound
from domain.listing import Band, Explanation, Reason, Slot
from domain.outcome import Outcome
from domain.people import ALL, Scope
from domain.published import (
    CaseState,
    CurrentRound,
    DueRequest,
    HeldCase,
    LeftEntry,
    ListedEntry,
    Person,
    PublishedDong,
)
from store.history import asked
from store.list_queries import (
    at_ranks,
    cases_of,
    dongs_in,
    facts_about,
    left_from,
    of_dong,
    of_household,
    of_round,
    of_worker,
    published_rounds,
    requests_due,
    who_is,
)
from store.remembered import remembered
from store.tables import rounds

_EXPLANATIONS = 8192  # the lists of a large city, some 30 MB


def current_rounds(connection: Connection) -> tuple[CurrentRound, ...]:
    """Every round that was published, newest first."""
    return tuple(CurrentRound(**row) for row in connection.execute(published_rounds()).mappings())


def newest_round(connection: Connection) -> CurrentRound:
    """The round with the newest as-of date; raises `NotFound` where none was published."""
    row = connection.execute(published_rounds().limit(1)).mappings().first()
    if row is None:
        raise NotFound("No list has been published yet.", hint="Make this week's first: sagak round.")
    return CurrentRound(**row)


def round_called(connection: Connection, label: str) -> CurrentRound:
    """The published round of that name; raises `NotFound`."""
    row = connection.execute(published_rounds().where(rounds.c.round == label)).mappings().first()
    if row is None:
        raise NotFound("There is no list of that round.", hint="Published rounds stand on the page of past weeks.")
    return CurrentRound(**row)


def dongs_of_round(connection: Connection, label: str, scope: Scope = ALL) -> tuple[PublishedDong, ...]:
    """Every dong of a round in ``scope`` by code, also those without an entry; none for a round not published."""
    return tuple(
        PublishedDong(Dong(row.dong_code, row.sido, row.sigungu, row.name), row.capacity, row.entries, row.digest)
        for row in connection.execute(dongs_in(scope), {"label": label})
    )


def list_of(connection: Connection, scope: Scope, label: str, dong_code: str) -> tuple[ListedEntry, ...]:
    """A dong's list of a round in the order of its ranks; empty for a dong outside ``scope``."""
    return remembered(connection, scope, _list_of, label, dong_code)


def _list_of(connection: Connection, scope: Scope, label: str, dong_code: str) -> tuple[ListedEntry, ...]:
    return _told(connection, of_dong(scope), label=label, dong_code=dong_code)


def entry_of(connection: Connection, scope: Scope, label: str, ref: str) -> ListedEntry | None:
    """The household's entry of a round, if it had one in ``scope``."""
    return next(iter(_told(connection, of_round(scope), label=label, ref=ref)), None)


def entries_of_household(connection: Connection, scope: Scope, ref: str) -> tuple[ListedEntry, ...]:
    """Every entry the household had in ``scope``, newest round first, without places on the rounds before."""
    return _told(connection, of_household(scope), label=None, ref=ref)


def entries_of_worker(connection: Connection, scope: Scope, worker_id: int) -> tuple[ListedEntry, ...]:
    """Entries in ``scope`` of the households that are a worker's and not closed, newest round first, one a round."""
    found: dict[tuple[str, str], ListedEntry] = {}
    for entry in _told(connection, of_worker(scope), label=None, worker_id=worker_id):
        found.setdefault((entry.round, entry.ref), entry)
    return tuple(found.values())


def cases_of_worker(connection: Connection, scope: Scope, worker_id: int) -> tuple[HeldCase, ...]:
    """A worker's open cases in ``scope``, also those that no list there names."""
    rows = connection.execute(cases_of(scope), {"worker_id": worker_id}).mappings()
    return tuple(HeldCase(row["ref"], state, _person(row)) for row in rows if (state := case_state(row)))


def requests_of_worker(connection: Connection, scope: Scope, worker_id: int) -> tuple[DueRequest, ...]:
    """What a worker's and nobody's households in ``scope`` wait to be answered, the oldest first."""
    rows = connection.execute(requests_due(scope), {"worker_id": worker_id}).mappings()
    return tuple(DueRequest(row["id"], row["ref"], asked(row), Status(row["status"]), _person(row)) for row in rows)


def beside(connection: Connection, scope: Scope, entry: ListedEntry) -> tuple[str | None, str | None]:
    """Who stands before and after an entry on its list, by ref."""
    values = {"label": entry.round, "dong_code": entry.dong_code, "ranks": (entry.rank - 1, entry.rank + 1)}
    found: dict[int, str] = {row.rank: row.ref for row in connection.execute(at_ranks(scope), values)}
    return found.get(entry.rank - 1), found.get(entry.rank + 1)


def left_since(connection: Connection, scope: Scope, label: str, dong_code: str) -> tuple[LeftEntry, ...]:
    """Households on the dong's list of the round before that are not on this one, by their rank then."""
    values = {"label": label, "dong_code": dong_code}
    return tuple(
        LeftEntry(row["ref"], row["rank"], Slot(row["slot"]), Status(row["status"]), _outcome(row), _person(row))
        for row in connection.execute(left_from(scope), values).mappings()
    )


def facts_of(connection: Connection, scope: Scope, label: str, ref: str) -> Mapping[str, Any] | None:
    """What the data said about a listed household as of the round (see `outreach.facts`), if it was listed there."""
    found: Mapping[str, Any] | None = connection.execute(facts_about(scope), {"label": label, "ref": ref}).scalar()
    return found


def person_of(connection: Connection, scope: Scope, ref: str) -> Person | None:
    """Name, address and phone, unmasked: whoever calls this records that it was looked at."""
    row = connection.execute(who_is(scope), {"ref": ref}).mappings().first()
    return None if row is None else _person(row)


def _told(connection: Connection, query: Select[Any], **values: str | int | None) -> tuple[ListedEntry, ...]:
    return tuple(_entry(row) for row in connection.execute(query, values).mappings())


def _entry(row: RowMapping) -> ListedEntry:
    plain = ("ref", "round", "as_of", "dong_code", "rank", "slot_sentence", "propensity", "raw_score", "probability")
    return ListedEntry(
        **{name: row[name] for name in plain},
        slot=Slot(row["slot"]),
        band=Band(row["band"]),
        tied_with=row["tied_with"],
        household_type=row["household_type"],
        bundle=_bundle(row["origin"]),
        explanation=_explanation(row["explanation"]),
        case=case_state(row),
        person=_person(row),
        former_rank=row["former_rank"],
        former_slot=Slot(row["former_slot"]) if row["former_slot"] else None,
    )


def case_state(row: RowMapping) -> CaseState | None:
    """Where a case stands, of a row that `case_columns` named; none where the household has gone."""
    if row["version"] is None:
        return None
    return CaseState(
        version=row["version"],
        status=Status(row["status"]),
        worker_id=row["worker_id"],
        worker_name=row["worker_name"] or "",
        attempts=row["attempts"],
        last_contact_at=row["last_contact_at"],
        outcome=_outcome(row),
        next_on=row["next_on"],
        exclusion=_exclusion(row),
    )


def _exclusion(row: RowMapping) -> Asked | None:
    if row["wish_kind"] != Request.EXCLUSION:
        return None
    return Asked(Request.EXCLUSION, row["wish_made_on"], row["wish_ends_on"])


def _outcome(row: RowMapping) -> Outcome | None:
    return Outcome(row["outcome"]) if row["outcome"] else None


def _person(row: RowMapping) -> Person:
    return Person(row["person_name"] or "", row["address"] or "", row["phone"] or "")


# A list is looked at again and again, and its sentences stay what they are: reading them once saves half of its cost.
@lru_cache(maxsize=_EXPLANATIONS)
def _explanation(text: str) -> Explanation:
    return explanation_of(orjson.loads(text))


@lru_cache(maxsize=256)
def _bundle(origin: str) -> str:
    return str(orjson.loads(origin)["bundle"])


def explanation_of(data: Mapping[str, Any]) -> Explanation:
    """The explanation that was stored as JSON."""
    newest = data["newest_report"]
    return Explanation(
        tuple(Reason(**reason) for reason in data["raising"]),
        tuple(Reason(**reason) for reason in data["lowering"]),
        tuple(data["unknown"]),
        date.fromisoformat(newest) if newest else None,
        data["has_reports"],
    )
