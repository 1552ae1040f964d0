"""Proof, over the trees themselves, that more hardship never lowers a score.

A score is the sum of its trees' leaves, so it is monotone in a feature if every tree is. A tree is a set of boxes with
a value each; two boxes can hold the same household before and after the feature alone has grown only where the upper
one reaches above the lower end of the other and every other feature may have one value in both. If the value then
never moves against the direction, nothing can. The proof is sound: what it passes holds for every household there can
be. It is exact for each tree; a break in one tree that others would always outweigh is reported all the same, since
LightGBM's constraints hold tree by tree.

Unknown (NaN) is no amount: nothing is claimed of a household whose value becomes known, only of one whose known value
grows while what is unknown of the others stays unknown.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from features.declaration import Direction, Feature

if TYPE_CHECKING:  # see scoring.bundle
    import lightgbm as lgb


@dataclass(frozen=True)
class _Range:
    """The values of one feature that reach a leaf: above ``low``, up to ``high``, and perhaps unknown."""

    low: float = -math.inf
    high: float = math.inf
    takes_unknown: bool = True

    def meets(self, other: "_Range") -> bool:
        is_shared = max(self.low, other.low) < min(self.high, other.high)
        return is_shared or (self.takes_unknown and other.takes_unknown)


_ANYTHING = _Range()


@dataclass(frozen=True)
class _Leaf:
    value: float
    ranges: Mapping[int, _Range] = field(default_factory=dict)

    def range_of(self, column: int) -> _Range:
        return self.ranges.get(column, _ANYTHING)


def monotone_breaks(booster: "lgb.Booster", features: Sequence[Feature]) -> list[str]:
    """What breaks the direction that ``features`` (the booster's columns) declare, one line a feature; none is a proof.

    A tree with splits this proof does not know (categories, zero as missing, linear leaves) counts as a break.
    """
    trees = booster.dump_model()["tree_info"]
    unknown = [tree["tree_index"] for tree in trees if not _is_plain(tree["tree_structure"])]
    if unknown:
        return [f"{len(unknown)} trees have splits or leaves of which nothing can be proven (the first: {unknown[0]})"]
    leaves = {tree["tree_index"]: list(_leaves(tree["tree_structure"], {})) for tree in trees}
    return [
        f"{feature.name}: {len(broken)} of {len(trees)} trees go against it (the first: {broken[0]})"
        for column, feature in enumerate(features)
        if feature.direction is not Direction.FREE
        and (broken := [tree for tree, found in leaves.items() if _breaks(found, column, int(feature.direction))])
    ]


def _is_plain(node: Mapping[str, Any]) -> bool:
    if "split_index" not in node:
        return "leaf_coeff" not in node
    is_known = node["decision_type"] == "<=" and node["missing_type"] in ("None", "NaN")
    return is_known and _is_plain(node["left_child"]) and _is_plain(node["right_child"])


def _leaves(node: Mapping[str, Any], ranges: Mapping[int, _Range]) -> Iterator[_Leaf]:
    if "split_index" not in node:
        yield _Leaf(node["leaf_value"], ranges)
        return
    column, threshold = node["split_feature"], node["threshold"]
    here = ranges.get(column, _ANYTHING)
    # Where a feature was never unknown in training, LightGBM reads unknown as zero.
    unknown_goes_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    sides = (
        ("left_child", replace(here, high=min(here.high, threshold)), unknown_goes_left),
        ("right_child", replace(here, low=max(here.low, threshold)), not unknown_goes_left),
    )
    for child, side, takes_unknown in sides:
        reached = replace(side, takes_unknown=here.takes_unknown and takes_unknown)
        if reached.low < reached.high or reached.takes_unknown:
            yield from _leaves(node[child], {**ranges, column: reached})


def _breaks(leaves: Sequence[_Leaf], column: int, direction: int) -> bool:
    touched = [leaf for leaf in leaves if column in leaf.ranges]
    return any(
        direction * lower.value > direction * upper.value and _can_grow_into(lower, upper, column)
        for lower in touched
        for upper in touched
    )


def _can_grow_into(lower: _Leaf, upper: _Leaf, column: int) -> bool:
    """Whether a household of ``lower`` can come into ``upper`` when the feature in ``column`` alone grows."""
    before, after = lower.range_of(column), upper.range_of(column)
    return (
        before.low < before.high
        and after.low < after.high
        and before.low < after.high
        and all(
            lower.range_of(other).meets(upper.range_of(other))
            for other in lower.ranges.keys() | upper.ranges.keys()
            if other != column
        )
    )
