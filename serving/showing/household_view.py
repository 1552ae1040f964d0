"""One household as its page shows it: why it is on the list, and where it has records from before it moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.calendar import SEOUL, month_number
from domain.korean import korean_date, korean_month
from domain.listing import Band, Slot
from domain.published import ListedEntry
from serving import wording_casework_ko as ko
from serving import wording_ko
from serving.presenting import against, occasion, raising
from serving.showing.list_view import change_of
from store.former_homes import FormerHome


@dataclass(frozen=True)
class WhyView:
    """Why a household has its place, what speaks against, what is not known, how old what is known is."""

    round: str
    as_of: date
    rank: int
    household_type: str
    band: Band
    slot: Slot
    change: str
    occasion: str
    raising: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    age: str


def moved_in(homes: Iterable[FormerHome]) -> tuple[str, ...]:
    """For each dong that has records of a household from before it moved: that there are some, and whom to ask."""
    return tuple(_former_home(home) for home in homes)


def _former_home(home: FormerHome) -> str:
    dong, last = home.name or ko.SOME_DONG, home.last_contact_at
    ask = ko.ASK_WORKER if home.worker else ko.ASK_OFFICE
    contact = ko.LAST_CONTACT.format(day=korean_date(last.astimezone(SEOUL).date())) if last else ko.NO_CONTACT
    return ko.MOVED_IN.format(dong=dong, contact=contact, ask=ask.format(dong=dong, worker=home.worker))


def why_view(entry: ListedEntry) -> WhyView:
    """An entry's reasons in full."""
    return WhyView(
        round=entry.round,
        as_of=entry.as_of,
        rank=entry.rank,
        household_type=wording_ko.HOUSEHOLD_TYPES.get(entry.household_type, ""),
        band=entry.band,
        slot=entry.slot,
        change=change_of(entry),
        occasion=occasion(entry),
        raising=tuple(raising(entry)),
        against=tuple(against(entry)),
        unknown=tuple(entry.explanation.unknown),
        age=_age(entry),
    )


def _age(entry: ListedEntry) -> str:
    newest = entry.explanation.newest_report
    if not entry.explanation.has_reports:
        return ""
    if newest is None:
        return f"{wording_ko.NO_REPORT}."
    months = month_number(entry.as_of) - month_number(newest)
    sentence = ko.AGE_OF_DATA if months else ko.AGE_OF_DATA_THIS_MONTH
    return sentence.format(month=korean_month(newest), months=months)
