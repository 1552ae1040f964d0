"""The model that the endpoint's benchmark serves, and the households it is asked about."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.timing import AS_OF, Parts

TREES, DEPTH = 400, 6
TOKEN = "token.txt"  # in the site's home: what its only person signs in with
_ROWS, _HOUSEHOLDS_SENT = 20_000, 200


def endpoint_model(home: str, folder: str) -> Parts:
    """Fits 400 trees of depth 6 at most, and keeps the model, for MLflow too, and some households beside it."""
    import lightgbm as lgb
    import mlflow
    import numpy as np
    import polars as pl

    from features.catalogue import STANDARD
    from features.declaration import AsOf
    from features.matrices import district_matrix
    from sources.core import Core

    core = Core.open(Path(home) / "data" / "core" / AS_OF.isoformat())
    names = [feature.name for feature in STANDARD.learned]
    frames = [district_matrix(core, district, STANDARD, AsOf.on(AS_OF)) for district in core.districts[:5]]
    rows = pl.concat(frames).head(_ROWS)
    need = rows.select(
        pl.col("arrears_kinds") * 0.4 + pl.col("indicator_areas") * 0.3 + pl.col("is_single_working_age") * 0.6
    ).to_series().to_numpy()  # fmt: skip
    label = need + np.random.default_rng(1).logistic(size=rows.height) > np.median(need) + 1
    matrix = rows.select(names).to_numpy(order="c")
    parameters = {"objective": "binary", "max_depth": DEPTH, "learning_rate": 0.05, "num_threads": 1, "verbose": -1}
    booster = lgb.train(parameters, lgb.Dataset(matrix, label, feature_name=names), TREES)
    target = Path(folder)
    target.mkdir(parents=True)
    booster.save_model(target / "model.txt")
    mlflow.lightgbm.save_model(booster, target / "mlflow")
    households = rows.sample(_HOUSEHOLDS_SENT, seed=1, with_replacement=True).select(names).rows(named=True)
    (target / "households.json").write_text(json.dumps(households), encoding="utf-8")
    _make_site(target / "home", booster)
    return {"leaves": booster.trees_to_dataframe()["split_feature"].isna().sum() / TREES}


def _make_site(home: Path, booster: Any) -> None:
    """A home with the model in use, and a database with one person who has a token."""
    from domain.people import ALL, Role, Signature
    from features.catalogue import STANDARD
    from outreach.accounts import add_user, grant_right, issue_token
    from sagak.promoting import promote_demo
    from sagak.settings import Settings, now
    from sagak.stores import store_of
    from scoring.bundle import FILES, canonical_json, write_bundle

    files = dict.fromkeys(FILES, canonical_json({})) | {
        "model.txt": booster.model_to_string(),
        "calibration.json": canonical_json({"method": "sigmoid", "slope": 1.0, "intercept": 0.0}),
        "features.json": canonical_json(STANDARD.schema()),
        "card.md": "Made up for measuring; it ranks nobody.\n",
    }
    settings = Settings.from_environment({"SAGAK_HOME": str(home)})
    write_bundle(settings.models / "standard-1", files, label="public_or_case", catalogue=STANDARD.name)
    promote_demo(settings, settings.models / "standard-1")
    by, reason = Signature(0, "benchmark", ALL, now(), "-"), "made up for measuring"
    with store_of(settings) as database, database.writing(ALL) as connection:
        add_user(connection, login="machine", name="machine", password=None, subject="machine", by=by)
        grant_right(connection, login="machine", role=Role.ANALYST, area="*", reason=reason, by=by)
        until = now() + timedelta(days=30)
        token = issue_token(connection, login="machine", expires_at=until, reason=reason, by=by)
    (home / TOKEN).write_text(token, encoding="utf-8")
