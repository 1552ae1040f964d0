"""The record of promotions: whole lines that are only ever added, each sealed by the digest of the one before.

    models/promotions.jsonl    one act a line, its number and the sha256 of the line before it inside
    models/promotions.head     how many lines there are and the sha256 of the last one

An act counts once its line is whole on disk; the head follows. A process that dies in between leaves a torn last line,
which never counted and is cut off by the next act, or a head one line behind, which the next act brings up. Everything
else that does not fit is refused: a line changed, moved, taken out, or lines cut from the end.

What this cannot find: somebody who may write here and rewrites every line from the changed one on and the head too. No
key is kept on this machine that would prevent it. Whoever wrote the head's digest down elsewhere finds that as well;
docs/promotion.md says how.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from domain.errors import CheckFailed
from domain.storage import append_whole, storing, write_whole
from outreach.gates import Gate

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


@dataclass(frozen=True)
class Record:
    """All acts, oldest first, the digest of the last line, and how many bytes the whole lines take."""

    acts: tuple[Act, ...]
    digest: str
    size: int


def read_record(models_root: Path) -> Record:
    """The record, proven whole; raises `CheckFailed` saying which line does not fit, or that lines are missing."""
    content = _bytes_of(models_root / RECORD)
    size = content.rfind(b"\n") + 1
    lines = content[:size].split(b"\n")[:-1]
    acts, digests = [], [""]
    for number, line in enumerate(lines, 1):
        act = _parsed(line, number)
        if (act.sequence, act.previous) != (number, digests[-1]):
            raise _refused(f"line {number} does not follow from the line before it")
        acts.append(act)
        digests.append(_digest(line))
    _check_head(models_root, digests)
    return Record(tuple(acts), digests[-1], size)


def add_act(models_root: Path, record: Record, act: Act) -> Act:
    """Adds an act to the record that was read under the caller's lock; gives it with its number."""
    added = replace(act, sequence=len(record.acts) + 1, previous=record.digest)
    line = _line(added)
    with storing("The act"):
        _write_head(models_root, len(record.acts), record.digest)
        append_whole(models_root / RECORD, line + b"\n", after=record.size)
    with storing("The act is recorded and counts; only the head of the record"):
        _write_head(models_root, added.sequence, _digest(line))
    return added


def _check_head(models_root: Path, digests: list[str]) -> None:
    # Digests by number of lines, so that both stand at their own place; the head may be one line behind.
    allowed = [_head(number, digests[number]) for number in range(len(digests))][-2:]
    found = _bytes_of(models_root / HEAD) or _head(0, "")
    if found not in allowed:
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
