"""The gates of groups of households: nobody is left behind for the sake of a better figure of all."""

import math
from collections.abc import Mapping, Sequence

from domain.policy import Policy
from outreach.gate import DIGITS, Gate, Report, find, is_weak, number, undefined


def judge_groups(report: Report, candidate: str, policy: Policy) -> tuple[Gate, ...]:
    """Recall and calibration of every group that can be judged, and by name those that cannot and why."""
    groups = find(report, "groups", candidate) or ()
    whole = find(report, "figures", candidate, "recall", str(find(report, "label")))
    # By today's minimum: that of the day it was trained may have been another.
    large = [group for group in groups if group["n"] >= max(policy.fairness.min_group, 1)]
    judged = [group for group in large if group["is_judged"]]
    in_need = [group for group in judged if group["positives"]]
    ratios = {
        _said(group): _over(number(group["recall"]), number(whole))
        for group in in_need
        if not is_weak(group["recall"], policy.gates) and not is_weak(whole, policy.gates)
    }
    gaps = {
        _said(group): number(group["calibration_error"])
        for group in judged
        if not is_weak(group["calibration_error"], policy.gates)
    }
    weak = {
        "recall": [name for group in in_need if (name := _said(group)) not in ratios],
        "calibration": [name for group in judged if (name := _said(group)) not in gaps],
    }
    return (
        _every_group(
            "recall of groups",
            "recall over that of all households",
            ratios,
            at_least=policy.fairness.min_recall_ratio,
        ),
        _every_group(
            "calibration of groups",
            "gap of stated and observed probability",
            gaps,
            at_most=policy.fairness.max_calibration_error,
        ),
        *_not_judged(groups, large, weak, policy),
    )


def _every_group(
    name: str,
    what: str,
    values: Mapping[str, float | None],
    *,
    at_least: float = -math.inf,
    at_most: float = math.inf,
) -> Gate:
    limit, bound = (at_least, "at least") if at_most == math.inf else (at_most, "at most")
    if not values:
        return Gate(name, None, None, limit, "No group has the outcomes to be judged by.")
    known = {group: value for group, value in values.items() if value is not None}
    if len(known) < len(values):
        unknown = ", ".join(group for group in values if group not in known)
        return undefined(name, limit, f"The {what} of {unknown}")
    worst = min(known, key=lambda group: min(known[group] - at_least, at_most - known[group]))
    beyond = [f"{group} {value:.2f}" for group, value in known.items() if not at_least <= value <= at_most]
    state = f"beyond it: {', '.join(beyond)}" if beyond else f"the worst is {worst} with {known[worst]:.2f}"
    return Gate(
        name,
        not beyond,
        known[worst],
        limit,
        f"Of {len(known)} groups the {what} has to be {bound} {limit:.2f}; {state}.",
    )


def _not_judged(
    groups: Sequence[Report], large: Sequence[Report], weak: Mapping[str, Sequence[str]], policy: Policy
) -> tuple[Gate, ...]:
    small = [_said(group) for group in groups if group not in large]
    without_need = [_said(group) for group in large if group["is_judged"] and not group["positives"]]
    unknown = [_said(group) for group in large if not group["is_judged"]]
    too_few = f"rests on fewer than {policy.gates.min_effective_n} equally weighted outcomes, so it is not judged"
    left_out = (
        ("groups too small", small, f"Fewer than {policy.fairness.min_group} outcomes, so not judged"),
        ("groups without need", without_need, "No need was found in them, so none could be missed"),
        *((f"{what} not judged", found, f"{what.capitalize()} {too_few}") for what, found in weak.items()),
    )
    return (
        *_figures_missing(unknown, policy),
        *(Gate(name, None, len(found), None, f"{why}: {', '.join(found)}.") for name, found, why in left_out if found),
    )


def _figures_missing(groups: Sequence[str], policy: Policy) -> tuple[Gate, ...]:
    """Not passed: they are large enough by today's policy, but were too small by that of the training."""
    why = f"{policy.fairness.min_group} outcomes or more, but left out by the policy of its training"
    return (Gate("groups without figures", False, len(groups), 0, f"{why}: {', '.join(groups)}."),) if groups else ()


def _said(group: Report) -> str:
    return f"{group['attribute']} {group['group']}"


def _over(value: float | None, whole: float | None) -> float | None:
    return round(value / whole, DIGITS) if value is not None and whole else None
