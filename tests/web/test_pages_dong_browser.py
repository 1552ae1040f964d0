"""A dong worker's pages in a real browser: clicks, keys, what was typed, and that everybody can read them."""

from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from serving.app import create_app
from tests.support.browser import assert_accessible, assert_fits, chromium_page, policy_violations, watch
from tests.support.desk import DONG, WORKER, Office
from tests.support.made_store import NEWEST, PASSWORD, made_sqlite


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(made_sqlite(tmp_path))


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
        assert page.evaluate("document.activeElement.id") == "f-reveal-why", "nothing is opened without a reason"
        page.select_option("#f-reveal-why", label="전화 연락")
        page.click("#who button:has-text('열어 보기')")
        page.wait_for_selector(f"text={house.name}")
        assert page.evaluate("document.activeElement.closest('#who') !== null")
        assert page.input_value("#f-contact-note") == "적던 말"
        assert house.ref in page.url
        assert "reveal" not in page.url


def test_keys_walk_along_the_narrowed_list_and_the_page_tells_only_of_keys_that_work(
    office: Office, address: str
) -> None:
    one, two = (house.ref for house in office.made.listed(NEWEST, DONG)[1:3])
    with chromium_page() as page:
        sign_in(page, address)
        page.goto(f"{address}/list?band=high")
        assert keys_told(page) == ["n", "p", "Enter"]
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/households/{one}*")
        assert keys_told(page) == ["n", "c"]
        page.keyboard.press("n")
        page.wait_for_url(f"**/households/{two}*")
        assert keys_told(page) == ["p", "c"]
        page.keyboard.press("p")
        page.wait_for_url(f"**/households/{one}*")
        page.goto(f"{address}/area")
        assert not page.locator(".keys").is_visible()


def test_after_saving_reading_goes_on_at_the_message(office: Office, address: str) -> None:
    with chromium_page() as page:
        sign_in(page, address)
        page.goto(f"{address}/households/{office.made.house(DONG, 0).ref}")
        page.check("#f-contact-attempt-2")
        page.click("#contact button:has-text('저장')")
        page.wait_for_selector("text=연락 결과를 저장했습니다.")
        assert page.evaluate("document.activeElement.id") == "flash"


def keys_told(page) -> list[str]:
    page.wait_for_load_state()
    return page.evaluate("[...document.querySelectorAll('[data-key]:not([hidden])')].map((it) => it.dataset.key)")


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
