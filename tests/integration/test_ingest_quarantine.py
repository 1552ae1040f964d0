"""Rows that are set aside: each with its reason and column, and none of them stops a good one."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sources.core import Core
from sources.pseudonyms import Subject, pseudonym
from tests.support.deliveries import (
    CHUNCHEON_OLD,
    HAENGSIN,
    JUGYO,
    KEY,
    DeliveryFolder,
    benefit,
    household,
    indicator,
    member,
    outcome,
    person,
    request,
    take_in,
)

Row = dict[str, Any]


def taken_in(tmp_path: Path, *, file_type: str = "csv", as_of: str = "2026-11-16", **tables: list[Row]) -> Core:
    """The core of the tiny delivery with ``tables`` added to it."""
    built = DeliveryFolder(tmp_path / "delivery", file_type=file_type, as_of=as_of)
    for table, rows in tables.items():
        built.rows[table] = built.rows[table] + rows
    return take_in(built.write(), tmp_path)


def set_aside(core: Core) -> list[tuple[str, int, str, str]]:
    """Table, line, reason and column of every row set aside."""
    return pl.read_parquet(core.folder / "quarantine.parquet").select("table", "line", "reason", "column").rows()


def home(core: Core, household_id: str) -> str:
    """The dong a household has in core."""
    mine = pl.col("household_id") == pseudonym(household_id, KEY, Subject.HOUSEHOLD)
    return str(core.scan("households").filter(mine).collect()["dong_code"].item())


def test_the_tiny_delivery_has_nothing_to_set_aside(tmp_path: Path) -> None:
    core = taken_in(tmp_path)
    assert set_aside(core) == []
    assert core.rows == {
        "households": 5,
        "members": 6,
        "indicators": 3,
        "benefits": 1,
        "outcomes": 2,
        "requests": 1,
        "people": 2,
    }


FAULTY_CELLS = [
    # table, row, reason, column
    ("households", household("", tenure="own"), "missing", "household_id"),
    ("households", household("H6", dong_code="  "), "missing", "dong_code"),
    ("households", household("H" * 65), "too_long", "household_id"),
    ("households", household("H\u202e6"), "bad_text", "household_id"),
    ("households", household("H6", dong_code="4128100000"), "dong_unknown", "dong_code"),
    ("households", household("H6", dong_code="4128110100"), "dong_legal", "dong_code"),
    ("households", household("H6", dong_code="4377025021"), "dong_legal", "dong_code"),
    ("households", household("H6", tenure="castle"), "unknown_choice", "tenure"),
    ("households", household("H6", moved_in_on="2026-02-30"), "bad_date", "moved_in_on"),
    ("households", household("H6", moved_in_on="20260220"), "bad_date", "moved_in_on"),
    ("households", household("H6", moved_in_on="2026-11-17"), "in_future", "moved_in_on"),
    ("households", household("H6", has_phone="maybe"), "bad_flag", "has_phone"),
    ("members", member("H1", "P9", birth_month="1958-13"), "bad_month", "birth_month"),
    ("members", member("H1", "P9", birth_month="1958-04-17"), "bad_month", "birth_month"),
    ("members", member("H1", "P9", birth_month="2026-12"), "born_in_future", "birth_month"),
    ("members", member("H1", "P9", birth_month="1906-10"), "born_too_long_ago", "birth_month"),
    ("members", member("H1", "P9", birth_month="1890-01"), "born_too_long_ago", "birth_month"),
    ("indicators", indicator("H1", indicator_code="bad_luck"), "unknown_indicator", "indicator_code"),
    ("indicators", indicator("H2", months_overdue="-1"), "negative", "months_overdue"),
    ("indicators", indicator("H2", months_overdue="601"), "months_absurd", "months_overdue"),
    ("indicators", indicator("H2", months_overdue="2.5"), "bad_number", "months_overdue"),
    ("indicators", indicator("H2", amount_krw="-1"), "negative", "amount_krw"),
    ("indicators", indicator("H2", amount_krw="NaN"), "bad_number", "amount_krw"),
    ("indicators", indicator("H2", amount_krw="inf"), "bad_number", "amount_krw"),
    ("indicators", indicator("H2", amount_krw="1000000000001"), "too_large", "amount_krw"),
    ("indicators", indicator("H2", amount_krw="9" * 40), "bad_number", "amount_krw"),
    ("indicators", indicator("H2", observed_month="2026-12"), "in_future", "observed_month"),
    ("indicators", indicator("H2", known_at="2026-11-17"), "in_future", "known_at"),
    ("indicators", indicator("H2", known_at="2026-07-31"), "known_before_observed", "known_at"),
    (
        "indicators",
        indicator("H2", indicator_code="water_arrears", observed_month="2023-10"),
        "before_known_since",
        "observed_month",
    ),
    ("benefits", benefit("H1", to_month="2023-03"), "dates_reversed", "to_month"),
    ("outcomes", outcome("H2", round="2026-W54"), "bad_round", "round"),
    ("outcomes", outcome("H2", round="2026-W48"), "in_future", "round"),
    ("outcomes", outcome("H2", propensity="0"), "bad_share", "propensity"),
    ("outcomes", outcome("H2", propensity="1.01"), "bad_share", "propensity"),
    ("outcomes", outcome("H2", propensity="nan"), "bad_number", "propensity"),
    ("outcomes", outcome("H2", contacted_at=None), "outcome_without_contact", "contacted_at"),
    ("outcomes", outcome("H2", contacted_at="2026-09-27"), "dates_reversed", "contacted_at"),
    ("outcomes", outcome("H2", recorded_at="2026-09-30"), "dates_reversed", "recorded_at"),
    ("requests", request("H1", ends_on="2026-08-31"), "dates_reversed", "ends_on"),
    ("people", person("H2", name="김\t나래"), "bad_text", "name"),
    ("benefits", benefit("H9"), "household_unknown", "household_id"),
]


@pytest.mark.parametrize("file_type", ["csv", "parquet"])
def test_each_fault_has_its_reason_and_column(tmp_path: Path, file_type: str) -> None:
    """All faults in one delivery, so that none hides another; Parquet columns of numbers stay numbers there."""
    cases = [case for case in FAULTY_CELLS if file_type == "csv" or _fits_parquet(case[1])]
    built = DeliveryFolder(tmp_path / "delivery", file_type=file_type)
    expected = []
    for table, row, reason, column in cases:
        built.rows[table].append(row)
        expected.append((table, len(built.rows[table]), reason, column))
    for rows in built.rows.values() if file_type == "parquet" else []:
        rows[:] = [_typed(row) for row in rows]
    core = take_in(built.write(), tmp_path)
    assert sorted(set_aside(core)) == sorted(expected)
    assert core.rows["households"] == 5


def _fits_parquet(row: Row) -> bool:
    return row.get("amount_krw") != "9" * 40


def _typed(row: Row) -> Row:
    numbers = {name: None if row[name] is None else float(row[name]) for name in _NUMBERS if name in row}
    return row | numbers


_NUMBERS = ("months_overdue", "amount_krw", "propensity")


def test_a_head_beside_another_head_is_accepted(tmp_path: Path) -> None:
    core = taken_in(tmp_path, members=[member("H1", "P9", relation="head")])
    assert set_aside(core) == []


# Rows that repeat


def test_the_first_of_equal_rows_stays(tmp_path: Path) -> None:
    core = taken_in(tmp_path, indicators=[indicator("H1")], households=[household("H1")], people=[person("H1")])
    assert set_aside(core) == [
        ("households", 6, "duplicate", "household_id"),
        ("indicators", 4, "duplicate", "known_at"),
        ("people", 3, "duplicate", "household_id"),
    ]


def test_the_first_of_rows_that_contradict_each_other_stays(tmp_path: Path) -> None:
    core = taken_in(
        tmp_path, indicators=[indicator("H1", months_overdue=6)], households=[household("H1", tenure="free")]
    )
    assert set_aside(core) == [
        ("households", 6, "conflicting", "household_id"),
        ("indicators", 4, "conflicting", "known_at"),
    ]
    assert core.scan("indicators").filter(pl.col("months_overdue") == 6).collect().is_empty()


def test_a_later_report_of_the_same_month_stays_beside_the_first(tmp_path: Path) -> None:
    core = taken_in(tmp_path, indicators=[indicator("H1", known_at="2026-11-15", months_overdue=6)])
    assert set_aside(core) == []


def test_a_faulty_row_does_not_take_the_place_of_a_good_one(tmp_path: Path) -> None:
    core = taken_in(tmp_path, members=[member("H3", "P9", sex="?"), member("H3", "P9")])
    assert set_aside(core) == [("members", 7, "unknown_choice", "sex")]


def test_a_person_in_two_households_stays_in_the_first(tmp_path: Path) -> None:
    core = taken_in(tmp_path, members=[member("H5", "P1"), member("H4", "P1")])
    assert set_aside(core) == [
        ("members", 7, "person_elsewhere", "person_id"),
        ("members", 8, "person_elsewhere", "person_id"),
    ]


def test_a_person_is_not_lost_to_a_household_that_is_unknown(tmp_path: Path) -> None:
    core = taken_in(tmp_path, members=[member("H9", "P9"), member("H1", "P9")])
    assert set_aside(core) == [("members", 7, "household_unknown", "household_id")]


# A household in two dongs


def test_the_newest_address_of_a_household_in_two_dongs_decides(tmp_path: Path) -> None:
    core = taken_in(tmp_path, households=[household("H1", dong_code=HAENGSIN, moved_in_on="2026-10-01")])
    assert set_aside(core) == [("households", 1, "older_address", "moved_in_on")]
    assert home(core, "H1") == HAENGSIN


def test_a_dated_address_counts_more_than_one_without_a_date(tmp_path: Path) -> None:
    core = taken_in(tmp_path, households=[household("H1", dong_code=HAENGSIN, moved_in_on=None)])
    assert set_aside(core) == [("households", 6, "older_address", "moved_in_on")]
    assert home(core, "H1") == JUGYO


@pytest.mark.parametrize("moved_in_on", ["2026-10-01", None])
def test_a_household_whose_dong_cannot_be_told_is_set_aside_with_all_that_is_its(
    tmp_path: Path, moved_in_on: str | None
) -> None:
    both = [
        household("H6", dong_code=JUGYO, moved_in_on=moved_in_on),
        household("H6", dong_code=HAENGSIN, moved_in_on=moved_in_on),
    ]
    core = taken_in(tmp_path, households=both, members=[member("H6", "P9")], benefits=[benefit("H6")])
    assert set_aside(core) == [
        ("benefits", 2, "household_quarantined", "household_id"),
        ("households", 6, "two_dongs", "dong_code"),
        ("households", 7, "two_dongs", "dong_code"),
        ("members", 7, "household_quarantined", "household_id"),
    ]


def test_the_rows_of_a_faulty_household_follow_it(tmp_path: Path) -> None:
    core = taken_in(tmp_path, households=[household("H6", has_phone="?")], indicators=[indicator("H6")])
    assert set_aside(core) == [
        ("households", 6, "bad_flag", "has_phone"),
        ("indicators", 4, "household_quarantined", "household_id"),
    ]


# Dong codes and their dates


def test_an_old_code_becomes_that_of_the_as_of_date(tmp_path: Path) -> None:
    core = taken_in(tmp_path)
    assert home(core, "H4") == "5111025000"
    assert core.districts == ("41281", "51110")


def test_before_the_change_the_old_code_stays(tmp_path: Path) -> None:
    rows = DeliveryFolder(tmp_path).rows["households"]
    built = DeliveryFolder(tmp_path / "delivery", as_of="2023-06-10")
    built.rows = {"households": [rows[3] | {"moved_in_on": None}], "members": [], "indicators": [], "benefits": []}
    assert home(take_in(built.write(), tmp_path), "H4") == CHUNCHEON_OLD


def test_a_code_that_is_not_yet_valid_is_set_aside(tmp_path: Path) -> None:
    built = DeliveryFolder(tmp_path / "delivery", as_of="2023-06-10")
    built.rows = {
        "households": [household("H1"), household("H2", dong_code="5111025000")],
        "members": [],
        "indicators": [],
        "benefits": [],
    }
    assert set_aside(take_in(built.write(), tmp_path)) == [("households", 2, "dong_not_yet", "dong_code")]


def test_two_codes_of_one_dong_are_one_dong(tmp_path: Path) -> None:
    core = taken_in(tmp_path, households=[household("H4", dong_code="5111025000")])
    assert set_aside(core) == [("households", 6, "duplicate", "household_id")]


# What is never in the quarantine


def test_the_quarantine_holds_no_value_and_no_id(tmp_path: Path) -> None:
    core = taken_in(tmp_path, households=[household("SECRET-1", tenure="SECRET-2")])
    content = pl.read_parquet(core.folder / "quarantine.parquet")
    assert content.columns == ["table", "file", "line", "reason", "column"]
    assert "SECRET" not in str(content.rows())
