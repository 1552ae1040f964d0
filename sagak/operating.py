"""Commands of whoever runs the service: bring the database up to date, copy it, put a copy back."""

from pathlib import Path

from rich.console import Console

from domain.errors import UsageError
from sagak.settings import Settings
from sagak.stores import store_of
from store.backup import backup, restore
from store.database import open_database, sqlite_file
from store.schema import migrate

out = Console()
_BY_POSTGRESQL = "PostgreSQL has tools of its own: pg_dump and pg_restore, see docs/operating.md."


def run_migrate(owner: str | None) -> None:
    """Brings the database to today's schema; on PostgreSQL signed in as the owner of the tables."""
    settings = Settings.from_environment()
    database = open_database(owner or settings.database, key=settings.store_key(), trail_key=settings.trail_key())
    try:
        migrate(database)
    finally:
        database.close()
    out.print("The database has the schema of this Sagak.")


def run_backup(target: Path) -> None:
    """Copies the database while the service goes on."""
    settings = Settings.from_environment()
    _file_of(settings)
    with store_of(settings) as database:
        backup(database, target, key=settings.store_key(), trail_key=settings.trail_key())
    out.print(f"Copied to {target}. It opens with the keys in {settings.store_key_file.parent} alone: keep both.")


def run_restore(copy: Path) -> None:
    """Puts a copy where the service looks for its database; the keys it was made with lie there already."""
    settings = Settings.from_environment()
    target = _file_of(settings)
    key, trail_key = settings.kept_keys()
    restore(copy, target, key=key, trail_key=trail_key)
    out.print("Restored. Look whether the trail is whole: sagak audit verify")


def _file_of(settings: Settings) -> Path:
    file = sqlite_file(settings.database)
    if file is None:
        raise UsageError("This copies SQLite databases.", hint=_BY_POSTGRESQL)
    return file
