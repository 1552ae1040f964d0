"""A run that is killed, or whose disk is full: the core of the date is the old one or the new one, never a mixture."""

import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from sources.core import find_core
from tests.support.deliveries import DeliveryFolder, every_file, indicator, person, take_in

ROOT = Path(__file__).parents[2]
# Takes a delivery in and kills itself before the n-th call of one of the run's own steps.
KILLED = """
import os, signal, sys
from pathlib import Path
import sources.ingest as ingest_module
from tests.support.deliveries import KEY

folder, root, step, left = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])

def dying(step):
    def wrapped(*args):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args)
    return wrapped

def nothing(message):
    pass

progress = dying(nothing) if step == "progress" else nothing
if step != "progress":
    setattr(ingest_module, step, dying(getattr(ingest_module, step)))
ingest_module.ingest(folder, core_root=root / "core", vault_root=root / "vault", key=KEY, progress=progress)
"""
LIMITED = """
import resource, sys
from pathlib import Path
from domain.errors import StorageFailed
from tests.support.deliveries import take_in

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    take_in(Path(sys.argv[1]), Path(sys.argv[2]))
except StorageFailed as failed:
    print(failed, failed.hint)
"""


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@dataclass(frozen=True)
class Worlds:
    """Two deliveries of one date, and the data folders after the first alone and after the second alone."""

    old: Path
    new: Path
    after_old: Path
    after_new: Path

    def copy_of_old(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(self.after_old, tmp_path / "data"))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """The second delivery has two indicators more and one name less."""
    folder = tmp_path_factory.mktemp("worlds")
    old, new = DeliveryFolder(folder / "old"), DeliveryFolder(folder / "new")
    new.rows["indicators"] = [*old.rows["indicators"], indicator("H5"), indicator("H2")]
    new.rows["people"] = [person("H2")]
    made = Worlds(old.write(), new.write(), folder / "after_old", folder / "after_new")
    take_in(made.old, made.after_old)
    take_in(made.new, made.after_new)
    return made


def core_files(root: Path) -> dict[str, bytes]:
    return {name: content for name, content in every_file(root / "core").items() if not name.startswith(".")}


STEPS = [("progress", left) for left in (0, 7, 9, 12, 15, 18, 21, 22)]
STEPS += [("_put_in_place", left) for left in (0, 1)] + [("_exchange", left) for left in (0, 1)]
STEPS += [("sync_folder", left) for left in (0, 3, 6, 9)]


@pytest.mark.parametrize(("step", "left"), STEPS)
def test_a_kill_leaves_the_old_core_or_the_new_one(worlds: Worlds, tmp_path: Path, step: str, left: int) -> None:
    data = worlds.copy_of_old(tmp_path)
    killed = run(KILLED, worlds.new, data, step, left)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert core_files(data) in (core_files(worlds.after_old), core_files(worlds.after_new))
    take_in(worlds.new, data)
    assert every_file(data) == every_file(worlds.after_new)


@pytest.mark.parametrize(("step", "left"), [("progress", 9), ("progress", 20), ("_put_in_place", 1)])
def test_a_kill_of_a_first_run_leaves_no_core_at_all(worlds: Worlds, tmp_path: Path, step: str, left: int) -> None:
    assert run(KILLED, worlds.new, tmp_path / "data", step, left).returncode == -signal.SIGKILL
    assert core_files(tmp_path / "data") == {}
    take_in(worlds.new, tmp_path / "data")
    assert every_file(tmp_path / "data") == every_file(worlds.after_new)


@pytest.mark.parametrize("bytes_allowed", [0, 512, 2_000])
def test_a_full_disk_is_told_and_changes_nothing(worlds: Worlds, tmp_path: Path, bytes_allowed: int) -> None:
    """A limit on file size stands in for the disk: it fails at the same calls."""
    data = worlds.copy_of_old(tmp_path)
    limited = run(LIMITED, worlds.new, data, bytes_allowed)
    assert "the disk is full" in limited.stdout, limited.stderr
    assert "Free about three times" in limited.stdout
    assert every_file(data) == every_file(worlds.after_old)


def test_a_core_that_is_being_read_while_it_is_replaced_stays_whole(worlds: Worlds, tmp_path: Path) -> None:
    data = worlds.copy_of_old(tmp_path)
    core = find_core(data / "core", date(2026, 11, 16))
    with (core.folder / "indicators" / "41281.parquet").open("rb") as file:
        take_in(worlds.new, data)
        assert pl.read_parquet(file).height == 2
    assert core.scan("indicators").collect().height == 5
