"""What a worker can say on the phone: spoken Korean, nothing private before it is clear who answers."""

from dataclasses import replace
from datetime import date

import pytest

from domain.listing import Band, Explanation, Reason, Slot
from domain.published import ListedEntry, Person
from features.catalogue import STANDARD
from serving import wording_phone_ko as ko
from serving.showing.phone_script import Script, phone_script

ENTRY = ListedEntry(
    ref="r" * 22,
    round="2026-W47",
    as_of=date(2026, 11, 16),
    dong_code="4128151000",
    rank=1,
    slot=Slot.TOP,
    slot_sentence="",
    propensity=1.0,
    raw_score=1.0,
    probability=0.3,
    band=Band.HIGH,
    tied_with=0,
    household_type="single_elder",
    bundle="standard-1",
    explanation=Explanation((), (), (), None, True),
    case=None,
    person=Person("김하늘", "", ""),
    former_rank=None,
    former_slot=None,
)


def script(*themes: str, **changed) -> Script:
    reasons = tuple(Reason(theme, f"{theme}에 관한 명단의 문장", 1.0) for theme in themes)
    entry = replace(ENTRY, explanation=replace(ENTRY.explanation, raising=reasons), **changed)
    return phone_script(entry, dong="주교동", worker="한바다")


def because(those: Script) -> str:
    return dict(those.replies)[ko.IF_IT_IS_THEM]


def test_the_first_words_ask_who_it_is_and_say_nothing_of_why() -> None:
    said = script("건강보험료 체납", "자살고위험군 관리 대상")
    assert said.greeting == (
        "안녕하십니까. 주교동 행정복지센터에서 복지 업무를 맡고 있는 한바다입니다. 김○○ 님이십니까?"
    )
    assert dict(said.replies)[ko.IF_OTHER_PERSON] == (
        "주교동 행정복지센터입니다. 안부를 여쭈려고 전화드렸습니다. 언제 다시 걸면 통화할 수 있겠습니까?"
    )


def test_one_reason_is_told_in_spoken_words_and_no_sentence_of_the_list_is_quoted() -> None:
    said = script("복지급여", "전기료 체납", "금융연체")
    assert because(said) == (
        "전기요금이 밀리신 일이 있는 것으로 알고, 혹시 어려움이 있으신지, 도와드릴 일이 있는지 여쭙고자 "
        "전화드렸습니다. 잠시 통화 괜찮으십니까?"
    )
    assert "명단의 문장" not in str(said)


@pytest.mark.parametrize("theme", ["복지급여", "가구원", "가구 형태", "지난 접촉", "임신", "장애", "여러 위기정보"])
def test_a_pension_an_age_or_a_listing_before_is_no_reason_to_say_aloud(theme: str) -> None:
    assert because(script(theme)).startswith("요즘 지내시는 데 어려움은 없으신지")


def test_what_the_place_is_for_comes_first_and_tactfully() -> None:
    cut = "전기·가스·수도가 끊기거나 제한되었다는 정보가 54일 전에 들어왔습니다"
    told = because(script("여러 체납", slot=Slot.SAFETY_NET, slot_sentence=cut))
    assert told.startswith("댁에서 전기나 가스, 수도를 쓰시는 데 불편이 있으셨던 것으로 알고,")
    mind = "마음 건강을 급히 살펴야 한다는 정보가 3일 전에 들어왔습니다"
    assert because(script(slot=Slot.SAFETY_NET, slot_sentence=mind)).startswith("요즘 마음 편히 지내시는지 궁금하여,")


def test_who_was_drawn_is_told_that_others_are_asked_too() -> None:
    said = script("전기료 체납", slot=Slot.EXPLORATION)
    assert dict(said.replies)[ko.IF_ASKED_HOW] == ko.HOW_DRAWN
    assert "전기요금" not in str(said)


def test_words_are_there_for_themes_and_occasions_that_exist() -> None:
    themes = {feature.theme for feature in STANDARD.features}
    assert set(ko.THEMES) - themes == set()
    occasions = [STANDARD.by_name[name].present_ko for name in ("shutoff_known_days", "suicide_known_days")]
    assert [part in sentence for part, sentence in zip(ko.OCCASIONS, occasions, strict=True)] == [True, True]


def test_no_spoken_word_names_an_illness_a_crime_or_a_death() -> None:
    said = " ".join([*ko.THEMES.values(), *ko.OCCASIONS.values()])
    assert [
        word
        for word in ("자살", "자해", "정신", "범죄", "사망", "체납", "장애", "중증", "퇴소", "사각지대")
        if word in said
    ] == []
