"""A figure with its denominator and how sure it is: value, interval, how many rows stand behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from scoring.resampling import CONFIDENCE, percentile_interval

Floats = NDArray[np.float64]
NAN = float("nan")
_Z = float(ndtri((1 + CONFIDENCE) / 2))
# More would be a pretence, and would differ between processors in the last places.
_DIGITS = 6
# By which rules figures are computed; one more whenever a figure of the same name comes to mean something else.
# 1: every row counted for the ``effective_n`` of a ranking, also those of the class of which there are plenty.
FIGURE_RULES = 2


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % interval; NaN is "undefined", never zero.

    ``n`` are the rows behind it, ``effective_n`` how many equally weighted rows would tell as much. ``best`` and
    ``worst`` break all ties at the cut of a list in favour of need and against it; None where ties cannot matter.
    """

    value: float = NAN
    low: float = NAN
    high: float = NAN
    n: int = 0
    effective_n: float = NAN
    best: float | None = None
    worst: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON data: undefined is null, and ``best`` and ``worst`` are absent where ties cannot matter."""
        figure = {name: json_number(getattr(self, name)) for name in ("value", "low", "high", "effective_n")}
        ties = {name: json_number(value) for name in ("best", "worst") if (value := getattr(self, name)) is not None}
        return figure | ties | {"n": self.n}


def json_number(value: float) -> float | None:
    """A number as JSON has it: rounded to six digits after the point, null where undefined."""
    return round(float(value), _DIGITS) + 0.0 if np.isfinite(value) else None


def only_telling(data: Any, *, min_effective_n: float) -> Any:
    """An evaluation as JSON data, without the values of figures that too few effective rows stand behind.

    A figure, or a row of figures with one ``effective_n``, keeps its words, its ``n`` and ``effective_n``, so that
    whoever shows it can say what is not told, and why. A figure of no rows at all stays: the difference of two equal
    lists is zero for certain.
    """
    if isinstance(data, Mapping):
        if "effective_n" in data and data["n"] and (data["effective_n"] or 0) < min_effective_n:
            return {
                name: value if name in ("n", "effective_n") or isinstance(value, str) else None
                for name, value in data.items()
            }
        return {name: only_telling(value, min_effective_n=min_effective_n) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [only_telling(value, min_effective_n=min_effective_n) for value in data]
    return data


def kish_effective_n(weight: ArrayLike) -> float:
    """How many equally weighted rows tell as much as these: (sum w)² / sum w² (Kish 1965, section 11.7).

    >>> kish_effective_n([1, 1, 1, 1]), kish_effective_n([100, 1, 1])
    (4.0, 1.0402...)
    """
    weight = np.asarray(weight, float)
    return float(effective_n(weight.sum(), (weight**2).sum()))


def effective_n(total: ArrayLike, squares: ArrayLike) -> Floats:
    """`kish_effective_n` from the sum of the weights and the sum of their squares; NaN where there is no weight."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.square(total) / np.asarray(squares), np.float64)


def proportion_interval(value: ArrayLike, rows: ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's interval (1927) of a proportion at its effective number of rows.

    It stays honest where a resample cannot: of four rows none with the label gives 0 to 0.49, not 0 to 0. For weighted
    proportions with few effective rows it holds the truth about as often as it says, where Clopper and Pearson's is too
    wide (Franco, Little, Louis and Slud 2019, Journal of Survey Statistics and Methodology 7(3); docs/judging.md).
    """
    value, rows = np.asarray(value, float), np.asarray(rows, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (value + _Z**2 / (2 * rows)) / (1 + _Z**2 / rows)
        # Rounding may put a sum of equal weights a hair beyond 1.
        spread = np.maximum(value * (1 - value), 0) / rows + (_Z / (2 * rows)) ** 2
        half = _Z * np.sqrt(spread) / (1 + _Z**2 / rows)
    # Nor may it put the ends a hair inside a value of 0 or 1.
    return np.clip(middle - half, 0.0, value), np.clip(middle + half, value, 1.0)


def least_margins(share: ArrayLike, value: ArrayLike, rows: ArrayLike) -> tuple[Floats, Floats]:
    """How far a sum of ``share`` x proportion reaches below and above at least; parts on the last axis, signs allowed.

    The intervals of the parts are put together by their squared distances (MOVER: Zou and Donner 2008, Statistics in
    Medicine 27, 1693-1702), so that a part of which hardly any row is known widens the whole by its share.
    """
    share, value = np.asarray(share, float), np.asarray(value, float)
    low, high = proportion_interval(value, rows)
    down, up = value - low, high - value
    below, above = np.where(share > 0, down, up), np.where(share > 0, up, down)
    reach = [np.sqrt((np.where(share != 0, share * side, 0.0) ** 2).sum(-1)) for side in (below, above)]
    return reach[0], reach[1]


def resampled_figure(
    values: Floats,
    *,
    dongs: int,
    n: float,
    effective: float,
    margins: tuple[float, float] = (0.0, 0.0),
    within: tuple[float, float] = (-np.inf, np.inf),
) -> Figure:
    """The figure of a statistic given on the data as they are (first) and on each resample of dongs.

    Without ``margins`` its interval is that of the resamples. With them (below, above: what its effective rows allow to
    say) they are the interval, made wider where dongs differ more than rows do: a resample of rows that all say the
    same says the same each time, which is no knowledge. It ends where no value can lie (``within``).
    """
    value = float(values[0])
    if not np.isfinite(value):
        return Figure(n=int(n), effective_n=float(effective))
    low, high = percentile_interval(values[1:], dongs=dongs)
    if any(margins) and np.isfinite(low):
        # The design effect of clustering, as a factor of the width (Kish 1965, section 8.2).
        wider = max(1.0, float(np.nanstd(values[1:])) * 2 * _Z / sum(margins))
        low, high = value - margins[0] * wider, value + margins[1] * wider
    low, high = (float(end) for end in np.clip((low, high), *within))
    return Figure(value, low, high, int(n), float(effective))
