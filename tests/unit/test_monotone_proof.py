"""The proof over the trees agrees with trying every cell, and catches what goes against its direction."""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import STANDARD
from features.declaration import Derived, Direction, Family, Feature, Unit
from scoring.monotone import monotone_breaks
from training.fit import fit_model


def feature(name: str, direction: Direction) -> Feature:
    return Feature(name, name, Unit.TIMES, Family.ARREARS, "", Derived(lambda _: None), direction)  # type: ignore[arg-type, return-value]


def trained(
    matrix: np.ndarray, truth: np.ndarray, constraints: Sequence[int], *, seed: int = 0, trees: int = 3, leaves: int = 5
) -> lgb.Booster:
    parameters = {
        "objective": "binary", "num_leaves": leaves, "min_data_in_leaf": 3, "learning_rate": 0.5, "verbose": -1,
        "extra_trees": True, "num_threads": 1, "seed": seed, "monotone_constraints": list(constraints),
    }  # fmt: skip
    return lgb.train(parameters, lgb.Dataset(matrix, label=truth), trees)


def thresholds(node: Mapping[str, Any], found: dict[int, set[float]]) -> dict[int, set[float]]:
    if "split_index" in node:
        found.setdefault(node["split_feature"], set()).add(node["threshold"])
        for child in ("left_child", "right_child"):
            thresholds(node[child], found)
    return found


def _one_value_a_cell(edges: list[float]) -> list[float]:
    beyond = [edges[0] - 1, *edges, edges[-1] + 1] if edges else [0.0, 0.0]
    return [(low + high) / 2 for low, high in pairwise(beyond)]


def breaks_by_trying(booster: lgb.Booster, column: int, direction: int) -> bool:
    """Whether some tree falls somewhere: one value in every cell its thresholds make, and unknown for the others."""
    for tree in booster.dump_model()["tree_info"]:
        cuts = thresholds(tree["tree_structure"], {})
        values = [
            [*_one_value_a_cell(sorted(cuts.get(place, ()))), *([] if place == column else [np.nan])]
            for place in range(booster.num_feature())
        ]
        grid = np.array(list(product(*values)))
        scores = booster.predict(grid, raw_score=True, start_iteration=tree["tree_index"], num_iteration=1)
        by_own_value = np.moveaxis(scores.reshape([len(own) for own in values]), column, 0)
        if (np.diff(by_own_value, axis=0) * direction).min(initial=0) < 0:
            return True
    return False


@given(
    seed=st.integers(0, 10_000),
    constraints=st.tuples(*[st.sampled_from([1, 0, -1])] * 3),
    directions=st.tuples(*[st.sampled_from([1, -1])] * 3),
    unknown=st.sampled_from([0.0, 0.2]),
)
def test_the_proof_finds_what_trying_every_cell_finds(
    seed: int, constraints: tuple[int, ...], directions: tuple[int, ...], unknown: float
) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-3, 4, (80, 3)).astype(float)
    matrix[rng.random(matrix.shape) < unknown] = np.nan
    truth = np.nan_to_num(matrix) @ rng.normal(size=3) + rng.normal(size=80) > 0
    booster = trained(matrix, truth, constraints, seed=seed)
    features = [feature(f"f{place}", Direction(direction)) for place, direction in enumerate(directions)]

    said = {line.split(":")[0] for line in monotone_breaks(booster, features)}

    assert said == {f"f{place}" for place in range(3) if breaks_by_trying(booster, place, directions[place])}


FALLING = np.linspace(0, 9, 200)[:, None]
LESS_IS_WORSE = FALLING[:, 0] < 5


def test_a_model_that_ranks_more_arrears_lower_is_caught_with_the_number_of_trees() -> None:
    booster = trained(FALLING, LESS_IS_WORSE, [0])
    assert monotone_breaks(booster, [feature("arrears", Direction.RAISES)]) == [
        "arrears: 3 of 3 trees go against it (the first: 0)"
    ]
    assert monotone_breaks(booster, [feature("arrears", Direction.LOWERS)]) == []
    assert monotone_breaks(booster, [feature("arrears", Direction.FREE)]) == []


def test_a_constrained_model_on_the_same_rows_is_proven() -> None:
    assert monotone_breaks(trained(FALLING, LESS_IS_WORSE, [1]), [feature("arrears", Direction.RAISES)]) == []


def test_one_planted_tree_among_many_is_enough() -> None:
    whole = trained(FALLING, ~LESS_IS_WORSE, [1], trees=8).model_to_string(num_iteration=-1)
    lines = whole.splitlines()
    place = [number for number, line in enumerate(lines) if line.startswith("leaf_value=")][5]
    head, values = lines[place].split("=")
    lines[place] = f"{head}={' '.join(reversed(values.split()))}"
    # Without the table of sizes the parser reads tree by tree.
    planted = lgb.Booster(model_str="\n".join(line for line in lines if not line.startswith("tree_sizes")) + "\n")
    assert monotone_breaks(planted, [feature("arrears", Direction.RAISES)]) == [
        "arrears: 1 of 8 trees go against it (the first: 5)"
    ]


def test_trees_that_cannot_be_proven_count_as_a_break() -> None:
    parameters = {
        "objective": "binary",
        "verbose": -1,
        "min_data_in_leaf": 3,
        "min_data_per_group": 3,
        "num_threads": 1,
    }
    rows = np.column_stack([np.arange(200) % 5, np.arange(200)]).astype(float)
    truth = rows[:, 0] > 2
    categories = lgb.train(parameters, lgb.Dataset(rows, label=truth, categorical_feature=[0]), 2)
    zero = lgb.train(parameters | {"zero_as_missing": True}, lgb.Dataset(rows, label=truth), 2)
    for booster in (categories, zero):
        (line,) = monotone_breaks(booster, [feature("a", Direction.RAISES), feature("b", Direction.FREE)])
        assert "nothing can be proven" in line


@pytest.mark.parametrize("constrained", [True, False])
def test_the_catalogues_own_directions_are_proven_of_what_training_fits_and_only_of_it(constrained: bool) -> None:
    rng = np.random.default_rng(1)
    matrix = rng.integers(0, 5, (400, len(STANDARD.learned))).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    directions = np.array([int(known.direction) for known in STANDARD.learned])
    # Need that runs against every declared direction.
    need = np.nan_to_num(matrix) @ -directions.astype(float)
    features = STANDARD.learned if constrained else [feature(known.name, Direction.FREE) for known in STANDARD.learned]
    booster = fit_model(matrix, need > np.median(need), features, seed=1, trees=40)
    assert (monotone_breaks(booster, STANDARD.learned) == []) is constrained
