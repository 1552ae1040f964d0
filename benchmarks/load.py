"""The whole service under fifty people at once, by API and by pages, and while a round is published.

Who is answered asks again at once, so fifty clients wait for each other: latency is fifty over the rate.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from benchmarks.crowd import Crowd, drive
from benchmarks.load_postgres import postgres_database
from benchmarks.load_site import environment_of, make_site, workers_of
from benchmarks.load_workers import CONTACT, HOUSEHOLD, LIST, Asker, Browser, Machine, begun
from benchmarks.measuring import Figure, cpu_seconds, held_bytes
from sagak.settings import now

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_WORKERS = {SQLITE: 1, POSTGRESQL: 4}
_LEAST_RATE = {SQLITE: 300, POSTGRESQL: 500}
_MOST_P95_MS = {SQLITE: 150}
_MOST_P99_MS = {SQLITE: 400, POSTGRESQL: 300}
_NATION_DONGS = 3_500
_WARM_SECONDS, _START_SECONDS, _LONGEST_SECONDS = 3.0, 120.0, 600.0
_PROJECT = Path(__file__).parent.parent


def measure(folder: Path, *, database: str, seconds: float, clients: int, scale: float) -> list[Figure]:
    """Rates, latencies and processor time of each way, the cost of a round meanwhile, the start and the memory."""
    home = folder / f"load-{database}"
    with postgres_database(folder / "postgres") if database == POSTGRESQL else nullcontext() as url:
        make_site(home, database=url, workers=clients)
        with _serving(home, database):
            pass  # the first start writes what the second finds
        with _serving(home, database) as (port, pid, started_in):
            by_api = _crowd(home, Machine, port, pid, seconds=seconds)
            by_pages = _crowd(home, Browser, port, pid, seconds=seconds)
            publishing = _while_publishing(home, port, dongs=max(10, round(_NATION_DONGS * scale)))
            held = held_bytes(pid)
    where = f"load, {database}"
    return [
        Figure(f"{where}: second start to the first page", (started_in,), "s", at_most=5),
        Figure(f"{where}: memory of all workers", (held / 1e6,), "MB"),
        *_figures(f"{where}, API", *by_api, limits=database),
        *_figures(f"{where}, pages", *by_pages),
        *_beside_a_round(where, by_api[0], *publishing),
    ]


def _crowd(home: Path, way: Callable[..., Asker], port: int, pid: int, *, seconds: float) -> tuple[Crowd, float]:
    """What came of it after a warm-up, and the seconds of processor that each request took."""
    drive(port, _askers(home, way, 0), seconds=min(_WARM_SECONDS, seconds))
    askers = _askers(home, way, 1)
    before = cpu_seconds(pid)
    crowd = drive(port, askers, seconds=seconds)
    used = (cpu_seconds(pid) - before) / max(1, len(crowd.answered))
    print(f"  {way.__name__}: {_said(crowd)}, {used * 1e3:.2f} ms of processor each", flush=True)
    return crowd, used


def _askers(home: Path, way: Callable[..., Asker], turn: int) -> Sequence[Asker]:
    workers = workers_of(home)
    return [way(worker, turn * len(workers) + place, begun(now())) for place, worker in enumerate(workers)]


def _said(crowd: Crowd) -> str:
    return (
        f"{crowd.per_second:,.0f}/s, p50 {crowd.percentile(0.5):.0f}, p95 {crowd.percentile(0.95):.0f}, "
        f"p99 {crowd.percentile(0.99):.0f} ms, {dict(crowd.wrong) or 'none'} wrong; the client took "
        f"{crowd.processor_seconds / crowd.seconds:.0%} of a core; load {os.getloadavg()[0]:.1f}"
    )


def _figures(where: str, crowd: Crowd, processor: float, limits: str = "") -> list[Figure]:
    return [
        Figure(f"{where}: requests", (crowd.per_second,), "/s", at_least=_LEAST_RATE.get(limits)),
        Figure(f"{where}: p50", (crowd.percentile(0.5),), "ms"),
        Figure(f"{where}: p95", (crowd.percentile(0.95),), "ms", at_most=_MOST_P95_MS.get(limits)),
        Figure(f"{where}: p99", (crowd.percentile(0.99),), "ms", at_most=_MOST_P99_MS.get(limits)),
        *(
            Figure(f"{where}: p99, {kind}", (crowd.percentile(0.99, kind),), "ms")
            for kind in (LIST, HOUSEHOLD, CONTACT)
        ),
        Figure(f"{where}: errors", (float(crowd.wrong.total()),), "", at_most=0),
        Figure(f"{where}: processor", (processor * 1e3,), "ms"),
        Figure(f"{where}: size of a list", (crowd.sizes.get(LIST, 0) / 1e3,), "kB"),
    ]


def _while_publishing(home: Path, port: int, *, dongs: int) -> tuple[Crowd, float]:
    """The same crowd by API from the first to the last moment of a round's publication, and how long that took."""
    askers = _askers(home, Machine, 2)
    command = [sys.executable, "-m", "benchmarks.load_site", str(home), str(dongs)]
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=_PROJECT) as publisher:
        crowd = drive(port, askers, seconds=_LONGEST_SECONDS, goes_on=lambda: publisher.poll() is None)
        seconds = time.perf_counter() - start
    if publisher.returncode:
        raise RuntimeError("the round was not published")
    print(f"  while {dongs:,} dongs are published in {seconds:.0f} s: {_said(crowd)}", flush=True)
    return crowd, seconds


def _beside_a_round(where: str, quiet: Crowd, busy: Crowd, seconds: float) -> list[Figure]:
    before, meanwhile = quiet.percentile(0.99, CONTACT), busy.percentile(0.99, CONTACT)
    return [
        Figure(f"{where}: a round of the nation beside it", (seconds,), "s"),
        Figure(f"{where}: p99 of contacts, meanwhile", (meanwhile,), "ms"),
        Figure(f"{where}: p99 of contacts, meanwhile / before", (meanwhile / max(before, 1e-3),), "times", at_most=2),
        Figure(f"{where}: errors, meanwhile", (float(busy.wrong.total()),), "", at_most=0),
    ]


@contextmanager
def _serving(home: Path, database: str) -> Iterator[tuple[int, int, float]]:
    """`sagak serve` on a free port: the port, the process, and the seconds until its first page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    chosen = {"SAGAK_PORT": str(port), "SAGAK_WORKERS": str(_WORKERS[database])}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sagak", "serve"], cwd=_PROJECT, stdout=subprocess.DEVNULL,
        env=os.environ | environment_of(home) | chosen,
    )  # fmt: skip
    try:
        _wait_for_page(process, port)
        yield port, process.pid, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()


def _wait_for_page(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as asked:
                asked.sendall(b"GET /login HTTP/1.1\r\nhost: localhost\r\n\r\n")
                if asked.recv(12).endswith(b" 200"):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the service does not answer")
