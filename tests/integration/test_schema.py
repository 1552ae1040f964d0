"""The schema of the database: what the revisions build is what the tables say, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from domain.errors import StorageFailed
from domain.people import ALL
from store.database import Database
from store.schema import _config, check_schema, migrate
from store.tables import metadata
from tests.support.kills import forks
from tests.support.postgres import OWNER, Cluster, open_file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it, open as its owner."""
    if request.param == "sqlite":
        database = open_file(tmp_path / "empty.db")
        yield database
        database.close()
        return
    postgres: Cluster = request.getfixturevalue("postgres")
    name = postgres.new()
    database = postgres.open(name, OWNER)
    yield database
    database.close()
    postgres.drop(name)


def test_an_empty_database_gets_exactly_the_tables_that_the_code_knows(empty: Database) -> None:
    migrate(empty)
    with empty.reading(ALL) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migrated_database_stays_as_it_is(empty: Database) -> None:
    migrate(empty)
    migrate(empty)
    check_schema(empty)


def test_an_empty_database_is_refused_with_the_command_that_helps(empty: Database) -> None:
    with pytest.raises(StorageFailed) as refused:
        check_schema(empty)
    assert "sagak migrate" in refused.value.hint


def test_a_later_schema_is_refused_by_the_service_and_left_alone_by_the_migration(empty: Database) -> None:
    migrate(empty)
    with empty.writing(ALL) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refuse in (check_schema, migrate):
        with pytest.raises(StorageFailed, match="later Sagak"):
            refuse(empty)


_BEFORE_REASONS = (
    "INSERT INTO users (id, login, name, is_active, must_change_password, failures, created_at) "
    "VALUES (1, 'dong', '담당', true, false, 0, 0)",
    "INSERT INTO households (ref, household_id, dong_code) VALUES ('r', 'h', '4128151000')",
    *(
        "INSERT INTO contacts (id, ref, dong_code, round, method, attempt, note, made_at, corrects, by_user, at) "
        f"VALUES ({number}, 'r', '4128151000', '2026-W47', 'phone', 'reached', '{note}', 0, {corrects}, 1, {number})"
        for number, note, corrects in (
            (1, "아드님과 통화\n※ 내일 다시", "NULL"),
            (2, "따님과 통화\n저녁에\n※ 잘못 적음", "1"),
            (3, "※ 옆집과 바뀜", "2"),
        )
    ),
)


def test_reasons_for_corrections_move_from_the_notes_to_their_own_column(empty: Database) -> None:
    with empty.writing(ALL) as connection:
        command.upgrade(_config(connection), "0008")
        for statement in _BEFORE_REASONS:
            connection.execute(text(statement))
    migrate(empty)
    with empty.reading(ALL) as connection:
        rows = connection.execute(text("SELECT note, reason FROM contacts ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("아드님과 통화\n※ 내일 다시", None),
        ("따님과 통화\n저녁에", "잘못 적음"),
        ("", "옆집과 바뀜"),
    ]


def test_cases_that_somebody_had_tried_are_known_as_tried(empty: Database) -> None:
    stands = {"open": 0, "trying": 1, "in_touch": 1, "closed": 1, "with_hub": "NULL"}
    with empty.writing(ALL) as connection:
        command.upgrade(_config(connection), "0009")
        for status, last in stands.items():
            key = f"('{status}', '{status}', '4128151000')"
            connection.execute(text(f"INSERT INTO households (ref, household_id, dong_code) VALUES {key}"))
            connection.execute(
                text(
                    "INSERT INTO cases (ref, dong_code, version, status, attempts, last_contact_at, updated_at) "
                    f"VALUES ('{status}', '4128151000', 1, '{status}', 0, {last}, 0)"
                )
            )
    migrate(empty)
    with empty.reading(ALL) as connection:
        tried = connection.execute(text("SELECT ref FROM cases WHERE is_tried ORDER BY ref")).scalars().all()
    assert tried == ["closed", "in_touch", "trying"], "an open one was listed anew, and nobody met the one with the hub"


_MIGRATOR = """
from sqlalchemy.engine.default import DefaultDialect
from store.database import open_database
from store.schema import migrate
from tests.support.kills import serve
from tests.support.postgres import KEY, TRAIL_KEY
serve(lambda _, url: migrate(open_database(url, key=KEY, trail_key=TRAIL_KEY)), [(DefaultDialect, "do_execute")])
"""


def tables_of(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_a_migration_that_is_killed_leaves_nothing_or_all(
    empty: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Killed at every seventh statement and at the last ones; what follows needs no hands."""
    url = empty.engine.url.render_as_string(hide_password=False)
    if empty.is_sqlite:
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    with forks(tmp_path, _MIGRATOR) as processes:
        step, ended = 1, -9
        while ended == -9:
            (ended,) = processes.run(url, last=step)
            assert tables_of(empty) == (set() if ended == -9 else {*metadata.tables, "alembic_version"})
            step += 7
    assert step > 50
    check_schema(empty)


def test_two_that_migrate_at_once_do_it_once(empty: Database, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: migrate(empty), range(2)))
    check_schema(empty)
