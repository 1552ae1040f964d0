"""Dong codes joined on (code, date): which codes are valid on a day, and what became of the older ones."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache

from domain.dong import Dong
from sources.reference import reference_path, snapshot_dongs


class MoveKind(StrEnum):
    PREFIX = "prefix"  # all codes that begin with old_code now begin with new_code
    RENAME = "rename"  # one dong gets another code, or another name under the same code
    SPLIT = "split"  # one dong gives up a part: new_code is the new dong, old_code stays valid


@dataclass(frozen=True)
class DongMove:
    kind: MoveKind
    old_code: str
    new_code: str
    effective_on: date
    new_sido: str
    new_dong: str


class DongFault(StrEnum):
    """Why a delivered code is no dong on that day."""

    UNKNOWN = "unknown"
    LEGAL = "legal"  # a 법정동코드, the code of land registers
    NOT_YET = "not_yet"  # valid only from a later day on


@cache
def dong_moves() -> tuple[DongMove, ...]:
    """All known moves after the snapshot, the earliest first."""
    with reference_path("dong_moves.csv").open(encoding="utf-8", newline="") as file:
        moves = [
            DongMove(
                MoveKind(row["kind"]),
                row["old_code"],
                row["new_code"],
                date.fromisoformat(row["effective_on"]),
                row["new_sido"],
                row["new_dong"],
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(moves, key=lambda move: move.effective_on))


@cache
def current_dongs(as_of: date) -> Mapping[str, Dong]:
    """The dongs by the code that is valid on ``as_of``, as far as the snapshot and the known moves tell."""
    dongs = dict(snapshot_dongs())
    for move in _moves_until(as_of):
        dongs = _moved(dongs, move)
    return dongs


@cache
def dong_successors(as_of: date) -> Mapping[str, str]:
    """Every code that was ever valid up to ``as_of``, with the code it has on that day.

    >>> dong_successors(date(2023, 6, 11))["4211025000"], dong_successors(date(2023, 6, 10))["4211025000"]
    ('5111025000', '4211025000')
    """
    successors = {code: code for code in snapshot_dongs()}
    for move in _moves_until(as_of):
        successors = {old: _new_code(now, move) for old, now in successors.items()}
        successors |= {now: now for now in successors.values()}
        if move.kind is MoveKind.SPLIT and move.new_code:
            successors[move.new_code] = move.new_code
    return successors


def dong_fault(code: str, as_of: date) -> DongFault | None:
    """Why ``code`` names no dong on ``as_of``; None where it does.

    Legal-dong codes (법정동코드) have ten digits too. Their dong part tells: a legal 동 is numbered from 101,
    and a 리 below an 읍 or 면 ends in other digits than 00; administrative codes start at 250 and always end in 00.
    """
    if code in dong_successors(as_of):
        return None
    if code in dong_successors(date.max):
        return DongFault.NOT_YET
    is_in_district = len(code) == 10 and code.isdigit() and code[:5] in _district_codes()
    if is_in_district and (code[5] == "1" or code[8:] != "00"):
        return DongFault.LEGAL
    return DongFault.UNKNOWN


@cache
def _district_codes() -> frozenset[str]:
    return frozenset(code[:5] for code in dong_successors(date.max))


def _moves_until(as_of: date) -> list[DongMove]:
    return [move for move in dong_moves() if move.effective_on <= as_of]


def _new_code(code: str, move: DongMove) -> str:
    if move.kind is MoveKind.SPLIT or not code.startswith(move.old_code):
        return code
    return move.new_code + code.removeprefix(move.old_code)


def _moved(dongs: Mapping[str, Dong], move: DongMove) -> dict[str, Dong]:
    after = {}
    for dong in dongs.values():
        if dong.code.startswith(move.old_code) and move.kind is not MoveKind.SPLIT:
            name = move.new_dong or dong.name
            dong = replace(dong, code=_new_code(dong.code, move), sido=move.new_sido or dong.sido, name=name)
        after[dong.code] = dong
    if move.kind is MoveKind.SPLIT and move.new_code:
        after[move.new_code] = replace(after[move.old_code], code=move.new_code, name=move.new_dong)
    return after
