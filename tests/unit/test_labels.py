"""Labels: what counts, what is weak about it, and what is said before anybody ranks by gifts."""

import re
from pathlib import Path

import pytest

from domain.errors import UsageError
from domain.outcome import NOT_REACHED, Outcome
from domain.policy import Policy
from training.labels import LABELS, PRIVATE_SHARE_OF_SUPPORT, get_label

HANGUL = re.compile("[가-힣]")


def test_five_labels_stand_side_by_side() -> None:
    assert list(LABELS) == ["any_support", "public_benefit", "case_management", "public_or_case", "severe_crisis"]


def test_real_need_is_a_public_benefit_or_case_management_and_no_gift() -> None:
    both = LABELS["public_benefit"].outcomes | LABELS["case_management"].outcomes
    assert LABELS["public_or_case"].outcomes == both
    assert LABELS["any_support"].outcomes - both == {Outcome.PRIVATE_SERVICE}


def test_a_severe_crisis_is_emergency_aid_or_a_difficult_case() -> None:
    assert LABELS["severe_crisis"].outcomes == {Outcome.EMERGENCY_AID, Outcome.CASE_MANAGEMENT_DIFFICULT}


@pytest.mark.parametrize("label", LABELS.values(), ids=lambda label: label.name)
def test_a_label_says_where_it_comes_from_and_what_is_weak_about_it_in_both_languages(label) -> None:
    assert label.source.endswith(".")
    assert label.weakness.endswith(".")
    assert HANGUL.search(label.weakness_ko)
    assert HANGUL.search(label.label_ko)
    assert not label.outcomes & NOT_REACHED


def test_four_fifths_of_support_were_private_goods_in_2023() -> None:
    """49.4 % supported, 39.9 % with private goods or a referral."""
    assert round(PRIVATE_SHARE_OF_SUPPORT, 3) == 0.808


def test_only_the_label_that_counts_gifts_warns() -> None:
    assert [label.name for label in LABELS.values() if label.warning] == ["any_support"]
    assert "81%" in LABELS["any_support"].warning


def test_the_default_policy_ranks_by_real_need() -> None:
    assert get_label(Policy().label.ranks_by) is LABELS["public_or_case"]


def test_the_analysts_page_names_every_label_in_its_order() -> None:
    page = (Path(__file__).parents[2] / "docs" / "learning.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)`", page, re.MULTILINE) == list(LABELS)


def test_an_unknown_label_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match="'support'") as raised:
        get_label("support")
    assert "any_support, public_benefit" in raised.value.hint
