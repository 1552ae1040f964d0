"""Who would enter and who would leave this week's lists if one model replaced another: counts, never a household."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from domain.calendar import Round
from domain.listing import Explanation
from features.catalogue import Catalogue
from outreach.eligibility import seed_of
from scoring.bundle import Bundle
from scoring.reasons import explain
from scoring.score import raw_scores

_MOVES = ("entering", "leaving", "staying")


@dataclass(frozen=True)
class Moves:
    """Households on the new list only, on the old one only, and on both."""

    entering: int = 0
    leaving: int = 0
    staying: int = 0

    @property
    def places(self) -> int:
        """Places of the old list."""
        return self.leaving + self.staying


@dataclass(frozen=True)
class Movement:
    """What changes in the places given by score, in all, by dong and by group.

    ``themes`` counts households by what raises their score: of those entering by the new model, of those leaving by the
    old one. A household has up to three themes.
    """

    week: Round
    total: Moves
    dongs: Mapping[str, Moves]
    groups: Mapping[tuple[str, str], Moves]  # by (attribute, group)
    themes: Mapping[str, Moves] = field(default_factory=dict)


def movement(
    parts: Iterable[pl.DataFrame],
    old: Bundle,
    new: Bundle,
    catalogue: Catalogue,
    *,
    week: Round,
    capacity: Callable[[str], int],
    attributes: Iterable[str],
) -> Movement:
    """Compares the lists that two models would make of the same candidates.

    ``parts`` are frames of whole dongs: the candidates of the week with every learned feature and their groups as text
    (``attributes``). A list is the dong's ``capacity`` highest scores; equals are ordered by the week's own draw, the
    same for both models, so that no place changes by luck.
    """
    attributes = tuple(attributes)
    dongs: Counter[tuple[str, str]] = Counter()
    groups: Counter[tuple[str, str, str]] = Counter()
    themes: dict[str, Counter[str]] = {"entering": Counter(), "leaving": Counter()}
    for part in parts:
        moved = _moved(part, old, new, week, capacity)
        dongs.update(moved.select("dong_code", "move").iter_rows())
        for name in attributes:
            groups.update((name, group, move) for group, move in moved.select(name, "move").iter_rows())
        for move, bundle in (("entering", new), ("leaving", old)):
            rows = moved.filter(pl.col("move") == move)
            themes[move].update(_themes(explain(bundle, catalogue, rows, week.as_of)))
    total = {move: sum(n for (_, known), n in dongs.items() if known == move) for move in _MOVES}
    names = sorted({*themes["entering"], *themes["leaving"]})
    return Movement(
        week,
        Moves(**total),
        {code: Moves(**{move: dongs[code, move] for move in _MOVES}) for code in sorted({code for code, _ in dongs})},
        {key: Moves(**{move: groups[*key, move] for move in _MOVES}) for key in sorted({(a, g) for a, g, _ in groups})},
        {name: Moves(themes["entering"][name], themes["leaving"][name]) for name in names},
    )


def _moved(part: pl.DataFrame, old: Bundle, new: Bundle, week: Round, capacity: Callable[[str], int]) -> pl.DataFrame:
    """The rows of ``part`` that are on either list, with the column ``move``."""
    ordered = part.sort("dong_code", "household_id")
    frame = ordered.with_columns(old=pl.Series(raw_scores(old, ordered)), new=pl.Series(raw_scores(new, ordered)))
    listed = []
    for (code,), dong in frame.group_by("dong_code", maintain_order=True):
        tie_order = np.random.default_rng(seed_of(week, str(code))).permutation(dong.height)
        places = capacity(str(code))
        before, after = (_is_listed(dong[name].to_numpy(), tie_order, places) for name in ("old", "new"))
        move = np.select([before & after, after, before], ["staying", "entering", "leaving"], "")
        listed.append(dong.with_columns(move=pl.Series(move.astype(object), dtype=pl.String)).filter(before | after))
    return pl.concat(listed) if listed else frame.with_columns(move=pl.lit(""))


def _is_listed(score: np.ndarray, tie_order: np.ndarray, places: int) -> np.ndarray:
    best = np.lexsort((tie_order, -score))[:places]
    listed = np.zeros(len(score), bool)
    listed[best] = True
    return listed


def _themes(explanations: Iterable[Explanation]) -> Iterable[str]:
    return (theme for why in explanations for theme in {reason.theme for reason in why.raising})
