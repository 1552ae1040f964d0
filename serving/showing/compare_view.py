"""Two models side by side by what each bundle says of itself: nothing is fitted again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.bundles import BundleOnDisk
from audit.drift import Drift, Finding, Level, drift_between
from domain.errors import BundleRefused
from domain.policy import DriftPolicy
from scoring.reference import Reference
from serving import wording_analysis_ko as ko
from serving.drift_words import change_in_words, input_name
from serving.showing.models_view import GroupRow, fact_rows, figures_of, group_rows


@dataclass(frozen=True)
class Pair:
    """One row: a name, the value of A, the value of B, and whether they differ."""

    name: str
    a: str
    b: str

    @property
    def is_apart(self) -> bool:
        return self.a != self.b


@dataclass(frozen=True)
class GroupPair:
    """One group's figures of A and of B."""

    a: GroupRow
    b: GroupRow


@dataclass(frozen=True)
class FindingRow:
    """One finding of drift: how grave, of what kind, which input, and what changed."""

    level: str
    tone: str
    kind: str
    name: str
    sentence: str


def fact_pairs(a: BundleOnDisk, b: BundleOnDisk) -> tuple[Pair, ...]:
    """How each was made."""
    return tuple(Pair(name, one, other) for (name, one), (_, other) in zip(fact_rows(a), fact_rows(b), strict=True))


def parameter_pairs(a: BundleOnDisk, b: BundleOnDisk) -> tuple[Pair, ...]:
    """Settings of the fit in which the two differ."""
    own, other = (bundle.recipe.get("parameters") or {} for bundle in (a, b))
    pairs = (Pair(name, _said(own, name), _said(other, name)) for name in sorted({*own, *other}))
    return tuple(pair for pair in pairs if pair.is_apart)


def _said(settings: Mapping[str, Any], name: str) -> str:
    return str(settings.get(name, ko.NONE))


def figure_pairs(a: BundleOnDisk, b: BundleOnDisk) -> tuple[Pair, ...]:
    """What each reached on its own test rounds."""
    own, other = figures_of(a), figures_of(b)
    return tuple(Pair(label, own[name], other[name]) for name, label in ko.FIGURES.items())


def group_pairs(a: BundleOnDisk, b: BundleOnDisk) -> tuple[GroupPair, ...]:
    """Groups that both were judged on."""
    others = {(row.attribute, row.group): row for row in group_rows(b)}
    return tuple(
        GroupPair(row, others[row.attribute, row.group])
        for row in group_rows(a)
        if (row.attribute, row.group) in others
    )


def is_same_test(a: BundleOnDisk, b: BundleOnDisk) -> bool:
    """Whether both were tested on the same rounds of the same delivery, for the same label."""
    return all(
        part(a) == part(b)
        for part in (
            lambda one: [fold["round"] for fold in one.metrics.get("rounds", ())],
            lambda one: one.recipe.get("delivery_digest"),
            lambda one: one.label,
        )
    )


def drift_of(a: BundleOnDisk, b: BundleOnDisk, policy: DriftPolicy) -> Drift | None:
    """What changed between the data of the two; None where one kept no picture of its data, or they are not alike."""
    try:
        return drift_between(Reference.from_json(a.reference), Reference.from_json(b.reference), policy)
    except BundleRefused:
        return None


def finding_rows(drift: Drift, *levels: Level) -> tuple[FindingRow, ...]:
    """Findings of these levels, the gravest first."""
    return tuple(_finding_row(one) for one in drift.findings if one.level in levels)


def _finding_row(one: Finding) -> FindingRow:
    is_grave = one.level in (Level.ALARM, Level.NOTICE)
    return FindingRow(
        *ko.LEVELS[one.level], ko.KINDS[one.kind], input_name(one), change_in_words(one) if is_grave else ""
    )
