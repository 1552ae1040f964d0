"""A small town whose lists are published in two versions, and what readers see of them.

Seven households in three dongs, one of which has none. The older version lists A, B and D, E; the newer one C, B, A and
F, G. Each household's name is its letter, so that what readers see can be read as well.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl

from domain.calendar import SEOUL, Round
from domain.dong import Dong
from domain.listing import Band, Entry, Explanation, Reason, Slot
from domain.people import ALL
from outreach.publication import Homes, publish
from outreach.publishing import PublishedRound, read_entries, stage_lists
from store.database import Database
from store.lists import dongs_of_round, list_of
from tests.support.cores import benefit, frames, home, listing, person, report, write_core

WEEK = Round(date(2026, 11, 16))
NOW = datetime(2026, 11, 16, 7, 30, tzinfo=SEOUL)
WEST, EAST, EMPTY = "4128151000", "4128152000", "4128153000"
DONGS = {code: Dong(code, "경기도", "고양시덕양구", name) for code, name in
         ((WEST, "주교동"), (EAST, "원신동"), (EMPTY, "흥도동"))}  # fmt: skip
LIVES = {"A": WEST, "B": WEST, "C": WEST, "D": EAST, "E": EAST, "F": EAST, "G": EAST}
OLDER, NEWER = {WEST: "AB", EAST: "DE"}, {WEST: "CBA", EAST: "FG"}
_WHY = Explanation((Reason("체납", "건강보험료를 5개월째 내지 못했습니다", 0.1 + 0.2),), (), (), date(2026, 9, 1))


def homes_in(folder: Path, lives: dict[str, str] = LIVES, *, phone: str = "010-5550-1234") -> Homes:
    """A core with a few facts of each household, and a vault with who it is."""
    tables = frames({
        "households": [home(name, dong_code=code) for name, code in lives.items()],
        "members": [person("1950-03", name, person_id=name) for name in lives],
        "indicators": [report("nhis_premium_arrears", "2026-08", name, months_overdue=5) for name in lives],
        "benefits": [benefit("basic_pension", "2020-01", household_id=name) for name in lives],
        "outcomes": [listing("2026-W40", name, contacted="2026-10-01") for name in lives],
    })  # fmt: skip
    core = write_core(folder / "core", tables, WEEK.as_of)
    (folder / "vault" / "people").mkdir(parents=True)
    for district in core.districts:
        there = [name for name, code in lives.items() if code.startswith(district)]
        people = pl.DataFrame({"household_id": there, "name": there, "address": "경기도 고양시 은달래로 1"})
        people.with_columns(phone=pl.lit(phone)).write_parquet(folder / "vault" / "people" / f"{district}.parquet")
    return Homes(core, folder / "vault")


def lists_of(
    folder: Path, listed: dict[str, str], *, week: Round = WEEK, slot: Slot = Slot.TOP, capacity: int = 3
) -> PublishedRound:
    """Staged lists; ``listed`` are the households' letters by dong, in the order of their ranks."""
    entries = [
        _entry(week, code, rank, name, slot) for code, names in listed.items() for rank, name in enumerate(names, 1)
    ]
    origin = {"bundle": "standard-1", "bundle_digest": "b", "delivery_digest": "d"}
    return stage_lists(entries, DONGS, folder, week, capacities=dict.fromkeys(DONGS, capacity), origin=origin)


def _entry(week: Round, dong_code: str, rank: int, household_id: str, slot: Slot) -> Entry:
    return Entry(
        round=week.label, dong_code=dong_code, rank=rank, household_id=household_id, slot=slot, slot_sentence="",
        propensity=1.0, raw_score=1 / (rank + 2), probability=0.3 / rank, band=Band.HIGH, tied_with=0,
        household_type="single_elder", bundle="standard-1", explanation=_WHY,
    )  # fmt: skip


def bring_in(database: Database, lists: PublishedRound, homes: Homes, *, at: datetime = NOW) -> bool:
    return publish(database, lists, read_entries(lists), homes, at=at)


def shown(database: Database, week: Round = WEEK) -> dict[str, str]:
    """What one reader sees of a round in one moment: the letters by dong; nothing where it is not published."""
    with database.reading(ALL) as connection:
        dongs = dongs_of_round(connection, week.label)
        lists = {one.dong.code: list_of(connection, ALL, week.label, one.dong.code) for one in dongs}
    assert {one.dong.code: one.entries for one in dongs} == {code: len(listed) for code, listed in lists.items()}
    assert all([entry.rank for entry in listed] == list(range(1, len(listed) + 1)) for listed in lists.values())
    return {code: "".join(entry.person.name for entry in listed) for code, listed in lists.items() if listed}


def rows_of(database: Database, *tables: str) -> list[Sequence[object]]:
    """Every row of some tables, to be compared."""
    with database.reading(ALL) as connection:
        return [tuple(row) for name in tables for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]
