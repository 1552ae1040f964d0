"""Benefits held and ended. The as-of date is Monday 2026-11-16."""

from tests.support.cores import benefit, seen


def test_a_recipient_whose_benefit_ended_last_month_receives_no_more() -> None:
    found = seen(benefits=[benefit("basic_livelihood", "2024-01", "2026-10")])
    assert (found["is_recipient"], found["benefit_ended_months_ago"]) == (0, 1)


def test_a_benefit_that_ends_this_month_or_later_is_still_held() -> None:
    for until in ("2026-11", "2027-06", None):
        found = seen(benefits=[benefit("basic_housing", "2024-01", until)])
        assert (found["is_recipient"], found["benefit_ended_months_ago"]) == (1, None)


def test_a_benefit_that_began_this_month_does_not_count_yet() -> None:
    assert seen(benefits=[benefit("basic_pension", "2026-11")])["holds_basic_pension"] == 0
    assert seen(benefits=[benefit("basic_pension", "2026-10")])["holds_basic_pension"] == 1


def test_any_of_the_four_livelihood_programmes_makes_a_recipient() -> None:
    for program in ("basic_livelihood", "basic_medical", "basic_housing", "basic_education"):
        found = seen(benefits=[benefit(program, "2024-01")])
        assert (found["is_recipient"], found["benefits_held"]) == (1, 0)


def test_case_management_is_no_benefit() -> None:
    found = seen(benefits=[benefit("case_management", "2026-01"), benefit("near_poverty", "2026-01")])
    assert (found["is_case_managed"], found["benefits_held"], found["holds_near_poverty"]) == (1, 1, 1)


def test_kinds_of_benefits_add_up() -> None:
    rows = [
        benefit("energy_voucher", "2026-01"),
        benefit("child_allowance", "2025-01"),
        benefit("basic_pension", "2020-01"),
    ]
    assert seen(benefits=rows)["benefits_held"] == 3


def test_one_programme_in_two_rows_is_one_kind_of_benefit() -> None:
    rows = [benefit("basic_pension", "2023-04"), benefit("basic_pension", "2025-08")]
    assert seen(benefits=rows)["benefits_held"] == 1


def test_the_newest_end_counts() -> None:
    rows = [benefit("child_allowance", "2020-01", "2025-10"), benefit("energy_voucher", "2026-01", "2026-04")]
    assert seen(benefits=rows)["benefit_ended_months_ago"] == 7
