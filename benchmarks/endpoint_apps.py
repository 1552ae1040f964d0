"""What the benchmark of the endpoint serves: the product's own route, and a route as one would write it first.

MLflow's server asks nobody who they are and keeps no record. So the product's route stands behind a guard that lets
everybody in, and a second time behind its own, with a database of people and a trail.
"""

import os
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI

FOLDER = "SAGAK_BENCHMARK"  # the environment variable by which an application finds its model


def _folder() -> Path:
    return Path(os.environ[FOLDER])


def ours() -> FastAPI:
    """The product's route and scorer."""
    import lightgbm as lgb

    from domain.policy import Policy
    from features.catalogue import STANDARD
    from scoring.bundle import Bundle
    from scoring.calibration import Calibration
    from scoring.single import SingleScorer
    from serving.access import Guard
    from serving.api import scores

    booster = lgb.Booster(model_file=_folder() / "model.txt")
    names = tuple(booster.feature_name())
    bundle = Bundle("standard-1", "", "public_or_case", booster, Calibration(1.0, 0.0), names, {}, {}, {})
    scorer = SingleScorer(bundle, STANDARD)
    visit = SimpleNamespace(service=SimpleNamespace(policy=Policy()), look=lambda *_, **__: None)

    async def everybody() -> AsyncIterator[Any]:
        yield visit

    app = FastAPI()
    app.include_router(scores.scores_router(lambda: scorer))
    app.dependency_overrides[Guard(frozenset(scores.ROLES))] = everybody
    return app


def on_record() -> FastAPI:
    """The whole service on SQLite: callers sign in by token, and every answer is in the trail before it leaves."""
    from sagak.serving import running_service
    from sagak.settings import Settings
    from sagak.site import Site
    from serving.app import create_app

    settings = Settings.from_environment({"SAGAK_HOME": str(_folder() / "home")})
    running = running_service(settings, Site.from_environment({}))
    service = running.__enter__()
    app = create_app(service)
    app.state.running = running  # for as long as the process: nothing that matters is lost with it
    return app


def with_frames() -> FastAPI:
    """A frame a request, and reasons by the shap library."""
    import lightgbm as lgb
    import pandas as pd
    import shap
    from pydantic import BaseModel

    booster = lgb.Booster(model_file=_folder() / "model.txt")
    names = booster.feature_name()
    explainer = shap.TreeExplainer(booster)

    class Sent(BaseModel):
        as_of: date
        values: dict[str, float | None]

    app = FastAPI()

    @app.post("/score")
    def score(sent: Sent) -> dict[str, Any]:
        frame = pd.DataFrame([sent.values], columns=names, dtype=float)  # noqa: PD011
        moved = explainer.shap_values(frame)[0]
        strongest = sorted(zip(names, moved.tolist(), strict=True), key=lambda pair: -abs(pair[1]))[:3]
        return {"probability": float(booster.predict(frame)[0]), "reasons": dict(strongest)}

    return app
