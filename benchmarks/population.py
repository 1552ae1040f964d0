"""Households of plausible shape, straight as core tables, district by district.

The shape is what costs time: real districts and dongs of 4,000 households, 2.3 members and about 14 indicator rows a
household in 24 months, arrears that run on and grow. What these households suffer from means nothing;
`sources.synthetic` makes populations that do.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from domain.calendar import Round, day_number, month_number, month_start
from domain.household import Disability, Dwelling, Program, Relation, Sex, Tenure
from domain.indicator import Indicator, IndicatorKind
from domain.outcome import Outcome
from sources.cells import arrow_schema
from sources.dongs import current_dongs
from sources.pseudonyms import ALPHABET, PSEUDONYM_LENGTH
from sources.reference import indicators
from sources.tables import TABLES

WEEK = Round(date(2026, 11, 16))
HOUSEHOLDS_A_DONG = 4_000
_LEAST_DONGS = 4
_MONTHS = 24

Ints = NDArray[Any]
Rows = dict[str, Any]

_TODAY, _THIS_MONTH = day_number(WEEK.as_of), month_number(WEEK.as_of)
_SIZES = (0.33, 0.29, 0.19, 0.14, 0.04, 0.01)  # one to six members, 2.3 on average
_WEIGHT = {IndicatorKind.ARREARS: 4.0, IndicatorKind.STATUS: 2.0, IndicatorKind.EVENT: 0.5}
_MEAN_MONTHS = {IndicatorKind.ARREARS: 8, IndicatorKind.STATUS: 10, IndicatorKind.EVENT: 1}
# Spells a household: half have none, some have many. With the spells' length this gives 14 rows a household.
_SPELLS = (0.55, 0.55 / (0.55 + 3.1))


def write_population(core: Path, *, households: int, seed: int = 1) -> dict[str, int]:
    """Writes a core of about that many households under the folder ``core``; gives the rows of each table."""
    dongs = sorted(current_dongs(WEEK.as_of))[: max(_LEAST_DONGS, round(households / HOUSEHOLDS_A_DONG))]
    by_district = {district: list(codes) for district, codes in groupby(dongs, key=lambda code: code[:5])}
    rows = dict.fromkeys(_MAKERS, 0)
    for district, codes in by_district.items():
        rng = np.random.default_rng([seed, int(district)])
        for name, count in _write_district(core, district, codes, round(households / len(dongs)), rng).items():
            rows[name] += count
    about = {
        "as_of": WEEK.as_of.isoformat(),
        "adapter": "standard",
        "delivery_digest": f"benchmark-{seed}-{households}",
        "districts": list(by_district),
        "rows": rows,
    }
    (core / "core.json").write_text(json.dumps(about), encoding="utf-8")
    return rows


def _write_district(
    core: Path, district: str, dongs: list[str], households_a_dong: int, rng: np.random.Generator
) -> dict[str, int]:
    ids = _sorted_ids(len(dongs) * households_a_dong, rng)
    counts = {}
    for name, make in _MAKERS.items():
        household, columns = make(rng, len(ids), dongs)
        table = pa.table({"household_id": ids.take(pa.array(household)), **columns}).cast(arrow_schema(TABLES[name]))
        (core / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(
            table, core / name / f"{district}.parquet", compression="zstd", write_page_checksum=True,
            row_group_size=250_000,
        )  # fmt: skip
        counts[name] = table.num_rows
    return counts


def _sorted_ids(count: int, rng: np.random.Generator) -> pa.StringArray:
    return _texts(np.unique(_letters(count, rng)))


def _letters(count: int, rng: np.random.Generator) -> NDArray[np.bytes_]:
    letters = np.frombuffer(ALPHABET, np.uint8)[rng.integers(0, len(ALPHABET), (count, PSEUDONYM_LENGTH))]
    return letters.view(f"S{PSEUDONYM_LENGTH}").ravel()


def _texts(ids: NDArray[np.bytes_]) -> pa.StringArray:
    offsets = np.arange(len(ids) + 1, dtype=np.int32) * PSEUDONYM_LENGTH
    return pa.StringArray.from_buffers(len(ids), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(ids)))


def _choices(words: Any, places: Ints, *, null: Ints | None = None) -> pa.Array:
    return pa.array([str(word) for word in words]).take(pa.array(places, mask=null))


def _households(rng: np.random.Generator, count: int, dongs: list[str]) -> tuple[Ints, Rows]:
    is_dwelling_unknown = rng.random(count) < 0.1
    return np.arange(count), {
        "dong_code": _choices(dongs, rng.permutation(np.arange(count) % len(dongs))),
        "tenure": _choices(Tenure, rng.integers(0, len(Tenure), count), null=rng.random(count) < 0.1),
        "dwelling": _choices(Dwelling, rng.integers(0, len(Dwelling), count), null=is_dwelling_unknown),
        "moved_in_on": pa.array(_TODAY - rng.integers(-20, 4_000, count), mask=rng.random(count) < 0.1),
        "is_address_mismatch": rng.random(count) < 0.08,
        "has_phone": rng.random(count) < 0.85,
    }


def _members(rng: np.random.Generator, count: int, _: list[str]) -> tuple[Ints, Rows]:
    sizes = rng.choice(len(_SIZES), count, p=_SIZES) + 1
    household = np.repeat(np.arange(count), sizes)
    place = _place_within(sizes)
    total = len(household)
    relations = list(Relation)
    second = rng.choice([relations.index(word) for word in (Relation.SPOUSE, Relation.CHILD, Relation.PARENT)], total)
    later = rng.choice([relations.index(word) for word in (Relation.CHILD, Relation.GRANDCHILD)], total, p=[0.9, 0.1])
    relation = np.where(place == 0, 0, np.where(place == 1, second, later))
    is_young = np.isin(relation, [relations.index(Relation.CHILD), relations.index(Relation.GRANDCHILD)])
    age_months = np.where(is_young, rng.integers(0, 25 * 12, total), rng.integers(20 * 12, 95 * 12, total))
    return household, {
        "person_id": _texts(_letters(total, rng)),
        "birth_month": _THIS_MONTH - age_months,
        "sex": _choices(Sex, rng.integers(0, len(Sex), total)),
        "relation": _choices(relations, relation),
        "disability": _choices(Disability, rng.choice(len(Disability), total, p=[0.94, 0.035, 0.025])),
        "pregnancy_due_month": pa.array(_THIS_MONTH + rng.integers(-1, 9, total), mask=rng.random(total) > 0.005),
        "is_foreign": rng.random(total) < 0.03,
    }


def _place_within(sizes: Ints) -> Ints:
    """0, 1, … for each run of that size.

    >>> _place_within(np.array([2, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    starts = np.cumsum(sizes) - sizes
    places: Ints = np.arange(sizes.sum()) - np.repeat(starts, sizes)
    return places


def _of_register(value: Callable[[Indicator], float]) -> Ints:
    """A quantity of each indicator, at the place of its number."""
    known = indicators()
    values = np.zeros(max(indicator.number for indicator in known) + 1)
    values[[indicator.number for indicator in known]] = [value(indicator) for indicator in known]
    return values


def _indicators(rng: np.random.Generator, count: int, _: list[str]) -> tuple[Ints, Rows]:
    household, number, ago, overdue = _monthly_reports(rng, count)
    month_ends = np.array([day_number(month_start(_THIS_MONTH - months + 1)) - 1 for months in range(_MONTHS + 1)])
    known_at = month_ends[ago] + _of_register(lambda known: known.lag_days).astype(int)[number]
    delivered = known_at <= _TODAY
    household, number, ago, overdue = (column[delivered] for column in (household, number, ago, overdue))
    has_months = _of_register(lambda known: known.kind is IndicatorKind.ARREARS)[number] > 0
    has_amount = _of_register(lambda known: known.has_amount)[number] > 0
    return household, {
        "indicator_no": number,
        "observed_month": _THIS_MONTH - ago,
        "known_at": known_at[delivered],
        "months_overdue": pa.array(overdue, mask=~has_months),
        "amount_krw": pa.array(overdue * rng.integers(20, 200, len(number)) * 1_000, mask=~has_amount),
    }


def _monthly_reports(rng: np.random.Generator, count: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Household, indicator number, months ago and months overdue of each report, sorted by household."""
    spells = rng.negative_binomial(*_SPELLS, count)
    weight = _of_register(lambda known: _WEIGHT[known.kind])
    spell_number = rng.choice(len(weight), spells.sum(), p=weight / weight.sum())
    months = rng.geometric(1 / np.maximum(1, _of_register(lambda known: _MEAN_MONTHS[known.kind])[spell_number]))
    began_ago = rng.integers(1, _MONTHS + 12, len(months))
    month = _place_within(months)
    household, number = np.repeat(np.repeat(np.arange(count), spells), months), np.repeat(spell_number, months)
    ago = np.repeat(began_ago, months) - month
    in_window = np.flatnonzero((ago >= 1) & (ago <= _MONTHS))
    # Two spells of one indicator can meet in a month, which has one report.
    key = (household[in_window] * 64 + number[in_window]) * 64 + ago[in_window]
    first = in_window[np.unique(key, return_index=True)[1]]
    return household[first], number[first], ago[first], month[first] + 3


def _benefits(rng: np.random.Generator, count: int, _: list[str]) -> tuple[Ints, Rows]:
    held = np.where(rng.random(count) < 1 / 3, rng.integers(1, 4, count), 0)
    household = np.repeat(np.arange(count), held)
    total = len(household)
    first = _THIS_MONTH - rng.integers(0, 60, total)
    program = (np.repeat(rng.integers(0, len(Program), count), held) + _place_within(held)) % len(Program)
    return household, {
        "program_code": _choices(Program, program),
        "from_month": first,
        "to_month": pa.array(first + rng.integers(1, 70, total), mask=rng.random(total) < 0.7),
    }


def _outcomes(rng: np.random.Generator, count: int, _: list[str]) -> tuple[Ints, Rows]:
    times = np.where(rng.random(count) < 0.04, rng.integers(1, 5, count), 0)
    household = np.repeat(np.arange(count), times)
    total = len(household)
    # Ten weeks apart, so that a household is on one round's list only once.
    weeks = np.repeat(rng.integers(1, 10, count), times) + 10 * _place_within(times)
    listed = _TODAY - 7 * weeks
    contacted = listed + rng.integers(1, 6, total)
    recorded = contacted + rng.integers(0, 60, total)
    is_open = rng.random(total) < 0.2
    is_pending = is_open | (recorded > _TODAY)
    return household, {
        "round": listed,
        "slot": _choices(["top", "exploration"], rng.choice(2, total, p=[0.9, 0.1])),
        "propensity": np.where(rng.random(total) < 0.9, 1.0, 0.01),
        "contacted_at": pa.array(contacted, mask=is_open),
        "outcome_code": _choices(Outcome, rng.integers(0, len(Outcome), total), null=is_pending),
        "recorded_at": pa.array(recorded, mask=is_pending),
    }


def _requests(rng: np.random.Generator, count: int, _: list[str]) -> tuple[Ints, Rows]:
    household = np.flatnonzero(rng.random(count) < 0.005)
    total = len(household)
    return household, {
        "kind": _choices(["exclusion", "referral"], rng.integers(0, 2, total)),
        "made_by": _choices(["self", "neighbour", "tongjang"], rng.integers(0, 3, total)),
        "made_on": _TODAY - rng.integers(1, 200, total),
        "ends_on": pa.array(_TODAY + rng.integers(1, 200, total), mask=rng.random(total) < 0.8),
    }


_MAKERS: Mapping[str, Callable[[np.random.Generator, int, list[str]], tuple[Ints, Rows]]] = {
    "households": _households,
    "members": _members,
    "indicators": _indicators,
    "benefits": _benefits,
    "outcomes": _outcomes,
    "requests": _requests,
}
