"""`sagak serve` in a process of its own, as a site starts it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import httpx2

from tests.support.weeks import environment


@dataclass
class Running:
    """One started service; ``first_page_after`` in seconds of the clock, ``worked`` in seconds of a processor."""

    process: "subprocess.Popen[str]"
    address: str
    first_page_after: float
    worked: float

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=90)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, **settings: str) -> Iterator[Running]:
    port, began = free_port(), monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "sagak", "serve"], cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=environment(home, SAGAK_PORT=str(port), **settings),
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        while not answers(address):
            assert process.poll() is None, process.communicate()[0]
            assert monotonic() - began < 120, "the service does not answer"
            sleep(0.02)
        yield Running(process, address, monotonic() - began, processor_seconds(process.pid))
    finally:
        process.kill()
        process.communicate()


def answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/login", timeout=10).status_code == 200
    except httpx2.TransportError:
        return False


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
