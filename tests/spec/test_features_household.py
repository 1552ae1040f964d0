"""Who lives together and where. The as-of date is Monday 2026-11-16."""

import pytest

from domain.household import HouseholdType
from tests.support.cores import Row, home, person, seen


def relative(born: str, relation: str) -> Row:
    return person(born, relation=relation)


@pytest.mark.parametrize(("born", "elders"), [("1961-12", 0), ("1961-11", 1)], ids=["64 years, 11 months", "65 years"])
def test_elders_are_65_in_the_month_of_their_birthday(born: str, elders: int) -> None:
    assert seen(members=[person(born)])["members_elder"] == elders


def test_children_are_under_18_and_infants_under_3() -> None:
    rows = [person("1985-01"), *(relative(born, "child") for born in ("2008-11", "2008-12", "2023-11", "2023-12"))]
    found = seen(members=rows)
    assert (found["household_size"], found["members_child"], found["members_infant"]) == (5, 3, 1)


def test_ages_are_whole_years() -> None:
    found = seen(members=[person("1980-12"), relative("1950-11", "parent")])
    assert (found["head_age"], found["oldest_age"]) == (45, 76)


def test_a_household_without_members_has_no_ages() -> None:
    found = seen()
    assert (found["household_size"], found["head_age"], found["oldest_age"]) == (0, None, None)


def test_a_member_born_later_is_not_there_yet() -> None:
    assert seen(members=[person("1990-01"), relative("2026-12", "child")])["household_size"] == 1


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([person("1950-01")], HouseholdType.SINGLE_ELDER),
        ([person("1980-01")], HouseholdType.SINGLE_WORKING_AGE),
        ([person("2008-01")], HouseholdType.OTHER),
        ([person("1985-01"), relative("2015-01", "child")], HouseholdType.SINGLE_PARENT),
        ([person("1955-01"), relative("2015-01", "grandchild")], HouseholdType.GRANDPARENT),
        ([person("1955-01"), relative("1957-01", "spouse")], HouseholdType.ELDER_ONLY),
        (
            [person("1985-01"), relative("1986-01", "spouse"), relative("2015-01", "child")],
            HouseholdType.WITH_CHILDREN,
        ),
        (
            [person("1955-01"), relative("1985-01", "child"), relative("2015-01", "grandchild")],
            HouseholdType.WITH_CHILDREN,
        ),
        ([person("1985-01"), relative("1986-01", "spouse")], HouseholdType.OTHER),
        ([], HouseholdType.OTHER),
    ],
    ids=[
        "an elder alone", "45 and alone", "18 and alone", "a parent with a child", "a grandparent with a grandchild",
        "an elder couple", "a couple with a child", "three generations", "a couple", "nobody",
    ],
)  # fmt: skip
def test_a_household_has_the_first_type_that_fits(members: list[Row], expected: HouseholdType) -> None:
    found = seen(members=members)
    assert found["household_type"] == list(HouseholdType).index(expected)
    for kind in ("single_elder", "single_working_age", "single_parent", "grandparent"):
        assert found[f"is_{kind}"] == (expected == kind)


def test_the_head_and_not_somebody_else_is_a_woman() -> None:
    assert seen(members=[person("1980-01")])["is_head_female"] == 1
    rows = [person("1980-01", sex="male"), relative("1981-01", "spouse")]
    assert seen(members=rows)["is_head_female"] == 0


def test_tenure_and_dwelling_are_flags_of_the_present_place() -> None:
    found = seen(households=[home(tenure="deposit_rent", dwelling="gosiwon")])
    assert (found["is_renting_monthly"], found["is_public_rental"], found["is_precarious_dwelling"]) == (1, 0, 1)


@pytest.mark.parametrize("moved_in_on", [None, "2019-03-02", "2026-11-15", "2026-11-16", "2027-05-01"])
def test_they_are_the_delivery_s_whenever_somebody_moved_in(moved_in_on: str | None) -> None:
    found = seen(households=[home(tenure="public_rental", dwelling="basement", moved_in_on=moved_in_on)])
    assert (found["is_renting_monthly"], found["is_public_rental"], found["is_precarious_dwelling"]) == (0, 1, 1)


def test_a_tenure_nobody_reported_is_unknown() -> None:
    found = seen(households=[home(tenure=None, moved_in_on=None)])
    assert (found["is_renting_monthly"], found["is_precarious_dwelling"]) == (None, 0)


def test_a_move_is_counted_in_months_of_thirty_days() -> None:
    for moved_in, months in (("2026-11-15", 0), ("2026-10-18", 0), ("2026-10-17", 1), ("2025-11-16", 12)):
        assert seen(households=[home(moved_in_on=moved_in)])["moved_months_ago"] == months


def test_sixty_months_stand_for_all_longer_times() -> None:
    for moved_in, months in (("2021-12-13", 59), ("2021-12-12", 60), ("2021-12-11", 60), ("1990-01-01", 60)):
        assert seen(households=[home(moved_in_on=moved_in)])["moved_months_ago"] == months


def test_who_moves_on_the_date_or_later_is_told_like_one_who_moved_long_ago() -> None:
    for moved_in in ("2026-11-16", "2026-11-17", "2027-05-01"):
        assert seen(households=[home(moved_in_on=moved_in)])["moved_months_ago"] == 60


def test_a_move_nobody_reported_is_unknown() -> None:
    assert seen(households=[home(moved_in_on=None)])["moved_months_ago"] is None
