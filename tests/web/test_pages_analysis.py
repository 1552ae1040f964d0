"""What analysts read of models, deliveries and drift, how they propose a model, and that they meet no household."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Event

import polars as pl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from domain.people import ALL
from domain.policy import Policy
from outreach.gates import failed
from outreach.promotion_record import RECORD, read_record
from outreach.proposing import MADE_UP
from serving.background import Background
from serving.showing.markdown import as_page_part
from store.database import Database
from store.tables import trail
from tests.support.analysts_home import AnalystsHome, town
from tests.support.browser import assert_accessible, assert_fits, chromium_page, policy_violations, watch
from tests.support.made_service import client_of, csrf_in, signed_in
from tests.support.running import running, sign_in
from tests.support.weeks import PROJECT, WEEK, promote
from tests.support.writers import writes_beside

WHY = "새 자료로 다시 배운 모형입니다"
PAGES = ("", "/bundles/standard-1", "/compare", "/deliveries", "/drift")


class Analyst(AnalystsHome):
    """An analyst at the browser."""

    def __init__(self, database: Database, home: Path, **more) -> None:
        super().__init__(database, home, **more)
        self.client: TestClient = signed_in(client_of(self.service), "analyst")

    def page(self, path: str = "") -> str:
        answer = self.client.get(f"/analysis{path}")
        assert answer.status_code == 200
        return answer.text

    def proposes(self, name: str, reason: str = WHY, **more: str):
        page = self.client.get("/analysis").text
        data = {"csrf": csrf_in(page), "name": name, "reason": reason, **more}
        return self.client.post("/analysis/proposals", data=data)

    def details(self, act: str) -> list[dict]:
        with self.service.database.reading(ALL) as connection:
            return list(connection.execute(select(trail.c.detail).where(trail.c.act == act)).scalars())

    def lines(self, act: str) -> list[tuple[str, str]]:
        with self.service.database.reading(ALL) as connection:
            query = select(trail.c.actor, trail.c.subjects).where(trail.c.act == act)
            return [(row.actor, row.subjects) for row in connection.execute(query)]


@pytest.fixture
def analyst(sqlite_database: Database, tmp_path: Path) -> Analyst:
    return Analyst(sqlite_database, tmp_path / "home")


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# --- models -----------------------------------------------------------------------------------------------------------


def test_models_stand_with_where_each_is_and_who_decided_it(analyst: Analyst) -> None:
    words = words_of(analyst.page())
    assert "적용 중인 모형 standard-1" in words
    assert "standard-2 후보 공적 급여나 사례관리로 이어진 가구 2026. 11. 16.(월)" in words
    assert "승인 standard-1 auditor the tests need one" in words
    assert analyst.lines("view_models") == [("analyst", "")]


def test_a_damaged_bundle_is_named_and_hides_no_other(analyst: Analyst) -> None:
    (analyst.settings.models / "standard-2" / "model.txt").write_text("tree", encoding="ascii")
    assert "standard-2 손상됨" in words_of(analyst.page())
    assert analyst.client.get("/analysis/bundles/standard-2").status_code == 404
    assert analyst.client.get("/analysis/bundles/standard-1").status_code == 200


@pytest.mark.parametrize("name", ["standard-9", "nothing", "..%2f..%2fetc", "standard-1.bak", "Standard-1"])
def test_what_is_no_bundle_is_not_there(analyst: Analyst, name: str) -> None:
    assert analyst.client.get(f"/analysis/bundles/{name}").status_code == 404


def test_a_model_is_told_with_its_gates_figures_groups_and_documents(analyst: Analyst) -> None:
    page = analyst.page("/bundles/standard-2")
    words = words_of(page)
    assert "어려움이 클수록 점수가 낮아지지 않음 통과" in words
    assert "적용 중인 모형과 견줌 판단하지 않음" in words
    assert "같은 회차에서 견주려면 명령줄에서 sagak propose로 제안합니다" in words
    assert "위기정보 개수(예전 방식)" in words
    assert "홀로 사는 어르신" in words
    assert "<h2>standard-1 모형 설명서</h2>" in page  # the copied bundle keeps the text of its card
    assert "난수 시작값 2" in words


def test_figures_that_were_computed_by_older_rules_say_so(analyst: Analyst, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "예전 방식으로 시험했습니다"
    assert said not in words_of(analyst.page("/bundles/standard-1"))
    monkeypatch.setattr("serving.showing.models_view.FIGURE_RULES", 9)
    assert said in words_of(analyst.page("/bundles/standard-1"))


def test_the_first_model_is_not_said_to_have_been_in_use_before(analyst: Analyst) -> None:
    words = words_of(analyst.page("/bundles/standard-1"))
    assert "지금 적용 중인 모형 자신이므로 견줄 것이 없습니다" in words
    assert "전에 적용하던 모형" not in words


def test_a_former_model_is_not_compared_for_going_back_must_not_wait(analyst: Analyst) -> None:
    promote(analyst.settings.models, "standard-2")
    assert "전에 적용하던 모형으로 되돌리는 일은 기다릴 수 없기" in words_of(analyst.page("/bundles/standard-1"))


def test_a_proof_that_stands_in_the_record_is_not_made_again(analyst: Analyst, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.proofs.breaks_of", lambda *_: pytest.fail("proven anew"))
    assert "어려움이 클수록 점수가 낮아지지 않음 통과" in words_of(analyst.page("/bundles/standard-1"))


def test_nobody_waits_for_a_proof_that_takes_seconds(analyst: Analyst, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()
    monkeypatch.setattr("serving.proofs._PROOFS", Background())
    monkeypatch.setattr("serving.proofs.breaks_of", lambda *_: () if ended.wait(30) else pytest.fail("never asked"))
    words = words_of(analyst.page("/bundles/standard-2"))
    ended.set()
    assert "어려움이 클수록 점수가 낮아지지 않음 판단하지 않음" in words
    assert "모든 결정나무에서 증명하고 있습니다" in words


def test_what_rests_on_too_few_of_a_class_is_not_judged_and_the_plain_figure_stands_beside(analyst: Analyst) -> None:
    page = words_of(analyst.page("/bundles/standard-1"))
    assert "값 보정(모든 대상 가구) 단순 집계(명단에 오른 가구)" in page
    assert re.search(r"ROC-AUC 판단하지 않음\(실효 \d+건\) [\d.]+ \(", page) or "ROC-AUC 판단하지 않음" in page


def test_markup_in_a_card_stays_text(analyst: Analyst) -> None:
    analyst.copy_bundle(
        "standard-3", card="# <script>alert(1)</script> <table> [x](javascript:alert(1)) ![y](//z/p.png)\n"
    )
    page = analyst.page("/bundles/standard-3")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "javascript:alert(1)) ![y]" in page
    assert "<img" not in page


def test_a_table_of_a_card_becomes_a_table_of_the_page() -> None:
    html = as_page_part("| 표 | 행 |\n|---|---|\n| 가구 | 1 |\n")
    assert html.startswith('<div class="krds-table-wrap dense"><table class="tbl col data">')
    assert html.endswith("</table></div>\n")


# --- proposals --------------------------------------------------------------------------------------------------------


def test_an_analyst_proposes_under_the_own_login_and_the_record_says_what_was_not_compared(analyst: Analyst) -> None:
    answer = analyst.proposes("standard-2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/analysis?done=proposed")
    act = read_record(analyst.settings.models).acts[-1]
    assert (act.act, act.bundle, act.who, act.why) == ("proposed", "standard-2", "analyst", WHY)
    compared = next(gate for gate in act.gates if gate.name == "model in use")
    assert compared.is_passed is None
    assert "do not know the model in use" in compared.sentence
    assert analyst.lines("propose_model") == [("analyst", "standard-2")]
    assert "승인 대기 standard-2" in words_of(analyst.page("?done=proposed"))


@pytest.mark.parametrize(
    ("name", "reason", "said"),
    [
        ("standard-2", "좋음", "까닭을 10자 이상"),
        ("standard-1", WHY, "이미 적용 중인 모형입니다"),
        ("standard-7", WHY, "제안할 모형을 골라"),
        ("", WHY, "제안할 모형을 골라"),
    ],
)
def test_what_cannot_be_proposed_is_refused_and_nothing_is_recorded(
    analyst: Analyst, name: str, reason: str, said: str
) -> None:
    before = (analyst.settings.models / RECORD).read_bytes()
    answer = analyst.proposes(name, reason)
    assert answer.status_code == 422
    assert said in answer.text
    assert reason in answer.text
    assert (analyst.settings.models / RECORD).read_bytes() == before
    assert analyst.lines("propose_model") == []


def test_a_model_that_misses_gates_is_refused_with_their_names(sqlite_database: Database, tmp_path: Path) -> None:
    analyst = Analyst(sqlite_database, tmp_path / "home", policy=Policy())
    answer = analyst.proposes("standard-2")
    assert answer.status_code == 422
    assert "기준에 미달하여 제안하지 않았습니다: 확인된 결과의 수" in answer.text
    assert analyst.lines("propose_model") == []


def test_on_made_up_people_an_analyst_states_a_waiver_and_the_auditor_reads_it_first(
    sqlite_database: Database, tmp_path: Path
) -> None:
    analyst = Analyst(sqlite_database, tmp_path / "home", policy=Policy())
    assert 'name="waive"' in analyst.page() and 'name="waive"' in analyst.page("/bundles/standard-2")
    assert analyst.proposes("standard-2", waive="1").status_code == 303
    act = read_record(analyst.settings.models).acts[-1]
    assert (act.act, act.waiver, act.why) == ("proposed", MADE_UP, WHY)
    assert "outcomes" in [gate.name for gate in failed(act.gates)]
    assert analyst.details("propose_model") == [{"reason": WHY, "waiver": MADE_UP}]
    assert "기준 예외: 지어낸 자료" in words_of(analyst.page())

    auditor = signed_in(client_of(analyst.service), "auditor")
    page = auditor.get("/audit/promotions").text
    words = words_of(page)
    assert words.index("기준 예외로 제안되었습니다") < words.index("제안한 까닭") < words.index("결정 저장")
    assert "막지 않습니다: 확인된 결과의 수" in words
    data = {"csrf": csrf_in(page), "decision": "approve", "why": "지어낸 마을이라 괜찮습니다", "digest": act.digest}
    assert auditor.post("/audit/promotions/standard-2", data=data).status_code == 303
    approved = read_record(analyst.settings.models).acts[-1]
    assert (approved.act, approved.waiver) == ("approved", MADE_UP)
    (line,) = analyst.details("approve_promotion")
    assert line["waiver"] == MADE_UP
    assert "기준 예외: 지어낸 자료" in words_of(auditor.get("/audit/promotions").text)
    assert "막지 않은 까닭: 지어낸 자료" in words_of(auditor.get("/audit/fairness").text)


def test_on_real_people_no_gate_is_waived(sqlite_database: Database, tmp_path: Path) -> None:
    analyst = Analyst(sqlite_database, tmp_path / "home", policy=Policy())
    core = analyst.settings.core / "2026-11-16" / "core.json"
    core.write_text(core.read_text(encoding="utf-8").replace('"synthetic"', '"standard"'), encoding="utf-8")
    assert 'name="waive"' not in analyst.page() + analyst.page("/bundles/standard-2")
    before = (analyst.settings.models / RECORD).read_bytes()
    answer = analyst.proposes("standard-2", waive="1")
    assert answer.status_code == 422
    assert "기준 예외는 지어낸 자료에서만" in answer.text
    core.unlink()
    assert analyst.proposes("standard-2", waive="1").status_code == 422, "nobody knows whose people they are"
    assert (analyst.settings.models / RECORD).read_bytes() == before
    assert analyst.lines("propose_model") == []


def test_a_model_that_passes_is_proposed_without_a_waiver(analyst: Analyst) -> None:
    assert analyst.proposes("standard-2", waive="1").status_code == 303
    assert read_record(analyst.settings.models).acts[-1].waiver == ""
    assert analyst.details("propose_model") == [{"reason": WHY}]


def test_a_waiver_stays_ticked_where_something_else_is_wrong(analyst: Analyst) -> None:
    answer = analyst.proposes("standard-2", "좋음", waive="1")
    assert answer.status_code == 422
    assert re.search(r'name="waive" value="1" checked', answer.text)


def test_a_model_is_read_and_judged_before_anybody_else_has_to_wait(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    could_write = writes_beside(monkeypatch, "scoring.bundle._parsed", analyst.service.database)
    analyst.proposes("standard-2")
    assert could_write and all(could_write)


def test_the_proof_of_a_model_is_made_once(analyst: Analyst, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst.copy_bundle("standard-3", seed=33)
    proofs: list[int] = []
    monkeypatch.setattr("scoring.proof.monotone_breaks", lambda *_: proofs.append(1) or [])
    assert analyst.page("/bundles/standard-3") and analyst.page("/bundles/standard-3")
    assert proofs == [1]


def test_a_record_that_was_changed_is_said_loudly_and_stops_proposals(analyst: Analyst) -> None:
    record = analyst.settings.models / RECORD
    record.write_bytes(record.read_bytes().replace(b"the tests need one", b"the tests need two"))
    assert "승인 기록이 처음 적힌 것과 다릅니다" in analyst.page()
    assert analyst.proposes("standard-2").status_code == 422


def test_an_auditor_reads_and_does_not_propose_and_nobody_else_reads(analyst: Analyst) -> None:
    auditor = signed_in(client_of(analyst.service), "auditor")
    page = auditor.get("/analysis").text
    assert "모형 제안" not in page
    csrf = csrf_in(auditor.get("/analysis/bundles/standard-2").text)
    data = {"csrf": csrf, "name": "standard-2", "reason": WHY}
    assert auditor.post("/analysis/proposals", data=data).status_code == 403
    for login in ("dong-4128151000", "hub-41281"):
        client = signed_in(client_of(analyst.service), login)
        assert {client.get(f"/analysis{path}").status_code for path in PAGES} == {403}


# --- two models -------------------------------------------------------------------------------------------------------


def test_two_models_stand_side_by_side_by_what_their_bundles_say(analyst: Analyst) -> None:
    words = words_of(analyst.page("/compare"))
    assert "A standard-1 B standard-2" in words
    assert "난수 시작값 1 2 다름" in words
    assert "두 모형은 같은 자료의 같은 회차에서 시험했습니다" in words
    assert "달라진 입력값이 확인되지 않았습니다" in words
    assert analyst.lines("compare_models") == [("analyst", "standard-1 standard-2")]


def test_a_model_beside_itself_or_beside_nothing_asks_for_two(analyst: Analyst) -> None:
    assert "서로 다른 두 모형을" in analyst.page("/compare?a=standard-1&b=standard-1")
    assert analyst.client.get("/analysis/compare?a=<script>&b=9").status_code == 200


def test_where_there_is_one_model_there_is_none_to_compare_or_propose(analyst: Analyst) -> None:
    assert 'action="/analysis/proposals"' in analyst.page()
    shutil.rmtree(analyst.settings.models / "standard-2")
    assert "견줄 모형이 하나뿐입니다" in analyst.page("/compare")
    page = analyst.page()
    assert "지금 제안할 모형이 없습니다" in page
    assert 'action="/analysis/proposals"' not in page
    # Whoever pressed a moment too late is told why all the same.
    assert "이미 적용 중인 모형입니다" in analyst.proposes("standard-1").text


def test_the_page_of_the_command_is_offered_where_it_lies_and_taken_along_as_a_file(analyst: Analyst) -> None:
    href = "/analysis/compare/file?a=standard-1&b=standard-2"
    assert "비교 결과 내려받기" not in analyst.page("/compare")
    assert analyst.client.get(href).status_code == 404
    (analyst.settings.exports / "compare-standard-2-standard-1.html").write_text("<html>", encoding="ascii")
    assert "비교 결과 내려받기" in analyst.page("/compare")
    answer = analyst.client.get(href)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert analyst.lines("download_comparison") == [("analyst", "standard-1 standard-2")]
    assert analyst.client.get("/analysis/compare/file?a=../../x&b=standard-1").status_code == 404


# --- deliveries and drift ---------------------------------------------------------------------------------------------


def test_what_was_set_aside_is_told_by_table_column_and_reason_with_what_to_do_and_no_value(analyst: Analyst) -> None:
    core = analyst.settings.core / "2026-11-16"
    about = json.loads((core / "core.json").read_text(encoding="utf-8"))
    about["tables"]["indicators"] |= {"quarantined": 3, "reasons": {"bad_month": 3}}
    (core / "core.json").write_text(json.dumps(about), encoding="utf-8")
    pl.DataFrame(
        {
            "table": ["indicators"] * 3,
            "file": ["secret-file.csv"] * 3,
            "line": [4711, 4712, 4713],
            "reason": ["bad_month"] * 3,
            "column": ["observed_month"] * 3,
        }
    ).write_parquet(core / "quarantine.parquet")
    page = analyst.page("/deliveries")
    words = words_of(page)
    assert re.findall(r'<th scope="row">([^<]+)</th>', page)[:4] == ["가구", "가구원", "위기정보", "급여"]
    assert "기준일 2026. 11. 16.(월) 지어낸 자료" in words
    assert "위기정보 observed_month 연월로 읽을 수 없습니다." in words
    assert "따로 둔 행 3" in words
    assert not [hidden for hidden in ("4711", "secret-file") if hidden in page]


def test_drift_of_the_newest_round_is_told_in_words(analyst: Analyst) -> None:
    words = words_of(analyst.page("/drift"))
    while "견주고 있습니다" in words:
        words = words_of(analyst.page("/drift"))
    assert f"{WEEK.label} 회차의 자료를 적용 중인 모형(standard-1)을 만들 때의 자료와 견주었습니다" in words
    assert "점수의 분포 1" in words


def test_without_features_or_a_model_the_page_says_what_is_missing(analyst: Analyst) -> None:
    made_from = analyst.settings.matrices / WEEK.label / "made_from"
    made_from.write_text("another delivery", encoding="ascii")
    assert "이번 회차의 특성이 아직 없거나" in analyst.page("/drift")
    for path in analyst.settings.models.glob("promotions.*"):
        path.unlink()
    assert "적용 중인 모형이 없어" in analyst.page("/drift")


def test_what_takes_long_is_computed_once_and_remembered() -> None:
    counted: list[int] = []
    background: Background[int] = Background()

    def compute() -> int:
        counted.append(1)
        return 7

    assert [background.find("key", compute, seconds=5) for _ in range(3)] == [7, 7, 7]
    assert counted == [1]


def test_what_failed_is_tried_again() -> None:
    background: Background[int] = Background()
    with pytest.raises(ZeroDivisionError):
        background.find("key", lambda: 1 // 0, seconds=5)
    assert background.find("key", lambda: 1, seconds=5) == 1


# --- what no page holds -----------------------------------------------------------------------------------------------


def test_no_page_for_analysts_names_a_household(analyst: Analyst) -> None:
    text = "".join(analyst.page(path) for path in PAGES)
    listed = [canary for house in analyst.made.houses for canary in house.canaries]
    pseudonyms = pl.read_parquet(town().matrices / WEEK.label / "*.parquet")["household_id"].to_list()
    assert not [one for one in (*listed, *pseudonyms) if one in text]
    ref = analyst.made.houses[0].ref
    for path in ("/list", "/hub", f"/households/{ref}", "/tasks"):
        assert analyst.client.get(path).status_code in (403, 404)


def test_the_service_starts_without_what_trains_models() -> None:
    """LightGBM brings pandas and scikit-learn along by itself; nothing of ours asks for them on a request's path."""
    told = "import sys, serving.app; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, cwd=PROJECT, check=True)
    modules = set(loaded.stdout.split())
    assert not modules & {"mlflow", "shap", "optuna", "sagak", "fairlearn"}


def test_the_pages_stand_in_a_browser_and_nothing_keeps_anybody_out(analyst: Analyst) -> None:
    with running(analyst.service) as address, chromium_page() as page:
        sign_in(page, address, "analyst")
        seen = watch(page)
        for path in PAGES:
            page.goto(f"{address}/analysis{path}")
            for summary in page.query_selector_all("details.more > summary"):
                summary.click()
            assert_accessible(page)
            assert_fits(page)
            assert policy_violations(page) == []
        assert seen.errors == []
        assert seen.hosts() == {address.removeprefix("http://")}
        page.goto(f"{address}/analysis/bundles/standard-2")
        page.fill("main textarea", WHY)
        page.click("main button:has-text('제안')")
        page.wait_for_url("**/analysis?done=proposed")
        assert_accessible(page)
