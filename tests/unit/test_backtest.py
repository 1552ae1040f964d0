"""The parts of a rolled-forward evaluation, each on rows written out by hand."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from domain.calendar import Round, day_number
from domain.errors import BundleRefused, UsageError
from domain.household import HouseholdType
from domain.policy import ListPolicy, Policy
from features.catalogue import STANDARD
from tests.support.cores import DONG, OTHER_DONG, Town, benefit, frames, home, listing, person, report, write_core
from training.backtest import Contender, backtest, contender_of
from training.cohort import closed_listings, examples
from training.learning import Examples, Slices
from training.population import UNKNOWN, part_tables, population, with_groups
from training.recipe import Recipe
from training.rounds import RankedRound, with_places
from training.splits import TimeSplit

AS_OF = date(2026, 11, 16)
MAY = date(2026, 5, 11)  # 2026-W20; its window of 90 days closes on 9 August


def closed(*rows: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    town: Town = {"households": [home(who) for who in "ABCDE"], "outcomes": list(rows)}
    return closed_listings(write_core(folder, frames(town), AS_OF), as_of=AS_OF, horizon_days=90).rows(named=True)


# Listings


def test_strata_and_chances_are_those_known_when_the_round_opened(tmp_path: Path) -> None:
    met = {"contacted": "2026-05-13", "outcome": "visited_closed", "recorded": "2026-05-20"}
    rows = closed(
        listing("2026-W20", "A", **met),
        listing("2026-W20", "B", slot="exploration", propensity=0.004, **met),
        listing("2026-W20", "C", slot="carried_over", **met),
        listing("2026-W20", "D", slot="top", propensity=0.5, **met),  # won its place among equals by lot
        folder=tmp_path,
    )
    assert [(row["household_id"], row["stratum"], row["inclusion"]) for row in rows] == [
        ("A", "chosen", 1.0),
        ("B", "drawn", 0.004),
        ("C", None, 1.0),
        ("D", "chosen", 1.0),
    ]


def test_listings_nobody_could_be_asked_about_are_there_and_not_judged(tmp_path: Path) -> None:
    rows = closed(
        listing("2026-W20", "A", contacted="2026-05-13", outcome="other_public", recorded="2026-06-20"),
        listing("2026-W20", "B", contacted="2026-05-13", outcome="unreachable", recorded="2026-05-13"),
        listing("2026-W20", "C"),
        listing("2026-W20", "D", contacted="2026-08-09", outcome="other_public", recorded="2026-08-10"),
        listing("2026-W35", "E", contacted="2026-08-26", outcome="other_public", recorded="2026-08-27"),  # still open
        folder=tmp_path,
    )
    assert [(row["household_id"], row["is_judged"], row["label_public_or_case"]) for row in rows] == [
        ("A", True, 1),
        ("B", False, None),
        ("C", False, None),
        ("D", False, None),
    ]


@pytest.mark.parametrize(("recorded", "found"), [("2026-08-08", 1), ("2026-08-09", 0)])
def test_a_result_counts_when_it_was_written_down_within_the_window(tmp_path: Path, recorded: str, found: int) -> None:
    """The eighty-ninth day after the Monday counts, the ninetieth does not."""
    assert (date.fromisoformat(recorded) - MAY).days == 90 - found
    (row,) = closed(
        listing("2026-W20", contacted="2026-05-13", outcome="basic_livelihood", recorded=recorded), folder=tmp_path
    )
    assert (row["is_judged"], row["label_public_or_case"], row["label_any_support"]) == (True, found, found)


def test_a_fold_learns_nothing_from_a_result_written_down_after_its_round_opened() -> None:
    # Both windows closed on day 90; the second result came late and was no news to anybody on day 100.
    rows = pl.DataFrame({"round": [0, 0, 7], "recorded_at": [20, 100, 30]})
    slices = Slices.of(rows, TimeSplit((0,), (7,), 100))
    assert (slices.train.tolist(), slices.calibrate.tolist()) == ([0], [2])
    for_use = Slices.of(rows, TimeSplit((0,), (7,), None))
    assert for_use.train.tolist() == [0, 1]


def test_a_stored_chance_of_nearly_nothing_weighs_no_more_than_the_cap() -> None:
    names = [feature.name for feature in STANDARD.learned]
    frame = pl.DataFrame({"inclusion": [1.0, 0.25, 1e-300], "label_any_support": [1, 0, 1]}).with_columns(
        pl.lit(0.0).alias(name) for name in names
    )
    assert Examples.of(frame, STANDARD.learned, label="any_support", max_weight=50).weights.tolist() == [1, 4, 50]


# Population


def townspeople(folder: Path, *, as_of: date, core_as_of: date = AS_OF,
                requests: list[dict[str, Any]] | None = None, **tables: Any) -> dict[str, dict[str, Any]]:  # fmt: skip
    core = write_core(folder, frames(tables), core_as_of)
    schema = {"household_id": pl.String, "kind": pl.String, "made_on": pl.Int32, "ends_on": pl.Int32}
    asked = pl.DataFrame(requests or [], schema=schema)
    found = population(part_tables(core, core.districts, STANDARD), asked, STANDARD, ListPolicy(), as_of=as_of)
    return {row["household_id"]: row for row in with_groups(found, STANDARD, core).rows(named=True)}


def test_candidates_are_those_who_could_have_ranked_on_that_day(tmp_path: Path) -> None:
    found = townspeople(
        tmp_path,
        as_of=MAY,
        households=[home(who) for who in "ABCDEFG"],
        benefits=[
            benefit("basic_livelihood", "2026-01", household_id="B"),
            benefit("case_management", "2026-02", household_id="C"),
            benefit("basic_livelihood", "2026-07", household_id="G"),  # from July on
        ],
        outcomes=[
            listing("2026-W10", "D", contacted="2026-03-04"),  # resting
            listing("2026-W19", "E"),  # waits on the list
        ],
        requests=[
            {"household_id": "F", "kind": "exclusion", "made_on": day_number(date(2026, 5, 1)), "ends_on": None},
            {"household_id": "A", "kind": "exclusion", "made_on": day_number(date(2026, 6, 1)), "ends_on": None},
        ],
    )
    assert [who for who, row in found.items() if row["is_candidate"]] == ["A", "G"]


def test_groups_are_told_in_words_and_what_is_not_known_is_one_of_them(tmp_path: Path) -> None:
    found = townspeople(
        tmp_path,
        as_of=MAY,
        households=[
            home("A"),
            home("B", dong_code="4128151000", has_phone=False, is_address_mismatch=True),
            home("C", dong_code="9999999999", is_address_mismatch=True),
        ],
        members=[person("1950-01", "A"), person("1992-05", "B", sex="male")],
        indicators=[report(code, "2026-03", "A") for code in ("nhis_premium_arrears", "electricity_arrears")],
    )
    names = ("household_type", "age_band", "head_sex", "region_kind", "indicator_kinds", "reachability")
    assert {who: tuple(row[name] for name in names) for who, row in found.items()} == {
        "A": (HouseholdType.SINGLE_ELDER, "75_plus", "female", "dong", "2", "reachable"),
        "B": (HouseholdType.SINGLE_WORKING_AGE, "under_35", "male", "dong", "0", "no_phone"),
        "C": (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "0", "address_mismatch"),
    }


@pytest.mark.parametrize(
    ("born", "band"),
    [("1991-06", "under_35"), ("1991-05", "35_49"), ("1976-05", "50_64"), ("1961-06", "50_64"), ("1961-05", "65_74")],
)
def test_age_bands_begin_on_the_birthday(tmp_path: Path, born: str, band: str) -> None:
    found = townspeople(tmp_path, as_of=MAY, households=[home()], members=[person(born)])
    assert found["A"]["age_band"] == band


def test_a_dong_has_its_new_code_in_rounds_before_the_change_too(tmp_path: Path) -> None:
    """Sinbuk-eup of Chuncheon got its code on 11 June 2023; a delivery of December gives it for all times."""
    found = townspeople(
        tmp_path,
        as_of=date(2023, 5, 1),
        core_as_of=date(2023, 12, 4),
        households=[home(dong_code="5111025000"), home("B", dong_code="5111031000")],
    )
    assert (found["A"]["region_kind"], found["B"]["region_kind"]) == ("eup", "myeon")
    assert found["A"]["is_candidate"]


def test_an_indicator_that_was_not_yet_collected_is_unknown_and_not_none(tmp_path: Path) -> None:
    """Water arrears are reported from November 2023 on."""
    name = "water_arrears_months"
    tables: Town = {
        "households": [home("A"), home("B")],
        "indicators": [report("water_arrears", "2023-12", "A", months_overdue=5)],
        "outcomes": [
            listing(week, who, contacted=day, outcome="other_public", recorded=day)
            for week, day in (("2023-W30", "2023-07-26"), ("2024-W10", "2024-03-06"))
            for who in "AB"
        ],
    }
    core = write_core(tmp_path, frames(tables), AS_OF)
    rows = examples(core, STANDARD, closed_listings(core, as_of=AS_OF, horizon_days=90))
    assert rows.select("household_id", name).rows() == [("A", None), ("B", None), ("A", 5.0), ("B", 0.0)]


# Places


def placed(scores: dict[str, list[float]], capacity: int, **capacities: int) -> dict[str, list[float]]:
    frame = pl.DataFrame(
        [(dong, score) for dong, of_dong in scores.items() for score in of_dong],
        schema={"dong_code": pl.String, "score_last_score": pl.Float64},
        orient="row",
    ).with_columns(
        pl.lit(0.0).alias(f"score_{name}") for name in ("logistic_regression", "indicator_count", "area_only")
    )
    policy = Policy(list=ListPolicy(capacity=capacity), capacities=capacities)
    found = with_places(frame, RankedRound(0, {}), policy)
    return {dong: found.filter(pl.col("dong_code") == dong)["place_last_score"].to_list() for dong in scores}


def test_each_dong_gives_its_places_to_its_own_highest_scores() -> None:
    assert placed({DONG: [3, 1, 2], OTHER_DONG: [9, 8, 7]}, 2) == {DONG: [1, 0, 1], OTHER_DONG: [1, 1, 0]}
    assert placed({DONG: [3, 1, 2], OTHER_DONG: [9, 8, 7]}, 2, **{OTHER_DONG: 1})[OTHER_DONG] == [1, 0, 0]


def test_equals_at_the_cut_share_what_is_left() -> None:
    assert placed({DONG: [5, 4, 4, 4, 1]}, 2)[DONG] == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0])
    assert placed({DONG: [7, 7, 7, 7]}, 3)[DONG] == [0.75] * 4


def test_more_places_than_candidates_are_one_each_and_none_are_none() -> None:
    assert placed({DONG: [2, 1]}, 10)[DONG] == [1, 1]
    assert placed({DONG: [2, 1]}, 0)[DONG] == [0, 0]


# Contenders


def bundle(**recipe: Any) -> Any:
    return SimpleNamespace(name="standard-1", label="public_or_case", recipe=Recipe().to_json() | recipe)


def test_a_bundle_ranks_rounds_that_opened_on_or_after_the_day_it_was_made_and_no_earlier_one() -> None:
    contender = contender_of(bundle(trained_as_of="2026-05-11"), label="public_or_case")
    opened = [Round(MAY).plus_weeks(weeks).as_of for weeks in (-1, 0, 1)]
    assert [contender.knows_nothing_of(day_number(day)) for day in opened] == [False, True, True]
    assert not Contender(Recipe()).knows_nothing_of(day_number(MAY))


@pytest.mark.parametrize("recipe", [{}, {"trained_as_of": None}, {"trained_as_of": "soon"}])
def test_a_bundle_that_does_not_say_when_it_was_made_is_refused(recipe: dict[str, Any]) -> None:
    with pytest.raises(BundleRefused):
        contender_of(bundle(**recipe), label="public_or_case")


def test_a_bundle_that_learned_another_label_is_not_judged_by_this_one() -> None:
    with pytest.raises(BundleRefused, match="learned public_or_case, and the policy ranks by severe_crisis"):
        contender_of(bundle(trained_as_of="2026-05-11"), label="severe_crisis")


@pytest.mark.parametrize("names", [(), ("area_only",)])
def test_a_backtest_needs_a_model_of_a_name_of_its_own(tmp_path: Path, names: tuple[str, ...]) -> None:
    core = write_core(tmp_path, frames({"households": [home()]}), AS_OF)
    contenders = dict.fromkeys(names, Contender(replace(Recipe(), seed=2)))
    with pytest.raises(UsageError, match="At least one model"):
        backtest(core, STANDARD, Policy(), contenders, as_of=AS_OF, seed=1)
