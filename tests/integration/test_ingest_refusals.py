"""Whole deliveries that are refused: each says what is wrong and what to do, and changes nothing."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.errors import DeliveryRefused
from sources.ingest import check_delivery
from tests.support.deliveries import (
    DeliveryFolder,
    every_file,
    household,
    indicator,
    listed,
    member,
    person,
    take_in,
    write_csv,
)


def delivery(tmp_path: Path, **settings: Any) -> DeliveryFolder:
    return DeliveryFolder(tmp_path / "delivery", **settings)


def assert_refused(folder: Path, *words: str) -> DeliveryRefused:
    """Refused with these words and a hint, and with nothing written beside the delivery."""
    with pytest.raises(DeliveryRefused) as refused:
        take_in(folder, folder.parent / "data")
    assert all(word in str(refused.value) for word in words), str(refused.value)
    assert refused.value.hint
    assert every_file(folder.parent / "data") == {}
    return refused.value


def change_entry(folder: Path, of_table: str, /, **changes: Any) -> Path:
    """Rewrites one file's entry of the manifest."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    entry = next(entry for entry in manifest["files"] if entry["table"] == of_table)
    entry.update(changes)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_the_tiny_delivery_itself_is_not_refused(tmp_path: Path) -> None:
    report = check_delivery(delivery(tmp_path).write())
    assert report.tables["households"].accepted == 5


# The manifest


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    (folder / "manifest.json").unlink()
    assert_refused(folder, "no manifest.json")


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "{}", '{"a":' * 100_000])
def test_a_manifest_that_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    folder = delivery(tmp_path).write()
    (folder / "manifest.json").write_text(text)
    assert_refused(folder, "manifest")


@pytest.mark.parametrize("version", [2, 0, "1", True, None])
def test_another_version_of_the_manifest_is_refused(tmp_path: Path, version: object) -> None:
    built = delivery(tmp_path)
    built.write()
    assert_refused(built.list_files(sagak_delivery=version), "version")


@pytest.mark.parametrize("as_of", ["16.11.2026", "2026-02-30", "20261116", 20261116, None])
def test_an_as_of_that_is_no_date_is_refused(tmp_path: Path, as_of: object) -> None:
    built = delivery(tmp_path)
    built.write()
    assert_refused(built.list_files(as_of=as_of), "as_of")


def test_an_unknown_entry_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    built = delivery(tmp_path)
    built.write()
    assert "adapter" in assert_refused(built.list_files(adaptor="standard"), "adaptor").hint


@pytest.mark.parametrize("rows", [-1, 2.0, "5", True, 10**12])
def test_a_number_of_rows_that_makes_no_sense_is_refused(tmp_path: Path, rows: object) -> None:
    assert_refused(change_entry(delivery(tmp_path).write(), "members", rows=rows), "number of rows")


def test_a_file_listed_twice_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    assert_refused(change_entry(folder, "members", name="HOUSEHOLDS.csv"), "twice")


# The folder


@pytest.mark.parametrize(
    "name",
    ["../members.csv", "/etc/members.csv", "sub/members.csv", "..\\members.csv", ".members.csv", "mem\nbers.csv", ""],
)
def test_a_file_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    assert_refused(change_entry(delivery(tmp_path).write(), "members", name=name), "delivery folder itself")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    (folder / "members.csv").rename(tmp_path / "outside.csv")
    (folder / "members.csv").symlink_to(tmp_path / "outside.csv")
    assert_refused(folder, "members.csv", "link")


def test_a_listed_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    (folder / "benefits.csv").unlink()
    assert_refused(folder, "benefits.csv", "not there")


def test_a_file_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    (folder / "notes.txt").write_text("hello")
    assert_refused(folder, "notes.txt", "not listed")


def test_what_desktops_leave_behind_is_overlooked(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    (folder / ".DS_Store").write_bytes(b"\0")
    assert check_delivery(folder).tables["households"].rows == 5


def test_another_sha256_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    with (folder / "benefits.csv").open("ab") as file:
        file.write(b" ")
    assert_refused(folder, "benefits.csv", "sha256")


def test_another_number_of_rows_is_refused(tmp_path: Path) -> None:
    assert_refused(change_entry(delivery(tmp_path).write(), "members", rows=7), "members.csv", "6 rows", "7")


def test_another_number_of_rows_in_parquet_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path, file_type="parquet").write()
    assert_refused(change_entry(folder, "members", rows=7), "members.parquet", "6 rows", "7")


@pytest.mark.parametrize("name", ["members.csv.gz", "members.zip", "members.xlsx", "members"])
def test_another_file_type_is_refused(tmp_path: Path, name: str) -> None:
    assert_refused(change_entry(delivery(tmp_path).write(), "members", name=name), "type")


def test_a_packed_file_under_a_plain_name_is_refused(tmp_path: Path) -> None:
    folder = delivery(tmp_path).write()
    path = folder / "members.csv"
    path.write_bytes(gzip.compress(path.read_bytes()))
    assert_refused(change_entry(folder, "members", sha256=listed(path, "members", 6)["sha256"]), "members.csv", "gzip")


# Tables and columns


def test_an_unknown_table_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    folder = change_entry(delivery(tmp_path).write(), "members", table="member")
    assert "members" in assert_refused(folder, "not known").hint


def test_a_required_table_that_is_missing_is_refused(tmp_path: Path) -> None:
    built = delivery(tmp_path)
    del built.rows["benefits"]
    assert_refused(built.write(), "benefits")


def test_a_delivery_without_households_is_refused(tmp_path: Path) -> None:
    built = delivery(tmp_path)
    built.rows["households"] = []
    assert_refused(built.write(), "no households")


def with_header(built: DeliveryFolder, old: str, new: str) -> Path:
    folder = built.write()
    path = folder / "members.csv"
    path.write_text(path.read_text().replace(old, new, 1))
    return built.list_files()


def test_an_unknown_column_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    folder = with_header(delivery(tmp_path), "birth_month", "birthmonth")
    assert "birth_month" in assert_refused(folder, "members.csv", "birthmonth").hint


def test_an_unknown_column_in_place_of_another_is_refused_with_the_one_that_lacks(tmp_path: Path) -> None:
    assert assert_refused(with_header(delivery(tmp_path), "sex", "gender"), "members.csv", "gender").hint == (
        "Missing: sex."
    )


def test_a_column_too_many_is_refused_with_all_that_there_should_be(tmp_path: Path) -> None:
    refused = assert_refused(with_header(delivery(tmp_path), "sex", "sex,remarks"), "members.csv", "remarks")
    assert refused.hint.startswith("Expected: household_id, ")


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    built = delivery(tmp_path)
    folder = built.write()
    write_csv(folder / "benefits.csv", ["household_id", "program_code", "from_month"], built.rows["benefits"])
    assert_refused(built.list_files(), "benefits.csv", "to_month")


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    assert_refused(with_header(delivery(tmp_path), "relation", "sex"), "members.csv", "two columns")


def test_a_header_that_is_a_row_is_refused_without_repeating_it(tmp_path: Path) -> None:
    built = delivery(tmp_path)
    folder = built.write()
    path = folder / "people.csv"
    path.write_text(path.read_text().split("\n", 1)[1])
    refused = assert_refused(built.list_files(), "people.csv", "column")
    assert "김나래" not in str(refused) + refused.hint


@pytest.mark.parametrize(
    ("column", "values", "kind"),
    [
        ("household_id", pa.array([1, 2]), "int64"),
        ("indicator_code", pa.array([1, 2]), "int64"),
        ("known_at", pa.array([0, 1], pa.timestamp("ms")), "timestamp"),
        ("observed_month", pa.array([202608, 202609]), "int64"),
        ("months_overdue", pa.array(["5", "6"]), "string"),
        ("amount_krw", pa.array([[1], [2]]), "list"),
    ],
)
def test_a_parquet_column_of_another_type_is_refused(tmp_path: Path, column: str, values: pa.Array, kind: str) -> None:
    built = delivery(tmp_path, file_type="parquet")
    built.rows["indicators"] = [indicator("H1"), indicator("H2")]
    path = built.write() / "indicators.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, values), path)
    assert_refused(built.list_files(), "indicators.parquet", column, kind)


# Broken files


def with_bytes(built: DeliveryFolder, name: str, content: bytes) -> Path:
    (built.write() / name).write_bytes(content)
    return built.list_files()


PEOPLE_HEADER = "household_id,name,address,phone\r\n"


@pytest.mark.parametrize("cell", ['"김나래', '"김"나래"', '김나래,"행복로'])
def test_a_quote_that_is_not_closed_is_refused(tmp_path: Path, cell: str) -> None:
    text = f"{PEOPLE_HEADER}H1,{cell},행복로 1,010\r\nH5,이나래,행복로 2,010\r\n"
    assert_refused(with_bytes(delivery(tmp_path), "people.csv", text.encode()), "people.csv", "quote")


def test_a_line_with_a_cell_too_many_is_refused(tmp_path: Path) -> None:
    text = f"{PEOPLE_HEADER}H1,김나래,행복로 1, 101호,010\r\nH5,이나래,행복로 2,010\r\n"
    assert_refused(with_bytes(delivery(tmp_path), "people.csv", text.encode()), "people.csv", "more or fewer cells")


def test_an_endless_cell_is_refused(tmp_path: Path) -> None:
    text = f"{PEOPLE_HEADER}H1,{'가' * 10_000},행복로 1,010\r\nH5,이나래,행복로 2,010\r\n"
    assert_refused(with_bytes(delivery(tmp_path), "people.csv", text.encode()), "people.csv", "too long")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert_refused(with_bytes(delivery(tmp_path), "people.csv", b""), "people.csv", "empty")


def test_a_file_in_two_encodings_is_refused(tmp_path: Path) -> None:
    mixed = f"{PEOPLE_HEADER}H1,김나래,행복로 1,\r\n".encode() + "H5,이나래,행복로 2,\r\n".encode("cp949")
    assert_refused(with_bytes(delivery(tmp_path), "people.csv", mixed), "people.csv", "neither UTF-8 nor CP949")


def test_mixed_encodings_are_refused_even_where_all_of_it_decodes_as_cp949(tmp_path: Path) -> None:
    utf8 = "H1,갂갃,행복로 1,\r\n".encode()
    mixed = PEOPLE_HEADER.encode() + utf8.replace("행복로".encode(), b"x") + "H5,이나래,행복로 2,\r\n".encode("cp949")
    assert_refused(with_bytes(delivery(tmp_path), "people.csv", mixed), "people.csv", "neither UTF-8 nor CP949")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_unicode_encodings_are_refused(tmp_path: Path, encoding: str) -> None:
    text = f"{PEOPLE_HEADER}H1,김나래,행복로 1,\r\nH5,이나래,행복로 2,\r\n"
    assert_refused(with_bytes(delivery(tmp_path), "people.csv", text.encode(encoding)), "people.csv")


@pytest.mark.parametrize("kept", [0, 3, 100, -20, -1])
def test_a_truncated_parquet_file_is_refused(tmp_path: Path, kept: int) -> None:
    built = delivery(tmp_path, file_type="parquet")
    content = (built.write() / "members.parquet").read_bytes()
    assert_refused(with_bytes(built, "members.parquet", content[:kept]), "members.parquet", "cut or damaged")


def test_a_flipped_bit_in_a_parquet_page_is_refused(tmp_path: Path) -> None:
    built = delivery(tmp_path, file_type="parquet")
    content = bytearray((built.write() / "members.parquet").read_bytes())
    content[content.index(b"P3")] ^= 1
    assert_refused(with_bytes(built, "members.parquet", bytes(content)), "members.parquet", "cut or damaged")


def test_text_that_is_no_utf8_in_a_parquet_file_without_checksums_is_refused(tmp_path: Path) -> None:
    built = delivery(tmp_path, file_type="parquet")
    path = built.write() / "members.parquet"
    pq.write_table(pq.read_table(path), path, compression="none")
    content = path.read_bytes().replace(b"P3", b"P\xab")
    assert_refused(with_bytes_kept(built, "members.parquet", content), "members.parquet", "cut or damaged")


def with_bytes_kept(built: DeliveryFolder, name: str, content: bytes) -> Path:
    (built.folder / name).write_bytes(content)
    return built.list_files()


def test_a_value_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    built = delivery(tmp_path, file_type="parquet")
    path, rows = built.write() / "people.parquet", 500_000
    cells = {"household_id": "H1", "name": "가" * 5_000_000, "address": "행복로 1", "phone": "010"}
    once = {
        name: pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), [cells[name]]) for name in cells
    }
    pq.write_table(pa.table(once), path, compression="zstd", dictionary_pagesize_limit=1 << 30)
    assert path.stat().st_size < 100_000
    files = [listed(found, found.stem, len(built.rows[found.stem])) for found in built.folder.glob("[!mp]*.parquet")]
    files += [listed(path, "people", rows), listed(built.folder / "members.parquet", "members", 6)]
    assert_refused(built.list_files(files=files), "memory")


def test_a_parquet_file_that_declares_gigabytes_for_a_few_rows_is_refused_unread(tmp_path: Path) -> None:
    built = delivery(tmp_path, file_type="parquet")
    path = built.write() / "people.parquet"
    rows = [person("H1", address="가" * 30_000_000), person("H5")]
    pq.write_table(pa.Table.from_pylist(rows), path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 100_000
    assert_refused(built.list_files(), "people.parquet", "unpack")


# Resident registration numbers


@pytest.mark.parametrize("number", ["900101-1234567", "9001011234567", "580415 2000000", "id-051231-4111111"])
def test_resident_registration_numbers_are_refused_and_never_repeated(tmp_path: Path, number: str) -> None:
    built = delivery(tmp_path)
    built.rows["members"][3] = member("H4", number)
    refused = assert_refused(built.write(), "members.csv", "person_id", "주민등록번호")
    assert "1234567" not in str(refused) + refused.hint


def test_a_registration_number_inside_an_address_is_refused(tmp_path: Path) -> None:
    built = delivery(tmp_path)
    built.rows["people"][0] = person("H1", address="행복로 1 (900101-1234567)")
    assert_refused(built.write(), "people.csv", "address")


@pytest.mark.parametrize(
    "number", ["901301-1234567", "900132-1234567", "900101-9234567", "41900101-1234567", "900101-12345"]
)
def test_other_long_numbers_are_not_taken_for_registration_numbers(tmp_path: Path, number: str) -> None:
    built = delivery(tmp_path)
    built.rows["households"].append(household(number))
    assert check_delivery(built.write()).tables["households"].accepted == 6
