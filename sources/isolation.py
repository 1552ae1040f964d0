"""Runs the reading of foreign files in a child process, so that a broken file takes only the child down."""

import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from domain.errors import DeliveryRefused, SagakError

T = TypeVar("T")
_MIB = 1024 * 1024
_SERVE = "import sys; sys.path[:] = {path!r}; from sources.isolation import serve; serve({fd})"


def run_isolated(
    function: Callable[..., T],
    *args: Any,
    memory_mb: int,
    seconds: int,
    progress: Callable[[str], None] | None = None,
) -> T:
    """What ``function(*args)`` returns, computed in a child process with a limit on address space and processor time.

    ``function`` is found by name, so it stands at module level; arguments and result are pickled. Given ``progress``,
    the function is called with a keyword ``progress`` too, and what it says there is passed on. An exception raised in
    the child is raised here. Raises `DeliveryRefused` when the child dies or outgrows its memory (MiB, address space)
    or its processor time (seconds, all threads together).
    """
    # A fresh interpreter, not multiprocessing's spawn: that would import the caller's main program first.
    ours, theirs = os.pipe()
    payload = pickle.dumps((function.__module__, function.__qualname__, args, progress is not None, memory_mb, seconds))
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", _SERVE.format(path=sys.path, fd=theirs)],
        stdin=subprocess.PIPE,
        # A parser that dies may print what it was reading.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[theirs],
        # Fewer arenas: glibc reserves 64 MiB of address space for each, which would count against the limit.
        env=os.environ | {"MALLOC_ARENA_MAX": "2"},
    )
    os.close(theirs)
    try:
        result: T = _result(child, Connection(ours, writable=False), payload, progress or (lambda step: None))
        return result
    finally:
        child.kill()
        child.wait()
        if child.stdin:
            child.stdin.close()


def _result(
    child: subprocess.Popen[bytes], answers: Connection, payload: bytes, progress: Callable[[str], None]
) -> Any:
    step = ""
    with answers:
        try:
            assert child.stdin is not None
            child.stdin.write(len(payload).to_bytes(8, "little") + payload)
            child.stdin.flush()  # and stays open: the child ends itself when this end of the pipe closes
            while True:
                kind, value = answers.recv()
                if kind == "result":
                    return value
                if kind == "error":
                    raise value
                step = value
                progress(step)
        except (EOFError, BrokenPipeError) as error:
            raise _death(child.wait(), step) from error


def _death(return_code: int, step: str) -> DeliveryRefused:
    where = f" while {step}" if step else ""
    if return_code in (-signal.SIGXCPU, -signal.SIGKILL):
        return DeliveryRefused(
            f"Reading the files took too long or was stopped from outside{where}; nothing was changed.",
            hint="Ask the provider for a smaller file, or free memory on this machine and try again.",
        )
    return DeliveryRefused(
        f"The reader broke down{where}; nothing was changed.",
        hint="The file is damaged, or too large for the memory allowed. Ask the provider to send it again.",
    )


def serve(fd: int) -> None:
    """The child's side: one job from standard input, its progress and result into the pipe ``fd``."""
    size = int.from_bytes(sys.stdin.buffer.read(8), "little")
    module, name, args, wants_progress, memory_mb, seconds = pickle.loads(  # noqa: S301 - the parent wrote it
        sys.stdin.buffer.read(size)
    )
    threading.Thread(target=_end_with_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MIB, memory_mb * _MIB))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the rows
    answers = Connection(fd, readable=False)
    keywords = {"progress": lambda step: answers.send(("progress", step))} if wants_progress else {}
    try:
        function = getattr(import_module(module), name)
        answer: tuple[str, object] = ("result", function(*args, **keywords))
    except MemoryError:
        answer = ("error", _too_large())
    except SagakError as error:
        answer = ("error", error)
    except Exception as error:
        answer = ("error", _portable(error))
    answers.send(answer)


def _portable(error: Exception) -> Exception:
    """The error with the child's traceback; one that does not pickle is named instead, without its words."""
    error.add_note("In the reading process:\n" + "".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - just made here
    except Exception:
        return RuntimeError(f"{type(error).__name__} in the reading process")
    return error


def _too_large() -> DeliveryRefused:
    return DeliveryRefused(
        "The files need more memory than reading may use; nothing was changed.",
        hint="A table may be split into several files of fewer rows.",
    )


def _end_with_parent() -> None:
    sys.stdin.buffer.read(1)
    os._exit(1)
