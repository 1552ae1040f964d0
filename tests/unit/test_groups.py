"""Figures by group: fairlearn's point values, our intervals, and no judgement on a handful of rows."""

from dataclasses import replace
from math import isnan

import numpy as np
import polars as pl
import pytest

from scoring.capacity import measure_list
from scoring.evidence import Evidence
from scoring.groups import ATTRIBUTES, GroupFigures, group_figures, group_points
from scoring.metrics import calibration_error
from tests.support.judging import LABEL, Row, evidence_of, listing_of, places_of

HEAD = "head_sex"


def row(dong: int, sex: str, stratum: str, need: int, place: float, weight: float, stated: float) -> Row:
    return Row(str(dong), stratum, need, place=place, weight=weight, stated=stated, groups={HEAD: sex})


def town(rows: list[Row], dongs: range, split: dict[str, tuple[float, float, int]]) -> Evidence:
    """Each dong's places, chosen places and candidates by sex of the head; every other attribute has one group."""
    places = []
    for dong in map(str, dongs):
        total, chosen, candidates = (sum(part) for part in zip(*split.values(), strict=True))
        places.append(places_of(dong, total, chosen, candidates=candidates, expected=1.0))
        places += [
            places_of(dong, total, chosen, candidates=candidates, attribute=attribute, group="a")
            for attribute in ATTRIBUTES
            if attribute != HEAD
        ]
        places += [
            places_of(dong, held, of_rule, candidates=many, attribute=HEAD, group=sex)
            for sex, (held, of_rule, many) in split.items()
        ]
    listings = [listing_of(str(dong), stratum, 4, 2) for dong in dongs for stratum in ("chosen", "drawn")]
    return evidence_of(rows, places, listings)


DONGS = range(100, 110)
ROWS = [
    one
    for dong in DONGS
    for one in (
        row(dong, "female", "chosen", 1, 1.0, 1, 0.62),
        row(dong, "female", "drawn", dong % 2, 0.5, 40, 0.31),
        row(dong, "male", "chosen", 0, 1.0, 1, 0.55),
        row(dong, "male", "drawn", 1, 0.0, 40, 0.12),
    )
]
SPLIT = {"female": (4.0, 1.0, 50), "male": (2.0, 2.0, 60)}


def by_group(figures: list[GroupFigures]) -> dict[tuple[str, str], GroupFigures]:
    return {(one.attribute, one.group): one for one in figures}


def test_a_group_s_figures_by_hand() -> None:
    groups = by_group(group_figures(town(ROWS, DONGS, SPLIT), "m", LABEL, min_group=10))
    female = groups[HEAD, "female"]
    assert (female.n, female.positives, female.is_judged) == (20, 15, True)
    # A quarter of the places are the rule's, all in need; of the three drawn quarters half.
    assert female.precision.value == pytest.approx(1 / 4 + 3 / 4 * 1 / 2)
    # Found 2.5 a dong. Missed: the drawn stand for 106 candidates by two rows a dong, half of one in need off the list.
    assert female.recall.value == pytest.approx(2.5 / (2.5 + 106 * (1 / 2 * 1 / 2) / 2))
    assert female.share_of_places == pytest.approx(4 / 6)
    assert female.share_of_candidates == pytest.approx(50 / 110)
    # 4 listed by rule and 106 others: of two judged each, one woman's and half of one stand for need, one man's.
    need = {"female": 4 / 2 + 106 / 2 * 1 / 2, "male": 106 / 2}
    assert female.share_of_need == pytest.approx(need["female"] / sum(need.values()))
    assert female.precision.low <= female.precision.value <= female.precision.high


def test_one_group_alone_has_the_figures_of_all() -> None:
    evidence = town(ROWS, DONGS, SPLIT)
    one = by_group(group_figures(evidence, "m", LABEL, min_group=10))["region_kind", "a"]
    everybody = measure_list(evidence, "m", [LABEL])
    for figure, name in ((one.precision, "weighted"), (one.recall, "recall")):
        of_all = everybody.figure(name, LABEL)
        ends = (figure.value, figure.low, figure.high, figure.effective_n)
        assert ends == pytest.approx((of_all.value, of_all.low, of_all.high, of_all.effective_n))
    assert one.share_of_need == pytest.approx(1)


def test_a_small_group_is_named_and_not_judged() -> None:
    groups = by_group(group_figures(town(ROWS, DONGS, SPLIT), "m", LABEL, min_group=21))
    female = groups[HEAD, "female"]
    assert (female.n, female.is_judged) == (20, False)
    assert all(isnan(figure.value) for figure in (female.precision, female.recall, female.calibration_error))
    assert isnan(female.share_of_need)
    assert female.share_of_places == pytest.approx(4 / 6)
    assert female.to_json()["precision"] == {"value": None, "low": None, "high": None, "effective_n": None, "n": 20}


def test_a_group_nobody_of_whom_was_judged_is_there_with_none() -> None:
    groups = by_group(group_figures(town(ROWS, DONGS, SPLIT | {"unknown": (1.0, 0.0, 5)}), "m", LABEL, min_group=0))
    assert (groups[HEAD, "unknown"].n, groups[HEAD, "unknown"].is_judged) == (0, False)
    assert groups[HEAD, "unknown"].share_of_places == pytest.approx(1 / 7)
    nobody = by_group(group_figures(town([], DONGS, SPLIT), "m", LABEL, min_group=0))
    assert not any(group.is_judged for group in nobody.values())


def test_a_group_with_places_of_a_stratum_nobody_of_whom_was_judged_is_undefined() -> None:
    groups = by_group(group_figures(town(ROWS, DONGS, {**SPLIT, "male": (3.0, 2.0, 60)}), "m", LABEL, min_group=10))
    male = groups[HEAD, "male"]
    assert male.is_judged
    assert isnan(male.precision.value)
    assert isnan(male.recall.value)
    assert male.calibration_error.value == pytest.approx((0.55 + 40 * (1 - 0.12)) / 41)


def test_a_group_in_need_without_any_place_has_no_precision_and_a_recall_of_zero() -> None:
    rows = [one if one.groups[HEAD] == "female" else replace(one, place=0.0) for one in ROWS]
    male = by_group(group_figures(town(rows, DONGS, {**SPLIT, "male": (0.0, 0.0, 60)}), "m", LABEL, min_group=10))[
        HEAD, "male"
    ]
    assert male.positives == 10
    assert isnan(male.precision.value)
    assert male.recall.value == 0


def test_point_values_are_fairlearn_s_on_the_rows_one_by_one() -> None:
    from fairlearn.metrics import MetricFrame

    rng = np.random.default_rng(2)
    rows = [
        row(
            int(rng.choice(DONGS)),
            str(rng.choice(["female", "male"])),
            str(rng.choice(["chosen", "drawn"])),
            int(rng.integers(0, 2)),
            float(rng.choice([0, 0.5, 1])),
            1.0,
            float(rng.random()),
        )
        for _ in range(200)
    ]
    evidence = town(rows, DONGS, {"female": (5.0, 2.0, 50), "male": (4.0, 2.0, 60)})
    measured = measure_list(evidence, "m", [LABEL], by=HEAD)
    points = group_points(evidence, {HEAD: measured})
    frame = evidence.judged.with_columns(y=f"label_{LABEL}", p="probability_m")
    by_row = MetricFrame(
        metrics={"n": lambda y, p: len(y), "calibration_error": lambda y, p: calibration_error(y, p)},
        y_true=frame["y"].to_numpy(),
        y_pred=frame["p"].to_numpy(),
        sensitive_features=frame[HEAD].to_list(),
    ).by_group.to_dict("index")
    for index, sex in enumerate(measured.groups):
        assert points[HEAD, sex]["n"] == by_row[sex]["n"]
        assert points[HEAD, sex]["calibration_error"] == pytest.approx(by_row[sex]["calibration_error"])
        assert points[HEAD, sex]["weighted"] == pytest.approx(measured.estimates["weighted"][0, index, 0])
        assert points[HEAD, sex]["recall"] == pytest.approx(measured.estimates["recall"][0, index, 0])


def test_a_method_without_probability_has_no_calibration_error() -> None:
    evidence = town(ROWS, DONGS, SPLIT)
    silent = Evidence(evidence.judged.drop("probability_m"), *list(vars(evidence).values())[1:5])
    groups = by_group(group_figures(silent, "m", LABEL, min_group=10))
    assert isnan(groups[HEAD, "female"].calibration_error.value)
    assert groups[HEAD, "female"].precision.value == pytest.approx(5 / 8)


def test_rows_of_an_unknown_group_are_counted_as_such() -> None:
    evidence = town(ROWS, DONGS, SPLIT)
    unknown = Evidence(
        evidence.judged.with_columns(pl.lit(None, pl.String).alias("region_kind")), *list(vars(evidence).values())[1:5]
    )
    groups = by_group(group_figures(unknown, "m", LABEL, min_group=10))
    assert groups["region_kind", "unknown"].n == 40
    assert groups["region_kind", "a"].n == 0
