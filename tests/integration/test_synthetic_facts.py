"""A synthetic town has the published facts of the real country, and is as hard to learn from."""

from datetime import date, timedelta
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from domain.errors import NotFound, UsageError
from domain.outcome import CASE_MANAGED, PUBLIC_BENEFIT
from sources.synthetic import FileFormat, compute_facts, dongs_of, synthesize
from sources.synthetic.facts import LEFT_OUT, Fact

AS_OF = date(2026, 11, 16)
SURGES = {"surge_electricity_arrears", "surge_public_rent_arrears", "surge_financial_delinquency"}


def make(folder: Path, *, households: int, as_of: date = AS_OF, surge_from: date | None = None) -> Path:
    synthesize(
        folder / "delivery",
        truth_folder=folder / "truth",
        as_of=as_of,
        seed=7,
        dongs=dongs_of("고양시"),
        households=households,
        surge_from=surge_from,
    )
    return folder


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("town"), households=50_000)


def test_every_fact_of_a_town_lies_inside_its_tolerance(town: Path) -> None:
    facts = compute_facts(town / "delivery", truth_folder=town / "truth")
    assert [fact.fact for fact in facts if fact.state == "outside"] == []
    assert {fact.fact for fact in facts if fact.state == "left out"} == LEFT_OUT.keys() | SURGES


def test_the_hidden_need_is_left_out_where_the_truth_may_not_be_read(town: Path) -> None:
    states = {fact.fact: fact.state for fact in compute_facts(town / "delivery")}
    assert states["hidden_need"] == "left out"


def test_the_published_rise_of_arrears_can_be_planted(tmp_path: Path) -> None:
    rise = date(2024, 1, 1)
    risen = make(tmp_path, households=50_000, as_of=date(2024, 10, 7), surge_from=rise)
    facts = {fact.fact: fact for fact in compute_facts(risen / "delivery", surge_from=rise)}
    assert {name: facts[name].state for name in SURGES} == dict.fromkeys(SURGES, "ok")


def test_without_the_rise_electricity_arrears_stay_level(tmp_path: Path) -> None:
    level = make(tmp_path, households=50_000, as_of=date(2024, 10, 7))
    facts = {fact.fact: fact for fact in compute_facts(level / "delivery", surge_from=date(2024, 1, 1))}
    assert facts["surge_electricity_arrears"].produced == pytest.approx(0.0, abs=0.12)


def test_a_small_town_is_allowed_what_its_size_cannot_tell() -> None:
    def fact(slack: float) -> Fact:
        return Fact("x", "x", "x", low=0.10, high=0.13, slack=slack, produced=0.15, n=100)

    assert fact(0.01).state == "outside"
    assert fact(0.03).state == "ok"


def test_facts_need_a_delivery_in_parquet(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds no delivery"):
        compute_facts(tmp_path)
    synthesize(
        tmp_path / "delivery",
        truth_folder=tmp_path / "truth",
        as_of=AS_OF,
        seed=1,
        dongs=dongs_of("고양시일산동구"),
        households=200,
        file_format=FileFormat.CSV,
    )
    with pytest.raises(UsageError, match="Parquet"):
        compute_facts(tmp_path / "delivery")


def contacts_with_simple_features(delivery: Path) -> pl.DataFrame:
    """A row per contact whose outcome window has closed, with what anybody could count before its Monday."""
    positive = [outcome.value for outcome in PUBLIC_BENEFIT | CASE_MANAGED]
    outcomes = pl.read_parquet(delivery / "outcomes-*.parquet").with_columns(
        monday=(pl.col("round") + "-1").str.to_date("%G-W%V-%u"), is_positive=pl.col("outcome_code").is_in(positive)
    )
    closed = (pl.col("monday") <= AS_OF - timedelta(days=90)) & pl.col("outcome_code").is_not_null()
    contacts = outcomes.filter(closed).select("household_id", "monday", "is_positive").with_row_index("row")
    rows = contacts.select("row", "household_id", "monday")
    reported = rows.join(pl.read_parquet(delivery / "indicators-*.parquet"), on="household_id").filter(
        pl.col("known_at") < pl.col("monday")
    )
    before = rows.join(outcomes.select("household_id", "recorded_at", "is_positive"), on="household_id").filter(
        pl.col("recorded_at") < pl.col("monday")
    )
    members = pl.read_parquet(delivery / "members-*.parquet")
    return (
        contacts.join(
            reported.group_by("row").agg(
                pl.col("indicator_code").n_unique().alias("kinds"),
                pl.len().alias("reports"),
                pl.col("months_overdue").max(),
                pl.col("indicator_code").filter(pl.col("months_overdue") > 0).n_unique().alias("arrears_kinds"),
            ),
            on="row",
            how="left",
        )
        .join(before.group_by("row").agg(pl.col("is_positive").sum().alias("helped_before")), on="row", how="left")
        .join(
            members.group_by("household_id", maintain_order=True).agg(
                pl.len().alias("persons"),
                pl.col("birth_month").first().str.slice(0, 4).cast(pl.Int32).alias("head_born"),
            ),
            on="household_id",
        )
        .sort("monday", "row")
    )


def test_a_model_finds_some_of_the_need_and_far_from_all(town: Path) -> None:
    contacts = contacts_with_simple_features(town / "delivery")
    assert contacts["is_positive"].mean() == pytest.approx(0.15, abs=0.025)
    features = contacts.drop("row", "household_id", "monday", "is_positive").cast(pl.Float64).to_numpy()
    is_positive = contacts["is_positive"].to_numpy()
    split = int(len(contacts) * 0.7)
    model = lightgbm.LGBMClassifier(
        n_estimators=80,
        learning_rate=0.05,
        num_leaves=8,
        min_child_samples=60,
        num_threads=1,
        verbose=-1,
        random_state=0,
    )
    model.fit(features[:split], is_positive[:split])
    later = np.asarray(model.predict_proba(features[split:]))[:, 1]
    # Published for real administrative records with a time split: 0.66 to 0.67. The simple features reach a little less
    # than the full catalogue does.
    assert 0.62 < roc_auc_score(is_positive[split:], later) < 0.74
