"""Outcomes exist only for the contacted; weighted by chance they tell of everybody, and here the truth is known."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from benchmarks.selection import (
    AS_OF,
    METHODS,
    Study,
    backtest_of,
    judge_town,
    run_study,
    seen_and_true,
    summary,
)
from domain.errors import UsageError
from features.catalogue import STANDARD
from sources.core import find_core
from sources.synthetic import dongs_of, synthesize
from training.backtest import Material

# Small towns with long lists, of which chance drew more than half: a few seconds tell what takes an office years.
SMALL = Study(households=3_000, share=0.6, capacity=80, place="고양시일산서구")


@pytest.fixture(scope="module")
def small_towns() -> pl.DataFrame:
    return pl.concat(judge_town(SMALL, seed) for seed in (1, 2, 3))


def mean_distance(results: pl.DataFrame, figure: str, estimate: str) -> float:
    of_figure = results.filter(figure=figure, estimate=estimate)
    return of_figure.select((pl.col("value") - pl.col("truth")).abs().mean()).item()


@pytest.mark.parametrize("figure", ["precision", "recall"])
def test_weighted_figures_are_closer_to_the_truth_than_naive_ones(small_towns: pl.DataFrame, figure: str) -> None:
    assert mean_distance(small_towns, figure, "weighted") < mean_distance(small_towns, figure, "naive")


def test_naive_precision_flatters_every_list(small_towns: pl.DataFrame) -> None:
    naive = small_towns.filter(figure="precision", estimate="naive")
    flattered = naive.group_by("method").agg(pl.col("value").mean() > pl.col("truth").mean())
    assert dict(flattered.iter_rows()) == dict.fromkeys(METHODS, True)


def test_most_intervals_hold_the_truth(small_towns: pl.DataFrame) -> None:
    weighted = small_towns.filter(figure="precision", estimate="weighted")
    holds = (weighted["low"] <= weighted["truth"]) & (weighted["truth"] <= weighted["high"])
    assert holds.mean() >= 8 / 9  # type: ignore[operator]


def test_what_the_study_sees_is_what_the_product_sees(tmp_path: Path) -> None:
    study = replace(SMALL, test_rounds=2)
    seen, everybody = seen_and_true(study, 1, tmp_path)
    core = find_core(tmp_path / "core", AS_OF)
    by_product = backtest_of(core, study, 1, Material.of(core, STANDARD, study.policy, as_of=AS_OF, jobs=1))
    assert seen.judged.equals(by_product.judged)
    assert seen.places.equals(by_product.places)
    assert seen.listings.equals(by_product.listings)
    assert everybody.judged.height > 20 * seen.judged.height


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_the_share_of_places_that_chance_draws_is_as_asked_for(tmp_path: Path, share: float) -> None:
    synthesize(
        tmp_path / "delivery", truth_folder=tmp_path / "truth", as_of=AS_OF, seed=1,
        dongs=dongs_of("고양시일산서구"), households=6_000, exploration_share=share,
    )  # fmt: skip
    listed = pl.read_parquet(tmp_path / "delivery" / "outcomes-*.parquet").filter(pl.col("slot") != "carried_over")
    assert (listed["slot"] == "exploration").mean() == pytest.approx(share, abs=0.04)


def test_all_places_cannot_be_drawn_by_chance(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no share of places"):
        synthesize(
            tmp_path / "delivery", truth_folder=tmp_path / "truth", as_of=AS_OF, seed=1,
            dongs=dongs_of("고양시일산서구"), households=6_000, exploration_share=1.0,
        )  # fmt: skip


@pytest.mark.soak
def test_over_forty_towns_the_weighted_estimate_is_closer_and_its_interval_keeps_its_word() -> None:
    results = run_study(Study(), range(1, 41))
    precision = {row["estimate"]: row for row in summary(results).filter(method="model", figure="precision").to_dicts()}
    assert precision["weighted"]["mae"] < precision["naive"]["mae"]
    assert abs(precision["weighted"]["bias"]) < abs(precision["naive"]["bias"]) / 3
    weighted = results.filter(figure="precision", estimate="weighted")
    holds = (weighted["low"] <= weighted["truth"]) & (weighted["truth"] <= weighted["high"])
    assert 0.90 <= holds.mean() <= 0.99  # type: ignore[operator]
