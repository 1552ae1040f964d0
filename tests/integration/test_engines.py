"""One town on every engine, and one household alone, give the same matrix to the last bit."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from features.catalogue import STANDARD
from features.declaration import AsOf
from features.engine import area_rates, build_matrix, household_features, matrix
from tests.support.cores import MONDAY, frames
from tests.support.towns import seeded_town

AS_OF = AsOf.on(MONDAY)
NAMES = [feature.name for feature in STANDARD.stored]
TABLES = frames(seeded_town(MONDAY, households=200, seed=11))


@pytest.fixture(scope="module")
def expected() -> pl.DataFrame:
    """The matrix as polars' eager engine gives it."""
    found: pl.DataFrame = build_matrix(TABLES, STANDARD, AS_OF)
    return found.sort("household_id")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip(
            "there is no Java, so features on Spark are NOT checked; install a JDK 17 (openjdk-17-jre-headless)"
        )
    sql = pytest.importorskip(
        "pyspark.sql",
        reason="pyspark is missing, so features on Spark are NOT checked; install the extra: sagak[spark]",
    )
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = sql.SparkSession.builder.master("local[1]").appName("sagak tests")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.driver.memory": "1g",
        # A plan of hundreds of columns is worth neither compiling nor planning anew for two hundred households.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.log.level": "OFF",
        # Nothing here runs so often that the JVM's second compiler would pay for its work.
        "spark.driver.extraJavaOptions": "-Dlog4j2.level=OFF -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_the_town_is_worth_comparing(expected: pl.DataFrame) -> None:
    """Something unknown somewhere, and hardly a feature that is the same for everybody."""
    assert expected.height == 200
    assert expected.null_count().select(pl.sum_horizontal(pl.all())).item() > 0
    assert [name for name in NAMES if expected[name].n_unique() == 1] == []


def test_polars_lazy_gives_the_same(expected: pl.DataFrame) -> None:
    found = build_matrix({name: frame.lazy() for name, frame in TABLES.items()}, STANDARD, AS_OF).collect()
    assert differing(found, expected) == []


def test_pandas_gives_the_same(expected: pl.DataFrame) -> None:
    found = build_matrix({name: frame.to_pandas() for name, frame in TABLES.items()}, STANDARD, AS_OF)
    assert differing(pl.from_pandas(found), expected) == []


def test_spark_gives_the_same(spark: Any, expected: pl.DataFrame, tmp_path: Path) -> None:
    for name, frame in TABLES.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    tables = {name: spark.read.parquet(str(tmp_path / f"{name}.parquet")) for name in TABLES}
    build_matrix(tables, STANDARD, AS_OF).write.parquet(str(tmp_path / "matrix"))
    found = pl.read_parquet(tmp_path / "matrix" / "*.parquet")
    assert differing(found, expected) == []


@pytest.mark.parametrize("engine", ["polars", "pandas"])
@pytest.mark.parametrize("place", [0, 77, 199])
def test_one_household_alone_equals_its_row_in_the_matrix(engine: str, place: int, expected: pl.DataFrame) -> None:
    row = expected[place]
    own = {name: frame.filter(pl.col("household_id") == row["household_id"][0]) for name, frame in TABLES.items()}
    rates = area_rates(household_features(TABLES, STANDARD.area_bases, AS_OF), STANDARD.features).to_native()
    if engine == "pandas":
        alone = {name: frame.to_pandas() for name, frame in own.items()}
        found = pl.from_pandas(matrix_of(alone, rates.to_pandas()))
    else:
        found = matrix_of(own, rates)
    assert differing(found, row) == []


def matrix_of(tables: dict[str, Any], rates: Any) -> Any:
    features = household_features(tables, STANDARD.features, AS_OF)
    return matrix(features, nw.from_native(rates), STANDARD.stored, AS_OF).to_native()


def differing(found: pl.DataFrame, expected: pl.DataFrame) -> list[str]:
    """Names of the features that are not equal everywhere; what pandas calls NaN is null."""
    ordered = found.sort("household_id").with_columns(pl.col(NAMES).fill_nan(None))
    assert ordered["household_id"].to_list() == expected["household_id"].to_list()
    assert {ordered[name].dtype for name in NAMES} == {pl.Float32}
    return [name for name in NAMES if not ordered[name].equals(expected[name])]
