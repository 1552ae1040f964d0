"""What it takes to declare a feature: its words, its direction, its source and its one definition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

import narwhals as nw

from domain.calendar import day_number, month_number
from domain.indicator import Indicator
from domain.korean import korean_number, won_short


class Family(StrEnum):
    ARREARS = "arrears"
    HEALTH = "health"
    HOUSEHOLD = "household"
    NEIGHBOURHOOD = "neighbourhood"


class Direction(IntEnum):
    """What more of the quantity may do to the risk; the values are LightGBM's monotone constraints."""

    RAISES = 1  # more never lowers it
    LOWERS = -1  # more never raises it
    FREE = 0


class Sensitivity(StrEnum):
    """개인정보 보호법 제23조 names health and disability as sensitive; money owed is treated with the same care."""

    ORDINARY = "ordinary"
    FINANCIAL = "financial"
    HEALTH = "health"


class Unit(StrEnum):
    """A unit, and how a value of it is said in Korean."""

    MONTHS = "months"
    MONTHS_AGO = "months_ago"
    TIMES = "times"
    PERSONS = "persons"
    YEARS = "years"
    KINDS = "kinds"
    AREAS = "areas"
    KRW = "krw"
    MANWON = "manwon"  # 10,000 won, the survey's unit
    RATE = "rate"  # 0 to 1
    FLAG = "flag"
    DAYS = "days"
    M2 = "m2"
    CODE = "code"

    def say(self, value: float) -> str:
        """The value as staff would say it.

        >>> Unit.MONTHS.say(5), Unit.KRW.say(1_234_567), Unit.RATE.say(0.125)
        ('5개월', '약 123만원', '12.5%')
        """
        match self:
            case Unit.KRW:
                return won_short(round(value))
            case Unit.MANWON:
                return won_short(round(value * 10_000))
            case Unit.RATE:
                return f"{value * 100:.1f}%" if value < 2 else f"약 {value:,.0f}배"
            case Unit.MONTHS_AGO:
                return f"{value:.0f}개월 전" if value > 0 else "이번 달"
        suffix = {
            "months": "개월",
            "times": "회",
            "persons": "명",
            "years": "세",
            "kinds": "종",
            "areas": "개",
            "days": "일",
            "m2": "㎡",
        }
        return korean_number(value) + suffix.get(self.value, "")


@dataclass(frozen=True)
class AsOf:
    """The date before which everything must have been known, as the numbers that core tables hold.

    A round has one date for all rows (`on`). Past listings have each their own (`of_each_row`): then the numbers are
    columns, and one pass computes the features of many rounds.
    """

    day: int | nw.Expr
    month: int | nw.Expr

    @classmethod
    def on(cls, day: date) -> "AsOf":
        return cls(day_number(day), month_number(day))

    @classmethod
    def of_each_row(cls) -> "AsOf":
        return cls(nw.col("as_of_day"), nw.col("as_of_month"))


Expression = Callable[[AsOf], nw.Expr]


def always(_: AsOf) -> nw.Expr:
    """Every row counts."""
    return nw.lit(True)


def one(_: AsOf) -> nw.Expr:
    """A row counts as one."""
    return nw.lit(1)


@dataclass(frozen=True)
class Aggregate:
    """One number a household from the rows of a core table: ``how`` over ``value`` of the rows ``where`` holds.

    ``of`` are the indicators whose rows it looks at, none for all rows. A household without such a row gets ``empty``,
    which must not change the result where there is one (nothing is below it under "max" or above it under "min"; 0
    under "sum"), or None for unknown.
    """

    table: str
    how: str  # "max", "min" or "sum"
    where: Expression = always
    value: Expression = one
    empty: int | None = 0
    of: tuple[Indicator, ...] = ()

    @property
    def per_kind(self) -> tuple[object, ...]:
        """What is the same for aggregates that differ only in the indicators they look at."""
        return (self.how, self.where, self.value, self.empty)

    def of_any_row(self, as_of: AsOf) -> nw.Expr:
        """The number that a row of any indicator adds."""
        if not self.of:
            return self.of_own_row(as_of)
        is_own = nw.col("indicator_no").is_in([known.number for known in self.of])
        return self._counted(is_own & self.where(as_of), as_of)

    def of_own_row(self, as_of: AsOf) -> nw.Expr:
        """The number that a row adds which is known to be of its indicators."""
        return self._counted(self.where(as_of), as_of)

    def _counted(self, condition: nw.Expr, as_of: AsOf) -> nw.Expr:
        # Rows that do not count carry `empty`: columns without nulls aggregate in two thirds of the time.
        counted = nw.when(condition).then(self.value(as_of))
        return counted if self.empty is None else counted.otherwise(nw.lit(self.empty))


@dataclass(frozen=True)
class Derived:
    """A number from the household's own columns and its aggregates (not from other derived features)."""

    value: Expression


@dataclass(frozen=True)
class AreaRate:
    """The share (0-1) of the dong's households whose feature ``of`` is above zero, given to each of them."""

    of: str


@dataclass(frozen=True)
class Feature:
    """One feature: declared here, used by training, the weekly run, the single household and the cluster alike.

    ``present_ko`` is said when the value is something, ``absent_ko`` when it is ``nothing`` (an empty sentence is never
    said), ``negative_ko`` of the size of a value below zero; all may hold ``{value}``. ``indicators`` are the codes it
    needs: while one of them is not yet collected the value is unknown (null), which is not the same as none.
    ``may_be_unknown`` says that null is worth telling (elsewhere it means that the question does not arise). A helper
    is computed but neither stored nor learned; what ``is_learned`` denies is stored for the list (a due date, a
    reachability) and never shown to the model.
    """

    name: str
    label_ko: str
    unit: Unit
    family: Family
    theme: str
    measure: Aggregate | Derived | AreaRate
    direction: Direction = Direction.FREE
    sensitivity: Sensitivity = Sensitivity.ORDINARY
    present_ko: str = ""
    absent_ko: str = ""
    negative_ko: str = ""
    nothing: float = 0
    indicators: tuple[str, ...] = ()
    may_be_unknown: bool = False
    is_learned: bool = True
    is_helper: bool = False

    def sentence(self, value: float | None) -> str:
        """What can be said aloud about this value; empty where there is nothing to say or nothing is known."""
        if value is None or value != value:
            return ""
        if value == self.nothing:
            template = self.absent_ko
        elif value < 0 and self.negative_ko:
            template, value = self.negative_ko, -value
        else:
            template = self.present_ko
        return template.format(value=self.unit.say(value)) if template else ""
