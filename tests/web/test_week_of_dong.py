"""A week of a dong worker in a real browser, from the first sign-in on Monday to the sign-out on Friday."""

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.support.browser import LAPTOP_AT_125_PERCENT, assert_accessible, assert_fits
from tests.support.weeks_in_browser import (
    FIRST_PASSWORD,
    LAST_WEEK,
    PASSWORD,
    Desk,
    Office,
    an_office,
    keep_picture,
    pages_of,
)

LIST = "주교동 방문·연락 명단"
PHONE = re.compile(r"0\d{1,3}-\d{3,4}-\d{4}")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path / "home") as office:
        yield office


def rows(desk: Desk):
    return desk.page.locator("tr[data-row]")


def my_rows(desk: Desk):
    return desk.page.locator("tr[data-row]", has_text="김민지")


def record(desk: Desk, *, attempt: str, outcome: str = "", next_on: str = "", note: str = "") -> None:
    form = desk.page.locator("#contact")
    form.get_by_label(attempt, exact=True).check()
    if outcome:
        form.get_by_label("처리 결과").select_option(label=outcome)
    form.get_by_label("다음 연락일").fill(next_on)
    form.get_by_label("메모").fill(note)
    desk.press("저장", within="#contact")


def test_monday_and_tuesday(office: Office) -> None:
    with office.desk("minji.kim") as desk:
        first_sign_in(desk)
        desk.looks(LIST)
        narrow_and_assign(desk)
        desk.looks(LIST, picture="list")
        household = desk.page.locator("tr[data-row] a[data-row-link]").first
        household.click()
        call_without_answer(desk)
        office.clock.forward(days=1)
        desk.sign_in()
        reach_who_was_not_at_home(desk)
        leave_a_note_while_a_colleague_calls(desk)
        hand_over(desk)


def first_sign_in(desk: Desk) -> None:
    desk.goes_to("/list")
    desk.looks("로그인", picture="login")
    desk.sign_in(FIRST_PASSWORD)
    desk.looks("비밀번호 변경")
    for label, word in (("지금 비밀번호", FIRST_PASSWORD), ("새 비밀번호", PASSWORD), ("새 비밀번호 확인", PASSWORD)):
        desk.page.get_by_label(re.compile(f"^{label} ?필수")).fill(word)
    desk.press("저장", within="main")
    desk.is_told("비밀번호를 바꾸었습니다.")


def narrow_and_assign(desk: Desk) -> None:
    desk.page.get_by_label("선정 방법", exact=True).select_option(label="이월")
    desk.press("조회")
    carried = rows(desk).count()
    assert 0 < carried < 10
    assert all("이월" in text for text in rows(desk).all_inner_texts())
    desk.follow("모두 보기")
    assert rows(desk).count() == 10
    for place in range(3):
        rows(desk).nth(place).locator("input[name=chosen]").check()
    assert desk.page.locator("[data-chosen=chosen]").inner_text() == "3"
    desk.page.get_by_label("담당자", exact=True).select_option(label="나")
    desk.press("배정")
    desk.is_told("담당을 정했습니다.")
    assert my_rows(desk).count() == 3


def call_without_answer(desk: Desk) -> None:
    heading = desk.page.inner_text("h1")
    assert "○○" in heading
    desk.looks(heading, picture="household")
    assert not PHONE.search(desk.page.inner_text("#who"))
    fold = desk.unfold("성명·전화·주소 열어 보기")
    fold.get_by_label("열어 보는 까닭").select_option(label="전화 연락")
    desk.press("열어 보기", within="#who")
    desk.page.locator("#who", has_text="열어 본 사실과 까닭을 기록했습니다.").wait_for()
    assert PHONE.search(desk.page.inner_text("#who"))
    record(desk, attempt="받지 않음", next_on="20261124")
    desk.is_told("연락 결과를 저장했습니다.")
    assert not PHONE.search(desk.page.inner_text("#who"))
    assert "다음 연락 2026. 11. 24.(화)" in desk.text()


def reach_who_was_not_at_home(desk: Desk) -> None:
    desk.follow("내 할 일")
    desk.looks("내 할 일", picture="tasks")
    today = desk.page.locator("section", has=desk.page.locator("h2", has_text="오늘 할 일 1가구"))
    today.locator("a[data-row-link]").click()
    keep_picture(desk.page, "contact", part="#contact")
    record(
        desk, attempt="연락됨", outcome="긴급복지지원 연계", note="도시가스가 끊겨 긴급복지 연료비를 신청하도록 도움"
    )
    desk.is_told("연락 결과를 저장하고 처리를 마쳤습니다.")
    desk.looks(desk.page.inner_text("h1"))


def leave_a_note_while_a_colleague_calls(desk: Desk) -> None:
    note = "이웃이 낮에는 집에 없다고 함. 저녁에 다시 전화"
    desk.follow("이번 주 명단", within="nav.menu")
    my_rows(desk).nth(1).locator("a[data-row-link]").click()
    desk.page.wait_for_load_state()
    desk.page.locator("#contact").get_by_label("메모").fill(note)
    with desk.office.desk("seojun.lee") as colleague:
        colleague.sign_in()
        colleague.page.goto(desk.page.url)
        record(colleague, attempt="부재중")
        colleague.is_told("연락 결과를 저장했습니다.")
    desk.expected_errors = ("409",)
    desk.page.locator("#contact").get_by_label("받지 않음").check()
    desk.press("저장", within="#contact")
    desk.is_told("이서준 님이")
    assert desk.page.locator("#contact").get_by_label("메모").input_value() == note
    assert "부재중" in desk.text()
    desk.looks(desk.page.inner_text("h1"))
    desk.press("저장", within="#contact")
    desk.is_told("연락 결과를 저장했습니다.")
    assert note in desk.text()


def hand_over(desk: Desk) -> None:
    desk.follow("이번 주 명단", within="nav.menu")
    my_rows(desk).nth(2).locator("a[data-row-link]").click()
    fold = desk.unfold("희망복지지원단에 의뢰")
    fold.get_by_label("의뢰하는 까닭").fill("체납과 건강 문제가 함께 있어 여러 기관이 같이 살펴야 함")
    desk.press("의뢰", within="details[open]:has(#f-handover-reason)")
    desk.is_told("희망복지지원단에 의뢰했습니다.")


def test_wednesday_to_friday(office: Office, tmp_path: Path) -> None:
    office.clock.forward(days=2)
    with office.desk("seojun.lee") as desk:
        desk.sign_in()
        take_the_list_along(desk, tmp_path)
        print_the_list(desk)
        desk.goes_to("/rounds")
        desk.looks("주교동 지난 회차")
        desk.follow(f"{LAST_WEEK.label} 회차")
        desk.looks(LIST)
        assert "지난 회차의 명단입니다." in desk.text()
        desk.follow("우리 동")
        desk.looks("주교동 살펴보기", picture="area")
        desk.press("로그아웃", within="header")
        desk.looks("로그인")
        assert "로그아웃했습니다." in desk.text()
        desk.goes_to("/list")
        desk.looks("로그인")


def take_the_list_along(desk: Desk, folder: Path) -> None:
    desk.follow("내려받기")
    desk.looks("명단 내려받기")
    desk.page.get_by_label("내려받는 까닭").select_option(label="방문·연락 준비")
    with desk.page.expect_download() as coming:
        desk.press("내려받기", within="main")
    assert re.fullmatch(r"방문대상_주교동_20261123\.xlsx", coming.value.suggested_filename)
    coming.value.save_as(folder / "list.xlsx")
    sheet = openpyxl.load_workbook(folder / "list.xlsx").active
    lines = [[str(cell) for cell in row if cell] for row in sheet.values]
    assert sum("순위" in line for line in lines) == 1
    assert sum(line[0].isdecimal() for line in lines if line) == 10
    assert not desk.office.who() & {cell for line in lines for cell in line}


def print_the_list(desk: Desk) -> None:
    desk.goes_to("/list")
    desk.follow("인쇄")
    desk.looks(LIST, picture="print")
    pages = pages_of(desk.page.pdf(prefer_css_page_size=True))
    assert len(pages) > 1
    assert {size for _, size in pages} == {(842, 595)}  # A4 on its side
    assert all("먼저살피는까닭" in text and "출력자이서준" in text for text, _ in pages)


def test_a_session_that_ends_gives_warning_and_loses_nothing_that_was_typed(office: Office) -> None:
    with office.desk("seojun.lee") as desk:
        desk.sign_in()
        desk.page.clock.install()
        rows(desk).first.locator("a[data-row-link]").click()
        desk.page.wait_for_load_state()
        note = desk.page.locator("#contact").get_by_label("메모")
        note.fill("적던 말이 남아야 합니다")
        pass_minutes(desk, 18)
        desk.page.locator("#session-warning[open]").wait_for()
        assert_accessible(desk.page)
        desk.press("연장", within="#session-warning")
        desk.page.locator("#session-warning:not([open])").wait_for(state="attached")
        pass_minutes(desk, 21)
        desk.page.locator("#session-expired[open]").wait_for()
        assert_accessible(desk.page)
        with desk.page.expect_popup() as opened:
            desk.page.get_by_role("link", name=re.compile("새 창에서 로그인")).click()
        again = Desk(office, "seojun.lee", opened.value)
        again.sign_in()
        again.page.close()
        desk.press("이어서 하기")
        desk.page.locator("#session-expired:not([open])").wait_for(state="attached")
        assert note.input_value() == "적던 말이 남아야 합니다"
        desk.page.locator("#contact").get_by_label("받지 않음").check()
        desk.press("저장", within="#contact")
        desk.is_told("연락 결과를 저장했습니다.")
        assert "적던 말이 남아야 합니다" in desk.text()
        assert desk.seen.errors == []


def pass_minutes(desk: Desk, minutes: int) -> None:
    desk.office.clock.forward(minutes=minutes)
    desk.page.clock.fast_forward(minutes * 60 * 1000)


def test_a_contact_is_recorded_with_the_keyboard_alone(office: Office) -> None:
    with office.desk("seojun.lee") as desk:
        keys = desk.page.keyboard
        desk.goes_to("/login")
        keys.type("seojun.lee")
        keys.press("Tab")
        keys.type(PASSWORD)
        keys.press("Enter")
        desk.page.wait_for_url("**/list*")
        keys.press("n")
        keys.press("n")
        keys.press("Enter")
        desk.page.wait_for_url("**/households/*")
        keys.press("c")
        keys.press("Tab")
        keys.press("Space")
        keys.press("ArrowRight")
        keys.press("Control+Enter")
        desk.is_told("연락 결과를 저장했습니다.")
        assert "전화 · 받지 않음" in desk.text()
        desk.page.go_back()
        assert desk.seen.errors == []


def test_pages_fit_at_125_percent_and_in_high_contrast(office: Office) -> None:
    with office.desk("seojun.lee", viewport=LAPTOP_AT_125_PERCENT) as desk:
        desk.sign_in()
        desk.follow("고대비로 보기")
        assert desk.page.evaluate("document.documentElement.dataset.krdsMode") == "high-contrast"
        household = rows(desk).first.locator("a[data-row-link]").get_attribute("href")
        for path in ("/list", household, "/tasks", "/area"):
            desk.goes_to(path)
            desk.looks(desk.page.inner_text("h1"))
        desk.follow("기본 화면으로 보기")
        for path in ("/list", household, "/rounds", "/list/files"):
            desk.goes_to(path)
            assert_fits(desk.page)


def test_the_list_is_read_on_paper_without_any_colour(office: Office) -> None:
    with office.desk("seojun.lee") as desk:
        desk.sign_in()
        desk.goes_to("/list/print")
        desk.page.emulate_media(media="print")
        sight = desk.page.context.new_cdp_session(desk.page)
        sight.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
        assert_accessible(desk.page)
        bands = desk.page.locator("tbody .band").all_inner_texts()
        assert len(bands) == 10
        assert all(re.search("매우 높음|높음|보통|낮음", band) for band in bands)
        assert desk.page.locator(".paper-tools").is_hidden()
