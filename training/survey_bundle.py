"""From the survey to a candidate bundle: cross-validated figures first, then one model of all its households."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from features.declaration import AsOf
from features.survey import SURVEY, derive_survey
from scoring.bundle import canonical_json, next_name, write_bundle
from scoring.calibration import Calibration
from sources.core import Core
from training.recipe import Recipe
from training.survey import (
    SURVEY_PARAMETERS,
    SURVEY_TREES,
    Cohort,
    Method,
    SurveyRow,
    evaluate_survey,
    fit_survey_model,
    survey_matrix,
)
from training.tracking import log_run

LABEL = "crisis_material"


@dataclass(frozen=True)
class TrainedOnSurvey:
    """A candidate, the digest of its bytes, and the rows of its cross-validation."""

    folder: Path
    digest: str
    rows: tuple[SurveyRow, ...]
    run_id: str


def train_on_survey(
    core: Core,
    *,
    seed: int,
    models_root: Path,
    mlruns: Path,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> TrainedOnSurvey:
    """Evaluates on the survey's own folds, fits on all households and writes the next ``survey-<n>``."""
    as_of = AsOf.on(core.as_of)
    households = core.scan("households").collect().sort("survey_order")
    progress("evaluate", 0, 1)
    rows = evaluate_survey(households, as_of, label=LABEL)
    progress("evaluate", 1, 1)
    truth = households[LABEL].to_numpy().astype(np.int64)
    derived: pl.DataFrame = derive_survey(households, as_of)
    booster = fit_survey_model(survey_matrix(derived), truth, seed=seed)
    name = next_name(models_root, SURVEY.name)
    figures = {f"{row.cohort.name}.{row.method.name}".lower(): asdict(row.mean) for row in rows}
    files = {
        "model.txt": booster.model_to_string(),
        "calibration.json": canonical_json(Calibration(1.0, 0.0).to_json()),
        "features.json": canonical_json(SURVEY.schema()),
        "recipe.json": canonical_json(Recipe(SURVEY_PARAMETERS, SURVEY_TREES, seed=seed).to_json()),
        "reference.json": canonical_json({}),
        "sheet.md": "",
        "metrics.json": canonical_json({"figures": figures, "seed": seed, "label": LABEL}),
        "card.md": _card(name, rows),
    }
    digest = write_bundle(models_root / name, files, label=LABEL, catalogue=SURVEY.name)
    run_id = log_run(
        mlruns,
        name=name,
        parameters=dict(SURVEY_PARAMETERS) | {"trees": SURVEY_TREES, "label": LABEL},
        figures={f"{key}.{figure}": value for key, values in figures.items() for figure, value in values.items()},
        tags={"bundle": name, "bundle_digest": digest, "delivery_digest": core.delivery_digest},
        artifacts={file: files[file] for file in ("metrics.json", "features.json", "card.md")},
    )
    progress("log", 1, 1)
    return TrainedOnSurvey(models_root / name, digest, rows, run_id)


def _card(name: str, rows: tuple[SurveyRow, ...]) -> str:
    found: Mapping[tuple[Cohort, Method], SurveyRow] = {(row.cohort, row.method): row for row in rows}
    lines = "\n".join(
        f"| {cohort} | {method} | {row.households:,} | {row.positives:,} | {row.mean.roc_auc:.3f} "
        f"| {row.mean.average_precision:.3f} | {row.mean.precision_10pct:.3f} | {row.mean.ece:.3f} |"
        for (cohort, method), row in found.items()
    )
    return f"""# {name}

Ranks households of the Korea Welfare Panel Study (wave 12, 2017; KIHASA and Seoul National University). It shows how
well hardship can be found from what registers could know; it is not made to decide on anybody.

- Label: `{LABEL}`: for lack of money short of food, heat or a doctor in the past year, by the household's own answers.
- One model of all households, judged by repeated stratified five-fold cross-validation; the second cohort is that model
  on households without basic livelihood support.
- The survey asks about the same year as the label: it measures finding, not forecasting.

| cohort | method | n | positive | ROC-AUC | average precision | precision in the top tenth | calibration error |
|---|---|---|---|---|---|---|---|
{lines}
"""
