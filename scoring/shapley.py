"""Exact TreeSHAP of one row by looking up, several times as fast as computing it (LightGBM: `pred_contrib`).

What a leaf adds to the Shapley values of the features on its path depends only on which of them the row satisfies: with
d features 2^d cases, which are computed once for all rows (Yang 2021, "Fast TreeSHAP", version 2; arXiv:2109.09847). A
leaf of value v adds, to feature i of its path,

    v (o_i - z_i) * integral over t from 0 to 1 of the product over the other features j of (t o_j + (1 - t) z_j)

where o_j is 1 if the row satisfies all that the path asks of j, else 0, and z_j is the share of the training rows that
do, split by split. The integral is Shapley's weighted sum over coalitions (the weights are beta functions), and its
polynomial of degree d - 1 is what Gauss and Legendre's rule with d/2 points integrates exactly.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # see scoring.bundle: nothing here needs it to be loaded
    import lightgbm as lgb

Floats = NDArray[np.float64]
Contributor = Callable[[NDArray[np.float32]], Floats]

_MOST_FEATURES = 8  # on one path: a case is one byte
_MOST_BYTES = 256_000_000
# What LightGBM takes for zero (kZeroThreshold in its include/LightGBM/meta.h).
_ZERO = float(np.float32(1e-35))
_ALWAYS, _NEVER = 0, 1


def contributor(booster: "lgb.Booster") -> Contributor:
    """The function from one row of features to its contributions, the base value last: shape (features + 1,).

    From tables where the trees are shallow enough, else LightGBM's own: the same numbers, but for rounding.
    """
    tables = PathTables.of(booster)
    return tables.contributions if tables else partial(_by_lightgbm, booster)


def _by_lightgbm(booster: "lgb.Booster", row: NDArray[np.float32]) -> Floats:
    found: Floats = np.asarray(booster.predict(row[np.newaxis], pred_contrib=True, num_threads=1), np.float64)[0]
    return found


class _NotTabled(Exception):
    """The model has something that the tables do not know."""


@dataclass(frozen=True)
class _Leaf:
    """A leaf's value; the conditions on its path, one a feature; and their shares of the training rows."""

    value: float
    conditions: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass
class _Conditions:
    """Each distinct question that paths ask of a feature, numbered: is it above, is it at most, may it be missing?"""

    numbers: dict[tuple[int, float, float, bool], int]

    def number(self, feature: int, asked: tuple[float, float, bool]) -> int:
        return self.numbers.setdefault((feature, *asked), len(self.numbers))


@dataclass(frozen=True)
class PathTables:
    """A model's leaves, and what each adds in each case. Arrays are only read, so threads may share them.

    Condition 0 always holds and fills the paths with fewer features than the longest; condition 1 never does and fills
    the rest of the byte.
    """

    width: int
    base: float
    condition_feature: NDArray[np.intp]
    above: Floats
    at_most: Floats
    may_be_missing: NDArray[np.bool_]
    leaf_conditions: NDArray[np.intp]  # (leaves, 8)
    first_case: NDArray[np.intp]  # (leaves,): the row of ``added`` for the leaf's case 0
    added: Floats  # (leaves * cases, features on a path)
    added_feature: NDArray[np.intp]  # (leaves * features on a path,)

    @classmethod
    def of(cls, booster: "lgb.Booster") -> Self | None:
        """The tables of a model; None for one with categories, linear leaves, or paths of many features."""
        model = booster.dump_model()
        conditions = _Conditions({(0, -inf, inf, True): _ALWAYS, (0, inf, -inf, False): _NEVER})
        try:
            if model["num_tree_per_iteration"] != 1 or model["average_output"]:
                raise _NotTabled
            leaves = [leaf for tree in model["tree_info"] for leaf in _leaves(tree["tree_structure"], {}, conditions)]
            return cls._built(booster.num_feature(), leaves, conditions)
        except _NotTabled:
            return None

    @classmethod
    def _built(cls, width: int, leaves: Sequence[_Leaf], conditions: _Conditions) -> Self:
        depth = max(1, *(len(leaf.conditions) for leaf in leaves))
        if len(leaves) * depth * 8 << depth > _MOST_BYTES:
            raise _NotTabled
        features, above, at_most, may_be_missing = zip(*conditions.numbers, strict=True)
        asked = np.full((len(leaves), _MOST_FEATURES), _NEVER, np.intp)
        asked[:, :depth] = [leaf.conditions + (_ALWAYS,) * (depth - len(leaf.conditions)) for leaf in leaves]
        values = np.array([leaf.value for leaf in leaves])
        shares = np.array([leaf.shares + (1.0,) * (depth - len(leaf.shares)) for leaf in leaves])
        of_feature = np.array(features, np.intp)
        return cls(
            width=width,
            base=float(values @ shares.prod(axis=1)),
            condition_feature=of_feature,
            above=np.array(above),
            at_most=np.array(at_most),
            may_be_missing=np.array(may_be_missing),
            leaf_conditions=asked,
            first_case=np.arange(len(leaves), dtype=np.intp) << depth,
            added=_added(values, shares),
            added_feature=of_feature[asked[:, :depth]].ravel(),
        )

    def contributions(self, row: NDArray[np.float32]) -> Floats:
        """Contributions of one row (unknown is NaN), and the base value last."""
        exact = row.astype(np.float64)
        exact[np.abs(exact) <= _ZERO] = 0.0
        asked = exact[self.condition_feature]
        holds = (self.above < asked) & (asked <= self.at_most) | np.isnan(asked) & self.may_be_missing
        cases = np.packbits(holds.take(self.leaf_conditions), bitorder="little")
        added = self.added.take(self.first_case + cases, axis=0)
        return np.append(np.bincount(self.added_feature, added.ravel(), minlength=self.width), self.base)


_Asked = Mapping[int, tuple[float, float, bool, float]]


def _leaves(node: Mapping[str, Any], asked: _Asked, conditions: _Conditions) -> Iterator[_Leaf]:
    """The leaves under a node of LightGBM's JSON, of which a path asked so much already."""
    if "split_feature" not in node:
        if "leaf_const" in node or len(asked) > _MOST_FEATURES:
            raise _NotTabled
        numbers = tuple(conditions.number(feature, known[:3]) for feature, known in asked.items())
        yield _Leaf(node["leaf_value"], numbers, tuple(known[3] for known in asked.values()))
        return
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise _NotTabled
    for side in ("left_child", "right_child"):
        yield from _leaves(node[side], {**asked, node["split_feature"]: _asked_also(node, side, asked)}, conditions)


def _asked_also(node: Mapping[str, Any], side: str, asked: _Asked) -> tuple[float, float, bool, float]:
    """Above, at most, may be missing, share: of the node's feature, once the path goes on to this side."""
    above, at_most, may_be_missing, share = asked.get(node["split_feature"], (-inf, inf, True, 1.0))
    threshold, is_left = node["threshold"], side == "left_child"
    # Where no row of the training lacked the feature, LightGBM takes a missing value for zero.
    missing_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    child = node[side]
    rows = child["internal_count"] if "internal_count" in child else child["leaf_count"]
    if not 0 < rows < node["internal_count"]:
        raise _NotTabled
    return (
        above if is_left else max(above, threshold),
        min(at_most, threshold) if is_left else at_most,
        may_be_missing and missing_left == is_left,
        share * rows / node["internal_count"],
    )


def _added(values: Floats, shares: Floats) -> Floats:
    """What each leaf adds to each feature of its path in each case: shape (leaves * cases, features)."""
    leaves, depth = shares.shape
    points, weights = np.polynomial.legendre.leggauss((depth + 1) // 2)
    added = np.zeros((leaves, 1 << depth, depth))
    for case in range(1 << depth):
        holds = (case >> np.arange(depth) & 1).astype(np.float64)
        for t, weight in zip((points + 1) / 2, weights / 2, strict=True):
            factors = t * holds + (1 - t) * shares
            added[:, case] += weight * factors.prod(axis=1, keepdims=True) / factors
        added[:, case] *= values[:, np.newaxis] * (holds - shares)
    return added.reshape(leaves << depth, depth)
