"""What a worker's machine or browser asks for: seven lists, two households and one contact in ten requests."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Protocol
from urllib.parse import urlencode

from benchmarks.load_site import WEEKS, Worker

LIST, HOUSEHOLD, CONTACT, FIRST = "list", "household", "contact", "first"
_LISTS, _HOUSEHOLDS = 0.7, 0.2  # the rest are contacts
_ROUND = WEEKS[-1].label
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class Asker(Protocol):
    """Asks one thing after the other, and looks at each answer."""

    def ask(self) -> tuple[str, bytes]:
        """The kind of the next request, and the request."""

    def take(self, status: int, body: bytes) -> bool:
        """Whether the answer to it is the one that was meant."""


class _Asking(ABC):
    """The mix, the same for both: which household is drawn by chance; what was seen of it is named when acting."""

    def __init__(self, headers: Mapping[str, str], seed: int, begun_at: datetime) -> None:
        self._headers = {"host": "localhost", **headers}
        self._rng = Random(seed)
        self._begun_at = begun_at
        self._seen: dict[str, int] = {}
        self._kind, self._ref, self._acts = FIRST, "", 0

    def ask(self) -> tuple[str, bytes]:
        self._kind = self._next_kind()
        if self._kind in (HOUSEHOLD, CONTACT):
            self._ref = self._rng.choice(list(self._seen))
        request: Callable[[], bytes] = {HOUSEHOLD: self._household, CONTACT: self._contact}.get(self._kind, self._list)
        return self._kind, request()

    def take(self, status: int, body: bytes) -> bool:
        if self._kind == FIRST:
            self._seen = self._versions(body)
        elif self._kind == CONTACT:
            self._seen[self._ref] += 1
        return status == self._expected() and bool(self._seen)

    def _next_kind(self) -> str:
        if not self._seen:
            return FIRST
        drawn = self._rng.random()
        return LIST if drawn < _LISTS else HOUSEHOLD if drawn < _LISTS + _HOUSEHOLDS else CONTACT

    def _request(self, method: str, path: str, body: bytes = b"", **more: str) -> bytes:
        headers = self._headers | more | ({"content-length": str(len(body))} if body else {})
        lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {of}" for name, of in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    @abstractmethod
    def _list(self) -> bytes:
        """The request for the worker's list."""

    @abstractmethod
    def _household(self) -> bytes:
        """The request for one household."""

    @abstractmethod
    def _contact(self) -> bytes:
        """The request that records a contact."""

    @abstractmethod
    def _versions(self, body: bytes) -> dict[str, int]:
        """The version of each case on the list, by ref."""

    @abstractmethod
    def _expected(self) -> int:
        """The status of a good answer."""


class Machine(_Asking):
    """Through the JSON API, by token."""

    def __init__(self, worker: Worker, seed: int, begun_at: datetime) -> None:
        super().__init__({"authorization": f"Bearer {worker.token}"}, seed, begun_at)
        self._dong = worker.dong_code
        self._name = f"{begun_at:%H%M%S}-{seed}"

    def _list(self) -> bytes:
        return self._request("GET", f"/api/v1/rounds/{_ROUND}/dongs/{self._dong}/list")

    def _household(self) -> bytes:
        return self._request("GET", f"/api/v1/households/{self._ref}")

    def _contact(self) -> bytes:
        self._acts += 1
        sent = {"version": self._seen[self._ref], "method": "phone", "attempt": "no_answer",
                "made_at": self._begun_at.isoformat()}  # fmt: skip
        key = f"{self._name}-{self._acts}-contact"
        path = f"/api/v1/households/{self._ref}/contacts"
        return self._request("POST", path, json.dumps(sent).encode(), content_type=_JSON, idempotency_key=key)

    def _versions(self, body: bytes) -> dict[str, int]:
        return {entry["ref"]: entry["case"]["version"] for entry in json.loads(body)["entries"]}

    def _expected(self) -> int:
        return 201 if self._kind == CONTACT else 200


class Browser(_Asking):
    """Through the pages, by cookie; of each page the HTML alone is fetched, as browsers keep the rest."""

    def __init__(self, worker: Worker, seed: int, begun_at: datetime) -> None:
        super().__init__({"cookie": f"sagak={worker.cookie}", "origin": "http://localhost"}, seed, begun_at)
        self._csrf = ""

    def _list(self) -> bytes:
        return self._request("GET", "/list")

    def _household(self) -> bytes:
        return self._request("GET", f"/households/{self._ref}")

    def _contact(self) -> bytes:
        typed = {"csrf": self._csrf, "seen": self._seen[self._ref], "method": "phone", "attempt": "no_answer"}
        path = f"/households/{self._ref}/contacts"
        return self._request("POST", path, urlencode(typed).encode(), content_type=_FORM)

    def _versions(self, body: bytes) -> dict[str, int]:
        page = body.decode()
        self._csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
        return {ref: int(seen) for ref, seen in re.findall(r'name="chosen" value="([\w-]{22}):(\d+)"', page)}

    def _expected(self) -> int:
        return 303 if self._kind == CONTACT else 200


def begun(now: datetime) -> datetime:
    """When contacts are said to have been made: a little before, whatever the clocks say."""
    return (now - timedelta(minutes=1)).replace(microsecond=0)
