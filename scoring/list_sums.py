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
    tied_places: Floats
    tied_candidates: Floats
    sizes: Floats  # candidates by stratum, whatever the group
    listed: Floats  # candidates listed, by stratum, whatever the group
    answered: Floats  # of whom the outcome is known


def list_sums(
    evidence: Evidence, method: str, labels: Sequence[str], *, by: str = "all"
) -> tuple[tuple[str, ...], ListSums]:
    """Sums by dong of a method's list, apart for each group of ``by``: an attribute, "round", or "all"."""
    counts = evidence.lists.get((method, by if by != "round" else "all"))
    if counts is None:
        raise ValueError(f"no places of {method} by {by}")
    rows, everybody = evidence.judged, evidence.lists[method, "all"]
    row_group, count_group = group_of(rows, by, by), group_of(counts, by, "group")
    groups = tuple(sorted({*row_group.unique(), *count_group.unique()}))
    row_cell = (evidence.dong, codes_of(row_group, groups), len(groups))
    count_cell = (positions(counts, "dong"), codes_of(count_group, groups), len(groups))
    p, w = evidence.place(method)[:, None], evidence.weight[:, None]
    y = np.column_stack([evidence.truth(label) for label in labels])
    stated = evidence.probability(method)
    m = np.full_like(p, np.nan) if stated is None else stated[:, None]
    is_tied = ((p > 0) & (p < 1)).astype(np.float64)
    dongs = len(evidence.dongs)

    def of_rows(values: Floats) -> Floats:
        return sums_by_cell(values, *row_cell[:2], dongs=dongs, groups=row_cell[2])

    def by_stratum(values: Floats) -> Floats:
        dong, group, many = row_cell
        cell = group * len(STRATA) + evidence.stratum
        sums = sums_by_cell(values, dong, cell, dongs=dongs, groups=many * len(STRATA))
        return np.moveaxis(sums.reshape(dongs, many, len(STRATA), -1), 2, -1)

    def of_counts(*columns: str) -> Floats:
        values = counts.select(pl.col(columns).cast(pl.Float64)).to_numpy()
        return sums_by_cell(values, *count_cell[:2], dongs=dongs, groups=count_cell[2])

    places = of_counts("chosen_places", "places")[:, :, None, :]
    places[..., 1] -= places[..., 0]
    listed, answered = (_of_listings(evidence, column) for column in ("listed", "judged"))
    candidates = np.bincount(positions(everybody, "dong"), everybody["candidates"].to_numpy(), minlength=dongs)
    sizes = np.stack([listed[..., 0], candidates[:, None, None] - listed[..., 0]], axis=-1)
    return groups, ListSums(
        rows=of_rows((p > 0).astype(np.float64)),
        place=of_rows(p),
        place_squares=of_rows(p**2),
        place_hits=of_rows(p * y),
        weight=by_stratum(w * p),
        weight_squares=by_stratum((w * p) ** 2),
        hits=by_stratum(w * p * y),
        stated=by_stratum(w * p * m),
        need=by_stratum(w * y),
        need_squares=of_rows((w * y) ** 2),
        positives=of_rows(y),
        tied=of_rows(w * is_tied),
        tied_need=of_rows(w * is_tied * y),
        all_weight=by_stratum(w).sum(axis=1, keepdims=True),
        all_squares=by_stratum(w**2).sum(axis=1, keepdims=True),
        places=places,
        expected=of_counts("expected"),
        tied_places=np.nan_to_num(of_counts("tied_places")),
        tied_candidates=np.nan_to_num(of_counts("tied")),
        sizes=sizes,
        listed=listed,
        answered=answered,
    )


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
