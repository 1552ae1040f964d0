"""What of a list is asked for: a closed set of words; what is unknown counts as not asked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.casework import Status
from domain.listing import Band, Slot
from domain.published import ListedEntry
from serving import wording_casework_ko as ko
from serving.rendering import Sorting

MINE, NOBODY = "me", "none"
_BANDS = (Band.VERY_HIGH, Band.HIGH, Band.MEDIUM, Band.LOW)
_LAST_DAY = date.max
_PLAIN: Mapping[str, str] = {"sort": "rank", "order": "asc"}
_LONGEST_NUMBER = 19  # digits of a user's number


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """Which dong's list of which round, narrowed and sorted how. Empty means all, or the round's own order."""

    dong: str = ""
    round: str = ""
    status: str = ""
    worker: str = ""
    band: str = ""
    slot: str = ""
    sort: str = "rank"
    order: str = "asc"

    @property
    def is_narrowed(self) -> bool:
        return any((self.status, self.worker, self.band, self.slot))

    @property
    def place(self) -> dict[str, str]:
        """Where we are, without how it is narrowed."""
        return {"dong": self.dong, "round": self.round}

    @property
    def parts(self) -> dict[str, str]:
        """Everything that links must keep, but the sorting."""
        return self.place | {"status": self.status, "worker": self.worker, "band": self.band, "slot": self.slot}

    @property
    def narrowing(self) -> dict[str, str]:
        """How the list was narrowed and sorted, without where it is; empty for the whole list by rank."""
        found = {name: getattr(self, name) for name in ("status", "worker", "band", "slot", "sort", "order")}
        return {name: word for name, word in found.items() if word and word != _PLAIN.get(name)}

    @property
    def kept(self) -> dict[str, str]:
        """What a household's address keeps of the list that it was opened from, to lead back and on along it."""
        return {"round": self.round, **self.narrowing}

    @property
    def sorting(self) -> Sorting:
        return Sorting("/list", self.sort, self.order == "desc", self.parts)


def list_query(asked: Mapping[str, str], *, dong: str, round: str) -> ListQuery:  # noqa: A002  (the word in the address)
    """The question as it can be answered; ``dong`` and ``round`` are those that were found to exist."""
    worker = asked.get("worker", "")
    return ListQuery(
        dong=dong,
        round=round,
        status=_one_of(asked.get("status", ""), [*ko.GROUPS, *Status]),
        worker=worker if worker in (MINE, NOBODY) or _is_number(worker) else "",
        band=_one_of(asked.get("band", ""), list(Band)),
        slot=_one_of(asked.get("slot", ""), list(Slot)),
        sort=_one_of(asked.get("sort", ""), list(_SORTED_BY)) or "rank",
        order="desc" if asked.get("order") == "desc" else "asc",
    )


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < _LONGEST_NUMBER


def _one_of(word: str, known: Sequence[str]) -> str:
    return word if word in known else ""


def kept_of(asked: Mapping[str, str], label: str) -> dict[str, str]:
    """What an address keeps of the list (`ListQuery.kept`), of an address as it was asked for."""
    return list_query(asked, dong="", round=label).kept


def asked_for(entries: Iterable[ListedEntry], query: ListQuery, *, user_id: int, also: str = "") -> list[ListedEntry]:
    """The entries that fit, in the order asked for; equals stand in the order of their ranks.

    ``also`` is a household that stays among them though it may fit no more: who was just phoned is not "연락 전" now,
    and whoever works along that list goes on from there.
    """
    kept = [entry for entry in entries if entry.ref == also or _fits(entry, query, user_id)]
    kept.sort(key=lambda entry: entry.rank)
    kept.sort(key=_SORTED_BY[query.sort], reverse=query.order == "desc")
    return kept


def _fits(entry: ListedEntry, query: ListQuery, user_id: int) -> bool:
    return (
        query.band in ("", entry.band)
        and query.slot in ("", entry.slot)
        and (not query.status or _has_status(entry, query.status))
        and (not query.worker or _has_worker(entry, query.worker, user_id))
    )


def _has_status(entry: ListedEntry, word: str) -> bool:
    if entry.case is None:
        return False
    return entry.case.status in ko.GROUPS[word][1] if word in ko.GROUPS else entry.case.status == word


def _has_worker(entry: ListedEntry, word: str, user_id: int) -> bool:
    if entry.case is None:
        return False
    if word == NOBODY:
        return entry.case.worker_id is None
    return entry.case.worker_id == (user_id if word == MINE else int(word))


def _status_of(entry: ListedEntry) -> int:
    return list(Status).index(entry.case.status) if entry.case else len(Status)


def _next_of(entry: ListedEntry) -> date:
    return (entry.case and entry.case.next_on) or _LAST_DAY


_SORTED_BY: Mapping[str, Callable[[ListedEntry], Any]] = {
    "rank": lambda entry: entry.rank,
    "name": lambda entry: entry.person.name[:1],
    "band": lambda entry: _BANDS.index(entry.band),
    "status": _status_of,
    "worker": lambda entry: (entry.case is None or not entry.case.worker_name, entry.case and entry.case.worker_name),
    "next": _next_of,
}
