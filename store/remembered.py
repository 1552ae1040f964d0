"""What was read or made of published lists and cases, kept until something of it changes.

A list is opened again and again between two acts in its dong, and reading it costs ten times what it costs to ask
whether anything changed. That question is part of the reader's own snapshot, so nobody ever gets what was true before:
a publication that becomes current changes the pointers of the rounds, and every act on a case its version.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, func, select

from domain.people import Scope
from store.scoping import once_a_scope, within
from store.tables import cases, publishing_fence, rounds

MEMORY = "sagak_memory"  # the execution option of an engine that remembers
_T = TypeVar("_T")


@dataclass(frozen=True)
class Memory:
    """The newest things that were asked for, at most ``size``; threads may share it."""

    size: int
    _kept: OrderedDict[Any, Any] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def get(self, key: Any) -> Any:
        """What is kept under a key, None where nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Any, value: Any) -> None:
        """Keeps it, in place of what nobody has asked for the longest."""
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)


def remembered(connection: Connection, scope: Scope, make: Callable[..., _T], *args: Any) -> _T:
    """``make(connection, scope, *args)``, or what it gave when the caller's areas last stood as they do now.

    For what depends on its arguments, published lists, cases and who lives there alone, as each of these changes in one
    transaction with a version or a pointer. Only readers remember: what a writer sees may still be taken back. Nor does
    whoever sees the whole nation, where asking costs more than reading one list.
    """
    memory: Memory | None = connection.get_execution_options().get(MEMORY)
    if memory is None or scope.is_everywhere:
        return make(connection, scope, *args)
    stands = tuple(connection.execute(_stands(scope)).one())
    key = (make, scope, args)
    kept = memory.get(key)
    if kept is not None and kept[0] == stands:
        found: _T = kept[1]
        return found
    made = make(connection, scope, *args)
    memory.keep(key, (stands, made))
    return made


@once_a_scope
def _stands(scope: Scope) -> Select[Any]:
    """Three numbers that are never again what they were, once anything in ``scope`` was published or acted on.

    Whoever publishes raises the fence, and then points one round at another publication. Cases come and go by that
    alone; in between, the sum of their versions only grows.
    """
    fence = select(func.max(publishing_fence.c.fence)).scalar_subquery()
    pointers = select(func.sum(rounds.c.publication_id)).scalar_subquery()
    versions = select(func.sum(cases.c.version)).where(within(scope, cases.c.dong_code)).scalar_subquery()
    return select(fence, pointers, versions)
