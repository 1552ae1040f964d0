"""The survey catalogue: what it declares, that both engines agree on it, and that no label leaks into it."""

from collections import Counter
from datetime import date
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest

from features.declaration import AsOf, Direction, Unit
from features.survey import ARREARS_COUNT, CRISIS_COUNT, CRISIS_FLAGS, SURVEY, derive_survey
from features.survey_arrears import ARREARS_FLAGS
from sources.koweps import households
from tests.support.koweps import made_up_survey, person, rows

AS_OF = AsOf.on(date(2017, 3, 6))
HOME = 20_101
LABEL_ITEMS = ("h1211_3aq2", "h1211_3aq3", "h1211_3aq4", "h1211_3aq6", "h1211_3aq7", "h1211_6", "h1211_7", "p1205_7aq1")


def derived(*persons: dict[str, float | None]) -> dict[str, float]:
    frame: pl.DataFrame = derive_survey(households(rows(*persons)), AS_OF)
    return frame.row(0, named=True)


def test_the_catalogue_covers_the_three_families_and_says_everything_in_polite_korean() -> None:
    assert 100 <= len(SURVEY.learned) <= 130
    assert {feature.family.value for feature in SURVEY.learned} == {"arrears", "health", "household"}
    sentences = [s for f in SURVEY.features for s in (f.present_ko, f.absent_ko, f.negative_ko) if s]
    assert [sentence for sentence in sentences if not sentence.endswith(("니다", "니까?"))] == []


def test_the_documentation_counts_the_features_that_there_are() -> None:
    page = (Path(__file__).parents[2] / "docs" / "koweps.md").read_text(encoding="utf-8")
    per_family = Counter(feature.family.value for feature in SURVEY.learned)
    directed = sum(feature.direction is not Direction.FREE for feature in SURVEY.learned)
    assert f"{len(SURVEY.learned)} in three families: arrears and debt ({per_family['arrears']})" in page
    assert f"{directed} carry a direction" in page


def test_every_feature_but_places_and_schooling_can_be_said() -> None:
    silent = {feature.name for feature in SURVEY.learned if not feature.present_ko}
    assert silent == {"head_education", "adult_education_highest", "is_seoul", "is_county"}


def test_reasons_read_as_sentences() -> None:
    said = {feature.name: feature.sentence for feature in SURVEY.features}
    assert said["nhi_arrears_months"](5) == "지난 1년 가운데 5개월 동안 건강보험료를 내지 못했습니다"
    assert said["income_eq"](620.0) == "가구원 수를 감안한 한 해 소득이 약 620만원입니다"
    assert said["n_regular"](0) == "상용직으로 일하는 가구원이 없습니다"
    assert said["net_assets"](-1200.0) == "확인되는 재산보다 대출이 약 1,200만원 더 많습니다"
    assert said["is_nonstandard_dwelling"](0) == ""


def test_more_arrears_never_lower_and_more_income_or_assets_never_raise_the_risk() -> None:
    directions = {feature.name: feature.direction for feature in SURVEY.learned}
    assert {directions[feature.name] for feature in ARREARS_FLAGS} == {Direction.RAISES}
    assert {directions[name] for name in ("income_eq", "assets", "house_value", "nhi_premium")} == {Direction.LOWERS}


def test_the_two_counting_rules_have_nine_and_twenty_two_flags() -> None:
    assert (len(ARREARS_FLAGS), len(CRISIS_FLAGS)) == (9, 22)
    assert {flag.unit for flag in CRISIS_FLAGS} == {Unit.FLAG}


def test_counts_add_one_point_each() -> None:
    # Gas unpaid, credit in arrears, premium unpaid: three arrears. Alone at 40 without a regular job, below ten million
    # won after tax, renting by the month in a basement: four more.
    found = derived(
        person(
            HOME, h1211_3=1.0, h1211_8=1.0, h1205_4=1.0, h12_eco4=9.0, h12_cin=900.0, h1206_3=4.0, h1206_2=2.0
        )
    )  # fmt: skip
    assert (found[ARREARS_COUNT], found[CRISIS_COUNT]) == (3, 7)


def test_an_answer_that_is_not_known_adds_no_point() -> None:
    assert derived(person(HOME, h1211_3=9.0, h1211_8=1.0))[ARREARS_COUNT] == 1


def test_income_is_shared_by_the_square_root_of_the_household() -> None:
    four = [person(HOME, member, h1201_1=4.0, h12_cin=3000.0, h1207_4=25.0) for member in range(1, 5)]
    found = derived(*four)
    assert (found["income_eq"], found["income_after_tax_eq"]) == (1500, 1350)


def test_ratios_do_not_jump_where_there_is_no_income() -> None:
    assert derived(person(HOME, h12_cin=-500.0, h1207_3aq3=20.0))["rent_rate"] == pytest.approx(240 / 100)


def test_a_house_has_a_value_only_where_it_is_owned() -> None:
    owner, tenant = person(HOME, h1206_6=20_000.0), person(HOME, h1206_6=5_000.0, h1206_3=2.0)
    assert (derived(owner)["house_value"], derived(owner)["deposit_value"]) == (20_000, 0)
    assert (derived(tenant)["house_value"], derived(tenant)["deposit_value"]) == (0, 5_000)


def test_no_feature_changes_with_the_labels() -> None:
    survey = made_up_survey(60, seed=3)
    yes = survey.with_columns(pl.lit(1.0).alias(item) for item in LABEL_ITEMS)
    no = survey.with_columns(pl.lit(2.0).alias(item) for item in LABEL_ITEMS)
    names = [feature.name for feature in SURVEY.features]
    first, second = derive_survey(households(yes), AS_OF), derive_survey(households(no), AS_OF)
    assert first["crisis_material"].all()
    assert first.select(names).equals(second.select(names))


def test_no_feature_changes_with_money_from_the_family() -> None:
    survey = made_up_survey(60, seed=4)
    helped = survey.with_columns(pl.col("h12_cin") + 500, h1208_3aq7=pl.lit(500.0))
    names = [feature.name for feature in SURVEY.features]
    first, second = derive_survey(households(survey), AS_OF), derive_survey(households(helped), AS_OF)
    assert first.select(names).equals(second.select(names))


def test_pandas_and_polars_give_the_same_features() -> None:
    frame = households(made_up_survey(80, seed=5))
    names = [feature.name for feature in SURVEY.learned]
    polars = derive_survey(frame, AS_OF).select(pl.col(names).cast(pl.Float64))
    pandas = nw.from_native(derive_survey(frame.to_pandas(), AS_OF)).select(
        *(nw.col(name).cast(nw.Float64) for name in names)
    )
    for name in names:
        assert pandas[name].to_list() == pytest.approx(polars[name].to_list(), nan_ok=True), name
