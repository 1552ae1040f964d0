"""The site's database, opened by its settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from sagak.settings import Settings
from store.database import Database, open_database
from store.schema import check_schema, migrate


@contextmanager
def store_of(settings: Settings) -> Iterator[Database]:
    """The site's database, its schema that of this Sagak; a SQLite file is made and brought up to date by itself."""
    database = open_database(settings.database, key=settings.store_key(), trail_key=settings.trail_key())
    try:
        if database.is_sqlite:
            migrate(database)
        check_schema(database)
        yield database
    finally:
        database.close()
