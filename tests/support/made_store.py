"""A small made-up service database: two districts, five dongs, two published rounds, and somebody of every role.

    made = fill(database)                        # tables must exist and be empty
    made.in_dong("4128151000")                   # nine households, six of them on the newest list
    made.users["hub-41281"], made.house("4128151000", 1).ref

Nobody in it exists. Each household has a name, an address, a phone number and a mark in its sentences and notes that
no other household has (``canaries``): where one of them shows up, that household was shown. All is the same each
time.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection, insert, select

from domain.calendar import SEOUL
from domain.listing import Slot
from domain.people import ALL, EVERYWHERE, Role
from store import tables
from store.database import Database, open_database
from store.schema import migrate

OLDER, NEWEST = "2026-W46", "2026-W47"
_MONDAYS = {OLDER: date(2026, 11, 9), NEWEST: date(2026, 11, 16)}
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=SEOUL)  # a Wednesday: the newest list is two days old
PASSWORD = "좋은 아침입니다 2026"
DONGS: Mapping[str, tuple[str, str]] = {
    "4128151000": ("고양시덕양구", "주교동"),
    "4128152000": ("고양시덕양구", "원신동"),
    "4128153000": ("고양시덕양구", "흥도동"),
    "4128551000": ("고양시일산동구", "식사동"),
    "4128552600": ("고양시일산동구", "중산동"),
}
DISTRICTS = ("41281", "41285")
PER_DONG = 9  # households 0 to 5 are on the older list; 0 to 2 and 6 to 8 on the newest
LISTED: Mapping[str, tuple[int, ...]] = {OLDER: (3, 0, 4, 1, 5, 2), NEWEST: (0, 6, 1, 7, 2, 8)}
# Rank by rank; 2 was carried over in both, and every slot is there.
_SLOTS = (Slot.CARRIED_OVER, Slot.COHORT, Slot.SAFETY_NET, Slot.REFERRAL, Slot.TOP, Slot.EXPLORATION)
_BANDS = ("very_high", "high", "high", "medium", "medium", "low")
_FAMILY, _GIVEN = "김이박최정강조윤장임", "가나다라마바사아자차카타파하"
# Fast on purpose: the parameters stand in the hash, so any verifier accepts it.
_HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)


@dataclass(frozen=True)
class House:
    """One made-up household and the strings that only it has."""

    number: int
    ref: str
    household_id: str
    dong_code: str
    name: str
    address: str
    phone: str
    mark: str

    @property
    def canaries(self) -> tuple[str, ...]:
        """Nobody outside the household's dong may ever meet one of these."""
        return (self.ref, self.household_id, self.mark, *self.who)

    @property
    def who(self) -> tuple[str, ...]:
        """Name, address and phone as stored and as Koreans write it: opened one by one, with a reason."""
        return self.name, self.address, self.phone, f"{self.phone[:3]}-{self.phone[3:7]}-{self.phone[7:]}"


@dataclass(frozen=True)
class Made:
    """What `fill` put into a database."""

    database: Database
    houses: tuple[House, ...]
    users: Mapping[str, int]  # by login
    publications: Mapping[str, int] = field(default_factory=dict)  # by round

    def in_dong(self, dong_code: str) -> tuple[House, ...]:
        return tuple(house for house in self.houses if house.dong_code == dong_code)

    def house(self, dong_code: str, place: int) -> House:
        """The household in that place (0 to 8) of its dong: see ``LISTED``."""
        return self.in_dong(dong_code)[place]

    def listed(self, label: str, dong_code: str) -> tuple[House, ...]:
        """The dong's list of a round, by rank."""
        return tuple(self.house(dong_code, place) for place in LISTED[label])


# login, name, role, area: the password of each is PASSWORD. Each role has somebody; "dong-…-2" is a second worker.
def _staff() -> list[tuple[str, str, Role, str]]:
    workers = [(f"dong-{code}", f"담당{place}", Role.DONG, code) for place, code in enumerate(DONGS, 1)]
    hubs = [(f"hub-{code}", f"지원단{place}", Role.HUB, code) for place, code in enumerate(DISTRICTS, 1)]
    return [
        *workers,
        ("dong-4128151000-2", "둘째담당", Role.DONG, "4128151000"),
        *hubs,
        ("analyst", "분석담당", Role.ANALYST, EVERYWHERE),
        ("auditor", "감사담당", Role.AUDITOR, EVERYWHERE),
        ("auditor-2", "감사담당둘", Role.AUDITOR, EVERYWHERE),
    ]


# Whose right ended, whose begins next week, who has none, and who left: none of them may see anything.
_OUTSIDE = {
    "ended": (NOW - timedelta(days=90), NOW - timedelta(days=1)),
    "not-yet": (NOW + timedelta(days=7), None),
    "without": None,
    "left": (NOW - timedelta(days=90), None),
}


def fill(database: Database) -> Made:
    """Fills an empty database whose tables exist, and says what is in it."""
    places = enumerate(code for code in DONGS for _ in range(PER_DONG))
    houses = tuple(_house(number, code) for number, code in places)
    made = Made(database, houses, {}, {})
    with database.writing(ALL) as connection:
        users = _add_users(connection)
        connection.execute(
            insert(tables.households), [_only(house, "ref", "household_id", "dong_code") for house in houses]
        )
        connection.execute(
            insert(tables.people), [_only(house, "ref", "dong_code", "name", "address", "phone") for house in houses]
        )
        publications = {label: _publish(connection, made, label) for label in LISTED}
        _open_cases(connection, made, users)
    return Made(database, houses, users, publications)


def _only(thing: object, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _house(number: int, dong_code: str) -> House:
    return House(
        number=number,
        ref=base64.urlsafe_b64encode(_digest(f"ref {number}"))[:22].decode(),
        household_id=_digest(f"household {number}").hex()[:32],
        dong_code=dong_code,
        name=_FAMILY[number % 10] + _GIVEN[number % 14] + _GIVEN[(number * 5 + number // 14 + 3) % 14],
        address=f"경기도 {DONGS[dong_code][0]} 은달래로 {1000 + number}, 햇살마을 {700 + number}동",
        phone=f"0105550{number:04d}",
        mark=f"표지{number:04d}",
    )


def _add_users(connection: Connection) -> dict[str, int]:
    areas = {login: (role, area, NOW - timedelta(days=365), None) for login, _, role, area in _staff()}
    names = {login: name for login, name, *_ in _staff()} | dict.fromkeys(_OUTSIDE, "떠난담당")
    areas |= {login: (Role.DONG, "4128151000", *valid) for login, valid in _OUTSIDE.items() if valid}
    connection.execute(
        insert(tables.users),
        [
            {
                "login": login,
                "name": name,
                "password_hash": _HASH,
                "subject": None,
                "is_active": login != "left",
                "must_change_password": False,
                "failures": 0,
                "locked_until": None,
                "created_at": NOW - timedelta(days=365),
            }
            for login, name in names.items()
        ],
    )
    ids = {login: number for number, login in connection.execute(select(tables.users.c.id, tables.users.c.login))}
    connection.execute(
        insert(tables.grants),
        [
            {
                "user_id": ids[login],
                "role": role,
                "area": area,
                "valid_from": valid_from,
                "valid_to": valid_to,
                "granted_by": "setup",
                "reason": "made up for tests",
            }
            for login, (role, area, valid_from, valid_to) in areas.items()
        ],
    )
    return ids


def _publish(connection: Connection, made: Made, label: str) -> int:
    monday = _MONDAYS[label]
    at = datetime(monday.year, monday.month, monday.day, 7, 0, tzinfo=SEOUL)
    origin = {"bundle": "need-1", "bundle_digest": "b" * 64, "delivery_digest": "d" * 64, "entries_sha256": "e" * 64}
    added = connection.execute(
        insert(tables.publications).values(
            round=label,
            as_of=monday,
            version=_digest(label).hex()[:16],
            origin=origin,
            state="staged",
            fence=0,
            staged_at=at,
        )
    )
    key = added.inserted_primary_key
    assert key is not None
    publication = int(key[0])
    connection.execute(
        insert(tables.publication_dongs),
        [
            {
                "publication_id": publication,
                "dong_code": code,
                "sido": "경기도",
                "sigungu": sigungu,
                "name": name,
                "capacity": 6,
                "entries": len(LISTED[label]),
                "digest": _digest(f"{label} {code}").hex(),
            }
            for code, (sigungu, name) in DONGS.items()
        ],
    )
    listed = [(rank, house) for code in DONGS for rank, house in enumerate(made.listed(label, code), 1)]
    own = {"publication_id": publication}
    connection.execute(insert(tables.entries), [own | _entry(rank, house) for rank, house in listed])
    connection.execute(
        insert(tables.facts),
        [own | _only(house, "ref", "dong_code") | {"facts": facts_about(house, monday)} for _, house in listed],
    )
    connection.execute(
        insert(tables.rounds).values(round=label, as_of=monday, publication_id=publication, published_at=at)
    )
    return publication


def _entry(rank: int, house: House) -> dict[str, Any]:
    slot = _SLOTS[rank - 1]
    raw = 3.5 - rank * 0.75 - house.number * 0.001
    return _only(house, "ref", "dong_code") | {
        "rank": rank,
        "slot": slot,
        "slot_sentence": f"{slot.value} 자리입니다 ({house.mark})",
        "propensity": 0.25 if slot is Slot.EXPLORATION else 1.0,
        "raw_score": raw,
        "probability": round(0.4 - rank * 0.05, 4),
        "band": _BANDS[rank - 1],
        "tied_with": 0,
        "household_type": "single_elder" if house.number % 2 else "single_working_age",
        "explanation": {
            "raising": [
                {
                    "theme": "arrears",
                    "sentence": f"건강보험료를 5개월째 내지 못했습니다 ({house.mark})",
                    "contribution": 1.25,
                },
                {"theme": "household", "sentence": "혼자 살고 있습니다", "contribution": 0.5},
                {"theme": "tenure", "sentence": "월세로 살고 있습니다", "contribution": 0.25},
            ],
            "lowering": [{"theme": "benefits", "sentence": "기초연금을 받고 있습니다", "contribution": -0.25}],
            "unknown": ["소득을 알 수 없습니다"],
            "newest_report": "2026-10-01",
            "has_reports": True,
        },
    }


def facts_about(house: House, as_of: date) -> dict[str, Any]:
    """What the data said about a made-up household, in the words of `outreach.facts`."""
    elder = 65 + 5 * (house.number % 4)
    return {
        "household": {
            "tenure": "monthly_rent",
            "dwelling": "basement",
            "moved_in_on": "2021-03-02",
            "is_address_mismatch": False,
            "has_phone": True,
        },
        "members": [
            {
                "relation": "head",
                "sex": "female",
                "age_from": elder,
                "age_to": elder + 4,
                "disability": "none",
                "is_pregnant": False,
            }
        ],
        "reports": [
            {
                "indicator_no": 7,
                "observed_month": "2026-10-01",
                "known_on": (as_of - timedelta(days=12)).isoformat(),
                "months_overdue": 5,
                "amount_krw": 312_000 + house.number,
            }
        ],
        "benefits": [{"program": "basic_pension", "from": "2025-04-01", "to": None}],
        "listings": [{"round": "2026-W30", "slot": "top", "contacted_on": "2026-07-22", "outcome": "visited_closed"}],
    }


def _case(connection: Connection, house: House, **stands: Any) -> None:
    opened = {"version": 0, "status": "open", "attempts": 0, "updated_at": datetime(2026, 11, 9, 7, tzinfo=SEOUL)}
    opened["is_tried"] = "last_contact_at" in stands
    connection.execute(insert(tables.cases).values(_only(house, "ref", "dong_code") | opened | stands))


def _open_cases(connection: Connection, made: Made, users: Mapping[str, int]) -> None:
    """In every dong, place 3 of the older list was helped, and place 1 was phoned in vain; nobody met the others."""
    for house in made.houses:
        place, worker = house.number % PER_DONG, users[f"dong-{house.dong_code}"]
        if place == 3:
            at = datetime(2026, 11, 11, 14, 30, tzinfo=SEOUL)
            _contact(connection, house, worker, at, attempt="reached", outcome="near_poverty")
            closed = {"version": 1, "status": "closed", "outcome": "near_poverty"}
            _case(connection, house, **closed, last_contact_at=at, updated_at=at)
        elif place == 1:
            at = datetime(2026, 11, 12, 10, 15, tzinfo=SEOUL)
            _contact(connection, house, worker, at, attempt="no_answer", outcome=None)
            _case(connection, house, version=1, status="trying", attempts=1, last_contact_at=at, updated_at=at)
        else:
            _case(connection, house)


def _contact(
    connection: Connection, house: House, worker: int, at: datetime, *, attempt: str, outcome: str | None
) -> None:
    row = {"round": OLDER, "method": "phone", "attempt": attempt, "outcome": outcome, "made_at": at}
    signed = {"by_user": worker, "at": at, "note": f"적어 둔 말 {house.mark}"}
    connection.execute(insert(tables.contacts).values(_only(house, "ref", "dong_code") | row | signed))


def made_sqlite(folder: Path) -> Made:
    """A filled SQLite database in ``folder``, encrypted with a key of its own."""
    content, made = _filled()
    (folder / "made.db").write_bytes(content)
    return replace(made, database=_open(folder))


@cache
def _filled() -> tuple[bytes, Made]:
    with TemporaryDirectory() as folder:
        database = _open(Path(folder))
        migrate(database)
        made = fill(database)
        database.close()
        return (Path(folder) / "made.db").read_bytes(), made


def _open(folder: Path) -> Database:
    return open_database(f"sqlite:///{folder / 'made.db'}", key=_digest("key"), trail_key=_digest("trail"))
