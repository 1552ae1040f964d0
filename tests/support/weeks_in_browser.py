"""A whole office for a week: the made-up town with two rounds published, people of every role, a server and a browser.

    with an_office(tmp_path) as office, office.desk("minji.kim") as desk:
        desk.sign_in()                      # the clock stands at Monday, nine o'clock, of the newest round
        desk.press("배정")
        desk.looks("주교동 방문·연락 명단")   # the page that is open is complete, accessible and keeps to itself
        office.clock.forward(days=1)

Each page a story visits is looked at: heading and title, axe, console, content security policy, hosts, width.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PIL import Image
from pypdf import PdfReader

import sagak.serving
import sagak.weekly
from domain.calendar import SEOUL
from domain.casework import Attempt, Method
from domain.outcome import Outcome
from domain.people import ALL, EVERYWHERE, Role, Scope, Signature
from domain.published import ListedEntry
from outreach import casework
from outreach.accounts import add_user, grant_right
from outreach.passwords import ChosenPassword
from sagak.serving import running_service
from sagak.settings import Settings
from sagak.site import Site
from sagak.stores import store_of
from sagak.weekly import run_round
from serving.service import Service
from sources.core import find_core
from store.accounts import change_account, find_account
from store.cases import find_case
from store.database import Database
from store.lists import list_of
from tests.support.browser import assert_accessible, assert_fits, chromium, chromium_page, policy_violations, watch
from tests.support.made_service import Clock
from tests.support.once import made_once
from tests.support.running import running
from tests.support.weeks import WEEK, copy_of, promote, settings_of, the_town, train_without_log

LAST_WEEK, THIS_WEEK, NEXT_WEEK = WEEK, WEEK.plus_weeks(1), WEEK.plus_weeks(2)
DONG, NEIGHBOUR, DISTRICT = "4128151000", "4128152000", "41281"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SEOUL)
FIRST_PASSWORD = "처음-받은-비밀번호-0916"
PASSWORD = "봄비에-젖은-골목길-27"
# login: name, role, area
STAFF: Mapping[str, tuple[str, Role, str]] = {
    "minji.kim": ("김민지", Role.DONG, DONG),
    "seojun.lee": ("이서준", Role.DONG, DONG),
    "yuna.jo": ("조유나", Role.DONG, NEIGHBOUR),
    "jiwon.park": ("박지원", Role.HUB, DISTRICT),
    "haneul.choi": ("최하늘", Role.ANALYST, EVERYWHERE),
    "daon.jung": ("정다온", Role.AUDITOR, EVERYWHERE),
}
NEW_HERE = "minji.kim"  # has not signed in yet
# What came of a week's list, by rank: some were helped, some needed nothing, one was never at home.
_LAST_WEEK = (
    (1, Attempt.REACHED, Outcome.NEAR_POVERTY),
    (2, Attempt.REACHED, Outcome.EMERGENCY_AID),
    (3, Attempt.NO_ANSWER, None),
    (4, Attempt.REACHED, Outcome.VISITED_CLOSED),
    (5, Attempt.REACHED, Outcome.CASE_MANAGEMENT),
    (7, Attempt.REACHED, Outcome.VISITED_CLOSED),
)
Contacts = Sequence[tuple[int, Attempt, Outcome | None]]
# So small a town gives a model too few outcomes to be proposed by the real limits.
_POLICY = """[gates]
min_judged = 20
min_lift_over_indicator_count = 0.0
max_calibration_error = 0.5
"""
_SITE = {"SAGAK_CONTACT": "복지정책과 복지사각지대팀 02-000-0000", "SAGAK_OVERSEER": "복지정책과장"}


@dataclass
class Office:
    """A service that runs, the clock that it goes by, and a browser to open desks in."""

    settings: Settings
    service: Service
    clock: Clock
    address: str
    browser: Any = field(repr=False)

    @property
    def database(self) -> Database:
        return self.service.database

    @contextmanager
    def desk(self, login: str, **how: Any) -> Iterator["Desk"]:
        """Somebody's browser; ``how`` goes to `tests.support.browser.chromium_page`."""
        with chromium_page(self.browser, accept_downloads=True, **how) as page:
            yield Desk(self, login, page)

    def listed(self, label: str = THIS_WEEK.label, dong_code: str = DONG) -> tuple[ListedEntry, ...]:
        with self.database.reading(ALL) as connection:
            return list_of(connection, ALL, label, dong_code)

    def version(self, ref: str) -> int:
        with self.database.reading(ALL) as connection:
            found = find_case(connection, ALL, ref)
        assert found is not None
        return found.version

    def signature(self, login: str) -> Signature:
        return _signature(self.database, login, self.clock())

    def publish(self, at: datetime) -> None:
        """The weekly run of the next round, as the pipeline does it beside a service that answers."""
        _publish(self.settings, at)

    def who(self) -> set[str]:
        """Names, phones and addresses of everybody on this week's lists."""
        people = [one.person for code in (DONG, NEIGHBOUR) for one in self.listed(dong_code=code)]
        return {word for one in people for word in (one.name, one.phone, one.address) if word}


@contextmanager
def an_office(home: Path) -> Iterator[Office]:
    """The office on the Monday of the newest round, at nine; skipped, and says so, where there is no browser."""
    clock = Clock(MONDAY)
    with ExitStack() as held:
        browser = held.enter_context(chromium())
        shutil.copytree(made_once("office", _make_home_of_the_office), home)
        settings = settings_of(home)
        with patch.object(sagak.serving, "now", clock):
            service = held.enter_context(running_service(settings, Site.from_environment(_SITE)))
        yield Office(settings, service, clock, held.enter_context(running(service)), browser)


def _make_home_of_the_office(home: Path) -> None:
    """Last week's list is worked on and this week's published."""
    copy_of(the_town(), home, listed=False)
    _learn_as_judged_by_default(home)
    (home / "policy.toml").write_text(_POLICY, encoding="utf-8")
    settings = settings_of(home)
    _publish(settings, MONDAY - timedelta(days=7, hours=2), LAST_WEEK)
    with store_of(settings) as database:
        _hire(database, MONDAY - timedelta(days=6))
        for login in ("seojun.lee", "yuna.jo"):
            work_through(database, login, LAST_WEEK.label, _LAST_WEEK, since=MONDAY - timedelta(days=5))
    _publish(settings, MONDAY - timedelta(hours=2), THIS_WEEK)


def _learn_as_judged_by_default(home: Path) -> None:
    """What pages say of a model is what all test rounds say, and not what is enough for other tests."""
    (home / "policy.toml").unlink()
    settings = settings_of(home)
    shutil.rmtree(settings.models)
    train_without_log(settings, find_core(settings.core, LAST_WEEK.as_of))
    promote(settings.models, "standard-1")


def _publish(settings: Settings, at: datetime, week: Any = NEXT_WEEK) -> None:
    with patch.object(sagak.weekly, "now", lambda: at):
        run_round(settings, week)


def _hire(database: Database, at: datetime) -> None:
    by = Signature(0, "console", ALL, at, "-")
    with database.writing(ALL) as connection:
        for login, (name, role, area) in STAFF.items():
            password = FIRST_PASSWORD if login == NEW_HERE else PASSWORD
            chosen = ChosenPassword.of(password, login=login, name=name)
            number = add_user(connection, login=login, name=name, password=chosen, by=by)
            change_account(connection, number, must_change_password=login == NEW_HERE)
            grant_right(connection, login=login, role=role, area=area, reason="맡은 업무에 필요함", by=by)


def _signature(database: Database, login: str, at: datetime) -> Signature:
    _, role, area = STAFF[login]
    with database.reading(ALL) as connection:
        account = find_account(connection, login)
    assert account is not None
    scope = ALL if role in (Role.ANALYST, Role.AUDITOR) else Scope((area,))
    return Signature(account.user_id, login, scope, at, "127.0.0.1")


def work_through(database: Database, login: str, label: str, contacts: Contacts, *, since: datetime) -> None:
    """A dong worker records contacts with households by their rank, a few hours apart from ``since`` on."""
    dong_code = STAFF[login][2]
    with database.reading(ALL) as connection:
        by_rank = {one.rank: one for one in list_of(connection, ALL, label, dong_code)}
    for hours, (rank, attempt, outcome) in enumerate(contacts):
        by, entry = _signature(database, login, since + timedelta(hours=hours)), by_rank[rank]
        with database.writing(ALL) as connection:
            casework.record_contact(
                connection, by=by, ref=entry.ref, seen=entry.case.version if entry.case else 0, method=Method.PHONE,
                attempt=attempt, outcome=outcome, made_at=by.at,
            )  # fmt: skip


@dataclass
class Desk:
    """Somebody at a browser. ``looks`` checks the page that is open; the other methods are what hands do."""

    office: Office
    login: str
    page: Any = field(repr=False)
    expected_errors: tuple[str, ...] = ()  # parts of what the browser says of a refusal that belongs to the story

    def __post_init__(self) -> None:
        self.seen = watch(self.page)

    def goes_to(self, path: str) -> None:
        self.page.goto(self.office.address + path)

    def sign_in(self, password: str = PASSWORD) -> None:
        self.goes_to("/login")
        self.page.fill("[name=login]", self.login)
        self.page.fill("[name=password]", password)
        self.press("로그인", within="main")

    def press(self, name: str, *, within: str = "body") -> None:
        """The button of that name, and what follows it."""
        self.page.locator(within).get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str, *, within: str = "body") -> None:
        self.page.locator(within).get_by_role("link", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def unfold(self, summary: str) -> Any:
        """What lies below a line that unfolds."""
        line = self.page.locator("details", has=self.page.locator("summary", has_text=summary)).last
        if line.get_attribute("open") is None:
            line.locator("summary").first.click()
        return line

    def text(self) -> str:
        return str(self.page.inner_text("body"))

    def is_told(self, sentence: str) -> None:
        self.page.locator("#flash", has_text=sentence).wait_for()

    def looks(self, heading: str, *, picture: str = "") -> None:
        """The page is the one of that heading, and nothing is wrong with it; kept as a picture where that is asked."""
        page = self.page
        page.wait_for_load_state()
        found = [one.strip() for one in page.locator("h1").all_inner_texts()]
        assert found == [heading], f"{found} stands where {heading} should"
        assert page.title().endswith(" | 사각"), page.title()
        assert page.locator("html").get_attribute("lang") == "ko"
        assert_fits(page)
        if picture:
            keep_picture(page, picture)
        with _all_unfolded(page):
            assert_accessible(page)
        wrong = [said for said in self.seen.errors if not any(one in said for one in self.expected_errors)]
        wrong += policy_violations(page)
        assert not wrong, f"{heading}: {wrong}"
        self.seen.errors.clear()
        others = self.seen.hosts() - {self.office.address.removeprefix("http://")}
        assert not others, f"{heading} asks {others}"


@contextmanager
def _all_unfolded(page: Any) -> Iterator[None]:
    page.evaluate("document.querySelectorAll('details:not([open])').forEach((it) => { it.open = it.isOpened = true; })")
    yield
    page.evaluate("document.querySelectorAll('details').forEach((it) => { if (it.isOpened) it.open = false; })")


def keep_picture(page: Any, name: str, *, part: str = "", height: int = 800) -> None:
    """A picture for the guides where `make pictures` asks for it; of few colours, so that it stays small."""
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    shown = page.viewport_size
    page.set_viewport_size({"width": shown["width"], "height": height})
    taken = page.locator(part).screenshot() if part else page.screenshot()
    page.set_viewport_size(shown)
    colours = Image.open(BytesIO(taken)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    colours.save(Path(folder) / f"{name}.png", optimize=True)


def pages_of(printed: bytes) -> Sequence[tuple[str, tuple[int, int]]]:
    """Each page of a PDF: its letters without spaces, and its width and height in points."""
    return [
        (re.sub(r"\s", "", page.extract_text()), (round(page.mediabox.width), round(page.mediabox.height)))
        for page in PdfReader(BytesIO(printed)).pages
    ]
