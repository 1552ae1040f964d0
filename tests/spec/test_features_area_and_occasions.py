"""Rates of the dong, and what only the list needs to know. The as-of date is Monday 2026-11-16."""

import pytest

from tests.support.cores import OTHER_DONG, home, person, report, seen

FOUR_HOMES = [home("A"), home("B"), home("C"), home("D"), home("E", dong_code=OTHER_DONG)]


def test_rates_are_shares_of_all_households_of_the_same_dong() -> None:
    rows = [
        report("gas_shutoff", "2026-09", "B"),
        report("gas_shutoff", "2026-10", "B"),
        report("electricity_arrears", "2026-10", "C", months_overdue=3),
        report("self_harm_emergency_visit", "2026-08", "D"),
        report("water_shutoff", "2026-09", "E"),
    ]
    found = seen(households=FOUR_HOMES, indicators=rows)
    assert found["area_reported_rate"] == 0.75
    assert (found["area_arrears_rate"], found["area_shutoff_rate"], found["area_health_rate"]) == (0.25, 0.25, 0.25)


def test_rates_forget_after_four_months() -> None:
    found = seen(households=FOUR_HOMES, indicators=[report("gas_shutoff", "2026-07", "A")])
    assert (found["area_reported_rate"], found["area_shutoff_rate"]) == (0, 0)


@pytest.mark.parametrize(("born", "due"), [("1961-12", 0), ("1961-11", 1), ("1961-09", 1), ("1961-08", 0)])
def test_a_sixty_fifth_birthday_is_due_for_three_months(born: str, due: int) -> None:
    assert seen(members=[person(born)])["turned_65"] == due


def test_a_seventieth_birthday_is_counted_apart() -> None:
    found = seen(members=[person("1956-10")])
    assert (found["turned_65"], found["turned_70"]) == (0, 1)


def test_grave_reports_are_dated_by_the_day_they_became_known() -> None:
    rows = [
        report("suicide_risk_managed", "2026-08", known="2026-10-17"),
        report("self_harm_emergency_visit", "2026-09", known="2026-11-15"),
        report("electricity_current_limited", "2026-09", known="2026-10-27"),
    ]
    found = seen(indicators=rows)
    assert (found["suicide_known_days"], found["shutoff_known_days"]) == (1, 20)


def test_without_a_grave_report_there_is_no_day() -> None:
    found = seen(indicators=[report("daily_worker", "2026-10")])
    assert (found["suicide_known_days"], found["shutoff_known_days"]) == (None, None)


def test_reachability_is_told_as_it_was_delivered() -> None:
    found = seen(households=[home(is_address_mismatch=True, has_phone=False)])
    assert (found["is_address_mismatch"], found["has_phone"]) == (1, 0)
