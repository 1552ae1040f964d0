"""A week of an auditor in a real browser: approving, replaying, explaining, and who looked at whom."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from domain.calendar import SEOUL
from domain.published import ListedEntry
from features.catalogue import STANDARD
from outreach import casework
from outreach.proposing import judged_as_trained, propose_judged
from scoring.bundle import FILES, write_bundle
from tests.support.weeks_in_browser import DONG, MONDAY, THIS_WEEK, Desk, Office, an_office, keep_picture

WHY = "다리를 다치신 어르신께 전화로 안부를 여쭘"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path / "home") as office:
        yield office


def test_a_week_of_looking_back(office: Office) -> None:
    proposed_by_the_analyst(office)
    entry = opened_by_the_dong(office)
    office.clock.forward(days=3)
    with office.desk("daon.jung") as desk:
        desk.sign_in()
        looks(desk, "감사 개요", picture="audit")
        approve(desk)
        replay(desk)
        explain(desk)
        desk.follow("공정성")
        looks(desk, "공정성")
        who_looked(desk, entry)
        desk.follow("처리 이력 검증")
        desk.press("지금 검증")
        looks(desk, "처리 이력 검증")
        assert "모두 맞습니다" in desk.text()
        office.clock.at = datetime(2026, 12, 2, 9, 0, tzinfo=SEOUL)
        desk.sign_in()
        sign_the_month(desk)


def looks(desk: Desk, heading: str, *, picture: str = "") -> None:
    desk.looks(heading, picture=picture)
    page = desk.page.content()
    assert [word for word in desk.office.who() if word in page] == []


def proposed_by_the_analyst(office: Office) -> None:
    """The model in use once more, under another seed: another bundle with figures of its own."""
    models = office.settings.models
    made = {name: (models / "standard-1" / name).read_text(encoding="utf-8") for name in FILES}
    made["recipe.json"] = made["recipe.json"].replace('"seed":1', '"seed":2')
    write_bundle(models / "standard-2", made, label="public_or_case", catalogue=STANDARD.name)
    judged = judged_as_trained(models, "standard-2", office.service.policy)
    propose_judged(models, judged, office.service.policy, by="haneul.choi", why="새 난수로 배워도 같은지 봄", at=MONDAY)


def opened_by_the_dong(office: Office) -> ListedEntry:
    entry, by = office.listed()[0], office.signature("seojun.lee")
    with office.database.writing(by.scope) as connection:
        casework.reveal(connection, by=by, ref=entry.ref, reason=WHY)
    return entry


def approve(desk: Desk) -> None:
    desk.follow("모형 적용 승인")
    looks(desk, "모형 적용 승인")
    desk.page.get_by_label("승인", exact=True).check()
    desk.page.get_by_label("까닭").fill("적용 기준 판정과 집단별 값을 확인하였고 이상이 없음")
    desk.press("결정 저장")
    desk.is_told("모형 적용을 승인했습니다.")
    looks(desk, "모형 적용 승인")


def replay(desk: Desk) -> None:
    desk.follow("명단 재현", within="nav.tab")
    form = desk.page.locator("form[method=post][action^='/audit/replay']")
    form.get_by_label("다시 계산할 곳").select_option(DONG)
    form.get_by_role("button", name="재현").click()
    desk.page.wait_for_load_state()
    assert "한 바이트도 다르지 않습니다" in desk.text()
    looks(desk, "명단 재현", picture="replay")


def explain(desk: Desk) -> None:
    desk.page.locator("a[href*='/audit/entries/']").first.click()
    looks(desk, "명단 항목 전체 설명")
    assert "끝자리까지 같습니다" in desk.text()
    keep_picture(desk.page, "waterfall", part="svg.picture")


def who_looked(desk: Desk, entry: ListedEntry) -> None:
    desk.follow("접속기록", within="nav.tab")
    search = desk.page.locator("form.filters")
    search.get_by_label("계정").fill("seojun.lee")
    search.get_by_label("수행업무").select_option(label="성명·전화·주소 열람")
    desk.press("조회")
    looks(desk, "접속기록", picture="access")
    lines = desk.page.locator("table", has_text="접속지").locator("tbody tr")
    assert lines.count() == 1
    assert all(word in lines.first.inner_text() for word in ("이서준", entry.ref, WHY))


def sign_the_month(desk: Desk) -> None:
    desk.goes_to("/audit/access")
    assert f"{THIS_WEEK.as_of:%Y}년 11월" in desk.text()
    desk.page.locator("form").get_by_label("점검한 내용").fill(
        "심야 접속과 가림 해제를 모두 살펴보았고 까닭 없는 조회를 찾지 못함"
    )
    desk.press("서명")
    desk.is_told("접속기록 점검을 서명하여 기록했습니다.")
    looks(desk, "접속기록")
