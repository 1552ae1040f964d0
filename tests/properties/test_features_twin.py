"""The engine and a slow twin in plain Python agree on every feature of any small town."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import STANDARD
from features.declaration import AsOf
from features.engine import build_matrix
from tests.support import towns, twin
from tests.support.cores import MONDAY, Town, by_household, frames, matrix_of_each_row

Rows = dict[str, twin.Values]
DRAWN = st.sampled_from(towns.DATES).flatmap(lambda as_of: st.tuples(st.just(as_of), towns.towns(as_of)))


@given(DRAWN)
def test_the_engine_says_what_the_twin_says(drawn: tuple[date, Town]) -> None:
    as_of, town = drawn
    found = by_household(build_matrix(frames(town), STANDARD, AsOf.on(as_of)))
    expected = twin.all_features(town, as_of)
    assert differences(found, expected) == []


@towns.fewer_examples(4)
@given(DRAWN)
def test_rows_with_a_date_of_their_own_give_what_the_twin_says(drawn: tuple[date, Town]) -> None:
    as_of, town = drawn
    found = by_household(matrix_of_each_row(frames(town), as_of))
    assert differences(found, twin.all_features(town, as_of)) == []


@pytest.mark.parametrize("as_of", towns.DATES, ids=str)
def test_a_whole_made_up_town_agrees_with_the_twin(as_of: date) -> None:
    town = towns.seeded_town(as_of, households=150, seed=as_of.toordinal())
    found = by_household(build_matrix(frames(town), STANDARD, AsOf.on(as_of)))
    assert differences(found, twin.all_features(town, as_of)) == []


def test_the_twin_knows_exactly_the_stored_features() -> None:
    town = towns.seeded_town(MONDAY, households=1, seed=0)
    (values,) = twin.all_features(town, MONDAY).values()
    assert set(values) == {feature.name for feature in STANDARD.stored}


def differences(found: Rows, expected: Rows) -> list[tuple[str, str, float | None, float | None]]:
    """Household, feature, and both values where they differ; everything is made up here, so it may be shown."""
    assert found.keys() == expected.keys()
    return [
        (who, name, found[who][name], value)
        for who, values in expected.items()
        for name, value in values.items()
        if found[who][name] != value
    ]
