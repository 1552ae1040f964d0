"""Nothing that became known on the as-of date or after it reaches a feature, in whichever way dates are given."""

import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import day_number, day_of, month_number
from domain.outcome import Outcome
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.engine import build_matrix
from tests.support import towns
from tests.support.cores import Row, Town, frames, matrix_of_each_row, write_core
from training.cohort import examples

ROUNDS = (date(2026, 11, 16), date(2026, 11, 2), date(2024, 12, 2), date(2024, 1, 1))


def later(now: int) -> st.SearchStrategy[int]:
    """The day or month itself, or one after it."""
    return towns.around(now, 0, 0) | towns.around(now, 0, 400)


@st.composite
def with_a_future(draw: st.DrawFn, town: Town, as_of: date) -> Town:
    """The town as a later delivery might tell it: new rows, and cells that were filled in since."""
    today, now = day_number(as_of), month_number(as_of)
    ids = st.sampled_from([row["household_id"] for row in town["households"]])
    listed = towns.listings(ids, as_of, weeks=st.integers(0, 30))
    born = later(now)

    def is_no_case_of_this_month(row: Row) -> bool:
        # A case opened this month keeps a household off the list at once; it is never learned from.
        return row["program_code"] != "case_management" or row["from_month"] > now

    return {
        "households": [draw(moved_home(row, today)) for row in town["households"]],
        "members": town["members"] + draw(st.lists(towns.members(ids, as_of, born=born), max_size=3)),
        "indicators": town["indicators"] + draw(st.lists(towns.reports(ids, as_of, known=later(today)), max_size=8)),
        "benefits": [draw(ended_benefit(row, now)) for row in town["benefits"]]
        + draw(st.lists(towns.benefits(ids, as_of, start=later(now)).filter(is_no_case_of_this_month), max_size=3)),
        "outcomes": [draw(answered_listing(row, today)) for row in town["outcomes"]]
        + draw(st.lists(listed, max_size=3)),
    }


@st.composite
def moved_home(draw: st.DrawFn, row: Row, today: int) -> Row:
    """Who moved long ago, or has not moved yet, may move on any later day."""
    if row["moved_in_on"] is None or today - 1_800 < row["moved_in_on"] < today:
        return row
    return row | {"moved_in_on": draw(later(today))}


@st.composite
def ended_benefit(draw: st.DrawFn, row: Row, now: int) -> Row:
    """An end in this month or later, where none had come yet."""
    if row["to_month"] is not None and row["to_month"] < now:
        return row
    return row | {"to_month": draw(st.none() | later(now))}


@st.composite
def answered_listing(draw: st.DrawFn, row: Row, today: int) -> Row:
    """A contact and an outcome written down later, where there was none yet."""
    changes: Row = {}
    if row["contacted_at"] is None or row["contacted_at"] >= today:
        changes["contacted_at"] = draw(st.none() | later(today))
    if row["recorded_at"] is None or row["recorded_at"] >= today:
        changes["recorded_at"] = draw(st.none() | later(today))
        changes["outcome_code"] = draw(st.none() | towns.words(Outcome))
    return row | changes


@st.composite
def two_tellings(draw: st.DrawFn) -> tuple[date, Town, Town]:
    as_of = draw(st.sampled_from(towns.DATES))
    town = draw(towns.towns(as_of))
    return as_of, town, draw(with_a_future(town, as_of))


@towns.fewer_examples(4)
@given(two_tellings())
def test_what_became_known_later_changes_no_feature(drawn: tuple[date, Town, Town]) -> None:
    as_of, then, afterwards = drawn
    before = build_matrix(frames(then), STANDARD, AsOf.on(as_of))
    after = build_matrix(frames(afterwards), STANDARD, AsOf.on(as_of))
    assert changed(before, after) == []


@towns.fewer_examples(4)
@given(two_tellings())
def test_nor_where_every_row_has_a_date_of_its_own(drawn: tuple[date, Town, Town]) -> None:
    as_of, then, afterwards = drawn
    assert changed(matrix_of_each_row(frames(then), as_of), matrix_of_each_row(frames(afterwards), as_of)) == []


@st.composite
def later_moves(draw: st.DrawFn) -> tuple[date, Town, Town]:
    """A town, and the same town after everybody whose move is known moved once more."""
    as_of = draw(st.sampled_from(towns.DATES))
    town = draw(towns.towns(as_of))
    moved = [
        row if row["moved_in_on"] is None else row | {"moved_in_on": draw(later(day_number(as_of)))}
        for row in town["households"]
    ]
    return as_of, town, town | {"households": moved}


@towns.fewer_examples(4)
@given(later_moves(), st.integers(1_800, 20_000))
def test_who_moves_later_cannot_be_told_from_who_moved_long_ago(drawn: tuple[date, Town, Town], days: int) -> None:
    as_of, _, moved = drawn
    settled = moved | {
        "households": [
            row if row["moved_in_on"] is None else row | {"moved_in_on": day_number(as_of) - days}
            for row in moved["households"]
        ]
    }
    before, after = (build_matrix(frames(town), STANDARD, AsOf.on(as_of)) for town in (settled, moved))
    assert changed(before, after) == []


@towns.fewer_examples(4)
@given(later_moves())
def test_a_later_move_hides_when_the_last_one_was_and_nothing_else(drawn: tuple[date, Town, Town]) -> None:
    as_of, town, moved = drawn
    before, after = (build_matrix(frames(told), STANDARD, AsOf.on(as_of)) for told in (town, moved))
    assert set(changed(before, after)) <= {"moved_months_ago"}
    assert before["moved_months_ago"].is_null().equals(after["moved_months_ago"].is_null())
    assert set(after["moved_months_ago"].drop_nulls()) <= {60}


@towns.fewer_examples(12)
@given(towns.towns(ROUNDS[0]))
def test_examples_of_several_rounds_are_the_matrices_of_each_round(town: Town) -> None:
    assert_examples_equal_matrices(town)


def test_examples_of_a_made_up_town_are_the_matrices_of_each_round() -> None:
    assert_examples_equal_matrices(towns.seeded_town(ROUNDS[0], households=120, seed=3))


def assert_examples_equal_matrices(town: Town) -> None:
    tables = frames(town)
    listed = all_listed(tables["households"]["household_id"])
    with tempfile.TemporaryDirectory() as folder:
        core = write_core(Path(folder), tables, ROUNDS[0] + timedelta(weeks=1))
        found = examples(core, STANDARD, listed)
    names = [feature.name for feature in STANDARD.stored]
    assert found.select(listed.columns).equals(listed)
    for day in listed["round"].unique():
        expected = build_matrix(tables, STANDARD, AsOf.on(day_of(day))).sort("household_id")
        of_round = found.filter(pl.col("round") == day).sort("household_id").select("household_id", "dong_code", *names)
        assert changed(expected, of_round) == []


def all_listed(household_ids: pl.Series) -> pl.DataFrame:
    """Each household listed in each round, most of them with another label in the next."""

    def rows() -> Iterator[tuple[str, int, bool, int]]:
        for day in sorted(day_number(day) for day in ROUNDS):
            yield from ((who, day, True, place % 2) for place, who in enumerate(sorted(household_ids)))

    schema = {"household_id": pl.String, "round": pl.Int32, "is_judged": pl.Boolean, "label_any_support": pl.Int8}
    return pl.DataFrame(list(rows()), schema=schema, orient="row")


def changed(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """Names of the columns in which two matrices differ."""
    left, right = before.sort("household_id"), after.sort("household_id")
    assert left.columns == right.columns
    return [name for name in left.columns if not left[name].equals(right[name])]
