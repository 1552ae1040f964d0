"""A client that costs little: keep-alive connections on raw sockets, in one loop; who is answered asks again."""

import selectors
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, cycle

_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """What came of a drive: seconds of each answered request in the order they came in, and how long it all took."""

    seconds: float
    latencies: tuple[float, ...]

    @classmethod
    def together(cls, loads: Sequence["Load"]) -> "Load":
        return cls(sum(load.seconds for load in loads), tuple(chain.from_iterable(load.latencies for load in loads)))

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency (in ms) that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Takes in what has come; raises `RuntimeError` for an answer that is not 200 with a length."""
        if not (chunk := self.socket.recv(65_536)):
            raise RuntimeError("the server closed a connection")
        self.received += chunk
        end = self.received.find(_END)
        if end < 0:
            return False
        head = bytes(self.received[:end]).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"the server answered {bytes(self.received[:400])!r}")
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return len(self.received) >= end + len(_END) + length


def post(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """A request as it goes over the wire."""
    all_headers = {"host": "localhost", "content-type": "application/json", "content-length": str(len(body)), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in all_headers.items())]
    return "\r\n".join(lines).encode() + _END + body


def drive(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Sends the requests one after the other, again and again, on so many connections for so long."""
    following = cycle(requests)
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(socket.create_connection(("127.0.0.1", port), timeout=30)) for _ in range(connections)]
        try:
            start = time.perf_counter()
            for connection in opened:
                connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                connection.send(next(following))
            while (now := time.perf_counter()) < start + seconds:
                for key, _ in selector.select(timeout=1):
                    connection = key.data
                    if connection.is_answered():
                        latencies.append(time.perf_counter() - connection.sent_at)
                        connection.send(next(following))
        finally:
            for connection in opened:
                connection.socket.close()
    return Load(now - start, tuple(latencies))
