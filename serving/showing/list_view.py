"""A dong's list of the week as rows and tiles with every word ready."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.casework import Status
from domain.korean import korean_date, korean_month
from domain.listing import Band, Slot
from domain.published import Change, LeftEntry, ListedEntry
from serving import wording_casework_ko as ko
from serving import wording_ko
from serving.presenting import against, not_known, occasion, raising
from serving.rendering import Tile, url
from serving.showing.people import name_of


@dataclass(frozen=True)
class ListRow:
    """One household's line. ``chosen`` is what its box sends: which household, and which version of its case."""

    ref: str
    href: str
    chosen: str
    rank: int
    name: str
    household_type: str
    band: Band
    slot: Slot
    occasion: str
    why: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    newest: str
    status: Status | None
    outcome: str
    worker: str
    is_mine: bool
    attempts: str
    change: str
    change_tone: str
    next_on: date | None
    is_overdue: bool
    excluded: str


@dataclass(frozen=True)
class LeftRow:
    """A household of the week before that is not on this list."""

    href: str
    name: str
    rank: int
    status: Status
    outcome: str
    excluded: str


def list_rows(entries: Iterable[ListedEntry], *, user_id: int, today: date) -> tuple[ListRow, ...]:
    """The entries as lines, in the order given."""
    return tuple(list_row(entry, is_mine=is_of(entry, user_id), today=today) for entry in entries)


def is_of(entry: ListedEntry, user_id: int) -> bool:
    """Whether the household is that worker's."""
    return entry.case is not None and entry.case.worker_id == user_id


def list_row(entry: ListedEntry, *, is_mine: bool, today: date) -> ListRow:
    """One entry as a line."""
    case, newest = entry.case, entry.explanation.newest_report
    return ListRow(
        ref=entry.ref,
        href=url(f"/households/{entry.ref}", {"round": entry.round}),
        chosen=f"{entry.ref}:{case.version}" if case and case.status is not Status.CLOSED else "",
        rank=entry.rank,
        name=name_of(entry.person) if case else ko.NOT_HERE,
        household_type=wording_ko.HOUSEHOLD_TYPES.get(entry.household_type, ""),
        band=entry.band,
        slot=entry.slot,
        occasion=occasion(entry),
        why=tuple(raising(entry)),
        against=tuple(against(entry)),
        unknown=tuple(not_known(entry)),
        newest=ko.NEWEST.format(month=korean_month(newest)) if newest else "",
        status=case.status if case else None,
        outcome=ko.OUTCOMES[case.outcome] if case and case.outcome else "",
        worker=(case.worker_name or ko.NOBODYS) if case else "",
        is_mine=is_mine,
        attempts=ko.TRIED.format(n=case.attempts) if case and case.attempts else "",
        change=change_of(entry),
        change_tone=ko.CHANGE_TONES.get(entry.change, "gray"),
        next_on=case.next_on if case else None,
        is_overdue=bool(case and case.next_on and case.is_late(entry.as_of, today)),
        excluded=ko.EXCLUDED if case and case.is_excluded(today) else "",
    )


def change_of(entry: ListedEntry) -> str:
    """What became of the place since the week before, in words."""
    steps = abs((entry.former_rank or entry.rank) - entry.rank)
    return ko.CHANGES[entry.change].format(steps=steps)


def tiles(entries: Sequence[ListedEntry], capacity: int, place: dict[str, str]) -> tuple[Tile, ...]:
    """How far the week's work has come; each but the first narrows the list to its households."""
    by_status = Counter(entry.case.status for entry in entries if entry.case)
    counted = {word: sum(by_status[status] for status in those) for word, (_, those) in ko.GROUPS.items()}
    carried = sum(entry.change is Change.CARRIED for entry in entries)
    nobodys = sum(
        1 for entry in entries if entry.case and entry.case.worker_id is None and entry.case.status is not Status.CLOSED
    )
    beyond = max(0, len(entries) - capacity)  # carried-over entries are never turned away
    of_capacity = (ko.BEYOND_CAPACITY if beyond else ko.OF_CAPACITY).format(capacity=capacity, n=beyond)
    listed = Tile(ko.LISTED, len(entries), of_capacity, url("/list", place))
    groups = (
        Tile(label, counted[word], ko.GROUP_NOTES[word], url("/list", place | {"status": word}))
        for word, (label, _) in ko.GROUPS.items()
    )
    return (
        listed,
        *groups,
        Tile(ko.CARRIED, carried, ko.CARRIED_NOTE, url("/list", place | {"slot": Slot.CARRIED_OVER.value})),
        Tile(
            ko.NOBODYS,
            nobodys,
            ko.NOBODYS_NOTE,
            url("/list", place | {"worker": "none"}),
            "important" if nobodys else "",
        ),
    )


def left_rows(left: Iterable[LeftEntry], excluded: Collection[str]) -> tuple[LeftRow, ...]:
    """Who stood on the list of the week before and does not now; ``excluded``: who asked not to be contacted."""
    return tuple(
        LeftRow(
            href=f"/households/{one.ref}",
            name=name_of(one.person),
            rank=one.rank,
            status=one.status,
            outcome=ko.OUTCOMES[one.outcome] if one.outcome else "",
            excluded=ko.EXCLUDED if one.ref in excluded else "",
        )
        for one in left
    )


def subtitle(label: str, as_of: date, number: int) -> str:
    """``2026-W47 회차 · 기준일 2026. 11. 16.(월) · 10가구``."""
    return wording_ko.LIST_SUBTITLE.format(round=label, as_of=korean_date(as_of), entries=number)
