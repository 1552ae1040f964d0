"""Gates of a proposal as analysts and auditors read them: each in words, with what was measured and what it takes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from features.catalogues import CATALOGUES
from outreach.gate import Gate
from scoring.wording_ko import ATTRIBUTES, GROUPS
from serving import wording_analysis_ko as analysis_ko
from serving import wording_gates_ko as ko
from serving import wording_ko
from serving.compare_numbers import plain

_BROKEN = re.compile(r"(\S+): (\d+) of (\d+) trees go against it \(.+\)")
_UNPROVEN = re.compile(r"(\d+) trees have splits or leaves of which nothing can be proven \(.+\)")
_GROUP = re.compile(r"([a-z_]+) (\S+?)(?: with)?( \d+\.\d+)?")


@dataclass(frozen=True)
class GateRow:
    """One gate; ``sentence`` says in words what the record says in English."""

    name: str
    state: str
    tone: str
    measured: str
    limit: str
    sentence: str


def gate_rows(gates: Iterable[Gate]) -> tuple[GateRow, ...]:
    """Each gate in words, with what was measured and what it takes."""
    return tuple(
        GateRow(
            analysis_ko.GATES.get(gate.name, gate.name),
            *analysis_ko.GATE_STATES[gate.is_passed],
            _number(gate.measured),
            _number(gate.limit),
            gate_sentence(gate.sentence),
        )
        for gate in gates
    )


def _number(value: float | None) -> str:
    if value is None:
        return wording_ko.NOT_GIVEN
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) >= 2 else plain(value, digits=3)


def gate_sentence(recorded: str) -> str:
    """A sentence of the record in Korean; one that is not known, as it was recorded.

    >>> gate_sentence("Judged on 160 known outcomes of 200 that it takes: 40 fewer than needed.")
    '결과가 확인된 160건으로 시험했고 200건이 필요합니다: 40건이 모자랍니다.'
    """
    if recorded in ko.WHOLE:
        return ko.WHOLE[recorded]
    for pattern, sentence in ko.SENTENCES.items():
        if found := re.fullmatch(pattern, recorded):
            return sentence.format(**{name: _part(name, part) for name, part in found.groupdict().items()})
    return ko.AS_RECORDED.format(sentence=recorded)


def _part(name: str, part: str) -> str:
    if name == "groups":
        return _groups(part)
    if name == "breaks":
        return "; ".join(map(_break, part.split("; ")))
    return _state(part)


def _state(part: str) -> str:
    for start, sentence in (("beyond it: ", ko.BEYOND), ("the worst is ", ko.WORST)):
        if part.startswith(start):
            return sentence.format(groups=_groups(part.removeprefix(start)))
    for pattern, said in ko.STATES.items():
        if found := re.fullmatch(pattern, part):
            return said.format(*found.groups())
    return part


def _groups(named: str) -> str:
    return ", ".join(map(_group, named.split(", ")))


def _group(named: str) -> str:
    found = _GROUP.fullmatch(named)
    if found is None:
        return named
    attribute, group, value = found.groups()
    return f"{ATTRIBUTES.get(attribute, attribute)} {GROUPS.get(attribute, {}).get(group, group)}{value or ''}"


def _break(said: str) -> str:
    if found := _BROKEN.fullmatch(said):
        return ko.BREAK.format(feature=_label(found[1]), broken=found[2], trees=found[3])
    if found := _UNPROVEN.fullmatch(said):
        return ko.BREAK_UNKNOWN.format(trees=found[1])
    return _state(said)


def _label(feature: str) -> str:
    named = (known.by_name[feature].label_ko for known in CATALOGUES.values() if feature in known.by_name)
    return next(named, feature)
