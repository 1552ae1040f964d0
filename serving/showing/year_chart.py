"""A dong's year as bars: what was listed, contacted and found, round by round, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from serving import wording_casework_ko as ko
from store.figures_of_dongs import DongFigures


@dataclass(frozen=True)
class Bars:
    """One round: three numbers, and its label where the axis has room for one."""

    round: str
    label: str
    listed: int
    contacted: int
    found: int


@dataclass(frozen=True)
class YearChart:
    """The rounds, the axis' highest mark, and the sums in words."""

    bars: tuple[Bars, ...]
    most: int
    text: str


def year_chart(figures: Sequence[DongFigures]) -> YearChart:
    """The figures of one dong, which come newest first."""
    oldest_first = list(reversed(figures))
    every = max(1, len(oldest_first) // 12)
    bars = tuple(
        Bars(one.round, one.round[2:] if not place % every else "", one.listed, one.contacted, one.found)
        for place, one in enumerate(oldest_first)
    )
    most = max((one.listed for one in bars), default=0)
    totals = {name: sum(getattr(one, name) for one in bars) for name in ("listed", "contacted", "found")}
    text = ko.YEAR_TEXT if totals["contacted"] else ko.YEAR_NOT_YET
    return YearChart(bars, -(-max(most, 1) // 5) * 5, text.format(n=len(bars), **totals))
