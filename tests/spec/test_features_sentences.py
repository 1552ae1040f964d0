"""What can be said aloud about a value: figures, words for none, and silence about what is not known."""

import math

import pytest

from features.catalogue import STANDARD
from features.declaration import Feature, Unit
from features.windows import CURRENT_MONTHS
from tests.support.cores import report, seen

SAID = {name: feature.sentence for name, feature in STANDARD.by_name.items()}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("nhis_premium_arrears_months", 5, "건강보험료를 5개월째 내지 못했습니다"),
        ("nhis_premium_arrears_months", 0, "최근 4개월분 자료에서는 건강보험료 체납이 확인되지 않았습니다"),
        ("electricity_arrears_max_12m", 12, "최근 1년 사이 전기료 체납 기간이 가장 길 때 12개월이었습니다"),
        ("water_arrears_trend_3m", 2, "확인된 수도요금 체납 기간이 3개월 전보다 2개월 길어졌습니다"),
        ("water_arrears_trend_3m", -2, "확인된 수도요금 체납 기간이 3개월 전보다 2개월 짧아졌습니다"),
        ("water_arrears_trend_3m", 0, ""),
        ("gas_arrears_krw", 1_234_567, "최근 4개월 사이 가스요금 체납 금액이 가장 클 때 약 123만원이었습니다"),
        ("gas_arrears_krw", 0, ""),
        ("gas_shutoff_months_ago", 1, "1개월 전에 가스 공급이 중단되었습니다"),
        ("gas_shutoff_months_ago", 0, "이번 달에 가스 공급이 중단되었습니다"),
        ("gas_shutoff_months_ago", 24, ""),
        ("arrears_kinds", 3, "최근 4개월분 자료에서 3종의 요금이나 대금이 밀린 것으로 확인되었습니다"),
        ("arrears_first_months_ago", 23, "2년 사이 체납이 23개월 전에 처음 확인되었습니다"),
        ("arrears_first_months_ago", -1, ""),
        ("shutoffs_12m", 1, "최근 1년분 자료에서 전기·가스·수도가 끊기거나 제한된 일이 1회 확인되었습니다"),
        ("indicator_areas", 2, "최근 4개월분 자료에서 2개 분야의 위기정보가 확인되었습니다"),
        ("members_elder", 1, "65세 이상 가구원이 1명 있습니다"),
        ("is_single_elder", 1, "어르신이 홀로 생활합니다"),
        ("is_single_elder", 0, ""),
        ("benefits_held", 0, "지난달 말까지의 자료에서는 기초생활보장 외에 받는 복지급여가 확인되지 않았습니다"),
        ("benefit_ended_months_ago", 1, "받던 복지급여가 1개월 전에 끝났습니다"),
        ("turned_65", 1, "이달이나 지난 두 달 사이 65세가 되는 가구원이 1명 있습니다"),
        ("suicide_known_days", 3, "마음 건강을 급히 살펴야 한다는 정보가 3일 전에 들어왔습니다"),
        ("days_since_open_listing", 14, "14일 전 명단에 올랐으나 아직 연락이 닿지 않았습니다"),
        ("area_reported_rate", 0.5, ""),
    ],
)
def test_a_value_is_said_as_staff_would_say_it(name: str, value: float, sentence: str) -> None:
    assert SAID[name](value) == sentence


@pytest.mark.parametrize("feature", STANDARD.features, ids=lambda feature: feature.name)
def test_that_nothing_was_reported_is_said_of_named_months_only(feature: Feature) -> None:
    """A report of July that came in last month stands on the same page: "nothing lately" would contradict it."""
    named = (f"최근 {CURRENT_MONTHS}개월분 자료에서는", "최근 1년분 자료에서는", "지난달 말까지의 자료에서는")
    assert not feature.absent_ko or feature.absent_ko.startswith(named)


def test_a_report_of_july_that_came_in_last_month_contradicts_nothing_that_is_said() -> None:
    found = seen(indicators=[report("gas_shutoff", "2026-07", known="2026-10-20")])
    assert SAID["indicator_areas"](found["indicator_areas"]) == (
        "최근 4개월분 자료에서는 위기정보가 확인되지 않았습니다"
    )
    assert SAID["indicator_reports_12m"](found["indicator_reports_12m"]) == (
        "최근 1년분 자료에서 위기정보가 1회 확인되었습니다"
    )


@pytest.mark.parametrize("unknown", [None, math.nan], ids=["null", "not a number"])
def test_nothing_is_said_about_what_is_not_known(unknown: float | None) -> None:
    assert {sentence(unknown) for sentence in SAID.values()} == {""}


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        (Unit.MONTHS, 1, "1개월"),
        (Unit.TIMES, 2, "2회"),
        (Unit.PERSONS, 3, "3명"),
        (Unit.YEARS, 45, "45세"),
        (Unit.DAYS, 1_000, "1,000일"),
        (Unit.KRW, 9_500, "9,500원"),
        (Unit.MANWON, 150, "약 150만원"),
        (Unit.RATE, 0.125, "12.5%"),
        (Unit.MONTHS_AGO, 0, "이번 달"),
        (Unit.M2, 33.5, "33.5㎡"),
        (Unit.FLAG, 1, "1"),
    ],
)
def test_every_unit_has_its_word(unit: Unit, value: float, said: str) -> None:
    assert unit.say(value) == said


@pytest.mark.parametrize("feature", STANDARD.features, ids=lambda feature: feature.name)
def test_every_sentence_is_polite_whole_and_filled_in(feature: Feature) -> None:
    templates = [text for text in (feature.present_ko, feature.absent_ko, feature.negative_ko) if text]
    for value in (1, 2, feature.nothing, -3):
        said = feature.sentence(value)
        assert not said or said.endswith("니다")
        assert not {"{", "}"} & set(said)
    assert all(text.endswith("니다") for text in templates)
