"""A round that is killed, or finds the disk full, leaves no list, the old or the new whole one, and runs again."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.listing import Entry
from outreach.publishing import published_round, read_entries
from sagak.settings import Settings
from sagak.weekly import export_lists, run_round
from tests.support.in_process import sagak_here
from tests.support.kills import Forks, forks
from tests.support.weeks import WEEK, environment, files_under, python, settings_of

ROUNDS = """
import os, shutil
from datetime import date
from pathlib import Path
import pyarrow.parquet as pq
from domain.calendar import Round
from sagak.settings import Settings
from sagak.weekly import export_lists, run_round
from tests.support.in_process import sagak_here
from tests.support.kills import serve

def act(number, home, files):
    os.environ["SAGAK_HOME"] = home
    settings = Settings.from_environment()
    published = run_round(settings, Round(date(2026, 11, 16)))
    if int(files):
        export_lists(settings, published)

serve(act, [(os, "rename"), (os, "replace"), (os, "fsync"), (os, "mkdir"), (os, "unlink"), (os, "rmdir"),
            (shutil, "rmtree"), (pq, "write_table"), (Path, "write_bytes")])
"""


class Rounds:
    """Runs rounds in processes that end at a step; ``files`` are the exports."""

    def __init__(self, process: Forks) -> None:
        self.process = process

    def run(self, settings: Settings, *, last: int = 0, times: int = 1, files: bool = True) -> list[int]:
        return self.process.run(settings.home, int(files), last=last, times=times)


@pytest.fixture
def rounds(tmp_path: Path) -> Iterator[Rounds]:
    with forks(tmp_path, ROUNDS) as process:
        yield Rounds(process)


def places(settings: Settings, capacity: int) -> None:
    (settings.home / "policy.toml").write_text(f"[list]\ncapacity = {capacity}\n", encoding="utf-8")


def shown(settings: Settings) -> list[Entry]:
    """What readers see; reading fails loudly if it is not whole."""
    published = published_round(settings.lists)
    entries = read_entries(published)
    assert len(entries) == sum(published.entries_by_dong.values())
    assert len(published.dongs) == 21
    return entries


@pytest.fixture
def lists_of(own_town: Settings) -> dict[int, list[Entry]]:
    """The whole list of the old policy (3 places) and of the new one (10); the old one is current."""
    lists = {}
    for capacity in (10, 3):
        places(own_town, capacity)
        settings = settings_of(own_town.home)  # which finds the policy that has just been put there
        export_lists(settings, run_round(settings, WEEK))
        lists[capacity] = shown(settings)
    assert [len(entries) for entries in lists.values()] == [60, 18]
    return lists


def kill_at_each_step(
    settings: Settings,
    lists: dict[int, list[Entry]],
    rounds: Rounds,
    *,
    files: bool,
    complete_every: int,
    stride: int = 1,
) -> int:
    """Kills a round of the new policy at its first step, then every ``stride`` steps on, until one comes to its end."""
    old, new = 3, 10
    last, seen = 1 - stride, set()
    while True:
        last += stride
        places(settings, new)
        for folder in settings.lists.glob("*/*/"):  # the new version is not there yet
            if folder.name != published_round(settings.lists).folder.name:
                shutil.rmtree(folder)
        (code,) = rounds.run(settings, last=last, files=files)
        now = shown(settings)
        assert now in (lists[old], lists[new])
        seen.add(now == lists[new])
        if code == 0:
            break
        assert code == -9
        if last % complete_every == 0 or now == lists[new]:
            assert rounds.run(settings, files=files) == [0], "running it again completes"
            assert shown(settings) == lists[new]
            assert len(list((settings.exports / WEEK.label).iterdir())) == 21
            places(settings, old)
            assert rounds.run(settings, files=False) == [0]
            assert shown(settings) == lists[old]
    assert seen == {True, False}
    return last


def test_a_round_killed_at_every_fifth_step_leaves_the_old_or_the_new_list_and_runs_again(
    own_town: Settings, lists_of: dict[int, list[Entry]], rounds: Rounds
) -> None:
    assert kill_at_each_step(own_town, lists_of, rounds, files=False, complete_every=10, stride=5) > 25


@pytest.mark.soak
def test_a_round_killed_at_any_step_also_of_the_files_runs_again(
    own_town: Settings, lists_of: dict[int, list[Entry]], rounds: Rounds
) -> None:
    assert kill_at_each_step(own_town, lists_of, rounds, files=True, complete_every=1) > 60


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_a_first_round_killed_at_its_steps_leaves_no_list_or_the_whole_one(
    unlisted_town: Settings, town, rounds: Rounds, stride: int
) -> None:
    whole = read_entries(town.published)
    last, seen = 1 - stride, set()
    while True:
        last += stride
        (code,) = rounds.run(unlisted_town, last=last, files=False)
        is_published = (unlisted_town.lists / WEEK.label / "current").exists()
        seen.add(is_published)
        if is_published:
            assert shown(unlisted_town) == whole
        if code == 0:
            break
        if last % 2 == 0:  # half of the kills meet what the kill before left behind, half a clean start
            for folder in (unlisted_town.matrices, unlisted_town.scores, unlisted_town.lists, unlisted_town.exports):
                shutil.rmtree(folder, ignore_errors=True)
    assert seen == {True, False}


def was_killed(settings: Settings, seconds: float) -> bool:
    """Whether a round was still running after so many seconds, and was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sagak", "round"], env=environment(settings.home), cwd=settings.home,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() == -signal.SIGKILL


def kill_at_random(settings: Settings, lists: dict[int, list[Entry]], times: int) -> None:
    rng = random.Random(1)
    capacity, killed = 3, 0
    start = time.monotonic()
    assert python(settings.home, ["-m", "sagak", "round"]).returncode == 0
    whole_run = time.monotonic() - start
    while killed < times:
        capacity = 13 - capacity
        places(settings, capacity)
        start = time.monotonic()
        if was_killed(settings, rng.uniform(0.3, 1.05) * whole_run):
            killed += 1
        else:  # a machine that was busy at first would leave nothing to kill
            whole_run = time.monotonic() - start
        assert shown(settings) in lists.values()
    assert python(settings.home, ["-m", "sagak", "round"]).returncode == 0
    assert shown(settings) == lists[capacity]


@pytest.mark.soak
def test_a_round_killed_at_random_moments_leaves_a_whole_list(
    own_town: Settings, lists_of: dict[int, list[Entry]]
) -> None:
    kill_at_random(own_town, lists_of, 2)


@pytest.mark.soak
def test_a_hundred_kills_leave_a_whole_list(own_town: Settings, lists_of: dict[int, list[Entry]]) -> None:
    kill_at_random(own_town, lists_of, 100)


@pytest.mark.soak
def test_two_rounds_at_once_leave_a_whole_list_and_tell_the_second_plainly(
    own_town: Settings, lists_of: dict[int, list[Entry]], rounds: Rounds
) -> None:
    codes = [code for _ in range(20) for code in rounds.run(own_town, times=2)]
    assert shown(own_town) in lists_of.values()
    assert set(codes) <= {0, 7}


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from sagak.cli import main
main()
"""


@pytest.mark.parametrize("limit", [1_000, 40_000])
def test_a_disk_that_fills_up_is_told_plainly_and_leaves_the_old_list(
    own_town: Settings, lists_of: dict[int, list[Entry]], limit: int
) -> None:
    """The first file over so many bytes fails: one of the database's own, or the matrix."""
    places(own_town, 10)
    before = files_under(own_town.lists, own_town.exports)
    result = python(own_town.home, ["-c", LIMITED, str(limit), "round"])
    assert (result.returncode, "Traceback" in result.stderr) == (7, False)
    assert "the disk is full" in result.stderr or "has room" in result.stderr
    assert files_under(own_town.lists, own_town.exports) == before
    assert len(run_round(settings_of(own_town.home), WEEK).dongs) == 21
    assert shown(own_town) == lists_of[10]


@contextmanager
def tiny_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("mounting a tiny disk is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("folder", ["lists", "exports"])
def test_a_really_full_disk_under_the_lists_or_the_files_keeps_what_was_there(own_town: Settings, folder: str) -> None:
    shutil.rmtree(own_town.home / "data" / folder)
    with tiny_disk(own_town.home / "data" / folder, 8):
        result = sagak_here(own_town.home, "round")
        assert result.returncode != 0
        assert list((own_town.home / "data" / folder).rglob("current")) == []
        assert not any((own_town.exports / WEEK.label).glob("*.csv")) or folder == "lists"


def test_a_disk_that_is_full_for_the_files_alone_says_that_the_lists_are_there(own_town: Settings) -> None:
    """The files are the last step: the list is published and can be shown, the files are not half there."""
    shutil.rmtree(own_town.exports)
    with tiny_disk(own_town.exports, 8):
        result = sagak_here(own_town.home, "round")
        assert (result.returncode, "Traceback" in result.stderr) == (7, False)
        assert "The files of the lists could not be written: the disk is full" in result.stderr
        assert list(own_town.exports.iterdir()) == []
    assert len(shown(settings_of(own_town.home))) == 60
