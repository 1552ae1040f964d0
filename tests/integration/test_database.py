"""Opening, and what goes wrong with it, on both databases: an answer for people, and never a household's values."""

import traceback
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.errors import StorageFailed
from domain.people import ALL, NOBODY
from store.database import Database, open_database
from store.schema import check_schema
from store.tables import households
from tests.support.postgres import KEY, TRAIL_KEY, open_file

CANARY = "H-canary-7"
ROW = {"ref": CANARY, "household_id": CANARY, "dong_code": "4128151000"}


def test_what_an_exception_ends_is_not_kept(any_database: Database) -> None:
    with pytest.raises(RuntimeError), any_database.writing(ALL) as connection:
        connection.execute(insert(households), [ROW])
        raise RuntimeError("the act failed")
    with any_database.reading(ALL) as connection:
        assert connection.execute(households.select()).all() == []


def test_what_is_kept_is_there_for_the_next(any_database: Database) -> None:
    with any_database.writing(ALL) as connection:
        connection.execute(insert(households), [ROW])
    with any_database.reading(ALL) as connection:
        assert len(connection.execute(households.select()).all()) == 1


def test_an_error_quotes_no_row(any_database: Database) -> None:
    for statement in (insert(households).values(ROW), text(f"SELECT CAST('{CANARY}' AS integer) / 0")):
        try:
            with any_database.writing(ALL) as connection:
                connection.execute(insert(households), [ROW])
                connection.execute(statement)
        except DBAPIError as error:
            assert CANARY not in "".join(traceback.format_exception(error)).replace(str(error.statement), "")


def test_a_row_that_is_there_already_stays_an_error_of_its_own_kind(any_database: Database) -> None:
    with pytest.raises(IntegrityError), any_database.writing(ALL) as connection:
        connection.execute(insert(households), [ROW])
        connection.execute(insert(households), [ROW])


def test_the_services_role_may_look_at_the_schema(any_database: Database) -> None:
    check_schema(any_database)


def test_a_file_of_another_key_is_an_answer_for_people(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.writing(NOBODY):
        pass
    other = open_database(f"sqlite:///{tmp_path / 'sagak.db'}", key=bytes(32), trail_key=TRAIL_KEY)
    with pytest.raises(StorageFailed, match="does not answer"):
        check_schema(other)
    other.close()


def test_a_server_that_is_not_there_is_an_answer_for_people(tmp_path: Path) -> None:
    nowhere = open_database(f"postgresql+psycopg://sagak_app@/sagak?host={tmp_path}", key=KEY, trail_key=TRAIL_KEY)
    for use in (nowhere.reading, nowhere.writing):
        with pytest.raises(StorageFailed, match="does not answer"), use(NOBODY):
            pass


def test_a_server_that_goes_away_is_an_answer_and_the_next_request_works(postgres_database: Database) -> None:
    with pytest.raises(StorageFailed), postgres_database.reading(NOBODY) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with postgres_database.reading(NOBODY) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_question_that_is_asked_again_and_again_is_planned_once(postgres_database: Database) -> None:
    for _ in range(10):
        with postgres_database.reading(ALL) as connection:
            connection.execute(households.select()).all()
    with postgres_database.reading(NOBODY) as connection:
        planned = connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any("households" in statement for statement in planned)


def test_nobody_waits_for_a_question_without_end_unless_the_address_says_so(postgres_database: Database) -> None:
    asked = text("SHOW statement_timeout")
    with postgres_database.reading(NOBODY) as connection:
        assert connection.execute(asked).scalar_one() == "30s"
    address = postgres_database.engine.url.update_query_dict({"options": "-c statement_timeout=7s"})
    patient = open_database(address.render_as_string(hide_password=False), key=KEY, trail_key=TRAIL_KEY)
    with patient.reading(NOBODY) as connection:
        assert connection.execute(asked).scalar_one() == "7s"
    patient.close()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(StorageFailed, match="in memory"):
        open_database("sqlite://", key=KEY, trail_key=TRAIL_KEY)


def test_a_file_and_its_log_are_encrypted(tmp_path: Path, sqlite_database: Database) -> None:
    with sqlite_database.writing(ALL) as connection:
        connection.execute(insert(households), [ROW])
    for path in tmp_path.glob("sagak.db*"):
        assert CANARY.encode() not in path.read_bytes()
    again = open_file(tmp_path / "sagak.db")
    check_schema(again)
    again.close()
