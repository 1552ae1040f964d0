"""Every sentence that gates write into the record is told in Korean."""

import re

import pytest

from outreach import proposing
from outreach.gate import Gate
from outreach.gates import judge
from serving import wording_gates_ko as ko
from serving.proofs import BEING_PROVEN
from serving.showing.gates_view import gate_rows, gate_sentence
from tests.unit.test_gates import POLICY, figure, figures, group, method, report


def both_groups(**changed: object) -> dict:
    return report(groups={"candidate": [group("single_elder", **changed), group("single_parent")]})


def gap(pooled: dict | None, listed: dict | None = None) -> dict:
    own = method(0.25) | {"pooled": {"need": {"calibration_error": pooled}}}
    return figures(candidate=own | {"among_listed": {"need": {"calibration_error": listed}}} if listed else own)


def against(difference: dict | None, **changed: object) -> dict:
    return report(differences={"candidate": {"current": {"need": difference}}}, **changed)


REPORTS = [
    report(),
    report(test={"judged": 160}),
    report(contenders=["candidate"]),
    against(figure(-0.03, -0.06, 0.01)),
    against(figure(-0.01, -0.015, -0.005)),
    against(figure(0.0) | {"n": 0}),
    against(None),
    against(None, figures={"candidate": method(None, naive=None)}),
    figures(candidate=method(None)),
    figures(candidate=method(0.1)),
    figures(candidate=method(None, naive=None)),
    gap(figure(0.07)),
    gap(figure(0.07, 0.04)),
    gap(figure(None)),
    gap(figure(0.03, effective_n=2.6), figure(0.03)),
    gap(figure(0.03, effective_n=2.6), figure(0.03, effective_n=12.0)),
    both_groups(n=10),
    both_groups(n=120, positives=0),
    both_groups(recall=0.1, gap=0.2),
    both_groups(recall=None),
    report(groups={"candidate": []}),
    report(groups={"candidate": [group("single_elder") | {"is_judged": False}]}),
    report(
        groups={
            "candidate": [
                group("single_elder")
                | {"recall": figure(0.4, effective_n=3.0), "calibration_error": figure(0.1, effective_n=3.0)}
            ]
        }
    ),
]
BREAKS = ("nhis_premium_arrears_months: 3 of 400 trees go against it (the first: 7)", "2 trees have splits or leaves of which nothing can be proven (the first: 1)")  # fmt: skip  # noqa: E501
WHYS = (proposing.NOT_COMPARED, proposing.USED_BEFORE, proposing.IS_IN_USE, proposing.SURVEY_ONLY, f"{proposing.TRAINED_ON}.")  # fmt: skip  # noqa: E501


def recorded() -> list[Gate]:
    gates = [gate for one in REPORTS for breaks in ((), BREAKS) for gate in judge(one, POLICY, breaks=breaks)]
    alone = report(contenders=["candidate"])
    return gates + [gate for why in WHYS for gate in judge(alone, POLICY, breaks=(), not_compared=why)]


def test_every_sentence_and_name_is_told_in_korean() -> None:
    told = {(row.name, row.sentence) for row in gate_rows(recorded())}
    left = [
        text
        for pair in told
        for text in pair
        if re.search("[A-Za-z]", text.replace("sagak propose", "").replace("%p", ""))
    ]
    assert left == []


def test_every_pattern_is_of_a_sentence_that_is_written() -> None:
    sentences = {gate.sentence for gate in recorded()}
    unused = [known for known in ko.SENTENCES if not any(re.fullmatch(known, said) for said in sentences)]
    assert unused == []
    assert set(ko.WHOLE) - {BEING_PROVEN} <= sentences


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "Of 9 groups the recall over that of all households has to be at least 0.50; beyond it: household_type "
            "single_parent 0.47, age_band 75_plus 0.25.",
            "집단 9개의 발견율(모든 가구의 발견율에 대한 비): 0.50 이상이어야 합니다. "
            "벗어난 집단: 가구 형태 한부모 가구 0.47, 가구주 나이 75세 이상 0.25.",
        ),
        (
            "Precision at capacity 31.2%, the rule that counts indicators 40.0%, of which 1.1 times is needed: 12.8% "
            "of the places short.",
            "명단 적중률 31.2%, 위기정보 개수 방식 40.0%이며 그 1.1배 이상이어야 합니다: 자리의 12.8%만큼 모자랍니다.",
        ),
        ("Somebody wrote this by hand.", "기록된 문장(영문): Somebody wrote this by hand."),
    ],
)
def test_figures_and_groups_stay_what_they_are(sentence: str, told: str) -> None:
    assert gate_sentence(sentence) == told
