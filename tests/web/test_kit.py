"""The kit every page is made of, in a real browser: looks, keys, the session's end, paper, and what it may not do."""

from collections.abc import Iterator
from io import BytesIO

import pytest

from serving import wording_web_ko
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
from tests.support.kit_site import Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


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
        page.focus("#f-q")
        page.keyboard.type("npc")
        assert page.input_value("#f-q") == "npc"
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


def test_without_a_script_everything_is_read_and_sent(browser, site: Site) -> None:
    with chromium_page(browser, java_script=False) as page:
        page.goto(site.origin + "/")
        assert page.locator("[data-select-all]").is_hidden()
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
