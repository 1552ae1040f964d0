"""The whole API against its own description: whatever is sent, as whoever, no answer breaks it or tells of others."""

import secrets
from collections import Counter
from dataclasses import dataclass, field

import hypothesis.strategies
import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from features.catalogue import STANDARD
from scoring.bundle import load_bundle
from scoring.single import SingleScorer
from serving.app import create_app
from serving.scorer_in_use import ScorerInUse
from store.database import Database
from tests.support.made_service import bearer, made_service
from tests.support.made_store import Made, fill
from tests.support.weeks import small_bundle

# Role, and the area whose households it may meet.
ROLES = {"dong-4128151000": "4128151000", "hub-41281": "41281", "analyst": "none", "auditor": ""}
_MEANT = "/(contacts|notes|assignment|scores|scores/records)$"
_MAY_BE_REFUSED = {"positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422"]}}


@pytest.fixture(autouse=True)
def model_in_use(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = SingleScorer(load_bundle(small_bundle(tmp_path_factory.mktemp("models")), STANDARD), STANDARD)
    monkeypatch.setattr(ScorerInUse, "__call__", lambda _: scorer)


_PATTERNS: dict = {}


@pytest.fixture(autouse=True)
def patterns_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note's pattern rules out some hundred thousand signs: seconds, if it is read anew for every body."""
    read = hypothesis.strategies.from_regex

    def from_regex(pattern, **how):
        key = (pattern, repr(how))
        if key not in _PATTERNS:
            _PATTERNS[key] = read(pattern, **how)
        return _PATTERNS[key]

    monkeypatch.setattr(hypothesis.strategies, "from_regex", from_regex)


@dataclass
class Round:
    """What one round of fuzzing sent and found."""

    statuses: Counter = field(default_factory=Counter)
    stateful: int = 0
    broken: set[str] = field(default_factory=set)
    told: list[bytes] = field(default_factory=list)

    def take(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.NonFatalError):
            self.broken.add(f"{event.label}: {type(event.value).__name__}: {str(event.value)[:300]}")
        if not isinstance(event, events.ScenarioFinished):
            return
        answers = [sent.response for sent in event.recorder.interactions.values() if sent.response is not None]
        self.statuses.update(answer.status_code for answer in answers)
        self.told += {answer.content for answer in answers}
        self.stateful += len(answers) if event.phase.value == "stateful" else 0
        for checks in event.recorder.checks.values():
            for check in checks:
                if check.failure_info is not None:
                    failed = check.failure_info
                    self.broken.add(f"{event.recorder.label}: {failed.failure.title}: {failed.code_sample[:600]}")


def fuzzed(database: Database, login: str, *, examples: int, seed: int, coverage: bool) -> tuple[Round, Made]:
    made = fill(database)
    service = made_service(database)
    token = bearer(service, login)["authorization"].removeprefix("Bearer ")
    config = schemathesis.Config.from_dict(
        {
            "seed": seed,
            "base-url": "http://localhost",
            # What is answered is checked, and not on how busy a machine.
            "request-timeout": 120,
            "suppress-health-check": ["too_slow"],
            "auth": {"openapi": {"bearer": {"bearer": token}}},
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {"coverage": {"enabled": coverage}, "stateful": {"max-steps": 8}},
            # What no schema can say: an outcome against the attempt, a case in other hands, a report that comes twice.
            "operations": [{"include-path-regex": _MEANT, "checks": _MAY_BE_REFUSED}],
        }
    )
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(service), config=config)
    found = Round()
    for event in from_schema(schema).execute():
        found.take(event)
    return found, made


def check(found: Round, made: Made, login: str) -> None:
    if found.broken:
        pytest.fail("\n".join(sorted(found.broken)), pytrace=False)
    assert not [status for status in found.statuses if status >= 500]
    everything = b"".join(found.told).decode(errors="replace")
    assert not [house.number for house in made.houses if any(word in everything for word in house.who)]
    outside = [house for house in made.houses if not house.dong_code.startswith(ROLES[login])]
    assert not [house.number for house in outside if house.mark in everything]


# Whoever acts on cases does so on both databases; analysts and auditors, who ask little of either, in the long rounds.
_SHORT = [*(("sqlite", login) for login in ROLES), *(("postgresql", login) for login in list(ROLES)[:2])]


@pytest.mark.parametrize(("any_database", "login"), _SHORT, indirect=["any_database"])
def test_a_short_round_breaks_nothing(any_database: Database, login: str) -> None:
    found, made = fuzzed(any_database, login, examples=3, seed=1, coverage=False)
    check(found, made, login)
    assert sum(found.statuses.values()) > 30


@pytest.mark.soak
@pytest.mark.parametrize("login", ROLES)
def test_thousands_of_calls_break_nothing(any_database: Database, login: str) -> None:
    seed = secrets.randbelow(2**32)
    found, made = fuzzed(any_database, login, examples=150, seed=seed, coverage=True)
    print(f"seed {seed}, {found.stateful} stateful calls, {dict(found.statuses)}")
    check(found, made, login)
    assert found.stateful > 625  # eight of these rounds: five thousand
    # A hub acts on cases it has taken, and takes them on a page.
    assert found.statuses[201] or login != "dong-4128151000"
