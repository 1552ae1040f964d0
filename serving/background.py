"""What takes longer than a page may: computed once beside the requests, remembered by what it was computed from."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from threading import Lock
from typing import Generic, TypeVar

_T = TypeVar("_T")
_REMEMBERED = 8


class Background(Generic[_T]):
    """One computation at a time; a key names everything the result depends on."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")
        self._found: dict[Hashable, Future[_T]] = {}
        self._lock = Lock()

    def find(self, key: Hashable, compute: Callable[[], _T], *, seconds: float) -> _T | None:
        """The result, waited for no longer than ``seconds``; None while it is being computed.

        Raises what ``compute`` raised, and computes anew the next time.
        """
        with self._lock:
            future = self._found.get(key)
            if future is None:
                future = self._found[key] = self._worker.submit(compute)
                for oldest in list(self._found)[:-_REMEMBERED]:
                    self._found.pop(oldest).cancel()
        try:
            return future.result(timeout=seconds)
        except NotYet:
            if future.done():  # a TimeoutError of the computation itself
                raise
            return None
        except BaseException:
            with self._lock:
                self._found.pop(key, None)
            raise
