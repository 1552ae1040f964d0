"""One household as its page shows it: why it is on the list, and words that can be said on the phone."""

from dataclasses import dataclass
from datetime import date

from domain.calendar import month_number
from domain.korean import korean_month
from domain.listing import Band, Slot
from domain.published import ListedEntry
from serving import wording_casework_ko as ko
from serving import wording_ko
from serving.presenting import against, occasion, raising
from serving.showing.list_view import change_of

_SAID_ON_THE_PHONE = 2


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


@dataclass(frozen=True)
class Script:
    """What can be said on the phone: the greeting, and replies by what the other side does."""

    greeting: str
    replies: tuple[tuple[str, str], ...]


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


def phone_script(entry: ListedEntry, *, dong: str, worker: str) -> Script:
    """Words for the call; of the reasons only what can be said to the household itself."""
    said = raising(entry)[:_SAID_ON_THE_PHONE]
    is_by_chance = entry.slot is Slot.EXPLORATION or not said
    because = ko.WHY_DRAWN if is_by_chance else ko.WHY_DATA.format(reasons="’, ‘".join(said))
    return Script(
        greeting=ko.GREETING.format(dong=dong, worker=worker),
        replies=(
            (ko.IF_ASKED_WHY, because),
            (ko.IF_DECLINED, ko.DECLINED_REPLY),
            (ko.IF_OTHER_PERSON, ko.OTHER_REPLY),
        ),
    )
