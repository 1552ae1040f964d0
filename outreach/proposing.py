"""Proposing a bundle without minutes of judging: by the figures of its own training.

What a bundle's ``metrics.json`` says was measured when it was made, on past rounds, beside the baselines; it does not
know the model in use. `sagak propose` refits both on the same rounds and compares them, which takes minutes and the
whole delivery. Whoever approves reads in the record which of the two it was.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.errors import NotFound
from domain.policy import Policy
from features.catalogue import STANDARD, Catalogue
from features.survey import SURVEY
from outreach.gate import Gate
from outreach.gates import NONE_IN_USE, judge
from outreach.promotion import newest_approval, propose, was_in_use
from outreach.promotion_record import Act, Record, read_record
from scoring.bundle import Bundle, check_learned, load_bundle
from scoring.proof import breaks_of

_TRAINED_ON = "Judged on the figures of its training, which do not know the model in use"
NOT_COMPARED = f"{_TRAINED_ON}: to refit both on the same rounds takes minutes and is done by sagak propose."
USED_BEFORE = f"{_TRAINED_ON}: it was in use before, and going back must not wait."
SURVEY_ONLY = f"{_TRAINED_ON}: the survey has no rounds on which two could be compared."


def catalogue_of_bundle(name: str) -> Catalogue:
    """The features a bundle of that name was made for; raises `NotFound`."""
    for catalogue in (STANDARD, SURVEY):
        if name.rsplit("-", 1)[0] == catalogue.name:
            return catalogue
    raise NotFound("There is no bundle of that name.", hint="Open it from the list of models.")


def judge_as_trained(bundle: Bundle, catalogue: Catalogue, policy: Policy, record: Record) -> tuple[Gate, ...]:
    """The gates by the figures of the bundle's training; that of the model in use is left out and says why."""
    breaks = breaks_of(bundle, catalogue)
    return judge(bundle.metrics, policy, breaks=breaks, not_compared=_why_not_compared(bundle, catalogue, record))


def _why_not_compared(bundle: Bundle, catalogue: Catalogue, record: Record) -> str:
    if was_in_use(record, bundle):
        return USED_BEFORE
    if newest_approval(record, catalogue) is None:
        return NONE_IN_USE
    return SURVEY_ONLY if catalogue is SURVEY else NOT_COMPARED


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
    gates = judge_as_trained(bundle, catalogue, policy, record)
    return Judged(bundle, catalogue, gates, current.digest if current else None)


def propose_judged(models_root: Path, judged: Judged, policy: Policy, *, by: str, why: str, at: datetime) -> Act:
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
    )
