"""The model card and the data sheet of a survey bundle, in Korean; every figure in them was computed."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from domain.policy import FairnessPolicy
from features.survey import SURVEY
from sources.core import Core
from training.documents import compared, named_groups, rendered
from training.wording_ko import HOUSEHOLDS, METHODS, SURVEY_COHORTS, SURVEY_LABELS

Report = Mapping[str, Any]


def survey_card(name: str, metrics: Report, fairness: FairnessPolicy) -> str:
    """The card as Markdown, from the metrics of `training.survey_report`."""
    (model,) = metrics["contenders"]
    everyone, own = metrics["all_households"], metrics["figures"][model]
    cohorts = zip(SURVEY_COHORTS, (metrics, everyone), strict=True)
    return rendered(
        "survey_card.md.j2",
        name=name,
        label=metrics["label"],
        features=len(SURVEY.learned),
        everyone=everyone["test"],
        evaluation=metrics["evaluation"],
        cohorts=[(title, _cohort(part, metrics["label"], model)) for title, part in cohorts],
        calibration=own["pooled"][metrics["label"]]["calibration_error"],
        reliability=own["reliability"],
        groups=named_groups(metrics["groups"][model], unit=HOUSEHOLDS),
        min_group=fairness.min_group,
    )


def survey_sheet(name: str, core: Core, households: pl.DataFrame) -> str:
    """The sheet as Markdown: counts of the survey's households."""
    others = households.filter(~pl.col("is_recipient"))
    return rendered(
        "survey_sheet.md.j2",
        name=name,
        delivery_digest=core.delivery_digest,
        households=households.height,
        non_recipients=others.height,
        regions=households.group_by("region", "region7").len("n").sort("region7").to_dicts(),
        labels=[
            {
                "name": label,
                "label_ko": label_ko,
                "positives": households[label].sum(),
                "rate": households[label].mean(),
                "others": others[label].sum(),
                "others_rate": others[label].mean(),
            }
            for label, label_ko in SURVEY_LABELS.items()
        ],
    )


def _cohort(part: Report, label: str, model: str) -> dict[str, Any]:
    return {
        "test": part["test"],
        "methods": [
            {
                "title": METHODS.get(method, method),
                "precision": figures["capacity"][label]["naive"],
                "recall": figures["recall"][label],
                **figures["pooled"][label],
            }
            for method, figures in part["figures"].items()
        ],
        "comparisons": [compared(other, by[label]) for other, by in part["differences"][model].items()],
    }
