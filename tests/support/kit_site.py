"""The proof pages of the kit, and a tiny service around them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader

from domain.calendar import SEOUL
from domain.casework import Method, Status
from domain.listing import Band, Slot
from serving import wording_ko
from serving.rendering import (
    CONTENT_SECURITY_POLICY,
    STATIC,
    Choice,
    Column,
    Flash,
    Frame,
    NavItem,
    Person,
    Sorting,
    environment,
    render,
)

TEMPLATES = environment(
    ChoiceLoader([FileSystemLoader(Path(__file__).parents[1] / "web" / "kit"), PackageLoader("serving")])
)
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


@contextmanager
def running_site() -> Iterator[Site]:
    """The site, answering on a port of its own."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(site))
    Thread(target=server.serve_forever, daemon=True).start()
    site.origin = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()
