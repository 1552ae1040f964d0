"""One gate of a proposal, and how a figure is read out of an evaluation to judge by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.policy import GatePolicy

Report = Mapping[str, Any]
DIGITS = 9  # of computed figures, so that a limit that is just met is met


@dataclass(frozen=True)
class Gate:
    """One limit: ``is_passed`` is None where it was left out; the sentence says by how much, or why."""

    name: str
    is_passed: bool | None
    measured: float | None
    limit: float | None
    sentence: str


def find(data: Any, *path: str) -> Any:
    """What lies at the end of a path of keys; None where it breaks off."""
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def number(figure: Any, key: str = "value") -> float | None:
    """A number of a figure; None where it is undefined or the figure is not there."""
    found = find(figure, key)
    return None if found is None or found != found else float(found)


def is_weak(figure: Any, limits: GatePolicy) -> bool:
    """Whether a figure tells no more than too few equally weighted outcomes would."""
    stated = number(figure, "effective_n")
    return stated is not None and stated < limits.min_effective_n


def undefined(name: str, limit: float, what: str) -> Gate:
    """A gate that is not passed for want of a figure; ``what`` is how its sentence begins."""
    return Gate(name, False, None, limit, f"{what} is undefined: too little is known to judge it.")
