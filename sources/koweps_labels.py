"""The survey's labels: households that went without food, heat or a doctor for lack of money in the past year."""

import polars as pl

from sources.koweps_household import is_code

# CES-D in eleven items of 0 to 3; the second and the seventh are worded the other way round.
_CESD = tuple(f"label_cesd_{number:02}{'r' if number in (2, 7) else ''}" for number in range(1, 12))
_CESD_SEVERE = 25  # of 60, after the usual scaling by 20/11; 16 is the cut for depression
_FOOD = {
    "label_food_runout": (1, 2),
    "label_food_unbalanced": (1, 2),
    "label_food_cut_meals": (1,),
    "label_food_cut_freq": (1, 2),
    "label_food_ate_less": (1,),
    "label_food_hungry": (1,),
}


def label_columns() -> dict[str, pl.Expr]:
    """``crisis_material``, ``crisis_severe`` and ``crisis_broad`` as booleans, over the person rows of a household.

    Refusals, missing codes and blanks count as "no": the household did not say that it went without.
    """
    food = [_said(item, codes) for item, codes in _FOOD.items()]
    no_heat, no_doctor = _said("label_no_heat", (1,)), _said("label_no_doctor", (1,))
    material = pl.any_horizontal(*food, no_heat, no_doctor)
    severe = (pl.sum_horizontal(*food) >= 2) | no_heat | no_doctor
    despair = (_cesd_score() >= _CESD_SEVERE).fill_null(value=False) | _said("label_suicidal_thought", (1,))
    return {
        "crisis_material": material.any(),
        "crisis_severe": severe.any(),
        "crisis_broad": (material | despair).any(),
    }


def _cesd_score() -> pl.Expr:
    """CES-D of one person on the scale of 0 to 60; null unless all eleven items were answered."""
    points = [4 - pl.col(item) if item.endswith("r") else pl.col(item) - 1 for item in _CESD]
    return pl.sum_horizontal(*points, ignore_nulls=False) * 20 / 11


def _said(item: str, codes: tuple[int, ...]) -> pl.Expr:
    return is_code(pl.col(item), codes).fill_null(value=False)
