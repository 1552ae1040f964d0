"""Households and their members: types, ages, relations, homes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.household import Disability, Dwelling, HouseholdType, Relation, Sex, Tenure
from sources.synthetic.plan import DongTraits

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

TYPES = tuple(HouseholdType)
RELATIONS = tuple(Relation)
SEXES = tuple(Sex)
DISABILITIES = tuple(Disability)
TENURES = tuple(Tenure)
DWELLINGS = tuple(Dwelling)

_MALE, _FEMALE = SEXES.index(Sex.MALE), SEXES.index(Sex.FEMALE)
ELDER_MONTHS, ADULT_MONTHS, CHILD_MONTHS = 65 * 12, 19 * 12, 18 * 12


@dataclass(frozen=True)
class _TypeProfile:
    """Share of all households (2023 register census, rounded), pull of deprivation and of the countryside on that
    share, the head's age in years as low + width * beta(a, b), and the share of male heads."""

    share: float
    deprivation: float
    rural: float
    age: tuple[float, float, float, float]
    male: float


_PROFILES = {
    HouseholdType.SINGLE_ELDER: _TypeProfile(0.098, 0.20, 1.9, (65, 31, 1.4, 2.2), 0.29),
    HouseholdType.SINGLE_WORKING_AGE: _TypeProfile(0.252, 0.12, 0.7, (19, 45.9, 1.05, 1.25), 0.56),
    HouseholdType.SINGLE_PARENT: _TypeProfile(0.021, 0.18, 0.7, (24, 31, 2.6, 2.0), 0.26),
    HouseholdType.GRANDPARENT: _TypeProfile(0.004, 0.25, 1.6, (55, 27, 1.8, 1.8), 0.40),
    HouseholdType.ELDER_ONLY: _TypeProfile(0.088, 0.05, 1.9, (65.2, 26, 1.3, 2.4), 0.88),
    HouseholdType.WITH_CHILDREN: _TypeProfile(0.205, -0.15, 0.6, (27, 30, 2.4, 2.2), 0.84),
    HouseholdType.OTHER: _TypeProfile(0.332, -0.05, 1.0, (24, 40.9, 1.9, 1.1), 0.76),
}


@dataclass(frozen=True)
class Members:
    """One entry a person, sorted by household, the head first."""

    household: Ints
    relation: Ints
    sex: Ints
    age_months: Ints
    disability: Ints
    due_in_months: Ints  # months until birth, -1 where nobody is expected
    is_foreign: Flags


@dataclass(frozen=True)
class Households:
    """One entry a household; ``dong`` is the place in the district's list of dongs."""

    dong: Ints
    deprivation: Floats
    is_rural: Flags
    type: Ints
    size: Ints
    head_age_months: Ints
    youngest_months: Ints
    oldest_months: Ints
    children: Ints
    has_severe_disability: Flags
    has_disability: Flags
    is_expecting: Flags

    def __len__(self) -> int:
        return len(self.dong)

    def is_type(self, wanted: HouseholdType) -> Flags:
        return np.asarray(self.type == TYPES.index(wanted))


def draw_choices(weights: NDArray[np.floating], rng: np.random.Generator) -> Ints:
    """For each row of ``weights``, one column drawn in proportion."""
    edges = np.cumsum(weights, axis=1)
    is_passed = (rng.random(len(edges)) * edges[:, -1])[:, None] >= edges
    return np.asarray(np.minimum(is_passed.sum(axis=1), weights.shape[1] - 1))


def _draw_types(deprivation: Floats, is_rural: Flags, rng: np.random.Generator) -> Ints:
    profiles = [_PROFILES[kind] for kind in TYPES]
    pull = np.outer(deprivation, [profile.deprivation for profile in profiles])
    rural = np.where(is_rural[:, None], [profile.rural for profile in profiles], 1.0)
    return draw_choices(np.array([profile.share for profile in profiles]) * np.exp(pull) * rural, rng)


def _draw_head_ages(types: Ints, rng: np.random.Generator) -> Ints:
    low, width, a, b = np.array([_PROFILES[kind].age for kind in TYPES]).T
    return np.asarray(12 * (low[types] + width[types] * rng.beta(a[types], b[types])), dtype=np.int64)


class _Roll:
    """Collects the members of a district part by part."""

    def __init__(self, types: Ints, head_age: Ints, head_sex: Ints, rng: np.random.Generator) -> None:
        self.types, self.head_age, self.head_sex, self.rng = types, head_age, head_sex, rng
        everyone = np.arange(len(types))
        self.parts = [(everyone, np.full(len(types), RELATIONS.index(Relation.HEAD)), head_sex, head_age)]

    def add(self, household: Ints, relation: Relation, age: Ints, sex: Ints | None = None) -> None:
        drawn = self.rng.integers(0, 2, len(household)) if sex is None else sex
        self.parts.append((household, np.full(len(household), RELATIONS.index(relation)), drawn, age))

    def with_chance(self, household: Ints, chance: float) -> Ints:
        return household[self.rng.random(len(household)) < chance]

    def add_spouses(self, household: Ints, *, low_years: float, high_years: float) -> None:
        age = self.head_age[household] + np.rint(self.rng.normal(-24, 42, len(household))).astype(np.int64)
        clipped = np.clip(age, int(low_years * 12), int(high_years * 12))
        self.add(household, Relation.SPOUSE, clipped, 1 - self.head_sex[household])

    def add_minors(self, household: Ints, relation: Relation, *, generation_years: float) -> None:
        """Children under 18, about a generation younger than the head."""
        gap = 12 * (generation_years + 12 * self.rng.beta(2, 2, len(household)))
        age = self.head_age[household] - np.floor(gap).astype(np.int64)
        spread = self.rng.integers(0, CHILD_MONTHS, len(household))
        self.add(household, relation, np.where((age >= 0) & (age < CHILD_MONTHS), age, spread))

    def add_parents(self, household: Ints) -> None:
        age = self.head_age[household] + self.rng.integers(22 * 12, 36 * 12, len(household))
        self.add(household, Relation.PARENT, np.minimum(age, 97 * 12))


def _fill_families(roll: _Roll) -> None:
    rng, types = roll.rng, roll.types
    of = {kind: np.flatnonzero(types == number) for number, kind in enumerate(TYPES)}

    parents = of[HouseholdType.SINGLE_PARENT]
    roll.add_minors(parents, Relation.CHILD, generation_years=22)
    roll.add_minors(roll.with_chance(parents, 0.36), Relation.CHILD, generation_years=25)

    grandparents = of[HouseholdType.GRANDPARENT]
    roll.add_minors(grandparents, Relation.GRANDCHILD, generation_years=46)
    roll.add_minors(roll.with_chance(grandparents, 0.3), Relation.GRANDCHILD, generation_years=49)
    roll.add_spouses(roll.with_chance(grandparents, 0.35), low_years=52, high_years=90)

    roll.add_spouses(of[HouseholdType.ELDER_ONLY], low_years=65.2, high_years=96)

    families = of[HouseholdType.WITH_CHILDREN]
    has_spouse = rng.random(len(families)) < 0.94
    roll.add_spouses(families[has_spouse], low_years=23, high_years=62)
    roll.add_parents(families[~has_spouse])
    roll.add_parents(roll.with_chance(families[has_spouse], 0.06))
    roll.add_minors(families, Relation.CHILD, generation_years=25)
    roll.add_minors(roll.with_chance(families, 0.52), Relation.CHILD, generation_years=28)
    roll.add_minors(roll.with_chance(families, 0.07), Relation.CHILD, generation_years=31)
    _fill_other_families(roll, of[HouseholdType.OTHER])


def _fill_other_families(roll: _Roll, others: Ints) -> None:
    """Couples without minors, households with grown children, siblings and friends."""
    draw = roll.rng.random(len(others))
    # Only a head of 43 or more can have a grown child at home.
    is_old_enough = roll.head_age[others] >= 43 * 12
    has_spouse = draw < 0.72
    has_grown_child = is_old_enough & ((draw > 0.40) & (draw < 0.90))
    is_left = ~has_spouse & ~has_grown_child
    roll.add_spouses(others[has_spouse], low_years=23, high_years=80)
    grown = others[has_grown_child]
    most = np.minimum(roll.head_age[grown] - 22 * 12, 45 * 12)
    age = ADULT_MONTHS + np.floor(roll.rng.random(len(grown)) * (most - ADULT_MONTHS)).astype(np.int64)
    roll.add(grown, Relation.CHILD, age)
    left = others[is_left]
    lives_with_parent = roll.rng.random(len(left)) < 0.45
    roll.add_parents(left[lives_with_parent])
    peers = left[~lives_with_parent]
    drift = roll.rng.integers(-60, 60, len(peers))
    roll.add(peers, Relation.SIBLING, np.clip(roll.head_age[peers] + drift, ADULT_MONTHS, ELDER_MONTHS - 1))


def _draw_disabilities(age_months: Ints, deprivation: Floats, rng: np.random.Generator) -> Ints:
    """About 5 % of persons are registered, 37 % of them as severe (Ministry of Health and Welfare, 2023)."""
    chance = (0.012 + 0.00015 * np.maximum(age_months - 240, 0)) * np.exp(0.15 * deprivation)
    has_any = rng.random(len(age_months)) < chance
    return np.where(has_any, np.where(rng.random(len(age_months)) < 0.37, 2, 1), 0)


def _draw_pregnancies(members: tuple[Ints, Ints, Ints, Ints], types: Ints, rng: np.random.Generator) -> Ints:
    household, relation, sex, age = members
    is_mother = (sex == _FEMALE) & (age >= 21 * 12) & (age < 43 * 12)
    is_mother &= np.isin(relation, [RELATIONS.index(Relation.SPOUSE), RELATIONS.index(Relation.HEAD)])
    lives_alone = types[household] == TYPES.index(HouseholdType.SINGLE_WORKING_AGE)
    chance = np.where(is_mother, np.where(lives_alone, 0.002, 0.035), 0.0)
    return np.where(rng.random(len(age)) < chance, rng.integers(0, 8, len(age)), -1)


def draw_households(traits: DongTraits, rng: np.random.Generator) -> tuple[Households, Members]:
    """A district's households in the order of its dongs, and the persons in them."""
    dong = np.repeat(np.arange(len(traits.households)), traits.households)
    deprivation = traits.deprivation[dong].astype(np.float32)
    is_rural = traits.is_rural[dong]
    types = _draw_types(deprivation, is_rural, rng)
    head_age = _draw_head_ages(types, rng)
    is_male = rng.random(len(types)) < np.array([_PROFILES[kind].male for kind in TYPES])[types]
    roll = _Roll(types, head_age, np.where(is_male, _MALE, _FEMALE), rng)
    _fill_families(roll)
    household, relation, sex, age = (np.concatenate(parts) for parts in zip(*roll.parts, strict=True))
    order = np.argsort(household, kind="stable")
    household, relation, sex, age = household[order], relation[order], sex[order], age[order]
    members = Members(
        household=household,
        relation=relation,
        sex=sex,
        age_months=age,
        disability=_draw_disabilities(age, deprivation[household], rng),
        due_in_months=_draw_pregnancies((household, relation, sex, age), types, rng),
        is_foreign=rng.random(len(age)) < 0.022,
    )
    return _summarised(members, dong, deprivation, is_rural, types), members


def _summarised(members: Members, dong: Ints, deprivation: Floats, is_rural: Flags, types: Ints) -> Households:
    first = np.flatnonzero(np.diff(members.household, prepend=-1))

    def total(values: Flags) -> Ints:
        return np.add.reduceat(values.astype(np.int64), first)

    return Households(
        dong=dong,
        deprivation=deprivation,
        is_rural=is_rural,
        type=types,
        size=total(np.ones(len(members.household), dtype=np.bool_)),
        head_age_months=members.age_months[first],
        youngest_months=np.minimum.reduceat(members.age_months, first),
        oldest_months=np.maximum.reduceat(members.age_months, first),
        children=total(members.age_months < CHILD_MONTHS),
        has_severe_disability=total(members.disability == 2) > 0,
        has_disability=total(members.disability > 0) > 0,
        is_expecting=total(members.due_in_months >= 0) > 0,
    )
