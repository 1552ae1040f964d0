"""What a measured process does: ``python -m benchmarks.tasks NAME '{"argument": …}'`` prints its own figures as JSON.

Each task imports what it needs, so that nobody pays for the library of a competitor.
"""

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.endpoint_model import endpoint_model
from benchmarks.judging_tasks import JUDGING_TASKS
from benchmarks.timing import AS_OF, Parts, Stages, timed
from domain.calendar import Round

TRAIN_ROWS = 50_000
LISTED = 10


def core_of(home: Path) -> Path:
    return home / "data" / "core" / AS_OF.isoformat()


def population(home: str, households: int) -> Parts:
    """Makes the core tables."""
    from benchmarks.population import write_population

    return {f"{name} rows": rows for name, rows in write_population(core_of(Path(home)), households=households).items()}


def bundle(home: str) -> Parts:
    """Fits a model of the product's own size on a made-up label and writes it as the home's bundle."""
    import numpy as np
    import polars as pl

    from features.catalogue import STANDARD
    from features.declaration import AsOf
    from features.matrices import district_matrix
    from sagak.promoting import promote_demo
    from sagak.settings import Settings
    from scoring.bundle import canonical_json, write_bundle
    from sources.core import Core
    from training.fit import PARAMETERS, fit_calibration, fit_model

    core = Core.open(core_of(Path(home)))
    frames: list[pl.DataFrame] = []
    for district in core.districts:
        frames.append(district_matrix(core, district, STANDARD, AsOf.on(AS_OF)))
        if sum(frame.height for frame in frames) >= TRAIN_ROWS:
            break
    rows = pl.concat(frames).sample(fraction=1, shuffle=True, seed=1).head(TRAIN_ROWS)
    rng = np.random.default_rng(1)
    need = rows.select(
        pl.col("arrears_kinds") * 0.4 + pl.col("arrears_months_total") * 0.05 + pl.col("indicator_areas") * 0.3
        + pl.col("is_single_working_age") * 0.6 - 0.3 * pl.col("benefits_held")
    ).to_series().to_numpy()  # fmt: skip
    label = need + rng.logistic(size=rows.height) > np.quantile(need, 0.5) + 2
    names = [feature.name for feature in STANDARD.learned]
    matrix = rows.select(names).to_numpy(order="c")
    # One thread: this is not what is measured, and on busy cores two wait for each other.
    booster = fit_model(matrix, label, STANDARD.learned, seed=1, parameters=dict(PARAMETERS) | {"num_threads": 1})
    files = {
        "model.txt": booster.model_to_string(),
        "calibration.json": canonical_json(
            fit_calibration(np.asarray(booster.predict(matrix, raw_score=True)), label).to_json()
        ),
        "features.json": canonical_json(STANDARD.schema()),
        "recipe.json": canonical_json({}),
        "metrics.json": canonical_json({}),
        "reference.json": canonical_json({}),
        "card.md": "Made up for measuring; it ranks nobody.\n",
        "sheet.md": "",
    }
    folder = Path(home) / "models" / "standard-1"
    write_bundle(folder, files, label="public_or_case", catalogue=STANDARD.name)
    promote_demo(Settings.from_environment({"SAGAK_HOME": home}), folder)
    return {"share with the label": float(label.mean())}


def features_ours(home: str) -> Parts:
    """All stored features to disk, as the weekly run does it."""
    from features.catalogue import STANDARD
    from features.declaration import AsOf
    from features.matrices import write_matrices
    from sources.core import Core

    write_matrices(Core.open(core_of(Path(home))), STANDARD, AsOf.on(AS_OF), Path(home) / "ours")
    return {}


def features_pandas(home: str) -> Parts:
    """The same features to disk with pandas."""
    from benchmarks.pandas_way import write_features

    write_features(core_of(Path(home)), AS_OF, Path(home) / "pandas.parquet")
    return {}


def round_ours(home: str) -> Parts:
    """The whole week; seconds of each stage."""
    from sagak.settings import Settings
    from sagak.weekly import run_round

    stages = Stages()
    published = run_round(Settings.from_environment({"SAGAK_HOME": home}), Round(AS_OF), progress=stages)
    return stages.seconds | {"entries": sum(published.entries_by_dong.values())}


def round_notebook(home: str, shap_rows: int) -> Parts:
    """The week as a notebook does it: pandas features, scores and SHAP values, the best ten of each dong.

    SHAP values are computed for ``shap_rows`` households drawn by chance, 0 for all of them.
    """
    import lightgbm as lgb
    import shap  # type: ignore[import-untyped]

    from benchmarks.pandas_way import features_of
    from features.catalogue import STANDARD

    warnings.filterwarnings("ignore", module="shap")
    parts: Parts = {}
    with timed(parts, "features"):
        frame = features_of(core_of(Path(home)), AS_OF)
    booster = lgb.Booster(model_file=Path(home) / "models" / "standard-1" / "model.txt")
    learned = frame[[feature.name for feature in STANDARD.learned]]
    with timed(parts, "scores"):
        frame["score"] = booster.predict(learned)
    sample = learned.sample(shap_rows, random_state=1) if 0 < shap_rows < len(learned) else learned
    with timed(parts, "SHAP"):
        shap.TreeExplainer(booster).shap_values(sample)
    with timed(parts, "lists"):
        lists = frame.sort_values(["dong_code", "score"], ascending=[True, False]).groupby("dong_code").head(LISTED)
        lists.to_parquet(Path(home) / "notebook.parquet")
    return parts | {"households": len(frame), "SHAP households": len(sample), "entries": len(lists)}


def training_table(folder: str, rows: int, columns: int) -> Parts:
    """A matrix of numbers and labels of which about 15 % are positive."""
    import numpy as np

    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((rows, columns), dtype=np.float32)
    # Three columns in four are counts with many zeros, as features are; the others stand for amounts and rates.
    is_count = np.arange(columns) % 4 > 0
    matrix[:, is_count] = np.floor(np.maximum(0, matrix[:, is_count] * 4))
    need = 0.15 * matrix[:, : columns // 3].sum(axis=1) + 2 * rng.logistic(size=rows)
    Path(folder).mkdir(parents=True, exist_ok=True)
    np.save(Path(folder) / "matrix.npy", matrix)
    np.save(Path(folder) / "label.npy", need > np.quantile(need, 0.85))
    return {}


def fit_ours(folder: str) -> Parts:
    """The product's own fit; a third of the columns may only raise the risk."""
    import numpy as np

    from features.declaration import Aggregate, Direction, Family, Feature, Unit
    from training.fit import fit_model

    matrix, label = np.load(Path(folder) / "matrix.npy"), np.load(Path(folder) / "label.npy")
    features = [
        Feature(
            f"column_{place}", "", Unit.TIMES, Family.ARREARS, "", Aggregate("indicators", "sum"),
            direction=Direction.RAISES if place < matrix.shape[1] // 3 else Direction.FREE,
        )
        for place in range(matrix.shape[1])
    ]  # fmt: skip
    parts: Parts = {}
    with timed(parts, "fit"):
        booster = fit_model(matrix, label, features, seed=1)
    return parts | {"trees": booster.num_trees(), "AUC": _auc(label, booster.predict(matrix[:100_000]))}


def fit_sklearn(folder: str) -> Parts:
    """scikit-learn's gradient boosting with as many trees, leaves and constraints."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier

    from training.fit import PARAMETERS, TREES

    matrix, label = np.load(Path(folder) / "matrix.npy"), np.load(Path(folder) / "label.npy")
    model = HistGradientBoostingClassifier(
        learning_rate=PARAMETERS["learning_rate"], max_iter=TREES, max_leaf_nodes=PARAMETERS["num_leaves"],
        max_depth=PARAMETERS["max_depth"], min_samples_leaf=PARAMETERS["min_data_in_leaf"],
        l2_regularization=PARAMETERS["lambda_l2"], max_features=PARAMETERS["feature_fraction"],
        monotonic_cst=[int(place < matrix.shape[1] // 3) for place in range(matrix.shape[1])],
        early_stopping=False, random_state=1,
    )  # fmt: skip
    parts: Parts = {}
    with timed(parts, "fit"):
        model.fit(matrix, label)
    return parts | {"trees": model.n_iter_, "AUC": _auc(label, model.predict_proba(matrix[:100_000])[:, 1])}


def _auc(label: Any, score: Any) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(label[: len(score)], score))


def engine_polars(home: str) -> Parts:
    """Core tables to a matrix on disk through the one definition, as polars frames."""
    from features.catalogue import STANDARD
    from features.matrices import tables_read
    from sources.core import Core

    core = Core.open(core_of(Path(home)))
    _matrix({name: core.scan(name).collect() for name in tables_read(STANDARD)}).write_parquet(
        Path(home) / "polars.parquet"
    )
    return {}


def engine_pandas(home: str) -> Parts:
    """The same through pandas frames."""
    import pandas as pd

    from features.catalogue import STANDARD
    from features.matrices import tables_read

    tables = {name: pd.read_parquet(core_of(Path(home)) / name) for name in tables_read(STANDARD)}
    _matrix(tables).to_parquet(Path(home) / "engine-pandas.parquet")
    return {}


def engine_spark(home: str) -> Parts:
    """The same through Spark frames, on all local cores; processor time leaves out its Java process."""
    from pyspark.sql import SparkSession

    from features.catalogue import STANDARD
    from features.matrices import tables_read

    builder = SparkSession.builder.master("local[*]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    spark = builder.config("spark.driver.memory", "4g").config("spark.sql.shuffle.partitions", "8").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    tables = {name: spark.read.parquet(str(core_of(Path(home)) / name)) for name in tables_read(STANDARD)}
    _matrix(tables).write.mode("overwrite").parquet(str(Path(home) / "spark"))
    spark.stop()
    return {}


def _matrix(tables: dict[str, Any]) -> Any:
    from features.catalogue import STANDARD
    from features.declaration import AsOf
    from features.engine import build_matrix

    return build_matrix(tables, STANDARD, AsOf.on(AS_OF))


TASKS: dict[str, Callable[..., Parts]] = {
    task.__name__: task
    for task in (
        population, bundle, features_ours, features_pandas, round_ours, round_notebook, training_table, fit_ours,
        fit_sklearn, engine_polars, engine_pandas, engine_spark, endpoint_model, *JUDGING_TASKS,
    )
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
