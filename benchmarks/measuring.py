"""Runs a command in a process of its own and says what it took: wall time, processor time, peak memory.

Processor time and memory include the processes that it starts itself, as joblib does for districts and folds.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Any

_PROJECT = Path(__file__).parent.parent
# Reading the memory of a process of some GB takes about a millisecond.
_SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Run:
    """What one process and those it started took, interpreter start and imports included.

    ``parts`` is what it measured of itself.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Task:
    """A function of `benchmarks.tasks` with its arguments."""

    name: str
    arguments: Mapping[str, Any]


def run_command(command: Sequence[str]) -> tuple[Run, str]:
    """The run and what it printed; raises `RuntimeError` where the command fails."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=_PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        with _sampled_memory(process.pid) as together:
            printed = process.stdout.read()
        # wait4 gives this child's own use, which getrusage would mix with that of the children before it.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} ended with {process.returncode}")
    kilobyte = 1 if sys.platform == "darwin" else 1024
    # What the system reports is exact, but of the largest process only, and a child is born with its parent's peak.
    # What all hold together is sampled.
    reported = usage.ru_maxrss if usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss else 0
    peak = max(reported * kilobyte, *together)
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak, {}), printed


@contextmanager
def _sampled_memory(pid: int) -> Iterator[list[int]]:
    """Bytes that a process and all its descendants hold, again and again while the block runs; 0 on other systems."""
    samples, is_over = [0], Event()

    def sample() -> None:
        pause = _SAMPLE_SECONDS / 10  # a short process is looked at, too
        while not is_over.wait(pause):
            samples.append(held_bytes(pid))
            pause = min(2 * pause, _SAMPLE_SECONDS)

    watcher = Thread(target=sample, daemon=True)
    watcher.start()
    try:
        yield samples
    finally:
        is_over.set()
        watcher.join()


def held_bytes(pid: int) -> int:
    """What a process and its living descendants hold together; 0 on other systems."""
    return sum(map(_proportional_bytes, _with_descendants(pid)))


def cpu_seconds(pid: int) -> float:
    """What a process and its living descendants have used so far; 0 on other systems."""
    fields = (_text(Path(f"/proc/{member}/stat")).rpartition(")")[2].split() for member in _with_descendants(pid))
    return sum(int(of[11]) + int(of[12]) for of in fields if of) / os.sysconf("SC_CLK_TCK")


def _with_descendants(pid: int) -> Iterator[int]:
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(path).split():
            yield from _with_descendants(int(child))


def _proportional_bytes(pid: int) -> int:
    """Its own memory and its part of what it shares (Pss), so that libraries and shared arrays count once in all."""
    found = re.search(r"^Pss: +(\d+) kB", _text(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # it has ended meanwhile, or the system has no such files
        return ""


def run_task(task: Task) -> Run:
    """One run of a task in a fresh process."""
    run, printed = run_command(
        [sys.executable, "-m", "benchmarks.tasks", task.name, json.dumps(task.arguments, default=str)]
    )
    return Run(run.seconds, run.cpu_seconds, run.peak_bytes, json.loads(printed.splitlines()[-1]))


def run_in_turns(tasks: Mapping[str, Task], *, repeats: int) -> dict[str, list[Run]]:
    """Each task's runs, in turns (A B A B), so that a slow minute of the machine hits all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in tasks}
    for turn in range(repeats):
        for name, task in tasks.items():
            run = run_task(task)
            runs[name].append(run)
            print(f"  {name}, run {turn + 1}: {_said(run)}", flush=True)
    return runs


def _said(run: Run) -> str:
    parts = ", ".join(f"{name} {value:,.2f}" for name, value in run.parts.items())
    whole = f"{run.seconds:.1f} s, {run.cpu_seconds:.1f} s of processor, peak {run.peak_bytes / 1e9:.2f} GB"
    return f"{whole} ({parts})" if parts else whole


@dataclass(frozen=True)
class Figure:
    """A row of the result: values of all runs, and the limit their median is held against at full size."""

    name: str
    values: tuple[float, ...]
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def target(self) -> str:
        limit = self.at_most if self.at_most is not None else self.at_least
        return "" if limit is None else f"{'<=' if self.at_most is not None else '>='} {limit:g}"

    @property
    def is_met(self) -> bool:
        middle = median(self.values)
        return (self.at_most is None or middle <= self.at_most) and (self.at_least is None or middle >= self.at_least)


def ratio(name: str, slow: Sequence[float], fast: Sequence[float], **limit: float) -> Figure:
    """How many times as much, turn by turn."""
    return Figure(name, tuple(a / b for a, b in zip(slow, fast, strict=True)), "times", **limit)


def seconds_and_memory(
    name: str, runs: Sequence[Run], *, most_seconds: float | None = None, most_gb: float | None = None
) -> list[Figure]:
    """Three rows: wall and processor time, peak memory."""
    return [
        Figure(f"{name}: wall", tuple(run.seconds for run in runs), "s", at_most=most_seconds),
        Figure(f"{name}: processor", tuple(run.cpu_seconds for run in runs), "s"),
        Figure(f"{name}: peak memory", tuple(run.peak_bytes / 1e9 for run in runs), "GB", at_most=most_gb),
    ]


def print_table(figures: Sequence[Figure], *, is_full_size: bool) -> None:
    """The figures; whether a target is met is said at full size only."""
    width = max(len(figure.name) for figure in figures)
    print(f"\n{'figure':{width}}  {'min':>9} {'median':>9} {'max':>9} unit   target")
    for figure in figures:
        values = (min(figure.values), median(figure.values), max(figure.values))
        verdict = ("met" if figure.is_met else "MISSED") if figure.target and is_full_size else ""
        row = " ".join(f"{value:9.2f}" for value in values)
        print(f"{figure.name:{width}}  {row} {figure.unit:6} {figure.target:8} {verdict}".rstrip())
