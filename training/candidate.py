"""A candidate's bundle written and its making recorded in the training log: the last two steps of every training."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.bundle import write_bundle
from sources.core import Core
from training.recipe import Recipe
from training.tracking import log_run, report_figures, report_parameters, report_steps

_LOGGED_FILES = ("metrics.json", "features.json", "recipe.json", "card.md")


@dataclass(frozen=True)
class Candidate:
    """A bundle nobody uses yet: its folder, the digest of its bytes, what it reached, and its run in the log."""

    folder: Path
    digest: str
    figures: Mapping[str, Any]
    run_id: str


def keep_candidate(
    folder: Path,
    files: Mapping[str, str],
    *,
    recipe: Recipe,
    metrics: Mapping[str, Any],
    core: Core,
    catalogue: str,
    mlruns: Path,
) -> Candidate:
    """Writes ``files`` (text by name) as the bundle ``folder``, then logs it with its parameters and figures.

    Raises `StorageFailed` where one of them cannot be written; a bundle that was written stays.
    """
    digest = write_bundle(folder, files, label=metrics["label"], catalogue=catalogue)
    run_id = log_run(
        mlruns,
        name=folder.name,
        parameters=report_parameters(recipe, metrics),
        figures=report_figures(metrics),
        steps=report_steps(metrics),
        tags={"bundle": folder.name, "bundle_digest": digest, "delivery_digest": core.delivery_digest},
        artifacts={file: files[file] for file in _LOGGED_FILES},
    )
    return Candidate(folder, digest, metrics, run_id)
