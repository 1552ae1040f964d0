"""An evaluation as people may be told it: what too few effective rows stand behind has no value, and says so."""

from collections.abc import Mapping
from typing import Any

from scoring.figures import only_telling

Report = Mapping[str, Any]


def as_told(report: Report) -> dict[str, Any]:
    """The report of `training.report` without what fewer than its ``min_effective_n`` effective rows stand behind.

    Whatever has an ``effective_n`` gains ``is_too_few``: why it has no value, in contrast to what cannot be computed.
    A group's share of need rests on the same rows as its recall and goes with it. The naive precision stays: it does
    not rest on the few whom chance drew, and its interval says how sure it is.
    """
    least = report["test"]["min_effective_n"]
    told: dict[str, Any] = _marked(only_telling(report, min_effective_n=least), least)
    for method, figures in told["figures"].items():
        for label, estimates in figures["capacity"].items():
            estimates["naive"] = report["figures"][method]["capacity"][label]["naive"]
    for group in (group for groups in told["groups"].values() for group in groups):
        if group["recall"]["is_too_few"]:
            group["share_of_need"] = None
    return told


def is_too_few(n: int, effective_n: float | None, least: float) -> bool:
    """Whether there are rows, and what they are worth together is known to be less than ``least`` equal ones."""
    return bool(n) and effective_n is not None and effective_n < least


def _marked(data: Any, least: float) -> Any:
    if isinstance(data, Mapping):
        marked = {name: _marked(value, least) for name, value in data.items()}
        if "effective_n" in data:
            marked["is_too_few"] = is_too_few(data["n"], data["effective_n"], least)
        return marked
    return [_marked(value, least) for value in data] if isinstance(data, list | tuple) else data
