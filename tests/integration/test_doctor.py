"""`sagak doctor`: each thing that must be mended is found and says what to do; looking changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.calendar import SEOUL
from domain.people import ALL
from sagak.diagnosing import Finding, Level, diagnose
from sagak.settings import Settings
from sagak.site import Site
from sagak.stores import store_of
from store.database import Database
from store.diagnosis import is_head_sound, signed_in_as
from store.tables import NARROWED
from tests.support.in_process import sagak_here
from tests.support.postgres import OWNER, Cluster
from tests.support.tampering import write_lines
from tests.support.weeks import files_under, settings_of

MONDAY = datetime(2026, 11, 16, 12, tzinfo=SEOUL)
SITE = Site.from_environment({})


def found(settings: Settings, site: Site = SITE, *, at: datetime = MONDAY) -> dict[str, Finding]:
    return dict(diagnose(settings, site, at=at))


def levels(findings: dict[str, Finding], level: Level) -> set[str]:
    return {name for name, finding in findings.items() if finding.level is level}


def test_a_town_as_it_was_made_has_nothing_to_mend(own_town: Settings) -> None:
    findings = found(own_town)
    assert levels(findings, Level.FAIL) == set()
    assert "checkpoints" in levels(findings, Level.WARN)
    assert {"policy", "keys", "database", "trail", "round", "model"} <= levels(findings, Level.OK)


def test_every_warning_and_failure_says_what_to_do(tmp_path: Path) -> None:
    for finding in found(settings_of(tmp_path / "nothing")).values():
        assert finding.level is Level.OK or finding.advice


def test_looking_at_an_empty_home_makes_nothing(tmp_path: Path) -> None:
    findings = found(settings_of(tmp_path / "nothing"))
    assert list(tmp_path.iterdir()) == []
    assert levels(findings, Level.FAIL) == {"model"}
    assert {"keys", "database", "trail", "round"} <= levels(findings, Level.WARN)


def test_looking_at_a_town_changes_nothing_of_it(own_town: Settings) -> None:
    kept = files_under(own_town.models, own_town.lists, own_town.key_file.parent)
    found(own_town)
    assert files_under(own_town.models, own_town.lists, own_town.key_file.parent) == kept


def test_a_key_that_others_may_read_is_a_failure(own_town: Settings) -> None:
    own_town.store_key_file.chmod(0o640)
    findings = found(own_town)
    assert {"keys", "database"} <= levels(findings, Level.FAIL)
    assert "chmod 600" in findings["keys"].advice


def test_a_lost_key_is_a_failure_and_no_new_one_is_made(own_town: Settings) -> None:
    own_town.store_key_file.unlink()
    assert {"keys", "database"} <= levels(found(own_town), Level.FAIL)
    assert not own_town.store_key_file.exists()


def test_another_key_does_not_open_the_database(own_town: Settings) -> None:
    own_town.store_key_file.write_bytes(bytes(32))
    assert "database" in levels(found(own_town), Level.FAIL)


def test_a_line_of_the_trail_that_was_changed_is_found(own_town: Settings) -> None:
    with store_of(own_town) as database:
        write_lines(database, range(5))
        with database.writing(ALL) as connection:
            connection.execute(text("UPDATE trail SET actor = 'nobody' WHERE id = (SELECT max(id) - 2 FROM trail)"))
    findings = found(own_town)
    assert "trail" in levels(findings, Level.FAIL)
    assert "sagak audit verify" in findings["trail"].advice


def test_a_service_that_others_reach_without_https_is_a_failure(own_town: Settings) -> None:
    assert found(own_town, replace(SITE, host="0.0.0.0"))["https"].level is Level.FAIL
    assert found(own_town, replace(SITE, is_secure=True))["https"].level is Level.WARN
    assert found(own_town, replace(SITE, is_secure=True, proxy="127.0.0.1"))["https"].level is Level.OK


def test_several_processes_on_sqlite_are_a_failure(own_town: Settings) -> None:
    assert found(own_town, replace(SITE, workers=2))["processes"].level is Level.FAIL


def test_an_old_round_is_told(own_town: Settings) -> None:
    assert found(own_town, at=MONDAY + timedelta(days=8))["round"].level is Level.OK
    assert found(own_town, at=MONDAY + timedelta(days=9))["round"].level is Level.WARN


def test_a_damaged_model_is_a_failure(own_town: Settings) -> None:
    path = own_town.models / "standard-1" / "model.txt"
    path.write_bytes(path.read_bytes()[:-1])
    assert found(own_town)["model"].level is Level.FAIL


def test_checkpoints_outside_the_home_are_what_is_wanted(own_town: Settings, tmp_path: Path) -> None:
    assert found(replace(own_town, checkpoints=tmp_path / "elsewhere.txt"))["checkpoints"].level is Level.OK


def test_the_command_ends_with_six_where_something_must_be_mended(tmp_path: Path) -> None:
    told = sagak_here(tmp_path, "doctor")
    assert told.returncode == 6
    assert all(
        line[:5].strip() in {"ok", "warn", "fail", "->", "Look", ""} or "->" in line
        for line in told.stdout.splitlines()
    )
    assert "fail  model: " in told.stdout


def test_an_unknown_setting_ends_the_command_before_any_check(tmp_path: Path) -> None:
    told = sagak_here(tmp_path, "doctor", SAGAK_PROT="81")
    assert (told.returncode, told.stdout) == (2, "")
    assert "Unknown setting SAGAK_PROT" in told.stderr


# The end of the trail, and who signs in to PostgreSQL


def test_the_end_of_the_trail_is_sound_however_long_it_is(any_database: Database) -> None:
    from store.sealer import Sealer

    for lines in (0, 1, 300):
        write_lines(any_database, range(lines))
        Sealer(any_database, Path("/dev/null"), lambda: MONDAY)  # made, not started: SQLite seals by itself
        with any_database.reading(ALL) as connection:
            assert is_head_sound(connection)


@pytest.fixture
def as_owner(postgres: Cluster, postgres_database: Database) -> Iterator[Database]:
    opened = postgres.open(str(postgres_database.engine.url.database), OWNER)
    yield opened
    opened.close()


def test_the_services_role_can_neither_pass_nor_change_the_locks(postgres_database: Database) -> None:
    with postgres_database.reading(ALL) as connection:
        role = signed_in_as(connection)
    assert (role.name, role.is_superuser, role.passes_by, role.owned, role.open_to_all) == (
        "sagak_app", False, False, (), (),
    )  # fmt: skip


def test_the_owner_of_the_tables_is_found_out(as_owner: Database) -> None:
    with as_owner.reading(ALL) as connection:
        assert set(signed_in_as(connection).owned) == {table.name for table in NARROWED}


def test_a_table_whose_lock_was_taken_off_is_found(postgres_database: Database, as_owner: Database) -> None:
    with as_owner.writing(ALL) as connection:
        connection.execute(text("ALTER TABLE notes NO FORCE ROW LEVEL SECURITY"))
    with postgres_database.reading(ALL) as connection:
        assert signed_in_as(connection).open_to_all == ("notes",)


def test_the_tables_that_are_looked_at_are_those_that_are_locked(postgres: Cluster, as_owner: Database) -> None:
    with as_owner.reading(ALL) as connection:
        locked = connection.execute(text("SELECT relname FROM pg_class WHERE relrowsecurity")).scalars().all()
    assert set(locked) == {table.name for table in NARROWED}
