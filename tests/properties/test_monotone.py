"""More hardship never ranks a household lower, in the trained model and through the features it is made of."""

from dataclasses import replace
from datetime import date

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from domain.calendar import day_number, month_number
from features.catalogue import STANDARD
from features.declaration import AsOf, Direction, Feature
from features.engine import area_rates, household_features, matrix
from features.matrices import tables_read
from scoring.bundle import Bundle
from scoring.monotone import monotone_breaks
from scoring.score import feature_array, raw_scores
from sources.core import core_schema
from sources.reference import indicator
from sources.tables import TABLES
from tests.support.weeks import AS_OF, Town, the_town
from training.fit import fit_model

CONSTRAINED = [feature for feature in STANDARD.learned if feature.direction is not Direction.FREE]


@pytest.fixture(scope="module")
def town() -> Town:
    return the_town()


@pytest.fixture(scope="module")
def bundle(town: Town) -> Bundle:
    return town.bundle


@pytest.fixture(scope="module")
def sample(town: Town) -> pl.DataFrame:
    return town.matrix().sample(150, seed=1)


def test_the_catalogue_constrains_what_it_should() -> None:
    names = {feature.name for feature in CONSTRAINED}
    assert {"nhis_premium_arrears_months", "nhis_premium_arrears_krw", "arrears_kinds", "shutoffs_12m"} <= names
    assert len(names) > 50


@pytest.mark.parametrize("feature", CONSTRAINED, ids=lambda feature: feature.name)
def test_more_of_it_never_moves_the_score_against_its_direction(
    feature: Feature, bundle: Bundle, sample: pl.DataFrame, town: Town
) -> None:
    seen = town.matrix()[feature.name].drop_nulls().to_numpy()
    grid = np.unique(np.concatenate([np.linspace(-30, 60, 31), seen[:50], [1e6, 1e8]]).astype(np.float32))
    scores = np.array(
        [raw_scores(bundle, sample.with_columns(pl.lit(x, pl.Float32).alias(feature.name))) for x in grid]
    )
    steps = np.diff(scores, axis=0) * int(feature.direction)
    assert steps.min() >= -1e-12


def test_the_trained_bundle_is_proven_monotone_in_every_constrained_feature(bundle: Bundle) -> None:
    assert monotone_breaks(bundle.booster, STANDARD.learned) == []


STEPS = (1.0, 5.0, 12.0, 0.1, 1_000_000.0)


def worst_fall(bundle: Bundle, matrix: pl.DataFrame, feature: Feature) -> float:
    """The largest move against the feature's direction, over all households whose value is known and all steps."""
    known = matrix.filter(pl.col(feature.name).is_not_null())
    if known.is_empty():
        return 0.0
    before = raw_scores(bundle, known)
    after = [raw_scores(bundle, known.with_columns(pl.col(feature.name) + step)) for step in STEPS]
    return float(min(((scores - before) * int(feature.direction)).min() for scores in after))


def test_no_household_of_the_town_ranks_lower_for_deeper_hardship_of_any_kind(town: Town, bundle: Bundle) -> None:
    """Sums of the same rising terms in the same order: not even rounding may make one fall."""
    falls = {feature.name: worst_fall(bundle, town.matrix(), feature) for feature in CONSTRAINED}
    assert {name: fall for name, fall in falls.items() if fall < 0} == {}


def unconstrained(town: Town) -> Bundle:
    """A model of the same town that was given no directions, of need that runs against them."""
    values = feature_array(town.matrix(), [feature.name for feature in STANDARD.learned])
    directions = np.array([int(feature.direction) for feature in STANDARD.learned])
    spread = np.nanstd(values, axis=0)
    need = np.nan_to_num(values / np.where(spread > 0, spread, 1)) @ -directions.astype(float)
    free = [replace(feature, direction=Direction.FREE) for feature in STANDARD.learned]
    return replace(town.bundle, booster=fit_model(values, need > np.median(need), free, seed=1))


def test_a_model_that_learned_against_the_directions_is_caught_by_the_proof_and_by_the_households(town: Town) -> None:
    planted = unconstrained(town)
    broken = {line.split(":")[0] for line in monotone_breaks(planted.booster, STANDARD.learned)}
    fallen = {feature.name for feature in CONSTRAINED if worst_fall(planted, town.matrix(), feature) < 0}
    assert {"arrears_kinds", "arrears_months_total"} <= fallen
    assert fallen <= broken, "what happens to a household is never outside the proof"


TABLE_NAMES = tables_read(STANDARD)


def report(months_ago: int, overdue: int, code: str = "nhis_premium_arrears") -> dict[str, object]:
    observed = month_number(AS_OF) - months_ago
    known = date(observed // 12, observed % 12 + 1, 1)
    return {
        "household_id": "a", "indicator_no": indicator(code).number, "observed_month": observed,
        "known_at": day_number(known) + 25, "months_overdue": overdue, "amount_krw": 90_000 * overdue,
    }  # fmt: skip


def score_of(bundle: Bundle, reports: list[dict[str, object]], *, age: int = 48, tenure: str = "monthly_rent") -> float:
    """The raw score of a household of one, computed from its rows all the way."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in TABLE_NAMES}
    rows["households"] = [
        {"household_id": "a", "dong_code": "4128151000", "tenure": tenure, "dwelling": "multi_unit",
         "moved_in_on": day_number(date(2019, 3, 2)), "is_address_mismatch": False, "has_phone": True}
    ]  # fmt: skip
    rows["members"] = [
        {"household_id": "a", "person_id": "p", "birth_month": month_number(AS_OF) - 12 * age, "sex": "male",
         "relation": "head", "disability": "none", "pregnancy_due_month": None, "is_foreign": False}
    ]  # fmt: skip
    rows["indicators"] = reports
    tables = {name: pl.DataFrame(found, schema=core_schema(TABLES[name])) for name, found in rows.items()}
    as_of = AsOf.on(AS_OF)
    frame = household_features(tables, STANDARD.features, as_of)
    # The dong's rates stay those of a quiet dong, so that only the household differs.
    areas = area_rates(frame, STANDARD.features).with_columns(
        **{name: nw.lit(0.05) for name in area_rates(frame, STANDARD.features).columns if name != "dong_code"}
    )
    return float(raw_scores(bundle, matrix(frame, areas, STANDARD.stored, as_of).to_native())[0])


@pytest.mark.parametrize("age", [25, 48, 72])
def test_twenty_two_months_of_arrears_never_rank_below_seventeen(bundle: Bundle, age: int) -> None:
    """One and the same history of reports, each of them five months deeper."""
    seventeen = [report(ago, 17 - ago) for ago in range(2, 14)]
    twenty_two = [report(ago, 22 - ago) for ago in range(2, 14)]
    assert score_of(bundle, twenty_two, age=age) >= score_of(bundle, seventeen, age=age)


def test_each_month_deeper_never_ranks_lower(bundle: Bundle) -> None:
    scores = [score_of(bundle, [report(ago, depth - ago) for ago in range(2, 8)]) for depth in range(8, 40, 4)]
    assert np.diff(scores).min() >= -1e-12


def test_one_more_kind_of_arrears_never_ranks_lower(bundle: Bundle) -> None:
    kinds = ["nhis_premium_arrears", "electricity_arrears", "gas_arrears", "water_arrears", "telecom_arrears"]
    reports = [report(2, 6, kind) for kind in kinds]
    scores = [score_of(bundle, reports[:count]) for count in range(1, len(kinds) + 1)]
    assert np.diff(scores).min() >= -1e-12


def test_deeper_arrears_in_all_reports_of_the_town_never_rank_a_household_lower(town: Town, bundle: Bundle) -> None:
    """Every household's own rows, as delivered and with five months and their money more in each report."""
    tables = {name: town.core.scan(name).collect() for name in TABLE_NAMES}
    overdue = pl.col("months_overdue")
    deeper = tables["indicators"].with_columns(
        months_overdue=pl.when(overdue > 0).then(overdue + 5).otherwise(overdue),
        amount_krw=pl.when(overdue > 0).then(pl.col("amount_krw") * 2).otherwise(pl.col("amount_krw")),
    )
    as_of = AsOf.on(AS_OF)

    def scores(of: dict[str, pl.DataFrame]) -> np.ndarray:
        frame = household_features(of, STANDARD.features, as_of)
        rates = area_rates(household_features(tables, STANDARD.features, as_of), STANDARD.features)
        return raw_scores(bundle, matrix(frame, rates, STANDARD.stored, as_of).to_native().sort("household_id"))

    assert deeper["months_overdue"].sum() > tables["indicators"]["months_overdue"].sum()
    assert (scores(tables | {"indicators": deeper}) - scores(tables)).min() >= -1e-12
