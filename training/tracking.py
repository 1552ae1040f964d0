"""The training log: MLflow in a SQLite store under ``mlruns/``, with figures and hashes and no row of any person."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Nothing may leave the machine; MLflow reads these when it is first imported.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"

EXPERIMENT = "sagak"


def log_run(
    mlruns: Path,
    *,
    name: str,
    parameters: Mapping[str, Any],
    figures: Mapping[str, float],
    tags: Mapping[str, str],
    artifacts: Mapping[str, str],
) -> str:
    """Records one training run and gives its id. ``artifacts`` are texts by file name."""
    import mlflow  # seconds to import: only those who train pay for it

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # a first connection tells each of its forty migrations
    mlruns.mkdir(parents=True, exist_ok=True)
    mlflow.set_tracking_uri(f"sqlite:///{mlruns / 'mlflow.db'}")
    if mlflow.get_experiment_by_name(EXPERIMENT) is None:
        mlflow.create_experiment(EXPERIMENT, artifact_location=(mlruns / "artifacts").as_uri())
    mlflow.set_experiment(EXPERIMENT)
    with mlflow.start_run(run_name=name) as run:
        mlflow.set_tags(dict(tags))
        mlflow.log_params(dict(parameters))
        mlflow.log_metrics({key: value for key, value in figures.items() if value == value})
        for file, text in artifacts.items():
            mlflow.log_text(text, file)
    return str(run.info.run_id)
