"""What people see of an entry: sentences and words, no code, no number of the model, nothing to run."""

import csv
import io
import re
from dataclasses import replace
from datetime import date

import pytest

from domain.household import HouseholdType
from domain.listing import Band, Entry, Explanation, Reason, Slot
from serving import wording_ko as ko
from serving.presenting import against, csv_bytes, not_known, why

RENT = Reason("임차료 체납", "임차료를 3개월째 내지 못했습니다", 0.8123)
GAS = Reason("가스요금 체납", "가스요금을 2개월째 내지 못했습니다", 0.4123)
ALONE = Reason("가구", "혼자 지내고 있습니다", 0.2123)
OWN = Reason("집", "자기 집에 살고 있습니다", -0.6123)


def entry(**changes: object) -> Entry:
    why_so = Explanation((RENT, GAS, ALONE), (OWN,), ("금융연체는 아직 확인되지 않았습니다",), date(2026, 9, 1))
    plain = Entry(
        round="2026-W47", dong_code="4128151000", rank=1, household_id="abcdefgh22223333", slot=Slot.TOP,
        slot_sentence="", propensity=1.0, raw_score=1.2345, probability=0.3456, band=Band.VERY_HIGH, tied_with=0,
        household_type="single_elder", bundle="standard-1", explanation=why_so,
    )  # fmt: skip
    return replace(plain, **changes)


def explained(*raising: Reason) -> Explanation:
    return Explanation(raising, (), (), None)


def cells(*entries: Entry, dong: str = "주교동") -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_bytes(dong, entries).decode("utf-8-sig"), newline="")))


def test_a_place_for_the_score_is_explained_by_what_raises_it() -> None:
    assert why(entry()) == [RENT.sentence, GAS.sentence, ALONE.sentence]


@pytest.mark.parametrize("slot", [Slot.CARRIED_OVER, Slot.COHORT, Slot.SAFETY_NET])
def test_the_occasion_of_the_place_is_said_first_and_drops_none_of_the_three_reasons(slot: Slot) -> None:
    occasion = "이달이나 지난 두 달 사이 65세가 되는 가구원이 1명 있습니다"
    listed = entry(slot=slot, slot_sentence=occasion)
    said = [occasion, RENT.sentence, GAS.sentence, ALONE.sentence]
    assert why(listed) == said
    assert cells(listed)[1][7:11] == said


def test_a_referral_and_a_draw_say_so() -> None:
    assert why(entry(slot=Slot.REFERRAL))[0] == ko.REFERRED
    assert why(entry(slot=Slot.EXPLORATION))[0] == ko.DRAWN


def test_nothing_is_said_twice() -> None:
    assert why(entry(slot=Slot.SAFETY_NET, slot_sentence=RENT.sentence)) == [
        RENT.sentence,
        GAS.sentence,
        ALONE.sentence,
    ]


def test_without_any_reason_that_is_said() -> None:
    assert why(entry(explanation=explained())) == [ko.NO_REASON]


def test_what_speaks_against_and_what_is_not_known_stand_apart() -> None:
    assert against(entry()) == [OWN.sentence]
    assert not_known(entry()) == [
        "금융연체는 아직 확인되지 않았습니다",
        "이 가구의 가장 최근 위기정보는 2026년 9월분입니다",
    ]
    assert not_known(entry(explanation=explained())) == [ko.NO_REPORT]


def test_the_file_opens_by_a_double_click() -> None:
    content = csv_bytes("주교동", [entry(), entry(rank=2)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == 3
    assert content.endswith(b"\r\n")


def test_the_file_has_korean_headings_and_a_row_an_entry() -> None:
    heading, row = cells(entry())
    assert heading == list(ko.CSV_COLUMNS)
    assert row == [
        "2026-W47", "주교동", "1", "abcdefgh22223333", "홀로 사는 어르신", "매우 높음", "높은 순위",
        RENT.sentence, GAS.sentence, ALONE.sentence, "", OWN.sentence,
        "금융연체는 아직 확인되지 않았습니다 / 이 가구의 가장 최근 위기정보는 2026년 9월분입니다",
    ]  # fmt: skip


def test_an_empty_list_is_a_file_with_headings_only() -> None:
    assert cells() == [list(ko.CSV_COLUMNS)]


def test_no_number_of_the_model_reaches_the_file() -> None:
    text = csv_bytes("주교동", [entry()]).decode()
    for number in ("0.8123", "0.4123", "0.6123", "1.2345", "0.3456", "34.56"):
        assert number not in text
    assert not re.search(r"\d\.\d{3}", text)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_shown_as_text(start: str) -> None:
    trap = f'{start}HYPERLINK("http://x","y")'
    _, row = cells(entry(explanation=explained(Reason("x", trap, 1.0))), dong=trap)
    assert row[1] == row[7] == f"'{trap}"


def test_commas_quotes_and_line_breaks_stay_in_their_cell() -> None:
    sentence = '가, "나"\n다'
    _, row = cells(entry(explanation=explained(Reason("x", sentence, 1.0))))
    assert row[7] == sentence
    assert len(row) == len(ko.CSV_COLUMNS)


def test_every_word_of_the_field_has_a_korean_one() -> None:
    assert set(ko.BANDS) == set(Band)
    assert set(ko.SLOTS) == set(Slot)
    assert set(ko.HOUSEHOLD_TYPES) == {*(kind.value for kind in HouseholdType), ""}


BRANDING = ("위험 가구", "고위험", "빈곤층", "취약계층", "문제 가구", "부정수급", "의심", "관리 대상")


def test_no_word_brands_people() -> None:
    said = " ".join(str(value) for name, value in vars(ko).items() if name.isupper())
    assert [word for word in BRANDING if word in said] == []
