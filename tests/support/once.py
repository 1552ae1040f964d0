"""Costly things that tests only look at: made by the first test process that asks, read by all of a test run."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

folder = Path("nowhere")  # of this test run; set by tests/conftest.py


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that ``make`` filled, here or in another process of the run, which is waited for."""
    home, done = folder / name, folder / f"{name}.done"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)  # of a process that failed on the way
            home.mkdir()
            make(home)
            done.touch()
    return home


def own_copy(name: str, make: Callable[[Path], None]) -> Path:
    """The same folder for this process alone: what opens a database in it leaves files there for a while."""
    own = folder / f"{name}-{os.getpid()}"
    shutil.copytree(made_once(name, make), own)
    return own
