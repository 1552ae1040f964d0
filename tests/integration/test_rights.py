"""PostgreSQL shows a transaction only the rows of its areas, whatever a query forgets; every known hole is tried.

The holes: https://www.postgresql.org/docs/current/ddl-rowsecurity.html (owner, settings) and pooled connections.
"""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from domain.errors import StorageFailed
from domain.people import ALL, NOBODY, Scope
from store.database import Database
from store.schema import APP_ROLE
from store.tables import NARROWED, households, metadata
from tests.support.postgres import OWNER, Cluster
from tests.support.tampering import write_lines

DONGS = [f"41281{number:02d}000" for number in range(51, 56)] + ["4113551000"]
HISTORY = ("contacts", "notes", "assignments", "handovers", "requests", "capacities")


@pytest.fixture
def listed(postgres_database: Database) -> Database:
    """Three households in each of six dongs, five of them in one district."""
    rows = [
        {"ref": f"{dong}-{number}", "household_id": f"h{dong}{number}", "dong_code": dong}
        for dong in DONGS
        for number in range(3)
    ]
    with postgres_database.writing(ALL) as connection:
        connection.execute(insert(households), rows)
    return postgres_database


def seen(database: Database, scope: Scope) -> set[str]:
    """The dongs that a query without any condition shows."""
    with database.reading(scope) as connection:
        return set(connection.execute(select(households.c.dong_code)).scalars())


def test_a_query_that_forgets_whose_rows_it_wants_gets_only_the_callers(listed: Database) -> None:
    assert seen(listed, Scope((DONGS[0],))) == {DONGS[0]}
    assert seen(listed, Scope(("41281",))) == set(DONGS[:5])
    assert seen(listed, Scope((DONGS[0], "41135"))) == {DONGS[0], DONGS[5]}
    assert seen(listed, ALL) == set(DONGS)
    assert seen(listed, NOBODY) == set()


def test_without_any_setting_nothing_is_seen(listed: Database) -> None:
    with listed.engine.connect() as connection:
        assert connection.execute(select(households)).all() == []
        connection.exec_driver_sql("SELECT set_config('app.areas', '*', true)")
        assert len(connection.execute(select(households)).all()) == 18
        connection.rollback()
        # What is left of a setting after its transaction is '', not null.
        assert connection.exec_driver_sql("SELECT current_setting('app.areas', true)").scalar_one() == ""
        assert connection.execute(select(households)).all() == []


def test_the_owner_of_the_tables_is_held_by_the_same_lock(listed: Database, postgres: Cluster) -> None:
    name = listed.engine.url.database
    assert name
    owner = postgres.open(name, OWNER)
    try:
        assert seen(owner, Scope((DONGS[0],))) == {DONGS[0]}
        assert seen(owner, NOBODY) == set()
    finally:
        owner.close()


def test_nobody_writes_into_another_dong(listed: Database) -> None:
    stranger = {"ref": "new", "household_id": "new", "dong_code": DONGS[5]}
    with pytest.raises(ProgrammingError, match="row-level security"), listed.writing(Scope(("41281",))) as connection:
        connection.execute(insert(households), [stranger])
    with pytest.raises(ProgrammingError, match="row-level security"), listed.writing(Scope(("41281",))) as connection:
        connection.execute(update(households).values(dong_code=DONGS[5]))
    with listed.writing(Scope((DONGS[0],))) as connection:
        assert connection.execute(update(households).values(household_id=households.c.ref)).rowcount == 3


def test_every_table_with_a_household_is_locked_and_the_service_cannot_unlock_it(postgres_database: Database) -> None:
    query = """SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
               WHERE c.relrowsecurity AND c.relforcerowsecurity AND r.rolname = 'sagak_owner'"""
    with postgres_database.reading(NOBODY) as connection:
        assert set(connection.exec_driver_sql(query).scalars()) == {table.name for table in NARROWED}
        rights = connection.exec_driver_sql(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).one()
        assert tuple(rights) == (False, False, False)
        views = connection.exec_driver_sql("SELECT count(*) FROM pg_views WHERE schemaname = 'public'").scalar_one()
        assert views == 0  # a view would run as its owner
    for statement in (
        "ALTER TABLE households DISABLE ROW LEVEL SECURITY",
        "DROP POLICY households_areas ON households",
    ):
        with pytest.raises(ProgrammingError, match="owner"), postgres_database.writing(ALL) as connection:
            connection.exec_driver_sql(statement)


def test_switching_the_lock_off_raises_and_shows_nothing(listed: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"), listed.reading(ALL) as connection:
        connection.exec_driver_sql("SET LOCAL row_security = off")
        connection.execute(select(households)).all()


@pytest.mark.parametrize("table", [*HISTORY, "trail", "trail_seals"])
@pytest.mark.parametrize("act", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table}"])
def test_what_was_done_is_only_ever_added(postgres_database: Database, table: str, act: str) -> None:
    column = next(iter(metadata.tables[table].columns)).name
    with pytest.raises(ProgrammingError, match="permission denied"), postgres_database.writing(ALL) as connection:
        connection.exec_driver_sql(act.format(table=table, column=column))


def test_of_what_was_done_nothing_may_be_rewritten_but_the_code_of_its_dong(postgres_database: Database) -> None:
    asked = text(
        "SELECT DISTINCT column_name FROM information_schema.column_privileges "
        "WHERE privilege_type = 'UPDATE' AND table_name = ANY(:tables)"
    )
    with postgres_database.reading(ALL) as connection:
        assert list(connection.execute(asked, {"tables": list(HISTORY)}).scalars()) == ["dong_code"]


def test_a_right_may_end_but_not_change(postgres_database: Database) -> None:
    with postgres_database.writing(ALL) as connection:
        connection.exec_driver_sql("UPDATE grants SET valid_to = 1")
    for statement in ("UPDATE grants SET role = 'auditor'", "DELETE FROM grants"):
        with pytest.raises(ProgrammingError, match="permission denied"), postgres_database.writing(ALL) as connection:
            connection.exec_driver_sql(statement)


def test_the_transaction_of_a_line_is_postgresqls_to_say(postgres_database: Database) -> None:
    write_lines(postgres_database, [1])
    with pytest.raises(ProgrammingError, match="permission denied"), postgres_database.writing(ALL) as connection:
        connection.exec_driver_sql(
            "INSERT INTO trail (id, at, actor, origin, act, subjects, detail, mac, written_in) "
            "VALUES (9, 1, '', '', '', '', '{}', '', 1)"
        )


def test_no_table_is_out_of_the_services_reach(postgres_database: Database) -> None:
    for table in metadata.sorted_tables:
        with postgres_database.reading(NOBODY) as connection:
            connection.execute(select(table).limit(1)).all()


def test_reading_writes_nothing(listed: Database) -> None:
    with pytest.raises(StorageFailed), listed.reading(ALL) as connection:
        connection.execute(update(households).values(household_id="x"))


def test_readers_keep_one_snapshot(listed: Database) -> None:
    with listed.reading(ALL) as reader:
        before = reader.execute(select(households)).all()
        with listed.writing(ALL) as writer:
            writer.execute(insert(households), [{"ref": "new", "household_id": "new", "dong_code": DONGS[0]}])
        assert reader.execute(select(households)).all() == before


def _requests(database: Database, seed: int, number: int) -> Iterator[bool]:
    """Requests of one thread: some forget the dong, some break half way, some ask for nothing."""
    draw = random.Random(seed)
    for _ in range(number):
        dong, way = draw.choice(DONGS), draw.random()
        try:
            if way < 0.1:
                yield seen(database, NOBODY) == set()
                continue
            with database.writing(Scope((dong,))) as connection:
                rows = set(connection.execute(select(households.c.dong_code)).scalars())
                yield rows == {dong}
                if way < 0.3:
                    connection.execute(text("SELECT no_such_column"))
                elif way < 0.4:
                    raise RuntimeError("the request broke")
        except (ProgrammingError, RuntimeError):
            pass


def test_a_pooled_connection_keeps_nothing_of_its_last_caller(listed: Database) -> None:
    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(lambda seed: list(_requests(listed, seed, 60)), range(50)))
    answers = [answer for thread in told for answer in thread]
    assert len(answers) == 3_000
    assert all(answers)


def test_names_sort_by_code_point_on_both(any_database: Database) -> None:
    names = ["하나", "가나", "각", "힣", "나", "Zoe", "abc", "가"]
    values = ", ".join(f"({number}, 'l{number}', '{name}', true, false, 0, 0)" for number, name in enumerate(names))
    with any_database.writing(ALL) as connection:
        connection.exec_driver_sql(
            "INSERT INTO users (id, login, name, is_active, must_change_password, failures, created_at) "
            f"VALUES {values}"
        )
    with any_database.reading(ALL) as connection:
        found = connection.execute(text("SELECT name FROM users ORDER BY name")).scalars().all()
    assert found == sorted(names)


def test_the_role_of_the_service_has_the_name_that_the_migration_grants_to() -> None:
    assert APP_ROLE == "sagak_app"
