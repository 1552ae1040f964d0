"""How survey features are written down: short forms that the theme files of the survey catalogue share."""

from collections.abc import Callable, Iterable
from functools import partial, reduce
from operator import add

import narwhals as nw

from features.declaration import AsOf, Derived, Feature

# Incomes of nothing and below would make ratios jump; a million won a year stands for all of them (10,000 won).
LEAST_INCOME_MANWON = 100


def as_reported(column: str) -> Derived:
    """The column of the household frame as it stands."""
    return from_columns(lambda: nw.col(column))


def from_columns(value: Callable[[], nw.Expr]) -> Derived:
    """A number from columns of the household frame; the survey is of one date, so it needs none."""
    return Derived(lambda _: value())


def flag(condition: Callable[[], nw.Expr]) -> Derived:
    """1 where it holds and 0 where it does not, or where it is not known whether."""
    return from_columns(lambda: nw.when(condition()).then(nw.lit(1)).otherwise(nw.lit(0)))


def total(columns: Iterable[str]) -> nw.Expr:
    """The sum of columns; what is not known adds nothing."""
    return reduce(add, (nw.col(column).fill_null(0) for column in columns))


def total_of(columns: tuple[str, ...]) -> Derived:
    """The sum of columns; what is not known adds nothing."""
    return from_columns(lambda: total(columns))


def count_of(flags: tuple[Feature, ...]) -> Derived:
    """How many of the flags stand, one point each, no weights."""

    def points(as_of: AsOf) -> nw.Expr:
        values = (flag.measure.value(as_of) for flag in flags if isinstance(flag.measure, Derived))
        return reduce(add, (value.fill_null(0) for value in values))

    return Derived(points)


def per(part: str, whole: str) -> Derived:
    """``part`` for each unit of ``whole``, which counts as one where it is less."""
    return from_columns(lambda: nw.col(part) / nw.col(whole).clip(lower_bound=1))


def share_of_income(*parts: str, times: int = 1) -> Derived:
    """``parts`` in a year (``times`` 12 for monthly amounts) as a share of the household's income before tax."""
    income = nw.col("income_admin")
    return from_columns(lambda: total(parts) * times / income.clip(lower_bound=LEAST_INCOME_MANWON))


def equivalised(*columns: str) -> nw.Expr:
    """A household amount over the square root of its size, the usual equivalence scale."""
    return reduce(add, (nw.col(column) for column in columns)) / nw.col("hh_size").cast(nw.Float64).sqrt()


def about(**shared: object) -> Callable[..., Feature]:
    """`Feature` with what a group of features has in common already said."""
    return partial(Feature, **shared)  # type: ignore[arg-type]
