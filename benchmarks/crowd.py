"""Many who ask at once and each wait for their answer: raw sockets in one loop, every answer checked."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.load_workers import FIRST, Asker

_END = b"\r\n\r\n"
_RECEIVED = 262_144
# Requests of one connection. A browser's ends when nothing is asked for seconds, so people come on new ones all the
# time, and whichever worker is free takes them; connections kept for ten minutes stay as unevenly spread as they began.
_KEPT_FOR = 50


@dataclass(frozen=True)
class Answered:
    """One request: what it was, and how long it took until its answer was whole."""

    kind: str
    seconds: float


@dataclass(frozen=True)
class Crowd:
    """What came of it; ``wrong`` counts answers other than meant by kind and status."""

    seconds: float
    answered: Sequence[Answered]
    wrong: Counter[str]
    sizes: dict[str, int]  # bytes of the last answer, by kind
    processor_seconds: float  # of this client: above a half of a core it is what is measured

    @property
    def per_second(self) -> float:
        return len(self.answered) / self.seconds

    def percentile(self, share: float, *kinds: str) -> float:
        """The latency (in ms) that this share of the requests did not exceed; 0 where there was none."""
        ordered = sorted(one.seconds for one in self.answered if not kinds or one.kind in kinds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000 if ordered else 0.0


@dataclass
class _Line:
    """One who asks, on a connection that is kept alive for some requests; ``left`` of them go on this one."""

    asker: Asker
    port: int
    left: int
    wire: socket.socket = field(init=False)
    kind: str = ""
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._connect()

    def _connect(self) -> None:
        self.wire = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connect_anew(self) -> None:
        self.wire.close()
        self._connect()
        self.left = _KEPT_FOR

    def send(self) -> None:
        self.left -= 1
        self.received.clear()
        self.kind, request = self.asker.ask()
        self.sent_at = time.perf_counter()
        self.wire.sendall(request)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body once they are whole; raises `RuntimeError` where the server closed the connection."""
        if not (chunk := self.wire.recv(_RECEIVED)):
            raise RuntimeError("the server closed a connection")
        self.received += chunk
        end = self.received.find(_END)
        if end < 0:
            return None
        head = bytes(self.received[:end]).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        if len(self.received) < end + len(_END) + length:
            return None
        return int(head[9:12]), bytes(self.received[end + len(_END) :])


def drive(port: int, askers: Sequence[Asker], *, seconds: float, goes_on: Callable[[], bool] = lambda: True) -> Crowd:
    """All ask at once, for so long or until it does not go on.

    The first request of each learns what there is and does not count.
    """
    answered: list[Answered] = []
    wrong: Counter[str] = Counter()
    sizes: dict[str, int] = {}
    with selectors.DefaultSelector() as selector:
        lines = [_Line(asker, port, 1 + place % _KEPT_FOR) for place, asker in enumerate(askers)]
        try:
            used, start = time.process_time(), time.perf_counter()
            for line in lines:
                selector.register(line.wire, selectors.EVENT_READ, line)
                line.send()
            now, waiting = 0.0, len(lines)
            while waiting:
                # An answer that is on its way is waited for: a contact cut off would be a stale version later.
                for key, _ in selector.select(timeout=0.5):
                    line = key.data
                    if (answer := line.answer()) is None:
                        continue
                    arrived = time.perf_counter()
                    status, body = answer
                    sizes[line.kind] = len(body)
                    if not line.asker.take(status, body):
                        wrong[f"{line.kind} {status}"] += 1
                    if line.kind != FIRST:
                        answered.append(Answered(line.kind, arrived - line.sent_at))
                    now = arrived - start
                    if now < seconds and goes_on():
                        if not line.left:
                            selector.unregister(line.wire)
                            line.connect_anew()
                            selector.register(line.wire, selectors.EVENT_READ, line)
                        line.send()
                    else:
                        waiting -= 1
        finally:
            for line in lines:
                line.wire.close()
    return Crowd(now, answered, wrong, sizes, time.process_time() - used)
