"""The schema of the database: brought up to date in one transaction, and checked before a service starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from domain.errors import StorageFailed
from domain.people import ALL
from store.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x5A6A6B  # PostgreSQL's advisory lock of whoever migrates
APP_ROLE = "sagak_app"  # the role a service signs in as; it owns nothing, see the last revision


def migrate(database: Database) -> None:
    """Brings a database to today's schema; one that is empty gets all of it, one that has it stays as it is.

    All of it is one transaction, on SQLite as well: whatever ends it half way leaves the former schema. On PostgreSQL
    ``database`` is opened as the owner, and the role `APP_ROLE` exists. Raises `StorageFailed` for a schema of a later
    Sagak, or without that role.
    """
    with database.writing(ALL) as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            _check_role(connection)
        _check_not_newer(connection)
        command.upgrade(_config(connection), "head")


def check_schema(database: Database) -> None:
    """Raises `StorageFailed` unless the database has exactly the schema of this Sagak; says what to do about it."""
    with database.reading(ALL) as connection:
        _check_not_newer(connection)
        if _revision(connection) != _scripts().get_current_head():
            raise StorageFailed("The database has the schema of an earlier Sagak.", hint="Run: sagak migrate")


def _check_not_newer(connection: Connection) -> None:
    revision = _revision(connection)
    if revision is not None and revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise StorageFailed("The database has the schema of a later Sagak.", hint="Update Sagak to what wrote it.")


def _check_role(connection: Connection) -> None:
    if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": APP_ROLE}).first() is None:
        raise StorageFailed(
            f"The database has no role {APP_ROLE}, whose rights the service works with.",
            hint=f"As its administrator: CREATE ROLE {APP_ROLE} LOGIN PASSWORD '…'",
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_MIGRATIONS))


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
