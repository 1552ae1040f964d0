"""A week of an analyst in a real browser: models, comparing, proposing, deliveries, drift; and never a name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.core import find_core
from sources.ingest import ingest
from tests.support.deliveries import KEY, DeliveryFolder, five_households, indicator
from tests.support.weeks import train_without_log
from tests.support.weeks_in_browser import LAST_WEEK, Desk, Office, an_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path / "home") as office:
        train_without_log(office.settings, find_core(office.settings.core, LAST_WEEK.as_of), seed=2)
        take_in_a_delivery_with_mistakes(office, tmp_path / "older")
        yield office


def take_in_a_delivery_with_mistakes(office: Office, folder: Path) -> None:
    """An older one: the rounds of the office stay those of the newer."""
    rows = five_households()
    rows["indicators"] += [
        indicator("H2", months_overdue="다섯"),
        indicator("H9"),
        indicator("H3", known_at="2027-01-01"),
    ]
    delivery = DeliveryFolder(folder, rows=rows, as_of="2026-11-09").write()
    ingest(delivery, core_root=office.settings.core, vault_root=office.settings.vault, key=KEY)


def test_a_model_is_looked_at_compared_and_proposed_and_nobody_is_named(office: Office) -> None:
    with office.desk("haneul.choi") as desk:
        desk.sign_in()
        looks(desk, "모형", picture="analysis")
        desk.follow("standard-2")
        looks(desk, "standard-2 후보")
        compare(desk)
        propose(desk)
        deliveries(desk)
        drift(desk)
        for path in ("/list", "/hub", "/audit", f"/households/{office.listed()[0].ref}"):
            desk.expected_errors = ("403",)
            desk.goes_to(path)
            looks(desk, "볼 수 없는 화면입니다")


def looks(desk: Desk, heading: str, *, picture: str = "") -> None:
    desk.looks(heading, picture=picture)
    page = desk.page.content()
    assert [word for word in desk.office.who() if word in page] == []


def compare(desk: Desk) -> None:
    desk.follow("비교")
    desk.page.get_by_label("모형 A").select_option("standard-1")
    desk.page.get_by_label("모형 B").select_option("standard-2")
    desk.press("비교")
    looks(desk, "모형 비교", picture="compare")
    assert "두 모형은 같은 자료의 같은 회차에서 시험했습니다." in desk.text()


def propose(desk: Desk) -> None:
    desk.follow("모형", within="nav.tab")
    desk.page.locator("form").get_by_label("모형").select_option("standard-2")
    desk.page.get_by_label("까닭").fill("짧음")
    desk.expected_errors = ("422",)
    desk.press("제안")
    looks(desk, "모형")
    desk.page.get_by_label("까닭").fill("난수 시작값을 바꾸어도 명단이 비슷한지 보려고 함")
    desk.press("제안")
    desk.is_told("제안했습니다. 다른 사람이 감사 화면에서 승인하거나 반려합니다.")
    looks(desk, "모형")
    assert "승인 대기" in desk.page.locator("tr[data-row]", has_text="standard-2").inner_text()


def deliveries(desk: Desk) -> None:
    desk.follow("받은 자료")
    looks(desk, "받은 자료", picture="deliveries")
    older = desk.page.locator("section", has_text="2026. 11. 9.(월)")
    assert "따로 둔 행 3" in older.inner_text()
    assert "다섯" not in older.inner_text()


def drift(desk: Desk) -> None:
    desk.follow("입력 자료의 변화")
    for _ in range(30):
        if "견주고 있습니다" not in desk.text():
            break
        desk.page.wait_for_timeout(500)
        desk.follow("다시 보기")
    looks(desk, "입력 자료의 변화")
    assert "항목별 점검 결과" in desk.page.content()
