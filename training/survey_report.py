"""What the survey's cross-validation says and how sure that is: intervals, paired differences, groups, a bundle's JSON.

Every household of the survey was asked, so nothing is weighted: the weighted precision is the plain one, and the two
estimates that divide by a chance of being listed and reached are undefined. A bundle's metrics speak of the households
without basic livelihood support, for whom a blind-spot list is; those of all households stand beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtrit

from domain.household import HouseholdType, Sex
from domain.policy import FairnessPolicy
from scoring.capacity import ESTIMATES
from scoring.figures import Figure, json_number, proportion_interval
from scoring.groups import GroupFigures
from scoring.metrics import calibration_error
from training.survey import FOLDS, Cohort, Floats, HeldOut, Method, SurveyRow, survey_rows

TOP_SHARE = 0.10
# A bundle's names of the methods, as they stand in the metrics of bundles trained on rounds.
METHOD_KEYS: Mapping[Method, str] = MappingProxyType(
    {
        Method.LIGHTGBM: "model",
        Method.LOGISTIC: "logistic_regression",
        Method.CRISIS_COUNT: "indicator_count",
        Method.ARREARS_COUNT: "arrears_count",
    }
)
# A count states no probability: the curve through it is for the Brier score of the benchmark's table only.
_WITH_PROBABILITY = (Method.LIGHTGBM, Method.LOGISTIC)
ATTRIBUTES = ("household_type", "age_band", "head_sex", "region")
# The bands of `training.population`.
_AGE_EDGES = (35, 50, 65, 75)
_AGE_BANDS = ("under_35", "35_49", "50_64", "65_74", "75_plus")


def mean_over_folds(values: Sequence[float], *, n: int) -> Figure:
    """Mean of cross-validated folds with the corrected resampled t interval (Nadeau, Bengio 2003, Machine Learning 52).

    Folds share most of their training rows, so the usual error of a mean of J folds is far too small; the variance is
    taken times 1/J + 1/(folds - 1) instead. Of a difference of two methods, fold by fold, it is a paired interval.
    """
    spread = np.std(values, ddof=1) * np.sqrt(1 / len(values) + 1 / (FOLDS - 1))
    mean, reach = float(np.mean(values)), float(stdtrit(len(values) - 1, 0.975) * spread)
    return Figure(mean, mean - reach, mean + reach, n, float(n))


def paired_difference(rows: Sequence[SurveyRow], cohort: Cohort, other: Method, figure: str) -> Figure:
    """The model's ``figure`` minus that of ``other`` on the same folds of a cohort."""
    ours, theirs = (_row(rows, cohort, method) for method in (Method.LIGHTGBM, other))
    pairs = zip(ours.folds, theirs.folds, strict=True)
    return mean_over_folds([getattr(a, figure) - getattr(b, figure) for a, b in pairs], n=ours.households)


def places_held(scores: Floats, share: float) -> Floats:
    """The part of a place each household holds in the top ``share``, rounded up; ties at the cut share what is left."""
    places = ceil(share * len(scores))
    cut = np.sort(scores)[-places]
    above, tied = scores > cut, scores == cut
    held: Floats = above + tied * ((places - above.sum()) / tied.sum())
    return held


def group_names(frame: pl.DataFrame) -> pl.DataFrame:
    """What groups the survey's households belong to, as text; age and sex are the head's."""
    types = {code: kind.value for code, kind in enumerate(HouseholdType)}
    age = pl.col("head_age").bin_intervals(_AGE_EDGES, labels=_AGE_BANDS)
    sex = pl.when(pl.col("head_is_female") == 1).then(pl.lit(Sex.FEMALE.value)).otherwise(pl.lit(Sex.MALE.value))
    return frame.select(
        household_type=pl.col("household_type").cast(pl.Int32).replace_strict(types, return_dtype=pl.String),
        age_band=age.cast(pl.String).fill_null("unknown"),
        head_sex=sex,
        region="region",
    )


def survey_groups(
    held_out: HeldOut, cohort: Cohort, method: Method, *, fairness: FairnessPolicy
) -> tuple[GroupFigures, ...]:
    """Places, need and calibration of each group in the top tenth of a cohort, averaged over the repeats.

    A group with fewer households than the policy's minimum is named and not judged. Intervals are those of a proportion
    among the households in need (recall) or the places (precision), on which these figures rest. The error of
    calibration has none: among few households chance alone makes it larger than zero.
    """
    inside = held_out.cohorts[cohort]
    truth = held_out.truth[inside].astype(np.float64)
    place, stated = (values[inside] for values in _per_household(held_out, cohort, method))
    kinds = group_names(held_out.households.filter(pl.Series(inside)))
    return tuple(
        _group(attribute, name, (kinds[attribute] == name).to_numpy(), truth, place, stated, fairness)
        for attribute in ATTRIBUTES
        for name in sorted(kinds[attribute].unique())
    )


def survey_metrics(held_out: HeldOut, *, as_of: str, seed: int, fairness: FairnessPolicy) -> dict[str, Any]:
    """The metrics of a survey bundle, in the form that every bundle's have."""
    rows = survey_rows(held_out)
    return {
        "label": held_out.label,
        "horizon_days": None,
        "as_of": as_of,
        "seed": seed,
        "evaluation": {
            "kind": "cross_validation",
            "folds": FOLDS,
            "repeats": len(held_out.tests) // FOLDS,
            "cohort": "non_recipients",
            "capacity": "the tenth of the cohort in each test fold with the highest scores, rounded up",
        },
        "rounds": [],
        "contenders": [METHOD_KEYS[Method.LIGHTGBM]],
        "methods": list(METHOD_KEYS.values()),
        **_cohort_json(held_out, rows, Cohort.NON_RECIPIENTS, fairness),
        "all_households": _cohort_json(held_out, rows, Cohort.ALL, fairness),
    }


def _row(rows: Sequence[SurveyRow], cohort: Cohort, method: Method) -> SurveyRow:
    return next(row for row in rows if row.cohort is cohort and row.method is method)


def _cohort_json(
    held_out: HeldOut, rows: Sequence[SurveyRow], cohort: Cohort, fairness: FairnessPolicy
) -> dict[str, Any]:
    own = [_row(rows, cohort, method) for method in METHOD_KEYS]
    others = [method for method in METHOD_KEYS if method is not Method.LIGHTGBM]
    differences = {
        METHOD_KEYS[other]: {held_out.label: paired_difference(rows, cohort, other, "precision_10pct").to_json()}
        for other in others
    }
    groups = {method: survey_groups(held_out, cohort, method, fairness=fairness) for method in METHOD_KEYS}
    return {
        "test": {
            "judged": own[0].households,
            "positives": own[0].positives,
            "drawn": 0,
            "dongs": held_out.households["region"].n_unique(),
            "response_rate": 1.0,
            "max_weight": 1.0,
            "cut_weight_share": 0.0,
        },
        "figures": {METHOD_KEYS[row.method]: _figures_json(held_out, row) for row in own},
        "differences": {METHOD_KEYS[Method.LIGHTGBM]: differences},
        "groups": {METHOD_KEYS[method]: [group.to_json() for group in found] for method, found in groups.items()},
        "folds": [_fold_json(held_out, row, number) for row in own for number in range(len(row.folds))],
    }


def _fold_json(held_out: HeldOut, row: SurveyRow, number: int) -> dict[str, Any]:
    fold = row.folds[number]
    return {
        "round": f"repeat {number // FOLDS + 1}, fold {number % FOLDS + 1}",
        "method": METHOD_KEYS[row.method],
        "capacity": json_number(fold.precision_10pct),
        "roc_auc": json_number(fold.roc_auc),
        "average_precision": json_number(fold.average_precision),
        "n": int(held_out.cohorts[row.cohort][held_out.tests[number]].sum()),
    }


def _figures_json(held_out: HeldOut, row: SurveyRow) -> dict[str, Any]:
    def figure(name: str) -> Figure:
        return mean_over_folds([getattr(fold, name) for fold in row.folds], n=row.households)

    label, is_probability = held_out.label, row.method in _WITH_PROBABILITY
    worst, best = _tie_bounds(held_out, row)
    precision = replace(figure("precision_10pct"), worst=worst, best=best).to_json()
    pooled = {"roc_auc": "roc_auc", "average_precision": "average_precision"}
    stated = {"brier": "brier", "calibration_error": "ece"} if is_probability else {}
    return {
        "capacity": {label: dict.fromkeys(ESTIMATES, Figure().to_json()) | {"naive": precision, "weighted": precision}},
        "recall": {label: figure("recall_10pct").to_json()},
        "lift": {label: figure("lift_10pct").to_json()},
        "pooled": {label: {key: figure(name).to_json() for key, name in (pooled | stated).items()}},
        "reliability": _reliability(held_out, row) if is_probability else [],
    }


def _tie_bounds(held_out: HeldOut, row: SurveyRow) -> tuple[float, float]:
    """Mean precision in the top tenth had all ties at the cut been broken against need, and in its favour."""
    inside = held_out.cohorts[row.cohort]
    found: list[list[float]] = []
    for test, scores in zip(held_out.tests, held_out.scores[row.method], strict=True):
        within = inside[test]
        truth, own = held_out.truth[test][within], scores[within]
        places = ceil(TOP_SHARE * len(own))
        found.append([truth[np.lexsort((order * truth, -own))[:places]].mean() for order in (1, -1)])
    worst, best = np.mean(found, axis=0)
    return float(worst), float(best)


def _reliability(held_out: HeldOut, row: SurveyRow, bins: int = 10) -> list[dict[str, float]]:
    """Stated beside observed rate in equal bins of the probability averaged over the repeats."""
    inside = held_out.cohorts[row.cohort]
    stated, truth = _per_household(held_out, row.cohort, row.method)[1][inside], held_out.truth[inside]
    bin_of = np.minimum((stated * bins).astype(int), bins - 1)
    return [
        {
            "stated": round(float(stated[bin_of == index].mean()), 6),
            "observed": round(float(truth[bin_of == index].mean()), 6),
            "n": int((bin_of == index).sum()),
        }
        for index in np.unique(bin_of)
    ]


def _per_household(held_out: HeldOut, cohort: Cohort, method: Method) -> tuple[Floats, Floats]:
    """Part of a place in the top tenth of the cohort and stated probability, both as means over the repeats."""
    place, stated = np.zeros(len(held_out.truth)), np.zeros(len(held_out.truth))
    inside, repeats = held_out.cohorts[cohort], len(held_out.tests) // FOLDS
    said = zip(held_out.tests, held_out.scores[method], held_out.probabilities[method], strict=True)
    for test, scores, probabilities in said:
        within = inside[test]
        place[test[within]] += places_held(scores[within], TOP_SHARE) / repeats
        stated[test[within]] += probabilities[within] / repeats
    return place, stated


def _group(
    attribute: str,
    name: str,
    member: NDArray[np.bool_],
    truth: Floats,
    place: Floats,
    stated: Floats,
    fairness: FairnessPolicy,
) -> GroupFigures:
    n, need = int(member.sum()), int(truth[member].sum())
    is_judged = n >= max(fairness.min_group, 1)
    found = float((truth * place)[member].sum())
    gap = calibration_error(truth[member], stated[member])
    return GroupFigures(
        attribute,
        name,
        n,
        need,
        is_judged,
        precision=_proportion(found, float(place[member].sum())) if is_judged else Figure(n=n),
        recall=_proportion(found, need) if is_judged else Figure(n=n),
        calibration_error=Figure(gap, n=n, effective_n=n) if is_judged else Figure(n=n),
        share_of_places=float(place[member].sum() / place.sum()),
        share_of_candidates=n / len(truth),
        share_of_need=float(need / truth.sum()),
    )


def _proportion(part: float, whole: float) -> Figure:
    if not whole:
        return Figure()
    low, high = proportion_interval(part / whole, whole)
    return Figure(part / whole, float(low), float(high), round(whole), whole)
