"""Figures as people read them: decimals with an interval, differences with a sign, and what they allow to say."""

from collections.abc import Mapping
from typing import Any

from scoring.disclosure import said_count
from serving import wording_ko as ko

Figure = Mapping[str, Any]
_WIDE = 0.2


def plain(value: float | None, *, digits: int = 2) -> str:
    """A number, or the word for one that cannot be computed.

    >>> plain(0.3149), plain(-0.004, digits=3)
    ('0.31', '−0.004')
    """
    return ko.UNDEFINED if value is None else f"{value:.{digits}f}".replace("-", "−")


def has_interval(figure: Figure) -> bool:
    """Whether it can be said how sure the figure is."""
    return figure["low"] is not None and figure["high"] is not None


def with_interval(figure: Figure | None, *, digits: int = 2) -> str:
    """``0.31 (0.27~0.35)``; it is said where there is no interval, "-" stands where the figure does not apply."""
    if figure is None:
        return ko.NOT_GIVEN
    text = plain(figure["value"], digits=digits)
    if figure["value"] is None:
        return untold(figure)
    if not has_interval(figure):
        return f"{text} ({ko.NO_INTERVAL})"
    return f"{text} ({plain(figure['low'], digits=digits)}~{plain(figure['high'], digits=digits)})"


def untold(figure: Figure) -> str:
    """Why a figure has no value: too few effective rows to tell anything, or none that qualifies."""
    return ko.TOO_FEW.format(effective=effective(figure)) if figure.get("is_too_few") else ko.UNDEFINED


def effective(figure: Figure) -> str:
    """How many equally weighted outcomes those behind the figure are worth."""
    return f"{figure['effective_n']:,.0f}"


def difference(figure: Figure) -> str:
    """``+0.022 (−0.013~+0.057)``, in three decimals since two models seldom lie further apart."""
    if not figure["n"]:
        return ko.NOT_COMPARABLE
    if figure["value"] is None:
        return untold(figure)
    interval = "~".join(_signed(figure[end]) for end in ("low", "high")) if has_interval(figure) else ko.NO_INTERVAL
    return f"{_signed(figure['value'])} ({interval})"


def _signed(value: float) -> str:
    text = f"{value:+.3f}"
    # What rounds to nothing has no sign.
    return text.replace("-", "−") if float(text) else "0.000"


def sign_of(figure: Figure) -> int:
    """1 or -1 where the whole interval lies on one side of zero, else 0: nobody knows."""
    if not has_interval(figure):
        return 0
    return int(figure["low"] > 0) - int(figure["high"] < 0)


def which_is_better(figure: Figure, one: str, other: str, *, is_retrained: bool = False) -> str:
    """What the difference ``one`` minus ``other`` allows to say.

    ``is_retrained``: both are one recipe, which is fitted once for both on every round before they were made.
    """
    if not figure["n"]:
        # No judged row counts more on one list than on the other: nothing was compared, so nothing was found equal.
        return ko.RETRAINED if is_retrained else ko.NO_ROWS_APART
    if figure["value"] is None:
        return untold(figure)
    if not has_interval(figure):
        return ko.NOT_SURE
    better = {1: one, -1: other}.get(sign_of(figure))
    return ko.IS_BETTER.format(method=ko.METHODS[better]) if better else ko.NOBODY_KNOWS


def is_wide(figure: Figure) -> bool:
    """Whether the interval is wider than two places of ten, so that nobody should act on the value."""
    return has_interval(figure) and bool(figure["high"] - figure["low"] > _WIDE)


def percent(share: float | None) -> str:
    """A share in percent with one decimal."""
    return ko.UNDEFINED if share is None else f"{share * 100:.1f}%"


def signed_percent(change: float | None) -> str:
    """``+35.0%``, as a change is said."""
    return ko.UNDEFINED if change is None else f"{change * 100:+.1f}%".replace("-", "−")


def counted(figure: Figure) -> str:
    """How many outcomes stand behind a figure, and how many equally weighted ones they are worth."""
    worth = ko.NOT_GIVEN if figure["effective_n"] is None else effective(figure)
    return ko.COUNTED.format(n=said_count(figure["n"], ko.CASES), effective=worth)
