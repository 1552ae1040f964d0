"""Fairness as a page shows it: groups of the model in use, this year's lists by household type, small cells hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.korean import korean_number
from scoring.disclosure import disclosable_parts, said_count
from scoring.reference import HIDDEN_UP_TO
from scoring.telling import as_told
from scoring.wording_ko import ABOUT, in_order
from serving import wording_audit_ko as ko
from serving import wording_ko
from serving.compare_numbers import counted, percent, with_interval
from serving.compare_tables import group_counts, group_name
from store.figures_of_types import TypeFigures

Report = dict[str, Any]
_COUNTS = ("listed", "contacted", "reached", "found")


@dataclass(frozen=True)
class GroupRow:
    """One group; cells are empty where it is named and not judged."""

    name: str
    n: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Attribute:
    name: str
    groups: tuple[GroupRow, ...]


def attributes(report: Report) -> tuple[Attribute, ...]:
    """The model's groups by attribute, with intervals; what rests on too few outcomes has no value and says so."""
    told, counts = as_told(report), group_counts(report)
    method = report["contenders"][0]
    rows = {(row["attribute"], row["group"]): row for row in told["groups"][method]}
    found: dict[str, list[GroupRow]] = {}
    for key in in_order(rows):
        found.setdefault(key[0], []).append(_group_row(rows[key], counts[key]))
    return tuple(Attribute(wording_ko.ATTRIBUTES[name], tuple(groups)) for name, groups in found.items())


def _group_row(row: Report, n: str) -> GroupRow:
    name = group_name(row["attribute"], row["group"])
    if not row["is_judged"]:
        return GroupRow(name, n, ())
    figures = (with_interval(row[name]) for name in ("recall", "precision", "calibration_error"))
    shares = (percent(row[f"share_of_{of}"]) for of in ("candidates", "places", "need"))
    return GroupRow(name, n, (*figures, *shares, counted(row["recall"])))


def live_rows(figures: Sequence[TypeFigures]) -> tuple[tuple[str, ...], ...]:
    """Households by type this year, then all of them: small counts hidden, and as many more as would give them away.

    A column's total is the sum of what may be known of it: where one cell is hidden, so is a second.
    """
    names = [wording_ko.HOUSEHOLD_TYPES.get(one.household_type) or ko.NO_TYPE for one in figures]
    columns = [_told([getattr(one, count) for one in figures]) for count in _COUNTS]
    totals = [said_whole(sum(getattr(one, count) for one in figures)) for count in _COUNTS]
    rows = [(name, *(column[place] for column in columns)) for place, name in enumerate(names)]
    return (*rows, (ko.ALL_TYPES, *totals)) if rows else ()


def _told(counts: list[int]) -> list[str]:
    """Hidden is hidden: that a count is the small one and not its companion would give the companion away."""
    return [wording_ko.HIDDEN if shown is None else _about(shown) for shown in disclosable_parts(counts)]


def said_whole(count: int) -> str:
    """A total, rounded, or that it is too small to be told."""
    if count <= HIDDEN_UP_TO:
        return said_count(count, ko.HOUSEHOLDS)
    (shown,) = disclosable_parts([count])
    return _about(shown or 0)


def _about(count: int) -> str:
    return ABOUT.format(n=korean_number(count), unit=ko.HOUSEHOLDS)
