"""The commands by which a bundle comes into use: propose, approve, reject, and the record of all three."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from domain.errors import BundleRefused, NotFound
from features.catalogue import STANDARD, Catalogue
from features.catalogues import catalogue_of_bundle
from features.survey import SURVEY
from outreach.gate import Gate
from outreach.gates import MODEL_IN_USE, NONE_IN_USE, failed, judge
from outreach.promotion import (
    approve,
    current_bundle,
    in_use,
    newest_approval,
    open_proposals,
    propose,
    reject,
)
from outreach.promotion_record import Act, read_record
from outreach.proposing import SURVEY_ONLY, TRAINED_ON, check_may_waive, waiver_of, why_known
from outreach.signing import checked_words
from sagak.artefacts import check_label, known_core
from sagak.console import say
from sagak.progress import Stages, stages
from sagak.settings import Settings, now
from scoring.bundle import Bundle, load_bundle, other_label
from scoring.proof import breaks_of
from serving.wording_people_ko import DEMO_APPROVES, DEMO_PROPOSES
from training.backtest import Contender, backtest, contender_of
from training.report import evaluation_report

_STATES = {True: "passed", False: "not passed", None: "left out"}
_LABEL_CHANGED = (
    "The label that ranks was changed in the policy, which is a decision of its own: {other}. So the two are not "
    "compared. The digest of the policy is recorded with this act."
)


def run_propose(name: str, *, by: str, why: str, is_waived: bool) -> None:
    """Judges a bundle by the gates and records that somebody proposes it; ``is_waived``: whether it passes or not."""
    settings = Settings.from_environment()
    checked_words(by, why)  # before minutes of judging, not after
    if is_waived:
        check_may_waive(settings.core)
    catalogue = catalogue_of_bundle(name)
    bundle = load_bundle(settings.models / name, catalogue)
    check_label(bundle, catalogue, settings.policy())
    replaces = _digest_in_use(settings, catalogue)
    with stages() as progress:
        gates = _judged(settings, bundle, catalogue, progress)
    _print_gates(gates)
    act = propose(
        settings.models,
        bundle,
        catalogue,
        settings.policy(),
        by=by,
        why=why,
        at=now(),
        gates=gates,
        replaces=replaces,
        waiver=waiver_of(gates, is_waived=is_waived),
    )
    if act.waiver and failed(gates):
        say(f"The gates do not block: {act.waiver}.")
    say(f"Proposed: {name} (sha256 {act.digest[:12]}…). Somebody else now approves or rejects it.")


def run_approve(name: str, *, by: str, why: str) -> None:
    """Puts a proposed bundle into use."""
    settings, catalogue = Settings.from_environment(), catalogue_of_bundle(name)
    load_bundle(settings.models / name, catalogue)  # what this version cannot score with does not come into use
    act = approve(settings.models, name, catalogue, by=by, why=why, at=now())
    _print_gates(act.gates)
    say(f"In use from now on: {name} (sha256 {act.digest[:12]}…).")


def run_reject(name: str, *, by: str, why: str) -> None:
    """Closes a proposal."""
    settings = Settings.from_environment()
    reject(settings.models, name, catalogue_of_bundle(name), by=by, why=why, at=now())
    say(f"Rejected: {name}. What was in use stays in use.")


def run_promotions() -> None:
    """Prints every act, what is in use, what waits for a second person, and the record's digest."""
    record = read_record(Settings.from_environment().models)
    for act in record.acts:
        _print_act(act)
    for act in in_use(record):
        say(f"In use: {act.bundle} (sha256 {act.digest}).")
    for act in open_proposals(record):
        say(f"Waits for a second person: {act.bundle} (sha256 {act.digest}).")
        _print_gates(act.gates)
    say(f"{len(record.acts)} acts. Digest of the record, to be noted elsewhere: {record.digest or '-'}")


def promote_demo(settings: Settings, folder: Path) -> None:
    """Two made-up people promote the demo's model on the figures of its training.

    Gates that a small town does not pass are recorded and do not block: nobody real depends on them.
    """
    bundle = load_bundle(folder, STANDARD)
    gates = judge(bundle.metrics, settings.policy(), breaks=breaks_of(bundle, STANDARD), not_compared=f"{TRAINED_ON}.")
    propose(
        settings.models,
        bundle,
        STANDARD,
        settings.policy(),
        by="demo-analyst",
        why=DEMO_PROPOSES,
        at=now(),
        gates=gates,
        replaces=_digest_in_use(settings, STANDARD),
        waiver=waiver_of(gates, is_waived=True),
    )
    approve(settings.models, bundle.name, STANDARD, by="demo-auditor", why=DEMO_APPROVES, at=now())


def _judged(settings: Settings, bundle: Bundle, catalogue: Catalogue, progress: Stages) -> tuple[Gate, ...]:
    breaks, policy = breaks_of(bundle, catalogue), settings.policy()
    if known := why_known(bundle, catalogue, read_record(settings.models)):
        return judge(bundle.metrics, policy, breaks=breaks, not_compared=known)
    if catalogue is SURVEY:
        return judge(bundle.metrics, policy, breaks=breaks, not_compared=SURVEY_ONLY)
    core, label = known_core(settings, None), policy.label.ranks_by
    contenders = {"candidate": contender_of(bundle, label=label)}
    in_use_now, not_compared = _model_in_use(settings, catalogue, label)
    if in_use_now:
        contenders[MODEL_IN_USE] = in_use_now
    seed = contenders["candidate"].recipe.seed
    tested = backtest(core, catalogue, policy, contenders, as_of=core.as_of, seed=seed, progress=progress)
    report = evaluation_report(tested, policy, as_of=core.as_of, seed=seed)
    return judge(report, policy, breaks=breaks, not_compared=not_compared)


def _model_in_use(settings: Settings, catalogue: Catalogue, label: str) -> tuple[Contender | None, str]:
    """The model in use as a contender, or why there is none to compare with: never without a sentence."""
    try:
        bundle = current_bundle(settings.models, catalogue)
        if other := other_label(bundle, label):
            return None, _LABEL_CHANGED.format(other=other)
        return contender_of(bundle, label=label), ""
    except NotFound:
        return None, NONE_IN_USE
    except BundleRefused as error:  # damaged, or made for the features of a former version: it cannot rank anybody
        return None, f"The model in use cannot be compared: {error}"


def _digest_in_use(settings: Settings, catalogue: Catalogue) -> str | None:
    act = newest_approval(read_record(settings.models), catalogue)
    return act.digest if act else None


def _print_gates(gates: Sequence[Gate]) -> None:
    for gate in gates:
        say(f"  {_STATES[gate.is_passed]:>10}  {gate.name}: {gate.sentence}")


def _print_act(act: Act) -> None:
    counts = Counter(_STATES[gate.is_passed] for gate in act.gates)
    gates = ", ".join(f"{counts[state]} {state}" for state in _STATES.values() if counts[state])
    say(f"{act.sequence:>4}  {act.at}  {act.act} {act.bundle} (sha256 {act.digest[:12]}…)")
    say(f"      by {act.who}: {act.why}")
    say(f"      gates: {gates}" + (f"; they did not block: {act.waiver}" if act.waiver else ""))
