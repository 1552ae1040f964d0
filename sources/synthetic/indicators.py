"""Crisis indicators as providers would report them: spells that begin by hardship and chance, month by month, late."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.calendar import day_number, month_number, month_start
from domain.indicator import Indicator, IndicatorKind
from sources.reference import indicators
from sources.synthetic.hardship import BURN_IN_MONTHS, Hardship, Homes
from sources.synthetic.population import Flags, Floats, Households, Ints
from sources.synthetic.registers import CUT_OFFS, REGISTERS, SURGE, Driver, Register, applicable

NONE = -1
# exp(w * hardship - shift): the shift keeps the national mean of a driver's weight near 1.
_DRIVERS: dict[Driver, tuple[float, float, float, float]] = {
    Driver.MONEY: (1.20, 0.0, 0.0, 0.75),
    Driver.WORK: (0.40, 0.0, 0.25, 0.15),
    Driver.BODY: (0.0, 0.80, 0.0, 0.30),
    Driver.DISTRESS: (0.55, 0.35, 0.30, 0.42),
}
_LARGEST_WEIGHT = 40.0
# Three of a hundred reported months come again later with another amount.
_RESTATED_RATE = 0.03
_PROMPT_DAYS, _LATE_DAYS, _LATE_RATE = 4.0, 40.0, 0.08


@dataclass(frozen=True)
class Window:
    """What a delivery can hold: ``months`` observed months from ``first_month`` on, known by ``as_of_day``."""

    first_month: int
    months: int
    as_of_day: int
    surge_month: int | None = None

    def month_ends(self) -> NDArray[np.int64]:
        """The day number after each observed month's last day."""
        return np.array([day_number(month_start(self.first_month + month + 1)) for month in range(self.months)])

    def months_of(self, days: Ints) -> Ints:
        """The month of each day number, counted from the first month."""
        since_1970 = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return np.asarray(since_1970 + 1970 * 12 - self.first_month)


@dataclass(frozen=True)
class Reports:
    """One entry a report; ``month`` counts from the window's first."""

    household: Ints
    indicator_no: Ints
    month: Ints
    known_day: Ints
    months_overdue: Ints  # NONE where the register gives none
    amount_krw: Ints  # NONE where the register gives none

    @classmethod
    def joined(cls, parts: list["Reports"]) -> "Reports":
        names = tuple(cls.__dataclass_fields__)
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        order = np.lexsort((columns["known_day"], columns["month"], columns["indicator_no"], columns["household"]))
        return cls(**{name: column[order] for name, column in columns.items()})

    def where(self, keep: Flags | Ints) -> "Reports":
        return Reports(**{name: getattr(self, name)[keep] for name in self.__dataclass_fields__})


def _driver_weights(hardship: Hardship) -> dict[Driver, Floats]:
    weights: dict[Driver, Floats] = {}
    for driver, (money, body, blow, shift) in _DRIVERS.items():
        exponent = np.float32(-shift) + np.float32(money) * hardship.economic
        if body:
            exponent += np.float32(body) * hardship.health
        if blow:
            exponent += np.float32(blow) * hardship.shock
        weights[driver] = np.minimum(np.exp(exponent), np.float32(_LARGEST_WEIGHT))
    weights[Driver.CHANCE] = np.ones_like(hardship.economic)
    return weights


def _season(register: Register, window: Window) -> Floats:
    """Factor on onsets for each simulated month, highest in January where ``winter`` is positive."""
    months = window.first_month - BURN_IN_MONTHS + np.arange(BURN_IN_MONTHS + window.months)
    return (1 + register.winter * np.cos(2 * np.pi * (months % 12) / 12)).astype(np.float32)


def _draw_cells(weights: Floats, rate: float, rng: np.random.Generator) -> Ints:
    """Flat places drawn with mean ``rate * weight`` each; a place drawn twice counts twice."""
    edges = np.cumsum(weights, dtype=np.float64)
    if not len(edges):
        return np.empty(0, dtype=np.int64)
    drawn = np.sort(rng.random(rng.poisson(rate * edges[-1]))) * edges[-1]
    return np.asarray(np.minimum(np.searchsorted(edges, drawn, side="right"), len(edges) - 1))


@dataclass(frozen=True)
class _Spells:
    household: Ints
    start: Ints  # month of the window, negative before it
    length: Ints
    elapsed: Ints  # months the spell had already lasted at ``start``

    def apart(self) -> "_Spells":
        """Without spells that begin before an earlier one of the same household is over, or in the month after."""
        order = np.lexsort((self.start, self.household))
        household, start, length = self.household[order], self.start[order], self.length[order]
        base = household * 10_000 + start + 1_000
        reach = np.maximum.accumulate(base + length)
        is_free = np.ones(len(base), dtype=np.bool_)
        is_free[1:] = base[1:] > reach[:-1]
        keep = order[is_free]
        return _Spells(self.household[keep], self.start[keep], self.length[keep], self.elapsed[keep])


def _draw_spells(
    register: Register,
    who: Ints,
    weights: Floats,
    season: Floats,
    *,
    rate: float,
    rng: np.random.Generator,
    from_month: int = -BURN_IN_MONTHS,
) -> _Spells:
    """Spells of the households ``who`` that are running in ``from_month`` or begin later."""
    rows, factor = len(season), season.copy()
    first = max(0, from_month + BURN_IN_MONTHS)
    # What is running in the first month: a stock of rate times mean length.
    factor[first] *= np.float32(register.run_months)
    factor[:first] = 0.0
    cells = weights[:rows, who] * factor[:, None]
    flat = _draw_cells(cells.ravel(), rate, rng)
    row, column = np.divmod(flat, max(1, len(who)))
    length = (
        rng.geometric(1 / register.run_months, len(flat))
        if register.run_months > 1
        else np.ones(len(flat), dtype=np.int64)
    )
    elapsed = np.zeros(len(flat), dtype=np.int64)
    if register.run_months > 1:
        # What runs at the very start began some time before; a later first month is a rise, and rises begin new.
        elapsed = np.where(row == 0, rng.geometric(1 / register.run_months, len(flat)) - 1, 0)
    return _Spells(who[column], row - BURN_IN_MONTHS, length + (register.reports_from - 1), elapsed)


def _reported_months(spells: _Spells, register: Register, window: Window) -> tuple[Ints, Ints, Ints]:
    """Household, month and month of the spell, for months the register reports and the delivery can hold."""
    within = np.arange(spells.length.sum()) - np.repeat(np.cumsum(spells.length) - spells.length, spells.length)
    household = np.repeat(spells.household, spells.length)
    month = np.repeat(spells.start, spells.length) + within
    count = np.repeat(spells.elapsed, spells.length) + within + 1
    keep = (count >= register.reports_from) & (month >= 0) & (month < window.months)
    return household[keep], month[keep], count[keep]


def _amounts(
    indicator: Indicator, register: Register, household: Ints, count: Ints, size: Floats, rng: np.random.Generator
) -> Ints:
    if not indicator.has_amount:
        return np.full(len(household), NONE)
    monthly = register.amount * size[household] * np.exp(0.15 * rng.standard_normal(len(household)))
    owed = monthly * count if indicator.kind is IndicatorKind.ARREARS else monthly
    return np.asarray(np.maximum(10, np.rint(owed / 10).astype(np.int64) * 10))


def _known_days(indicator: Indicator, month: Ints, window: Window, rng: np.random.Generator) -> Ints:
    """The day a report arrives: month's end, the register's lag, a few days, and now and then many."""
    delay = rng.exponential(_PROMPT_DAYS, len(month))
    delay += (rng.random(len(month)) < _LATE_RATE) * rng.exponential(_LATE_DAYS, len(month))
    return np.asarray(window.month_ends()[month] + indicator.lag_days + delay.astype(np.int64))


def _reports(
    indicator: Indicator,
    household: Ints,
    month: Ints,
    count: Ints,
    amount: Ints,
    window: Window,
    rng: np.random.Generator,
) -> Reports:
    overdue = count if indicator.kind is IndicatorKind.ARREARS else np.full(len(count), NONE)
    number = np.full(len(household), indicator.number)
    known = _known_days(indicator, month, window, rng)
    made = Reports(household, number, month, known, overdue, amount)
    if indicator.known_since is not None:
        made = made.where(made.month + window.first_month >= month_number(indicator.known_since))
    return made


def _restated(reports: Reports, rng: np.random.Generator) -> Reports:
    """The same months again, some weeks later, with a corrected amount."""
    picked = reports.where((reports.amount_krw != NONE) & (rng.random(len(reports.month)) < _RESTATED_RATE))
    factor = rng.uniform(0.7, 1.2, len(picked.month))
    later = picked.known_day + 14 + rng.integers(0, 45, len(picked.month))
    amount = np.maximum(10, np.rint(picked.amount_krw * factor / 10).astype(np.int64) * 10)
    return Reports(picked.household, picked.indicator_no, picked.month, later, picked.months_overdue, amount)


def draw_reports(
    households: Households, homes: Homes, hardship: Hardship, *, window: Window, rng: np.random.Generator
) -> Reports:
    """Every report about a district's months, also those that will only become known after the as-of date."""
    weights = _driver_weights(hardship)
    # Bills grow with the household and differ between homes; the same household's bills are alike.
    size = (0.6 + 0.2 * households.size) * np.exp(0.35 * rng.standard_normal(len(households)))
    parts: list[Reports] = []
    arrears: dict[str, tuple[Ints, Ints, Ints]] = {}
    for indicator in indicators():
        if indicator.code in CUT_OFFS:
            continue
        register = REGISTERS[indicator.code]
        who = np.flatnonzero(applicable(register.applies, households, homes))
        spells = _spells_with_surge(indicator.code, register, who, weights[register.driver], window, rng)
        months = _reported_months(spells, register, window)
        arrears[indicator.code] = months
        amount = _amounts(indicator, register, months[0], months[2], size.astype(np.float32), rng)
        parts.append(_reports(indicator, *months, amount, window, rng))
    parts += _cut_offs(arrears, window, rng)
    parts.append(_restated(Reports.joined(parts), rng))
    return Reports.joined(parts)


def _spells_with_surge(
    code: str, register: Register, who: Ints, weights: Floats, window: Window, rng: np.random.Generator
) -> _Spells:
    rate = 2.3 * register.yearly / 12_000
    season = _season(register, window)
    spells = _draw_spells(register, who, weights, season, rate=rate, rng=rng)
    if window.surge_month is not None and code in SURGE:
        # Arrears begin to be reported some months late: the rise begins earlier by as many.
        begin = window.surge_month - window.first_month - (register.reports_from - 1)
        extra = rate * (SURGE[code] - 1)
        more = _draw_spells(register, who, weights, season, rate=extra, rng=rng.spawn(1)[0], from_month=begin)
        spells = _Spells(
            np.concatenate((spells.household, more.household)),
            np.concatenate((spells.start, more.start)),
            np.concatenate((spells.length, more.length)),
            np.concatenate((spells.elapsed, more.elapsed)),
        )
    return spells.apart()


def _cut_offs(arrears: dict[str, tuple[Ints, Ints, Ints]], window: Window, rng: np.random.Generator) -> list[Reports]:
    parts = []
    for indicator in indicators():
        if indicator.code not in CUT_OFFS:
            continue
        rule = CUT_OFFS[indicator.code]
        household, month, count = arrears[rule.arrears]
        hit = np.flatnonzero((count >= rule.after_months) & (rng.random(len(count)) < rule.chance))
        nothing = np.full(len(hit), NONE)
        parts.append(_reports(indicator, household[hit], month[hit], nothing, nothing, window, rng))
    return parts
