"""What the API of lists and cases gives and takes. No name, phone, address or free text of a household is among it."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from domain.casework import (
    Asked,
    Case,
    Request,
    Status,
)
from domain.listing import Band, Slot
from domain.outcome import Outcome
from domain.people import Role
from domain.published import CaseState, Change, CurrentRound, ListedEntry, PublishedDong
from serving.api.fields import Shown
from serving.presenting import raising


class GrantShown(Shown):
    role: Role
    area: str = Field(description="A dong's ten digits, a district's five, or * for all.")


class MeShown(Shown):
    """Who the token belongs to, and what it may see."""

    user_id: int
    login: str
    grants: list[GrantShown]


class RoundShown(Shown):
    round: str
    as_of: date
    published_at: datetime
    bundle: str

    @classmethod
    def of(cls, known: CurrentRound) -> "RoundShown":
        return cls(round=known.round, as_of=known.as_of, published_at=known.published_at, bundle=known.origin["bundle"])


class RoundsShown(Shown):
    """Published rounds, newest first."""

    rounds: list[RoundShown]


class DongShown(Shown):
    dong_code: str
    name: str
    capacity: int
    entries: int

    @classmethod
    def of(cls, known: PublishedDong) -> "DongShown":
        return cls(dong_code=known.dong.code, name=known.dong.full_name, capacity=known.capacity, entries=known.entries)


class DongsShown(Shown):
    """The dongs of a round that the caller may see."""

    round: str
    dongs: list[DongShown]


class CaseShown(Shown):
    """Where a household's case stands; name ``version`` in what you record next."""

    version: int
    status: Status
    worker_id: int | None
    attempts: int = Field(description="Since somebody was last reached.")
    last_contact_at: datetime | None
    outcome: Outcome | None
    next_on: date | None

    @classmethod
    def of(cls, case: Case | CaseState) -> "CaseShown":
        stands = case.standing if isinstance(case, Case) else case
        return cls(
            version=case.version,
            status=stands.status,
            worker_id=stands.worker_id,
            attempts=stands.attempts,
            last_contact_at=stands.last_contact_at,
            outcome=stands.outcome,
            next_on=stands.next_on,
        )


class ExclusionShown(Shown):
    """The household asked not to be contacted: on no day up to ``ends_on`` may anybody call, write or visit."""

    made_on: date
    ends_on: date | None = Field(description="The last such day; null where there is no end.")

    @classmethod
    def of(cls, wish: Asked | None) -> "ExclusionShown | None":
        """None where nothing was asked, or the newest wish took it back."""
        if wish is None or wish.kind is not Request.EXCLUSION:
            return None
        return cls(made_on=wish.made_on, ends_on=wish.ends_on)


EXCLUSION = Field(description="Look here before anybody calls or visits. Null where the household asked for none.")


class _Place(Shown):
    rank: int
    ref: str = Field(description="Names the household in every other call; drawn by chance, it says nothing about it.")
    slot: Slot
    slot_sentence: str
    band: Band = Field(description="How soon to look; the score behind it is for nobody who visits.")
    change: Change = Field(description="Since the round before.")
    case: CaseShown | None = Field(description="Null on a past list where the household lives elsewhere now.")
    exclusion: ExclusionShown | None = EXCLUSION


class PlaceShown(_Place):
    """One place on a list, with its strongest reasons."""

    reasons: list[str] = Field(description="Beside what the place is for, the strongest first.")
    against: str | None

    @classmethod
    def of(cls, entry: ListedEntry) -> "PlaceShown":
        why = entry.explanation
        return cls(
            **_place(entry),
            reasons=raising(entry),
            against=why.lowering[0].sentence if why.lowering else None,
        )


class ListShown(Shown):
    """A dong's list of a round, by rank."""

    round: str
    dong_code: str
    entries: list[PlaceShown]


class EntryShown(_Place):
    """One household's place on a list, and everything that speaks for and against it."""

    round: str
    as_of: date
    dong_code: str
    propensity: float = Field(description="The chance of this place, when it was given out.")
    tied_with: int
    household_type: str
    bundle: str
    raising: list[str]
    lowering: list[str]
    unknown: list[str]
    newest_report: date | None

    @classmethod
    def of(cls, entry: ListedEntry) -> "EntryShown":
        why = entry.explanation
        return cls(
            **_place(entry),
            round=entry.round,
            as_of=entry.as_of,
            dong_code=entry.dong_code,
            propensity=entry.propensity,
            tied_with=entry.tied_with,
            household_type=entry.household_type,
            bundle=entry.bundle,
            raising=[reason.sentence for reason in why.raising],
            lowering=[reason.sentence for reason in why.lowering],
            unknown=list(why.unknown),
            newest_report=why.newest_report,
        )


def _place(entry: ListedEntry) -> dict[str, Any]:
    return {
        "rank": entry.rank,
        "ref": entry.ref,
        "slot": entry.slot,
        "slot_sentence": entry.slot_sentence,
        "band": entry.band,
        "change": entry.change,
        "case": entry.case and CaseShown.of(entry.case),
        "exclusion": entry.case and ExclusionShown.of(entry.case.exclusion),
    }


class FieldProblem(Shown):
    where: str
    problem: str


class Problem(Shown):
    """An error as RFC 9457 describes it; it never says back what was sent."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] | None = None
