"""Homes, and hardship that comes and goes month by month."""

from dataclasses import dataclass

import numpy as np

from domain.household import Dwelling, HouseholdType, Tenure
from sources.synthetic.population import DWELLINGS, TENURES, TYPES, Flags, Floats, Households, Ints, draw_choices

BURN_IN_MONTHS = 6

_TYPE_FRAILTY = {
    HouseholdType.SINGLE_ELDER: 0.30,
    HouseholdType.SINGLE_WORKING_AGE: 0.10,
    HouseholdType.SINGLE_PARENT: 0.55,
    HouseholdType.GRANDPARENT: 0.60,
    HouseholdType.ELDER_ONLY: 0.0,
    HouseholdType.WITH_CHILDREN: -0.25,
    HouseholdType.OTHER: -0.15,
}
_FRAILTY_SIGMA, _DEPRIVATION_PULL = 0.75, 0.24
_WAVE_MEMORY, _WAVE_SIGMA = 0.90, 0.60  # what of a household's ups and downs is left a month later; their size
_SHOCK_RATE, _SHOCK_SIZE, _SHOCK_MEMORY = 0.006, 1.8, 0.82

# Share of each tenure, and how strongly poverty pulls towards it.
_TENURES = {
    Tenure.OWN: (0.56, -0.45),
    Tenure.JEONSE: (0.15, -0.10),
    Tenure.DEPOSIT_RENT: (0.16, 0.35),
    Tenure.MONTHLY_RENT: (0.035, 0.65),
    Tenure.PUBLIC_RENTAL: (0.062, 0.60),
    Tenure.FREE: (0.033, 0.20),
}
_DWELLINGS = {
    Dwelling.APARTMENT: (0.535, -0.20),
    Dwelling.DETACHED: (0.185, 0.10),
    Dwelling.MULTI_UNIT: (0.205, 0.10),
    Dwelling.OFFICETEL: (0.045, 0.0),
    Dwelling.GOSIWON: (0.007, 0.55),
    Dwelling.BASEMENT: (0.014, 0.45),
    Dwelling.ROOFTOP: (0.003, 0.45),
    Dwelling.NON_DWELLING: (0.006, 0.50),
}
PRECARIOUS = tuple(
    DWELLINGS.index(kind) for kind in (Dwelling.GOSIWON, Dwelling.BASEMENT, Dwelling.ROOFTOP, Dwelling.NON_DWELLING)
)


@dataclass(frozen=True)
class Homes:
    tenure: Ints
    dwelling: Ints

    def is_tenure(self, *wanted: Tenure) -> Flags:
        return np.isin(self.tenure, [TENURES.index(kind) for kind in wanted])

    def is_dwelling(self, *wanted: Dwelling) -> Flags:
        return np.isin(self.dwelling, [DWELLINGS.index(kind) for kind in wanted])


@dataclass(frozen=True)
class Hardship:
    """Row per month (burn-in first, the as-of month last), column per household."""

    frailty: Floats  # what stays: per household
    economic: Floats
    health: Floats
    shock: Floats


def draw_frailty(households: Households, rng: np.random.Generator) -> Floats:
    """A household's lasting exposure to hardship, mean near 0."""
    by_type = np.array([_TYPE_FRAILTY[kind] for kind in TYPES], dtype=np.float32)
    own = rng.standard_normal(len(households), dtype=np.float32) * np.float32(_FRAILTY_SIGMA)
    frailty: Floats = own + by_type[households.type] + np.float32(_DEPRIVATION_PULL) * households.deprivation
    return frailty


def draw_homes(households: Households, frailty: Floats, rng: np.random.Generator) -> Homes:
    """Tenure and dwelling; poverty pulls towards rent, public rental and rooms that are not homes."""

    def weights(table: dict[Tenure, tuple[float, float]] | dict[Dwelling, tuple[float, float]]) -> np.ndarray:
        shares, pulls = np.array(list(table.values())).T
        return np.asarray(shares * np.exp(np.outer(frailty, pulls)))

    tenure = draw_choices(weights(_TENURES), rng)
    odds = weights(_DWELLINGS)
    is_public = tenure == TENURES.index(Tenure.PUBLIC_RENTAL)
    odds[is_public] *= np.array([3.0, 0.1, 0.6] + [0.0] * 5)
    odds[np.ix_(households.size > 2, np.array(PRECARIOUS))] *= 0.25
    return Homes(tenure, draw_choices(odds, rng))


def draw_waves(months: int, start: Floats, *, memory: float, sigma: float, rng: np.random.Generator) -> Floats:
    """A first-order autoregression that is stationary from its first row on."""
    rows = np.empty((months, len(start)), dtype=np.float32)
    rows[0] = rng.standard_normal(len(start), dtype=np.float32) * np.float32(sigma)
    step = np.float32(sigma * np.sqrt(1 - memory**2))
    for month in range(1, months):
        rows[month] = np.float32(memory) * rows[month - 1] + step * rng.standard_normal(len(start), dtype=np.float32)
    return rows + start


def _shocks(months: int, frailty: Floats, rng: np.random.Generator) -> Floats:
    """Job loss, illness, bereavement, debts: a blow that fades over half a year."""
    rows = np.zeros((months, len(frailty)), dtype=np.float32)
    chance = np.float32(_SHOCK_RATE) * np.exp(np.float32(0.3) * frailty)
    for month in range(months):
        hit = rng.random(len(frailty), dtype=np.float32) < chance
        before = rows[month - 1] * np.float32(_SHOCK_MEMORY) if month else 0.0
        rows[month] = before + hit * np.float32(_SHOCK_SIZE)
    return rows


def draw_hardship(households: Households, frailty: Floats, *, months: int, rng: np.random.Generator) -> Hardship:
    """Monthly economic and health hardship over the burn-in, ``months`` and the as-of month."""
    rows = BURN_IN_MONTHS + months + 1
    shock = _shocks(rows, frailty, rng)
    age_years = households.oldest_months.astype(np.float32) / 12
    body = 0.035 * (age_years - 55) + 0.7 * households.has_disability + 0.5 * households.has_severe_disability
    lasting = (body + 0.7 * rng.standard_normal(len(households))).astype(np.float32)
    health = draw_waves(rows, lasting, memory=0.93, sigma=0.5, rng=rng) + np.float32(0.3) * shock
    economic = draw_waves(rows, frailty, memory=_WAVE_MEMORY, sigma=_WAVE_SIGMA, rng=rng) + shock
    return Hardship(frailty, economic, health, shock)
