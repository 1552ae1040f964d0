"""From past rounds to a candidate bundle: judged as it would have been, then learned from everything that is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import lightgbm as lgb

from domain.calendar import Round, day_of
from domain.policy import Policy
from domain.progress import Progress, untold
from features.catalogue import Catalogue
from scoring.bundle import canonical_json, next_name
from scoring.calibration import Calibration
from sources.core import Core
from training.backtest import JOBS, Contender, Material, backtest
from training.candidate import Candidate, keep_candidate
from training.documents import data_sheet, model_card
from training.labels import get_label
from training.learning import Examples, Slices, fit_recipe
from training.recipe import Recipe
from training.reference import reference_of
from training.report import evaluation_report
from training.splits import TimeSplit, split_for_use
from training.tracking import check_log

# What the new model is called in its own evaluation.
MODEL = "model"


def train(
    core: Core,
    catalogue: Catalogue,
    policy: Policy,
    *,
    as_of: date,
    seed: int,
    models_root: Path,
    mlruns: Path,
    recipe: Recipe | None = None,
    tuned_by: str | None = None,
    jobs: int = JOBS,
    progress: Progress = untold,
) -> Candidate:
    """Judges the recipe on past rounds, fits it on all listings closed before ``as_of``, writes the next bundle.

    Without a ``recipe`` the default one is used; ``tuned_by`` names the study that chose it. Raises `UsageError` where
    too little is known to learn or to judge, `StorageFailed` before anything long begins where the log is unusable.
    """
    check_log(mlruns)
    recipe = replace(recipe or Recipe(), seed=seed)
    material = Material.of(core, catalogue, policy, as_of=as_of, jobs=jobs, progress=progress)
    report = _judged(core, catalogue, policy, recipe, material, as_of=as_of, jobs=jobs, progress=progress)
    split = split_for_use(material.rounds)
    booster, calibration = _fitted(material, catalogue, policy, recipe, split)
    reference = reference_of(core, catalogue, booster, as_of=as_of, progress=progress)
    name = next_name(models_root, catalogue.name)
    origin = _origin(core, catalogue, policy, split, as_of=as_of, tuned_by=tuned_by)
    files = {
        "model.txt": booster.model_to_string(),
        "calibration.json": canonical_json(calibration.to_json()),
        "features.json": canonical_json(catalogue.schema()),
        "recipe.json": canonical_json(recipe.to_json() | origin),
        "metrics.json": canonical_json(report),
        "reference.json": canonical_json(reference),
    } | _documents(name, report, policy, core, catalogue, material)
    kept = keep_candidate(
        models_root / name, files, recipe=recipe, metrics=report, core=core, catalogue=catalogue.name, mlruns=mlruns
    )
    progress("log", 1, 1)
    return kept


def _judged(
    core: Core,
    catalogue: Catalogue,
    policy: Policy,
    recipe: Recipe,
    material: Material,
    *,
    as_of: date,
    jobs: int,
    progress: Progress,
) -> dict[str, Any]:
    """The evaluation of the recipe on past rounds."""
    contenders = {MODEL: Contender(recipe)}
    tested = backtest(
        core, catalogue, policy, contenders, as_of=as_of, seed=recipe.seed, material=material, jobs=jobs,
        progress=progress,
    )  # fmt: skip
    report = evaluation_report(tested, policy, as_of=as_of, seed=recipe.seed)
    progress("report", 1, 1)
    return report


def _fitted(
    material: Material, catalogue: Catalogue, policy: Policy, recipe: Recipe, split: TimeSplit
) -> tuple[lgb.Booster, Calibration]:
    """The model for use, from all that may be learned from; raises `UsageError` where that is too little."""
    label, max_weight = policy.label.ranks_by, policy.evaluation.max_weight
    known = Examples.of(material.examples, catalogue.learned, label=label, max_weight=max_weight)
    slices = Slices.of(material.examples, split)
    slices.check_outcomes(known.truth)
    return fit_recipe(recipe, catalogue.learned, known, slices, threads=0)


def _documents(
    name: str, report: Mapping[str, Any], policy: Policy, core: Core, catalogue: Catalogue, material: Material
) -> dict[str, str]:
    """Model card and data sheet."""
    label = get_label(policy.label.ranks_by).name
    learned = material.examples.with_columns(label=f"label_{label}")
    return {
        "card.md": model_card(name, report, policy, features=len(catalogue.learned), examples=learned, core=core),
        "sheet.md": data_sheet(name, core, material.listings, ranks_by=label),
    }


def _origin(
    core: Core, catalogue: Catalogue, policy: Policy, split: TimeSplit, *, as_of: date, tuned_by: str | None
) -> dict[str, Any]:
    """What the bundle was made from, so that it can be judged again later (`training.backtest.contender_of`)."""
    return {
        "catalogue_digest": catalogue.digest(),
        "delivery_digest": core.delivery_digest,
        "trained_as_of": as_of.isoformat(),
        "tuned_by": tuned_by,
        "horizon_days": policy.label.horizon_days,
        "label": policy.label.ranks_by,
        "rounds": {
            part: [Round.of(day_of(day)).label for day in (days[0], days[-1])]
            for part, days in (("train", split.train), ("calibrate", split.calibrate))
        },
    }
