"""What a dong worker sees of a household and does for it."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from domain.people import ALL
from serving import wording_refusals_ko
from store import tables
from tests.support.desk import DONG, HUB, OTHER, WORKER, Office, words_of
from tests.support.made_store import made_sqlite


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(made_sqlite(tmp_path))


def test_a_household_page_says_why_on_what_data_and_what_was_done(office: Office) -> None:
    house = office.made.house(DONG, 1)
    page = words_of(office.get(f"/households/{house.ref}"))
    why = ("월세로 살고 있습니다", "기초연금을 받고 있습니다", "소득을 알 수 없습니다", "조사하려는 연락이 아닙니다")
    data = ("2026년 10월분", "통신비 체납", "5개월 밀림", "2026. 11. 4.(수)", "지하·반지하", "2026-W30 회차")
    done = ("전화 · 받지 않음", f"적어 둔 말 {house.mark}", "2026-W46 회차 명단 4위")
    for word in (*why, *data, "기초연금 2025년 4월부터 받는 중", *done):
        assert word in page, word
    assert "1.25" not in page, "a contribution is no reason"
    assert [who for who in house.who if who in page] == []
    assert office.told("view_household")[0].subjects == (house.ref,)


def test_a_household_of_another_dong_is_as_absent_as_one_that_never_was(office: Office) -> None:
    foreign = office.made.house(OTHER, 0)
    paths = ("/households/{}", "/households/{}/contacts/1")
    acts = ("contacts", "notes", "worker", "handover", "reopen", "requests", "reveal", "files", "contacts/1")
    texts = set()
    for ref in (foreign.ref, "A" * 22, "short", "x%00y"):
        answers = [office.client.get(path.format(ref)) for path in paths]
        typed = {"seen": 0, "method": "phone", "attempt": "reached", "note": "메모입니다", "worker": "none"}
        typed |= {"why": "phone", "reason": "까닭을 적었습니다", "kind": "correction", "format": "pdf"}
        answers += [office.post(f"/households/{ref}/{act}", **typed) for act in acts]
        assert [answer.status_code for answer in answers] == [404] * len(answers), ref
        texts |= {
            re.sub(r"404-\w+", "", words_of(re.search("<main.*</main>", answer.text, re.DOTALL)[0]))
            for answer in answers
        }
    assert len(texts) == 1


def test_a_contact_is_recorded_and_shown_in_the_history(office: Office) -> None:
    house = office.made.house(DONG, 0)
    answer = office.contact(house.ref, attempt="reached", note="다음 주에 뵙기로 함", next_on="20261124")
    page = words_of(answer)
    for word in (
        "연락 결과를 저장했습니다",
        "전화 · 연락됨",
        "다음 연락 2026. 11. 24.(화)",
        "다음 주에 뵙기로 함",
        "2026. 11. 18.(수) 10:00",
    ):
        assert word in page, word
    correcting = office.get(re.findall(r'href="([^"]*/contacts/\d+)', answer)[0])
    assert 'value="2026. 11. 24."' in correcting, "written as everywhere else"


def test_an_outcome_closes_the_case_and_it_can_be_opened_again_with_a_reason(office: Office) -> None:
    house = office.made.house(DONG, 0)
    page = office.contact(house.ref, attempt="reached", outcome="emergency_aid")
    assert "처리를 마쳤습니다: 긴급복지지원 연계" in page
    assert 'id="contact"' not in page
    assert office.post(f"/households/{house.ref}/reopen", seen=1, reason="짧음").status_code == 422
    assert 'id="contact"' in office.saved(f"/households/{house.ref}/reopen", seen=1, reason="다시 연락을 주셨습니다")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, wording_refusals_ko.MISSING["attempt"]),
        ({"attempt": "no_answer", "outcome": "near_poverty"}, "연락이 닿지 않았을 때는"),
        ({"attempt": "reached", "outcome": "unreachable"}, "‘연락 두절’로 마칠 수 없습니다"),
        ({"attempt": "reached", "next_on": "내일"}, wording_refusals_ko.MISSING["next_on"]),
        ({"attempt": "reached", "next_on": "2026-11-01"}, "1년 안의 날짜"),
        ({"attempt": "reached", "made_on": "2026-11-17"}, wording_refusals_ko.MISSING["made_time"]),
        ({"attempt": "reached", "made_time": "23:00"}, "지금보다 뒤입니다"),
        ({"attempt": "reached", "note": "가" * 2001}, "2,000자까지"),
        ({"attempt": "reached", "note": "뒤집힘\u202e"}, "보이지 않는 글자"),
        ({"attempt": "reached", "note": "번호는 900101-1234567"}, "주민등록번호"),
    ],
)
def test_a_contact_that_cannot_be_comes_back_with_what_was_typed(office: Office, typed, sentence: str) -> None:
    house = office.made.house(DONG, 0)
    sent = {"seen": 0, "method": "visit", "note": "적던 말", **typed}
    answer = office.post(f"/households/{house.ref}/contacts", **sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert sent["note"][:20] in answer.text
    assert re.search(r'value="visit" checked', answer.text)
    (link,) = re.findall(r'<a href="#(f-contact-[^"]+)"', answer.text)
    assert f'id="{link}"' in answer.text


def test_a_late_form_names_who_was_faster_and_keeps_what_was_typed(office: Office) -> None:
    house = office.made.house(DONG, 0)
    Office(office.made, f"{WORKER}-2").contact(house.ref, attempt="no_answer")
    typed = {"seen": 0, "method": "phone", "attempt": "reached", "note": "제가 먼저 통화함"}
    answer = office.post(f"/households/{house.ref}/contacts", **typed)
    assert answer.status_code == 409
    assert "둘째담당 님이" in answer.text
    assert "제가 먼저 통화함</textarea>" in answer.text
    assert 'name="seen" value="1"' in answer.text, "the next press saves"


def test_who_it_is_is_shown_once_with_a_reason_that_is_recorded(office: Office) -> None:
    house = office.made.house(DONG, 0)
    refused = office.post(f"/households/{house.ref}/reveal", why="other", reason="그냥")
    assert refused.status_code == 422
    assert house.name not in refused.text
    assert wording_refusals_ko.MISSING["reveal"] in refused.text, "and not of files, which nobody asks for"
    answer = office.post(f"/households/{house.ref}/reveal", why="phone")
    assert answer.status_code == 200
    assert all(who in answer.text for who in (house.name, house.address, house.who[3]))
    assert office.told("reveal")[0].detail == {"reason": "전화 연락을 위해 열어 봄"}
    assert house.name not in office.get(f"/households/{house.ref}")


def test_a_reason_to_open_or_to_take_along_is_never_chosen_beforehand(office: Office) -> None:
    path = f"/households/{office.made.house(DONG, 0).ref}"
    page = office.get(path)
    for field in ("f-reveal-why", "f-file-why"):
        options = re.search(rf'<select[^>]*id="{field}"[^>]*>(.*?)</select>', page, re.DOTALL)[1]
        assert options.startswith('<option value="">선택하십시오</option>')
        assert "selected" not in options
    assert office.post(f"{path}/reveal").status_code == 422
    assert office.told("reveal") == []


def test_a_note_a_request_and_a_worker_are_recorded(office: Office) -> None:
    house = office.made.house(DONG, 0)
    path = f"/households/{house.ref}"
    assert "문 앞에 쪽지를 남김" in office.saved(f"{path}/notes", seen=0, note="문 앞에 쪽지를 남김")
    page = words_of(office.saved(f"{path}/requests", seen=1, kind="exclusion", made_on="20261117", ends_on="20270601"))
    assert "요청 접수: 명단 제외" in page
    assert "2026. 12. 17.(목)까지 답변" in page
    assert "담당 담당1" in words_of(office.saved(f"{path}/worker", seen=2, worker=str(office.made.users[WORKER])))


def test_a_contact_is_put_right_and_the_old_record_stays(office: Office) -> None:
    house = office.made.house(DONG, 1)
    with office.made.database.reading(ALL) as connection:
        number = connection.execute(select(tables.contacts.c.id).where(tables.contacts.c.ref == house.ref)).scalar_one()
    path = f"/households/{house.ref}/contacts/{number}"
    form = office.get(path)
    assert 'value="2026. 11. 12."' in form
    assert 'value="10:15"' in form
    typed = {"method": "phone", "attempt": "reached", "made_on": "2026. 11. 12.", "made_time": "10:15", "seen": 1}
    assert office.post(path, **typed, reason="").status_code == 422
    assert f"적어 둔 말 {house.mark}</textarea>" in form
    note = "아드님과 통화함"
    page = words_of(office.saved(path, **typed, note=note, reason="통화가 되었던 것을 잘못 적음"))
    assert "연락됨 · 연락 기록 정정" in page
    assert "아드님과 통화함 정정하는 까닭: 통화가 되었던 것을 잘못 적음" in page
    assert "뒤에 정정된 기록" in page
    again = office.post(path, **{**typed, "seen": 2}, reason="한 번 더 고침")
    assert "이미 정정된 기록입니다" in again.text


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("notes", {"note": "９００１０１－１２３４５６７ 어르신"}),
        ("requests", {"kind": "correction", "note": "900101 1234567"}),
        ("handover", {"reason": "900101-1234567 채무가 많습니다"}),
        ("reveal", {"why": "other", "reason": "900101-1234567 확인"}),
    ],
)
def test_a_registration_number_is_kept_nowhere(office: Office, act: str, typed: dict[str, str]) -> None:
    house = office.made.house(DONG, 0)
    answer = office.post(f"/households/{house.ref}/{act}", seen=0, **typed)
    assert answer.status_code == 422
    assert wording_refusals_ko.REGISTRATION_NUMBER in answer.text
    assert "1234567" not in office.get(f"/households/{house.ref}")


def test_a_hard_case_goes_to_the_hub_and_back(office: Office) -> None:
    house, hub = office.made.house(DONG, 0), Office(office.made, HUB)
    path = f"/households/{house.ref}"
    assert "지원단에서 맡기" in hub.get(path)
    assert 'id="contact"' not in hub.get(path), "a hub reads until it holds the case"
    assert hub.post(f"{path}/worker", seen=0, worker="none").status_code == 403
    assert office.post(f"{path}/take", seen=0).status_code == 403
    assert "의뢰했습니다" in office.saved(f"{path}/handover", seen=0, reason="채무와 건강이 함께 어렵습니다")
    assert 'id="contact"' in hub.saved(f"{path}/take", seen=1)
    assert "동으로 돌려보냈습니다" in hub.saved(f"{path}/return", seen=2, reason="동에서 이어서 살피기로 함")
