"""An evaluation and a comparison written by hand, for whoever shows them: small, and with every kind of gap in them."""

from dataclasses import replace
from datetime import date
from typing import Any

from audit.comparison import Comparison, Gains, Model
from audit.drift import Drift, Finding, Kind, Level
from audit.movement import Movement, Moves
from domain.calendar import Round
from training.recipe import Recipe

METHODS = ("A", "B", "logistic_regression", "last_score", "indicator_count", "area_only")
LABELS = {
    "any_support": "지원 연계(민간 포함)",
    "public_benefit": "공적 급여",
    "case_management": "통합사례관리",
    "public_or_case": "공적 급여 또는 사례관리",
    "severe_crisis": "중대 위기",
}
RANKS_BY = "public_or_case"
PRECISION = dict(zip(METHODS, (0.312, 0.334, 0.341, 0.298, 0.251, 0.168), strict=True))
GROUPS = {
    "household_type": (("single_elder", 212), ("single_working_age", 131), ("single_parent", 61), ("grandparent", 9)),
    "head_sex": (("female", 460), ("male", 437)),
}


def figure(value: float | None, spread: float = 0.04, n: float = 897, **more: float) -> dict[str, Any]:
    """A figure of the evaluation; without a value it is undefined as a whole."""
    if value is None:
        return {"value": None, "low": None, "high": None, "n": 0, "effective_n": 0.0}
    return {"value": value, "low": value - spread, "high": value + spread, "n": n, "effective_n": 61.25} | more


def report() -> dict[str, Any]:
    """Six methods on two rounds; B is a little ahead of A, by less than chance may do."""
    return {
        "label": RANKS_BY,
        "horizon_days": 90,
        "as_of": "2026-11-16",
        "seed": 1,
        "rounds": [
            {"round": "2026-W20", "train": ["2025-W44", "2025-W52"], "calibrate": ["2026-W01", "2026-W06"],
             "examples": 4210, "positives": 702},
            {"round": "2026-W21", "train": ["2025-W44", "2026-W01"], "calibrate": ["2026-W02", "2026-W07"],
             "examples": 4333, "positives": 731},
        ],
        "test": {"judged": 897, "positives": 153, "drawn": 71, "dongs": 44, "response_rate": 0.8125,
                 "min_effective_n": 30, "max_weight": 2000.0, "cut_weight_share": 0.0312},
        "contenders": ["A", "B"],
        "methods": list(METHODS),
        "figures": {method: _figures(method) for method in METHODS},
        "differences": {
            "A": {other: {label: _difference("A", other) for label in LABELS} for other in METHODS if other != "A"},
            "B": {other: {label: _difference("B", other) for label in LABELS} for other in METHODS if other != "B"},
        },
        "groups": {method: _groups(method) for method in ("A", "B")},
        "folds": [
            {"round": label, "method": method, "capacity": PRECISION[method] + shift, "roc_auc": 0.66,
             "average_precision": 0.29, "n": 448, "effective_n": 31.5}
            for label, shift in (("2026-W20", -0.02), ("2026-W21", 0.02)) for method in METHODS
        ],
    }  # fmt: skip


def _figures(method: str) -> dict[str, Any]:
    precision = PRECISION[method]
    ties = {"best": precision + 0.03, "worst": precision - 0.05} if method in ("indicator_count", "area_only") else {}
    capacity = {
        label: {
            "naive": figure(precision + 0.05 - shift, 0.03),
            "weighted": figure(None if label == "severe_crisis" else precision - shift, 0.04, **ties),
            "inverse_propensity": figure(precision - 0.01 - shift, 0.06),
            "doubly_robust": figure(precision + 0.004 - shift, 0.035),
        }
        for label, shift in zip(LABELS, (-0.1, 0.06, 0.12, 0.0, 0.14), strict=True)
    }
    stated = method in ("A", "B", "logistic_regression")
    pooled = {"roc_auc": figure(0.661, 0.03), "average_precision": figure(0.287, 0.04)}
    ranked = {"brier": figure(0.1312, 0.01), "calibration_error": figure(0.0213, 0.01)} if stated else {}
    bins = [(0.05, 0.04, 301), (0.15, 0.17, 402), (0.34, 0.29, 194)]
    return {
        "capacity": capacity,
        "recall": {label: figure(0.21, 0.05) for label in LABELS},
        "lift": {label: figure(2.4, 0.5) for label in LABELS},
        "pooled": {label: pooled | (ranked if label == RANKS_BY else {}) for label in LABELS},
        "among_listed": {label: pooled | (ranked if label == RANKS_BY else {}) for label in LABELS},
        "reliability": [{"stated": s, "observed": o, "n": n, "effective_n": n / 9} for s, o, n in bins]
        if stated
        else [],
    }


def _difference(one: str, other: str) -> dict[str, Any]:
    return figure(round(PRECISION[one] - PRECISION[other], 6), 0.035)


def _groups(method: str) -> list[dict[str, Any]]:
    shift = 0.0 if method == "A" else 0.03
    return [
        {
            "attribute": attribute, "group": group, "n": n, "positives": n // 6, "is_judged": n >= 50,
            "precision": figure(0.3 + shift, 0.08, n) if n >= 50 else figure(None),
            "recall": figure(0.2 + shift, 0.09, n) if n >= 50 else figure(None),
            "calibration_error": figure(0.04, 0.03, n) if n >= 50 else figure(None),
            "share_of_places": 0.3, "share_of_candidates": 0.25, "share_of_need": 0.28,
        }
        for attribute, groups in GROUPS.items() for group, n in groups
    ]  # fmt: skip


def comparison(**changes: object) -> Comparison:
    """The comparison of two bundles on that evaluation."""
    plain = Comparison(
        a=_model("standard-1", "aa11" * 16, trees=250),
        b=_model("standard-2", "bb22" * 16, trees=300),
        delivery_as_of=date(2026, 11, 16),
        delivery_digest="cc33" * 16,
        is_made_up=True,
        report=report(),
        min_group=50,
        labels=LABELS,
        gains={method: Gains((0.0, 0.1, 0.5, 1.0), (0.0, 0.3, 0.7, 1.0), 153, 33.0) for method in METHODS},
        movement=moved(),
        dongs={"4128151000": "경기도 고양시덕양구 주교동", "4128152000": "경기도 고양시덕양구 원신동"},
        drift=Drift(
            (
                Finding("nhis_premium_arrears", Kind.REPORTS, Level.ALARM, "", 0.35, 0.28, 0.41, "2026-07"),
                Finding("members.relation", Kind.CATEGORY, Level.ALARM, "", 0.02, words=("parent", "sibling")),
                Finding("arrears_kinds", Kind.DISTRIBUTION, Level.NOTICE, "", 0.12),
                Finding("head_age", Kind.MISSING, Level.OK, "", 0.0),
            ),
            ("2025-11-17",),
            "2026-11-16",
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def _model(name: str, digest: str, *, trees: int) -> Model:
    return Model(name, digest, RANKS_BY, "2026-11-16", "cc33" * 16, Recipe({}, trees))


def moved() -> Movement:
    """Two dongs, in one of which most places change."""
    return Movement(
        Round(date(2026, 11, 16)),
        Moves(24, 24, 36),
        {"4128151000": Moves(22, 22, 8), "4128152000": Moves(2, 2, 28)},
        {
            ("household_type", "grandparent"): Moves(1, 2, 3),
            ("household_type", "single_elder"): Moves(14, 9, 21),
            ("household_type", "single_working_age"): Moves(9, 13, 12),
            ("head_sex", "female"): Moves(12, 11, 18),
            ("head_sex", "male"): Moves(12, 13, 18),
        },
        {"건강보험료 체납": Moves(18, 9), "가구": Moves(3, 17), "전기·가스·수도": Moves(2, 1)},
    )
