"""A dong worker's desk: a made-up service, and a browser that is signed in, without one."""

import re
from datetime import timedelta

from domain.people import ALL
from store.trail_search import lines
from tests.support.made_service import Clock, client_of, csrf_of, made_service, signed_in
from tests.support.made_store import NOW, Made

DONG, OTHER = "4128151000", "4128152000"
WORKER, HUB = f"dong-{DONG}", "hub-41281"


class Office:
    """A worker at the desk: a made-up service and a browser that is signed in."""

    def __init__(self, made: Made, login: str = WORKER) -> None:
        self.made = made
        self.clock = Clock()
        self.service = made_service(made.database, now=self.clock)
        self.client = signed_in(client_of(self.service), login)
        self.csrf = csrf_of(self.client)

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return answer.text

    def post(self, path: str, **typed):
        return self.client.post(path, data={"csrf": self.csrf, **typed})

    def saved(self, path: str, **typed) -> str:
        """The page that a saved form leads to."""
        answer = self.post(path, **typed)
        assert answer.status_code == 303, re.findall(r'form-hint-invalid[^>]*>([^<]*)|alert-text">([^<]*)', answer.text)
        return self.get(answer.headers["location"])

    def contact(self, ref: str, seen: int = 0, **typed) -> str:
        return self.saved(f"/households/{ref}/contacts", seen=seen, method="phone", **typed)

    def told(self, act: str):
        with self.made.database.reading(ALL) as connection:
            found = lines(connection, since=NOW - timedelta(days=1), until=NOW + timedelta(days=30), act=act)
        return [one.line for one in found]


def rows_of(page: str) -> list[str]:
    return re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL)


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
