"""What people decide: capacity, places by slot, waiting times, the label that ranks, bands, gates, alarm levels."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from domain.errors import UsageError
from domain.listing import Band


@dataclass(frozen=True)
class ListPolicy:
    """Numbers behind the list; each is explained beside its value in ``policy.toml``."""

    capacity: int = 10
    carry_over_weeks: int = 3
    cool_down_days: int = 90
    cohort_places: int = 2
    safety_net_places: int = 3
    referral_places: int = 2
    exploration_places: int = 1
    grave_report_days: int = 60
    listings_without_help: int = 3


@dataclass(frozen=True)
class LabelPolicy:
    ranks_by: str = "public_or_case"
    horizon_days: int = 90


@dataclass(frozen=True)
class BandPolicy:
    very_high: float = 0.30
    high: float = 0.20
    medium: float = 0.10


@dataclass(frozen=True)
class EvaluationPolicy:
    """How a model is judged on past rounds."""

    test_rounds: int = 8
    max_weight: float = 2000.0
    draws: int = 1000


@dataclass(frozen=True)
class GatePolicy:
    """What a candidate must reach before anybody may propose it."""

    min_judged: int = 200
    min_effective_n: int = 30
    max_loss_at_capacity: float = 0.02
    min_lift_over_indicator_count: float = 1.0
    max_calibration_error: float = 0.05


@dataclass(frozen=True)
class FairnessPolicy:
    """Limits for groups of households; a group below the minimum is named and not judged."""

    min_group: int = 50
    min_recall_ratio: float = 0.5
    max_calibration_error: float = 0.10


@dataclass(frozen=True)
class DriftPolicy:
    """From when on a change of the inputs is worth a notice, and from when on an alarm."""

    psi_notice: float = 0.10
    psi_alarm: float = 0.25
    missing_notice: float = 0.02
    missing_alarm: float = 0.05
    category_alarm: float = 0.01
    rate_notice: float = 0.10
    rate_alarm: float = 0.20


_MOST = 10**9  # of what has no limit of its own: more is a slip of the hand, and so are "nan" and "inf"
_A_SHARE = (0, 1)
# What makes sense at least and at most. 100 resamples are the fewest that have 2.5 % at either end to cut off; ten
# years are longer than any outcome is waited for.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "list.listings_without_help": (1, _MOST),
    "label.horizon_days": (1, 3_660),
    "evaluation.test_rounds": (1, _MOST),
    "evaluation.max_weight": (1, _MOST),
    "evaluation.draws": (100, 1_000_000),
    "gates.max_loss_at_capacity": _A_SHARE,
    "gates.max_calibration_error": _A_SHARE,
    "fairness.min_recall_ratio": _A_SHARE,
    "fairness.max_calibration_error": _A_SHARE,
    "drift.missing_notice": _A_SHARE,
    "drift.missing_alarm": _A_SHARE,
    "drift.category_alarm": _A_SHARE,
}
_RISING = ("psi", "missing", "rate")  # of each the notice comes before the alarm


@dataclass(frozen=True)
class Policy:
    """The whole policy; an empty file gives the defaults."""

    list: ListPolicy = ListPolicy()
    label: LabelPolicy = LabelPolicy()
    bands: BandPolicy = BandPolicy()
    evaluation: EvaluationPolicy = EvaluationPolicy()
    gates: GatePolicy = GatePolicy()
    fairness: FairnessPolicy = FairnessPolicy()
    drift: DriftPolicy = DriftPolicy()
    capacities: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """The policy in a parsed TOML file; raises `UsageError` for unknown keys and for numbers that make no sense."""
        kinds = {declared.name: type(declared.default) for declared in fields(cls) if declared.name != "capacities"}
        _refuse_unknown("", data, {*kinds, "capacity"})
        capacities = dict(_table("capacity", data))
        for code, places in capacities.items():
            if not (isinstance(code, str) and len(code) == 10 and code.isdigit()):
                raise UsageError(f"policy: {code!r} under [capacity] is not a ten-digit dong code.")
            _check_number(f"capacity.{code}", places, int)
        sections = {name: _section(kind, name, data) for name, kind in kinds.items()}
        policy = cls(capacities=capacities, **sections)
        if not 1 > policy.bands.very_high > policy.bands.high > policy.bands.medium > 0:
            raise UsageError("policy: bands must fall: 1 > very_high > high > medium > 0.")
        _check_rising(policy.drift)
        return policy

    def with_capacities(self, moved: Mapping[str, int]) -> Self:
        """The same policy, but with what hubs have decided for their dongs since it was written."""
        return replace(self, capacities={**self.capacities, **moved})

    def capacity(self, dong_code: str) -> int:
        """Places this dong has in a week."""
        return self.capacities.get(dong_code, self.list.capacity)

    def band(self, probability: float) -> Band:
        if probability >= self.bands.very_high:
            return Band.VERY_HIGH
        if probability >= self.bands.high:
            return Band.HIGH
        return Band.MEDIUM if probability >= self.bands.medium else Band.LOW


def _refuse_unknown(section: str, data: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        where = f" under [{section}]" if section else ""
        raise UsageError(
            f"policy: unknown key {', '.join(unknown)}{where}.", hint=f"Known here: {', '.join(sorted(known))}."
        )


def _table(name: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    values = data.get(name, {})
    if not isinstance(values, Mapping):
        raise UsageError(
            f"policy: {name} must be a section.", hint=f"Write [{name}] on a line of its own, values below."
        )
    return values


def _section(kind: Any, name: str, data: Mapping[str, Any]) -> Any:
    values = _table(name, data)
    types = {declared.name: declared.type for declared in fields(kind)}
    _refuse_unknown(name, values, set(types))
    for key, value in values.items():
        _check_number(f"{name}.{key}", value, types[key])
    return kind(**values)


def _check_number(key: str, value: Any, kind: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
        raise UsageError(f"policy: {key} must be {kind.__name__}, not {type(value).__name__}.")
    if kind is not str:
        least, most = _BOUNDS.get(key, (0, _MOST))
        if not least <= value <= most:
            raise UsageError(f"policy: {key} must be a number from {least:,} to {most:,}.")


def _check_rising(drift: DriftPolicy) -> None:
    for what in _RISING:
        if getattr(drift, f"{what}_notice") > getattr(drift, f"{what}_alarm"):
            raise UsageError(f"policy: drift.{what}_notice cannot be above drift.{what}_alarm.")
