"""The draw by chance: each household's exact chance of it, and a draw that keeps to these chances.

What a draw is for is to judge lists, and a list is judged by the households near its top. So the chance falls with the
rank: ``1 / (rank + capacity)``. A part of it is the same for all, so that nobody's weight in an evaluation grows beyond
bounds (a defensive mixture: Hesterberg 1995, Technometrics 37(2)).
"""

import numpy as np
from numpy.typing import NDArray

from scoring.calibration import Scores

# The part of the draw that is the same for all: no household's chance is below a quarter of an even draw's.
EVEN_SHARE = 0.25


def chances_of_draw(ranks: Scores, *, places: int, capacity: int) -> Scores:
    """Each household's chance of one of ``places``; they add up to it, or are all 1 where there is room for all.

    ``ranks`` count from 1; equals share the middle of their ranks.

    >>> chances_of_draw(np.array([1.0, 2.0, 3.0]), places=1, capacity=1).round(3).tolist()
    [0.429, 0.314, 0.256]
    """
    if places >= len(ranks):
        return np.ones(len(ranks))
    likeliness = 1.0 / (ranks + capacity)
    shares = EVEN_SHARE / len(ranks) + (1 - EVEN_SHARE) * likeliness / likeliness.sum()
    chances, is_open = np.ones(len(ranks)), np.ones(len(ranks), bool)
    while is_open.any():
        left = places - (~is_open).sum()
        chances[is_open] = left * shares[is_open] / shares[is_open].sum()
        # Whoever comes out at 1 or above is certain; the places left are shared among the others in proportion.
        is_certain = is_open & (chances >= 1)
        if not is_certain.any():
            break
        chances[is_certain] = 1.0
        is_open &= ~is_certain
    return chances


def draw_by_chance(chances: Scores, rng: np.random.Generator) -> NDArray[np.intp]:
    """Rows drawn: each with exactly its chance, as many as the chances add up to.

    Systematic sampling in random order (Madow 1949): one random start, then every place on the running sum.
    """
    order = rng.permutation(len(chances))
    edges = np.cumsum(chances[order])
    places = round(float(edges[-1])) if len(edges) else 0
    points = rng.random() + np.arange(places)
    # The last edge is a sum of rounded numbers: a point beyond it belongs to the last household.
    return order[np.minimum(np.searchsorted(edges, points, side="right"), len(order) - 1)]
