"""Benefits in payment: who receives what since when."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.household import HouseholdType, Program, Tenure
from sources.synthetic.hardship import Homes
from sources.synthetic.population import ELDER_MONTHS, TYPES, Flags, Floats, Households, Ints

PROGRAMS = tuple(Program)
NO_END = -1

# Odds of basic livelihood support by household type: two thirds of the households in it live alone
# (Ministry of Health and Welfare, 2023).
_LIVELIHOOD_PULL = {
    HouseholdType.SINGLE_ELDER: 1.15,
    HouseholdType.SINGLE_WORKING_AGE: 0.25,
    HouseholdType.SINGLE_PARENT: 1.1,
    HouseholdType.GRANDPARENT: 0.9,
    HouseholdType.ELDER_ONLY: 0.1,
    HouseholdType.WITH_CHILDREN: -0.9,
    HouseholdType.OTHER: -0.5,
}
_LIVELIHOOD_BASE = -2.75
# Share of the receiving households that each of the four programmes reaches.
_LIVELIHOOD_PARTS = {Program.LIVELIHOOD: 0.62, Program.MEDICAL: 0.56, Program.HOUSING: 0.86}
_CASE_PULL = {
    HouseholdType.SINGLE_ELDER: 5.6,
    HouseholdType.SINGLE_WORKING_AGE: 0.54,
    HouseholdType.SINGLE_PARENT: 19.0,
    HouseholdType.GRANDPARENT: 4.0,
    HouseholdType.ELDER_ONLY: 0.6,
    HouseholdType.WITH_CHILDREN: 0.6,
    HouseholdType.OTHER: 0.45,
}
_CASE_RATE = 0.003


def case_pull(types: Ints) -> Floats:
    """How much likelier than average a household of that type enters case management, need being equal."""
    return np.array([_CASE_PULL[kind] for kind in TYPES], dtype=np.float32)[types]


@dataclass(frozen=True)
class Benefits:
    """One entry a spell of payment; months count from the delivery's first observed month (0), negative before it."""

    household: Ints
    program: Ints
    from_month: Ints
    to_month: Ints  # last month paid, `NO_END` while in payment

    @classmethod
    def joined(cls, parts: Sequence["Benefits"]) -> "Benefits":
        """One table of all spells; of two of the same household and programme that begin together, the first stays."""
        columns = [
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("household", "program", "from_month", "to_month")
        ]
        order = np.lexsort((columns[2], columns[1], columns[0]))
        household, program, begin, end = (column[order] for column in columns)
        is_new = np.ones(len(household), dtype=np.bool_)
        is_new[1:] = (np.diff(household) != 0) | (np.diff(program) != 0) | (np.diff(begin) != 0)
        return cls(household[is_new], program[is_new], begin[is_new], end[is_new])

    def held(self, programs: Sequence[Program], *, month: int, households: int) -> Flags:
        """Per household: does it receive any of ``programs`` in ``month``?"""
        is_wanted = np.isin(self.program, [PROGRAMS.index(program) for program in programs])
        is_running = (self.from_month <= month) & ((self.to_month == NO_END) | (self.to_month >= month))
        return np.bincount(self.household[is_wanted & is_running], minlength=households) > 0


def _spell(household: Ints, program: Program, begin: Ints, end: Ints | None = None) -> Benefits:
    number = np.full(len(household), PROGRAMS.index(program))
    return Benefits(household, number, begin, np.full(len(household), NO_END) if end is None else end)


def _past_starts(count: int, *, last: int, mean_months: float, rng: np.random.Generator) -> Ints:
    return last - np.floor(rng.exponential(mean_months, count)).astype(np.int64)


def draw_benefits(
    households: Households, homes: Homes, frailty: Floats, *, months: int, rng: np.random.Generator
) -> Benefits:
    """What households receive apart from what past listings brought; about 7 % are on basic livelihood support."""
    everyone = np.arange(len(households))
    last = months - 1
    pull = np.array([_LIVELIHOOD_PULL[kind] for kind in TYPES])[households.type]
    logit = _LIVELIHOOD_BASE + pull + 0.9 * frailty + 0.9 * homes.is_tenure(Tenure.PUBLIC_RENTAL)
    logit = logit + 0.6 * households.has_severe_disability - 1.2 * homes.is_tenure(Tenure.OWN)
    receives = everyone[rng.random(len(everyone)) < 1 / (1 + np.exp(-logit))]
    parts = [*_livelihood(households, receives, last=last, rng=rng)]
    poor = np.setdiff1d(everyone[rng.random(len(everyone)) < 0.55 / (1 + np.exp(-logit))], receives)
    parts.append(_spell(poor, Program.NEAR_POVERTY, _past_starts(len(poor), last=last, mean_months=34, rng=rng)))
    parts += _by_age(households, frailty, last=last, rng=rng)
    parts += _by_situation(households, frailty, receives, last=last, rng=rng)
    return Benefits.joined(parts)


def _livelihood(households: Households, receives: Ints, *, last: int, rng: np.random.Generator) -> list[Benefits]:
    begin = _past_starts(len(receives), last=last, mean_months=52, rng=rng)
    # A fiftieth lost it some time ago: their lives go on without.
    is_over = rng.random(len(receives)) < 0.02
    end = np.where(is_over, np.maximum(begin + 1, last - rng.integers(1, 18, len(receives))), NO_END)
    end = np.where(end > last, NO_END, end)
    parts = []
    # The housing part comes without a draw where no other part did, so that nobody receives nothing.
    has_other = np.zeros(len(receives), dtype=np.bool_)
    for program, share in _LIVELIHOOD_PARTS.items():
        has = rng.random(len(receives)) < share
        if program is Program.HOUSING:
            has |= ~has_other
        has_other |= has
        parts.append(_spell(receives[has], program, begin[has], end[has]))
    has_pupil = (households.children[receives] > 0) & (households.youngest_months[receives] >= 7 * 12)
    parts.append(_spell(receives[has_pupil], Program.EDUCATION, begin[has_pupil], end[has_pupil]))
    return parts


def _by_age(households: Households, frailty: Floats, *, last: int, rng: np.random.Generator) -> list[Benefits]:
    """Basic pension reaches two thirds of those of 65 or more, the child allowance nearly every child under eight."""
    over = households.oldest_months - ELDER_MONTHS
    takes = np.flatnonzero((over >= 0) & (rng.random(len(over)) < 1 / (1 + np.exp(-(0.75 + 0.7 * frailty)))))
    child = np.flatnonzero((households.youngest_months < 96) & (rng.random(len(over)) < 0.97))
    begin = last - households.youngest_months[child]
    end = begin + 95
    return [
        _spell(takes, Program.BASIC_PENSION, last - np.minimum(over[takes], 148)),
        _spell(child, Program.CHILD_ALLOWANCE, begin, end),
    ]


def _by_situation(
    households: Households, frailty: Floats, receives: Ints, *, last: int, rng: np.random.Generator
) -> list[Benefits]:
    count = len(households)
    is_poor = rng.random(count) < 1 / (1 + np.exp(-(-1.2 + frailty)))
    disabled = np.flatnonzero(households.has_severe_disability & is_poor)
    lone = np.flatnonzero(households.is_type(HouseholdType.SINGLE_PARENT) & (rng.random(count) < 0.45))
    aided = np.flatnonzero(rng.random(count) < 0.012 * np.exp(0.5 * frailty))
    aid_begin = rng.integers(0, last + 1, len(aided))
    cases = np.flatnonzero(rng.random(count) < _CASE_RATE * case_pull(households.type) * np.exp(0.4 * frailty))
    case_begin, case_end = draw_case_spells(rng.integers(-6, last + 1, len(cases)), last=last, rng=rng)
    voucher = receives[(households.oldest_months[receives] >= ELDER_MONTHS) | households.has_disability[receives]]
    parts = [
        _spell(disabled, Program.DISABILITY_ALLOWANCE, _past_starts(len(disabled), last=last, mean_months=70, rng=rng)),
        _spell(lone, Program.SINGLE_PARENT, _past_starts(len(lone), last=last, mean_months=30, rng=rng)),
        _spell(aided, Program.EMERGENCY_AID, aid_begin, _ended(aid_begin + rng.integers(0, 3, len(aided)), last)),
        _spell(cases, Program.CASE_MANAGEMENT, case_begin, case_end),
    ]
    # The energy voucher is paid from autumn to spring; one spell a winter would say no more than one over all of it.
    parts.append(
        _spell(voucher, Program.ENERGY_VOUCHER, _past_starts(len(voucher), last=last, mean_months=24, rng=rng))
    )
    return parts


def _ended(end: Ints, last: int) -> Ints:
    return np.where(end >= last, NO_END, end)


def draw_case_spells(begin: Ints, *, last: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """First and last months of case management: six months, a fifth of them extended by six (Goyang 2022)."""
    length = np.where(rng.random(len(begin)) < 0.2, 11, 5) + rng.integers(-1, 1, len(begin))
    return begin, _ended(begin + length, last)
