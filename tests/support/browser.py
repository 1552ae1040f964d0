"""A real browser for tests: Debian's Chromium, driven by playwright, and never a look outside this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CHROMIUM = Path("/usr/bin/chromium")
# Nothing is fetched in the background; the sandbox needs rights that a container has not.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# KWCAG 2.2 follows WCAG 2.1/2.2 level AA; best practices besides.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LAPTOP = {"width": 1366, "height": 768}
LAPTOP_AT_125_PERCENT = {"width": 1092, "height": 614}
_TELL_VIOLATIONS = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) => window.policyViolations.push(event.violatedDirective));
"""


@dataclass
class Watch:
    """What a page did that nobody sees: requests, errors on its console."""

    requested: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        return {urlsplit(address).netloc for address in self.requested if not address.startswith(("data:", "blob:"))}


@contextmanager
def chromium():
    """The browser, started once for many pages; the test is skipped, and says so, where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not there: how pages look and behave in a browser is NOT checked")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def chromium_page(browser=None, *, viewport=LAPTOP, java_script=True, **context_options) -> Iterator:
    """A page as on a laptop of 1366 by 768 in Seoul; ``context_options`` go to playwright's ``new_context``."""
    if browser is None:
        with (
            chromium() as own,
            chromium_page(own, viewport=viewport, java_script=java_script, **context_options) as page,
        ):
            yield page
        return
    context = browser.new_context(
        viewport=viewport,
        locale="ko-KR",
        timezone_id="Asia/Seoul",
        java_script_enabled=java_script,
        reduced_motion="reduce",
        **context_options,
    )
    context.add_init_script(_TELL_VIOLATIONS)
    context.set_default_timeout(20_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def watch(page) -> Watch:
    """Notes requests and console errors from now on."""
    seen = Watch()
    page.on("request", lambda request: seen.requested.append(request.url))
    page.on("console", lambda message: message.type == "error" and seen.errors.append(message.text))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    return seen


def policy_violations(page) -> list[str]:
    """Directives of the content security policy that this page broke since it was opened."""
    return page.evaluate("window.policyViolations")


def assert_accessible(page) -> None:
    """axe-core finds nothing on the page as it stands now, with the dialogs that are open."""
    from axe_playwright_python.sync_playwright import Axe

    # Told of what is wrong only: telling of all that is right takes longer than looking.
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    told = [f"{item['id']}: {item['help']} at {[node['target'] for node in item['nodes'][:4]]}" for item in found]
    assert not told, "\n".join(told)


def assert_fits(page) -> None:
    """Nothing needs sideways scrolling."""
    width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= room, f"{width} pixels wide on {room}"


def focus_stops(page, *, most: int = 200) -> list[str]:
    """What the Tab key reaches from the top of the page, in order, each as tag and text or name."""
    told = """() => {
      const it = document.activeElement;
      if (!it || it === document.body) return null;
      return `${it.tagName.toLowerCase()} ${(it.getAttribute("aria-label") || it.name || it.textContent || "").trim()}`;
    }"""
    # A page may have gone to a message of its own accord.
    page.evaluate("const top = document.body; top.tabIndex = -1; top.focus(); top.removeAttribute('tabindex')")
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(told)
        if stop is None:
            break
        stops.append(stop)
    return stops
