"""A synthetic delivery is like a real one: declared columns, late reports, outcomes of contacts only."""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from domain.calendar import month_number, month_start
from domain.errors import UsageError
from sources.reference import indicators
from sources.synthetic import Encoding, FileFormat, dongs_of, synthesize
from sources.tables import TABLES, Kind

AS_OF = date(2026, 11, 16)
EAST, WEST = "41285", "41287"  # two districts of Goyang with 12 and 11 dongs


def make(folder: Path, *, seed: int = 3, households: int = 2_300, city: str = "고양시일산", **more: object) -> Path:
    """A small town under ``folder``; its truth lies beside it."""
    synthesize(
        folder / "delivery",
        truth_folder=folder / "truth",
        seed=seed,
        dongs=dongs_of(city),
        households=households,
        **{"as_of": AS_OF, **more},  # type: ignore[arg-type]
    )
    return folder


def read(town: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(town / "delivery" / f"{table}-*.parquet")


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*.*"))}


def month_end(text: str) -> date:
    return month_start(month_number(date.fromisoformat(text + "-01")) + 1) - timedelta(days=1)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("town"))


def test_the_same_seed_gives_the_same_bytes(town: Path, tmp_path: Path) -> None:
    assert digests(make(tmp_path)) == digests(town)


def test_another_seed_gives_another_town(town: Path, tmp_path: Path) -> None:
    again = digests(make(tmp_path, seed=4))
    assert not set(again.values()) & set(digests(town).values())


def test_a_district_does_not_depend_on_its_neighbours(town: Path, tmp_path: Path) -> None:
    of_east = len(pl.read_parquet(town / "delivery" / f"households-{EAST}.parquet"))
    alone = digests(make(tmp_path, households=of_east, city="고양시일산동구"))
    together = digests(town)
    assert {name: digest for name, digest in alone.items() if EAST in name} == {
        name: digest for name, digest in together.items() if EAST in name
    }


def test_the_manifest_names_every_file_with_its_rows_and_digest(town: Path) -> None:
    manifest = json.loads((town / "delivery" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["sagak_delivery"], manifest["as_of"], manifest["adapter"]) == (1, "2026-11-16", "synthetic")
    found = digests(town / "delivery")
    found.pop("manifest.json")
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == found
    rows = {table: sum(file["rows"] for file in manifest["files"] if file["table"] == table) for table in TABLES}
    assert rows == {table: len(read(town, table)) for table in TABLES}
    assert rows["households"] == rows["people"] == 2_300


@pytest.mark.parametrize("table", TABLES)
def test_columns_words_and_keys_are_as_declared(town: Path, table: str) -> None:
    rows, declared = read(town, table), TABLES[table]
    assert tuple(rows.columns) == declared.column_names
    assert not rows.select(declared.key).is_duplicated().any()
    for column in declared.columns:
        assert column.nullable or not rows[column.name].has_nulls(), column.name
        if column.kind is Kind.CHOICE:
            assert set(rows[column.name].drop_nulls()) <= set(column.choices), column.name


def test_every_row_belongs_to_a_household_of_its_district(town: Path) -> None:
    for district in (EAST, WEST):
        known = pl.read_parquet(town / "delivery" / f"households-{district}.parquet")
        assert known["dong_code"].str.starts_with(district).all()
        for table in TABLES:
            rows = pl.read_parquet(town / "delivery" / f"{table}-{district}.parquet")
            assert rows.join(known, on="household_id", how="anti").is_empty(), table


def test_every_household_has_one_head_and_nobody_is_unborn(town: Path) -> None:
    members = read(town, "members")
    heads = members.filter(pl.col("relation") == "head")["household_id"]
    assert len(heads) == heads.n_unique() == 2_300
    assert members["birth_month"].max() <= "2026-11"  # type: ignore[operator]


def test_a_report_becomes_known_after_its_month_and_before_the_delivery(town: Path) -> None:
    reports = read(town, "indicators")
    ends = reports["observed_month"].map_elements(month_end, return_dtype=pl.Date)
    assert (reports["known_at"] > ends).all()
    assert (reports["known_at"] <= AS_OF).all()


def test_no_indicator_is_observed_before_it_was_collected(tmp_path: Path) -> None:
    early = make(tmp_path, as_of=date(2024, 12, 2), months=36, past_weeks=20, households=6_000)
    first_seen = dict(
        read(early, "indicators").group_by("indicator_code").agg(pl.col("observed_month").min()).iter_rows()
    )
    young = {
        known.code: known.known_since for known in indicators() if known.known_since and known.known_since.year > 2021
    }
    assert {"water_arrears", "gas_arrears", "employment_insurance_lost"} <= young.keys() & first_seen.keys()
    for code in young.keys() & first_seen.keys():
        assert first_seen[code] >= young[code].strftime("%Y-%m"), code


def test_arrears_grow_by_a_month_each_month_or_begin_anew(town: Path) -> None:
    arrears = read(town, "indicators").filter(pl.col("months_overdue").is_not_null())
    months = arrears.with_columns(
        number=pl.col("observed_month").str.slice(0, 4).cast(pl.Int32) * 12
        + pl.col("observed_month").str.slice(5).cast(pl.Int32)
    ).unique(["household_id", "indicator_code", "number"])
    steps = months.sort("number").select(
        pl.col("number").diff().over("household_id", "indicator_code").alias("months_later"),
        pl.col("months_overdue").diff().over("household_id", "indicator_code").alias("more_overdue"),
    )
    in_a_row = steps.filter(pl.col("months_later") == 1)
    assert len(in_a_row) > 300
    assert (in_a_row["more_overdue"] == 1).all()


def test_outcomes_are_seen_only_for_those_contacted(town: Path) -> None:
    outcomes = read(town, "outcomes")
    not_contacted = outcomes.filter(pl.col("contacted_at").is_null())
    assert len(not_contacted) > 10
    assert not_contacted["outcome_code"].is_null().all()
    assert (outcomes["outcome_code"].is_null() == outcomes["recorded_at"].is_null()).all()


def test_listing_contact_and_record_follow_each_other_up_to_the_delivery(town: Path) -> None:
    outcomes = read(town, "outcomes").with_columns(monday=(pl.col("round") + "-1").str.to_date("%G-W%V-%u"))
    assert outcomes["round"].n_unique() == 56
    assert (outcomes["monday"] < AS_OF).all()
    assert (outcomes["monday"] < outcomes["contacted_at"]).drop_nulls().all()
    assert (outcomes["contacted_at"] < outcomes["recorded_at"]).drop_nulls().all()
    assert (outcomes["recorded_at"].drop_nulls() <= AS_OF).all()
    open_at_the_end = outcomes.filter(pl.col("monday") >= AS_OF - timedelta(days=7))
    assert open_at_the_end["outcome_code"].is_null().mean() > 0.5  # type: ignore[operator]


def test_only_places_drawn_by_chance_have_a_propensity_below_one(town: Path) -> None:
    outcomes = read(town, "outcomes")
    by_chance = outcomes["slot"] == "exploration"
    assert (outcomes.filter(by_chance)["propensity"] < 1).all()
    assert (outcomes.filter(~by_chance)["propensity"] == 1).all()
    assert set(outcomes["slot"]) == set(TABLES["outcomes"].columns[2].choices)


def test_nobody_is_listed_anew_within_the_cool_down_or_while_an_entry_waits(town: Path) -> None:
    monday = (pl.col("round") + "-1").str.to_date("%G-W%V-%u")
    listed = read(town, "outcomes").with_columns(monday=monday).sort("monday")
    was_met = pl.col("contacted_at").is_not_null().shift(1).over("household_id")
    gaps = listed.with_columns(gap=pl.col("monday").diff().over("household_id"), was_met=was_met).filter(
        pl.col("slot") != "carried_over", pl.col("gap").is_not_null()
    )
    assert gaps.filter("was_met")["gap"].min() == timedelta(weeks=9)
    assert gaps.filter(~pl.col("was_met"))["gap"].min() == timedelta(weeks=4)


def test_the_truth_is_not_in_the_delivery_and_agrees_with_it(town: Path) -> None:
    for path in (town / "delivery").glob("*.parquet"):
        assert not {"is_in_need", "outcome_if_contacted"} & set(pq.read_schema(path).names)
    truth = pl.read_parquet(town / "truth" / "*.parquet")
    seen = read(town, "outcomes").filter(pl.col("outcome_code").is_not_null())
    monday = (pl.col("round") + "-1").str.to_date("%G-W%V-%u").dt.strftime("%Y-%m")
    both = seen.with_columns(month=monday).join(truth, on=["household_id", "month"])
    assert len(both) == len(seen)
    assert (both["outcome_code"] == both["outcome_if_contacted"]).all()


def test_a_truth_inside_the_delivery_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="inside the delivery"):
        synthesize(
            tmp_path, truth_folder=tmp_path / "t", as_of=AS_OF, seed=1, dongs=dongs_of("고양시일산동구"), households=99
        )
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_refused(town: Path) -> None:
    with pytest.raises(UsageError, match="is not empty"):
        make(town)


def test_ids_and_phones_cannot_be_taken_for_real_ones(town: Path) -> None:
    for column in (read(town, "households")["household_id"], read(town, "members")["person_id"]):
        assert not column.str.replace_all(r"\D", "").str.contains(r"^\d{13}$").any()
    phones = read(town, "people")["phone"]
    assert phones.drop_nulls().str.contains(r"^010-0000-\d{4}$").all()
    assert (phones.is_not_null() == read(town, "households")["has_phone"]).all()


@pytest.mark.parametrize(("encoding", "codec"), [("utf-8", "utf-8"), ("cp949", "cp949"), ("bom", "utf-8-sig")])
def test_csv_says_the_same_as_parquet(town: Path, tmp_path: Path, encoding: str, codec: str) -> None:
    text = make(tmp_path, file_format=FileFormat.CSV, encoding=Encoding(encoding))
    for table in ("people", "outcomes"):
        name = f"{table}-{EAST}"
        raw = (text / "delivery" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf") == (encoding == "bom")
        expected = pl.read_parquet(town / "delivery" / f"{name}.parquet").write_csv()
        assert raw.decode(codec) == expected


def test_a_damaged_page_is_noticed(town: Path, tmp_path: Path) -> None:
    whole = (town / "delivery" / f"households-{EAST}.parquet").read_bytes()
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(whole[:200] + bytes([whole[200] ^ 0xFF]) + whole[201:])
    with pytest.raises(OSError, match="CRC"):
        pq.read_table(damaged, page_checksum_verification=True)
