"""The stability index, the histogram and the months of reports say what an obvious loop says."""

import tempfile
from collections import defaultdict
from datetime import date
from math import log
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import day_of, month_number
from features.catalogue import STANDARD
from features.declaration import Unit
from features.monthly_reports import WINDOW_MONTHS, monthly_reports
from scoring.reference import EDGES, build_reference, count_round, psi
from sources.reference import indicators
from tests.support import towns
from tests.support.cores import MONDAY, Town, frames, write_core
from tests.support.weeks import random_matrix

COUNTS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=12)


def psi_by_loop(before: list[int], now: list[int]) -> float:
    used = [place for place in range(len(before)) if before[place] + now[place] > 0]
    total_before = sum(before[place] + 0.5 for place in used)
    total_now = sum(now[place] + 0.5 for place in used)
    total = 0.0
    for place in used:
        p, q = (before[place] + 0.5) / total_before, (now[place] + 0.5) / total_now
        total += (q - p) * log(q / p)
    return total


@given(COUNTS)
def test_the_stability_index_is_that_of_a_loop(pairs: list[tuple[int, int]]) -> None:
    before, now = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if sum(before) and sum(now):
        assert psi(before, now) == pytest.approx(psi_by_loop(before, now), abs=1e-12)
        assert psi(before, now) == pytest.approx(psi(now, before), abs=1e-12)
    else:
        assert np.isnan(psi(before, now))


@towns.fewer_examples(4)
@given(st.lists(st.none() | st.floats(-5, 30, width=32), min_size=1, max_size=40))
def test_histograms_hold_what_a_loop_counts(values: list[float | None]) -> None:
    feature = next(known for known in STANDARD.learned if known.unit is Unit.MONTHS)
    frame = random_matrix(STANDARD, len(values)).with_columns(pl.Series(feature.name, values, dtype=pl.Float32))
    counted = count_round(frame, np.zeros(len(values)), STANDARD, as_of=MONDAY, history_months=0)
    reference = build_reference([counted], STANDARD, population=1, categories={}, reports={})
    expected = [0] * (len(EDGES[Unit.MONTHS]) + 3)
    for value in values:
        if value is None:
            expected[0] += 1
        elif value == feature.nothing:
            expected[1] += 1
        else:
            expected[2 + sum(edge <= value for edge in EDGES[Unit.MONTHS])] += 1
    assert list(reference.features[feature.name].counts[0]) == expected


def months_by_loop(town: Town, last: int) -> tuple[dict[tuple[int, int], int], dict[int, list[float]]]:
    """Households by indicator number and month; how often the same come again, by indicator number."""
    reported: dict[tuple[int, int], set[str]] = defaultdict(set)
    for row in town["indicators"]:
        settled = row["months_overdue"] == 0
        if row["known_at"] < 20773 and not settled:  # 2026-11-16
            reported[row["indicator_no"], month_number(day_of(row["known_at"]))].add(row["household_id"])
    repeats: dict[int, list[float]] = {}
    for known in indicators():
        repeats[known.number] = []
        for window in range(1, WINDOW_MONTHS + 1):
            months = [reported[known.number, month] for month in range(last - window + 1, last + 1)]
            times = [sum(who in month for month in months) for who in set().union(*months)]
            again = sum(count**2 for count in times) / sum(times) if times else 1.0
            repeats[known.number].append(again)
    return {key: len(who) for key, who in reported.items()}, repeats


@towns.fewer_examples(8)
@given(towns.towns(MONDAY))
def test_months_of_reports_are_those_of_a_loop(town: Town) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = monthly_reports(write_core(Path(folder) / "core", frames(town), MONDAY), as_of=MONDAY)
    counts, repeats = months_by_loop(town, month_number(date(2026, 10, 1)))
    for known in indicators():
        if known.code in found:
            told = found[known.code]
            assert told.households == {month: counts.get((known.number, month), 0) for month in told.households}
            assert told.repeats == pytest.approx(repeats[known.number])
