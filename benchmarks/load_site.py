"""The site that the load benchmark drives: made-up lists of sixty in fifty dongs, a worker with a token in each.

python -m benchmarks.load_site HOME 3500     # publishes one more round beside those who work there
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from domain.calendar import Round
from domain.dong import Dong
from domain.listing import Band, Entry, Explanation, Reason, Slot
from domain.people import ALL, Role, Signature
from domain.published import Person
from outreach.accounts import add_user, grant_right, issue_token
from outreach.sessions import Attempt, begin_session
from sagak.settings import Settings, now
from sagak.stores import store_of
from sources.reference import snapshot_dongs
from store.accounts import find_account
from store.database import Database
from store.publications import NO_CHANGES, begin_publication, make_current, mark_staged, raise_fence
from store.staging import DongList, prepare, read_back, refs_of

DONGS, PLACES = 50, 60
WEEKS = (Round(date(2026, 11, 9)), Round(date(2026, 11, 16)))
_NEXT = Round(date(2026, 11, 23))
_DONGS_AT_ONCE, _READ_AT_ONCE = 10, 50  # as `outreach.publication` publishes
_STAY = 40  # of sixty places, those that stay on the list from one week to the next
_WORKERS, _SETTINGS = "workers.json", "settings.json"
_THEMES = ("체납", "건강", "가구", "주거", "이웃")
_WHY = Explanation(
    tuple(Reason(theme, f"건강보험료를 {5 - place}개월째 내지 못했습니다", 1 / (place + 1)) for place, theme in
          enumerate(_THEMES)),
    (Reason("급여", "기초연금을 받고 있습니다", -0.3), Reason("통신", "휴대전화 요금은 밀리지 않았습니다", -0.1)),
    ("가스요금은 아직 들어오지 않아 알 수 없습니다", "이웃의 형편은 알 수 없습니다"),
    date(2026, 10, 1),
)  # fmt: skip
_FACTS = {
    "household": {"tenure": "monthly_rent", "dwelling": "basement", "moved_in_on": "2021-03-02",
                  "is_address_mismatch": False, "has_phone": True},
    "members": [{"relation": "head", "sex": "female", "age_from": 65, "age_to": 69, "disability": "none",
                 "is_pregnant": False}],
    "reports": [{"indicator_no": 7, "observed_month": f"2026-0{month}-01", "known_on": f"2026-0{month + 1}-16",
                 "months_overdue": month, "amount_krw": 70_000 * month} for month in range(1, 9)],
    "benefits": [{"program": "basic_pension", "from": "2025-04-01", "to": None}],
    "listings": [],
}  # fmt: skip


@dataclass(frozen=True)
class Worker:
    """Somebody who asks: for one dong, by a token for the API and a cookie for the pages."""

    dong_code: str
    token: str
    cookie: str


def make_site(home: Path, *, database: str | None = None, workers: int) -> None:
    """Two published rounds of fifty dongs in an empty database, and workers, each of the next dong in turn."""
    chosen = {} if database is None else {"SAGAK_DATABASE": database}
    home.mkdir(parents=True, exist_ok=True)
    (home / _SETTINGS).write_text(json.dumps({"SAGAK_HOME": str(home), **chosen}), encoding="utf-8")
    dongs = _dongs(DONGS)
    with store_of(settings_of(home)) as opened:
        for week in WEEKS:
            publish_made(opened, week, dongs)
        asking = [_worker(opened, number, dongs[number % DONGS]) for number in range(workers)]
    (home / _WORKERS).write_text(json.dumps([asdict(one) for one in asking]), encoding="utf-8")


def environment_of(home: Path) -> dict[str, str]:
    """The variables by which `sagak` finds the site."""
    known: dict[str, str] = json.loads((home / _SETTINGS).read_text(encoding="utf-8"))
    return known


def settings_of(home: Path) -> Settings:
    return Settings.from_environment(environment_of(home))


def workers_of(home: Path) -> list[Worker]:
    return [Worker(**one) for one in json.loads((home / _WORKERS).read_text(encoding="utf-8"))]


def publish_made(database: Database, week: Round, dongs: Sequence[Dong]) -> None:
    """Stages, reads back and makes current, in the transactions of `outreach.publication`; facts are made up."""
    at = now()
    with database.writing(ALL) as connection:
        publication = begin_publication(
            connection, label=week.label, as_of=week.as_of, version="made", origin={"bundle": "standard-1"},
            fence=raise_fence(connection), at=at,
        )  # fmt: skip
    for some in _portions(dongs, _DONGS_AT_ONCE):
        lists = [_list(week, dong) for dong in some]
        with database.reading(ALL) as connection:
            refs = refs_of(connection, [entry.household_id for one in lists for entry in one.entries])
        batch = prepare(publication, lists, refs, at)
        with database.writing(ALL) as connection:
            batch.write(connection)
    for some in _portions(dongs, _READ_AT_ONCE):
        with database.reading(ALL) as connection:
            assert len(read_back(connection, publication, [dong.code for dong in some])) == len(some)
    with database.writing(ALL) as connection:
        mark_staged(connection, publication)
        make_current(connection, publication, NO_CHANGES, at=at)


def _dongs(number: int) -> list[Dong]:
    return list(snapshot_dongs().values())[:number]


def _portions(dongs: Sequence[Dong], size: int) -> Iterator[Sequence[Dong]]:
    return (dongs[start : start + size] for start in range(0, len(dongs), size))


def _list(week: Round, dong: Dong) -> DongList:
    since = (PLACES - _STAY) * (week.as_of - WEEKS[0].as_of).days // 7
    entries = tuple(_entry(week, dong, rank, since + PLACES - rank) for rank in range(1, PLACES + 1))
    facts: Mapping[str, Mapping[str, object]] = {entry.household_id: _FACTS for entry in entries}
    people = {entry.household_id: Person("김가나", f"{dong.full_name} 은달래로 1", "01055501234") for entry in entries}
    return DongList(dong, PLACES, entries, facts, people)


def _entry(week: Round, dong: Dong, rank: int, household: int) -> Entry:
    return Entry(
        round=week.label, dong_code=dong.code, rank=rank, household_id=f"{dong.code}-{household}", slot=Slot.TOP,
        slot_sentence="위험도가 높은 가구입니다", propensity=1.0, raw_score=3 - rank / 20, probability=0.4 - rank / 200,
        band=tuple(Band)[rank % 4], tied_with=0, household_type="single_elder", bundle="standard-1", explanation=_WHY,
    )  # fmt: skip


def _worker(database: Database, number: int, dong: Dong) -> Worker:
    login, at, reason = f"worker-{number}", now(), "made up for measuring"
    by = Signature(0, "benchmark", ALL, at, "-")
    never = timedelta(hours=9)
    attempt = Attempt(at, "-", never, failures_until_locked=5, locked_for=never, secret=bytes(32))
    with database.writing(ALL) as connection:
        add_user(connection, login=login, name=f"담당{number}", password=None, subject=login, by=by)
        grant_right(connection, login=login, role=Role.DONG, area=dong.code, reason=reason, by=by)
        token = issue_token(connection, login=login, expires_at=at + timedelta(days=30), reason=reason, by=by)
        account = find_account(connection, login)
        assert account is not None
        begun = begin_session(connection, account, attempt, way="benchmark")
    return Worker(dong.code, token, begun.token)


def _publish_next(home: Path, dongs: int) -> None:
    with store_of(settings_of(home)) as database:
        publish_made(database, _NEXT, _dongs(dongs))


if __name__ == "__main__":
    _publish_next(Path(sys.argv[1]), int(sys.argv[2]))
