"""A town whose round is published, with the people of `made_store` to look at it: what the auditor's pages are for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from audit.sources_of_round import Folders
from domain.people import ALL, EVERYWHERE, Role
from sagak.settings import Settings
from sagak.stores import store_of
from serving.service import Service
from store import tables
from store.database import Database
from tests.support.made_service import made_service
from tests.support.made_store import _HASH as PASSWORD_HASH
from tests.support.made_store import NOW
from tests.support.weeks import Town, copy_of


@contextmanager
def town_store(town: Town, home: Path) -> Iterator[tuple[Settings, Database]]:
    """A copy of the town with its store open, and an auditor and a dong worker who may sign in."""
    settings = copy_of(town, home)
    with store_of(settings) as database:
        _add(database, "auditor", "감사담당", Role.AUDITOR, EVERYWHERE)
        _add(database, "analyst", "분석담당", Role.ANALYST, EVERYWHERE)
        yield settings, database


def folders_of(settings: Settings) -> Folders:
    return Folders(
        settings.models, settings.core, settings.recorded, settings.matrices, settings.scores, settings.lists
    )


def town_service(settings: Settings, database: Database) -> Service:
    """The service on the town's folders, its clock a day after the round."""
    service = made_service(database, home=settings.home, policy=settings.policy())
    places = replace(
        service.places,
        models=settings.models,
        core=settings.core,
        matrices=settings.matrices,
        scores=settings.scores,
        lists=settings.lists,
        checkpoints=settings.checkpoints,
    )
    return replace(service, places=places)


def _add(database: Database, login: str, name: str, role: Role, area: str) -> None:
    with database.writing(ALL) as connection:
        added = connection.execute(
            insert(tables.users).values(
                login=login, name=name, password_hash=PASSWORD_HASH, is_active=True, must_change_password=False,
                failures=0, created_at=NOW - timedelta(days=365),
            )
        )  # fmt: skip
        key = added.inserted_primary_key
        assert key is not None
        connection.execute(
            insert(tables.grants).values(
                user_id=key[0], role=role, area=area, valid_from=NOW - timedelta(days=365), valid_to=None,
                granted_by="setup", reason="made up for tests",
            )
        )  # fmt: skip
