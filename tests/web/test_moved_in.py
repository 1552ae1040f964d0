"""What staff see of a household that moved into their dong: that there are records elsewhere, and whom to ask."""

import csv
import io
from pathlib import Path

import pytest
from hwpx import HwpxDocument
from sqlalchemy import insert

from domain.casework import HandoverStep
from domain.people import ALL
from serving.service import Service
from serving.wording_casework_ko import ASK_FIRST
from store import tables
from tests.support.desk import Office, rows_of
from tests.support.made_service import bearer, client_of, made_service, signed_in
from tests.support.made_store import NEWEST, NOW, House, Made, made_sqlite

DONG, FORMER, HUB = "4128151000", "4128152000", "hub-41281"
TOLD = (
    "전입한 가구입니다. 고양시덕양구 원신동에 지난 기록이 있습니다(마지막 연락 2026. 11. 18.(수)). 내용은 그 동에서만 "
    "볼 수 있으니, 연락하시기 전에 고양시덕양구 원신동 행정복지센터(담당2)에 확인해 주십시오."
)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return made_sqlite(tmp_path)


@pytest.fixture
def house(made: Made) -> House:
    """Phoned and handed to the hub in its former dong, then moved here."""
    house = made.house(DONG, 0)
    row = {"ref": house.ref, "dong_code": FORMER, "by_user": made.users[f"dong-{FORMER}"], "at": NOW}
    with made.database.writing(ALL) as connection:
        connection.execute(insert(tables.notes).values(row | {"note": "이웃과 다툼이 있었음"}))
        connection.execute(insert(tables.handovers).values(row | {"step": HandoverStep.TAKEN, "reason": ""}))
        connection.execute(
            insert(tables.former_homes).values(
                ref=house.ref, dong_code=DONG, former_dong=FORMER, former_name="고양시덕양구 원신동",
                worker_id=made.users[f"dong-{FORMER}"], last_contact_at=NOW, left_at=NOW,
            )
        )  # fmt: skip
    return house


@pytest.fixture
def service(made: Made) -> Service:
    return made_service(made.database)


def page(service: Service, login: str, house: House) -> str:
    answer = signed_in(client_of(service), login).get(f"/households/{house.ref}")
    assert answer.status_code == 200
    return answer.text


def test_the_page_says_where_the_records_are_and_whom_to_ask_and_quotes_none(service: Service, house: House) -> None:
    shown = page(service, f"dong-{DONG}", house)
    assert TOLD in shown
    assert "이웃과 다툼" not in shown


def test_a_household_that_never_moved_has_no_such_line(service: Service, made: Made, house: House) -> None:
    assert "전입한 가구" not in page(service, f"dong-{DONG}", made.house(DONG, 6))


def test_the_list_marks_who_moved_in(service: Service, house: House) -> None:
    page = signed_in(client_of(service), f"dong-{DONG}").get("/list").text
    marked = [row for row in rows_of(page) if "전입" in row]
    assert [house.ref in row for row in marked] == [True]


def test_paper_and_files_mark_who_moved_in_and_a_sheet_for_a_visit_says_whom_to_ask(made: Made, house: House) -> None:
    office = Office(made)
    printed = [row for row in office.get("/list/print").split("<tr>") if ASK_FIRST in row]
    assert [house.name[0] in row for row in printed] == [True]
    asked = {"format": "csv", "why": "visit"}
    taken = list(csv.reader(io.StringIO(office.post("/list/files", **asked).content.decode("utf-8-sig"))))
    marked = [number for number, row in enumerate(taken) if ASK_FIRST in " ".join(row)]
    assert marked == [1 + made.listed(NEWEST, DONG).index(house)]
    sheet = office.post(f"/households/{house.ref}/files?round={NEWEST}", **asked | {"format": "hwpx"}).content
    first = HwpxDocument.open(sheet).tables.all[0].rows[0]
    assert [cell.text for cell in first.cells] == ["전입", TOLD]


def test_the_hub_of_both_dongs_reads_the_records_and_can_still_take_the_case_anew(
    service: Service, house: House
) -> None:
    shown = page(service, HUB, house)
    assert "이웃과 다툼이 있었음" in shown
    assert "이미 지원단이 맡고 있습니다" not in shown, "that was the case in the former dong"


def test_machines_are_told_the_dong_and_the_day(service: Service, house: House) -> None:
    headers = bearer(service, f"dong-{DONG}")
    told = client_of(service).get(f"/api/v1/households/{house.ref}", headers=headers).json()
    assert told["former_homes"] == [{"dong_code": FORMER, "last_contact_at": "2026-11-18T10:00:00+09:00"}]
    assert told["history"] == []
