"""What a bundle remembers of its data: counts over round edges, small ones hidden, months that can be compared."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from domain.errors import BundleRefused
from features.catalogue import STANDARD
from features.declaration import Unit
from features.monthly_reports import history_months, monthly_reports
from scoring.reference import (
    EDGES,
    FIRST_BIN,
    NOTHING,
    UNKNOWN,
    Reference,
    build_reference,
    count_categories,
    count_round,
    disclosed,
    listable,
    psi,
)
from sources.core import Core
from tests.support.cores import MONDAY, frames, home, month, report, write_core
from tests.support.weeks import random_matrix

ROUND = date(2026, 11, 16)


def reference_of_matrix(frame: pl.DataFrame, raw: np.ndarray) -> Reference:
    counted = count_round(frame, raw, STANDARD, as_of=ROUND, history_months=30)
    return build_reference([counted], STANDARD, population=frame.height, categories={}, reports={})


def counts_of(feature: str, values: list[float | None]) -> tuple[int, ...]:
    frame = random_matrix(STANDARD, len(values)).with_columns(pl.Series(feature, values, dtype=pl.Float32))
    return reference_of_matrix(frame, np.zeros(len(values))).features[feature].counts[0]


def test_unknown_and_nothing_have_places_of_their_own() -> None:
    counts = counts_of("gas_arrears_months", [None, None, 0, 0, 0, 1, 2, 5])
    assert (counts[UNKNOWN], counts[NOTHING]) == (2, 3)
    # 1 month, 2 months, and 4 to 5 months: each in a bin.
    assert [count for count in counts[FIRST_BIN:] if count] == [1, 1, 1]
    assert sum(counts) == 8


def test_never_reported_is_the_nothing_of_months_ago() -> None:
    counts = counts_of("gas_shutoff_months_ago", [24, 24, 24, 0, 1, 23])
    assert counts[NOTHING] == 3


def test_a_value_stands_in_the_bin_that_begins_with_it() -> None:
    edges = EDGES[Unit.YEARS]
    counts = counts_of("head_age", [64, 65, 69, 70])
    place = FIRST_BIN + edges.index(65)
    assert counts[place : place + 3] == (1, 2, 1)


def test_every_unit_has_edges_that_rise_and_are_round_numbers() -> None:
    assert set(EDGES) == set(Unit)
    for edges in EDGES.values():
        assert list(edges) == sorted(set(edges))


def test_score_edges_cut_households_into_tenths_and_are_hundredths() -> None:
    raw = np.random.default_rng(3).normal(-2, 1, 5000)
    score = reference_of_matrix(random_matrix(STANDARD, 5000), raw).score
    assert len(score.edges) == 9
    assert all(edge == round(edge, 2) for edge in score.edges)
    assert max(abs(count - 500) for count in score.counts[0][FIRST_BIN:]) < 60
    by_hand = [
        int(((raw >= low) & (raw < high)).sum()) for low, high in zip(score.edges, score.edges[1:], strict=False)
    ]
    assert list(score.counts[0][FIRST_BIN + 1 : -1]) == by_hand


@pytest.mark.parametrize(
    ("feature", "months"),
    [("gas_shutoff_months_ago", 24), ("times_listed_24m", 24), ("shutoffs_12m", 12), ("gas_arrears_max_12m", 12),
     ("gas_arrears_months", 0), ("moved_months_ago", 0), ("head_age", 0)],
)  # fmt: skip
def test_a_feature_says_how_far_it_looks_back(feature: str, months: int) -> None:
    found = reference_of_matrix(random_matrix(STANDARD, 20), np.zeros(20))
    assert found.features[feature].looks_back_months == months
    assert Reference.from_json(found.to_json()).features[feature].looks_back_months == months


def test_small_counts_are_hidden_and_others_rounded_also_the_second_time() -> None:
    exact = np.arange(200)
    shown = disclosed(exact)
    assert shown[:8].tolist() == [0] * 8
    assert shown[8] == 10
    assert (np.abs(shown[8:] - exact[8:]) <= 2).all()
    assert (disclosed(shown) == shown).all()


def test_what_a_bundle_keeps_holds_no_small_count_and_reads_back() -> None:
    frame = random_matrix(STANDARD, 300)
    found = reference_of_matrix(frame, np.linspace(-3, 1, 300)).to_json()
    text = json.dumps(found, allow_nan=False)
    kept = json.loads(text)
    counts = [count for histogram in kept["features"].values() for row in histogram["counts"] for count in row]
    assert not [count for count in counts if 0 < count < 8 or count % 5]
    assert Reference.from_json(kept).to_json() == found


def test_months_with_few_households_are_not_told(tmp_path: Path) -> None:
    core = reported_core(tmp_path, {"2026-03": 3, "2026-04": 12})
    reports = monthly_reports(core, as_of=MONDAY)
    reference = build_reference(
        [count_round(random_matrix(STANDARD, 20), np.zeros(20), STANDARD, as_of=ROUND, history_months=30)],
        STANDARD, population=20, categories={}, reports=reports,
    )  # fmt: skip
    kept = reference.to_json()["reports"]["nhis_premium_arrears"]["months"]
    # Known on the tenth of the month after.
    assert kept["2026-04"] is None
    assert kept["2026-05"] == 10


@pytest.mark.parametrize("damaged", [{}, {"rounds": 3}, {"rounds": ["soon"]}])
def test_a_bundle_without_a_reference_says_what_to_do(damaged: dict[str, object]) -> None:
    with pytest.raises(BundleRefused) as refused:
        Reference.from_json(damaged)
    assert "Train" in refused.value.hint


def test_psi_by_hand() -> None:
    # Half and half before, three to one now: (.25 ln 1.5 + .25 ln 2) with half a household in each bin of a million.
    assert psi([500_000, 500_000], [750_000, 250_000]) == pytest.approx(0.25 * np.log(1.5) + 0.25 * np.log(2), abs=1e-5)
    assert psi([10, 20, 0], [10, 20, 0]) == 0


def test_psi_of_nobody_is_undefined() -> None:
    assert np.isnan(psi([0, 0], [3, 4]))


def test_households_the_office_knows_are_left_out() -> None:
    frame = random_matrix(STANDARD, 4).with_columns(
        is_recipient=pl.Series([1, 0, 0, None], dtype=pl.Float32),
        is_case_managed=pl.Series([0, 1, 0, 0], dtype=pl.Float32),
    )
    assert listable(frame)["household_id"].to_list() == ["h0002", "h0003"]
    assert listable(frame.drop("is_recipient", "is_case_managed")).height == 4


def reported_core(folder: Path, households_by_month: dict[str, int], *, since: str = "2024-01") -> Core:
    """A core whose history begins ``since``, with so many households in arrears observed in each month."""
    ids = [f"H{number:03d}" for number in range(40)]
    rows = [report("nhis_premium_arrears", since, who, months_overdue=3) for who in ids]
    rows += [
        report("nhis_premium_arrears", observed, who, months_overdue=3)
        for observed, count in households_by_month.items()
        for who in ids[:count]
    ]
    town = {"households": [home(who) for who in ids], "indicators": rows}
    return write_core(folder / "core", frames(town), MONDAY)


def test_a_household_counts_once_a_month_in_which_something_became_known(tmp_path: Path) -> None:
    town = {
        "households": [home("A"), home("B")],
        "indicators": [
            report("nhis_premium_arrears", "2024-01", "A"),
            report("nhis_premium_arrears", "2026-05", "A", known="2026-07-01"),
            report("nhis_premium_arrears", "2026-06", "A", known="2026-07-20"),
            report("nhis_premium_arrears", "2026-06", "B", known="2026-07-31"),
            report("nhis_premium_arrears", "2026-06", "B", known="2026-08-02", months_overdue=0),  # settled
            report("gas_arrears", "2026-06", "B", known="2026-07-03"),
        ],
    }
    found = monthly_reports(write_core(tmp_path / "core", frames(town), MONDAY), as_of=MONDAY)
    counts = found["nhis_premium_arrears"].households
    assert (counts[month("2026-06")], counts[month("2026-07")], counts[month("2026-08")]) == (0, 2, 0)
    assert found["gas_arrears"].households[month("2026-07")] == 1


def test_only_whole_months_count(tmp_path: Path) -> None:
    found = monthly_reports(reported_core(tmp_path, {}), as_of=MONDAY)["nhis_premium_arrears"].households
    # Reports of January 2024 arrive until mid-March (45 days), late ones until mid-April; November is not over.
    assert (min(found), max(found)) == (month("2024-05"), month("2026-10"))


def test_months_after_the_delivery_are_not_counted(tmp_path: Path) -> None:
    core = reported_core(tmp_path, {})
    found = monthly_reports(core, as_of=date(2027, 3, 1))["nhis_premium_arrears"].households
    assert max(found) == month("2026-10")


def test_one_stray_old_report_does_not_begin_the_history(tmp_path: Path) -> None:
    ids = [f"H{number:03d}" for number in range(200)]
    rows = [report("nhis_premium_arrears", "2025-01", who) for who in ids]
    town = {
        "households": [home(who) for who in ids],
        "indicators": [*rows, report("nhis_premium_arrears", "2011-02", ids[0])],
    }
    core = write_core(tmp_path / "core", frames(town), MONDAY)
    assert history_months(core, MONDAY) == month("2026-11") - month("2025-01")


def test_an_indicator_born_later_begins_later(tmp_path: Path) -> None:
    found = monthly_reports(reported_core(tmp_path, {}, since="2023-01"), as_of=MONDAY)
    assert min(found["nhis_premium_arrears"].households) < month("2023-11") < min(found["gas_arrears"].households)


def test_repeats_say_how_often_the_same_households_come_again(tmp_path: Path) -> None:
    # Observed in July to September, known in the months after: ten households three times.
    core = reported_core(tmp_path, {"2026-07": 10, "2026-08": 10, "2026-09": 10})
    repeats = monthly_reports(core, as_of=MONDAY)["nhis_premium_arrears"].repeats
    assert repeats[:4] == (1, 2, 3, 3)
    assert len(repeats) == 12


def test_words_are_counted_by_table_and_column(tmp_path: Path) -> None:
    town = {"households": [home("A"), home("B", tenure="monthly_rent"), home("C", tenure=None)]}
    found = count_categories(write_core(tmp_path / "core", frames(town), MONDAY))
    assert found["households.tenure"] == {"monthly_rent": 1, "own": 1}
    assert "members.sex" not in found
