"""A small town with a history: a list a week, most of it chosen, some drawn, results days or weeks later."""

import random
from datetime import date, timedelta

from domain.calendar import day_number
from domain.policy import EvaluationPolicy, LabelPolicy, ListPolicy, Policy
from tests.support.cores import DONG, OTHER_DONG, Row, Town
from tests.support.towns import seeded_town
from training.fit import PARAMETERS
from training.recipe import Recipe

AS_OF = date(2026, 11, 16)
HORIZON = 28
# Short windows, two places a dong and a model of a few trees, so that a town of a hundred is enough.
POLICY = Policy(
    list=ListPolicy(capacity=2, cool_down_days=7),
    label=LabelPolicy(horizon_days=HORIZON),
    evaluation=EvaluationPolicy(test_rounds=3, draws=50),
)
RECIPE = Recipe({**PARAMETERS, "min_data_in_leaf": 3, "feature_fraction": 0.5}, trees=20)
_RESULTS = ("other_public", "other_public", "case_management", "visited_closed", "visited_closed", "private_service",
            "unreachable")  # fmt: skip


def town_with_history(
    *,
    as_of: date = AS_OF,
    households: int = 120,
    weeks: int = 24,
    seed: int = 1,
    dongs: tuple[str, str] = (DONG, OTHER_DONG),
) -> Town:
    """Eighteen listings a week in two dongs; nobody is carried over, and some are never contacted."""
    town = seeded_town(as_of, households=households, seed=seed)
    for number, row in enumerate(town["households"]):
        row["dong_code"] = dongs[number % 2]
    town["benefits"] = town["benefits"][::5]  # else hardly anybody would be without livelihood support
    chance = random.Random(seed)
    ids = [row["household_id"] for row in town["households"]]
    mondays = [day_number(as_of - timedelta(weeks=week)) for week in range(weeks, 0, -1)]
    outcomes = [listed(who, monday, chance) for monday in mondays for who in chance.sample(ids, 18)]
    town["outcomes"] = sorted(outcomes, key=lambda row: (row["household_id"], row["round"]))
    return town


def listed(household_id: str, monday: int, chance: random.Random) -> Row:
    """A listing of that Monday: one of four by chance, one of ten never contacted."""
    is_drawn = chance.random() < 0.25
    contacted = monday + chance.randint(1, 12) if chance.random() < 0.9 else None
    recorded = contacted and contacted + chance.randint(0, 30)
    return {
        "household_id": household_id,
        "round": monday,
        "slot": "exploration" if is_drawn else "top",
        "propensity": 0.04 if is_drawn else 1.0,
        "contacted_at": contacted,
        "outcome_code": chance.choice(_RESULTS) if recorded else None,
        "recorded_at": recorded,
    }
