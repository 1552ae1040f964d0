"""Arrears and shut-offs on tables small enough to check by eye. The as-of date is Monday 2026-11-16."""

from datetime import date
from typing import Any

import pytest

from tests.support.cores import Row, report, seen

PREMIUM, POWER, WATER = "nhis_premium_arrears", "electricity_arrears", "water_arrears"


def premium(observed: str, months: int | None, **changes: Any) -> Row:
    return report(PREMIUM, observed, months_overdue=months, **changes)


@pytest.mark.parametrize(
    ("observed", "expected"), [("2026-11", 5), ("2026-10", 5), ("2026-09", 5), ("2026-08", 5), ("2026-07", 0)]
)
def test_arrears_count_as_current_for_four_months(observed: str, expected: int) -> None:
    found = seen(indicators=[premium(observed, 5, known="2026-11-15")])
    assert found["nhis_premium_arrears_months"] == expected
    assert found["arrears_kinds"] == (expected > 0)


def test_the_newest_month_counts_and_not_the_longest() -> None:
    found = seen(indicators=[premium("2026-08", 7), premium("2026-09", 2)])
    assert found["nhis_premium_arrears_months"] == 2
    assert found["nhis_premium_arrears_max_12m"] == 7


def test_the_worst_of_two_reports_of_a_month_counts() -> None:
    first = premium("2026-09", 6, known="2026-10-10")
    corrected = premium("2026-09", 4, known="2026-11-02")
    assert seen(indicators=[first, corrected])["nhis_premium_arrears_months"] == 6


def test_a_report_counts_from_the_day_after_it_became_known() -> None:
    yesterday, today = premium("2026-09", 3, known="2026-11-15"), premium("2026-09", 9, known="2026-11-16")
    assert seen(indicators=[yesterday, today])["nhis_premium_arrears_months"] == 3


def test_the_longest_of_a_year_forgets_the_month_a_year_ago() -> None:
    assert seen(indicators=[premium("2025-12", 8)])["nhis_premium_arrears_max_12m"] == 8
    assert seen(indicators=[premium("2025-11", 8)])["nhis_premium_arrears_max_12m"] == 0


def test_the_trend_compares_with_the_state_three_months_ago() -> None:
    assert seen(indicators=[premium("2026-08", 3), premium("2026-10", 5)])["nhis_premium_arrears_trend_3m"] == 2
    assert seen(indicators=[premium("2026-06", 6), premium("2026-10", 1)])["nhis_premium_arrears_trend_3m"] == -5


def test_arrears_that_ceased_show_as_a_falling_trend() -> None:
    found = seen(indicators=[premium("2026-07", 4)])
    assert (found["nhis_premium_arrears_months"], found["nhis_premium_arrears_trend_3m"]) == (0, -4)


def test_the_amount_is_the_largest_of_the_four_current_months() -> None:
    rows = [
        premium("2026-07", 1, amount_krw=900_000),
        premium("2026-09", 2, amount_krw=310_000),
        premium("2026-10", 3, amount_krw=None),
    ]
    found = seen(indicators=rows)
    assert found["nhis_premium_arrears_krw"] == 310_000
    assert found["arrears_krw_max_12m"] == 900_000


def test_an_indicator_that_is_not_yet_collected_is_unknown_not_none() -> None:
    """Water arrears entered the list in November 2023; their first reports can be known in December."""
    in_november, in_december = seen(as_of=date(2023, 11, 27)), seen(as_of=date(2023, 12, 4))
    for name in ("months", "max_12m", "trend_3m", "krw"):
        assert in_november[f"water_arrears_{name}"] is None
        assert in_december[f"water_arrears_{name}"] == 0
    assert in_november["electricity_arrears_months"] == 0


def test_an_event_that_is_not_yet_collected_is_unknown_not_long_ago() -> None:
    assert seen(as_of=date(2024, 11, 25))["policy_loan_rejected_months_ago"] is None
    assert seen(as_of=date(2024, 12, 2))["policy_loan_rejected_months_ago"] == 24


def test_kinds_and_months_of_different_arrears_add_up() -> None:
    rows = [
        premium("2026-10", 5),
        report(POWER, "2026-09", months_overdue=2),
        report(WATER, "2026-05", months_overdue=9),
    ]
    found = seen(indicators=rows)
    assert (found["arrears_kinds"], found["arrears_months_total"]) == (2, 7)


def test_arrears_that_were_settled_are_no_kind_of_arrears() -> None:
    found = seen(indicators=[premium("2026-09", 3), premium("2026-10", 0)])
    assert (found["nhis_premium_arrears_months"], found["arrears_kinds"]) == (0, 0)


def test_arrears_are_first_seen_at_most_two_years_back() -> None:
    assert seen(indicators=[premium("2024-12", 3), premium("2026-10", 5)])["arrears_first_months_ago"] == 23
    assert seen(indicators=[premium("2024-11", 3), premium("2026-10", 5)])["arrears_first_months_ago"] == 1
    assert seen()["arrears_first_months_ago"] == -1


def test_reports_of_arrears_count_and_other_reports_do_not() -> None:
    rows = [premium("2026-09", 2), premium("2026-10", 3), report("business_closed", "2026-10")]
    found = seen(indicators=rows)
    assert (found["arrears_reports_12m"], found["indicator_reports_12m"]) == (2, 3)


def test_shutoffs_are_counted_over_a_year_and_dated_by_kind() -> None:
    rows = [
        report("electricity_shutoff", "2026-09"),
        report("gas_shutoff", "2026-01"),
        report("gas_shutoff", "2025-10"),
    ]
    found = seen(indicators=rows)
    assert found["shutoffs_12m"] == 2
    assert (found["electricity_shutoff_months_ago"], found["gas_shutoff_months_ago"]) == (2, 10)
    assert found["water_shutoff_months_ago"] == 24
