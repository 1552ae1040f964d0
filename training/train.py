"""From past rounds to a candidate bundle: judged as it would have been, then learned from everything that is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from domain.calendar import Round, day_of
from domain.errors import UsageError
from domain.policy import Policy
from features.catalogue import Catalogue
from scoring.bundle import canonical_json, next_name, write_bundle
from sources.core import Core
from training.backtest import JOBS, Contender, Material, backtest
from training.documents import data_sheet, model_card
from training.labels import get_label
from training.learning import MIN_OUTCOMES, Examples, Slices, fit_recipe
from training.recipe import Recipe
from training.reference import reference_of
from training.report import evaluation_report
from training.splits import TimeSplit, split_for_use
from training.tracking import log_run, report_figures, report_parameters, report_steps

Progress = Callable[[str, int, int], None]
# What the new model is called in its own evaluation.
MODEL = "model"


@dataclass(frozen=True)
class Trained:
    """A candidate: its folder, the digest of its bytes, and what it reached on rounds it could not know."""

    folder: Path
    digest: str
    figures: Mapping[str, Any]
    run_id: str


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
    jobs: int = JOBS,
    progress: Progress = lambda stage, done, total: None,
) -> Trained:
    """Judges the recipe on past rounds, fits it on all listings closed before ``as_of``, writes the next bundle.

    Without a ``recipe`` the default one is used. Raises `UsageError` where too little is known to learn or to judge.
    """
    label = get_label(policy.label.ranks_by)
    recipe = replace(recipe or Recipe(), seed=seed)
    material = Material.of(core, catalogue, policy, as_of=as_of, jobs=jobs, progress=progress)
    tested = backtest(
        core, catalogue, policy, {MODEL: Contender(recipe)}, as_of=as_of, seed=seed, material=material, jobs=jobs,
        progress=progress,
    )  # fmt: skip
    report = evaluation_report(tested, policy, as_of=as_of, seed=seed)
    progress("report", 1, 1)

    split = split_for_use(material.rounds)
    booster, calibration = fit_recipe(recipe, catalogue.learned, *_known(material, catalogue, policy, split), threads=0)
    reference = reference_of(core, catalogue, booster, as_of=as_of)
    progress("reference", 1, 1)
    name = next_name(models_root, catalogue.name)
    learned = material.examples.with_columns(label=f"label_{label.name}")
    files = {
        "model.txt": booster.model_to_string(),
        "calibration.json": canonical_json(calibration.to_json()),
        "features.json": canonical_json(catalogue.schema()),
        "recipe.json": canonical_json(recipe.to_json() | _origin(core, catalogue, policy, split, as_of)),
        "metrics.json": canonical_json(report),
        "reference.json": canonical_json(reference),
        "card.md": model_card(name, report, policy, features=len(catalogue.learned), examples=learned, core=core),
        "sheet.md": data_sheet(name, core, material.listings, ranks_by=label.name),
    }
    digest = write_bundle(models_root / name, files, label=label.name, catalogue=catalogue.name)
    run_id = log_run(
        mlruns,
        name=name,
        parameters=report_parameters(recipe, report),
        figures=report_figures(report),
        steps=report_steps(report),
        tags={"bundle": name, "bundle_digest": digest, "delivery_digest": core.delivery_digest},
        artifacts={file: files[file] for file in ("metrics.json", "features.json", "recipe.json", "card.md")},
    )
    progress("log", 1, 1)
    return Trained(models_root / name, digest, report, run_id)


def _known(material: Material, catalogue: Catalogue, policy: Policy, split: TimeSplit) -> tuple[Examples, Slices]:
    """All that may be learned from; raises `UsageError` where a slice holds too few outcomes of a kind."""
    known = Examples.of(
        material.examples,
        catalogue.learned,
        label=policy.label.ranks_by,
        max_weight=policy.evaluation.max_weight,
    )
    slices = Slices.of(material.examples, split)
    fewest = slices.fewest_outcomes(known.truth)
    if fewest < MIN_OUTCOMES:
        raise UsageError(
            f"The rounds to learn from hold {fewest} outcomes of one kind; at least {MIN_OUTCOMES} are needed.",
            hint="Deliver outcomes of more rounds or of a larger area.",
        )
    return known, slices


def _origin(core: Core, catalogue: Catalogue, policy: Policy, split: TimeSplit, as_of: date) -> dict[str, Any]:
    """What the bundle was made from, so that it can be judged again later (`training.backtest.contender_of`)."""
    return {
        "catalogue_digest": catalogue.digest(),
        "delivery_digest": core.delivery_digest,
        "trained_as_of": as_of.isoformat(),
        "horizon_days": policy.label.horizon_days,
        "label": policy.label.ranks_by,
        "rounds": {
            part: [Round.of(day_of(day)).label for day in (days[0], days[-1])]
            for part, days in (("train", split.train), ("calibrate", split.calibrate))
        },
    }
