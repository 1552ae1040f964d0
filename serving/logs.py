"""The service's own log: one line of ASCII JSON an event, with known keys only, and never a person.

No address of a request (it may name a household), no query, no body, no login, no message of an exception (it may hold
values). What the trail keeps about people is in the trail.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

KEYS = frozenset(
    ("at", "level", "event", "method", "route", "status", "ms", "error", "kind", "trace", "worker", "port", "version")
)
# How uvicorn is started: it would log addresses with their queries, and say what it is.
UVICORN: Mapping[str, Any] = {"access_log": False, "server_header": False, "log_config": None}
_FRAMES = 8


def configure_logs(stream: TextIO = sys.stdout) -> None:
    """Sends events of the service and of the libraries below it to ``stream``, a line each."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _known_keys_only,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Plain()], level=logging.WARNING, force=True)


def where(trace: TracebackType | None) -> list[str]:
    """The way an exception took, innermost last, as file and line: enough to find the fault, without any value."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{'/'.join(code.co_filename.split('/')[-2:])}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-_FRAMES:]


def _known_keys_only(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in event.items() if key in KEYS}


class _Plain(logging.Handler):
    """Lines of libraries: which one warns, and the class of what went wrong; not what it says."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().warning(
            record.name,
            kind=type(error).__name__ if error else record.levelname,
            trace=where(error.__traceback__ if error else None),
        )
