"""Proposing a bundle without minutes of judging: by the figures of its own training.

What a bundle's ``metrics.json`` says was measured when it was made, on past rounds, beside the baselines; it does not
know the model in use. `sagak propose` refits both on the same rounds and compares them, which takes minutes and the
whole delivery. Whoever approves reads in the record which of the two it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from domain.errors import NotFound, UsageError
from domain.policy import Policy
from features.catalogue import STANDARD, Catalogue
from features.catalogues import catalogue_of_bundle
from features.survey import SURVEY
from outreach.gate import Gate
from outreach.gates import NONE_IN_USE, failed, judge
from outreach.promotion import newest_approval, propose, was_in_use
from outreach.promotion_record import Act, Record, read_record
from scoring.bundle import Bundle, check_learned, load_bundle
from scoring.proof import breaks_of
from sources.core import find_core
from sources.synthetic import ADAPTER as SYNTHETIC

MADE_UP = "the people are made up"  # the one waiver there is, as the record holds it

TRAINED_ON = "Judged on the figures of its training, which do not know the model in use"
NOT_COMPARED = f"{TRAINED_ON}: to refit both on the same rounds takes minutes and is done by sagak propose."
USED_BEFORE = f"{TRAINED_ON}: it was in use before, and going back must not wait."
IS_IN_USE = "Judged on the figures of its training: it is the model in use itself, so there is nothing to compare."
SURVEY_ONLY = f"{TRAINED_ON}: the survey has no rounds on which two could be compared."


def judge_as_trained(
    bundle: Bundle, catalogue: Catalogue, policy: Policy, record: Record, *, breaks: Sequence[str]
) -> tuple[Gate, ...]:
    """The gates by the figures of the bundle's training; that of the model in use is left out and says why.

    ``breaks`` are those of `scoring.proof.breaks_of`.
    """
    return judge(bundle.metrics, policy, breaks=breaks, not_compared=_why_not_compared(bundle, catalogue, record))


def _why_not_compared(bundle: Bundle, catalogue: Catalogue, record: Record) -> str:
    if known := why_known(bundle, catalogue, record):
        return known
    if newest_approval(record, catalogue) is None:
        return NONE_IN_USE
    return SURVEY_ONLY if catalogue is SURVEY else NOT_COMPARED


def why_known(bundle: Bundle, catalogue: Catalogue, record: Record) -> str:
    """Why a bundle that two people approved once is not compared: it is the one in use, or was; empty for another."""
    current = newest_approval(record, catalogue)
    if current and current.digest == bundle.digest:
        return IS_IN_USE
    return USED_BEFORE if was_in_use(record, bundle) else ""


@dataclass(frozen=True)
class Judged:
    """A bundle with its gates, and the digest of the one in use when they were judged."""

    bundle: Bundle
    catalogue: Catalogue
    gates: tuple[Gate, ...]
    replaces: str | None


def judged_as_trained(models_root: Path, name: str, policy: Policy) -> Judged:
    """Reads and judges a bundle by the figures of its training; takes up to seconds, so hold no lock meanwhile.

    Raises `NotFound`, and `BundleRefused` for one that is damaged or learned another label than the policy ranks by.
    """
    catalogue = catalogue_of_bundle(name)
    bundle = load_bundle(models_root / name, catalogue)
    if catalogue is STANDARD:  # a survey's label is its own
        check_learned(bundle, policy.label.ranks_by)
    record = read_record(models_root)
    current = newest_approval(record, catalogue)
    gates = judge_as_trained(bundle, catalogue, policy, record, breaks=breaks_of(bundle, catalogue))
    return Judged(bundle, catalogue, gates, current.digest if current else None)


def may_waive(core_root: Path) -> bool:
    """Whether gates that are not passed may be waived: where people are made up, since nobody real depends on them.

    A home holds one kind of people only, so its newest delivery says it for all of them.
    """
    try:
        return find_core(core_root, date.max).adapter == SYNTHETIC
    except NotFound:
        return False


def check_may_waive(core_root: Path) -> None:
    """Raises `UsageError` where lists are made of real people, or nobody knows of whom."""
    if not may_waive(core_root):
        raise UsageError(
            "Gates are waived for made-up people only.", hint="Propose without the waiver, or train with more rounds."
        )


def waiver_of(gates: Sequence[Gate], *, is_waived: bool) -> str:
    """What the record says of gates that do not block; empty where none was waived, or none was missed."""
    return MADE_UP if is_waived and failed(gates) else ""


def propose_judged(
    models_root: Path, judged: Judged, policy: Policy, *, by: str, why: str, at: datetime, waiver: str = ""
) -> Act:
    """Records that somebody proposes a judged bundle; raises as `outreach.promotion.propose`."""
    return propose(
        models_root,
        judged.bundle,
        judged.catalogue,
        policy,
        by=by,
        why=why,
        at=at,
        gates=judged.gates,
        replaces=judged.replaces,
        waiver=waiver,
    )
