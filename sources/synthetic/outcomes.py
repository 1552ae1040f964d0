"""What would come of contacting a household, month by month: hidden for all but those whom somebody contacted."""

import numpy as np
from numpy.typing import NDArray

from domain.household import HouseholdType
from domain.outcome import Outcome
from sources.synthetic.benefits import case_pull
from sources.synthetic.hardship import PRECARIOUS, Hardship, Homes
from sources.synthetic.population import TYPES, Flags, Floats, Households, draw_choices

OUTCOMES = tuple(Outcome)

# Of a hundred listings 11 to 14 cannot be asked (2018-2022); of those, how many for which reason (two national cuts).
_NOT_REACHED = {
    Outcome.UNREACHABLE: 0.40,
    Outcome.MOVED: 0.22,
    Outcome.WRONG_DATA: 0.13,
    Outcome.VACANT: 0.11,
    Outcome.HOSPITALISED: 0.11,
    Outcome.DECEASED: 0.03,
}
# Asked and in need: most get public help or case management; some refuse or fail an income test.
_IN_NEED = {
    Outcome.BASIC_LIVELIHOOD: 0.122,
    Outcome.NEAR_POVERTY: 0.095,
    Outcome.EMERGENCY_AID: 0.100,
    Outcome.OTHER_PUBLIC: 0.365,
    Outcome.CASE_MANAGEMENT: 0.165,
    Outcome.CASE_MANAGEMENT_DIFFICULT: 0.035,
    Outcome.PRIVATE_SERVICE: 0.10,
    Outcome.REFUSED: 0.05,
}
_NOT_IN_NEED = {
    Outcome.OTHER_PUBLIC: 0.038,
    Outcome.NEAR_POVERTY: 0.002,
    Outcome.CASE_MANAGEMENT: 0.003,
    Outcome.PRIVATE_SERVICE: 0.465,
    Outcome.VISITED_CLOSED: 0.300,
    Outcome.INVESTIGATED_CLOSED: 0.155,
    Outcome.REFUSED: 0.054,
}
# Days from contact to the result being written down: mean of what exceeds the first three days.
_RECORD_DAYS = {
    Outcome.BASIC_LIVELIHOOD: 32,
    Outcome.NEAR_POVERTY: 28,
    Outcome.EMERGENCY_AID: 6,
    Outcome.OTHER_PUBLIC: 14,
    Outcome.CASE_MANAGEMENT: 18,
    Outcome.CASE_MANAGEMENT_DIFFICULT: 22,
}
_OTHER_RECORD_DAYS = 8


def code_of(outcome: Outcome) -> int:
    """The outcome's number in the simulated arrays."""
    return OUTCOMES.index(outcome)


def draw_address_mismatch(households: Households, homes: Homes, rng: np.random.Generator) -> Flags:
    """Who does not live where the register says; about a tenth of those on past lists (Jeju 2019: 10.8 %)."""
    chance = 0.085 + 0.10 * np.isin(homes.dwelling, PRECARIOUS)
    chance = chance + 0.045 * (households.type == TYPES.index(HouseholdType.SINGLE_WORKING_AGE))
    return np.asarray(rng.random(len(households)) < chance)


def _not_reached(households: Households, mismatch: Flags, rows: int, rng: np.random.Generator) -> Flags:
    chance = 0.078 + 0.30 * mismatch + 0.045 * (households.type == TYPES.index(HouseholdType.SINGLE_WORKING_AGE))
    return np.asarray(rng.random((rows, len(households)), dtype=np.float32) < chance.astype(np.float32))


def _one_of(table: dict[Outcome, float], draw: Floats) -> NDArray[np.int8]:
    edges = np.cumsum(list(table.values()))
    codes = np.array([code_of(outcome) for outcome in table], dtype=np.int8)
    return np.asarray(codes[np.minimum(np.searchsorted(edges, draw * edges[-1], side="right"), len(codes) - 1)])


def draw_outcomes_if_contacted(
    households: Households, hardship: Hardship, need: Flags, mismatch: Flags, *, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Outcome numbers, row per month and column per household as in ``need``, whose last row is the as-of month."""
    first_row = len(hardship.economic) - len(need)
    outcome = _one_of(_NOT_IN_NEED, rng.random(need.shape, dtype=np.float32))
    row, column = np.nonzero(need)
    outcome[row, column] = _outcomes_in_need(households, hardship, row + first_row, column, rng)
    away = _not_reached(households, mismatch, len(need), rng)
    outcome[away] = _one_of(_NOT_REACHED, rng.random(int(away.sum()), dtype=np.float32))
    return outcome


def _outcomes_in_need(
    households: Households,
    hardship: Hardship,
    row: NDArray[np.intp],
    column: NDArray[np.intp],
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Blows lead to emergency aid, lasting poverty to livelihood support, some household types to case management."""
    outcomes = list(_IN_NEED)
    odds = np.tile(np.array(list(_IN_NEED.values()), dtype=np.float32), (len(row), 1))
    odds[:, outcomes.index(Outcome.BASIC_LIVELIHOOD)] *= np.exp(0.4 * np.clip(hardship.frailty[column], -2, 3) - 0.4)
    odds[:, outcomes.index(Outcome.EMERGENCY_AID)] *= 0.7 + 0.9 * hardship.shock[row, column]
    pull = case_pull(households.type[column]) ** np.float32(0.6)
    odds[:, outcomes.index(Outcome.CASE_MANAGEMENT)] *= pull
    odds[:, outcomes.index(Outcome.CASE_MANAGEMENT_DIFFICULT)] *= pull
    codes = np.array([code_of(outcome) for outcome in outcomes], dtype=np.int8)
    return np.asarray(codes[draw_choices(odds, rng)])


def draw_record_delays(outcomes: NDArray[np.integer], rng: np.random.Generator) -> NDArray[np.int64]:
    """Days between contact and record for each outcome number; seldom more than eleven weeks."""
    mean = np.array([_RECORD_DAYS.get(outcome, _OTHER_RECORD_DAYS) for outcome in OUTCOMES], dtype=np.float64)[outcomes]
    return np.asarray(np.minimum(3 + rng.gamma(3.0, mean / 3).astype(np.int64), 77))
