"""From past rounds to a candidate bundle: evaluate as it would have been, then learn from everything that is known."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import lightgbm as lgb
import numpy as np
import polars as pl

from domain.calendar import Round, day_of
from domain.errors import UsageError
from domain.policy import Policy
from features.catalogue import Catalogue
from scoring.bundle import canonical_json, next_name, write_bundle
from scoring.calibration import Calibration
from sources.core import Core
from training.card import model_card
from training.cohort import closed_listings, examples
from training.evaluate import Figures, evaluate
from training.fit import PARAMETERS, TREES, arrays, fit_calibration, fit_model
from training.labels import Label, get_label
from training.recipe import Recipe
from training.splits import TimeSplit, rows_of, split_by_time, split_for_use
from training.tracking import log_run

Progress = Callable[[str, int, int], None]
# Fewer would make a calibration of noise and figures of nothing.
MIN_OUTCOMES = 5


@dataclass(frozen=True)
class Trained:
    """A candidate: its folder, the digest of its bytes, and what it reached on rounds it could not know."""

    folder: Path
    digest: str
    figures: Figures
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
    progress: Progress = lambda stage, done, total: None,
) -> Trained:
    """Trains on listings closed before ``as_of`` and writes the next bundle of the catalogue's name.

    Households on basic livelihood support at their round are left out: the list is for those the office does not know.
    """
    label = get_label(policy.label.ranks_by)
    listings = closed_listings(core, label, as_of=as_of, horizon_days=policy.label.horizon_days)
    rounds = listings["round"].n_unique()
    rows = examples(core, catalogue, listings, progress=lambda _: progress("features", 1, rounds))
    rows = rows.filter(pl.col("is_recipient") == 0)
    days = tuple(rows["round"].unique())

    split = split_by_time(days, horizon_days=policy.label.horizon_days)
    _check_outcomes(rows, split)
    booster, calibration = _fit(rows, split, catalogue, seed=seed)
    figures = evaluate(booster, calibration, rows_of(rows, split.train), rows_of(rows, split.test), catalogue)
    progress("evaluate", 1, 1)

    final, final_calibration = _fit(rows, split_for_use(days), catalogue, seed=seed)
    progress("fit", 1, 1)
    name = next_name(models_root, catalogue.name)
    metrics = {"figures": figures, "rounds": _rounds(split), "as_of": as_of.isoformat(), "seed": seed}
    files = {
        "model.txt": final.model_to_string(),
        "calibration.json": canonical_json(final_calibration.to_json()),
        "features.json": canonical_json(catalogue.schema()),
        "recipe.json": canonical_json(Recipe(seed=seed).to_json()),
        "metrics.json": canonical_json(_finite(metrics)),
        "reference.json": canonical_json({}),
        "card.md": model_card(name, label, figures, split, rows.height),
        "sheet.md": "",
    }
    digest = write_bundle(models_root / name, files, label=label.name, catalogue=catalogue.name)
    run_id = _log(mlruns, name, label, core, digest, figures, files)
    progress("log", 1, 1)
    return Trained(models_root / name, digest, figures, run_id)


def _check_outcomes(rows: pl.DataFrame, split: TimeSplit) -> None:
    """Raises `UsageError` where a slice holds too few outcomes of either kind to learn or to judge anything."""
    for name, days in (("train", split.train), ("calibrate", split.calibrate), ("test", split.test)):
        part = rows_of(rows, days)["label"]
        fewer = min(int(part.sum()), len(part) - int(part.sum()))
        if fewer < MIN_OUTCOMES:
            raise UsageError(
                f"The rounds to {name} on hold {fewer} outcomes of one kind; at least {MIN_OUTCOMES} are needed.",
                hint="Deliver outcomes of more rounds or of a larger area.",
            )


def _fit(rows: pl.DataFrame, split: TimeSplit, catalogue: Catalogue, *, seed: int) -> tuple[lgb.Booster, Calibration]:
    booster = fit_model(*arrays(rows_of(rows, split.train), catalogue.learned), catalogue.learned, seed=seed)
    matrix, truth = arrays(rows_of(rows, split.calibrate), catalogue.learned)
    return booster, fit_calibration(np.asarray(booster.predict(matrix, raw_score=True), np.float64), truth)


def _rounds(split: TimeSplit) -> dict[str, list[str]]:
    parts = {"train": split.train, "calibrate": split.calibrate, "test": split.test}
    return {name: [Round.of(day_of(day)).label for day in days] for name, days in parts.items()}


def _finite(data: dict[str, object]) -> object:
    """NaN ("undefined") as null, since JSON has no word for it."""
    return json.loads(json.dumps(data), parse_constant=lambda _: None)


def _log(
    mlruns: Path, name: str, label: Label, core: Core, digest: str, figures: Figures, files: dict[str, str]
) -> str:
    return log_run(
        mlruns,
        name=name,
        parameters=dict(PARAMETERS) | {"trees": TREES, "label": label.name},
        figures={f"{method}.{key}": value for method, values in figures.items() for key, value in values.items()},
        tags={"bundle": name, "bundle_digest": digest, "delivery_digest": core.delivery_digest},
        artifacts={file: files[file] for file in ("metrics.json", "features.json", "card.md")},
    )
