"""What a running service holds: one object that routes and pages share, made once at the front door."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from domain.policy import Policy
from store.database import Database
from store.recorder import Recorder


@dataclass(frozen=True)
class SignOn:
    """The agency's own sign-on by OpenID Connect; ``base_url`` is where this service is reached from outside."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    base_url: str


@dataclass(frozen=True)
class Rules:
    """How long people stay signed in and who answers for the system: settings of the site, not of the program."""

    idle: timedelta = timedelta(minutes=20)  # a site may set 10 to 30
    absolute: timedelta = timedelta(hours=9)
    failures_until_locked: int = 5
    locked_for: timedelta = timedelta(minutes=30)
    contact: str = ""  # whom staff call: department and phone
    overseer: str = ""  # who answers for the model: 인공지능기본법 시행령 제27조
    is_secure: bool = False  # served by https: cookies are then sent over nothing else
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1")  # names under which the service may be called
    largest_body: int = 1 << 20  # bytes of one request
    sign_on: SignOn | None = None


@dataclass(frozen=True)
class Places:
    """Folders that analysts' and auditors' pages read; the service writes into none of them but exports."""

    home: Path
    models: Path
    core: Path
    matrices: Path
    scores: Path
    lists: Path
    exports: Path
    checkpoints: Path | None = None  # of the trail; they lie where the site put them

    @property
    def recorded(self) -> Path:
        """What the service knew when each round was made: it stands beside the deliveries."""
        return self.core.parent / "recorded"


@dataclass(frozen=True)
class Service:
    """The database, the recorder of looks (running), the clock, the rules and the places.

    From ``secret`` (32 bytes) keys are made for what must not be told or guessed: see `key_for`.
    """

    database: Database
    recorder: Recorder
    now: Callable[[], datetime]
    policy: Policy
    rules: Rules
    places: Places
    secret: bytes = field(repr=False)
    trail_failure: Callable[[], str] = str  # what keeps the trail from being sealed; empty where nothing does

    def key_for(self, purpose: str) -> bytes:
        """A key of its own for each purpose, so that none says anything of another."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")
