"""Drift: a change is found with its size and beginning; winter, chance and a shorter past are none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from audit.drift import Drift, Finding, Kind, Level, drift_between, index_by_chance
from audit.report_changes import TOO_FEW, TOO_NEW, TOO_SHORT, Change, change_of_rate, report_changes
from domain.calendar import month_number
from domain.policy import DriftPolicy
from features.monthly_reports import MonthlyReports
from scoring.reference import Histogram, Reference

POLICY = DriftPolicy()
NEWEST = month_number(date(2026, 10, 1))
TWO_YEARS = range(NEWEST - 23, NEWEST + 1)
ALONE = (1.0,) * 12


def histogram(*rows: Sequence[int], **flags: bool) -> Histogram:
    return Histogram((1, 2), tuple(tuple(row) for row in rows), **flags)


def reference(
    *,
    features: Mapping[str, Histogram] | None = None,
    score: Sequence[int] = (0, 0, 500, 500, 500),
    reports: Mapping[str, MonthlyReports] | None = None,
    categories: Mapping[str, Mapping[str, int]] | None = None,
    population: int = 10_000,
    history: Sequence[int] = (24,),
    dongs: int = 40,
) -> Reference:
    """A reference of one round, or of as many as ``history`` names."""
    return Reference(
        (date(2026, 11, 16),) * len(history), (1500,) * len(history), tuple(history), dongs, population, features or {},
        histogram(*[score] * len(history), looks_back_months=12), categories or {}, reports or {},
    )  # fmt: skip


def by_month(counts: Mapping[int, int], repeats: Sequence[float] = ALONE) -> dict[str, MonthlyReports]:
    return {"gas_arrears": MonthlyReports(dict(counts), tuple(repeats))}


def steady(level: int = 100) -> dict[int, int]:
    return dict.fromkeys(TWO_YEARS, level)


def winter(level: int = 100) -> dict[int, int]:
    """Three times as many in the months from December to March."""
    return {month: level * 3 if month % 12 in (11, 0, 1, 2) else level for month in TWO_YEARS}


def only(found: Drift, kind: Kind) -> Finding:
    (finding,) = (finding for finding in found.findings if finding.kind is kind)
    return finding


def change_of(counts: Mapping[int, int], repeats: Sequence[float] = ALONE) -> Change | str:
    return report_changes(reference(), reference(reports=by_month(counts, repeats)))["gas_arrears"]


def found_in(counts: Mapping[int, int]) -> Finding:
    return only(drift_between(reference(), reference(reports=by_month(counts)), POLICY), Kind.REPORTS)


def test_a_third_more_since_july_is_an_alarm_that_says_so() -> None:
    raised = steady(200) | dict.fromkeys(range(NEWEST - 3, NEWEST + 1), 270)
    finding = found_in(raised)
    assert (finding.level, finding.since) == (Level.ALARM, "2026-07")
    assert finding.measured == pytest.approx(0.35)
    assert finding.low is not None
    assert finding.high is not None
    assert 0 < finding.low < 0.35 < finding.high
    assert "since 2026-07" in finding.sentence


def test_winter_is_compared_with_winter() -> None:
    assert found_in(winter()).level is Level.OK


def test_a_rise_on_top_of_winter_is_found() -> None:
    raised = {month: count * 3 // 2 if month > NEWEST - 6 else count for month, count in winter(300).items()}
    finding = found_in(raised)
    assert (finding.level, finding.since) == (Level.ALARM, "2026-05")


def test_a_provider_that_falls_silent_is_an_alarm_after_one_month() -> None:
    finding = found_in(steady() | {NEWEST: 0})
    assert (finding.level, finding.since, finding.measured) == (Level.ALARM, "2026-10", -1)


def test_a_small_change_of_many_households_is_a_notice_and_a_smaller_one_is_none() -> None:
    for change, level in ((1.05, Level.OK), (1.15, Level.NOTICE), (1.25, Level.ALARM)):
        raised = steady(50_000) | dict.fromkeys(range(NEWEST - 5, NEWEST + 1), round(50_000 * change))
        assert found_in(raised).level is level


def test_a_fall_is_as_large_as_the_rise_that_would_undo_it() -> None:
    assert found_in(steady(50_000) | dict.fromkeys(range(NEWEST - 5, NEWEST + 1), 40_000)).level is Level.ALARM
    assert Change(0.5, 0.4, 0.6, NEWEST, is_open=False).size == Change(2.0, 1.5, 2.5, NEWEST, is_open=False).size


def test_the_same_households_again_are_no_new_evidence() -> None:
    # 100 to 135 a month for half a year is a change if they are other households every month, and chance if the same.
    raised = steady(100) | dict.fromkeys(range(NEWEST - 5, NEWEST + 1), 135)
    others, same = change_of(raised), change_of(raised, repeats=tuple(range(1, 13)))
    assert isinstance(others, Change)
    assert isinstance(same, Change)
    assert (others.is_beyond_chance, same.is_beyond_chance) == (True, False)


def test_few_reports_tell_nothing() -> None:
    assert change_of(steady(2) | {NEWEST: 9}) == TOO_FEW


def test_a_change_as_old_as_the_comparison_may_be_older() -> None:
    raised = {month: 300 if month > NEWEST - 12 else 200 for month in TWO_YEARS}
    assert "or before" in found_in(raised).sentence
    later = steady(200) | dict.fromkeys(range(NEWEST - 3, NEWEST + 1), 300)
    assert "or before" not in found_in(later).sentence


def test_an_indicator_of_this_year_is_too_new_and_a_short_history_too_short() -> None:
    born = dict.fromkeys(range(month_number(date(2024, 3, 1)), month_number(date(2024, 11, 1))), 100)
    assert change_of(born) == TOO_NEW  # gas arrears are collected since November 2023
    assert change_of(dict.fromkeys(range(NEWEST - 8, NEWEST + 1), 100)) == TOO_SHORT


def test_months_that_a_delivery_no_longer_holds_come_from_the_reference() -> None:
    year = {month: 300 for month in TWO_YEARS if month > NEWEST - 12}
    before = {month: 100 for month in TWO_YEARS if month <= NEWEST - 12}
    kept = reference(reports=by_month(before), population=5_000)
    found = report_changes(kept, reference(reports=by_month(year), population=10_000))["gas_arrears"]
    # Three times as many of twice as many households.
    assert isinstance(found, Change)
    assert found.ratio == pytest.approx(1.5)


def test_a_month_that_is_hidden_ends_the_comparison() -> None:
    gap = {month: count for month, count in steady(300).items() if month != NEWEST - 3}
    found = report_changes(reference(), reference(reports=by_month(gap | {NEWEST: 400})))["gas_arrears"]
    assert isinstance(found, Change)
    assert found.first_month >= NEWEST - 2


def test_the_interval_of_a_ratio_is_that_of_the_books() -> None:
    # 20 against 10: Clopper and Pearson's 95 % interval of 20/30 is .472 to .827, so the ratio's is .893 to 4.79.
    ratio, low, high = change_of_rate(20, 10, 1.0, error_rate=0.05)
    assert (ratio, low, high) == (pytest.approx(2), pytest.approx(0.893, abs=2e-3), pytest.approx(4.79, abs=2e-2))
    assert change_of_rate(0, 10, 1.0, error_rate=0.05)[:2] == (0, 0)
    assert change_of_rate(10, 0, 1.0, error_rate=0.05)[2] == float("inf")
    with pytest.raises(ValueError, match="no rate"):
        change_of_rate(0, 0, 1.0, error_rate=0.05)


def test_another_distribution_is_found_and_the_same_is_not() -> None:
    was = {"head_age": histogram((0, 0, 700, 600, 200))}
    same, shifted = histogram((0, 0, 690, 605, 205)), histogram((0, 0, 200, 600, 700))
    for now, level in ((same, Level.OK), (shifted, Level.ALARM)):
        finding = only(
            drift_between(reference(features=was), reference(features={"head_age": now}), POLICY), Kind.DISTRIBUTION
        )
        assert finding.level is level


def test_a_distribution_that_a_season_of_the_reference_had_is_no_change() -> None:
    summer, winter_ = (0, 0, 700, 600, 200), (0, 0, 200, 600, 700)
    was = {"area_reported_rate": histogram(summer, winter_)}
    now = {"area_reported_rate": histogram(winter_)}
    found = drift_between(reference(features=was, history=(24, 24)), reference(features=now), POLICY)
    assert only(found, Kind.DISTRIBUTION).level is Level.OK


def test_a_shift_of_the_scores_is_found_and_those_of_another_model_are_left_alone() -> None:
    shifted = reference(score=(0, 0, 200, 400, 900))
    assert only(drift_between(reference(), shifted, POLICY), Kind.SCORE).level is Level.ALARM
    other = replace(shifted, score=Histogram((-1.0, 2.0), ((0, 0, 200, 400, 900),)))
    assert only(drift_between(reference(), other, POLICY), Kind.SCORE).level is Level.UNJUDGED


def test_scores_of_less_than_a_year_of_history_are_not_judged() -> None:
    shifted = {months: reference(score=(0, 0, 200, 400, 900), history=(months,)) for months in (12, 11)}
    found = {months: drift_between(reference(), now, POLICY) for months, now in shifted.items()}
    assert {months: only(drift, Kind.SCORE).level for months, drift in found.items()} == {
        12: Level.ALARM,
        11: Level.UNJUDGED,
    }


def test_values_that_became_unknown_are_found() -> None:
    was = {"moved_months_ago": histogram((30, 0, 700, 570, 200))}
    for unknown, level in ((30, Level.OK), (75, Level.NOTICE), (150, Level.ALARM)):
        now = {"moved_months_ago": histogram((unknown, 0, 700, 600 - unknown, 200))}
        finding = only(drift_between(reference(features=was), reference(features=now), POLICY), Kind.MISSING)
        assert finding.level is level, unknown


def test_unknown_values_are_no_part_of_a_distribution() -> None:
    was, now = histogram((0, 0, 500, 500, 500)), histogram((1200, 0, 100, 100, 100))
    found = drift_between(reference(features={"head_age": was}), reference(features={"head_age": now}), POLICY)
    assert only(found, Kind.DISTRIBUTION).level is Level.OK
    assert only(found, Kind.MISSING).level is Level.ALARM


def test_few_households_alarm_nobody() -> None:
    # Eleven households, and quite other ones: no distribution is to be had from them.
    was, now = histogram((0, 0, 11, 0, 0)), histogram((0, 0, 0, 11, 0))
    found = drift_between(reference(features={"head_age": was}), reference(features={"head_age": now}), POLICY)
    assert only(found, Kind.DISTRIBUTION).level is Level.UNJUDGED


def test_a_rate_of_forty_dongs_has_forty_values_however_many_households_share_them() -> None:
    was = histogram((0, 0, 9_000, 9_000, 6_000), is_of_dong=True)
    now = histogram((0, 0, 7_000, 9_000, 8_000), is_of_dong=True)
    for dongs, level in ((40, Level.UNJUDGED), (4_000, Level.OK)):
        found = drift_between(
            reference(features={"area_reported_rate": was}, dongs=dongs),
            reference(features={"area_reported_rate": now}, dongs=dongs),
            POLICY,
        )
        assert only(found, Kind.DISTRIBUTION).level is level


def test_a_feature_that_looks_back_is_compared_with_as_long_a_history_only() -> None:
    was = histogram((0, 0, 900, 500, 100), (0, 0, 300, 600, 600), looks_back_months=24)
    now = histogram((0, 0, 300, 600, 600), looks_back_months=24)
    for history, level in (((24, 24), Level.OK), ((24, 18), Level.ALARM), ((12, 12), Level.UNJUDGED)):
        found = drift_between(
            reference(features={"times_listed_24m": was}, history=history),
            reference(features={"times_listed_24m": now}),
            POLICY,
        )
        assert only(found, Kind.DISTRIBUTION).level is level, history


def test_a_year_looked_back_over_needs_no_more_than_a_year_of_history() -> None:
    was = histogram((0, 0, 900, 500, 100), looks_back_months=12)
    now = histogram((0, 0, 300, 600, 600), looks_back_months=12)
    for history, level in ((24, Level.ALARM), (12, Level.ALARM), (11, Level.UNJUDGED), (4, Level.UNJUDGED)):
        found = drift_between(
            reference(features={"shutoffs_12m": was}, history=(24,)),
            reference(features={"shutoffs_12m": now}, history=(history,)),
            POLICY,
        )
        assert only(found, Kind.DISTRIBUTION).level is level, history


def test_a_new_word_is_a_notice_and_an_alarm_when_it_is_common() -> None:
    was = {"households.dwelling": {"apartment": 9_000, "detached": 1_000, "gosiwon": 0}}
    for rows, level in ((3, Level.OK), (40, Level.NOTICE), (400, Level.ALARM)):
        now = {"households.dwelling": {"apartment": 9_000, "detached": 1_000, "gosiwon": 50, "rooftop": rows}}
        finding = only(drift_between(reference(categories=was), reference(categories=now), POLICY), Kind.CATEGORY)
        assert finding.level is level
    # A word that few had is known, though their number is hidden.
    assert "gosiwon" not in finding.sentence
    assert "rooftop" in finding.sentence


def test_what_chance_explains_shrinks_with_the_households_and_grows_with_the_looks() -> None:
    (mean_small, most_small), (mean_large, most_large) = (index_by_chance(10, n, n) for n in (1_000, 100_000))
    assert mean_small == pytest.approx(100 * mean_large)
    assert most_small == pytest.approx(100 * most_large)
    assert index_by_chance(10, 1_000, 1_000, tests=200)[1] > most_small


def test_the_gravest_finding_comes_first_and_gives_the_level() -> None:
    raised = steady(200) | dict.fromkeys(range(NEWEST - 3, NEWEST + 1), 270)
    found = drift_between(reference(), reference(reports=by_month(raised)), POLICY)
    assert found.findings[0].kind is Kind.REPORTS
    assert found.level is Level.ALARM
    assert drift_between(reference(), reference(), POLICY).level is Level.OK
