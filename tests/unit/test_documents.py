"""The model card and the data sheet: what they say of a hand-written evaluation, and what they do not."""

import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from domain.policy import Policy
from sources.core import Core
from sources.synthetic import ADAPTER as SYNTHETIC
from sources.tables import TABLES
from tests.support.reports import RANKS_BY, figure, report
from training import wording_ko as ko
from training.documents import compared, model_card, named_groups, rendered, told
from training.labels import LABELS

UNDEFINED_AT = {"value": None, "low": None, "high": None}


def judged() -> dict[str, Any]:
    """The evaluation of one contender, "model", in the place of A."""
    data = report()
    figures = {"model": data["figures"].pop("A")} | {m: f for m, f in data["figures"].items() if m != "B"}
    differences = {other: by for other, by in data["differences"]["A"].items() if other != "B"}
    return data | {
        "contenders": ["model"],
        "methods": list(figures),
        "figures": figures,
        "differences": {"model": differences},
        "groups": {"model": data["groups"]["A"]},
    }


def card(data: Mapping[str, Any]) -> str:
    core = cast(Core, SimpleNamespace(adapter=SYNTHETIC))
    return model_card(
        "standard-1", data, Policy(), features=113, examples=pl.DataFrame({"label": [1, 0, 0]}), core=core
    )


def row_of(text: str, name: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if re.match(rf"\| (.* \| )?{re.escape(name)} \|", line)]
    return [cell.strip() for cell in line.strip("|").split("|")]


def group(name: str, n: int, *, is_judged: bool = False) -> dict[str, Any]:
    known = figure(0.2, n=n) if is_judged else figure(None)
    figures = dict.fromkeys(("precision", "recall", "calibration_error"), known)
    return {"attribute": "household_type", "group": name, "n": n, "positives": n // 6, "is_judged": is_judged} | figures


def test_the_card_says_the_numbers_of_the_evaluation() -> None:
    assert row_of(card(judged()), "이 모형") == [
        "이 모형", "31.2% (27.2~35.2%)", "36.2% (33.2~39.2%)", "21.0% (16.0~26.0%)"
    ]  # fmt: skip


def test_too_few_drawn_hide_the_weighted_figure_and_not_the_naive_one() -> None:
    data = judged()
    data["test"]["min_effective_n"] = 62
    assert row_of(card(data), "이 모형")[1:] == [
        "판단하지 않음(실효 61건)", "36.2% (33.2~39.2%)", "판단하지 않음(실효 61건)"
    ]  # fmt: skip


def test_what_cannot_be_computed_is_not_said_to_rest_on_too_few() -> None:
    data = judged()
    data["figures"]["model"]["capacity"][RANKS_BY]["weighted"] |= UNDEFINED_AT
    assert row_of(card(data), "이 모형")[1] == ko.UNDEFINED
    assert told(figure(0.3) | UNDEFINED_AT | {"is_too_few": True}) == "판단하지 않음(실효 61건)"


def test_the_card_counts_help_that_was_recorded_and_calls_it_nothing_else() -> None:
    text = card(judged())
    assert "고른 가구 가운데 공적 급여나 사례관리로 이어진 비율" in text
    assert "도움이 필요" not in text
    assert set(ko.HELPED) == set(LABELS)


def test_the_card_says_the_cap_as_a_cap_and_what_it_cut() -> None:
    text = card(judged())
    assert "2,000가구를 넘지 못하게 했고, 이 한도로 깎인 무게는 전체의 3.1%입니다" in text
    assert "뽑힐 수 없던" not in text


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (figure(0.05), "위기정보 개수(예전 방식)와 견주어 더 잘 찾습니다: 차이 +5.0%p (+1.0~+9.0%p)."),
        (figure(-0.05), "위기정보 개수(예전 방식)와 견주어 덜 찾습니다: 차이 -5.0%p (-9.0~-1.0%p)."),
        (
            figure(0.01),
            "위기정보 개수(예전 방식)와 견주어 나은지 이 자료로는 알 수 없습니다: 차이 +1.0%p (-3.0~+5.0%p).",
        ),
        (
            figure(0.01) | UNDEFINED_AT | {"is_too_few": True},
            "위기정보 개수(예전 방식)와 견줄 만큼 결과가 모이지 않아 판단하지 않습니다(실효 61건).",
        ),
        (figure(0.01) | UNDEFINED_AT, "위기정보 개수(예전 방식)와 견준 차이는 이 자료로 계산할 수 없습니다."),
        (
            {"value": 0.0, "low": 0.0, "high": 0.0, "n": 0, "effective_n": None},
            "위기정보 개수(예전 방식)와 견줄 수 없음: 두 명단이 갈린 자리에 결과가 확인된 가구가 없습니다.",
        ),
    ],
)
def test_a_difference_is_said_as_strongly_as_its_interval_allows(difference: dict[str, Any], said: str) -> None:
    assert compared("indicator_count", difference) == said


def test_groups_stand_in_the_order_of_their_words_and_small_counts_are_hidden() -> None:
    rows = [group("with_children", 24), group("single_elder", 212, is_judged=True), group("single_parent", 2)]
    shown = named_groups(rows, unit="건")
    assert [(row["group"], row["n"], row["recall"]) for row in shown] == [
        ("홀로 사는 어르신", "약 210건", "20.0% (16.0~24.0%)"),
        ("한부모 가구", "8건 미만", "판단하지 않음"),
        ("자녀 양육 가구", "숨김", "판단하지 않음"),  # with the total it would say how many single parents there are
    ]


def test_groups_without_words_come_last_under_their_own_names() -> None:
    rows = [group("somewhere", 90) | {"attribute": "region"}, group("single_elder", 90)]
    assert [row["group"] for row in named_groups(rows, unit="가구")] == ["홀로 사는 어르신", "somewhere"]


def test_every_table_of_a_delivery_has_a_word() -> None:
    assert set(ko.TABLES) == set(TABLES)


def test_the_sheet_says_why_some_listings_have_no_outcome() -> None:
    listings = dict.fromkeys(("listed", "chosen", "drawn", "carried_over", "judged"), 9)
    sheet = rendered(
        "sheet.md.j2",
        name="standard-1", as_of="", kind="", is_made_up=False, delivery_digest="", districts=1, households=9,
        tables=[], labels=[], listings=listings | {"judged_rate": 1.0, "not_judged": 230, "first": "", "last": ""},
    )  # fmt: skip
    assert "연락하지 않았거나, 만나지 못했거나, 아직 결과가 적히지 않은 230건" in sheet
