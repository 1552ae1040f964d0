"""One database, opened for reading or writing in somebody's scope.

SQLite comes by SQLCipher: encrypted at rest, and free of the fault of 3.7.0 to 3.51.2 that can corrupt a file in WAL
mode. Writes begin with BEGIN IMMEDIATE, one at a time within the process: a lock that is upgraded later cannot wait.
On PostgreSQL each transaction names the caller's areas first, so that row-level security shows no other dong even where
a query forgets to ask; the setting ends with the transaction, so a pooled connection keeps nothing of it.

Readers and writers have pools of their own: a page that holds a snapshot while it acts waits only for writers, and
those wait for nobody.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    ExceptionContext,
    QueuePool,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DataError, DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.pool import ConnectionPoolEntry

from domain.errors import StorageFailed, UsageError
from domain.people import Scope
from store.chain import SIGNER, Signer
from store.remembered import MEMORY, Memory

__all__ = ["Connection", "Database", "narrow", "open_database", "sqlite_file"]  # other rooms take the type from here

SMALLEST_SQLITE = (3, 51, 3)  # https://sqlite.org/wal.html: the WAL-reset fault is mended from here on
_BUSY_MS = 10_000
# Connections of one process. Four workers on PostgreSQL stay below its default of a hundred.
_READERS = {"sqlite": 40, "postgresql": 14}
_WRITERS = {"sqlite": 2, "postgresql": 6}
_RESTED, _RESTS_SINCE = 1.0, "rests_since"  # seconds until a pooled connection is asked whether it still answers
_REMEMBERED = 512  # lists, or what was made of one, for each process
# A server that is gone without a word, or stuck, is given up after seconds: readers are waited for in the event loop.
# What the address says of these counts instead. https://www.postgresql.org/docs/current/libpq-connect.html
_PATIENCE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
             "tcp_user_timeout": 20_000}  # fmt: skip
_LONGEST_READ = {"options": "-c statement_timeout=30s"}
_READ_ONLY = "25006"  # PostgreSQL: read_only_sql_transaction
# What SQLite says when the place fails, not the query.
_PLACE_FAILS = ("is locked", "is full", "disk i/o", "readonly", "unable to open", "not a database", "malformed")


@dataclass(frozen=True)
class Database:
    """Open it with `open_database`; ``reading`` and ``writing`` are the only ways in.

    Both raise `StorageFailed` where the database does not answer, is full or cannot be opened with this key, and
    `UsageError` for a NUL, which PostgreSQL keeps in no text.
    """

    engine: Engine
    writers: Engine
    _writer: Lock = field(default_factory=Lock, repr=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def driver_error(self) -> type[Exception]:
        """What the driver itself raises."""
        error: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        return error

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Connection]:
        """One snapshot, in ``scope``; nothing that is written here is kept."""
        with _answering(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
                yield connection
                connection.rollback()
                return
            narrow(connection, scope)
            yield connection
            # Read-only, so a commit keeps nothing either; at a rollback psycopg forgets all statements it has prepared,
            # and planning a question takes longer than answering it.
            connection.commit()

    @contextmanager
    def writing(self, scope: Scope) -> Iterator[Connection]:
        """One transaction, in ``scope``: all of it is kept, or on any exception nothing."""
        if not self.is_sqlite:
            with _answering(), self.writers.begin() as connection:
                narrow(connection, scope)
                yield connection
            return
        with _answering(), self._writer, self.writers.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def close(self) -> None:
        """Gives every pooled connection back."""
        self.engine.dispose()
        self.writers.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    """Turns a database that does not answer into an error for people; the cause is left out, it may quote a row."""
    try:
        yield
    except NoneFree:
        raise StorageFailed("The database is too busy to answer.", hint="Try again in a moment.") from None
    except DBAPIError as error:
        if isinstance(error, DataError) and "NUL" in str(error.orig):
            raise UsageError("There is a sign in it that no text can hold.", hint="Type it anew.") from None
        if not _place_fails(error):
            raise
        raise StorageFailed(
            "The database does not answer.", hint="Look whether it runs, has room, and opens with this key."
        ) from None


def _place_fails(error: DBAPIError) -> bool:
    """Whether the place failed, not the query: PostgreSQL has a class for it, SQLite only words."""
    said = str(error.orig).lower()
    if "sqlcipher" in type(error.orig).__module__:
        return any(words in said for words in _PLACE_FAILS)
    # A server that has become a standby, or ran out of room, takes no writes.
    return isinstance(error, OperationalError | InterfaceError) or getattr(error.orig, "sqlstate", "") == _READ_ONLY


def narrow(connection: Connection, scope: Scope) -> None:
    """Tells PostgreSQL whose rows this transaction may see; SQLite has no such lock, there the queries alone narrow.

    Once a transaction: one that names no area sees no household's row.
    """
    if scope.areas and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT set_config('app.areas', %s, true)", (",".join(scope.areas),))


def open_database(url: str, *, key: bytes, trail_key: bytes) -> Database:
    """The database at ``url``: ``sqlite:////path/to/file.db`` or ``postgresql+psycopg://…``.

    ``key`` (32 bytes) encrypts a SQLite file; ``trail_key`` (32 bytes) signs the lines of the trail. Raises
    `StorageFailed` where SQLite is too old to be safe. Nothing is opened yet: see `store.schema.check_schema`.
    """
    address, memory = make_url(url), {MEMORY: Memory(_REMEMBERED)}
    if address.get_backend_name() == "sqlite":
        make = partial(_sqlite_engine, _file_of(address), key, trail_key)
        return Database(make(_READERS["sqlite"]).execution_options(**memory), make(_WRITERS["sqlite"]))
    make = partial(_postgresql_engine, address, trail_key)
    readers = make(_READERS["postgresql"], _PATIENCE | _LONGEST_READ, isolation_level="REPEATABLE READ")
    event.listen(readers, "connect", _read_only)
    return Database(readers.execution_options(**memory), make(_WRITERS["postgresql"], _PATIENCE))


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, None for PostgreSQL."""
    address = make_url(url)
    return _file_of(address) if address.get_backend_name() == "sqlite" else None


def _postgresql_engine(address: URL, trail_key: bytes, size: int, patience: Mapping[str, Any], **more: Any) -> Engine:
    unsaid = {name: value for name, value in patience.items() if name not in address.query}
    # Last in, first out: the connection that was just used has the statements and the caches. hide_parameters: an error
    # must not quote a household's values.
    engine = create_engine(
        address, pool_size=size, pool_use_lifo=True, max_overflow=0, connect_args=unsaid, hide_parameters=True,
        execution_options={SIGNER: Signer(trail_key)}, **more,
    )  # fmt: skip
    event.listen(engine, "handle_error", _quote_nothing)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_check_rested, engine.dialect))
    return engine


def _read_only(connection: Any, _: Any) -> None:
    """Once for each connection: SQLAlchemy's own option sets it, and takes it back, at every use."""
    connection.read_only = True


def _note_rest(_: Any, record: ConnectionPoolEntry) -> None:
    record.info[_RESTS_SINCE] = monotonic()


def _check_rested(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
    """As ``pool_pre_ping`` does, but not for one that was just in use: under load that is one question in six."""
    if monotonic() - record.info.get(_RESTS_SINCE, 0) < _RESTED:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _quote_nothing(context: ExceptionContext) -> None:
    """PostgreSQL's own words quote the row ("Key (ref)=(…) already exists"): of them only what names no value stays."""
    raised = context.original_exception
    state, said = getattr(raised, "sqlstate", None), getattr(getattr(raised, "diag", None), "message_primary", None)
    if state is None or context.sqlalchemy_exception is None:
        return
    # Data exceptions (class 22) quote the value in their first line already.
    words = f"{type(raised).__name__} {state}" + ("" if state.startswith("22") else f": {said}")
    raised.args = (words,)
    context.sqlalchemy_exception.args = (words,)


def _file_of(address: URL) -> Path:
    if not address.database:
        raise StorageFailed("A database in memory keeps nothing.", hint="Name a file: sqlite:////path/to/sagak.db")
    return Path(address.database)


def _sqlite_engine(path: Path, key: bytes, trail_key: bytes, size: int) -> Engine:
    from sqlcipher3 import dbapi2

    if tuple(map(int, dbapi2.sqlite_version.split("."))) < SMALLEST_SQLITE:
        raise StorageFailed(
            f"SQLite {dbapi2.sqlite_version} can corrupt a database that several threads use.",
            hint="Install what requirements/run.txt names.",
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def connect() -> Any:
        # No implicit transactions: reading and writing say themselves how theirs begin.
        connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for setting in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_MS}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://", module=dbapi2, creator=connect, poolclass=QueuePool, pool_size=size, pool_use_lifo=True,
        max_overflow=0, hide_parameters=True, execution_options={SIGNER: Signer(trail_key)},
    )  # fmt: skip
    event.listen(engine, "begin", _begin_nothing)
    return engine


def _begin_nothing(_: Connection) -> None:
    """SQLAlchemy's own begin sends nothing to SQLite; `Database` sends the BEGIN it means."""
