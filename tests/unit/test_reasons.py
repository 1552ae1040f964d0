"""The reasons are the exact Shapley values of the score, grouped by theme and said with the household's own figures."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from domain.errors import CheckFailed
from features.catalogue import STANDARD
from scoring import reasons
from scoring.bundle import Bundle
from scoring.reasons import contributions, explain
from scoring.score import feature_array, raw_scores
from tests.support.weeks import AS_OF, Town, the_town

NAMES = [feature.name for feature in STANDARD.learned]


@pytest.fixture(scope="module")
def town() -> Town:
    return the_town()


@pytest.fixture(scope="module")
def bundle(town: Town) -> Bundle:
    return town.bundle


def row_of(**values: float | None) -> dict[str, float | None]:
    """A household about which nothing is reported, but for ``values``."""
    quiet: dict[str, float | None] = {f.name: float(f.nothing) for f in STANDARD.learned}
    return quiet | values


def explained(bundle: Bundle, monkeypatch: pytest.MonkeyPatch, moved: dict[str, float], **values: float | None):
    """The explanation of a row whose features contribute ``moved``, all others nothing."""
    fixed = np.array([[moved.get(name, 0.0) for name in NAMES] + [-1.0]])
    monkeypatch.setattr(reasons, "contributions", lambda *_: fixed)
    frame = pl.DataFrame([row_of(**values)], schema_overrides=dict.fromkeys(NAMES, pl.Float32))
    return explain(bundle, STANDARD, frame, AS_OF)[0]


def test_contributions_are_those_of_the_shap_library(town: Town, bundle: Bundle) -> None:
    import shap

    rows = town.matrix()
    explainer = shap.TreeExplainer(bundle.booster)
    explainer.model.model_type = "internal"  # else it asks LightGBM itself, and the two would agree on anything
    expected = explainer.shap_values(feature_array(rows, NAMES).astype(np.float64))
    assert np.abs(contributions(bundle, rows)[:, :-1] - expected).max() < 1e-9


def test_contributions_add_up_to_every_raw_score(town: Town, bundle: Bundle) -> None:
    rows = town.matrix()
    assert np.abs(contributions(bundle, rows).sum(axis=1) - raw_scores(bundle, rows)).max() < 1e-6


def test_the_base_value_is_the_same_for_everybody(town: Town, bundle: Bundle) -> None:
    assert len(np.unique(contributions(bundle, town.matrix())[:, -1])) == 1


class Tampered:
    """A booster whose contribution of one feature of one household is off."""

    def __init__(self, bundle: Bundle, off: float) -> None:
        self.booster, self.off = bundle.booster, off

    def predict(self, values: np.ndarray, *, pred_contrib: bool = False, raw_score: bool = False) -> np.ndarray:
        result = self.booster.predict(values, pred_contrib=pred_contrib, raw_score=raw_score)
        if pred_contrib:
            result[3, 7] += self.off
        return result


@pytest.mark.parametrize("off", [2e-6, -0.1, np.nan, np.inf])
def test_one_contribution_that_does_not_fit_stops_the_list(town: Town, bundle: Bundle, off: float) -> None:
    tampered = replace(bundle, booster=Tampered(bundle, off))
    with pytest.raises(CheckFailed, match="differ from the score") as raised:
        explain(tampered, STANDARD, town.matrix().head(10), AS_OF)
    assert raised.value.exit_code == 6


def test_nobody_to_explain_is_no_error(town: Town, bundle: Bundle) -> None:
    assert explain(bundle, STANDARD, town.matrix().head(0), AS_OF) == []


def test_a_sentence_carries_the_rows_own_figures(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    why = explained(bundle, monkeypatch, {"nhis_premium_arrears_months": 0.8}, nhis_premium_arrears_months=17)
    (reason,) = why.raising
    assert "17개월" in reason.sentence
    assert (reason.theme, reason.contribution) == ("건강보험료 체납", 0.8)
    assert why.lowering == ()


def test_the_features_of_a_theme_count_together_and_the_strongest_speaks(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = {"nhis_premium_arrears_months": 0.2, "nhis_premium_arrears_krw": 0.5, "nhis_premium_arrears_max_12m": -0.1}
    values = {
        "nhis_premium_arrears_months": 6,
        "nhis_premium_arrears_krw": 1_230_000,
        "nhis_premium_arrears_max_12m": 6,
    }
    (reason,) = explained(bundle, monkeypatch, moved, **values).raising
    assert reason.contribution == pytest.approx(0.6)
    assert "123만원" in reason.sentence


def test_what_pulls_the_other_way_does_not_speak_for_its_theme(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {"nhis_premium_arrears_months": 0.5, "nhis_premium_arrears_trend_3m": -0.4}
    values = {"nhis_premium_arrears_months": 6, "nhis_premium_arrears_trend_3m": -2}
    why = explained(bundle, monkeypatch, moved, **values)
    assert ["6개월" in reason.sentence for reason in why.raising] == [True]
    assert why.lowering == ()


def test_a_theme_that_evens_out_is_no_reason(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {"nhis_premium_arrears_months": 0.5, "nhis_premium_arrears_krw": -0.5}
    why = explained(bundle, monkeypatch, moved, nhis_premium_arrears_months=6, nhis_premium_arrears_krw=10)
    assert (why.raising, why.lowering) == ((), ())


def test_three_reasons_at_most_the_largest_first(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("nhis_premium", "rent_public", "electricity", "gas", "water")
    known = [name for kind in kinds if (name := f"{kind}_arrears_months") in STANDARD.by_name]
    moved = {name: place / 10 for place, name in enumerate(known, start=1)}
    why = explained(bundle, monkeypatch, moved, **dict.fromkeys(known, 3))
    assert [reason.contribution for reason in why.raising] == sorted(moved.values(), reverse=True)[:3]


def test_what_speaks_against_stands_apart(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {"nhis_premium_arrears_months": -0.3, "gas_arrears_months": 0.2}
    why = explained(bundle, monkeypatch, moved, gas_arrears_months=4)
    assert [r.theme for r in why.raising] == [STANDARD.by_name["gas_arrears_months"].theme]
    assert [r.sentence for r in why.lowering] == ["최근 4개월분 자료에서는 건강보험료 체납이 확인되지 않았습니다"]


def test_what_is_not_collected_is_said_to_be_unknown_and_is_no_reason(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    gas = STANDARD.by_name["gas_arrears_months"]
    why = explained(bundle, monkeypatch, {gas.name: 0.9}, **{gas.name: None})
    assert why.raising == ()
    assert [sentence for sentence in why.unknown if gas.theme in sentence] == [
        f"{gas.theme}은 아직 확인되지 않았습니다"
    ]


@pytest.mark.parametrize(("ago", "month"), [(0, date(2026, 11, 1)), (2, date(2026, 9, 1)), (11, date(2025, 12, 1))])
def test_the_newest_month_is_counted_back_from_the_as_of_date(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, ago: int, month: date
) -> None:
    assert explained(bundle, monkeypatch, {}, newest_report_months_ago=ago).newest_report == month


def test_without_any_report_there_is_no_newest_month(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    assert explained(bundle, monkeypatch, {}).newest_report is None


def test_every_entry_of_the_round_has_a_reason_that_the_matrix_bears_out(town: Town) -> None:
    from outreach.publishing import read_entries

    rows = {row["household_id"]: row for row in town.matrix().rows(named=True)}
    for entry in read_entries(town.published):
        row = rows[entry.household_id]
        sayable = {(f.theme, f.sentence(row[f.name])) for f in STANDARD.learned}
        said = entry.explanation.raising + entry.explanation.lowering
        assert all((reason.theme, reason.sentence) in sayable and reason.sentence for reason in said)
        assert all(r.contribution > 0 for r in entry.explanation.raising)
        assert all(r.contribution < 0 for r in entry.explanation.lowering)
        assert len({reason.theme for reason in said}) == len(said) <= 6
