"""What a candidate must reach before it may be proposed: one gate for each limit of ``policy.toml``, with its figure.

A gate is passed, not passed, or left out with the reason (nothing to compare with, a group too small to judge). An
undefined figure passes no gate: not knowing is no ground for putting a model into use. A weighted figure that rests on
fewer than ``gates.min_effective_n`` equally weighted outcomes is a draw of lots and is not judged by: precision and
calibration fall back to the unweighted figure, groups are listed as not judged, and both is said.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.policy import GatePolicy, Policy
from outreach.gate import DIGITS, Gate, Report, find, is_weak, number, undefined
from outreach.group_gates import judge_groups

MODEL_IN_USE = "current"
_COUNT = "indicator_count"
_MAY_BE_CHANCE = 2  # times the limit of calibration: beyond, no interval makes up for the gap that was measured
NONE_IN_USE = "No model is in use yet, so there is nothing to compare with."
NOBODY_DIFFERS = (
    "No judged household differs between the two, so nothing is known of a difference (as where both have one recipe "
    "and are fitted anew for every tested round)."
)


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
    contenders = find(report, "contenders") or ()
    candidate = next((name for name in contenders if name != MODEL_IN_USE), "")
    return (
        _enough_outcomes(report, policy.gates),
        _against_current(report, candidate, policy.gates)
        if MODEL_IN_USE in contenders
        else Gate("model in use", None, None, None, not_compared),
        _against_count(report, candidate, policy.gates),
        _calibrated(report, candidate, policy.gates),
        *judge_groups(report, candidate, policy),
        _monotone(breaks),
    )


def _label(report: Report) -> str:
    return str(find(report, "label"))


def _enough_outcomes(report: Report, limits: GatePolicy) -> Gate:
    judged = find(report, "test", "judged") or 0
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
    difference = find(report, "differences", candidate, MODEL_IN_USE, _label(report))
    if _rests_on_nobody(difference):
        return Gate("model in use", None, None, None, NOBODY_DIFFERS)
    value, low, high = (number(difference, key) for key in ("value", "low", "high"))
    if value is None or low is None or high is None or is_weak(difference, limits):
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


def _rests_on_nobody(difference: Any) -> bool:
    """Whether no judged household counts differently for the two: zero from 0 to 0 is no knowledge, but none."""
    if not isinstance(difference, Mapping):
        return False
    return not difference.get("n") or (number(difference) is not None and number(difference, "effective_n") is None)


def _against_current_unweighted(report: Report, candidate: str, limits: GatePolicy) -> Gate:
    limit = limits.max_loss_at_capacity
    own, other = (_precision(report, method, "naive") for method in (candidate, MODEL_IN_USE))
    if own is None or other is None:
        return undefined("model in use", -limit, "Precision at capacity against the model in use")
    value = round(own - other, DIGITS)
    return Gate(
        "model in use",
        value >= -limit,
        value,
        -limit,
        f"Precision at capacity {_points(value)} against the model in use, unweighted, since the weighted "
        f"difference is undefined or rests on too few outcomes: {_room(-value, limit)}.",
    )


def _precision(report: Report, method: str, estimate: str) -> float | None:
    return number(find(report, "figures", method, "capacity", _label(report), estimate))


def _against_count(report: Report, candidate: str, limits: GatePolicy) -> Gate:
    weighted = [
        find(report, "figures", method, "capacity", _label(report), "weighted") for method in (candidate, _COUNT)
    ]
    if all(number(figure) is not None and not is_weak(figure, limits) for figure in weighted):
        return _lift([number(figure) for figure in weighted], limits, "at capacity")
    naive = [_precision(report, method, "naive") for method in (candidate, _COUNT)]
    return _lift(naive, limits, "at capacity (unweighted: the weighted one is undefined or rests on too few outcomes)")


def _lift(precisions: Sequence[float | None], limits: GatePolicy, where: str) -> Gate:
    """``precisions`` are the candidate's own and that of counting."""
    limit = limits.min_lift_over_indicator_count
    own, counted = precisions
    if own is None or counted is None:
        return undefined("counting indicators", limit, f"Precision {where} beside the rule that counts indicators")
    missing = round(limit * counted - own, DIGITS)
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


def _calibrated(report: Report, candidate: str, limits: GatePolicy) -> Gate:
    """Of all who could be listed, where that rests on enough outcomes; else, unweighted, of those who were."""
    weighted, listed = (
        find(report, "figures", candidate, rows, _label(report), "calibration_error")
        for rows in ("pooled", "among_listed")
    )
    if _can_be_judged_by(weighted, limits):
        return _calibrated_by(weighted, limits, "")
    if _can_be_judged_by(listed, limits):
        return _calibrated_by(
            listed, limits, f" among those listed, unweighted, since the weighted gap {_lack(weighted, limits)}"
        )
    lack = _lack(weighted, limits)
    also = f", and the unweighted one {_lack(listed, limits)}" if listed else ""
    return Gate(
        "calibration",
        False,
        None,
        limits.max_calibration_error,
        f"The mean gap of stated and observed probability {lack}{also}: it cannot be judged.",
    )


def _can_be_judged_by(figure: Any, limits: GatePolicy) -> bool:
    return number(figure) is not None and not is_weak(figure, limits)


def _lack(figure: Any, limits: GatePolicy) -> str:
    """What a figure lacks to be judged by."""
    if number(figure) is None:
        return "is undefined"
    return f"rests on {number(figure, 'effective_n'):.1f} equally weighted outcomes of {limits.min_effective_n} needed"


def _calibrated_by(figure: Any, limits: GatePolicy, where: str) -> Gate:
    """Passed up to the limit, and up to twice the limit where chance explains the rest.

    Noise alone makes a gap, the more the fewer the outcomes; but an interval so wide that it holds the limit says
    little, and says nothing for a gap that was measured far beyond it.
    """
    measured, least, limit = number(figure), number(figure, "low"), limits.max_calibration_error
    assert measured is not None
    apart = f"Stated and observed probability are {measured:.3f} apart{where}"
    most = _MAY_BE_CHANCE * limit
    if limit < measured <= most and least is not None and least <= limit:
        state = f"up to {most:g} this may be chance, for the interval begins at {least:.3f}"
        return Gate("calibration", True, measured, limit, f"{apart}: beyond the limit of {limit:g}, but {state}.")
    return Gate("calibration", measured <= limit, measured, limit, f"{apart}: {_room(measured, limit)}.")


def _monotone(breaks: Sequence[str]) -> Gate:
    said = "; ".join(breaks[:3]) if breaks else "proven over all trees"
    return Gate("direction", not breaks, len(breaks), 0, f"More hardship may never lower the score: {said}.")


def _room(measured: float, limit: float) -> str:
    over = measured - limit
    return f"{over:.3f} beyond the limit of {limit:g}" if over > 0 else f"within the limit of {limit:g}"


def _points(share: float) -> str:
    return f"{100 * share:+.1f} points"
