"""The kit every page is made of, in a real browser: looks, keys, the session's end, paper, and what it may not do."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, UndefinedError

from domain.calendar import SEOUL
from domain.casework import Method, Status
from domain.errors import UsageError
from domain.listing import Band, Slot
from serving import wording_ko, wording_web_ko
from serving.rendering import (
    CONTENT_SECURITY_POLICY,
    STATIC,
    Choice,
    Column,
    Flash,
    Frame,
    NavItem,
    Pages,
    Person,
    Sorting,
    environment,
    korean_datetime,
    masked_phone,
    render,
    url,
    won,
)
from serving.typed import typed_date
from tests.support.browser import (
    LAPTOP,
    LAPTOP_AT_125_PERCENT,
    assert_accessible,
    assert_fits,
    chromium,
    chromium_page,
    focus_stops,
    policy_violations,
    watch,
)

FRONTEND = Path(__file__).parents[2] / "serving" / "frontend"
TEMPLATES = environment(ChoiceLoader([FileSystemLoader(Path(__file__).parent / "kit"), PackageLoader("serving")]))
NAMES = ("김철수", "남궁민", "이영희", "박서준", "최유리", "Nguyen", "정하늘", "한지민")
ROWS = [
    SimpleNamespace(
        ref=f"r{at}", name=NAMES[at % 8], band=list(Band)[at % 4], slot=list(Slot)[at % 6], status=list(Status)[at % 6],
        phone=f"0101234{5678 + at}", done=at % 4,
    )
    for at in range(12)
]  # fmt: skip
COLUMNS = [
    Column("선택", kind="select"),
    Column("순위", sort="rank", kind="number"),
    Column("가구", sort="name"),
    Column("우선순위", sort="band"),
    Column("까닭", kind="wide"),
    Column("배정"),
    Column("상태", sort="status"),
    Column("연락처"),
    Column("시도", sort="attempts"),
]
FRAME = Frame(
    title="이번 주 방문·연락 명단",
    contact="복지정책과 복지사각지대팀 02-120-0000",
    overseer="복지국장 홍길동",
    person=Person(key="u7", name="박담당", role="동 담당자", place="행복1동"),
    nav=(NavItem("이번 주 명단", "/", is_current=True), NavItem("내 일", "/tasks"), NavItem("우리 동", "/area")),
    csrf="token-1",
    idle_seconds=1200,
    flash=Flash("3가구를 배정했습니다."),
)
METHODS = {Method.PHONE: "전화", Method.VISIT: "방문", Method.OFFICE: "내방", Method.MESSAGE: "문자"}


def framed(**changes) -> Frame:
    return Frame(**{**FRAME.__dict__, **changes})


def proof(frame: Frame = FRAME, **errors: str) -> str:
    return TEMPLATES.get_template("proof.html.j2").render(
        frame=frame,
        as_of=date(2026, 11, 16),
        printed_at=datetime(2026, 11, 16, 8, 10, tzinfo=SEOUL),
        rows=ROWS,
        errors=errors,
        columns=COLUMNS,
        sorting=Sorting("/", "rank", query={"band": "high"}),
        pages=Pages("/", 4, 12),
        bands=[Choice(band, word) for band, word in wording_ko.BANDS.items()],
        methods=[Choice(method, word) for method, word in METHODS.items()],
    )


def sheet(rows: int) -> str:
    return TEMPLATES.get_template("sheet.html.j2").render(
        frame=FRAME,
        as_of=date(2026, 11, 16),
        printed_at=datetime(2026, 11, 16, 8, 10, tzinfo=SEOUL),
        back_href="/",
        rows=(ROWS * 6)[:rows],
        columns=[Column(label) for label in ("순위", "가구", "우선순위", "까닭", "결과", "메모")],
    )


class Site:
    """A tiny service around the kit: pages by path, and a session that the test may end or give to somebody else."""

    def __init__(self) -> None:
        self.person: str | None = "u7"
        self.posted: list[tuple[str, str]] = []
        self.origin = ""

    def page(self, path: str) -> str | None:
        signed_out = framed(title="로그인", person=None, nav=(), flash=None)
        words = {"login": "", "problem": "아이디 또는 비밀번호가 다릅니다.", "next": "/", "sso_href": "/oidc"}
        error = {"status": 404, "sentence": "찾으시는 화면이 없습니다.", "advice": "주소를 확인해 주십시오."}
        pages = {
            "/": lambda: proof(),
            "/wrong": lambda: proof(day="연락한 날을 적어 주십시오."),
            "/contrast": lambda: proof(framed(is_high_contrast=True)),
            "/short": lambda: proof(framed(idle_seconds=5, warning_seconds=3)),
            "/print": lambda: sheet(60),
            "/login": lambda: render("login.html.j2", frame=signed_out, **words),
            "/password": lambda: render(
                "password.html.j2", frame=framed(title="비밀번호 변경"), problem="", rule="10자 이상", is_forced=True
            ),
            "/error": lambda: render("error.html.j2", frame=framed(title="찾을 수 없습니다"), **error),
        }
        return pages[path]() if path in pages else None


def handler_of(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path.startswith("/static/"):
                kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
                file = STATIC / path.removeprefix("/static/")
                return self.answer(200, file.read_bytes(), kinds[file.suffix])
            if path == "/session":
                return self.session("token-2")
            page = site.page(path)
            return self.answer(200 if page else 404, (page or "").encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            site.posted.append((self.path, body))
            if self.path == "/session/extend":
                return self.session("token-1")
            if self.path == "/swap":
                return self.answer(200 if site.person else 401, "바뀐 내용".encode(), "text/html; charset=utf-8")
            return self.answer(200, proof().encode(), "text/html; charset=utf-8")

        def session(self, csrf: str) -> None:
            told = {"person": site.person, "csrf": csrf, "seconds_left": 1200}
            self.answer(200 if site.person else 401, json.dumps(told).encode(), "application/json")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(site))
    Thread(target=server.serve_forever, daemon=True).start()
    site.origin = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("path", ["/", "/wrong", "/contrast", "/print", "/login", "/password", "/error"])
def test_a_page_is_accessible_keeps_its_policy_and_asks_no_other_host(browser, site: Site, path: str) -> None:
    with chromium_page(browser) as page:
        seen = watch(page)
        page.goto(site.origin + path)
        page.evaluate("document.fonts.ready")
        assert_accessible(page)
        assert policy_violations(page) == []
        assert seen.errors == []
        assert seen.hosts() == {site.origin.removeprefix("http://")}


@pytest.mark.parametrize("viewport", [LAPTOP, LAPTOP_AT_125_PERCENT, {"width": 683, "height": 384}])
@pytest.mark.parametrize("path", ["/", "/login", "/print"])
def test_nothing_needs_sideways_scrolling(browser, site: Site, path: str, viewport) -> None:
    with chromium_page(browser, viewport=viewport) as page:
        page.goto(site.origin + path)
        assert_fits(page)


def test_the_tab_key_reaches_everything_beginning_with_the_way_to_the_content(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        stops = focus_stops(page)
        there = page.evaluate(
            "[...document.querySelectorAll(':is(main, .top) :is(a[href], :enabled:not([type=hidden]))')]"
            ".filter((it) => it.type !== 'radio' && it.checkVisibility()).length"
        )
        assert stops[0] == f"a {wording_web_ko.SKIP}"
        wanted = {"button 로그아웃", "a 김○○", "input q", "select band", "input refs", "textarea note", "button 저장"}
        assert wanted - set(stops) == set()
        assert len(stops) >= there


def test_a_form_with_a_mistake_leads_to_it(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/wrong")
        assert page.evaluate("document.activeElement.textContent").startswith(wording_web_ko.FORM_ERRORS)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "f-day"
        assert page.locator("#f-day").get_attribute("aria-describedby") == "f-day-hint f-day-error"


def test_the_focus_is_seen(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/login")
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2


def test_the_warning_opens_before_the_end_and_one_press_puts_it_off_with_what_was_typed(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/short")
        page.fill("#f-note", "다음 주에 다시 오기로 함")
        page.wait_for_selector("#session-warning[open]")
        assert_accessible(page)
        page.click("[data-extend]")
        page.wait_for_selector("#session-warning:not([open])", state="attached")
        assert page.input_value("#f-note") == "다음 주에 다시 오기로 함"
        assert site.posted == [("/session/extend", "csrf=token-1&next=%2F")]
        assert page.locator(".countdown [data-time-left]").inner_text() in ("20:00", "19:59", "19:58")


def test_after_the_end_the_page_is_covered_until_the_same_person_is_back(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/short")
        page.fill("#f-note", "다음 주에 다시 오기로 함")
        page.wait_for_selector("#session-expired[open]")
        assert_accessible(page)
        assert "rgba" not in page.evaluate(
            "getComputedStyle(document.getElementById('session-expired'), '::backdrop').backgroundColor"
        )
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        said = page.locator("#session-expired [data-session-problem]")
        for person, sentence in ((None, wording_web_ko.NOT_YET), ("u8", wording_web_ko.OTHER_PERSON)):
            site.person = person
            page.click("[data-resume]")
            said.get_by_text(sentence).wait_for()
        site.person = "u7"
        page.click("[data-resume]")
        page.wait_for_selector("#session-expired:not([open])", state="attached")
        assert page.input_value("#f-note") == "다음 주에 다시 오기로 함"
        assert set(page.locator("input[name=csrf]").evaluate_all("all => all.map((it) => it.value)")) == {"token-2"}


def test_an_htmx_request_without_a_session_covers_the_page(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        page.click("text=바꾸기")
        page.get_by_text("바뀐 내용").wait_for()
        site.person = None
        page.click("text=바꾸기")
        page.wait_for_selector("#session-expired[open]")
        assert policy_violations(page) == []


def test_an_htmx_error_is_said_on_top_of_the_page_and_leaves_the_rest(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        page.route("**/swap", lambda route: route.fulfill(status=502, body="<html>proxy</html>"))
        page.click("text=바꾸기")
        page.locator("#flash").get_by_text(wording_web_ko.NO_ANSWER).wait_for()
        assert page.locator("#swapped").inner_text() == ""
        page.unroute("**/swap")
        page.route("**/swap", lambda route: route.abort())
        page.locator("#flash").evaluate("it => it.replaceChildren()")
        page.click("text=바꾸기")
        page.locator("#flash").get_by_text(wording_web_ko.NO_ANSWER).wait_for()


def test_choosing_all_rows_counts_them_and_frees_the_button(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        assert page.locator("[data-needs-chosen]").is_disabled()
        page.get_by_label(wording_web_ko.SELECT_ALL).check()
        assert page.locator("[data-chosen]").inner_text() == "12"
        page.get_by_label("김○○").or_(page.locator("input[name=refs]")).first.uncheck()
        assert page.locator("[data-chosen]").inner_text() == "11"
        assert page.locator("[data-select-all]").evaluate("it => it.indeterminate")
        assert page.locator("[data-needs-chosen]").is_enabled()


def test_keys_move_through_the_list_and_can_be_switched_off(browser, site: Site) -> None:
    def focused() -> str:
        return page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.id")

    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("n")
        page.keyboard.press("n")
        assert focused() == "/households/r1"
        page.keyboard.press("p")
        assert focused() == "/households/r0"
        page.keyboard.press("/")
        assert focused() == "f-q"
        page.keyboard.type("n/c")
        assert page.input_value("#f-q") == "n/c"
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("c")
        assert focused().startswith("f-method-")
        page.evaluate("document.activeElement.blur()")
        page.click(".keys summary")
        page.get_by_label(wording_web_ko.SHORTCUTS_USE).uncheck()
        page.keyboard.press("n")
        assert not focused().startswith("/households/")


def test_a_day_is_shown_in_one_way_and_enter_that_ends_a_syllable_sends_nothing(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        for typed, shown in (("20261116", "2026. 11. 16."), ("2026-1-6", "2026. 1. 6."), ("2026111", "2026111")):
            page.fill("#f-day", typed)
            page.locator("#f-day").blur()
            assert page.input_value("#f-day") == shown
        prevented = page.locator("#f-q").evaluate(
            "it => !it.dispatchEvent(new KeyboardEvent('keydown', "
            "{key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
        )
        assert prevented


def test_leaving_a_changed_form_is_asked_about_and_sending_it_is_not(browser, site: Site) -> None:
    asked = []
    with chromium_page(browser) as page:
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.goto(site.origin + "/")
        page.locator("#f-note").press_sequentially("메모")
        page.goto(site.origin + "/login")
        assert asked == ["beforeunload"]
        page.goto(site.origin + "/")
        page.locator("#f-note").press_sequentially("메모")
        page.fill("#f-day", "20261116")
        page.click("text=저장")
        page.wait_for_url("**/contacts")
        assert asked == ["beforeunload"]


def test_a_form_that_is_pressed_twice_is_sent_once(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        page.fill("#f-day", "20261116")
        page.route("**/contacts", lambda route: (site.posted.append(("/contacts", "")), route.fulfill(status=204)))
        page.get_by_role("button", name="저장").dblclick()
        page.wait_for_timeout(300)
        assert [path for path, _ in site.posted] == ["/contacts"]


def test_a_question_opens_as_a_dialog_and_is_closed_by_escape(browser, site: Site) -> None:
    with chromium_page(browser) as page:
        page.goto(site.origin + "/")
        page.click("[data-opens=ask]")
        page.wait_for_selector("#ask[open]")
        assert_accessible(page)
        page.keyboard.press("Escape")
        page.wait_for_selector("#ask:not([open])", state="attached")


def test_without_a_script_everything_is_read_and_sent(browser, site: Site) -> None:
    with chromium_page(browser, java_script=False) as page:
        page.goto(site.origin + "/")
        assert page.locator("[data-select-all]").is_hidden()
        assert page.locator("#ask input[name=reason]").is_visible()
        page.get_by_role("button", name=wording_web_ko.EXTEND_LONG).click()
        assert site.posted == [("/session/extend", "csrf=token-1&next=%2F")]


def test_paper_repeats_the_header_and_who_printed_on_every_page(browser, site: Site) -> None:
    from pypdf import PdfReader

    with chromium_page(browser) as page:
        page.goto(site.origin + "/print")
        printed = page.pdf(prefer_css_page_size=True)
    pages = PdfReader(BytesIO(printed)).pages
    texts = ["".join(page.extract_text().split()) for page in pages]
    assert len(pages) == 4
    assert all("우선순위" in text and "출력자박담당" in text and "2026.11.16.(월)08:10" in text for text in texts)
    assert [f"{at}/4" in text for at, text in enumerate(texts, 1)] == [True] * 4
    assert "인쇄" not in "".join(texts)
    assert all(round(float(page.mediabox.width)) == 842 for page in pages)  # A4 landscape in points


def test_no_template_holds_a_style_or_a_script_of_its_own() -> None:
    for html in (proof(), sheet(3)):
        assert "style=" not in html
        assert "<style" not in html
        assert " onclick" not in html
        assert html.count("<script") == html.count('<script src="/static/')


def test_what_people_typed_is_text_and_a_forgotten_variable_is_an_error() -> None:
    shown = render("error.html.j2", frame=FRAME, status=404, sentence="<b>굵게</b>", advice='"&')
    assert "&lt;b&gt;굵게&lt;/b&gt;" in shown
    with pytest.raises(UndefinedError):
        render("error.html.j2", frame=FRAME, status=404, sentence="없음")


def test_the_band_is_told_by_a_word_and_a_shape_and_not_by_colour_alone() -> None:
    parts = TEMPLATES.get_template("macros/parts.html.j2").module
    drawn = {band: str(parts.band_badge(band)) for band in Band}
    assert [drawn[band].count('class="on"') for band in Band] == [4, 3, 2, 1]
    assert [wording_ko.BANDS[band] in drawn[band] for band in Band] == [True] * 4


def test_links_keep_the_rest_of_the_query() -> None:
    sorting = Sorting("/list", "rank", query={"band": "high"})
    assert sorting.href(Column("순위", sort="rank")) == "/list?band=high&sort=rank&order=desc"
    assert sorting.href(Column("가구", sort="name")) == "/list?band=high&sort=name&order=asc"
    assert [sorting.state(Column("", sort=key)) for key in ("rank", "name")] == ["ascending", "none"]
    assert Pages("/list", 2, 9, {"q": "김"}).href(3) == "/list?q=%EA%B9%80&page=3"
    assert Pages("/list", 5, 12).shown() == [1, None, 3, 4, 5, 6, 7, None, 12]
    assert url("/list", {"band": None, "worker": "", "page": 0}) == "/list?page=0"


def test_values_are_written_as_offices_write_them() -> None:
    assert korean_datetime(datetime(2026, 11, 15, 23, 10, tzinfo=UTC)) == "2026. 11. 16.(월) 08:10"
    assert won(234580) == "234,580원"
    assert [masked_phone(phone) for phone in ("010-1234-5678", "0312345678", "05012345678", "15880000", "")] == [
        "010-****-5678",
        "031-***-5678",
        "0501-***-5678",
        "******00",
        "",
    ]


@pytest.mark.parametrize(
    "typed", ["20261116", "2026-11-16", "2026. 11. 16.", "2026.11.16", "2026/11/16", " 2026. 11. 16.(월) "]
)
def test_a_day_is_read_however_it_is_typed(typed: str) -> None:
    assert typed_date(typed) == date(2026, 11, 16)


@pytest.mark.parametrize("typed", ["2026111", "20261131", "2026-11", "어제", "261116", "2026-11-16 08:10"])
def test_what_is_no_day_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed_date(typed)
    assert typed not in str(refused.value)


def test_nothing_typed_is_no_day() -> None:
    assert typed_date("  ") is None


def test_the_manifest_names_every_built_file_and_no_other() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    there = {path.name for path in STATIC.iterdir()} - {"manifest.json", "NOTICE.txt"}
    assert set(manifest.values()) == there
    assert {"app.css", "app.js", "htmx.js", "favicon.svg"} <= set(manifest)


def test_built_files_name_no_other_host() -> None:
    for path in STATIC.iterdir():
        if path.suffix in (".css", ".js"):
            found = re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8"))
            assert [address for address in found if not address.startswith("http://www.w3.org/")] == []


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    if shutil.which("node") is None or not (FRONTEND / "node_modules").is_dir():
        pytest.skip(
            "node or serving/frontend/node_modules is not there: that static/ is built from its sources is NOT checked"
        )
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=FRONTEND, check=True, capture_output=True, timeout=120)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in STATIC.iterdir()}
    assert [path.name for path in STATIC.iterdir() if path.read_bytes() != (tmp_path / path.name).read_bytes()] == []
