"""What a dong worker sees and does: the list, a household, tasks, weeks, the area, and files to take along."""

import ast
import io
import re
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import openpyxl
import pytest
import uvicorn
from sqlalchemy import select

import domain
import outreach
from audit.access_review import FILES, LOOKS
from domain.calendar import SEOUL
from domain.people import ALL
from serving import wording_refusals_ko, wording_trail_ko
from serving.app import create_app
from store import tables
from store.trail_days import day_work
from store.trail_search import lines
from tests.support.browser import assert_accessible, assert_fits, chromium_page, policy_violations, watch
from tests.support.made_service import Clock, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NEWEST, NOW, OLDER, PASSWORD, Made, fill, made_sqlite

DONG, OTHER = "4128151000", "4128152000"
WORKER, HUB = f"dong-{DONG}", "hub-41281"


class Office:
    """A worker at the desk: a made-up service and a browser that is signed in."""

    def __init__(self, made: Made, login: str = WORKER) -> None:
        self.made = made
        self.clock = Clock()
        self.service = made_service(made.database, now=self.clock)
        self.client = signed_in(client_of(self.service), login)
        self.csrf = csrf_of(self.client)

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return answer.text

    def post(self, path: str, **typed):
        return self.client.post(path, data={"csrf": self.csrf, **typed})

    def saved(self, path: str, **typed) -> str:
        """The page that a saved form leads to."""
        answer = self.post(path, **typed)
        assert answer.status_code == 303, re.findall(r'form-hint-invalid[^>]*>([^<]*)|alert-text">([^<]*)', answer.text)
        return self.get(answer.headers["location"])

    def contact(self, ref: str, seen: int = 0, **typed) -> str:
        return self.saved(f"/households/{ref}/contacts", seen=seen, method="phone", **typed)

    def told(self, act: str):
        with self.made.database.reading(ALL) as connection:
            found = lines(connection, since=NOW - timedelta(days=1), until=NOW + timedelta(days=30), act=act)
        return [one.line for one in found]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return made_sqlite(tmp_path)


@pytest.fixture
def office(made: Made) -> Office:
    return Office(made)


def rows_of(page: str) -> list[str]:
    return re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL)


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- this week's list -------------------------------------------------------------------------------------------------


def test_the_list_says_rank_band_slot_reasons_status_and_change(office: Office) -> None:
    first = words_of(rows_of(office.get("/list"))[0])
    said = (
        "1",
        "매우 높음",
        "이월",
        "건강보험료를 5개월째 내지 못했습니다",
        "혼자 살고 있습니다",
        "월세로 살고 있습니다",
    )
    assert [
        word
        for word in (*said, "기초연금을 받고 있습니다", "소득을 알 수 없습니다", "연락 전", "미배정")
        if word not in first
    ] == []


def test_a_change_since_last_week_is_told_in_words(office: Office) -> None:
    changes = [
        re.findall("신규|유지|[▲▼] \\d (?:오름|내림)", words_of(row))[:1] for row in rows_of(office.get("/list"))
    ]
    assert changes == [[], ["신규"], ["▲ 1 오름"], ["신규"], ["▲ 1 오름"], ["신규"]]


def test_nobody_is_named_on_the_list_and_each_household_shown_is_recorded(office: Office) -> None:
    page = office.get("/list")
    assert [who for house in office.made.houses for who in house.who if who in page] == []
    (line,) = office.told("view_list")
    assert line.subjects == tuple(house.ref for house in office.made.listed(NEWEST, DONG))


def test_who_left_the_list_since_last_week_is_told_and_recorded(office: Office) -> None:
    page = office.get("/list")
    left = [office.made.house(DONG, place) for place in (3, 4, 5)]
    assert "이번 주에 빠진 가구 3가구" in page
    assert all(house.ref in page for house in left)
    assert office.told("view_left")[0].subjects == tuple(house.ref for house in left)


@pytest.mark.parametrize(
    ("asked", "ranks"),
    [
        ("status=working", [3]),
        ("status=open", [1, 2, 4, 5, 6]),
        ("band=high", [2, 3]),
        ("slot=exploration", [6]),
        ("worker=me", []),
        ("worker=none&band=medium", [4, 5]),
        ("sort=rank&order=desc", [6, 5, 4, 3, 2, 1]),
        ("sort=status&order=desc", [3, 1, 2, 4, 5, 6]),
        ("sort=nothing&order=up&band=huge&status=x&worker=-1&slot=9&round=never&dong=9999999999", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_the_list_is_narrowed_and_sorted_by_known_words_only(office: Office, asked: str, ranks: list[int]) -> None:
    rows = rows_of(office.get(f"/list?{asked}"))
    assert [int(re.search(r'<td class="number">(\d+)', row)[1]) for row in rows] == ranks


def test_a_past_list_can_be_read(office: Office) -> None:
    page = office.get(f"/list?round={OLDER}")
    assert "지난 회차의 명단입니다" in page
    assert [house.ref in page for house in office.made.listed(OLDER, DONG)] == [True] * 6


def test_chosen_households_are_given_to_a_worker_at_once(office: Office) -> None:
    one, two = office.made.listed(NEWEST, DONG)[:2]
    colleague = office.made.users[f"{WORKER}-2"]
    page = office.saved("/assignments", chosen=[f"{one.ref}:0", f"{two.ref}:0"], worker=str(colleague))
    assert "담당을 정했습니다" in page
    assert [("둘째담당" in words_of(row)) for row in rows_of(page)] == [True, True] + [False] * 4
    page = office.saved("/assignments", chosen=[f"{one.ref}:1"], worker="none")
    assert "담당 배정을 취소했습니다" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"worker": ""}, wording_refusals_ko.MISSING["worker"]),
        ({"worker": "999"}, "이 동의 담당자가 아닙니다"),
        ({"worker": "999", "chosen": []}, "가구를 골라 주십시오"),
    ],
)
def test_what_cannot_be_given_keeps_the_choice_and_says_why(office: Office, typed, sentence: str) -> None:
    one = office.made.listed(NEWEST, DONG)[0]
    answer = office.post("/assignments", **{"chosen": [f"{one.ref}:0"], **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ("checked" in answer.text) is bool(typed.get("chosen", True))


def test_who_was_faster_is_named_and_nothing_is_given(office: Office) -> None:
    one, two = office.made.listed(NEWEST, DONG)[:2]
    Office(office.made, f"{WORKER}-2").contact(two.ref, attempt="reached")
    own = office.made.users[WORKER]
    answer = office.post("/assignments", chosen=[f"{one.ref}:0", f"{two.ref}:0"], worker=str(own))
    assert answer.status_code == 409
    assert "둘째담당 님이 2026. 11. 18.(수) 10:00에" in answer.text
    assert "배정됨" not in "".join(map(words_of, rows_of(answer.text)))


def test_the_printed_list_has_boxes_a_place_to_sign_and_who_printed_it(office: Office) -> None:
    page = office.get("/list/print?status=working")
    assert [
        word for word in ("결재", "팀장", "연락됨", "부재", "출력자 담당1", "개인정보가 든 문서") if word not in page
    ] == []
    assert page.count("<tr>\n<td") == 1
    assert office.told("print_list")[0].subjects == (office.made.house(DONG, 1).ref,)


# --- a household ------------------------------------------------------------------------------------------------------


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
    page = words_of(office.contact(house.ref, attempt="reached", note="다음 주에 뵙기로 함", next_on="20261124"))
    for word in (
        "연락 결과를 저장했습니다",
        "전화 · 연락됨",
        "다음 연락 2026. 11. 24.(화)",
        "다음 주에 뵙기로 함",
        "2026. 11. 18.(수) 10:00",
    ):
        assert word in page, word


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
    answer = office.post(f"/households/{house.ref}/reveal", why="phone")
    assert answer.status_code == 200
    assert all(who in answer.text for who in (house.name, house.address, house.who[3]))
    assert office.told("reveal")[0].detail == {"reason": "전화 연락을 위해 열어 봄"}
    assert house.name not in office.get(f"/households/{house.ref}")


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
    page = words_of(office.saved(path, **typed, reason="통화가 되었던 것을 잘못 적음"))
    assert "연락됨 · 연락 기록 정정" in page
    assert "뒤에 정정된 기록" in page
    again = office.post(path, **{**typed, "seen": 2}, reason="한 번 더 고침")
    assert "이미 정정된 기록입니다" in again.text


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


# --- tasks, weeks, area -----------------------------------------------------------------------------------------------


def test_tasks_stand_in_the_order_of_what_is_due(office: Office) -> None:
    houses = office.made.listed(NEWEST, DONG)
    own = str(office.made.users[WORKER])
    assert "맡은 가구가 없습니다" in office.get("/tasks")
    chosen = [f"{house.ref}:{1 if house == office.made.house(DONG, 1) else 0}" for house in houses[:4]]
    office.saved("/assignments", chosen=chosen, worker=own)
    office.contact(houses[0].ref, 1, attempt="no_answer", next_on="20261119")
    office.contact(houses[1].ref, 1, attempt="reached", next_on="20261118")
    page = words_of(office.get("/tasks"))
    assert "미배정 2 가구" in page
    assert "오늘 할 일 1가구" in page
    assert "아직 연락하지 않은 가구 2가구" in page
    assert "첫 연락 2026. 11. 23.(월)까지" in page
    assert "다음 연락 2026. 11. 19.(목)" in page
    office.clock.at = NOW + timedelta(days=7)  # a Wednesday again: the promises are past, and so is the first week
    office.client = signed_in(client_of(office.service), WORKER)
    page = words_of(office.get("/tasks"))
    assert "늦어진 일 4가구" in page
    assert "약속한 날이 4근무일 지났습니다" in page
    assert "첫 연락 기한이 2근무일 지났습니다" in page


def test_past_weeks_count_households_once(office: Office) -> None:
    rows = [words_of(row) for row in rows_of(office.get("/rounds"))]
    assert rows[0] == "2026-W47 회차 2026. 11. 16.(월) 6건 6가구 1가구 0가구 0가구 0가구"
    assert rows[1] == "2026-W46 회차 2026. 11. 9.(월) 6건 6가구 1가구 2가구 1가구 1가구"


def test_the_area_shows_neighbours_as_counts_and_the_year_as_numbers(office: Office) -> None:
    page = office.get("/area")
    assert "흥도동" in page
    assert "식사동" not in page, "another district"
    assert "최근 2개 회차에 12가구가 명단에 올랐고, 2가구에 연락했으며, 1가구가" in page
    assert [house.ref for house in office.made.houses if house.ref in page] == []


def test_a_hub_chooses_among_the_dongs_of_its_district(made: Made) -> None:
    hub = Office(made, HUB)
    page = hub.get(f"/list?dong={OTHER}")
    assert "원신동 방문·연락 명단" in page
    assert 'name="chosen"' not in page
    assert "식사동" not in page
    assert hub.post("/assignments", worker="none").status_code == 403


@pytest.mark.parametrize("login", ["analyst", "auditor"])
@pytest.mark.parametrize("path", ["/list", "/list/print", "/list/files", "/tasks", "/rounds", "/area"])
def test_pages_of_dongs_are_for_dongs_and_hubs(made: Made, login: str, path: str) -> None:
    assert Office(made, login).client.get(path).status_code == 403


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_given_for_a_reason_and_masked(office: Office) -> None:
    assert office.post("/list/files", format="xlsx").status_code == 422
    answer = office.post("/list/files?band=high", format="xlsx", why="visit")
    assert (
        "%EB%B0%A9%EB%AC%B8%EB%8C%80%EC%83%81_%EC%A3%BC%EA%B5%90%EB%8F%99_20261116.xlsx"
        in (answer.headers["content-disposition"])
    )
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
    text = office.post("/list/files", **asked, reason="오늘 오후 여섯 가구를 함께 방문함").content.decode("utf-8-sig")
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
    assert house.ref not in answer.headers["content-disposition"]
    assert office.told("download")[0].subjects == (house.ref,)


# --- on both databases, and words -------------------------------------------------------------------------------------


def test_every_page_answers_on_both_databases(any_database) -> None:
    made = fill(any_database)
    office, house = Office(made), made.house(DONG, 1)
    own = str(made.users[WORKER])
    office.saved("/assignments", chosen=[f"{house.ref}:1"], worker=own)
    for path in ("/list", "/list?sort=next&worker=me", "/tasks", "/rounds", "/area", f"/households/{house.ref}"):
        office.get(path)
    office.contact(house.ref, 2, attempt="reached", outcome="other_public")
    rows = [words_of(row) for row in rows_of(office.get("/rounds"))]
    assert rows[0].endswith("1가구 1가구 1가구")


def test_every_refusal_of_casework_is_told_in_korean() -> None:
    told = set()
    for package, names in ((outreach, ("casework", "plausible", "words")), (domain, ("casework",))):
        for name in names:
            source = (Path(package.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
            for call in ast.walk(ast.parse(source)):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "ActRefused":
                    told.add(_text_of(call.args[0]))
    known = tuple(wording_refusals_ko.REFUSALS)
    assert len(told) > 15
    # "{what} needs" stands for the note and the reason.
    unknown = [text for text in told if not text.startswith(("{}", *known))]
    assert unknown == []


def _text_of(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_every_recorded_act_has_a_label(office: Office) -> None:
    house = office.made.house(DONG, 0)
    for path in ("/list", "/list/print", "/tasks", "/rounds", "/area", f"/households/{house.ref}"):
        office.get(path)
    office.post("/list/files", format="csv", why="meeting")
    with office.made.database.reading(ALL) as connection:
        acts = set(connection.execute(select(tables.trail.c.act)).scalars())
    assert acts - set(wording_trail_ko.ACTS) == set()


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def address(office: Office):
    server = uvicorn.Server(uvicorn.Config(create_app(office.service), port=0, log_config=None))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_a_contact_is_recorded_from_the_list_in_three_clicks_or_by_keys(office: Office, address: str) -> None:
    house, next_one = office.made.listed(NEWEST, DONG)[:2]
    with chromium_page() as page:
        seen = watch(page)
        sign_in(page, address)
        page.click(f"tr:has-text('{house.mark}') a[data-row-link]")
        page.check("#f-contact-attempt-2")
        page.click("#contact button:has-text('저장')")
        page.wait_for_selector("text=연락 결과를 저장했습니다.")

        page.goto(f"{address}/households/{next_one.ref}")
        page.keyboard.press("c")
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("text=연락 결과를 저장했습니다.")
        assert seen.errors == []
    assert [line.subjects for line in office.told("contact")] == [(next_one.ref,), (house.ref,)]


def test_opening_who_it_is_keeps_what_was_typed(office: Office, address: str) -> None:
    house = office.made.house(DONG, 0)
    with chromium_page() as page:
        sign_in(page, address)
        page.goto(f"{address}/households/{house.ref}")
        page.fill("#f-contact-note", "적던 말")
        page.click("summary:has-text('열어 보기')")
        page.click("#who button:has-text('열어 보기')")
        page.wait_for_selector(f"text={house.name}")
        assert page.input_value("#f-contact-note") == "적던 말"
        assert house.ref in page.url
        assert "reveal" not in page.url


def test_every_page_is_accessible_and_fits_a_laptop(office: Office, address: str) -> None:
    house = office.made.house(DONG, 1)
    paths = ("/list", "/list/print", "/list/files", "/tasks", "/rounds", "/area", f"/households/{house.ref}")
    with chromium_page() as page:
        sign_in(page, address)
        for path in paths:
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
            assert_accessible(page)
            assert_fits(page)
            assert policy_violations(page) == [], path


def sign_in(page, address: str) -> None:
    page.goto(f"{address}/login")
    page.fill("[name=login]", WORKER)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")
    page.wait_for_url(f"{address}/list*")


def test_today_in_the_tests_is_the_wednesday_of_the_newest_week() -> None:
    assert NOW.astimezone(SEOUL).date() == date(2026, 11, 18)
