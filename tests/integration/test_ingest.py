"""Taking a delivery in: what core and vault then hold, and that it happens whole or not at all."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

import sources.ingest
from domain.calendar import day_number, month_number
from domain.errors import StorageFailed
from domain.storage import sole_writer
from sources.core import Core, core_schema, find_core
from sources.ingest import check_delivery, delivery_report, ingest
from sources.pseudonyms import Subject, pseudonym
from sources.reference import indicator as registered
from sources.tables import TABLES, VAULT_TABLES
from tests.support.deliveries import KEY, DeliveryFolder, every_file, indicator, listed, member, take_in, write_csv


def tiny(tmp_path: Path, name: str = "delivery", **settings: Any) -> DeliveryFolder:
    return DeliveryFolder(tmp_path / name, **settings)


def test_core_holds_numbers_and_pseudonyms_in_place_of_text_and_ids(tmp_path: Path) -> None:
    core = take_in(tiny(tmp_path).write(), tmp_path)
    row = core.scan("indicators").filter(pl.col("observed_month") == month_number(date(2026, 9, 1))).collect()
    assert row.to_dicts() == [
        {
            "household_id": pseudonym("H1", KEY, Subject.HOUSEHOLD),
            "indicator_no": registered("nhis_premium_arrears").number,
            "observed_month": month_number(date(2026, 9, 1)),
            "known_at": day_number(date(2026, 10, 15)),
            "months_overdue": 5,
            "amount_krw": 312_000,
        }
    ]


@pytest.mark.parametrize("table", [name for name in TABLES if name not in VAULT_TABLES])
def test_every_table_has_its_declared_schema(tmp_path: Path, table: str) -> None:
    core = take_in(tiny(tmp_path).write(), tmp_path)
    assert dict(core.scan(table).collect().schema) == core_schema(TABLES[table])


def test_every_row_lies_in_the_file_of_its_district_in_order(tmp_path: Path) -> None:
    core = take_in(tiny(tmp_path).write(), tmp_path)
    for district in core.districts:
        households = core.scan("households", [district]).collect()
        assert households["dong_code"].str.head(5).unique().to_list() == [district]
        for table in core.rows.keys() - VAULT_TABLES:
            rows = core.scan(table, [district]).collect()
            assert rows["household_id"].is_sorted()
            assert set(rows["household_id"]) <= set(households["household_id"])


def test_no_provider_id_passes_into_core_or_vault(tmp_path: Path) -> None:
    built = tiny(tmp_path, file_type="parquet")
    for rows in built.rows.values():
        for row in rows:
            row["household_id"] = f"PROVIDER-{row['household_id']}"
    take_in(built.write(), tmp_path)
    for content in [*every_file(tmp_path / "core").values(), *every_file(tmp_path / "vault").values()]:
        assert b"PROVIDER" not in content


def test_names_lie_in_the_vault_only_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    core = take_in(tiny(tmp_path).write(), tmp_path)
    vault = tmp_path / "vault" / "2026-11-16"
    assert pl.read_parquet(vault / "people" / "41281.parquet")["name"].to_list() == ["김나래", "김나래"]
    assert not (core.folder / "people").exists()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [vault, *vault.rglob("*")]}
    assert modes == {0o700, 0o600}


def test_core_files_carry_page_checksums(tmp_path: Path) -> None:
    core = take_in(tiny(tmp_path).write(), tmp_path)
    path = core.folder / "households" / "41281.parquet"
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(OSError, match=r"CRC|Couldn't|corrupt"):
        pq.read_table(path, page_checksum_verification=True)


def test_the_core_says_what_it_was_made_of(tmp_path: Path) -> None:
    folder = tiny(tmp_path).write()
    core = take_in(folder, tmp_path)
    assert find_core(tmp_path / "core", date(2026, 11, 22)) == core == Core.open(core.folder)
    assert (core.as_of, core.rows["members"]) == (date(2026, 11, 16), 6)
    assert delivery_report(core) == check_delivery(folder)


# The same, however it is written


@pytest.mark.parametrize(
    ("file_type", "encoding", "read"),
    [
        ("csv", "utf-8", "UTF-8"),
        ("csv", "utf-8-sig", "UTF-8 with BOM"),
        ("csv", "cp949", "CP949"),
        ("parquet", "", "Parquet"),
    ],
)
def test_the_encoding_that_was_read_is_reported_and_changes_nothing(
    tmp_path: Path, file_type: str, encoding: str, read: str
) -> None:
    built = tiny(tmp_path, file_type=file_type, encoding=encoding)
    plain = take_in(tiny(tmp_path, "plain").write(), tmp_path / "other")
    core = take_in(built.write(), tmp_path)
    people = next(file for file in delivery_report(core).files if file.table == "people")
    assert people.encoding == read
    assert (core.folder / "members/41281.parquet").read_bytes() == (plain.folder / "members/41281.parquet").read_bytes()
    names = "vault/2026-11-16/people/41281.parquet"
    assert (tmp_path / names).read_bytes() == (tmp_path / "other" / names).read_bytes()


def test_dates_booleans_and_whole_floats_of_parquet_are_read(tmp_path: Path) -> None:
    built = tiny(tmp_path, file_type="parquet")
    for row in built.rows["households"]:
        row["moved_in_on"] = date.fromisoformat(row["moved_in_on"])
        row["has_phone"] = row["has_phone"] == "true"
        row["is_address_mismatch"] = 0
    for row in built.rows["indicators"]:
        row["observed_month"] = date.fromisoformat(row["observed_month"] + "-01")
        row["amount_krw"] = float(row["amount_krw"])
    core = take_in(built.write(), tmp_path)
    plain = take_in(tiny(tmp_path, "plain").write(), tmp_path / "other")
    for table in ("households", "indicators"):
        assert core.scan(table).collect().equals(plain.scan(table).collect())


def test_flags_and_months_may_be_written_in_several_ways(tmp_path: Path) -> None:
    built = tiny(tmp_path)
    for row, flag in zip(built.rows["households"], ("1", "TRUE", "True", "true", "0"), strict=True):
        row["has_phone"] = flag
    for row in built.rows["members"]:
        row["birth_month"] += "-01"
    for row in built.rows["indicators"]:
        row["amount_krw"] = "312000.0"
        row["household_id"] = f" {row['household_id']} "
    core = take_in(built.write(), tmp_path)
    plain = take_in(tiny(tmp_path, "plain").write(), tmp_path / "other")
    for table in ("households", "members", "indicators"):
        assert core.scan(table).collect().equals(plain.scan(table).collect())


def test_a_table_may_come_in_several_files_and_its_columns_in_any_order(tmp_path: Path) -> None:
    built = tiny(tmp_path)
    folder = built.write()
    names = list(reversed(TABLES["members"].column_names))
    write_csv(folder / "members.csv", names, built.rows["members"][:2])
    write_csv(folder / "more.csv", names, [*built.rows["members"][2:], member("H1", "P1", sex="male")])
    files = [listed(path, path.stem, len(built.rows[path.stem])) for path in folder.glob("[!m]*.csv")]
    files += [listed(folder / "members.csv", "members", 2), listed(folder / "more.csv", "members", 5)]
    built.list_files(files=files)
    core = take_in(folder, tmp_path)
    assert core.rows["members"] == 6
    aside = pl.read_parquet(core.folder / "quarantine.parquet").rows()
    assert aside == [("members", "more.csv", 5, "conflicting", "person_id")]


def test_many_buckets_give_the_bytes_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tiny(tmp_path)
    built.rows["members"] += [member("H5", "P1"), member("H4", "P2"), member("H4", "P2"), member("H1", "P7")]
    built.rows["indicators"] += [indicator(f"H{n % 7}", observed_month=f"2026-0{n % 8 + 1}") for n in range(40)]
    folder = built.write()
    take_in(folder, tmp_path / "one")
    # In this process, where the number of buckets can be changed.
    monkeypatch.setattr(
        sources.ingest, "run_isolated", lambda run, *args, memory_mb, seconds, progress: run(*args, progress=progress)
    )
    monkeypatch.setattr("sources.intake.bucket_count", lambda rows: 37)
    take_in(folder, tmp_path / "many")
    assert every_file(tmp_path / "many") == every_file(tmp_path / "one")


# Whole or not at all


def test_the_same_delivery_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = tiny(tmp_path).write()
    take_in(folder, tmp_path / "data")
    before = every_file(tmp_path / "data")
    take_in(folder, tmp_path / "data")
    assert every_file(tmp_path / "data") == before


def test_a_check_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    folder = tiny(tmp_path).write()
    before = every_file(tmp_path)
    check_delivery(folder)
    assert every_file(tmp_path) == before
    assert list(scratch.iterdir()) == []


def test_leftovers_of_a_killed_run_are_cleaned(tmp_path: Path) -> None:
    left = tmp_path / "vault" / ".staging" / "spill"
    left.mkdir(parents=True)
    (left / "people.0.arrows").write_bytes(b"names")
    take_in(tiny(tmp_path).write(), tmp_path)
    assert not (tmp_path / "vault" / ".staging").exists()
    assert not (tmp_path / "core" / ".staging").exists()


def test_people_of_an_earlier_delivery_of_the_date_go_with_its_core(tmp_path: Path) -> None:
    take_in(tiny(tmp_path).write(), tmp_path)
    built = tiny(tmp_path, "second")
    del built.rows["people"]
    take_in(built.write(), tmp_path)
    assert list((tmp_path / "vault" / "2026-11-16").iterdir()) == []


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    folder = tiny(tmp_path).write()
    with sole_writer(tmp_path / "core", "busy"), pytest.raises(StorageFailed, match="Another delivery"):
        take_in(folder, tmp_path)


def test_a_file_system_that_cannot_swap_folders_keeps_the_old_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(tiny(tmp_path).write(), tmp_path)
    before = every_file(tmp_path)

    def refuse(staged: Path, final: Path) -> None:
        raise sources.ingest._cannot_exchange(final)

    monkeypatch.setattr(sources.ingest, "_exchange", refuse)
    with pytest.raises(StorageFailed, match="one step"):
        take_in(tmp_path / "delivery", tmp_path)
    assert every_file(tmp_path) == before


def test_a_folder_that_may_not_be_written_is_a_storage_failure(tmp_path: Path) -> None:
    folder = tiny(tmp_path).write()
    (tmp_path / "core").write_text("a file where a folder should be")
    with pytest.raises(StorageFailed) as failed:
        take_in(folder, tmp_path)
    assert failed.value.hint


def test_a_key_of_another_size_is_our_own_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ingest(tmp_path, core_root=tmp_path, vault_root=tmp_path, key=b"short")


def test_progress_names_the_files_and_steps(tmp_path: Path) -> None:
    steps: list[str] = []
    folder = tiny(tmp_path).write()
    ingest(folder, core_root=tmp_path / "core", vault_root=tmp_path / "vault", key=KEY, progress=steps.append)
    assert {"verifying members.csv", "reading members.csv", "writing members", "putting the core in place"} <= set(
        steps
    )
