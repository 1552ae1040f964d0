"""Random dirty deliveries: every row in is accepted or set aside, and core stays sound."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sources.ingest
from sources.core import Core
from sources.ingest import delivery_report
from sources.tables import TABLES, VAULT_TABLES, Kind
from tests.support.deliveries import DeliveryFolder, take_in

IDS = st.sampled_from(["H1", "H2", "H3", "H4", "", "H\u200b5"])
CELLS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.HOUSEHOLD: IDS,
    Kind.PERSON: st.sampled_from(["P1", "P2", "P3", ""]),
    Kind.DONG: st.sampled_from(["4128151000", "4128164000", "4211025000", "5111025000", "4128110100", "1", ""]),
    Kind.INDICATOR: st.sampled_from(["nhis_premium_arrears", "water_arrears", "other", ""]),
    Kind.MONTH: st.sampled_from(["2026-08", "2026-09-01", "2023-01", "2027-01", "1800-01", "x", ""]),
    Kind.DATE: st.sampled_from(["2026-10-15", "2026-10-16", "2026-08-01", "2027-01-01", "2026-02-30", ""]),
    Kind.ROUND: st.sampled_from(["2026-W40", "2026-W41", "2026-W60", ""]),
    Kind.COUNT: st.sampled_from(["0", "5", "5.0", "-1", "601", "1e3", "nan", ""]),
    Kind.KRW: st.sampled_from(["0", "1000", "-1", "9" * 30, "inf", ""]),
    Kind.SHARE: st.sampled_from(["1", "0.5", "0", "1.5", "nan", ""]),
    Kind.FLAG: st.sampled_from(["true", "0", "maybe", ""]),
    Kind.TEXT: st.sampled_from(["김나래", "a\u202eb", "", "가" * 501]),
}


def dirty_rows(table: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    cells = {
        column.name: st.sampled_from([*column.choices, "?", ""]) if column.kind is Kind.CHOICE else CELLS[column.kind]
        for column in TABLES[table].columns
    }
    return st.lists(st.fixed_dictionaries(cells), max_size=12)


DELIVERIES = st.fixed_dictionaries({name: dirty_rows(name) for name in TABLES}).filter(lambda rows: rows["households"])


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child for each example would take minutes; seven buckets make the hardest path the usual one."""
    monkeypatch.setattr(
        sources.ingest,
        "run_isolated",
        lambda run, *args, memory_mb, seconds, progress: run(*args, progress=progress),
    )
    monkeypatch.setattr("sources.intake.bucket_count", lambda rows: 7)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=DELIVERIES)
def test_every_row_is_accepted_or_set_aside(in_this_process: None, rows: dict[str, list[dict[str, Any]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        core = take_in(DeliveryFolder(root / "delivery", rows=rows).write(), root)
        quarantine = pl.read_parquet(core.folder / "quarantine.parquet")
        lines = quarantine.select("table", "line").rows()
        assert len(lines) == len(set(lines))
        for table in TABLES:
            assert core.rows[table] + Counter(quarantine["table"].to_list())[table] == len(rows[table])
            assert core.rows[table] == stored_rows(core, root, table)
        for account in delivery_report(core).files:
            assert account.rows == account.accepted + account.quarantined
        assert_sound(core)


def stored_rows(core: Core, root: Path, table: str) -> int:
    folder = root / "vault" / core.folder.name if table in VAULT_TABLES else core.folder
    return sum(pl.read_parquet(path).height for path in (folder / table).glob("*.parquet"))


def assert_sound(core: Core) -> None:
    """One row a household, in one district; no row without its household; no person twice."""
    households = core.scan("households").collect()
    assert not households["household_id"].is_duplicated().any()
    assert not core.scan("members").collect()["person_id"].is_duplicated().any()
    for table in core.rows.keys() - VAULT_TABLES:
        for district in core.districts:
            homes = households.filter(pl.col("dong_code").str.starts_with(district))
            assert set(core.scan(table, [district]).collect()["household_id"]) <= set(homes["household_id"])
