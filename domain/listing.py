"""A dong's weekly list: the places on it, what each is for, and why a household has it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REASONS_SHOWN = 3  # beside what the place is for, wherever people see an entry: pages, files, API and terminal


class Slot(StrEnum):
    """What a place is for, in the order in which places are given out."""

    CARRIED_OVER = "carried_over"  # listed before and not yet contacted
    COHORT = "cohort"  # a life stage is due: 65 or 70, pregnancy from week 20, an infant
    SAFETY_NET = "safety_net"  # one grave report, or three listings without help
    REFERRAL = "referral"  # somebody asked the dong to look
    TOP = "top"  # highest score
    EXPLORATION = "exploration"  # drawn by chance


class Band(StrEnum):
    """The calibrated probability as people see it; thresholds are policy."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Reason:
    """One sentence that can be said aloud, and how much its theme moves the raw score (log-odds; never shown)."""

    theme: str
    sentence: str
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """Why a score is what it is: what raises it, what lowers it, what is not known, how old the data is."""

    raising: tuple[Reason, ...]
    lowering: tuple[Reason, ...]
    unknown: tuple[str, ...]
    newest_report: date | None  # first day of the month of the newest report; None where nothing was reported
    has_reports: bool = True  # false where the data knows no reports at all (a survey), so that none means nothing


@dataclass(frozen=True)
class Entry:
    """One household's place on one dong's list of one round.

    ``propensity`` is the chance the household had in its slot, given the places before it: 1 for every rule, less where
    equals were drawn for the last place, and places over pool for exploration. ``tied_with`` counts other households
    of the dong with the very same score.
    """

    round: str
    dong_code: str
    rank: int
    household_id: str
    slot: Slot
    slot_sentence: str
    propensity: float
    raw_score: float
    probability: float
    band: Band
    tied_with: int
    household_type: str
    bundle: str
    explanation: Explanation
