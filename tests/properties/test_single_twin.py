"""The single way and the batch way agree on any household: the same score, the same words."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import lightgbm as lgb
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import UsageError
from domain.listing import Reason
from features.catalogue import STANDARD
from scoring.bundle import Bundle, load_bundle
from scoring.reasons import explain
from scoring.score import score
from scoring.single import SingleScorer
from tests.support.weeks import AS_OF, random_matrix, small_bundle

NAMES = [feature.name for feature in STANDARD.learned]
LARGEST = float(np.finfo(np.float32).max)
Values = dict[str, float | None]

usual = st.integers(-3, 30).map(float) | st.floats(0, 1)
odd = st.sampled_from([-0.0, 0.0, float("nan"), 1e-36, -1e-45, 5e-324, 0.1, LARGEST, -LARGEST, 2.0**24 + 1, 1e12])
any_number = usual | odd | st.none() | st.floats(-LARGEST, LARGEST)
households = st.dictionaries(st.sampled_from(NAMES), any_number, max_size=len(NAMES))


@cache
def scorers() -> tuple[SingleScorer, SingleScorer]:
    """A model as the product's, and one of deeper trees that looks at many columns."""
    bundle = load_bundle(small_bundle(Path(tempfile.mkdtemp())), STANDARD)
    matrix = random_matrix(STANDARD, 600, seed=3).select(NAMES).to_numpy()
    rng = np.random.default_rng(3)
    label = np.nan_to_num(matrix) @ rng.normal(size=len(NAMES)) > 0
    parameters = {"objective": "binary", "max_depth": 6, "min_data_in_leaf": 5, "num_threads": 1, "verbose": -1}
    deep = lgb.train(parameters, lgb.Dataset(matrix, label, feature_name=NAMES), 60)
    return SingleScorer(bundle, STANDARD), SingleScorer(replace(bundle, booster=deep), STANDARD)


def matrix_of(values: Values) -> pl.DataFrame:
    """The household as the row of a matrix."""
    row = pl.DataFrame({name: [values.get(name)] for name in NAMES}, schema=dict.fromkeys(NAMES, pl.Float64))
    known = row.with_columns(pl.all().fill_nan(None).cast(pl.Float32))
    return pl.select(household_id=pl.lit("A"), dong_code=pl.lit("4128151000")).hstack(known)


def in_words(reasons: tuple[Reason, ...]) -> list[tuple[str, str]]:
    return [(reason.theme, reason.sentence) for reason in reasons]


@pytest.mark.parametrize("which", [0, 1], ids=["shallow", "deep"])
@given(households)
def test_one_household_alone_is_scored_and_explained_as_on_the_list(which: int, values: Values) -> None:
    scorer = scorers()[which]
    bundle: Bundle = scorer.bundle
    found, frame = scorer.score(values, AS_OF), matrix_of(values)
    (batch,) = score(bundle, frame).rows(named=True)
    (why,) = explain(bundle, STANDARD, frame, AS_OF)
    assert found.raw_score == pytest.approx(batch["raw_score"], abs=1e-9, rel=0)
    assert found.probability == pytest.approx(batch["probability"], abs=1e-9, rel=0)
    for ours, theirs in ((found.explanation.raising, why.raising), (found.explanation.lowering, why.lowering)):
        assert in_words(ours) == in_words(theirs)
        assert [r.contribution for r in ours] == pytest.approx([r.contribution for r in theirs], abs=1e-9)
    assert replace(found.explanation, raising=(), lowering=()) == replace(why, raising=(), lowering=())


too_large = st.floats(min_value=3.41e38, allow_nan=False) | st.floats(max_value=-3.41e38, allow_nan=False)


@given(households, st.sampled_from(NAMES), too_large)
def test_a_number_beyond_float32_is_refused_wherever_it_stands(values: Values, name: str, number: float) -> None:
    with pytest.raises(UsageError, match="too large"):
        scorers()[0].score(values | {name: number}, AS_OF)
