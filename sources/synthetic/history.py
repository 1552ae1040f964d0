"""Past rounds: each week a rule lists households dong by dong on what was known then, and some are contacted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from domain.calendar import Round, day_number, month_number
from domain.household import BASIC_LIVELIHOOD, Program
from domain.outcome import Outcome
from sources.reference import indicators
from sources.synthetic.benefits import NO_END, Benefits, draw_case_spells
from sources.synthetic.indicators import NONE, Reports, Window
from sources.synthetic.outcomes import OUTCOMES, draw_record_delays
from sources.synthetic.population import Flags, Floats, Households, Ints
from sources.synthetic.requests import Requests

SLOTS = ("carried_over", "cohort", "safety_net", "referral", "top", "exploration")
_CARRIED_OVER, _COHORT, _SAFETY_NET, _REFERRAL, _TOP, _EXPLORATION = range(len(SLOTS))

# A report counts for two months after it became known: as long as a national round lasts.
CURRENT_WEEKS = 9
COOL_DOWN_WEEKS = 9
# 3 to 4 % of those with an indicator are listed in a round.
LISTED_SHARE = 0.0355
EXPLORATION_SHARE = 0.10  # of the places, unless another share is asked for
_DUE_LISTED = 0.012  # of the households in a life stage, the share that is due in a given week
# Households with an indicator are likelier to be drawn by chance than those without.
_KNOWN_DRAW_WEIGHT = 2.0
_NOT_CONTACTED, _CARRIED_ON = 0.07, 0.6
_RULE_NOISE = 0.7
_DEPRIVED_PLACES = 0.35  # central selection gives a deprived dong more than its share
# An entry that nobody acted on waits as long as the product's list carries it over, then may be listed again.
_WAITING_WEEKS = 4
_LIVELIHOOD = OUTCOMES.index(Outcome.BASIC_LIVELIHOOD)
_CASES = tuple(OUTCOMES.index(case) for case in (Outcome.CASE_MANAGEMENT, Outcome.CASE_MANAGEMENT_DIFFICULT))
_FOR_GOOD = 1_000_000
_GRAVE = ("gas_shutoff", "water_shutoff", "electricity_shutoff", "self_harm_emergency_visit", "suicide_risk_managed")
_RULE_WEIGHTS = {"arrears": 1.0, "event": 0.8, "status": 0.5}


@dataclass(frozen=True)
class Listings:
    """One entry a listing; days are day numbers, NONE where nothing is recorded."""

    household: Ints
    week: Ints
    slot: Ints
    propensity: NDArray[np.float64]
    contacted_day: Ints
    outcome: Ints
    recorded_day: Ints
    case_end_month: Ints  # last month of the case management that an outcome brings, `NO_END` while it runs


def past_rounds(as_of: date, weeks: int) -> tuple[Round, ...]:
    """The last ``weeks`` rounds that began before ``as_of``, oldest first."""
    last = Round.of(as_of)
    if last.as_of == as_of:
        last = last.plus_weeks(-1)
    return tuple(last.plus_weeks(-back) for back in range(weeks - 1, -1, -1))


def _known_scores(reports: Reports, households: int, mondays: Ints) -> tuple[Floats, Floats]:
    """The rule's points, and the part of them from grave indicators, a row a round and a column a household."""
    weeks = len(mondays)
    # The first round that may use a report is the one whose Monday comes after the day it became known. A negative week
    # lies before the first round, in which the report may still count.
    begin = (reports.known_day - mondays[0]) // 7 + 1
    is_used = (begin > -CURRENT_WEEKS) & (begin < weeks)
    household, number, begin = reports.household[is_used], reports.indicator_no[is_used], begin[is_used]
    overdue = np.maximum(reports.months_overdue[is_used], 0)
    order = np.lexsort((begin, number, household))
    household, number, begin, overdue = household[order], number[order], begin[order], overdue[order]
    # One indicator counts once, however often it is reported: each report holds until the next one of its kind.
    is_same = (np.diff(household) == 0) & (np.diff(number) == 0)
    end = begin + CURRENT_WEEKS
    end[:-1] = np.where(is_same, np.minimum(end[:-1], begin[1:]), end[:-1])
    kinds = {register.number: _RULE_WEIGHTS[register.kind] for register in indicators()}
    grave = [register.number for register in indicators() if register.code in _GRAVE]
    points = np.array([kinds.get(n, 0.0) for n in range(max(kinds) + 1)])[number] + 0.06 * np.minimum(overdue, 12)
    is_grave = np.isin(number, grave)
    return (
        _spread(household, begin, end, points, (weeks, households)),
        _spread(household[is_grave], begin[is_grave], end[is_grave], points[is_grave], (weeks, households)),
    )


def _spread(household: Ints, begin: Ints, end: Ints, points: Floats, shape: tuple[int, int]) -> Floats:
    """Sums of ``points`` over the half-open weeks ``begin`` to ``end``."""
    weeks, households = shape
    steps = np.zeros((weeks + 1) * households, dtype=np.float32)
    np.add.at(steps, np.clip(begin, 0, weeks) * households + household, points)
    np.subtract.at(steps, np.clip(end, 0, weeks) * households + household, points)
    summed = np.cumsum(steps.reshape(weeks + 1, households), axis=0, dtype=np.float32)[:weeks]
    # Adding and taking away leaves dust where nothing counts any more.
    summed[summed < 1e-3] = 0.0
    return summed


def _life_stage(households: Households, month_before_as_of: int) -> Flags:
    """Turning 65 or 70, late in a pregnancy, or with an infant, so many months before the as-of date."""
    head = households.head_age_months - month_before_as_of
    youngest = households.youngest_months - month_before_as_of
    is_turning = np.isin(head // 12, (65, 70)) & (head % 12 < 2)
    return np.asarray(
        is_turning | ((youngest >= 0) & (youngest < 3)) | (households.is_expecting & (month_before_as_of < 3))
    )


@dataclass(frozen=True)
class _Week:
    """What one round can see, and what nobody can: the outcome a contact would have."""

    number: int
    month: int
    monday: int
    score: Floats
    grave: Floats
    is_open: Flags
    is_referred: Flags
    is_due: Flags
    outcome: NDArray[np.int8]


def _places(pool: Flags, households: Households, dongs: int, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Places of each dong in one round, and their mean before rounding by chance."""
    waiting = np.bincount(households.dong[pool], minlength=dongs)
    first = np.searchsorted(households.dong, np.arange(dongs))
    extra = np.exp(_DEPRIVED_PLACES * np.minimum(households.deprivation[first], 2.0))
    # Held to the district's total, so that its deprived dongs gain what the others lose.
    mean = LISTED_SHARE * waiting * extra * waiting.sum() / max(1e-9, float((waiting * extra).sum()))
    return np.floor(mean + rng.random(dongs)).astype(np.int64), mean


def _top_of_each_dong(priority: Floats, candidates: Ints, dong: Ints, places: Ints) -> Ints:
    """The candidates with the highest priority, as many in each dong as it has places."""
    order = np.lexsort((-priority[candidates], dong[candidates]))
    ranked = candidates[order]
    start = np.searchsorted(dong[ranked], np.arange(len(places)))
    rank = np.arange(len(ranked)) - start[dong[ranked]]
    return ranked[rank < places[dong[ranked]]]


def _draw_by_chance(
    is_open: Flags, pool: Flags, households: Households, expected: Floats, rng: np.random.Generator
) -> tuple[Ints, NDArray[np.float64]]:
    """Each open household by its own coin: the coin's chance is the propensity, exactly.

    ``expected`` is the mean number of draws of each dong.
    """
    dongs = len(expected)
    weight = np.where(pool, _KNOWN_DRAW_WEIGHT, 1.0) * is_open
    total = np.bincount(households.dong, weights=weight, minlength=dongs)
    chance = np.minimum(weight * (expected / np.maximum(total, 1.0))[households.dong], 1.0)
    drawn = np.flatnonzero(rng.random(len(chance)) < chance)
    return drawn, chance[drawn]


class _Desk:
    """The past rule, and what it keeps in mind from round to round."""

    def __init__(
        self,
        households: Households,
        dongs: int,
        window: Window,
        *,
        exploration_share: float,
        rng: np.random.Generator,
        results_rng: np.random.Generator,
    ) -> None:
        self.households, self.dongs, self.window = households, dongs, window
        self.exploration_share, self.rng, self.results_rng = exploration_share, rng, results_rng
        self.free_from = np.zeros(len(households), dtype=np.int64)
        self.supported_until = np.full(len(households), NONE, dtype=np.int64)
        self.carried = np.empty(0, dtype=np.int64)
        self.parts: list[Listings] = []

    def list_round(self, week: _Week) -> None:
        """Carried over first, then what the rule ranks highest in each dong, then places by chance."""
        carried = self.carried
        is_open = week.is_open & (self.free_from <= week.number) & (self.supported_until < week.month)
        is_open[carried] = False
        pool = week.score > 0
        places, mean = _places(pool, self.households, self.dongs, self.rng)
        listed, slot = self._by_rule(week, is_open, pool, places)
        is_open[listed] = False
        drawn, chance = _draw_by_chance(is_open, pool, self.households, self.exploration_share * mean, self.rng)
        new = np.concatenate((listed, drawn))
        new_slot = np.concatenate((slot, np.full(len(drawn), _EXPLORATION)))
        missed = self.rng.random(len(new)) < _NOT_CONTACTED
        self._note(
            week, carried, np.full(len(carried), _CARRIED_OVER), np.ones(len(carried)), np.zeros(len(carried), np.bool_)
        )
        self._note(week, new, new_slot, np.concatenate((np.ones(len(listed)), chance)), missed)
        # Nobody came by in their week: most stay on for the next one, the others drop out.
        self.carried = new[missed][self.rng.random(int(missed.sum())) < _CARRIED_ON]

    def _by_rule(self, week: _Week, is_open: Flags, pool: Flags, places: Ints) -> tuple[Ints, Ints]:
        noisy = week.score + np.float32(_RULE_NOISE) * self.rng.standard_normal(len(week.score), dtype=np.float32)
        priority = noisy + 100 * week.is_due + 200 * week.is_referred + 300 * (week.grave > 0)
        candidates = np.flatnonzero(is_open & (pool | week.is_due | week.is_referred))
        by_rule = np.floor(places * (1 - self.exploration_share) + self.rng.random(self.dongs)).astype(np.int64)
        listed = _top_of_each_dong(priority, candidates, self.households.dong, by_rule)
        because = [week.grave[listed] > 0, week.is_referred[listed], week.is_due[listed]]
        return listed, np.select(because, [_SAFETY_NET, _REFERRAL, _COHORT], _TOP)

    def _note(self, week: _Week, household: Ints, slot: Ints, propensity: NDArray[np.float64], missed: Flags) -> None:
        """Contact days after the Monday, a result weeks after that, and when the household may be listed again."""
        outcome = week.outcome[household].astype(np.int64)
        contacted = week.monday + np.minimum(1 + self.results_rng.exponential(3.5, len(household)).astype(np.int64), 12)
        recorded = contacted + draw_record_delays(outcome, self.results_rng)
        begin = self.window.months_of(recorded) + 1
        _, case_end = draw_case_spells(begin, last=self.window.months, rng=self.results_rng)
        self.free_from[household] = week.number + np.where(missed, _WAITING_WEEKS, COOL_DOWN_WEEKS)
        # Support that a listing brought keeps a household off the next lists as any other support does.
        is_case = ~missed & np.isin(outcome, _CASES)
        self.supported_until[household[is_case]] = np.where(case_end == NO_END, _FOR_GOOD, case_end)[is_case]
        self.supported_until[household[~missed & (outcome == _LIVELIHOOD)]] = _FOR_GOOD
        self.parts.append(
            Listings(
                household=household,
                week=np.full(len(household), week.number),
                slot=slot,
                propensity=propensity,
                contacted_day=np.where(missed, NONE, contacted),
                outcome=outcome,
                recorded_day=np.where(missed, NONE, recorded),
                case_end_month=case_end,
            )
        )


def draw_listings(
    households: Households,
    reports: Reports,
    benefits: Benefits,
    requests: Requests,
    outcome_if_contacted: NDArray[np.int8],
    *,
    dongs: int,
    rounds: tuple[Round, ...],
    window: Window,
    exploration_share: float,
    rng: np.random.Generator,
    results_rng: np.random.Generator,
) -> Listings:
    """Every past listing of a district with what is known of it at the delivery's as-of date.

    ``exploration_share`` of the places is drawn by chance.
    """
    mondays = np.array([day_number(past.as_of) for past in rounds])
    months = np.array([month_number(past.as_of) for past in rounds])
    score, grave = _known_scores(reports, len(households), mondays)
    desk = _Desk(households, dongs, window, exploration_share=exploration_share, rng=rng, results_rng=results_rng)
    for number, monday in enumerate(mondays):
        month = int(months[number]) - window.first_month
        receives = benefits.held((*BASIC_LIVELIHOOD, Program.CASE_MANAGEMENT), month=month, households=len(households))
        week = _Week(
            number=number,
            month=month,
            monday=int(monday),
            score=score[number],
            grave=grave[number],
            is_open=~receives & ~requests.excluded_on(int(monday), len(households)),
            is_referred=requests.referred_before(int(monday), len(households)),
            is_due=_life_stage(households, window.months - month) & (rng.random(len(households)) < _DUE_LISTED),
            outcome=outcome_if_contacted[months[number] - months[0]],
        )
        desk.list_round(week)
    return _known_by(window.as_of_day, desk.parts)


def _known_by(day: int, parts: Sequence[Listings]) -> Listings:
    """All listings; what happened after ``day`` is not known."""
    names = tuple(Listings.__dataclass_fields__)
    listings = Listings(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
    is_contacted = (listings.contacted_day != NONE) & (listings.contacted_day <= day)
    is_recorded = is_contacted & (listings.recorded_day <= day)
    return replace(
        listings,
        contacted_day=np.where(is_contacted, listings.contacted_day, NONE),
        outcome=np.where(is_recorded, listings.outcome, NONE),
        recorded_day=np.where(is_recorded, listings.recorded_day, NONE),
    )
