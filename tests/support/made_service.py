"""A service on a made-up database, and people who sign in to it by the front door.

service = made_service(database, clock=Clock(NOW))
client = client_of(service)
signed_in(client, "dong-4128151000")          # the password of `tests.support.made_store`
client.post("/list/…", data={"csrf": csrf_of(client), …})
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.people import ALL, Signature
from domain.policy import Policy
from outreach.accounts import issue_token
from serving.app import create_app
from serving.service import Places, Rules, Service
from store.database import Database
from store.recorder import Recorder
from tests.support.made_store import NOW, PASSWORD

HOST = "testserver"
RULES = Rules(contact="복지정책과 02-000-0000", overseer="복지정책과장", hosts=(HOST, "localhost", "127.0.0.1"))
CONSOLE = "console"


@dataclass
class Clock:
    """A clock that stands until it is set forward."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


def made_service(
    database: Database,
    *,
    now: Callable[[], datetime] | None = None,
    rules: Rules = RULES,
    home: Path = Path("nowhere"),
    policy: Policy | None = None,
) -> Service:
    """A service whose recorder runs for as long as the process; its clock stands at ``made_store.NOW``.

    It waits longer for the disk than the real one: what is answered is checked here, and not on how busy a machine.
    """
    recorder = Recorder(database, patience=60.0)
    recorder.__enter__()
    folders = (home / name for name in ("models", "core", "matrices", "scores", "lists", "exports"))
    return Service(
        database, recorder, now or Clock(), policy or Policy(), rules, Places(home, *folders), secret=bytes(32)
    )


def client_of(service: Service, app: FastAPI | None = None) -> TestClient:
    """A browser that has not signed in; it follows no redirect, and says of itself what browsers say."""
    return TestClient(
        app or create_app(service),
        base_url=f"http://{HOST}",
        follow_redirects=False,
        headers={"origin": f"http://{HOST}"},
    )


def signed_in(client: TestClient, login: str, password: str = PASSWORD) -> TestClient:
    """The same browser, in a session of that person."""
    answer = client.post("/login", data={"login": login, "password": password})
    assert answer.status_code == 303, f"{login} cannot sign in"
    return client


def csrf_of(client: TestClient) -> str:
    """The token that every form of this session carries."""
    found: str = client.get("/session").json()["csrf"]
    return found


def csrf_in(page: str) -> str:
    """The token in a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def bearer(service: Service, login: str) -> dict[str, str]:
    """Headers of a machine with this person's rights."""
    at = service.now()
    by = Signature(0, CONSOLE, ALL, at, CONSOLE)
    with service.database.writing(ALL) as connection:
        token = issue_token(
            connection, login=login, expires_at=at + timedelta(days=30), reason="made up for tests", by=by
        )
    return {"authorization": f"Bearer {token}"}
