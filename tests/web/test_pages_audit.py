"""What an auditor sees and signs: replays, one entry in full, fairness, access records, the trail, promotions."""

import csv
import io
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import delete

from audit.access_review import Mark, Signed, marked_days, months_to_review
from domain.calendar import Round
from domain.errors import CheckFailed, StorageFailed, UsageError
from domain.people import ALL, Caller
from features.catalogue import STANDARD
from outreach.promotion import current_bundle, propose
from outreach.promotion_record import read_record
from outreach.promotion_trail import note_promotions
from sagak.auditing import run_replay, run_review, run_verify
from sagak.stores import store_of
from scoring.bundle import load_bundle
from serving.access import Visit
from serving.app import create_app
from serving.pages import audit_replay
from serving.pages.audit_promotions import is_same_person
from serving.service import Service
from serving.showing.fairness_view import live_rows
from store.database import Connection, Database
from store.figures_of_types import TypeFigures
from store.sealer import Sealer
from store.tables import rounds
from store.trail import Line, append
from store.trail_days import DayWork
from store.trail_search import lines
from tests.support.audited import town_service, town_store
from tests.support.browser import assert_accessible, assert_fits, chromium_page, policy_violations
from tests.support.made_service import client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NEWEST, NOW, PASSWORD, Made, fill
from tests.support.weeks import WEEK, environment_variables, small_bundle, the_town
from tests.support.writers import writes_beside

PAGES = ("/audit", "/audit/replay", "/audit/fairness", "/audit/access", "/audit/trail", "/audit/promotions")
DONG = "4128151000"


@pytest.fixture
def made(any_database: Database) -> Made:
    return fill(any_database)


@pytest.fixture
def service(made: Made, tmp_path: Path) -> Service:
    service = made_service(made.database, home=tmp_path)
    return replace(service, places=replace(service.places, checkpoints=tmp_path / "checkpoints.txt"))


@pytest.fixture
def auditor(service: Service) -> TestClient:
    return signed_in(client_of(service), "auditor")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[tuple[Service, Database]]:
    with town_store(the_town(), tmp_path / "home") as (settings, database):
        yield town_service(settings, database), database


def send(client: TestClient, path: str, **fields: str):
    return client.post(path, data={"csrf": csrf_of(client), **fields})


def acts(database: Database, act: str) -> list[Line]:
    with database.reading(ALL) as connection:
        since, until = NOW - timedelta(days=400), NOW + timedelta(days=4000)
        return [one.line for one in lines(connection, since=since, until=until, act=act)]


def write(database: Database, *these: Line) -> None:
    with database.writing(ALL) as connection:
        append(connection, *these)


# --- who comes in, and what is left behind --------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_for_the_auditor_alone_and_leaves_a_line(service: Service, made: Made, path: str) -> None:
    client = signed_in(client_of(service), "auditor")
    before = len(acts(made.database, "sign_in"))
    assert client.get(path).status_code == 200
    assert before == 1
    with made.database.reading(ALL) as connection:
        newest = lines(connection, since=NOW, until=NOW + timedelta(minutes=1), actor="auditor", limit=1)[0].line
    assert newest.act.startswith(("view_", "search_"))
    for login in (f"dong-{DONG}", "hub-41281", "analyst"):
        assert signed_in(client_of(service), login).get(path).status_code == 403


def test_no_page_names_a_person(auditor: TestClient, made: Made) -> None:
    house = made.listed(NEWEST, DONG)[0]
    write(made.database, Line(NOW, f"dong-{DONG}", "10.0.0.1", "view_household", (house.ref,), {"round": NEWEST}))
    for path in (*PAGES, f"/audit/entries/{NEWEST}/{house.ref}", f"/audit/replay?round={NEWEST}&area={DONG}"):
        page = auditor.get(path).text
        for one in made.houses:
            assert not [word for word in (*one.who, one.household_id) if word in page], path


def test_what_does_not_exist_is_not_found_and_odd_questions_are_no_error(auditor: TestClient) -> None:
    assert auditor.get(f"/audit/entries/{NEWEST}/{'x' * 22}").status_code == 404
    assert auditor.get("/audit/entries/2020-W01/" + "x" * 22).status_code == 404
    assert auditor.get(f"/audit/entries/{NEWEST}/%00").status_code == 404
    assert auditor.get(f"/audit/entries/%00/{'x' * 22}").status_code == 404
    odd_days = ("since=never&until=2026-13-40", "since=0001-01-01", "until=0001-01-01", "until=9999-12-31")
    for odd in (*odd_days, "before_id=x", "who=%00", "act=nothing"):
        assert auditor.get(f"/audit/access?{odd}").status_code == 200
    assert auditor.get("/audit/replay?round=x&area=y").status_code == 200


def test_days_of_a_search_are_written_and_read_as_koreans_write_them(auditor: TestClient) -> None:
    page = auditor.get("/audit/access?since=2026.+11.+2.&until=20261109").text
    assert re.findall(r'name="(?:since|until)" value="([^"]+)"', page) == ["2026. 11. 2.", "2026. 11. 9."]


def test_an_entry_whose_artefacts_are_gone_shows_what_was_listed_and_says_so(auditor: TestClient, made: Made) -> None:
    page = auditor.get(f"/audit/entries/{NEWEST}/{made.listed(NEWEST, DONG)[5].ref}").text
    assert "다시 계산할 수 없습니다" in page
    assert "무작위 선정" in page
    assert "0.25" in page


# --- replays --------------------------------------------------------------------------------------------------------


def test_a_replay_says_that_all_is_equal_and_is_recorded(town: tuple[Service, Database]) -> None:
    service, database = town
    client = signed_in(client_of(service), "auditor")
    code = re.findall(r'<option value="(\d{10})"', client.get("/audit/replay").text)[0]
    page = send(client, f"/audit/replay?round={WEEK.label}", area=code, thorough="1").text
    assert "한 바이트도 다르지 않습니다" in page
    assert "다시 만든 입력값과 입력값 표가 모두 같습니다" in page
    (line,) = acts(database, "replay")
    assert (line.subjects, line.detail["is_same"], line.detail["entries"]) == ((WEEK.label,), True, 10)
    with database.writing(ALL) as connection:
        connection.exec_driver_sql(f"UPDATE entries SET raw_score = 9 WHERE dong_code = '{code}' AND rank = 3")
    page = send(client, f"/audit/replay?round={WEEK.label}", area=code).text
    assert "1개 동에서 1자리가 재현과 다릅니다" in page
    assert "화면에 쓰는 저장소" in page
    assert "원점수" in page
    ref = re.findall(rf"/audit/entries/{WEEK.label}/([\w-]{{22}})", page)[0]
    assert "명단에 적힌 값과 다릅니다" in client.get(f"/audit/entries/{WEEK.label}/{ref}").text


def test_features_are_made_again_for_one_dong_and_replays_run_one_at_a_time(town: tuple[Service, Database]) -> None:
    service, database = town
    client = signed_in(client_of(service), "auditor")
    wide = send(client, "/audit/replay", area=DONG[:5], thorough="1")
    assert (wide.status_code, "동 하나씩만" in wide.text) == (422, True)
    assert send(client, "/audit/replay", area=DONG[:5]).status_code == 200
    with audit_replay._one_at_a_time:
        busy = send(client, "/audit/replay", area=DONG)
    assert (busy.status_code, "다른 분이 재현하고" in busy.text) == (409, True)
    assert len(acts(database, "replay")) == 1


def test_one_entry_in_full_shows_how_it_adds_up(town: tuple[Service, Database]) -> None:
    client = signed_in(client_of(town[0]), "auditor")
    code = re.findall(r'<option value="(\d{10})"', client.get("/audit/replay").text)[0]
    listed = client.get(f"/audit/replay?round={WEEK.label}&area={code}").text
    page = client.get(re.findall(r"/audit/entries/[\w-]+/[\w-]{22}", listed)[0]).text
    assert "끝자리까지 같습니다" in page
    assert "허용 오차 1e-06 안입니다" in page
    assert "모든 결정나무에서 증명됨" in page
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="number">([+−]?[\d.]+)</td><td class="number">', page)
    amounts = [float(amount.replace("−", "-")) for _, amount in rows]
    assert abs(sum(amounts[:-1]) - amounts[-1]) < 0.0005 * len(amounts)


# --- fairness -------------------------------------------------------------------------------------------------------


def test_small_cells_are_hidden_with_a_second_so_that_none_follows_from_the_total() -> None:
    figures = [TypeFigures("single_elder", 41, 30, 20, 12), TypeFigures("other", 12, 12, 9, 3),
               TypeFigures("", 100, 60, 40, 20)]  # fmt: skip
    rows = live_rows(figures)
    assert [row[1] for row in rows] == ["약 40가구", "약 10가구", "약 100가구", "약 155가구"]
    assert [row[4] for row in rows] == ["숨김", "숨김", "약 20가구", "약 35가구"]
    assert live_rows([]) == ()


def test_live_figures_count_a_household_once_and_hide_the_few(auditor: TestClient) -> None:
    page = auditor.get("/audit/fairness").text
    assert "2026년 명단에 오른 가구" in page
    assert "약 45가구" in page  # all nine of five dongs were listed, six of them twice
    assert ">5가구<" not in page


# --- access records -------------------------------------------------------------------------------------------------


def looked(number: int, *, actor: str = "kim", day: date = date(2026, 11, 1), **more: int) -> DayWork:
    plain = {"lines": 1, "reveals": 0, "files": 0, "refused": 0, "at_night": 0}
    return DayWork(day=day, actor=actor, households=number, **(plain | more))


def test_days_unlike_ones_own_and_nights_and_many_reveals_are_marked() -> None:
    usual = [looked(20, day=date(2026, 11, day)) for day in range(1, 8)]
    odd = [looked(90, day=date(2026, 11, 9)), looked(5, day=date(2026, 11, 10), at_night=3, reveals=11)]
    newest, many, *others = marked_days([*usual, *odd], since=date(2026, 11, 1))
    assert set(newest.marks) == {Mark.NIGHT, Mark.REVEALS}
    assert many.marks == (Mark.ABOVE_OWN,)
    assert not [one for one in others if one.marks]


def test_the_highest_day_in_a_hundred_of_all_accounts_is_marked() -> None:
    all_days = [looked(10, actor=f"w{number}") for number in range(120)] + [looked(500, actor="lee")]
    marked = [one for one in marked_days(all_days, since=date(2026, 11, 1)) if one.marks]
    assert [(one.work.actor, one.marks) for one in marked] == [("lee", (Mark.ABOVE_ALL,))]


def test_a_town_of_two_hundred_accounts_is_held_against_three_months_in_a_moment() -> None:
    first = date(2026, 8, 1)
    days = [
        looked(9, actor=f"w{number}", day=first + timedelta(days=day)) for day in range(100) for number in range(200)
    ]
    began = time.process_time()
    assert len(marked_days(days, since=first + timedelta(days=90))) == 2000
    assert time.process_time() - began < 1


def test_a_month_is_overdue_after_the_tenth_of_the_next_unless_signed() -> None:
    counted = {date(2026, 9, 1): 5, date(2026, 10, 1): 5, date(2026, 11, 1): 5}
    signed = {date(2026, 9, 1): Signed("auditor", date(2026, 10, 2), "이상 없음")}
    states = [(one.is_over, one.is_overdue) for one in months_to_review(counted, signed, today=date(2026, 11, 10))]
    assert states == [(False, False), (True, False), (True, False)]
    assert months_to_review(counted, signed, today=date(2026, 11, 11))[1].is_overdue


def test_lines_are_found_by_who_whom_what_and_when_and_the_search_itself_is_a_line(
    auditor: TestClient, made: Made
) -> None:
    one, other = made.houses[:2]
    at = NOW - timedelta(hours=2)
    write(
        made.database,
        Line(at, "kim", "10.0.0.7", "view_household", (one.ref,), {"dong_code": "4128151000", "as_of": "2026-11-16"}),
        Line(at, "lee", "10.0.0.8", "reveal", (other.ref,), {"reason": "전화를 드리려고"}),
    )
    page = auditor.get(f"/audit/access?whose={one.ref}").text
    assert "10.0.0.7" in page
    assert "10.0.0.8" not in page
    assert "행정동: 주교동(4128151000)" in page
    assert "기준일: 2026. 11. 16.(월)" in page
    assert "성명·전화·주소 열람" in auditor.get("/audit/access?who=lee").text
    assert acts(made.database, "search_trail")[-1].subjects == (one.ref,)
    assert "조건에 맞는 기록이 없습니다" in auditor.get("/audit/access?who=nobody").text


def test_what_is_shown_is_taken_along_as_csv_only_with_a_reason(auditor: TestClient, made: Made) -> None:
    write(made.database, Line(NOW, "kim", "10.0.0.7", "=cmd", (made.houses[0].ref,), {}))
    refused = send(auditor, "/audit/access/files?who=kim", reason="짧음")
    assert refused.status_code == 422
    assert "10자 이상" in refused.text
    answer = send(auditor, "/audit/access/files?who=kim", reason="십일월 접속기록 정기 점검에 씁니다")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert (rows[1][2], rows[1][4], rows[1][5]) == ("kim", "'=cmd", made.houses[0].ref)
    (line,) = acts(made.database, "export_trail")
    assert (line.detail["rows"], line.detail["reason"]) == (1, "십일월 접속기록 정기 점검에 씁니다")


def test_an_unsigned_month_is_named_in_words_until_somebody_signs_it(auditor: TestClient, made: Made) -> None:
    write(made.database, Line(NOW - timedelta(days=30), "kim", "10.0.0.7", "view_list", (), {}))
    assert "2026년 10월 접속기록 점검 서명이 기한(2026. 11. 10.(화))을 넘겼습니다" in auditor.get("/audit").text
    refused = send(auditor, "/audit/reviews", month="2026-10", sentence="봄")
    assert refused.status_code == 422
    assert 'href="/audit/access" aria-current="page"' in refused.text
    assert send(auditor, "/audit/reviews", month="2026-11", sentence="아직 끝나지 않은 달입니다").status_code == 422
    done = send(auditor, "/audit/reviews", month="2026-10", sentence="이상한 접속이 없음을 확인했습니다")
    assert (done.status_code, done.headers["location"]) == (303, "/audit/access?done=signed")
    page = auditor.get("/audit/access?done=signed").text
    assert "모두 서명했습니다" in page
    assert "이상한 접속이 없음을 확인했습니다" in page
    (line,) = acts(made.database, "review_access")
    assert (line.actor, line.subjects) == ("auditor", ("2026-10",))
    assert send(auditor, "/audit/reviews", month="2026-10", sentence="두 번 서명할 수는 없습니다").status_code == 422


# --- the trail ------------------------------------------------------------------------------------------------------


def test_the_trail_is_verified_and_a_finding_is_told_by_place_and_kind(
    auditor: TestClient, service: Service, made: Made
) -> None:
    assert service.places.checkpoints is not None
    Sealer(made.database, checkpoints=service.places.checkpoints, now=service.now).seal_ready()
    verified = send(auditor, "/audit/trail").text
    assert "모두 맞습니다" in verified
    assert "아직 없음" not in verified, "this verification is the last one already"
    assert acts(made.database, "verify_trail")[0].detail["findings"] == 0
    if not made.database.is_sqlite:
        return  # there the application may not change a line at all
    with made.database.writing(ALL) as connection:
        connection.exec_driver_sql("UPDATE trail SET actor = 'nobody' WHERE id = 1")
    page = send(auditor, "/audit/trail").text
    assert "이상 1곳을 찾았습니다" in page
    assert "1번째 봉인" in page
    assert "기록한 뒤에 내용이 바뀌었습니다" in page
    assert "마지막 검증에서 이상 1곳" in auditor.get("/audit").text


# --- promotions -----------------------------------------------------------------------------------------------------


def proposed(service: Service, by: str) -> None:
    models = service.places.models
    small_bundle(models)
    bundle = load_bundle(models / "standard-1", STANDARD)
    propose(models, bundle, STANDARD, service.policy, by=by, why="새 회차로 다시 배웠습니다", at=NOW, gates=(),
            replaces=None)  # fmt: skip


def decide(client: TestClient, service: Service, decision: str, why: str = "적용 기준과 공정성을 모두 살폈습니다"):
    digest = load_bundle(service.places.models / "standard-1", STANDARD).digest
    return send(client, "/audit/promotions/standard-1", decision=decision, why=why, digest=digest)


def test_the_second_person_approves_with_a_reason_and_learns_from_when_it_counts(
    auditor: TestClient, service: Service, made: Made
) -> None:
    proposed(service, "분석담당 (analyst)")
    assert "2026-W48" in auditor.get("/audit/promotions").text
    assert decide(auditor, service, "approve", why="네").status_code == 422
    done = decide(auditor, service, "approve")
    assert done.headers["location"] == "/audit/promotions?done=approved"
    assert "다음 회차(2026-W48) 명단부터 쓰이며" in auditor.get(done.headers["location"]).text
    act = read_record(service.places.models).acts[-1]
    assert (act.act, act.who, act.why) == ("approved", "감사담당 (auditor)", "적용 기준과 공정성을 모두 살폈습니다")
    assert current_bundle(service.places.models, STANDARD).name == "standard-1"
    assert acts(made.database, "approve_promotion")[0].subjects == ("standard-1",)
    assert decide(auditor, service, "approve").status_code == 409


def test_the_first_round_of_a_new_model_follows_the_newest_list_whatever_the_calendar_says(
    made: Made, tmp_path: Path
) -> None:
    """The list of Monday is published on Sunday, and read on the Sunday: the model begins a week after that list."""
    sunday = made_service(made.database, now=lambda: NOW - timedelta(days=3), home=tmp_path)
    auditor = signed_in(client_of(sunday), "auditor")
    assert f"다음 회차({Round.parse(NEWEST).plus_weeks(1).label}) 명단부터" in auditor.get("/audit/promotions").text
    hub = signed_in(client_of(sunday), "hub-41281")
    assert f"{Round.parse(NEWEST).plus_weeks(1).label} 회차" in hub.get("/hub/capacity").text


def test_where_nothing_is_published_a_model_begins_with_the_first_list(auditor: TestClient, made: Made) -> None:
    with made.database.writing(ALL) as connection:
        connection.execute(delete(rounds))
    assert "승인하면 첫 회차 명단부터 쓰입니다" in auditor.get("/audit/promotions").text


def test_a_model_is_read_before_anybody_else_has_to_wait(
    auditor: TestClient, service: Service, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed(service, "analyst")
    could_write = writes_beside(monkeypatch, "scoring.bundle._parsed", made.database)
    assert decide(auditor, service, "approve").status_code == 303
    assert could_write and all(could_write)


def test_an_approval_whose_line_is_lost_at_the_commit_is_in_the_trail_before_the_next_list(
    service: Service, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def never_kept(visit: Visit) -> Iterator[Connection]:
        with visit.service.database.writing(visit.scope) as connection:
            yield connection
            raise StorageFailed("The disk is full.", hint="Free some space.")

    proposed(service, "분석담당 (analyst)")
    note_promotions(made.database, service.places.models, at=NOW)
    monkeypatch.setattr(Visit, "acting", never_kept)
    assert decide(signed_in(client_of(service), "auditor"), service, "approve").status_code == 503
    assert current_bundle(service.places.models, STANDARD).name == "standard-1", "the record counts by itself"
    assert not acts(made.database, "approve_promotion")
    note_promotions(made.database, service.places.models, at=NOW)
    (line,) = acts(made.database, "approve_promotion")
    assert (line.subjects, line.detail["who"]) == (("standard-1",), "감사담당 (auditor)")


def test_an_approval_that_was_kept_is_in_the_trail_once(auditor: TestClient, service: Service, made: Made) -> None:
    proposed(service, "분석담당 (analyst)")
    assert decide(auditor, service, "approve").status_code == 303
    note_promotions(made.database, service.places.models, at=NOW)
    assert len(acts(made.database, "approve_promotion")) == len(acts(made.database, "propose_model")) == 1


@pytest.mark.parametrize("by", ["auditor", "감사담당", "감사 담당 (auditor)", "AUDITOR."])
def test_whoever_proposed_cannot_approve_but_may_take_it_back(
    auditor: TestClient, service: Service, made: Made, by: str
) -> None:
    proposed(service, by)
    refused = decide(auditor, service, "approve")
    assert refused.status_code == 422
    assert "제안한 사람은 승인할 수 없습니다" in refused.text
    assert not acts(made.database, "approve_promotion")
    assert decide(auditor, service, "reject").status_code == 303
    assert read_record(service.places.models).acts[-1].act == "rejected"


def test_two_people_of_one_name_are_told_apart_by_their_login() -> None:
    caller = Caller(1, "auditor-2", "감사담당둘", ())
    assert not is_same_person(caller, "감사담당 (auditor)")
    assert is_same_person(caller, "누구든 (auditor-2)")


def test_a_bundle_changed_since_its_proposal_is_not_approved(auditor: TestClient, service: Service, made: Made) -> None:
    proposed(service, "분석담당 (analyst)")
    digest = load_bundle(service.places.models / "standard-1", STANDARD).digest
    card = service.places.models / "standard-1" / "card.md"
    card.write_text("# 다른 말\n", encoding="utf-8")
    answer = send(auditor, "/audit/promotions/standard-1", decision="approve", why="모두 살펴보았습니다", digest=digest)
    assert answer.status_code == 409
    assert not acts(made.database, "approve_promotion"), "what did not happen is not on record"


# --- the same by command --------------------------------------------------------------------------------------------


def test_commands_verify_and_replay_and_exit_with_six_on_a_finding(tmp_path: Path) -> None:
    with town_store(the_town(), tmp_path / "home") as (settings, database):
        Sealer(database, checkpoints=settings.checkpoints, now=lambda: NOW).seal_ready()
    with environment_variables({"SAGAK_HOME": str(settings.home)}):
        run_replay(None)
        run_verify()
        with store_of(settings) as database, database.writing(ALL) as connection:
            connection.exec_driver_sql("UPDATE entries SET raw_score = 9 WHERE rank = 3")
            connection.exec_driver_sql("UPDATE trail SET actor = 'nobody' WHERE id = 1")
        with pytest.raises(CheckFailed, match="do not come out again") as differs:
            run_replay(WEEK.label)
        with pytest.raises(CheckFailed, match="1 findings") as broken:
            run_verify()
        assert differs.value.exit_code == broken.value.exit_code == 6
        with pytest.raises(UsageError, match="no month"):
            run_review("2020-01", why="nothing was there to look at")
        with store_of(settings) as database:
            assert [line.detail["is_same"] for line in acts(database, "replay")] == [False, True]


def test_a_month_is_signed_once_by_command_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sagak.console.now", lambda: NOW)
    with town_store(the_town(), tmp_path / "home") as (settings, database):
        write(database, Line(NOW - timedelta(days=30), "kim", "10.0.0.7", "view_list", (), {}))
    with environment_variables({"SAGAK_HOME": str(settings.home)}):
        run_review("2026-10", why="nothing unusual was found in it")
        with pytest.raises(UsageError, match="was signed on"):
            run_review("2026-10", why="nothing unusual was found in it")
        with pytest.raises(UsageError, match="is not a month"):
            run_review("2026-1x", why="nothing unusual was found in it")
        with store_of(settings) as database:
            assert [line.subjects for line in acts(database, "review_access")] == [("2026-10",)]


# --- in a browser ---------------------------------------------------------------------------------------------------


def test_every_page_is_accessible_and_fits_a_laptop(town: tuple[Service, Database]) -> None:
    service, database = town
    write(database, Line(NOW - timedelta(days=30), "kim", "10.0.0.7", "view_list", ("x" * 22,), {}))
    server = uvicorn.Server(uvicorn.Config(create_app(service), port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    origin = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        with chromium_page() as page:
            page.goto(f"{origin}/login")
            page.fill("input[name=login]", "auditor")
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(f"{origin}/audit*")
            for path in PAGES:
                page.goto(origin + path)
                _assert_good(page)
            page.goto(f"{origin}/audit/replay")
            page.get_by_role("button", name="재현").click()
            page.get_by_text("한 바이트도 다르지 않습니다").wait_for()
            _assert_good(page)
            page.locator("a[href^='/audit/entries/']").first.click()
            page.get_by_text("끝자리까지 같습니다").wait_for()
            page.locator("summary", has_text="모두 보기").click()
            _assert_good(page)
            page.goto(f"{origin}/audit/trail")
            page.get_by_role("button", name="지금 검증").click()
            page.get_by_text("이상").first.wait_for()
            _assert_good(page)
    finally:
        server.should_exit = True
        thread.join(10)


def _assert_good(page: object) -> None:
    assert_accessible(page)
    assert_fits(page)
    assert policy_violations(page) == []
