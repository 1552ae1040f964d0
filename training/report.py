"""One evaluation as data: every figure of a backtest with its interval, ready for a bundle, a gate or a card."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from domain.calendar import Round, day_of
from domain.policy import Policy
from scoring.capacity import (
    ESTIMATES,
    MeasuredList,
    measure_list,
    paired_difference,
    precision_by_dong,
    precision_by_round,
)
from scoring.evidence import DRAWN, Evidence
from scoring.figures import FIGURE_RULES, Figure, json_number
from scoring.groups import group_figures
from scoring.metrics import reliability_curve
from scoring.pooled import probability_figures_of, ranking_figures_by_label, ranking_point
from training.labels import LABELS

if TYPE_CHECKING:
    from training.backtest import Backtest, Fold

_QUARTILES = (0.25, 0.5, 0.75)


def evaluation_report(backtest: "Backtest", policy: Policy, *, as_of: date, seed: int) -> dict[str, Any]:
    """All figures of a backtest as JSON data without NaN; the same backtest, policy and seed give the same data."""
    evidence = Evidence.gather(
        backtest.judged,
        backtest.places,
        backtest.listings,
        max_weight=policy.evaluation.max_weight,
        draws=policy.evaluation.draws,
        rng=np.random.default_rng(seed),
    )
    lists = {method: measure_list(evidence, method, tuple(LABELS)) for method in backtest.methods}
    return {
        "label": backtest.label,
        "horizon_days": backtest.horizon_days,
        "as_of": as_of.isoformat(),
        "seed": seed,
        "rounds": [_fold(fold) for fold in backtest.folds],
        "test": _test(evidence, backtest.label, policy),
        "contenders": list(backtest.contenders),
        "methods": list(backtest.methods),
        "figures": {method: _figures(evidence, measured, backtest.label) for method, measured in lists.items()},
        "differences": {one: _differences(evidence, lists, one) for one in backtest.contenders},
        "groups": {
            method: [
                group.to_json()
                for group in group_figures(evidence, method, backtest.label, min_group=policy.fairness.min_group)
            ]
            for method in backtest.methods
        },
        "by_dong": {method: _by_dong(evidence, method, backtest.label) for method in backtest.methods},
        "folds": [row for method in backtest.methods for row in _by_round(evidence, method, backtest.label)],
    }


def _fold(fold: "Fold") -> dict[str, Any]:
    return {
        "round": _round(fold.round),
        "train": [_round(fold.train[0]), _round(fold.train[-1])],
        "calibrate": [_round(fold.calibrate[0]), _round(fold.calibrate[-1])],
        "examples": fold.examples,
        "positives": fold.positives,
    }


def _round(day: int) -> str:
    return Round.of(day_of(day)).label


def _test(evidence: Evidence, label: str, policy: Policy) -> dict[str, Any]:
    """What the figures rest on; ``cut_weight_share`` is how much of all weight the cap took away.

    A figure with fewer effective rows than ``min_effective_n`` is not judged by, and not shown as if it could be.
    """
    stands_for = float((1 / evidence.judged["inclusion"].to_numpy()).sum())
    listed, answered = (int(evidence.listings[name].sum()) for name in ("listed", "judged"))
    return {
        "judged": evidence.judged.height,
        "positives": int(evidence.truth(label).sum()),
        "drawn": int((evidence.judged["stratum"] == DRAWN).sum()),
        "dongs": len(evidence.dongs),
        "response_rate": json_number(answered / listed) if listed else None,
        "min_effective_n": policy.gates.min_effective_n,
        "figure_rules": FIGURE_RULES,
        "max_weight": json_number(policy.evaluation.max_weight),
        "cut_weight_share": json_number(1 - evidence.weight.sum() / stands_for) if stands_for else None,
    }


def _figures(evidence: Evidence, measured: MeasuredList, label: str) -> dict[str, Any]:
    pooled = ranking_figures_by_label(evidence, measured.method, measured.labels)
    pooled[label] |= probability_figures_of(evidence, measured.method, label)
    listed = ranking_figures_by_label(evidence, measured.method, measured.labels, is_weighted=False)
    listed[label] |= probability_figures_of(evidence, measured.method, label, is_weighted=False)
    capacity = {name: {estimate: measured.figure(estimate, name) for estimate in ESTIMATES} for name in measured.labels}
    stated = evidence.probability(measured.method)
    curve = [] if stated is None else reliability_curve(evidence.truth(label), stated, weight=evidence.weight)
    return {
        "capacity": {name: _json(figures) for name, figures in capacity.items()},
        "recall": _json({name: measured.figure("recall", name) for name in measured.labels}),
        "lift": _json({name: measured.figure("lift", name) for name in measured.labels}),
        "pooled": {name: _json(figures) for name, figures in pooled.items()},
        "among_listed": {name: _json(figures) for name, figures in listed.items()},
        "reliability": [
            {"stated": json_number(s), "observed": json_number(o), "n": n, "effective_n": json_number(effective)}
            for s, o, n, effective in curve
        ],
    }


def _json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.to_json() for name, figure in figures.items()}


def _differences(evidence: Evidence, lists: Mapping[str, MeasuredList], one: str) -> dict[str, Any]:
    return {
        other: _json({label: paired_difference(evidence, lists[one], lists[other], label) for label in LABELS})
        for other in lists
        if other != one
    }


def _by_round(evidence: Evidence, method: str, label: str) -> list[dict[str, Any]]:
    """Precision at capacity, ROC-AUC and average precision of each round by itself.

    ``effective_n`` is that of the precision, the one that rests on fewest rows; no interval beside a round's figures.
    """
    rounds = evidence.judged["round"].to_numpy()
    truth, weight = evidence.truth(label), evidence.weight
    score = evidence.judged[f"score_{method}"].to_numpy()
    rows = []
    for day, precision in precision_by_round(evidence, method, label).items():
        inside = rounds == day
        ranked = [
            json_number(ranking_point(measure, truth[inside], score[inside], weight[inside]))
            for measure in (roc_auc_score, average_precision_score)
        ]
        rows.append(
            {
                "round": _round(day),
                "method": method,
                "n": int(inside.sum()),
                "effective_n": json_number(precision.effective_n),
                "capacity": json_number(precision.value),
                "roc_auc": ranked[0],
                "average_precision": ranked[1],
            }
        )
    return rows


def _by_dong(evidence: Evidence, method: str, label: str) -> dict[str, Any]:
    """How precision at capacity differs between dongs, none of which is named.

    ``weighted_defined`` are the dongs where the weighted precision can be told at all. The quartiles are of the naive
    one, over the dongs with a judged row on the list; with few rows a dong (``median_n``) most of their distance is
    chance. They need four dongs at least.
    """
    dongs = precision_by_dong(evidence, method, label)
    judged = dongs.drop_nulls("naive")
    quartiles = [judged["naive"].quantile(share, "linear") if judged.height >= 4 else None for share in _QUARTILES]
    return {
        "dongs": dongs.height,
        "not_judged": dongs.height - judged.height,
        "weighted_defined": dongs["weighted"].count(),
        "median_n": judged["n"].median(),
        "naive_quartiles": [None if value is None else json_number(value) for value in quartiles],
    }
