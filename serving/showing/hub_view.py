"""What a hub's pages show: dongs side by side with their bars, places of the next round, households handed over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from domain.calendar import SEOUL
from domain.casework import HandoverStep
from domain.dong import told_apart
from domain.policy import Policy
from domain.published import PublishedDong, dong_names
from serving import wording_hub_ko as ko
from serving.rendering import Column, Tile
from serving.showing.people import name_of
from store.capacities import CapacitySet
from store.figures_of_dongs import DongFigures
from store.figures_of_hubs import HandedOver, Standings

COLUMNS = tuple(
    Column(label, sort=name, kind="" if name in ("name", "contacted", "reached", "load") else "number")
    for name, label in ko.COLUMNS.items()
)


@dataclass(frozen=True)
class Figures:
    """Households of one dong, or of all together. ``load``: those still to be seen for each place, None without any."""

    capacity: int
    listed: int
    carried: int
    contacted: int
    reached: int
    found: int
    waiting: int
    with_hub: int
    unassigned: int
    overdue: int

    @property
    def beyond(self) -> int:
        """How many households the list names beyond its places: carried-over entries are never turned away."""
        return max(0, self.listed - self.capacity)

    @property
    def load(self) -> float | None:
        return self.waiting / self.capacity if self.capacity else None

    @property
    def load_text(self) -> str:
        return ko.NO_LOAD if self.load is None else ko.LOAD.format(load=self.load)


@dataclass(frozen=True)
class DongRow:
    """A line of the table; ``href`` is the dong's list, empty in the line of totals."""

    name: str
    href: str
    of: Figures


@dataclass(frozen=True)
class PlacesRow:
    """A dong's places: households still to be seen, places in the newest list and in the next, and what was typed.

    ``may_carry`` of them stay on the next list unless they are reached before; ``beyond`` its places is how many.
    """

    code: str
    name: str
    waiting: int
    may_carry: int
    now: int
    next: int
    typed: str

    @property
    def beyond(self) -> int:
        return max(0, self.may_carry - self.next)


@dataclass(frozen=True)
class SetRow:
    """One decision of the past."""

    dong: str
    from_round: str
    capacity: int
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True)
class CaseRow:
    """A household that the hub holds, or is asked to take."""

    ref: str
    href: str
    seen: int
    name: str
    dong: str
    step: str
    tone: str
    is_taken: bool
    waits: str
    at: datetime | None
    who: str
    reason: str
    next_on: date | None
    is_overdue: bool
    label: str


def dong_rows(
    figures: Iterable[DongFigures], standing: Mapping[str, Standings], *, sort: str, is_descending: bool
) -> tuple[DongRow, ...]:
    """A line a dong, sorted as asked; those without a value come last either way."""
    figures = tuple(figures)
    names = told_apart({one.dong_code: one.dong_name for one in figures})
    rows = [
        DongRow(names[one.dong_code], f"/hub/dongs/{one.dong_code}", _of(one, standing.get(one.dong_code, Standings())))
        for one in figures
    ]
    if sort == "name":
        return tuple(sorted(rows, key=lambda row: row.name, reverse=is_descending))
    known = [(value, row) for row in rows if (value := _value(row.of, sort)) is not None]
    known.sort(key=lambda pair: (-pair[0] if is_descending else pair[0], pair[1].name))
    return (*(row for _, row in known), *(row for row in rows if _value(row.of, sort) is None))


def _of(one: DongFigures, stands: Standings) -> Figures:
    of_list = {name: getattr(one, name) for name in ("capacity", "listed", "carried", "contacted", "reached", "found")}
    return Figures(
        **of_list,
        waiting=stands.waiting,
        with_hub=stands.with_hub,
        unassigned=stands.unassigned,
        overdue=stands.overdue,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


_SHARES: Mapping[str, tuple[str, str]] = {"contacted": ("contacted", "listed"), "reached": ("reached", "contacted")}


def _value(of: Figures, sort: str) -> float | None:
    """What a line is sorted by: of what is shown as a bar, the share."""
    if sort in _SHARES:
        part, whole = _SHARES[sort]
        return _share(getattr(of, part), getattr(of, whole))
    found: float | None = getattr(of, sort)
    return found


def total_row(rows: Sequence[DongRow]) -> DongRow:
    """All dongs together."""
    sums = {field.name: sum(getattr(row.of, field.name) for row in rows) for field in fields(Figures)}
    return DongRow(ko.TOTAL, "", Figures(**sums))


def tiles(total: Figures) -> tuple[Tile, ...]:
    """The district's week in six figures."""
    shares = {
        "contacted": _share(total.contacted, total.listed),
        "reached": _share(total.reached, total.contacted),
        "found": _share(total.found, total.reached),
    }
    made = []
    for name, (label, note) in ko.TILES.items():
        share = shares.get(name)
        said = note.format(capacity=total.capacity, share=ko.NO_SHARE if share is None else f"{share:.0%}")
        tone = "important" if name == "overdue" and total.overdue else ""
        made.append(Tile(label, getattr(total, name), said, "/hub/cases" if name == "with_hub" else "", tone))
    return tuple(made)


def case_rows(handed: Iterable[HandedOver], names: Mapping[str, str], now: datetime) -> tuple[CaseRow, ...]:
    """Households as lines, in the order given; ``names`` are those of dongs by code."""
    today = now.astimezone(SEOUL).date()
    return tuple(_case_row(one, names.get(one.dong_code, one.dong_code), today) for one in handed)


def _case_row(one: HandedOver, dong: str, today: date) -> CaseRow:
    name = name_of(one.person)
    return CaseRow(
        ref=one.ref,
        href=f"/households/{one.ref}",
        seen=one.version,
        name=name,
        dong=dong,
        step=ko.STEPS.get(one.step, ko.STEPS[None]),
        tone=ko.STEP_TONES.get(one.step, "gray"),
        is_taken=one.step is HandoverStep.TAKEN,
        waits=_waits(one.at, today),
        at=one.at,
        who=one.who,
        reason=one.reason,
        next_on=one.next_on,
        is_overdue=one.next_on is not None and one.next_on < today,
        label=ko.SELECT_HOUSEHOLD.format(dong=dong, name=name),
    )


def _waits(since: datetime | None, today: date) -> str:
    if since is None:
        return ""
    days = (today - since.astimezone(SEOUL).date()).days
    return ko.WAITS.format(days=days) if days > 0 else ko.SINCE_TODAY


def places_rows(
    dongs: Iterable[PublishedDong], standing: Mapping[str, Standings], coming: Policy, typed: Mapping[str, str]
) -> tuple[PlacesRow, ...]:
    """A line a dong: its places now, those of the next round as decided so far, and what was typed for it."""
    dongs = tuple(dongs)
    rows = []
    for one, (code, name) in zip(dongs, dong_names(dongs).items(), strict=True):
        stands, then = standing.get(code, Standings()), coming.capacity(code)
        told = typed.get(code, str(then))
        rows.append(PlacesRow(code, name, stands.waiting, stands.may_carry, one.capacity, then, told))
    return tuple(rows)


def set_rows(decisions: Iterable[CapacitySet], names: Mapping[str, str]) -> tuple[SetRow, ...]:
    """Decisions about places, in the order given."""
    return tuple(
        SetRow(names.get(one.dong_code, one.dong_code), one.from_round, one.capacity, one.reason, one.who, one.at)
        for one in decisions
    )
