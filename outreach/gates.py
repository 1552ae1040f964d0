"""What a candidate must reach before it may be proposed: one gate for each limit of ``policy.toml``, with its figure.

A gate is passed, not passed, or left out with the reason (nothing to compare with, a group too small to judge). An
undefined figure passes no gate: not knowing is no ground for putting a model into use. A weighted figure that rests on
fewer than ``gates.min_effective_n`` equally weighted outcomes is a draw of lots and is not judged by: precision falls
back to the unweighted figure, groups are listed as not judged, and both is said.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.policy import GatePolicy, Policy

Report = Mapping[str, Any]
MODEL_IN_USE = "current"
_COUNT = "indicator_count"
_DIGITS = 9  # of computed figures, so that a limit that is just met is met
NONE_IN_USE = "No model is in use yet, so there is nothing to compare with."


@dataclass(frozen=True)
class Gate:
    """One limit: ``is_passed`` is None where it was left out; the sentence says by how much, or why."""

    name: str
    is_passed: bool | None
    measured: float | None
    limit: float | None
    sentence: str


def failed(gates: Sequence[Gate]) -> tuple[Gate, ...]:
    """The gates that were not passed."""
    return tuple(gate for gate in gates if gate.is_passed is False)


def judge(
    report: Report, policy: Policy, *, breaks: Sequence[str], not_compared: str = NONE_IN_USE
) -> tuple[Gate, ...]:
    """The gates of the first contender of an evaluation, compared with its "current" one where it has it.

    ``report`` is an evaluation as a bundle's ``metrics.json`` holds it; ``breaks`` are those of
    `scoring.monotone.monotone_breaks`; ``not_compared`` says why there is no model in use to compare with.
    """
    contenders = _find(report, "contenders") or ()
    candidate = next((name for name in contenders if name != MODEL_IN_USE), "")
    return (
        _enough_outcomes(report, policy.gates),
        _against_current(report, candidate, policy.gates)
        if MODEL_IN_USE in contenders
        else Gate("model in use", None, None, None, not_compared),
        _against_count(report, candidate, policy.gates),
        _calibrated(_find(report, "figures", candidate, "pooled", _label(report), "calibration_error"), policy.gates),
        *_fair(report, candidate, policy),
        _monotone(breaks),
    )


def _label(report: Report) -> str:
    return str(_find(report, "label"))


def _find(data: Any, *path: str) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def _number(figure: Any, key: str = "value") -> float | None:
    found = _find(figure, key)
    return None if found is None or found != found else float(found)


def _is_weak(figure: Any, limits: GatePolicy) -> bool:
    stated = _number(figure, "effective_n")
    return stated is not None and stated < limits.min_effective_n


def _enough_outcomes(report: Report, limits: GatePolicy) -> Gate:
    judged = _find(report, "test", "judged") or 0
    missing = limits.min_judged - judged
    state = f"{missing:,} fewer than needed" if missing > 0 else "enough"
    return Gate(
        "outcomes",
        missing <= 0,
        judged,
        limits.min_judged,
        f"Judged on {judged:,} known outcomes of {limits.min_judged:,} that it takes: {state}.",
    )


def _against_current(report: Report, candidate: str, limits: GatePolicy) -> Gate:
    difference = _find(report, "differences", candidate, MODEL_IN_USE, _label(report))
    value, low, high = (_number(difference, key) for key in ("value", "low", "high"))
    if value is None or low is None or high is None or _is_weak(difference, limits):
        return _against_current_unweighted(report, candidate, limits)
    limit = limits.max_loss_at_capacity
    interval = f"95 % interval {_points(low)} to {_points(high)}"
    state = "surely worse, whatever loss is allowed" if high < 0 else _room(-value, limit)
    return Gate(
        "model in use",
        value >= -limit and high >= 0,
        value,
        -limit,
        f"Precision at capacity {_points(value)} against the model in use ({interval}): {state}.",
    )


def _against_current_unweighted(report: Report, candidate: str, limits: GatePolicy) -> Gate:
    limit = limits.max_loss_at_capacity
    own, other = (_precision(report, method, "naive") for method in (candidate, MODEL_IN_USE))
    if own is None or other is None:
        return _undefined("model in use", -limit, "Precision at capacity against the model in use")
    value = round(own - other, _DIGITS)
    return Gate(
        "model in use",
        value >= -limit,
        value,
        -limit,
        f"Precision at capacity {_points(value)} against the model in use, unweighted, since the weighted "
        f"difference is undefined or rests on too few outcomes: {_room(-value, limit)}.",
    )


def _precision(report: Report, method: str, estimate: str) -> float | None:
    return _number(_find(report, "figures", method, "capacity", _label(report), estimate))


def _against_count(report: Report, candidate: str, limits: GatePolicy) -> Gate:
    weighted = [
        _find(report, "figures", method, "capacity", _label(report), "weighted") for method in (candidate, _COUNT)
    ]
    if all(_number(figure) is not None and not _is_weak(figure, limits) for figure in weighted):
        return _lift([_number(figure) for figure in weighted], limits, "at capacity")
    naive = [_precision(report, method, "naive") for method in (candidate, _COUNT)]
    return _lift(naive, limits, "at capacity (unweighted: the weighted one is undefined or rests on too few outcomes)")


def _lift(precisions: Sequence[float | None], limits: GatePolicy, where: str) -> Gate:
    """``precisions`` are the candidate's own and that of counting."""
    limit = limits.min_lift_over_indicator_count
    own, counted = precisions
    if own is None or counted is None:
        return _undefined("counting indicators", limit, f"Precision {where} beside the rule that counts indicators")
    missing = round(limit * counted - own, _DIGITS)
    # Where neither finds anybody nothing is better than the other; a limit of zero asks for nothing.
    is_passed = missing <= 0 and (own > 0 or not limit)
    state = "enough" if is_passed else f"{missing:.1%} of the places short"
    return Gate(
        "counting indicators",
        is_passed,
        own / counted if counted else None,
        limit,
        f"Precision {where} {own:.1%}, the rule that counts indicators {counted:.1%}, of which {limit:g} times is "
        f"needed: {state}.",
    )


def _calibrated(figure: Any, limits: GatePolicy) -> Gate:
    """Passed unless the gap is shown to be above the limit: noise alone makes one, the more the fewer the outcomes."""
    measured, limit = _number(figure), limits.max_calibration_error
    if measured is None or _is_weak(figure, limits):
        return _undefined("calibration", limit, "The mean gap of stated and observed probability")
    apart = f"Stated and observed probability are {measured:.3f} apart"
    least = figure["low"]
    if measured > limit and least is not None and least <= limit:
        return Gate(
            "calibration", True, measured, limit, f"{apart}, which may be chance: the interval begins at {least:.3f}."
        )
    return Gate("calibration", measured <= limit, measured, limit, f"{apart}: {_room(measured, limit)}.")


def _fair(report: Report, candidate: str, policy: Policy) -> tuple[Gate, ...]:
    groups = _find(report, "groups", candidate) or ()
    whole = _find(report, "figures", candidate, "recall", _label(report))
    judged = [group for group in groups if group["is_judged"]]
    in_need = [group for group in judged if group["positives"]]
    ratios = {
        _said(group): _over(_number(group["recall"]), _number(whole))
        for group in in_need
        if not _is_weak(group["recall"], policy.gates) and not _is_weak(whole, policy.gates)
    }
    gaps = {
        _said(group): _number(group["calibration_error"])
        for group in judged
        if not _is_weak(group["calibration_error"], policy.gates)
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
        *_not_judged(groups, weak, policy),
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
        return _undefined(name, limit, f"The {what} of {unknown}")
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


def _not_judged(groups: Sequence[Report], weak: Mapping[str, Sequence[str]], policy: Policy) -> tuple[Gate, ...]:
    small = [_said(group) for group in groups if not group["is_judged"]]
    without_need = [_said(group) for group in groups if group["is_judged"] and not group["positives"]]
    too_few = f"rests on fewer than {policy.gates.min_effective_n} equally weighted outcomes, so it is not judged"
    left_out = (
        ("groups too small", small, f"Fewer than {policy.fairness.min_group} outcomes, so not judged"),
        ("groups without need", without_need, "No need was found in them, so none could be missed"),
        *((f"{what} not judged", found, f"{what.capitalize()} {too_few}") for what, found in weak.items()),
    )
    return tuple(
        Gate(name, None, len(found), None, f"{why}: {', '.join(found)}.") for name, found, why in left_out if found
    )


def _said(group: Report) -> str:
    return f"{group['attribute']} {group['group']}"


def _over(value: float | None, whole: float | None) -> float | None:
    return round(value / whole, _DIGITS) if value is not None and whole else None


def _monotone(breaks: Sequence[str]) -> Gate:
    said = "; ".join(breaks[:3]) if breaks else "proven over all trees"
    return Gate("direction", not breaks, len(breaks), 0, f"More hardship may never lower the score: {said}.")


def _undefined(name: str, limit: float, what: str) -> Gate:
    return Gate(name, False, None, limit, f"{what} is undefined: too little is known to judge it.")


def _room(measured: float, limit: float) -> str:
    over = measured - limit
    return f"{over:.3f} beyond the limit of {limit:g}" if over > 0 else f"within the limit of {limit:g}"


def _points(share: float) -> str:
    return f"{100 * share:+.1f} points"
