"""One evaluation as data: complete, without NaN, the same again for the same seed, and without any person."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from domain.policy import Policy
from scoring.bundle import canonical_json
from scoring.figures import FIGURE_RULES, only_telling
from scoring.groups import ATTRIBUTES
from tests.support.judging import LABEL, Row, backtest_of, listing_of, places_of
from training.labels import LABELS
from training.report import evaluation_report

DONGS = [str(dong) for dong in range(100, 112)]
POLICY = replace(Policy(), evaluation=replace(Policy().evaluation, draws=60, max_weight=30.0))
FIGURE = {"value", "low", "high", "n", "effective_n"}


@pytest.fixture(scope="module")
def backtest() -> SimpleNamespace:
    rows, places, listings = [], [], []
    for index, dong in enumerate(DONGS):
        rows += [
            Row(dong, "chosen", 1, score=2.0, stated=0.6, other_place=1.0),
            Row(dong, "chosen", index % 2, score=1.0 + index, stated=0.4),
            Row(dong, "drawn", index % 3 // 2, weight=40, score=-1.0 * index, stated=0.2, other_place=0.5),
            Row(dong, "drawn", 0, weight=40, score=-2.0, place=0, stated=0.1, other_place=1.0),
        ]
        for method in ("m", "other"):
            tied = {"tied": 3, "tied_places": 1.0} if method == "other" else {}
            places.append(places_of(dong, 4, 2, expected=1.6 if method == "m" else None, method=method, **tied))
            places += [places_of(dong, 4, 2, method=method, attribute=name, group="a") for name in ATTRIBUTES]
        listings += [listing_of(dong, "chosen", 4, 2), listing_of(dong, "drawn", 2, 2)]
    return backtest_of(rows, places, listings)


@pytest.fixture(scope="module")
def report(backtest: SimpleNamespace) -> dict:
    return evaluation_report(backtest, POLICY, as_of=date(2026, 11, 22), seed=7)


def test_it_says_what_was_judged_on_what(report: dict) -> None:
    assert (report["label"], report["horizon_days"], report["as_of"], report["seed"]) == (LABEL, 90, "2026-11-22", 7)
    assert report["rounds"] == [
        {
            "round": "2026-W21",
            "train": ["2025-W33", "2025-W47"],
            "calibrate": ["2025-W48", "2026-W08"],
            "examples": 90,
            "positives": 9,
        }
    ]
    assert report["test"] == {
        "judged": 48,
        "positives": 12 + 6 + 4,
        "drawn": 24,
        "dongs": 12,
        "min_effective_n": POLICY.gates.min_effective_n,
        "figure_rules": FIGURE_RULES,
        "response_rate": pytest.approx(4 / 6, abs=1e-6),
        "max_weight": 30.0,
        # 24 rows stand for 40 each and count 30; 24 count 1.
        "cut_weight_share": pytest.approx(24 * 10 / (24 * 40 + 24), abs=1e-6),
    }


def test_every_method_has_every_figure_of_every_label(report: dict) -> None:
    assert (report["contenders"], report["methods"]) == (["m"], ["m", "other"])
    for method in report["methods"]:
        figures = report["figures"][method]
        assert set(figures) == {"capacity", "recall", "lift", "pooled", "among_listed", "reliability"}
        for label in LABELS:
            estimates = figures["capacity"][label]
            assert set(estimates) == {"naive", "weighted", "inverse_propensity", "doubly_robust"}
            assert all(set(figure) >= FIGURE for figure in estimates.values())
            assert set(figures["recall"][label]) == set(figures["lift"][label]) == FIGURE
            has_probability = method == "m" and label == LABEL
            stated = {"brier", "calibration_error"} if has_probability else set()
            assert set(figures["pooled"][label]) == {"roc_auc", "average_precision"} | stated
            assert set(figures["among_listed"][label]) == set(figures["pooled"][label])
            if stated:
                assert figures["among_listed"][label]["brier"]["effective_n"] == 48  # each row counts once
    assert sum(point["n"] for point in report["figures"]["m"]["reliability"]) == 48
    assert report["figures"]["other"]["reliability"] == []


def test_a_ranking_tells_no_more_than_its_rarer_class_is_worth(report: dict) -> None:
    listed, weighted = (report["figures"]["m"][rows][LABEL]["roc_auc"] for rows in ("among_listed", "pooled"))
    assert (listed["n"], listed["effective_n"]) == (
        48,
        min(report["test"]["positives"], 48 - report["test"]["positives"]),
    )
    assert weighted["effective_n"] < listed["effective_n"]


def test_ties_are_stated_where_there_are_some(report: dict) -> None:
    assert "best" not in report["figures"]["m"]["capacity"][LABEL]["weighted"]
    tied = report["figures"]["other"]["capacity"][LABEL]["weighted"]
    assert tied["worst"] <= tied["value"] <= tied["best"]
    assert report["figures"]["other"]["capacity"][LABEL]["doubly_robust"]["value"] is None


def test_differences_are_those_of_the_contenders_to_all_others(report: dict) -> None:
    assert set(report["differences"]) == {"m"}
    assert set(report["differences"]["m"]) == {"other"}
    values = [report["figures"][method]["capacity"][LABEL]["weighted"]["value"] for method in ("m", "other")]
    assert report["differences"]["m"]["other"][LABEL]["value"] == pytest.approx(values[0] - values[1], abs=1e-5)


def test_groups_below_the_minimum_are_there_and_not_judged(report: dict) -> None:
    groups = report["groups"]["m"]
    assert [group["attribute"] for group in groups] == list(ATTRIBUTES)
    assert all(group["n"] == 48 and not group["is_judged"] for group in groups)  # the default minimum is 50
    assert set(groups[0]) == {
        "attribute", "group", "n", "positives", "is_judged", "precision", "recall", "calibration_error",
        "share_of_places", "share_of_candidates", "share_of_need",
    }  # fmt: skip


def test_each_round_stands_by_itself(report: dict) -> None:
    assert [(fold["round"], fold["method"], fold["n"]) for fold in report["folds"]] == [
        ("2026-W21", "m", 48),
        ("2026-W21", "other", 48),
    ]
    of_all = report["figures"]["m"]
    assert report["folds"][0]["capacity"] == of_all["capacity"][LABEL]["weighted"]["value"]
    assert report["folds"][0]["effective_n"] == of_all["capacity"][LABEL]["weighted"]["effective_n"]
    assert report["folds"][0]["roc_auc"] == of_all["pooled"][LABEL]["roc_auc"]["value"]


def test_dongs_are_told_apart_by_quartiles_and_not_by_name(report: dict) -> None:
    # Of 3 judged on each list of "m" the rule's first is in need, every other dong its second, every third the drawn.
    found = report["by_dong"]["m"]
    assert found == {
        "dongs": 12,
        "not_judged": 0,
        "weighted_defined": 12,
        "median_n": 3.0,
        "naive_quartiles": [
            pytest.approx(1 / 3, abs=1e-6),
            pytest.approx(2 / 3, abs=1e-6),
            pytest.approx(2 / 3, abs=1e-6),
        ],
    }


def test_the_same_seed_gives_the_same_bytes(backtest: SimpleNamespace, report: dict) -> None:
    again = evaluation_report(backtest, POLICY, as_of=date(2026, 11, 22), seed=7)
    assert canonical_json(again) == canonical_json(report)
    other = evaluation_report(backtest, POLICY, as_of=date(2026, 11, 22), seed=8)
    assert canonical_json(other) != canonical_json(report)


def test_figures_that_tell_nothing_keep_only_what_stands_behind_them(report: dict) -> None:
    found = report["figures"]["m"]["capacity"][LABEL]["weighted"]
    told = only_telling(report, min_effective_n=found["effective_n"] + 1)
    assert told["figures"]["m"]["capacity"][LABEL]["weighted"] == {
        "value": None, "low": None, "high": None, "n": found["n"], "effective_n": found["effective_n"]
    }  # fmt: skip
    assert only_telling(report, min_effective_n=0) == report
    fold = report["folds"][0]
    assert only_telling(report, min_effective_n=fold["effective_n"] + 1)["folds"][0] == fold | {
        "capacity": None, "roc_auc": None, "average_precision": None
    }  # fmt: skip
    # Judged rows of whom none is on the list: nothing stands behind the row's figures either.
    assert only_telling(fold | {"effective_n": None}, min_effective_n=30)["roc_auc"] is None
    same_list = {"value": 0.0, "low": 0.0, "high": 0.0, "n": 0, "effective_n": None}
    assert only_telling(same_list, min_effective_n=30) == same_list


def test_no_household_and_no_dong_is_in_it(report: dict) -> None:
    text = json.dumps(report)
    assert "household_id" not in text
    assert "dong_code" not in text


def test_nothing_judged_gives_a_report_of_nothing_but_denominators() -> None:
    places = [places_of(dong, 4, 2, expected=1.0) for dong in DONGS]
    places += [places_of(dong, 4, 2, attribute=name, group="a") for dong in DONGS for name in ATTRIBUTES]
    made = backtest_of([], places, [listing_of(dong, "chosen", 2, 0) for dong in DONGS])
    report = evaluation_report(made, POLICY, as_of=date(2026, 11, 22), seed=7)
    canonical_json(report)
    assert report["test"]["judged"] == 0
    assert report["figures"]["m"]["capacity"][LABEL]["weighted"]["value"] is None
    assert report["figures"]["m"]["pooled"][LABEL]["calibration_error"]["value"] is None
    assert report["by_dong"]["m"] == {
        "dongs": 12, "not_judged": 12, "weighted_defined": 0, "median_n": None, "naive_quartiles": [None, None, None]
    }  # fmt: skip
