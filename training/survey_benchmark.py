"""What others reached on the same households and folds, to stand beside our own figures (see docs/koweps.md)."""

from collections.abc import Mapping
from types import MappingProxyType

from training.survey import FIGURE_NAMES, Cohort, Method


def _published(*values: float) -> Mapping[str, float]:
    names = FIGURE_NAMES if len(values) == len(FIGURE_NAMES) else _SHORT_NAMES
    return MappingProxyType(dict(zip(names, values, strict=True)))


_SHORT_NAMES = ("roc_auc", "average_precision", "precision_10pct", "recall_10pct")
# The benchmark's own figures, means of the same 25 folds on the fixed 70 % sample of wave 12; see docs/koweps.md.
BENCHMARK: Mapping[tuple[Cohort, Method], Mapping[str, float]] = MappingProxyType(
    {
        (Cohort.ALL, Method.ARREARS_COUNT): _published(0.575, 0.116, 0.37, 0.19, 0.152, 0.234, 2.3, 0.0600, 0.026),
        (Cohort.ALL, Method.CRISIS_COUNT): _published(0.841, 0.266, 0.50, 0.34, 0.290, 0.447, 4.4, 0.0527, 0.016),
        (Cohort.ALL, Method.LOGISTIC): _published(0.878, 0.363, 0.58, 0.41, 0.324, 0.500, 5.0, 0.0514, 0.017),
        (Cohort.ALL, Method.LIGHTGBM): _published(0.888, 0.407, 0.70, 0.43, 0.349, 0.538, 5.3, 0.0484, 0.015),
        (Cohort.NON_RECIPIENTS, Method.CRISIS_COUNT): _published(0.808, 0.188, 0.183, 0.446),
        (Cohort.NON_RECIPIENTS, Method.LOGISTIC): _published(0.864, 0.261, 0.204, 0.498),
        (Cohort.NON_RECIPIENTS, Method.LIGHTGBM): _published(0.875, 0.344, 0.221, 0.541),
    }
)
