"""What the figures of a list are made of: sums over dongs of judged rows, and of places that everybody holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.evidence import STRATA, Evidence, in_strata, positions
from scoring.resampling import Floats, Places, resample_sums, sums_by_cell


@dataclass(frozen=True)
class ListSums:
    """What all figures of one list are made of. Axes: dongs or resamples, groups, labels, strata; 1 where shared.

    Of judged rows, w being the weight, p the place, y the label, m the stated probability:
    """

    rows: Floats  # on the list, counted
    place: Floats  # p
    place_squares: Floats  # p²
    place_hits: Floats  # p y
    weight: Floats  # w p, by stratum
    weight_squares: Floats  # (w p)², by stratum
    hits: Floats  # w p y, by stratum
    stated: Floats  # w p m, by stratum
    need: Floats  # w y, by stratum
    need_squares: Floats  # (w y)²
    positives: Floats  # y
    tied: Floats  # w of those tied at the cut
    tied_need: Floats  # w y of those tied at the cut
    all_weight: Floats  # w, by stratum, whatever the group
    all_squares: Floats  # w², by stratum, whatever the group
    # of everybody, judged or not:
    places: Floats  # by stratum
    expected: Floats  # p m
    sizes: Floats  # candidates by stratum, whatever the group
    listed: Floats  # candidates listed, by stratum, whatever the group
    answered: Floats  # of whom the outcome is known


@dataclass(frozen=True)
class _Cells:
    """Where each row of a frame is added: its dong and its group."""

    dong: Places
    group: Places
    dongs: int
    groups: int

    def add(self, values: Floats) -> Floats:
        """Sums of each column, shape (dongs, groups, columns)."""
        return sums_by_cell(values, self.dong, self.group, dongs=self.dongs, groups=self.groups)

    def add_apart(self, values: Floats, stratum: Places) -> Floats:
        """The same for each stratum by itself, on one axis more."""
        many = len(STRATA)
        cell = self.group * many + stratum
        sums = sums_by_cell(values, self.dong, cell, dongs=self.dongs, groups=self.groups * many)
        return np.moveaxis(sums.reshape(self.dongs, self.groups, many, -1), 2, -1)


def list_sums(
    evidence: Evidence, method: str, labels: Sequence[str], *, by: str = "all"
) -> tuple[tuple[str, ...], ListSums]:
    """Sums by dong of a method's list, apart for each group of ``by``: an attribute, "round", or "all"."""
    counts = counts_of(evidence, method, by)
    row_group, count_group = group_of(evidence.judged, by, by), group_of(counts, by, "group")
    groups = tuple(sorted({*row_group.unique(), *count_group.unique()}))
    size = (len(evidence.dongs), len(groups))
    rows = _Cells(evidence.dong, codes_of(row_group, groups), *size)
    cells = _Cells(positions(counts, "dong"), codes_of(count_group, groups), *size)
    return groups, ListSums(
        **_of_judged(evidence, method, labels, rows), **_of_counts(counts, cells), **_of_candidates(evidence, method)
    )


def _of_judged(evidence: Evidence, method: str, labels: Sequence[str], cells: _Cells) -> dict[str, Floats]:
    p, w = evidence.place(method)[:, None], evidence.weight[:, None]
    y = np.column_stack([evidence.truth(label) for label in labels])
    stated = evidence.probability(method)
    m = np.full_like(p, np.nan) if stated is None else stated[:, None]
    is_tied = ((p > 0) & (p < 1)).astype(np.float64)
    added = {
        "rows": (p > 0).astype(np.float64),
        "place": p,
        "place_squares": p**2,
        "place_hits": p * y,
        "need_squares": (w * y) ** 2,
        "positives": y,
        "tied": w * is_tied,
        "tied_need": w * is_tied * y,
    }
    apart = {
        "weight": w * p,
        "weight_squares": (w * p) ** 2,
        "hits": w * p * y,
        "stated": w * p * m,
        "need": w * y,
    }
    of_all = {"all_weight": w, "all_squares": w**2}
    return (
        {name: cells.add(values) for name, values in added.items()}
        | {name: cells.add_apart(values, evidence.stratum) for name, values in apart.items()}
        | {
            name: cells.add_apart(values, evidence.stratum).sum(axis=1, keepdims=True)
            for name, values in of_all.items()
        }
    )


def _of_counts(counts: pl.DataFrame, cells: _Cells) -> dict[str, Floats]:
    values = counts.select("chosen_places", "places", pl.col("expected").cast(pl.Float64)).to_numpy()
    chosen, places, expected = np.moveaxis(cells.add(values), -1, 0)
    return {"places": np.stack([chosen, places - chosen], axis=-1)[:, :, None], "expected": expected[..., None]}


def _of_candidates(evidence: Evidence, method: str) -> dict[str, Floats]:
    everybody, dongs = evidence.lists[method, "all"], len(evidence.dongs)
    listed, answered = (_of_listings(evidence, column) for column in ("listed", "judged"))
    candidates = np.bincount(positions(everybody, "dong"), everybody["candidates"].to_numpy(), minlength=dongs)
    sizes = np.stack([listed[..., 0], candidates[:, None, None] - listed[..., 0]], axis=-1)
    return {"sizes": sizes, "listed": listed, "answered": answered}


def counts_of(evidence: Evidence, method: str, by: str) -> pl.DataFrame:
    """The counts of a method's places for the groups of ``by``; those of a round are those of all in it."""
    counts = evidence.lists.get((method, by if by != "round" else "all"))
    if counts is None:
        raise ValueError(f"no places of {method} by {by}")
    return counts


def resampled(sums: ListSums, times: Floats) -> ListSums:
    """The sums of each resample in place of those of each dong; the first is of the data as they are."""
    return ListSums(**resample_sums(times, vars(sums)))


def group_of(frame: pl.DataFrame, by: str, column: str) -> pl.Series:
    """The group of each row by ``by``, which stands in ``column``; "unknown" where it is not known."""
    if by == "all":
        return pl.repeat("", frame.height, dtype=pl.String, eager=True)
    return frame["round" if by == "round" else column].cast(pl.String).fill_null("unknown")


def codes_of(values: pl.Series, groups: tuple[str, ...]) -> Places:
    """The position of each value in ``groups``."""
    return values.cast(pl.Enum(groups)).to_physical().to_numpy().astype(np.intp)


def _of_listings(evidence: Evidence, column: str) -> Floats:
    frame = evidence.listings
    values = frame[column].to_numpy()[:, None, None] * in_strata(frame)[:, None, :]
    return sums_by_cell(
        values.astype(np.float64).reshape(-1, 1, len(STRATA)),
        positions(frame, "dong"),
        np.zeros(frame.height, np.intp),
        dongs=len(evidence.dongs),
        groups=1,
    )
