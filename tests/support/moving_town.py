"""The town of `made_store` as it goes on: who lives where week by week, and rounds that are published over it.

Everything a publication reads is real (lists on disk, vault, what was recorded) but the core, which stays in memory.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import polars as pl

from domain.calendar import Round
from domain.dong import Dong
from domain.listing import Band, Entry, Explanation, Slot
from domain.policy import ListPolicy
from outreach.publication import Homes, publish
from outreach.publishing import read_entries, stage_lists
from outreach.returning import write_recorded
from scoring.candidates import with_candidacy
from sources.core import Core, core_schema
from sources.tables import TABLES
from store.database import Database
from tests.support.cores import home
from tests.support.made_store import DONGS, Made

_DONGS = {code: Dong(code, "경기도", *names) for code, names in DONGS.items()}
_WHY = Explanation((), (), (), None)


@dataclass(frozen=True)
class HeldCore(Core):
    """A core of households alone, in memory; what was recorded lies beside it as ever."""

    held: pl.DataFrame = field(default_factory=pl.DataFrame)

    def _delivered(self, table: str, districts: Sequence[str] | None) -> pl.LazyFrame:
        if table != "households":
            return pl.LazyFrame(schema=core_schema(TABLES[table]))
        there = pl.col("dong_code").str.slice(0, 5).is_in(list(districts or self.districts))
        return self.held.lazy().filter(there)


@dataclass(frozen=True)
class Wanted:
    """A household that a list would name: where, for what, and not if it must not be listed."""

    household_id: str
    dong_code: str
    slot: Slot


class MovingTown:
    """Households by pseudonym with the dong they live in now; one that has left for good lives nowhere."""

    def __init__(self, made: Made, folder: Path) -> None:
        self.folder = folder
        self.lives: dict[str, str] = {house.household_id: house.dong_code for house in made.houses}
        self.people: dict[str, tuple[str, str, str]] = {
            house.household_id: (house.name, house.address, house.phone) for house in made.houses
        }
        self._copies = 0

    @property
    def digest(self) -> str:
        """Names the town as it is now: another delivery makes another version of the same lists."""
        return sha256(repr((sorted(self.lives.items()), sorted(self.people.items()))).encode()).hexdigest()

    def homes(self, database: Database, week: Round) -> Homes:
        """The town as the delivery of a week tells it, with what the service had recorded by then."""
        self._copies += 1
        vault = self.folder / f"vault-{self._copies}"
        (vault / "people").mkdir(parents=True)
        rows = [home(one, dong_code=code) for one, code in sorted(self.lives.items())]
        held = pl.DataFrame(rows, schema=core_schema(TABLES["households"]), orient="row")
        districts = sorted({code[:5] for code in self.lives.values()})
        for district in districts:
            there = [(one, *self.people[one]) for one, code in self.lives.items() if code.startswith(district)]
            frame = pl.DataFrame(there, schema=["household_id", "name", "address", "phone"], orient="row")
            frame.write_parquet(vault / "people" / f"{district}.parquet")
        recorded = self.folder / "recorded" / week.label
        write_recorded(database, recorded, week)
        core = HeldCore(self.folder, week.as_of, "standard", "0" * 64, tuple(districts), {}, recorded, held)
        return Homes(core, vault)

    def publish(
        self, database: Database, week: Round, wanted: Sequence[Wanted], *, capacity: int, at: datetime, during=None
    ) -> tuple[str, Mapping[str, Slot]]:
        """Publishes the wanted who may be listed; gives the version, and who is on its lists and for what."""
        homes = self.homes(database, week)
        allowed = may_be_listed(homes.core, week.as_of)
        entries = _entries(week, [one for one in wanted if one.household_id in allowed], capacity)
        origin = {"bundle": "standard-1", "bundle_digest": "b", "delivery_digest": self.digest}
        places = dict.fromkeys(_DONGS, capacity)
        lists = stage_lists(entries, _DONGS, self.folder / "lists", week, capacities=places, origin=origin)
        publish(database, lists, read_entries(lists), homes, at=at, progress=during or (lambda dongs: None))
        shutil.rmtree(homes.vault)
        return lists.version, {entry.household_id: entry.slot for entry in entries}


def may_be_listed(core: Core, as_of: date) -> set[str]:
    """Who did not ask to be left out, by the rule of the weekly run."""
    requests = core.scan("requests").collect()
    households = core.scan("households").select("household_id").collect()
    frame = with_candidacy(households, requests, as_of, ListPolicy())
    return set(frame.filter("may_be_listed")["household_id"])


def _entries(week: Round, wanted: Sequence[Wanted], capacity: int) -> list[Entry]:
    """Who is carried over is never turned away; the others have places while there are any."""
    found: list[Entry] = []
    for code in _DONGS:
        here = [one for one in wanted if one.dong_code == code]
        carried = [one for one in here if one.slot is Slot.CARRIED_OVER]
        others = [one for one in here if one.slot is not Slot.CARRIED_OVER]
        chosen = carried + others[: max(0, capacity - len(carried))]
        found += [_entry(week, rank, one) for rank, one in enumerate(chosen, 1)]
    return found


def _entry(week: Round, rank: int, one: Wanted) -> Entry:
    return Entry(
        round=week.label, dong_code=one.dong_code, rank=rank, household_id=one.household_id, slot=one.slot,
        slot_sentence="", propensity=1.0, raw_score=1 / (rank + 2), probability=0.3 / rank, band=Band.HIGH,
        tied_with=0, household_type="single_elder", bundle="standard-1", explanation=_WHY,
    )  # fmt: skip
