"""Small cells: which counts of a table may stand in it, so that none that is hidden follows from the others."""

from collections.abc import Sequence

from domain.korean import korean_number
from scoring import wording_ko as ko
from scoring.reference import HIDDEN_UP_TO, disclosed


def disclosable(count: int) -> int | None:
    """The count rounded, or None for one too small to be shown (none at all is hidden with the small)."""
    return int(disclosed(count)) or None


def disclosable_parts(counts: Sequence[int]) -> list[int | None]:
    """Counts that add up to a total which may be known: so many are hidden that no small one follows from the rest.

    >>> disclosable_parts([41, 12, 3]), disclosable_parts([41, 12, 9])
    ([40, None, None], [40, 10, 10])
    """
    smallest_first = sorted(range(len(counts)), key=lambda place: counts[place])
    hidden = [place for place in smallest_first if counts[place] <= HIDDEN_UP_TO]
    shown = smallest_first[len(hidden) :]
    while hidden and shown and (len(hidden) < 2 or sum(counts[place] for place in hidden) <= HIDDEN_UP_TO):
        hidden.append(shown.pop(0))
    return [None if place in hidden else disclosable(count) for place, count in enumerate(counts)]


def said_count(count: int, unit: str) -> str:
    """The exact count with its unit, or that it is a small one."""
    if count <= HIDDEN_UP_TO:
        return ko.FEWER_THAN.format(limit=HIDDEN_UP_TO + 1, unit=unit)
    return f"{korean_number(count)}{unit}"


def said_parts(counts: Sequence[int], unit: str) -> list[str]:
    """`disclosable_parts` in words: a small count is said to be one, one that would give it away is hidden."""
    return [
        said_count(count, unit)
        if count <= HIDDEN_UP_TO
        else ko.HIDDEN
        if shown is None
        else ko.ABOUT.format(n=korean_number(shown), unit=unit)
        for count, shown in zip(counts, disclosable_parts(counts), strict=True)
    ]
