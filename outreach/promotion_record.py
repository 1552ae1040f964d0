"""The record of promotions: whole lines that are only ever added, each sealed by the digest of the one before.

    models/promotions.jsonl    one act a line, its number and the sha256 of the line before it inside
    models/promotions.head     how many lines there are and the sha256 of the last one

An act counts once its line is whole on disk; the head follows. A process that dies in between leaves a torn last line,
which never counted and is cut off by the next act, or a head one line behind, which the next act brings up. Everything
else that does not fit is refused: a line changed, moved, taken out, or lines cut from the end. So is an act that the
commands would not have recorded, however well its line is chained: an answer to what is not proposed, an answer that
differs from the proposal, an approval by whoever proposed.

What this cannot find: somebody who may write here and rewrites every line from the changed one on and the head too, or
adds a proposal and its approval under two names, or takes both files away. No key is kept on this machine that would
prevent it. Whoever wrote the head's digest down elsewhere finds that as well; docs/promotion.md says how.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from domain.errors import CheckFailed
from domain.storage import FOR_A_FILE, append_whole, storing, write_whole
from outreach.gate import Gate
from outreach.signing import same_person

RECORD, HEAD = "promotions.jsonl", "promotions.head"


class Step(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Act:
    """One line: what somebody did with a bundle, when (ISO 8601 with zone) and why.

    ``waiver`` says why the gates did not block, empty where they did. The last two fields are given when it is added.
    """

    act: Step
    at: str
    who: str
    why: str
    catalogue: str
    bundle: str
    digest: str
    gates: tuple[Gate, ...]
    waiver: str
    policy_digest: str
    sequence: int = 0
    previous: str = ""

    @property
    def moment(self) -> datetime:
        """When, to be shown to people; ``at`` stays as it was written."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Record:
    """All acts, oldest first, the digest of the last line, and how many bytes the whole lines take."""

    acts: tuple[Act, ...]
    digest: str
    size: int


def read_record(models_root: Path) -> Record:
    """The record, proven whole and made of acts the commands record.

    Raises `CheckFailed` saying which line does not fit, or that lines are missing.
    """
    content, head = _read_both(models_root)
    size = content.rfind(b"\n") + 1
    lines = content[:size].split(b"\n")[:-1]
    acts: list[Act] = []
    digests = [""]
    for number, line in enumerate(lines, 1):
        act = _parsed(line, number)
        if act.sequence != number:
            raise _refused(f"line {number} does not follow from the line before it")
        if act.previous != digests[-1]:
            raise _refused(f"line {number - 1} or line {number} was changed" if acts else "line 1 was changed")
        acts.append(act)
        digests.append(_digest(line))
    _check_head(head, digests)
    _check_meaning(acts)
    return Record(tuple(acts), digests[-1], size)


def add_act(models_root: Path, record: Record, act: Act) -> Act:
    """Adds an act to the record that was read under the caller's lock; gives it with its number."""
    added = replace(act, sequence=len(record.acts) + 1, previous=record.digest)
    line = _line(added)
    with storing("The act", room=FOR_A_FILE):
        _write_head(models_root, len(record.acts), record.digest)
        append_whole(models_root / RECORD, line + b"\n", after=record.size)
    with storing("The act is recorded and counts; only the head of the record", room=FOR_A_FILE):
        _write_head(models_root, added.sequence, _digest(line))
    return added


def _check_meaning(acts: Sequence[Act]) -> None:
    """Whether every approval and rejection answers what was proposed then; whoever proposed may only take it back."""
    proposed: dict[str, Act] = {}
    for act in acts:
        if act.act is Step.PROPOSED:
            proposed[act.catalogue] = act
            continue
        proposal = proposed.pop(act.catalogue, None)
        if proposal is None or _substance(act) != _substance(proposal):
            raise _refused(f"line {act.sequence} answers what was not proposed")
        if act.act is Step.APPROVED and same_person(act.who, proposal.who):
            raise _refused(f"line {act.sequence} is an approval by whoever proposed")


def _substance(act: Act) -> Act:
    """What an answer has in common with its proposal: bundle, digest, gates, waiver and policy."""
    return replace(act, act=Step.PROPOSED, at="", who="", why="", sequence=0, previous="")


def _read_both(models_root: Path) -> tuple[bytes, bytes]:
    """Record and head as they stood at one moment, also while somebody adds an act: readers take no lock."""
    head = _bytes_of(models_root / HEAD)
    while True:
        content, head_after = _bytes_of(models_root / RECORD), _bytes_of(models_root / HEAD)
        if head_after == head:
            return content, head
        head = head_after


def _check_head(found: bytes, digests: list[str]) -> None:
    # Digests by number of lines, so that both stand at their own place; the head may be one line behind.
    allowed = [_head(number, digests[number]) for number in range(len(digests))][-2:]
    if (found or _head(0, "")) not in allowed:
        raise _refused("its end does not fit the head that is kept beside it: lines were cut off, changed or added")


def _head(lines: int, digest: str) -> bytes:
    return f"{lines} {digest}\n".encode()


def _write_head(models_root: Path, lines: int, digest: str) -> None:
    if lines and _bytes_of(models_root / HEAD) != _head(lines, digest):
        write_whole(models_root / HEAD, _head(lines, digest))


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _line(act: Act) -> bytes:
    return json.dumps(asdict(act), ensure_ascii=False, sort_keys=True, allow_nan=False).encode()


def _parsed(line: bytes, number: int) -> Act:
    try:
        data: Mapping[str, Any] = json.loads(line)
        gates = tuple(Gate(**gate) for gate in data["gates"])
        act = Act(**{**data, "act": Step(data["act"]), "gates": gates})
    except (ValueError, TypeError, KeyError) as error:
        raise _refused(f"line {number} is not one that was written") from error
    if _line(act) != line:
        raise _refused(f"line {number} is not one that was written")
    return act


def _refused(why: str) -> CheckFailed:
    return CheckFailed(
        f"The record of promotions is not what was written: {why}. No model is used until it is.",
        hint=f"Put {RECORD} and {HEAD} back into models/, both from the same backup.",
    )
