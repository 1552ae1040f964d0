"""A week of a district's hub in a real browser, and the Monday after, when the dong meets what the hub decided."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.casework import Attempt
from domain.outcome import Outcome
from domain.published import ListedEntry
from outreach import casework
from tests.support.weeks_in_browser import (
    DONG,
    MONDAY,
    NEIGHBOUR,
    NEXT_WEEK,
    THIS_WEEK,
    Desk,
    Office,
    an_office,
    work_through,
)

CASES, PLACES = "의뢰·인계 가구", "고양시덕양구 처리 가능 건수"

THIS_WEEK_SO_FAR = {
    "seojun.lee": ((6, Attempt.REACHED, None), (7, Attempt.NO_ANSWER, None)),
    "yuna.jo": ((6, Attempt.REACHED, Outcome.EMERGENCY_AID), (8, Attempt.ABSENT, None), (9, Attempt.REACHED, None)),
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path / "home") as office:
        yield office


def test_what_the_hub_decides_is_on_the_lists_of_the_next_monday(office: Office) -> None:
    office.clock.forward(days=2)
    for login, contacts in THIS_WEEK_SO_FAR.items():
        work_through(office.database, login, THIS_WEEK.label, contacts, since=MONDAY)
    hard_case = handed_over_by_the_dong(office)
    with office.desk("jiwon.park") as desk:
        desk.sign_in()
        compare_dongs(desk)
        move_places(desk)
        take_and_return(desk, hard_case)
    office.publish(MONDAY + timedelta(days=7, hours=-2))
    office.clock.forward(days=5)
    with office.desk("seojun.lee") as desk:
        desk.sign_in()
        desk.looks("주교동 방문·연락 명단")
        assert f"{NEXT_WEEK.label} 회차" in desk.text()
        assert "처리 가능 13건" in desk.text()
        assert desk.page.locator("tr[data-row]").count() == 13
        assert desk.page.locator(f"tr[data-row] a[href*='{hard_case.ref}']").count() == 0
        left = desk.unfold("이번 주에 빠진 가구")
        assert left.locator(f"a[href*='{hard_case.ref}']").count() == 1
        left.locator(f"a[href*='{hard_case.ref}']").click()
        desk.looks(desk.page.inner_text("h1"))
        assert "지원단에서 보건소와 함께 방문함" in desk.text()
    with office.desk("jiwon.park") as desk:
        desk.sign_in()
        line = desk.page.locator("tr[data-row]", has_text="원신동")
        assert line.locator("td.number").first.inner_text() == "7"


def handed_over_by_the_dong(office: Office) -> ListedEntry:
    entry = next(one for one in office.listed() if one.case and not one.case.attempts)
    by = office.signature("seojun.lee")
    with office.database.writing(by.scope) as connection:
        casework.hand_over(
            connection, by=by, ref=entry.ref, seen=office.version(entry.ref), reason="체납과 건강 문제가 함께 있음"
        )
    return entry


def compare_dongs(desk: Desk) -> None:
    desk.looks("고양시덕양구 동 현황")
    desk.follow("명단", within="thead")
    desk.follow("명단", within="thead")
    assert desk.page.locator("tr[data-row]").first.locator("td.number").nth(1).inner_text() == "10"
    desk.looks("고양시덕양구 동 현황", picture="hub")
    desk.follow("주교동")
    desk.looks("주교동 방문·연락 명단")
    assert desk.page.locator("tr[data-row]").count() == 10
    assert not desk.office.who() & set(desk.text().split())


def move_places(desk: Desk) -> None:
    desk.goes_to("/hub")
    desk.follow("처리 가능 건수")
    desk.looks(PLACES, picture="capacity")
    desk.page.locator(f"#f-places-{DONG}").fill("13")
    desk.page.get_by_label("까닭").fill("원신동 담당자 병가로 3건을 주교동으로 옮김")
    desk.expected_errors = ("422",)
    desk.press("저장", within="main")
    assert "한 주 " in desk.page.inner_text("[role=alert]")  # more in all: the places come from nowhere
    desk.page.locator(f"#f-places-{NEIGHBOUR}").fill("7")
    desk.press("저장", within="main")
    desk.is_told("다음 회차부터 적용할 처리 가능 건수를 저장했습니다.")
    desk.looks(PLACES)


def take_and_return(desk: Desk, hard_case: ListedEntry) -> None:
    desk.follow(CASES)
    desk.looks(CASES, picture="cases")
    line = desk.page.locator("tr[data-row]", has=desk.page.locator(f"a[href*='{hard_case.ref}']"))
    assert "체납과 건강 문제가 함께 있음" in line.inner_text()
    line.get_by_role("button", name="맡기").click()
    desk.is_told("지원단이 맡았습니다.")
    line.locator("a[data-row-link]").click()
    desk.looks(desk.page.inner_text("h1"))
    form = desk.page.locator("#contact")
    form.get_by_label("방문", exact=True).check()
    form.get_by_label("연락됨", exact=True).check()
    form.get_by_label("메모").fill("지원단에서 보건소와 함께 방문함")
    desk.press("저장", within="#contact")
    desk.is_told("연락 결과를 저장했습니다.")
    desk.follow("지원단")
    desk.follow(CASES)
    line.locator("summary").click()
    line.get_by_label("돌려보내는 까닭").fill("급한 위기는 지나 동에서 이어서 살피기로 함")
    line.get_by_role("button", name="돌려보내기").click()
    desk.is_told("까닭과 함께 동으로 돌려보냈습니다.")
    assert line.count() == 0
