"""What the catalogue of the standard tables declares, and what it must never hold."""

import re
from string import Formatter

import lightgbm as lgb
import numpy as np
import pytest

from domain.indicator import Indicator
from features.catalogue import STANDARD, Catalogue
from features.declaration import AreaRate, Derived, Direction, Family, Feature, Sensitivity, Unit
from sources.reference import indicators

# Words that judge, accuse or sort people; and the score's own jargon.
NEVER_SAID = (
    "위험", "대상자", "의심", "부정", "불량", "혐의", "적발", "조사 대상", "감시", "문제 가구", "취약계층", "빈곤층",
    "저소득층", "독거노인", "결손", "정상 가구", "장애자", "불우", "영세민", "자살", "자해", "점수", "모형", "예측",
)  # fmt: skip
# Whether somebody can be found predicts who is found, not who is in need.
REACHABILITY = {"has_phone", "is_address_mismatch", "days_since_contact", "days_since_open_listing"}
SILENT = {
    "head_age",
    "oldest_age",
    "is_head_female",
    "household_size",
    "members_foreign",  # where somebody comes from is no reason to call on them
    "moved_months_ago",
    "newest_report_months_ago",
}

learned = pytest.mark.parametrize("feature", STANDARD.learned, ids=lambda feature: feature.name)
stored = pytest.mark.parametrize("feature", STANDARD.stored, ids=lambda feature: feature.name)


def templates(feature: Feature) -> list[str]:
    return [text for text in (feature.present_ko, feature.absent_ko, feature.negative_ko) if text]


def test_between_ninety_and_a_hundred_and_thirty_features_are_learned() -> None:
    assert 90 <= len(STANDARD.learned) <= 130


def test_names_are_snake_case_and_no_name_is_used_twice() -> None:
    names = [feature.name for feature in STANDARD.features]
    assert [name for name in names if not re.fullmatch(r"_?[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []
    assert len(set(names)) == len(names)
    with pytest.raises(ValueError, match="declared twice"):
        Catalogue("twice", (STANDARD.features[0], STANDARD.features[0]))


@stored
def test_every_stored_feature_has_words_a_unit_a_family_and_a_theme(feature: Feature) -> None:
    assert re.search("[가-힣]", feature.label_ko)
    assert re.search("[가-힣]", feature.theme)
    assert isinstance(feature.unit, Unit)
    assert isinstance(feature.family, Family)


def test_labels_are_told_apart() -> None:
    labels = [feature.label_ko for feature in STANDARD.stored]
    assert {label for label in labels if labels.count(label) > 1} == set()


def test_all_four_families_are_learned() -> None:
    assert {feature.family for feature in STANDARD.learned} == set(Family)


@pytest.mark.parametrize("known", indicators(), ids=lambda known: known.code)
def test_every_indicator_of_the_register_is_used(known: Indicator) -> None:
    assert any(known.code in feature.indicators for feature in STANDARD.learned)


def test_the_register_holds_46_indicators() -> None:
    assert len(indicators()) == 46


@pytest.mark.parametrize("known", [k for k in indicators() if k.kind == "arrears"], ids=lambda known: known.code)
def test_owing_longer_or_more_never_lowers_the_risk(known: Indicator) -> None:
    of_this = [feature for feature in STANDARD.learned if known.code in feature.indicators]
    assert {feature.unit for feature in of_this} == {Unit.MONTHS, Unit.KRW}
    assert {feature.direction for feature in of_this} == {Direction.RAISES}


@learned
def test_a_more_recent_report_never_lowers_the_risk_unless_it_also_says_help_is_there(feature: Feature) -> None:
    if feature.unit is Unit.MONTHS_AGO and feature.indicators:
        assert feature.direction in (Direction.LOWERS, Direction.FREE)


def test_the_model_does_not_see_whether_somebody_can_be_reached() -> None:
    assert REACHABILITY & {feature.name for feature in STANDARD.learned} == set()
    assert {feature.name for feature in STANDARD.stored} >= REACHABILITY


def test_the_model_does_not_see_who_already_receives_livelihood_support() -> None:
    assert {"is_recipient", "is_case_managed"} & {feature.name for feature in STANDARD.learned} == set()


@stored
def test_health_and_money_owed_are_marked_as_such(feature: Feature) -> None:
    if feature.family is Family.HEALTH and feature.is_learned:
        assert feature.sensitivity is Sensitivity.HEALTH
    if feature.family is Family.ARREARS:
        assert feature.sensitivity is Sensitivity.FINANCIAL


@stored
def test_no_sentence_holds_a_word_that_brands_people(feature: Feature) -> None:
    assert [word for word in NEVER_SAID if any(word in text for text in templates(feature))] == []


@stored
def test_the_value_is_all_that_a_sentence_fills_in(feature: Feature) -> None:
    fields = {name for text in templates(feature) for _, name, _, _ in Formatter().parse(text) if name is not None}
    assert fields <= {"value"}


@learned
def test_what_is_learned_can_be_said_or_is_known_to_be_silent(feature: Feature) -> None:
    assert bool(feature.present_ko) != (feature.name in SILENT or feature.family is Family.NEIGHBOURHOOD)


@stored
def test_no_stored_feature_is_derived_from_a_feature_that_does_not_exist(feature: Feature) -> None:
    assert isinstance(feature.measure, Derived) or not feature.is_helper
    if isinstance(feature.measure, AreaRate):
        assert feature.measure.of in STANDARD.by_name


def test_lightgbm_takes_the_names_and_directions_as_they_are() -> None:
    names = [feature.name for feature in STANDARD.learned]
    values = np.random.default_rng(0).normal(size=(40, len(names)))
    data = lgb.Dataset(values, label=values[:, 0] > 0, feature_name=names)
    constraints = [int(feature.direction) for feature in STANDARD.learned]
    parameters = {
        "objective": "binary", "verbose": -1, "num_threads": 1, "num_leaves": 3, "monotone_constraints": constraints
    }  # fmt: skip
    assert lgb.train(parameters, data, num_boost_round=1).feature_name() == names


def test_the_digest_tells_catalogues_apart() -> None:
    other = Catalogue("other", STANDARD.features[:20])
    assert STANDARD.digest() == Catalogue("again", STANDARD.features).digest()
    assert STANDARD.digest() != other.digest()
    assert [column["name"] for column in STANDARD.schema()] == [feature.name for feature in STANDARD.learned]
