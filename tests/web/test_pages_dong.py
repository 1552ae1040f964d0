"""What a dong worker sees and does: the list, tasks, weeks and the area."""

import ast
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

import domain
import outreach
from domain.calendar import SEOUL
from domain.people import ALL
from serving import wording_refusals_ko, wording_trail_ko
from serving.showing.year_chart import year_chart
from serving.wording_ko import SLOTS
from store import tables
from store.figures_of_dongs import DongFigures
from tests.support.desk import DONG, HUB, OTHER, WORKER, Office, rows_of, words_of
from tests.support.made_service import client_of, signed_in
from tests.support.made_store import NEWEST, NOW, OLDER, Made, fill, made_sqlite


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return made_sqlite(tmp_path)


@pytest.fixture
def office(made: Made) -> Office:
    return Office(made)


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


def test_how_a_place_came_about_is_called_one_thing_and_giving_work_another(office: Office) -> None:
    page = office.get("/list")
    assert re.search(r"<label for=\"f-slot\">선정 방법</label>", page)
    assert "우선순위·선정 방법" in page
    assert "배정" not in re.findall(r"<label[^>]*>([^<]*)</label>", page)
    assert not [word for word in SLOTS.values() if "배정" in word]


def test_a_list_of_a_week_before_says_that_the_new_one_is_not_there_yet(office: Office) -> None:
    told = "기준일이 2026. 11. 23.(월)인 이번 주 명단이 아직 올라오지 않아, 기준일이 2026. 11. 16.(월)인"
    on_paper = "기준일이 2026. 11. 23.(월)인 이번 주 명단이 올라오기 전에"
    assert on_paper not in office.get("/list/print")
    assert "아직 올라오지 않아" not in office.get("/list")
    office.clock.at = NOW + timedelta(days=5)  # Monday
    office.client = signed_in(client_of(office.service), WORKER)
    assert told in office.get("/list")
    assert told in office.get("/tasks")
    assert on_paper in office.get("/list/print")
    assert "아직 올라오지 않아" not in office.get(f"/list?round={OLDER}"), "whoever asks for a past list knows"
    assert on_paper not in office.get(f"/list/print?round={OLDER}")
    office.client = signed_in(client_of(office.service), HUB)
    assert f"{told} 회차의 현황을" in office.get("/hub")
    assert "아직 올라오지 않아" not in office.get(f"/hub?round={OLDER}")


def test_who_left_because_it_asked_not_to_be_contacted_is_marked(office: Office) -> None:
    ref = office.made.house(DONG, 4).ref
    office.saved(f"/households/{ref}/requests", seen=0, kind="exclusion", made_on="20261117")
    left = [words_of(row) for row in re.findall(r"<tr><td.*?</tr>", office.get("/list"), re.DOTALL)]
    assert [("연락 제외 요청" in row) for row in left] == [False, True, False]


def test_how_often_it_was_tried_says_that_nobody_was_reached_since(office: Office) -> None:
    ref = office.made.listed(NEWEST, DONG)[0].ref
    for seen, attempt in enumerate(("no_answer", "reached", "absent")):
        office.contact(ref, seen, attempt=attempt)
    assert "최근 1번 닿지 않음" in words_of(rows_of(office.get("/list"))[0])


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


def test_a_first_contact_is_due_today_on_its_last_day(office: Office) -> None:
    house = office.made.listed(NEWEST, DONG)[1]
    office.saved("/assignments", chosen=[f"{house.ref}:0"], worker=str(office.made.users[WORKER]))
    office.clock.at = NOW + timedelta(days=5)
    office.client = signed_in(client_of(office.service), WORKER)
    page = words_of(office.get("/tasks"))
    assert "오늘 할 일 1가구" in page
    assert "첫 연락 기한이 오늘입니다" in page


def test_tasks_of_one_day_and_band_stand_by_rank_with_the_first_reason(office: Office) -> None:
    houses = office.made.listed(NEWEST, DONG)
    chosen = [f"{house.ref}:{1 if house == office.made.house(DONG, 1) else 0}" for house in houses[:5]]
    office.saved("/assignments", chosen=chosen, worker=str(office.made.users[WORKER]))
    for rank in (5, 4):  # of the same band
        office.contact(houses[rank - 1].ref, 1, attempt="reached", next_on="20261119")
    waits = "12일 전 명단에 올랐으나 아직 연락이 닿지 않았습니다"
    with office.made.database.writing(ALL) as connection:
        carried = tables.entries.c.ref == houses[0].ref
        connection.execute(update(tables.entries).where(carried).values(slot_sentence=waits))
    page = office.get("/tasks")
    assert page.index(houses[3].ref) < page.index(houses[4].ref)
    (row,) = [row for row in rows_of(page) if houses[0].ref in row]
    assert "건강보험료를 5개월째 내지 못했습니다" in row
    assert waits not in row


def test_a_household_is_with_the_hub_only_once_it_was_taken(office: Office) -> None:
    ref = office.made.listed(NEWEST, DONG)[0].ref
    office.saved("/assignments", chosen=[f"{ref}:0"], worker=str(office.made.users[WORKER]))
    office.saved(f"/households/{ref}/handover", seen=1, reason="채무와 건강이 함께 어렵습니다")
    assert "지원단에 의뢰했습니다" in words_of(rows_of(office.get("/tasks"))[0])
    Office(office.made, HUB).saved(f"/households/{ref}/take", seen=2)
    assert "지원단이 맡아 진행하고 있습니다" in words_of(rows_of(office.get("/tasks"))[0])


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
    newest = DongFigures(NEWEST, NOW.date(), DONG, "주교동", 6, 6, 0, 0, 0, 0)
    assert year_chart([newest]).text == "최근 1개 회차에 6가구가 명단에 올랐고, 아직 연락한 가구는 없습니다."


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


def test_today_in_the_tests_is_the_wednesday_of_the_newest_week() -> None:
    assert NOW.astimezone(SEOUL).date() == date(2026, 11, 18)


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
