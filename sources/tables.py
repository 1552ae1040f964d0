"""The tables of a delivery and the core tables they become, each column declared once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from domain.household import Disability, Dwelling, Program, Relation, Sex, Tenure
from domain.outcome import Outcome


class Kind(StrEnum):
    """What a column holds; the core type is Polars' name."""

    HOUSEHOLD = auto()  # provider's household id -> household pseudonym (String)
    PERSON = auto()  # provider's person id -> person pseudonym (String)
    DONG = auto()  # ten-digit code -> the code valid at the delivery's as-of date (String)
    INDICATOR = auto()  # indicator code -> its number in the register (Int16), column `indicator_no`
    CHOICE = auto()  # one of `choices` (String)
    MONTH = auto()  # "YYYY-MM" -> month number (Int32)
    DATE = auto()  # "YYYY-MM-DD" -> day number (Int32)
    ROUND = auto()  # "2026-W47" -> day number of its Monday (Int32)
    COUNT = auto()  # whole number >= 0 (Int32)
    KRW = auto()  # won, whole number >= 0 (Int64)
    SHARE = auto()  # 0 < x <= 1 (Float64)
    FLAG = auto()  # true/false, also 1/0 (Boolean)
    TEXT = auto()  # free text; only in tables that go to the vault


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    nullable: bool = False
    choices: tuple[str, ...] = ()
    may_be_future: bool = False  # months and dates after the as-of date are an error unless this is set


@dataclass(frozen=True)
class Table:
    """``key`` names the columns that may not repeat; ``required`` tables must be in every delivery."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = True

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _choice(name: str, words: type[StrEnum], *, nullable: bool = False) -> Column:
    return Column(name, Kind.CHOICE, nullable, tuple(word.value for word in words))


_HOUSEHOLD = Column("household_id", Kind.HOUSEHOLD)

HOUSEHOLDS = Table(
    "households",
    (
        _HOUSEHOLD,
        Column("dong_code", Kind.DONG),
        _choice("tenure", Tenure, nullable=True),
        _choice("dwelling", Dwelling, nullable=True),
        Column("moved_in_on", Kind.DATE, nullable=True),
        Column("is_address_mismatch", Kind.FLAG),
        Column("has_phone", Kind.FLAG),
    ),
    key=("household_id",),
)
MEMBERS = Table(
    "members",
    (
        _HOUSEHOLD,
        Column("person_id", Kind.PERSON),
        Column("birth_month", Kind.MONTH),
        _choice("sex", Sex),
        _choice("relation", Relation),
        _choice("disability", Disability),
        Column("pregnancy_due_month", Kind.MONTH, nullable=True, may_be_future=True),
        Column("is_foreign", Kind.FLAG),
    ),
    key=("person_id",),
)
INDICATORS = Table(
    "indicators",
    (
        _HOUSEHOLD,
        Column("indicator_code", Kind.INDICATOR),
        Column("observed_month", Kind.MONTH),
        Column("known_at", Kind.DATE),
        Column("months_overdue", Kind.COUNT, nullable=True),
        Column("amount_krw", Kind.KRW, nullable=True),
    ),
    # A provider may report the same month again later, with other figures: both stay, each from its own day on.
    key=("household_id", "indicator_code", "observed_month", "known_at"),
)
BENEFITS = Table(
    "benefits",
    (
        _HOUSEHOLD,
        _choice("program_code", Program),
        Column("from_month", Kind.MONTH),
        Column("to_month", Kind.MONTH, nullable=True, may_be_future=True),
    ),
    key=("household_id", "program_code", "from_month"),
)
OUTCOMES = Table(
    "outcomes",
    (
        _HOUSEHOLD,
        Column("round", Kind.ROUND),
        Column("slot", Kind.CHOICE, choices=("carried_over", "cohort", "safety_net", "referral", "top", "exploration")),
        Column("propensity", Kind.SHARE),
        Column("contacted_at", Kind.DATE, nullable=True),
        _choice("outcome_code", Outcome, nullable=True),
        Column("recorded_at", Kind.DATE, nullable=True),  # the day the outcome was written down
    ),
    key=("household_id", "round"),
    required=False,
)
REQUESTS = Table(
    "requests",
    (
        _HOUSEHOLD,
        # exclusion: the household asked not to be listed. referral: somebody asks the dong to look.
        Column("kind", Kind.CHOICE, choices=("exclusion", "referral")),
        Column(
            "made_by",
            Kind.CHOICE,
            choices=("self", "neighbour", "tongjang", "postal_worker", "meter_reader", "staff", "other"),
        ),
        Column("made_on", Kind.DATE),
        Column("ends_on", Kind.DATE, nullable=True, may_be_future=True),
    ),
    key=("household_id", "kind", "made_on"),
    required=False,
)
PEOPLE = Table(
    "people",
    (
        _HOUSEHOLD,
        Column("name", Kind.TEXT),
        Column("address", Kind.TEXT),
        Column("phone", Kind.TEXT, nullable=True),
    ),
    key=("household_id",),
    required=False,
)

TABLES: Mapping[str, Table] = {
    table.name: table for table in (HOUSEHOLDS, MEMBERS, INDICATORS, BENEFITS, OUTCOMES, REQUESTS, PEOPLE)
}
# Names, addresses and phones never enter core: they go to the vault, keyed by pseudonym.
VAULT_TABLES = frozenset({"people"})
