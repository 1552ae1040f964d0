"""One household scored over HTTP: the product's endpoint with reasons, MLflow's without, and a frame with shap.

One worker each, in turns, one client; while one is driven the others wait.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import measuring
from benchmarks.driving import Load, drive, post
from benchmarks.endpoint_apps import FOLDER
from benchmarks.endpoint_model import TOKEN
from benchmarks.measuring import Figure, Task, cpu_seconds, ratio
from benchmarks.timing import AS_OF

OURS, RECORDED, MLFLOW, FRAMES = "ours, with reasons", "ours, on record", "mlflow, no reasons", "frame and shap"
_CONNECTIONS = (1, 8)
_SECONDS, _SLICES, _START_SECONDS = 6.0, 8, 120.0
_STOP_SECONDS = 2.0
_PROJECT = Path(__file__).parent.parent
# The same for all: threads of OpenMP have nothing to share where there is one row. MLflow looks for uvicorn on PATH.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
}


@dataclass(frozen=True)
class Started:
    """A server that answers, and the process that started it."""

    port: int
    pid: int


@dataclass(frozen=True)
class Measured:
    """A drive, and the processor time that the server took for each request: it says most where cores are busy."""

    load: Load
    cpu_seconds: float

    @property
    def figures(self) -> dict[str, float]:
        """By unit."""
        load = self.load
        return {
            "requests": load.per_second,
            "p50": load.percentile(0.5),
            "p99": load.percentile(0.99),
            "processor": self.cpu_seconds * 1_000,
        }


Loads = Mapping[tuple[str, int], Sequence[Measured]]


@dataclass(frozen=True)
class Server:
    """How one is started (``{port}`` filled in) and what it is asked."""

    command: tuple[str, ...]
    requests: tuple[bytes, ...]


def measure(home: Path, folder: Path, *, repeats: int, scale: float) -> list[Figure]:
    """Requests a second and latencies of each, and ratios turn by turn; ``folder`` keeps the model."""
    if not folder.exists():
        measuring.run_task(Task("endpoint_model", {"home": home, "folder": folder}))
    seconds = max(0.5, _SECONDS * min(1.0, scale))
    servers = _servers(folder)
    loads: dict[tuple[str, int], list[Measured]] = {(name, count): [] for count in _CONNECTIONS for name in servers}
    with ExitStack() as running:
        started = {name: running.enter_context(_serving(server, folder)) for name, server in servers.items()}
        for turn in range(repeats):
            for count in _CONNECTIONS:
                for name, measured in _turn(started, servers, count, seconds).items():
                    loads[name, count].append(measured)
                    print(f"  {name}, {count} at once, turn {turn + 1}: {_said(measured)}", flush=True)
    return [figure for count in _CONNECTIONS for figure in _figures(loads, count)]


def _turn(
    started: Mapping[str, Started], servers: Mapping[str, Server], connections: int, seconds: float
) -> dict[str, Measured]:
    """Each server's seconds in slices between those of the others, so that a busy moment of the machine hits all."""
    parts: dict[str, list[Load]] = {name: [] for name in servers}
    used = dict.fromkeys(servers, 0.0)
    for place in range(_SLICES + 1):
        for name, server in servers.items():
            before = cpu_seconds(started[name].pid)
            load = drive(started[name].port, server.requests, connections=connections, seconds=seconds / _SLICES)
            if place > 0:  # the first slice warms up
                parts[name].append(load)
                used[name] += cpu_seconds(started[name].pid) - before
    together = {name: Load.together(loads) for name, loads in parts.items()}
    return {name: Measured(load, used[name] / len(load.latencies)) for name, load in together.items()}


def _said(measured: Measured) -> str:
    rate, middle, slowest, processor = measured.figures.values()
    return f"{rate:,.0f}/s, p50 {middle:.2f} ms, p99 {slowest:.2f} ms, {processor:.2f} ms of processor each"


def _figures(loads: Loads, count: int) -> list[Figure]:
    where = f"endpoint, {count} at once"
    found = {name: [measured.figures for measured in of] for (name, number), of in loads.items() if number == count}
    values = {name: {unit: [one[unit] for one in of] for unit in of[0]} for name, of in found.items()}

    def beside(unit: str, other: str, **limit: float) -> Figure:
        return ratio(f"{where}: {unit}, ours / {other}", values[OURS][unit], values[other][unit], **limit)

    return [
        *(
            Figure(f"{where}, {name}: {unit}", tuple(of[unit]), "/s" if unit == "requests" else "ms")
            for name, of in values.items()
            for unit in of
        ),
        beside("requests", MLFLOW, at_least=1.5),
        beside("requests", FRAMES, at_least=2),
        beside("p99", MLFLOW, at_most=1),
        beside("processor", MLFLOW),
        beside("processor", FRAMES),
        ratio(f"{where}: requests, ours on record / mlflow", values[RECORDED]["requests"], values[MLFLOW]["requests"]),
    ]


def _servers(folder: Path) -> dict[str, Server]:
    households: list[dict[str, float | None]] = json.loads((folder / "households.json").read_text(encoding="utf-8"))
    token = (folder / "home" / TOKEN).read_text(encoding="utf-8")
    sent = [{"as_of": AS_OF.isoformat(), "values": values} for values in households]
    frames = [{"dataframe_split": {"columns": [*row], "data": [_with_nan(row.values())]}} for row in households]
    mlflow = (
        sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", str(folder / "mlflow"), "--port", "{port}",
        "--host", "127.0.0.1", "--env-manager", "local", "--workers", "1",
    )  # fmt: skip
    return {
        OURS: Server(_uvicorn("ours"), _posts("/api/v1/scores", sent)),
        RECORDED: Server(_uvicorn("on_record"), _posts("/api/v1/scores", sent, authorization=f"Bearer {token}")),
        MLFLOW: Server(mlflow, _posts("/invocations", frames)),
        FRAMES: Server(_uvicorn("with_frames"), _posts("/score", sent)),
    }


def _with_nan(values: Iterable[float | None]) -> list[float]:
    # Of null MLflow makes a column of objects, which the model refuses; NaN, which is no JSON, it reads.
    return [float("nan") if value is None else value for value in values]


def _uvicorn(application: str) -> tuple[str, ...]:
    return (
        sys.executable, "-m", "uvicorn", f"benchmarks.endpoint_apps:{application}", "--factory", "--port", "{port}",
        "--no-access-log", "--log-level", "warning",
    )  # fmt: skip


def _posts(path: str, bodies: Sequence[Any], **headers: str) -> tuple[bytes, ...]:
    return tuple(post(path, json.dumps(body).encode(), headers) for body in bodies)


@contextmanager
def _serving(server: Server, folder: Path) -> Iterator[Started]:
    """A running server; it and what it started are gone afterwards."""
    port = _free_port()
    command = [part.format(port=port) for part in server.command]
    process = subprocess.Popen(
        command, cwd=_PROJECT, env=os.environ | _ENVIRONMENT | {FOLDER: str(folder)}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(process, port, server.requests[0])
        yield Started(port, process.pid)
    finally:
        # MLflow's command line starts the server as a process of its own, in the same group.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
            time.sleep(_STOP_SECONDS)
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", port: int, request: bytes) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            drive(port, [request], connections=1, seconds=0.05)
        except OSError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{' '.join(process.args[1:4])} does not serve") from error  # type: ignore[index]
            time.sleep(0.3)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
