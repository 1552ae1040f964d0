"""Files that dong workers and hubs take along: for a reason, masked, and recorded."""

import io
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from audit.access_review import FILES, LOOKS
from domain.people import ALL
from store.trail_days import day_work
from tests.support.desk import DONG, HUB, Office
from tests.support.made_store import NEWEST, NOW, Made, made_sqlite


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return made_sqlite(tmp_path)


@pytest.fixture
def office(made: Made) -> Office:
    return Office(made)


def called(answer) -> str:
    """The name under which a browser saves it."""
    return unquote(answer.headers["content-disposition"].split("UTF-8''")[1])


def test_the_form_says_which_files_are_stamped(office: Office) -> None:
    assert "CSV에는 표만 담깁니다" in office.get("/list/files")


def test_a_file_is_given_for_a_reason_and_masked(office: Office) -> None:
    assert office.post("/list/files", format="xlsx").status_code == 422
    answer = office.post("/list/files?band=high", format="xlsx", why="visit")
    assert called(answer) == "방문대상_주교동_20261116.xlsx"
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.values for cell in row if cell]
    assert [house.name for house in office.made.houses if house.name in cells] == []
    (line,) = office.told("download")
    assert line.subjects == tuple(house.ref for house in office.made.listed(NEWEST, DONG)[1:3])
    assert (line.detail["reason"], line.detail["format"]) == ("방문·연락 준비", "xlsx")
    assert office.told("download_open") == []


def test_names_are_in_a_file_only_with_a_reason_in_words(office: Office) -> None:
    house = office.made.house(DONG, 0)
    asked = {"format": "csv", "why": "visit", "open": "1"}
    refused = office.post("/list/files", **asked, reason="방문")
    assert refused.status_code == 422
    assert house.name not in refused.text
    given = office.post("/list/files", **asked, reason="오늘 오후 여섯 가구를 함께 방문함")
    assert called(given) == "방문대상_주교동_20261116_가림해제.csv"
    text = given.content.decode("utf-8-sig")
    assert f'"{house.name}"' in text
    assert f'"{house.who[3]}"' in text
    (line,) = office.told("download_open")
    assert line.subjects == tuple(house.ref for house in office.made.listed(NEWEST, DONG))
    assert office.told("download") == []
    with office.made.database.reading(ALL) as connection:
        (day,) = day_work(
            connection, since=NOW - timedelta(days=1), until=NOW + timedelta(days=1), looks=LOOKS, files=FILES
        )
    assert day.reveals == len(line.subjects) == 6


def test_a_hub_takes_names_along_only_of_households_it_has_taken(made: Made) -> None:
    hub, house = Office(made, HUB), made.house(DONG, 0)
    asked = {"format": "csv", "why": "visit", "open": "1", "reason": "사례회의에서 함께 살펴봄"}
    sheet = f"/households/{house.ref}/files?round={NEWEST}"
    for path in (f"/list/files?dong={DONG}", sheet):
        refused = hub.post(path, **asked | {"format": "pdf"})
        assert (refused.status_code, house.name in refused.text) == (422, False)
    assert hub.told("download_open") == []
    assert hub.post(f"/list/files?dong={DONG}", format="csv", why="visit").status_code == 200
    hub.saved(f"/households/{house.ref}/take", seen=0)
    assert hub.post(sheet, **asked | {"format": "pdf"}).content.startswith(b"%PDF")
    assert [line.subjects for line in hub.told("download_open")] == [(house.ref,)]


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("hwpx", b"PK")])
def test_one_household_is_taken_along_as_a_visit_sheet(office: Office, kind: str, begins: bytes) -> None:
    house = office.made.house(DONG, 0)
    answer = office.post(f"/households/{house.ref}/files?round={NEWEST}", format=kind, why="visit")
    assert answer.content.startswith(begins)
    assert re.fullmatch(rf"방문기록지_20261118-[0-9a-f]{{6}}\.{kind}", called(answer))
    assert office.told("download")[0].subjects == (house.ref,)
