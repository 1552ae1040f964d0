"""How a bundle comes into use: one person proposes it with its gates, another approves those very bytes with a reason.

Every act is one line of the record (`outreach.promotion_record`); the bundle in use is that of the newest approval.
Going back to a former bundle is the same act. Its gates are shown and do not block, for it was found good once and an
office that has to go back cannot wait for figures.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from domain.errors import BundleRefused, CheckFailed, NotFound, UsageError
from domain.policy import Policy
from domain.published import CurrentRound
from domain.storage import sole_writer
from features.catalogue import Catalogue
from outreach.gate import Gate
from outreach.gates import failed
from outreach.promotion_record import Act, Record, Step, add_act, read_record
from outreach.signing import checked_words, same_person
from scoring.bundle import Bundle, canonical_json, load_bundle, newest_bundle, read_contents

WAS_IN_USE = "it was in use before"
_BUSY = "Somebody else is recording a promotion in this home."


def propose(
    models_root: Path,
    bundle: Bundle,
    catalogue: Catalogue,
    policy: Policy,
    *,
    by: str,
    why: str,
    at: datetime,
    gates: Sequence[Gate],
    replaces: str | None,
    waiver: str = "",
) -> Act:
    """Records a proposal; it takes the place of an open one for the same catalogue.

    ``replaces`` is the digest of the bundle that was in use when the gates were judged, None for none. Raises
    `CheckFailed` naming the gates that were not passed and by how much, unless the bundle was in use before or a
    ``waiver`` says why they do not block.
    """
    who, reason = checked_words(by, why)
    with sole_writer(models_root, _BUSY):
        record = read_record(models_root)
        current = newest_approval(record, catalogue)
        if current and current.digest == bundle.digest:
            raise UsageError(f"{bundle.name} is in use already.", hint="Nothing needs to be done.")
        if (current.digest if current else None) != replaces:
            raise CheckFailed(
                "Another model came into use while the gates were judged.", hint="Propose again: it will be compared."
            )
        waived = WAS_IN_USE if was_in_use(record, bundle) else waiver
        if not waived:
            _refuse_failed(bundle, gates)
        act = Act(
            act=Step.PROPOSED,
            at=_said(at),
            who=who,
            why=reason,
            catalogue=catalogue.name,
            bundle=bundle.name,
            digest=bundle.digest,
            gates=tuple(gates),
            waiver=waived,
            policy_digest=policy_digest(policy),
        )
        return add_act(models_root, record, act)


def approve(models_root: Path, name: str, catalogue: Catalogue, *, by: str, why: str, at: datetime) -> Act:
    """Puts the proposed bundle into use; whoever calls has loaded it: here only its bytes are read once more.

    Raises `UsageError` for the person who proposed it, `NotFound` where it is not what is proposed now, and
    `BundleRefused` where its bytes are no longer those that were proposed.
    """
    who, reason = checked_words(by, why)
    with sole_writer(models_root, _BUSY):
        record = read_record(models_root)
        proposal = _open_proposal(record, name, catalogue)
        if same_person(who, proposal.who):
            raise UsageError(
                f"Whoever proposed {name} cannot approve it.", hint="A second person has to look at it and approve."
            )
        if read_contents(models_root / name)[0]["digest"] != proposal.digest:
            raise BundleRefused(f"{name} is not the bundle that was proposed.", hint="Propose it again.")
        return _answer(models_root, record, proposal, Step.APPROVED, who, reason, at)


def reject(models_root: Path, name: str, catalogue: Catalogue, *, by: str, why: str, at: datetime) -> Act:
    """Closes the proposal of a bundle; whoever proposed it may take it back like this. Raises `NotFound`."""
    who, reason = checked_words(by, why)
    with sole_writer(models_root, _BUSY):
        record = read_record(models_root)
        proposal = _open_proposal(record, name, catalogue)
        return _answer(models_root, record, proposal, Step.REJECTED, who, reason, at)


def current_bundle(models_root: Path, catalogue: Catalogue) -> Bundle:
    """The bundle of the newest approval, its bytes verified; raises `NotFound` where none was promoted yet."""
    record = read_record(models_root)
    act = newest_approval(record, catalogue)
    if act is None:
        raise NotFound("No model has been promoted yet.", hint=_how_to_promote(models_root, record, catalogue))
    return _verified(models_root, catalogue, act.bundle, act.digest, role="in use", instead=", or go back to another")


def bundle_of_round(models_root: Path, catalogue: Catalogue, published: CurrentRound) -> Bundle:
    """The bundle that a published round keeps, its bytes verified; raises `BundleRefused`.

    Staff are at work on its lists, so it keeps its bundle also where it is made again from a corrected delivery; what
    was approved since begins with the next round.
    """
    name, digest = published.origin["bundle"], published.origin["bundle_digest"]
    return _verified(models_root, catalogue, name, digest, role=f"what {published.round} was published with")


def was_in_use(record: Record, bundle: Bundle) -> bool:
    """Whether these very bytes were approved at some time."""
    return any(act.act is Step.APPROVED and act.digest == bundle.digest for act in record.acts)


def newest_approval(record: Record, catalogue: Catalogue) -> Act | None:
    """The act that put the bundle in use there; None where there was none yet."""
    return next((act for act in in_use(record) if act.catalogue == catalogue.name), None)


def in_use(record: Record) -> tuple[Act, ...]:
    """The newest approval of each catalogue."""
    return tuple({act.catalogue: act for act in record.acts if act.act is Step.APPROVED}.values())


def open_proposals(record: Record) -> tuple[Act, ...]:
    """What waits for a second person: the newest act of a catalogue, where it is a proposal."""
    newest = {act.catalogue: act for act in record.acts}
    return tuple(act for act in newest.values() if act.act is Step.PROPOSED)


def policy_digest(policy: Policy) -> str:
    """sha256 of all numbers of a policy: what the gates were judged by."""
    return hashlib.sha256(canonical_json(asdict(policy)).encode()).hexdigest()


def _said(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no time of an act")
    return at.isoformat(timespec="seconds")


def _refuse_failed(bundle: Bundle, gates: Sequence[Gate]) -> None:
    if missed := failed(gates):
        sentences = " ".join(f"[{gate.name}] {gate.sentence}" for gate in missed)
        raise CheckFailed(
            f"{bundle.name} does not pass {len(missed)} of {len(gates)} gates, so it is not proposed. {sentences}",
            hint="Train with more rounds or another recipe. The limits stand in policy.toml.",
        )


def _open_proposal(record: Record, name: str, catalogue: Catalogue) -> Act:
    found = next((act for act in open_proposals(record) if act.catalogue == catalogue.name), None)
    if found is None or found.bundle != name:
        instead = f"{found.bundle} is, and takes the place of older ones" if found else "nothing is"
        raise NotFound(f"{name} is not proposed now: {instead}.", hint=f"Propose it: sagak propose {name}.")
    return found


def _answer(models_root: Path, record: Record, proposal: Act, step: Step, who: str, reason: str, at: datetime) -> Act:
    return add_act(models_root, record, replace(proposal, act=step, who=who, why=reason, at=_said(at)))


def _verified(
    models_root: Path, catalogue: Catalogue, name: str, digest: str, *, role: str, instead: str = ""
) -> Bundle:
    if not (models_root / name / "manifest.json").exists():  # else it would be told as one that never was
        raise BundleRefused(
            f"{name} is {role}, but its folder is gone or has no manifest.", hint=f"Copy it back{instead}."
        )
    bundle = load_bundle(models_root / name, catalogue)
    if bundle.digest != digest:
        raise BundleRefused(
            f"{name} is not the bundle that was approved.", hint=f"Copy the approved one back{instead}."
        )
    return bundle


def _how_to_promote(models_root: Path, record: Record, catalogue: Catalogue) -> str:
    waiting = next((act.bundle for act in open_proposals(record) if act.catalogue == catalogue.name), None)
    if waiting:
        return f"A second person has to approve it: sagak approve {waiting} --by NAME --why TEXT."
    name = newest_bundle(models_root, catalogue.name).name
    return f"One person proposes it, another approves: sagak propose {name} --by NAME --why TEXT."
