"""A household that asked not to be contacted after its list was made is marked wherever somebody reads the list."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hwpx import HwpxDocument
from pypdf import PdfReader

from domain.casework import Request
from domain.people import Scope, Signature
from outreach import casework
from serving.service import Service
from serving.wording_casework_ko import DO_NOT_CONTACT, EXCLUDED, EXCLUDED_ON_PAPER
from tests.support.made_service import Clock, bearer, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NEWEST, NOW, Made, made_sqlite

DONG, WORKER = "4128151000", "dong-4128151000"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """The second household of the list asked this morning not to be contacted until the first of June."""
    made = made_sqlite(tmp_path)
    ask(made, Request.EXCLUSION, seen=0, ends_on=date(2027, 6, 1))
    return made


def ask(made: Made, kind: Request, *, seen: int, ends_on: date | None = None) -> None:
    by = Signature(made.users[WORKER], WORKER, Scope((DONG,)), NOW, "-")
    with made.database.writing(by.scope) as connection:
        ref = made.listed(NEWEST, DONG)[1].ref
        casework.record_request(
            connection, by=by, ref=ref, seen=seen, kind=kind, made_on=date(2026, 11, 18), ends_on=ends_on
        )


def desk(made: Made, clock: Clock | None = None) -> tuple[Service, Callable[..., bytes]]:
    """A worker who gets pages, and files by what is posted."""
    service = made_service(made.database, now=clock or Clock())
    client = signed_in(client_of(service), WORKER)
    token = csrf_of(client)

    def get(path: str, **typed: str) -> bytes:
        told = client.post(path, data={"csrf": token, "why": "visit", **typed}) if typed else client.get(path)
        assert told.status_code == 200
        return told.content

    return service, get


def squeezed(text: str) -> str:
    """Without blanks and breaks: a page breaks lines where it likes."""
    return "".join(text.split())


def in_workbook(content: bytes) -> list[str]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return [" ".join(map(str, row)) for row in page.iter_rows(values_only=True) if isinstance(row[0], int)]


def in_hangul(content: bytes) -> list[str]:
    rows = HwpxDocument.open(content).tables.all[0].rows[1:]
    return [" ".join(cell.text for cell in row.cells) for row in rows]


def in_csv(content: bytes) -> list[str]:
    return [" ".join(row) for row in list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]]


@pytest.mark.parametrize(("kind", "rows"), [("xlsx", in_workbook), ("hwpx", in_hangul), ("csv", in_csv)])
@pytest.mark.parametrize("is_open", [False, True], ids=["masked", "open"])
def test_a_taken_list_marks_the_household_and_nobody_else(
    made: Made, kind: str, rows: Callable[[bytes], list[str]], is_open: bool
) -> None:
    named = {"open": "1", "reason": "이번 주 방문을 준비합니다"} if is_open else {}
    read = rows(desk(made)[1]("/list/files", format=kind, **named))
    assert [row.count(EXCLUDED_ON_PAPER) for row in read] == [0, 2, 0, 0, 0, 0], "beside the reasons and the status"


def test_a_list_as_pdf_marks_it_in_words_that_black_and_white_print_keeps(made: Made) -> None:
    pages = PdfReader(io.BytesIO(desk(made)[1]("/list/files", format="pdf"))).pages
    text = squeezed("".join(page.extract_text() for page in pages))
    assert text.count(squeezed(DO_NOT_CONTACT)) == 1


def test_the_printed_page_marks_it_and_offers_no_box_to_tick(made: Made) -> None:
    page = desk(made)[1]("/list/print").decode()
    assert page.count(DO_NOT_CONTACT) == 1
    assert page.count('<span class="box">방문</span>') == 5


def test_a_sheet_for_a_visit_begins_with_it(made: Made) -> None:
    _, get = desk(made)
    path = f"/households/{made.listed(NEWEST, DONG)[1].ref}/files?round={NEWEST}"
    first = HwpxDocument.open(get(path, format="hwpx")).tables.all[0].rows[0]
    assert [cell.text for cell in first.cells] == [EXCLUDED, DO_NOT_CONTACT]
    (page, *_) = PdfReader(io.BytesIO(get(path, format="pdf"))).pages
    assert squeezed(DO_NOT_CONTACT) in squeezed(page.extract_text())


def test_the_api_says_it_and_until_when(made: Made) -> None:
    service, _ = desk(made)
    client, token, ref = client_of(service), bearer(service, WORKER), made.listed(NEWEST, DONG)[1].ref
    wish = {"made_on": "2026-11-18", "ends_on": "2027-06-01"}
    paths = (f"/rounds/{NEWEST}/dongs/{DONG}/list", f"/rounds/{NEWEST}/entries/{ref}", f"/households/{ref}")
    listed, entry, household = (client.get(f"/api/v1{path}", headers=token).json() for path in paths)
    assert [one["exclusion"] for one in listed["entries"]] == [None, wish, None, None, None, None]
    assert (entry["exclusion"], household["exclusion"]) == (wish, wish)


def test_once_taken_back_or_past_its_end_nothing_is_marked(made: Made) -> None:
    _, later = desk(made, Clock(NOW.replace(year=2027, month=6, day=2)))
    assert DO_NOT_CONTACT not in later("/list/print").decode()
    ask(made, Request.WITHDRAWAL, seen=1)
    service, get = desk(made)
    assert DO_NOT_CONTACT not in get("/list/files", format="csv").decode()
    headers, ref = bearer(service, WORKER), made.listed(NEWEST, DONG)[1].ref
    assert client_of(service).get(f"/api/v1/households/{ref}", headers=headers).json()["exclusion"] is None
