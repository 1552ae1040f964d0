"""The model card: what a bundle is for, what it is not for, what it reached. Only figures that were computed."""

from collections.abc import Mapping

from domain.calendar import day_of
from domain.korean import korean_date
from training.labels import Label
from training.splits import TimeSplit

_METHODS = {
    "model": "model",
    "logistic_regression": "logistic regression",
    "indicator_count": "indicator count (rule without weights)",
    "area_only": "area only",
}


def model_card(
    name: str, label: Label, figures: Mapping[str, Mapping[str, float]], split: TimeSplit, examples: int
) -> str:
    """The card as Markdown."""
    test = figures["test"]
    first, last = (korean_date(day_of(day)) for day in (split.test[0], split.test[-1]))
    rows = "\n".join(
        f"| {title} | {_cell(figures[key], 'roc_auc')} | {_cell(figures[key], 'average_precision')} "
        f"| {_cell(figures[key], 'precision_at_10pct')} | {_cell(figures[key], 'calibration_error')} |"
        for key, title in _METHODS.items()
    )
    return f"""# {name}

Ranks households for an offer of help. It is not made to decide on a benefit, to stop one, or to look for fraud.

- Label: `{label.name}`. Weakness: {label.weakness}
- Learned from {examples:,} contacted listings of households without basic livelihood support; nobody else has an
  outcome.
- Tested on rounds {first} to {last}: {test["n"]:,.0f} contacted listings, {test["positives"]:,.0f} with the label
  ({test["base_rate"]:.1%}). Every training outcome was known before.
- The figures speak of households that the former rule chose to contact, not of all households.

| on the test rounds | ROC-AUC | average precision | precision in the top tenth | calibration error |
|---|---|---|---|---|
{rows}

The bundle in use was then learned in the same way from all closed rounds, the test rounds included.
"""


def _cell(figures: Mapping[str, float], key: str) -> str:
    value = figures.get(key, float("nan"))
    return f"{value:.3f}" if value == value else "-"
