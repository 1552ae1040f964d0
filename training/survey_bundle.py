"""From the survey to a candidate bundle: cross-validated figures first, then one model of all its households."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from domain.policy import Policy
from domain.progress import Progress, untold
from features.declaration import AsOf
from features.survey import SURVEY, derive_survey
from scoring.bundle import canonical_json, next_name
from scoring.calibration import Calibration
from sources.core import Core
from training.candidate import Candidate, keep_candidate
from training.recipe import Recipe
from training.reference import reference_of
from training.survey import (
    REPEATS,
    SURVEY_PARAMETERS,
    SURVEY_TREES,
    SurveyRow,
    cross_validate,
    fit_survey_model,
    survey_matrix,
    survey_rows,
)
from training.survey_documents import survey_card, survey_sheet
from training.survey_report import survey_metrics
from training.tracking import check_log

LABEL = "crisis_material"


def train_on_survey(
    core: Core,
    policy: Policy,
    *,
    seed: int,
    models_root: Path,
    mlruns: Path,
    repeats: int = REPEATS,
    progress: Progress = untold,
) -> tuple[Candidate, tuple[SurveyRow, ...]]:
    """The next ``survey-<n>``, fitted on all households, and what the survey's own folds found, as rows to print."""
    check_log(mlruns)
    households = core.scan("households").collect().sort("survey_order")
    progress("evaluate", 0, 1)
    held_out = cross_validate(households, AsOf.on(core.as_of), label=LABEL, repeats=repeats)
    metrics = survey_metrics(held_out, as_of=core.as_of.isoformat(), seed=seed, fairness=policy.fairness)
    progress("evaluate", 1, 1)
    name = next_name(models_root, SURVEY.name)
    recipe = Recipe(SURVEY_PARAMETERS, SURVEY_TREES, seed=seed)
    files = _model_files(core, households, recipe, progress) | {
        "metrics.json": canonical_json(metrics),
        "card.md": survey_card(name, metrics, policy.fairness),
        "sheet.md": survey_sheet(name, core, households),
    }
    kept = keep_candidate(
        models_root / name, files, recipe=recipe, metrics=metrics, core=core, catalogue=SURVEY.name, mlruns=mlruns
    )
    progress("log", 1, 1)
    return kept, survey_rows(held_out)


def _model_files(core: Core, households: pl.DataFrame, recipe: Recipe, progress: Progress) -> dict[str, str]:
    """The model of all households with what belongs to it."""
    truth = households[LABEL].to_numpy().astype(np.int64)
    derived: pl.DataFrame = derive_survey(households, AsOf.on(core.as_of))
    booster = fit_survey_model(survey_matrix(derived), truth, seed=recipe.seed)
    return {
        "model.txt": booster.model_to_string(),
        "calibration.json": canonical_json(Calibration(1.0, 0.0).to_json()),
        "features.json": canonical_json(SURVEY.schema()),
        "recipe.json": canonical_json(recipe.to_json() | _origin(core)),
        "reference.json": canonical_json(reference_of(core, SURVEY, booster, as_of=core.as_of, progress=progress)),
    }


def _origin(core: Core) -> dict[str, Any]:
    """What the bundle was made from."""
    return {
        "catalogue_digest": SURVEY.digest(),
        "delivery_digest": core.delivery_digest,
        "trained_as_of": core.as_of.isoformat(),
        "label": LABEL,
        "evaluated_by": "cross_validation",
    }
