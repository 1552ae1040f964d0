"""Labels: what counts as need found, each declared once with where it comes from and what is weak about it.

All are read within the horizon of ``policy.toml`` ([label] horizon_days); [label] ranks_by names the one that ranks,
the others are reported beside it. Of those the national system selected in 2023, 49.4 % were supported in any way,
9.5 % with a public benefit and 39.9 % with private goods or a referral; in 2022 it was 50.2 %, 13.2 % and 36.9 %
(published by a member of the National Assembly, Nam In-soon, on 7 October 2024 and 11 October 2023).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import UsageError
from domain.outcome import CASE_MANAGED, PUBLIC_BENEFIT, SEVERE_CRISIS, SUPPORTED, Outcome

_SUPPORTED_RATE_2023 = 0.494
_PRIVATE_RATE_2023 = 0.399
PRIVATE_SHARE_OF_SUPPORT = _PRIVATE_RATE_2023 / _SUPPORTED_RATE_2023


@dataclass(frozen=True)
class Label:
    """A named outcome of a listing, recorded within the horizon of its round.

    ``weakness`` and its Korean twin for the model card say what a model learns that learns this; ``source`` says who
    defines the outcomes or published their rate.
    """

    name: str
    label_ko: str
    outcomes: frozenset[Outcome]
    source: str
    weakness: str
    weakness_ko: str

    @property
    def warning(self) -> str:
        """What to say before anybody ranks by it, empty where nothing is to be said; ``weakness_ko`` says it on screen.

        Only a label that counts private goods needs one: the system in use learns from it, and so hands out goods.
        """
        if Outcome.PRIVATE_SERVICE not in self.outcomes:
            return ""
        return (
            f"{self.name} counts private goods and referrals, which were {PRIVATE_SHARE_OF_SUPPORT:.0%} of all "
            "support in 2023: a model that learns it finds whom things are handed to, not who is in need."
        )


LABELS: Mapping[str, Label] = {
    label.name: label
    for label in (
        Label(
            "any_support",
            "지원 연계(민간 포함)",
            SUPPORTED,
            "The outcome of the national blind-spot system: 49.4 % of those selected in 2023.",
            "Four fifths of it is private goods or referral (published for 2023): it learns who is handed things.",
            "2023년 공표 기준으로 다섯 건 중 네 건이 민간 물품·연계입니다. 물품을 받기 쉬운 가구를 배웁니다.",
        ),
        Label(
            "public_benefit",
            "공적 급여",
            PUBLIC_BENEFIT,
            "Basic livelihood, near poverty, emergency aid, other public benefit: 9.5 % of those selected in 2023, "
            "13.2 % in 2022.",
            "Depends on eligibility rules as much as on need; hard cases that get case management count as none.",
            "어려움보다 급여 자격 기준을 더 따를 수 있고, 사례관리로 이어진 가구는 없는 것으로 셉니다.",
        ),
        Label(
            "case_management",
            "통합사례관리",
            CASE_MANAGED,
            "Integrated case management opened, general or difficult; no national rate is published.",
            "Depends on how many cases an office can carry.",
            "동에서 맡을 수 있는 사례 수에 따라 달라집니다.",
        ),
        Label(
            "public_or_case",
            "공적 급여 또는 사례관리",
            PUBLIC_BENEFIT | CASE_MANAGED,
            "Either of the two above: help that an office decides on after looking at the need.",
            "Needs somebody to be reached and an application to succeed.",
            "연락이 닿고 신청이 받아들여져야 셉니다. 거절되거나 신청하지 못한 어려움은 보이지 않습니다.",
        ),
        Label(
            "severe_crisis",
            "중대 위기",
            SEVERE_CRISIS,
            "Emergency aid (1.3 % of those selected in 2022) or a difficult case.",
            "Rare: figures of a small town mean little.",
            "드물게 일어나 작은 지역의 수치는 믿기 어렵습니다.",
        ),
    )
}


def get_label(name: str) -> Label:
    """The label called ``name``; raises `UsageError` naming those that exist."""
    if name not in LABELS:
        raise UsageError(f"There is no label {name!r}.", hint=f"Known: {', '.join(LABELS)}.")
    return LABELS[name]
