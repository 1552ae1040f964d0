"""Acts that end at a step they take, as by a power cut: one process imports, then forks a process an act."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.weeks import environment

# An owner (module or class) and the name of its function: each call of it is a step.
Step = tuple[Any, str]


class Forks:
    """Runs acts in processes that end at a step."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def run(self, *words: object, last: int = 0, times: int = 1) -> list[int]:
        """Exit codes of ``times`` acts at once; -9 for one that was killed at its step ``last``, counted from 1."""
        assert self.process.stdin
        assert self.process.stdout
        print(last, times, *words, file=self.process.stdin, flush=True)
        return [int(code) for code in self.process.stdout.readline().split()]


@contextmanager
def forks(home: Path, script: str) -> Iterator[Forks]:
    """A process of ``script``, which ends with a call of `serve`."""
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=environment(home, OMP_NUM_THREADS="1"), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield Forks(process)
    finally:
        process.kill()
        process.communicate()


def serve(act: Callable[..., None], steps: Sequence[Step]) -> None:
    """Inside the process: answers each line "last times words…"; ``act`` gets its number among the times, and words."""
    for line in sys.stdin:
        last, times, *words = line.split()
        pids = [_forked(act, steps, int(last), number, words) for number in range(int(times))]
        print(*(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids), flush=True)


def _forked(act: Callable[..., None], steps: Sequence[Step], last: int, number: int, words: Sequence[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    _arm(steps, last)
    try:
        act(number, *words)
    except BaseException as error:
        os._exit(getattr(error, "exit_code", 1))
    os._exit(0)


def _arm(steps: Sequence[Step], last: int) -> None:
    count = 0

    def armed(step: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments, **named)

        return taken

    for owner, name in steps:
        setattr(owner, name, armed(getattr(owner, name)))
