"""Publishers that are killed at any step, at any moment, or meet each other: readers always see a whole list."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text

from domain.people import ALL
from store.database import Database
from tests.support.kills import Forks, forks
from tests.support.publications import NEWER, OLDER, Homes, bring_in, homes_in, lists_of, rows_of, shown

PUBLISHERS = """
import os, threading, time, signal
from pathlib import Path
from sqlalchemy import delete, insert, select
from sqlalchemy.engine.default import DefaultDialect
import outreach.publication as publication
from domain.people import ALL
from outreach.publishing import _opened
from sources.core import Core
from store import tables
from store.database import open_database
from tests.support.kills import serve
from tests.support.postgres import KEY, TRAIL_KEY
from tests.support.publications import bring_in

publication.DONGS_AT_ONCE = 1  # as many steps as a nation has, in small

def dies_after(seconds):
    def die():
        time.sleep(seconds)
        os.kill(os.getpid(), signal.SIGKILL)
    threading.Thread(target=die, daemon=True).start()

def naive(database, lists):
    "What publishing would be without stages: each dong's list is taken away and written again."
    with database.reading(ALL) as connection:
        rows = [dict(row) for row in connection.execute(select(tables.entries)).mappings()]
    for code in sorted({row["dong_code"] for row in rows}):
        there = [row for row in rows if row["dong_code"] == code]
        with database.writing(ALL) as connection:
            connection.execute(delete(tables.entries).where(tables.entries.c.dong_code == code))
        for row in there:
            with database.writing(ALL) as connection:
                connection.execute(insert(tables.entries), [row])

def act(number, url, how, seconds, *folders):
    database = open_database(url, key=KEY, trail_key=TRAIL_KEY)
    core, vault, *versions = map(Path, folders)
    lists = _opened(versions[number % len(versions)])
    if float(seconds):
        dies_after(float(seconds))
    if how == "naive":
        naive(database, lists)
    else:
        bring_in(database, lists, publication.Homes(Core.open(core), vault))
    database.close()

serve(act, [(DefaultDialect, "do_execute"), (DefaultDialect, "do_executemany"), (DefaultDialect, "do_commit")])
"""


@dataclass
class Reader:
    """Looks at the lists all the time, as a dong worker would; keeps whatever it saw that was not whole."""

    database: Database
    whole: tuple[Mapping[str, str], ...]
    reads: int = 0
    partial: list[object] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator["Reader"]:
        stop = Event()
        thread = Thread(target=self._read, args=(stop,))
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    def _read(self, stop: Event) -> None:
        while not stop.wait(0.002):
            try:
                seen: object = shown(self.database)
            except AssertionError:
                seen = "not as many entries as the dong's row says"
            self.reads += 1
            if seen not in self.whole:
                self.partial.append(seen)


@dataclass
class Publishers:
    """Publishes a version of the small town's lists in processes that may end on the way."""

    forks: Forks
    database: Database
    homes: Homes
    root: Path

    def run(self, *listed: Mapping[str, str], last: int = 0, how: str = "publish", after: float = 0.0) -> list[int]:
        """One publisher for each of ``listed``, all at once; ``after`` is how many seconds each has to live."""
        versions = [lists_of(self.root, dict(one)).folder for one in listed]
        url = self.database.engine.url.render_as_string(hide_password=False)
        url = f"sqlite:///{self.root / 'sagak.db'}" if self.database.is_sqlite else url
        places = [url, how, after, self.homes.core.folder, self.homes.vault, *versions]
        return self.forks.run(*places, last=last, times=len(listed))


@pytest.fixture
def publishers(any_database: Database, tmp_path: Path) -> Iterator[Publishers]:
    homes = homes_in(tmp_path)
    bring_in(any_database, lists_of(tmp_path, OLDER), homes)
    with forks(tmp_path, PUBLISHERS) as process:
        yield Publishers(process, any_database, homes, tmp_path)


def forget_the_others(database: Database) -> None:
    """Versions that are not current are staged anew from here on, so that kills find something to interrupt."""
    others = "SELECT id FROM publications WHERE id NOT IN (SELECT publication_id FROM rounds)"
    with database.writing(ALL) as connection:
        for table in ("facts", "entries", "publication_dongs"):
            connection.execute(text(f"DELETE FROM {table} WHERE publication_id IN ({others})"))
        connection.execute(text(f"DELETE FROM publications WHERE id IN ({others})"))


def kill_at_each_step(publishers: Publishers, *, complete_every: int, stride: int = 1) -> None:
    """Every statement and every commit is a step; of some kills the same round is run again to its end."""
    database, step, seen = publishers.database, 1 - stride, []
    with Reader(database, (OLDER, NEWER)).reading() as reader:
        while True:
            step += stride
            (code,) = publishers.run(NEWER, last=step)
            seen.append(shown(database) == NEWER)
            if code == 0:
                break
            assert code == -9
            if len(seen) % complete_every and not seen[-1]:
                continue  # the next one meets what this one left behind
            assert publishers.run(NEWER) == [0], "running it again completes"
            assert shown(database) == NEWER
            assert len(rows_of(database, "entries")) == 4 + 5, "nothing is doubled, nothing is left"
            assert publishers.run(OLDER) == [0]
            forget_the_others(database)
    assert step > 20
    assert seen[0] is False
    assert seen[-1] is True
    assert (reader.partial, reader.reads > len(seen)) == ([], True)


def test_a_publisher_killed_at_every_third_step_leaves_a_whole_list_and_runs_again(publishers: Publishers) -> None:
    kill_at_each_step(publishers, complete_every=3, stride=3)


@pytest.mark.soak
def test_from_any_step_at_which_a_publisher_is_killed_it_runs_again(publishers: Publishers) -> None:
    kill_at_each_step(publishers, complete_every=1)


def test_the_harness_sees_the_partial_lists_of_a_naive_publisher(publishers: Publishers) -> None:
    with Reader(publishers.database, (OLDER,)).reading() as reader:
        codes = [publishers.run(OLDER, last=step, how="naive")[0] for step in range(4, 16, 2)]
    assert -9 in codes
    assert reader.partial


def test_of_four_publishers_at_once_one_wins_and_readers_see_whole_lists(publishers: Publishers) -> None:
    others = [{"4128151000": "ABC"}, {"4128152000": "FED"}, NEWER]
    with Reader(publishers.database, (OLDER, *others)).reading() as reader:
        for _ in range(2):
            codes = publishers.run(OLDER, *others)
            assert set(codes) <= {0, 7}
            assert 0 in codes
    assert reader.partial == []
    assert shown(publishers.database) in (OLDER, *others)


def kill_at_random(publishers: Publishers, times: int) -> int:
    rng, killed = random.Random(1), 0
    with Reader(publishers.database, (OLDER, NEWER)).reading() as reader:
        for number in range(times):
            wanted = (NEWER, OLDER)[number % 2]
            if number % 10 == 0:
                forget_the_others(publishers.database)
            (code,) = publishers.run(wanted, after=rng.uniform(0.001, 0.25))
            killed += code == -9
            assert shown(publishers.database) in (OLDER, NEWER)
            if number % 5 == 4:
                assert publishers.run(wanted) == [0]
                assert shown(publishers.database) == wanted
    assert reader.partial == []
    return killed


def test_a_few_kills_at_random_moments_leave_whole_lists(publishers: Publishers) -> None:
    assert kill_at_random(publishers, 6) > 0


@pytest.mark.soak
def test_two_hundred_kills_at_random_moments_leave_whole_lists(publishers: Publishers) -> None:
    assert kill_at_random(publishers, 400) >= 200
