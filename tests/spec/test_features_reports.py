"""Reports of any indicator: areas, counts, freshness, and health. The as-of date is Monday 2026-11-16."""

from tests.support.cores import person, report, seen


def test_areas_count_once_however_many_reports_they_have() -> None:
    rows = [report("gas_shutoff", "2026-09"), report("water_shutoff", "2026-09"), report("daily_worker", "2026-08")]
    assert seen(indicators=rows)["indicator_areas"] == 2


def test_an_area_is_forgotten_after_four_months() -> None:
    assert seen(indicators=[report("gas_shutoff", "2026-07")])["indicator_areas"] == 0


def test_the_newest_report_says_how_fresh_the_data_is() -> None:
    rows = [report("gas_shutoff", "2026-02"), report("daily_worker", "2026-08")]
    assert seen(indicators=rows)["newest_report_months_ago"] == 3
    assert seen()["newest_report_months_ago"] == 24


def test_each_indicator_says_when_it_was_last_reported() -> None:
    rows = [report("daily_worker", "2026-02"), report("daily_worker", "2026-08")]
    found = seen(indicators=rows)
    assert (found["daily_worker_months_ago"], found["business_closed_months_ago"]) == (3, 24)


def test_a_report_older_than_two_years_is_as_if_it_were_not() -> None:
    assert seen(indicators=[report("ltc_not_graded", "2024-12")])["ltc_not_graded_months_ago"] == 23
    assert seen(indicators=[report("ltc_not_graded", "2024-11")])["ltc_not_graded_months_ago"] == 24


def test_a_month_still_to_come_is_never_looked_at() -> None:
    rows = [report("daily_worker", "2026-12", known="2026-11-02")]
    found = seen(indicators=rows)
    assert (found["daily_worker_months_ago"], found["indicator_reports_12m"]) == (24, 0)


def test_members_with_disabilities_are_counted_by_degree() -> None:
    rows = [person("1950-01", disability="severe"), person("1955-01", disability="mild"), person("1980-01")]
    found = seen(members=rows)
    assert (found["members_severe_disability"], found["members_mild_disability"]) == (1, 1)


def test_pregnancy_counts_from_week_twenty_to_the_month_it_is_due() -> None:
    for due, expected in (("2026-10", 0), ("2026-11", 1), ("2027-03", 1), ("2027-04", 0)):
        assert seen(members=[person("1995-01", due=due)])["members_pregnant_20w"] == expected
