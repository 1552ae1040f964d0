"""What a district's hub sees and does: dongs side by side, places moved between them, households taken over."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from domain.casework import Attempt, Method
from domain.outcome import Outcome
from domain.people import ALL, Scope, Signature
from domain.policy import Policy
from outreach.casework import hand_over, record_contact
from serving.service import Service
from store.capacities import capacities_for
from store.database import Database
from store.tables import cases, publication_dongs, trail
from tests.support.browser import assert_accessible, assert_fits, chromium_page, policy_violations, watch
from tests.support.made_service import client_of, csrf_in, made_service, signed_in
from tests.support.made_store import DONGS, NEWEST, NOW, OLDER, House, Made, fill
from tests.support.running import running, sign_in

OWN, NEIGHBOUR, THIRD, FAR = "4128151000", "4128152000", "4128153000", "4128551000"
NEXT = "2026-W48"


class Hub:
    """A service on a made-up database, and the hub of the first district at its browser."""

    def __init__(self, database: Database) -> None:
        self.made: Made = fill(database)
        self.service: Service = made_service(database, policy=Policy(capacities=dict.fromkeys(DONGS, 6)))
        self.client: TestClient = signed_in(client_of(self.service), "hub-41281")

    def as_worker(self, house: House) -> Signature:
        login = f"dong-{house.dong_code}"
        return Signature(self.made.users[login], login, Scope((house.dong_code,)), NOW, "test")

    def contacts(self, house: House, attempt: Attempt, outcome: Outcome | None = None, **more) -> None:
        with self.service.database.writing(ALL) as connection:
            record_contact(
                connection, by=self.as_worker(house), ref=house.ref, seen=self.seen(house), method=Method.PHONE,
                attempt=attempt, made_at=NOW - timedelta(hours=1), outcome=outcome, **more,
            )  # fmt: skip

    def asks_for(self, house: House, reason: str = "채무와 질병이 겹쳐 있습니다") -> None:
        with self.service.database.writing(ALL) as connection:
            hand_over(connection, by=self.as_worker(house), ref=house.ref, seen=self.seen(house), reason=reason)

    def seen(self, house: House) -> int:
        with self.service.database.reading(ALL) as connection:
            return connection.execute(select(cases.c.version).where(cases.c.ref == house.ref)).scalar_one()

    def status(self, house: House) -> str:
        with self.service.database.reading(ALL) as connection:
            return connection.execute(select(cases.c.status).where(cases.c.ref == house.ref)).scalar_one()

    def row(self, dong: str, page: str) -> list[str]:
        """The cells of the line of one dong, as text."""
        line = next(line for line in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if f">{dong}</" in line)
        return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", line, re.DOTALL)]

    def posts(self, path: str, **fields):
        page = self.client.get("/hub/capacity").text
        return self.client.post(path, data={"csrf": csrf_in(page), **fields})

    def sets(self, places: dict[str, int], *, was: int = 6, **fields):
        return self.posts(
            "/hub/capacity", dong=list(places), was=[str(was)] * len(places), places=[str(n) for n in places.values()],
            **fields,
        )  # fmt: skip

    def next_places(self) -> dict[str, int]:
        with self.service.database.reading(ALL) as connection:
            return capacities_for(connection, NEXT)

    def lines(self, act: str) -> list[tuple[str, str]]:
        with self.service.database.reading(ALL) as connection:
            query = select(trail.c.actor, trail.c.subjects).where(trail.c.act == act).order_by(trail.c.id)
            return [(row.actor, row.subjects) for row in connection.execute(query)]


@pytest.fixture
def hub(any_database: Database) -> Hub:
    return Hub(any_database)


# --- dongs side by side -----------------------------------------------------------------------------------------------


def test_each_dong_of_the_district_is_a_line_with_what_was_reached_of_its_list(hub: Hub) -> None:
    first, second, third = (hub.made.house(OWN, place) for place in (0, 6, 7))
    hub.contacts(first, Attempt.REACHED, Outcome.EMERGENCY_AID)
    hub.contacts(second, Attempt.NO_ANSWER)
    hub.contacts(third, Attempt.REACHED)
    page = hub.client.get("/hub").text
    # 처리 가능, 명단, 이월, 미배정, 연락 시도, 연락됨, 공적 지원·사례관리, 늦어진 일, 자리당 남은 일
    assert hub.row("주교동", page) == ["6", "6", "1", "5", "3/6", "2/3", "1", "0", "0.8"]
    assert hub.row("원신동", page) == ["6", "6", "1", "6", "0/6", "0/0", "0", "1", "1.0"]
    assert hub.row("합계", page)[:7] == ["18", "18", "3", "17", "3/18", "2/3", "1"]


def test_a_neighbouring_district_is_not_shown(hub: Hub) -> None:
    page = hub.client.get("/hub?district=41285").text
    assert "흥도동" in page
    assert "식사동" not in page


def test_what_was_promised_for_yesterday_is_late(hub: Hub) -> None:
    house = hub.made.house(THIRD, 6)
    hub.contacts(house, Attempt.REACHED, next_on=NOW.date())
    assert hub.row("흥도동", hub.client.get("/hub").text)[7] == "1"
    hub.service.now.forward(days=1)  # type: ignore[attr-defined]
    signed_in(hub.client, "hub-41281")
    assert hub.row("흥도동", hub.client.get("/hub").text)[7] == "2"


def test_after_five_working_days_whoever_was_not_tried_is_late(hub: Hub) -> None:
    hub.service.now.forward(days=6)  # type: ignore[attr-defined]  # Tuesday of the week after
    signed_in(hub.client, "hub-41281")
    assert (
        hub.row("원신동", hub.client.get("/hub").text)[7] == "6"
    )  # who was phoned in vain before was listed anew since


def test_the_table_is_sorted_as_asked_and_an_unknown_column_or_round_is_no_error(hub: Hub) -> None:
    hub.contacts(hub.made.house(THIRD, 6), Attempt.NO_ANSWER)
    page = hub.client.get("/hub?sort=contacted&order=desc").text
    assert page.index(">흥도동</a>") < page.index(">원신동</a>")
    assert hub.client.get("/hub?sort=ref&order=x&round=2020-W99&district=' or 1").status_code == 200
    assert "지난 회차입니다" in hub.client.get(f"/hub?round={OLDER}").text


def test_a_dongs_name_leads_to_its_list_and_a_foreign_one_is_not_there(hub: Hub) -> None:
    answer = hub.client.get(f"/hub/dongs/{OWN}?round={NEWEST}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/list?dong={OWN}&round={NEWEST}")
    assert hub.client.get(f"/hub/dongs/{FAR}").status_code == 404
    assert hub.client.get("/hub/dongs/41281").status_code == 404


def test_looking_at_the_dongs_is_recorded(hub: Hub) -> None:
    hub.client.get("/hub")
    assert hub.lines("view_dongs") == [("hub-41281", "41281")]


# --- places of a week -------------------------------------------------------------------------------------------------


def test_places_move_from_one_dong_to_another_from_the_next_round_on(hub: Hub) -> None:
    answer = hub.sets({OWN: 9, NEIGHBOUR: 3, THIRD: 6}, reason="원신동 담당자 병가로 세 건을 옮김")
    assert (answer.status_code, answer.headers["location"]) == (303, "/hub/capacity?district=41281&done=beyond")
    assert hub.next_places() == {OWN: 9, NEIGHBOUR: 3}
    page = hub.client.get("/hub/capacity").text
    # 지금 남은 일, 연락 안 된 가구, 이번 회차, 다음 회차
    assert hub.row("주교동", page)[:4] == ["6가구", "6가구", "6", "9"]
    assert hub.row("고양시덕양구 전체", page)[:4] == ["18가구", "18가구", "18", "18"]
    assert "원신동 담당자 병가로 세 건을 옮김" in page
    assert hub.lines("set_capacity") == [("hub-41281", OWN), ("hub-41281", NEIGHBOUR)]


def test_places_lowered_below_who_was_not_reached_yet_are_told_to_go_to_those_first(hub: Hub) -> None:
    answer = hub.sets({OWN: 9, NEIGHBOUR: 3, THIRD: 6}, reason="원신동 담당자 병가로 세 건을 옮김")
    page = hub.client.get(answer.headers["location"]).text
    assert "모두 이월되어, 다음 명단이 건수보다 길고" in page
    assert hub.row("원신동", page)[3] == "3 이월이 3가구 많음"
    for place in (0, 6, 1, 7):
        hub.contacts(hub.made.house(NEIGHBOUR, place), Attempt.REACHED)
    page = hub.client.get("/hub/capacity").text
    assert hub.row("원신동", page)[:4] == ["6가구", "2가구", "6", "3"], "whoever was reached is not carried over"


def test_lowered_places_that_are_still_enough_are_saved_without_a_warning(hub: Hub) -> None:
    for place in (0, 6, 1, 7):
        hub.contacts(hub.made.house(NEIGHBOUR, place), Attempt.REACHED)
    answer = hub.sets({OWN: 9, NEIGHBOUR: 3, THIRD: 6}, reason="원신동 담당자 병가로 세 건을 옮김")
    assert answer.headers["location"] == "/hub/capacity?district=41281&done=capacity"


def test_a_list_longer_than_its_places_says_so_where_places_are_shown(hub: Hub) -> None:
    with hub.service.database.writing(ALL) as connection:
        connection.execute(update(publication_dongs).where(publication_dongs.c.dong_code == OWN).values(capacity=4))
    page = hub.client.get("/hub").text
    assert hub.row("주교동", page)[:2] == ["4", "6 자리보다 2 많음"]
    assert hub.row("원신동", page)[:2] == ["6", "6"]
    assert "처리 가능 4건 · 이월로 2가구 많음" in hub.client.get(f"/list?dong={OWN}").text


def test_more_places_for_the_whole_district_are_asked_for_twice(hub: Hub) -> None:
    told = {"places": {OWN: 9, NEIGHBOUR: 6, THIRD: 6}, "reason": "새 담당자 한 분이 더 오셨습니다"}
    answer = hub.sets(**told)
    assert answer.status_code == 422
    assert "18건에서 21건으로" in answer.text
    assert hub.next_places() == {}
    assert hub.sets(**told, agreed="1").status_code == 303
    assert hub.next_places() == {OWN: 9}


@pytest.mark.parametrize(
    ("places", "reason", "said"),
    [
        ({OWN: 7, NEIGHBOUR: 5}, "짧음", "까닭을 10자 이상"),
        ({OWN: 6, NEIGHBOUR: 6}, "아무것도 바꾸지 않았습니다", "바뀐 건수가 없습니다"),
        ({OWN: 301, NEIGHBOUR: 6}, "너무 많이 적어 보았습니다", "주교동의 건수를 0에서 300"),
        ({OWN: "여섯", NEIGHBOUR: 6}, "숫자가 아닌 것을 적었습니다", "주교동의 건수를 0에서 300"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(hub: Hub, places: dict, reason: str, said: str) -> None:
    answer = hub.sets(places, reason=reason)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{places[OWN]}"' in answer.text
    assert reason in answer.text
    assert hub.next_places() == {}


def test_whoever_saw_older_numbers_changes_nothing(hub: Hub) -> None:
    hub.sets({OWN: 9, NEIGHBOUR: 3}, reason="원신동 담당자 병가로 세 건을 옮김")
    answer = hub.sets({OWN: 7, NEIGHBOUR: 5}, reason="옛 화면에서 다시 옮겨 보았습니다")
    assert answer.status_code == 409
    assert "다른 분이 처리 가능 건수를 먼저" in answer.text
    assert hub.next_places() == {OWN: 9, NEIGHBOUR: 3}


def test_places_of_another_district_cannot_be_set(hub: Hub) -> None:
    answer = hub.sets({FAR: 9, OWN: 6}, reason="다른 구의 건수를 바꾸어 보았습니다")
    assert answer.status_code == 422
    assert hub.next_places() == {}


# --- households taken over --------------------------------------------------------------------------------------------


def test_the_hub_sees_who_was_handed_over_masked_and_why_and_takes_it(hub: Hub) -> None:
    house = hub.made.house(OWN, 0)
    hub.asks_for(house)
    page = hub.client.get("/hub/cases").text
    assert "채무와 질병이 겹쳐 있습니다" in page
    assert f"/households/{house.ref}" in page
    assert not [who for who in house.who if who in page]
    assert hub.lines("view_hub_cases") == [("hub-41281", house.ref)]
    answer = hub.client.post(f"/hub/cases/{house.ref}/take", data={"csrf": csrf_in(page), "seen": hub.seen(house)})
    assert answer.headers["location"] == "/hub/cases?done=taken"
    assert "지원단이 맡았습니다" in hub.client.get("/hub/cases?done=taken").text


def test_the_hub_returns_a_household_with_a_reason_only(hub: Hub) -> None:
    house = hub.made.house(OWN, 0)
    hub.asks_for(house)
    returning, seen = f"/hub/cases/{house.ref}/return", hub.seen(house)
    refused = hub.posts(returning, seen=seen, reason="짧다")
    assert refused.status_code == 422
    assert "까닭을 5자 이상" in refused.text
    assert hub.posts(returning, seen=seen, reason="동에서 이어 가기로 했습니다").status_code == 303
    assert hub.status(house) == "open"


def test_who_was_faster_is_said_and_what_was_typed_stays(hub: Hub) -> None:
    house = hub.made.house(OWN, 0)
    hub.asks_for(house)
    answer = hub.posts(f"/hub/cases/{house.ref}/return", seen=0, reason="동에서 이어 가기로 했습니다")
    assert answer.status_code == 409
    assert "담당1 님이" in answer.text
    assert "동에서 이어 가기로 했습니다" in answer.text


def test_a_household_of_another_district_is_not_there(hub: Hub) -> None:
    house = hub.made.house(FAR, 0)
    hub.asks_for(house)
    assert house.ref not in hub.client.get("/hub/cases").text
    assert hub.posts(f"/hub/cases/{house.ref}/take", seen=hub.seen(house)).status_code == 404
    assert hub.posts("/hub/cases/" + "A" * 22 + "/take", seen=0).status_code == 404


def test_the_pages_stand_in_a_browser_and_a_district_moves_its_places(sqlite_database: Database) -> None:
    hub = Hub(sqlite_database)
    hub.contacts(hub.made.house(OWN, 0), Attempt.REACHED, Outcome.EMERGENCY_AID)
    hub.asks_for(hub.made.house(NEIGHBOUR, 6))
    with running(hub.service) as address, chromium_page() as page:
        sign_in(page, address, "hub-41281")
        seen = watch(page)
        for path in ("/hub", "/hub/cases", "/hub/capacity"):
            page.goto(address + path)
            for summary in page.query_selector_all("main details > summary"):
                summary.click()
            assert_accessible(page)
            assert_fits(page)
            assert policy_violations(page) == []
        page.fill(f"#f-places-{OWN}", "9")
        page.fill(f"#f-places-{NEIGHBOUR}", "3")
        page.fill("#f-reason", "원신동 담당자 병가로 세 건을 옮김")
        page.click("main button:has-text('저장')")
        page.wait_for_url("**done=beyond")
        assert_accessible(page)
        page.goto(f"{address}/hub/cases")
        page.click("main button:has-text('맡기')")
        page.wait_for_url("**done=taken")
        assert seen.errors == []
    assert hub.next_places() == {OWN: 9, NEIGHBOUR: 3}
