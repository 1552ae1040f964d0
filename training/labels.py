"""Labels: what counts as need found, each declared once with what is weak about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import UsageError
from domain.outcome import CASE_MANAGED, PUBLIC_BENEFIT, SEVERE_CRISIS, SUPPORTED, Outcome


@dataclass(frozen=True)
class Label:
    """A named outcome of a listing, recorded within the horizon of its round."""

    name: str
    label_ko: str
    outcomes: frozenset[Outcome]
    weakness: str


LABELS: Mapping[str, Label] = {
    label.name: label
    for label in (
        Label(
            "any_support",
            "지원 연계(민간 포함)",
            SUPPORTED,
            "Four fifths of it is private goods or referral (published for 2023): it learns who is handed things.",
        ),
        Label(
            "public_benefit",
            "공적 급여",
            PUBLIC_BENEFIT,
            "Depends on eligibility rules as much as on need; hard cases that get case management count as none.",
        ),
        Label("case_management", "통합사례관리", CASE_MANAGED, "Depends on how many cases an office can carry."),
        Label(
            "public_or_case",
            "공적 급여 또는 사례관리",
            PUBLIC_BENEFIT | CASE_MANAGED,
            "Needs somebody to be reached and an application to succeed.",
        ),
        Label("severe_crisis", "중대 위기", SEVERE_CRISIS, "Rare: figures of a small town mean little."),
    )
}


def get_label(name: str) -> Label:
    """The label called ``name``; raises `UsageError` naming those that exist."""
    if name not in LABELS:
        raise UsageError(f"There is no label {name!r}.", hint=f"Known: {', '.join(LABELS)}.")
    return LABELS[name]
