"""Need found on a list of each dong's own capacity, estimated for a list that nobody has worked through.

Outcomes are known only of households the former rule listed (stratum "chosen") or chance drew (stratum "drawn"). How
many places of the new list each stratum holds is known of everybody, so the strata are judged apart and put together by
their places. Four estimates stand side by side; where a stratum holds places and nobody of it was judged on the list,
the three that speak of the whole list are undefined, since only the model's own word would fill the gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from scoring.evidence import Evidence
from scoring.figures import Figure, effective_n, kish_effective_n, least_margins, resampled_figure
from scoring.list_sums import ListSums, list_sums, resampled
from scoring.resampling import Floats

ESTIMATES = ("naive", "weighted", "inverse_propensity", "doubly_robust")
# Where no value can lie beyond. Totals weighted by propensity keep to no bounds, so their intervals have none either.
_WITHIN = {
    "naive": (0.0, 1.0),
    "weighted": (0.0, 1.0),
    "inverse_propensity": (-np.inf, np.inf),
    "doubly_robust": (-np.inf, np.inf),
    "recall": (0.0, 1.0),
    "lift": (0.0, np.inf),
}
# Fractions of places add up with rounding errors; nothing real is as small.
_NO_PLACE = 1e-9


@dataclass(frozen=True)
class Backing:
    """What stands behind an estimate, each (groups, labels): rows, effective rows, least reach below and above."""

    n: Floats
    effective_n: Floats
    below: Floats
    above: Floats


@dataclass(frozen=True)
class MeasuredList:
    """A method's list on the data as they are and on each resample: estimates are (1 + draws, groups, labels)."""

    method: str
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    dongs: int
    observed: ListSums
    estimates: Mapping[str, Floats]
    backing: Mapping[str, Backing]

    def figure(self, name: str, label: str, *, group: str = "") -> Figure:
        """The figure called ``name``: one of `ESTIMATES`, "recall" or "lift"."""
        at = (self.groups.index(group), self.labels.index(label))
        n, effective, below, above = (float(value[at]) for value in vars(self.backing[name]).values())
        values = self.estimates[name][:, *at]
        figure = resampled_figure(
            values, dongs=self.dongs, n=n, effective=effective, margins=(below, above), within=_WITHIN[name]
        )
        return _with_ties(figure, self.observed, at) if name in ESTIMATES[1:] else figure


def measure_list(evidence: Evidence, method: str, labels: Sequence[str], *, by: str = "all") -> MeasuredList:
    """The list of ``method``, apart for each group of ``by`` ("all" has one group, "")."""
    groups, of_dongs = list_sums(evidence, method, labels, by=by)
    sums = resampled(of_dongs, evidence.times)
    observed = ListSums(**{name: array[0] for name, array in vars(sums).items()})
    estimates = estimate(sums)
    now = {name: array[0] for name, array in estimates.items()}
    return MeasuredList(
        method, tuple(labels), groups, len(evidence.dongs), observed, estimates, _backing(observed, now)
    )


def estimate(sums: ListSums) -> dict[str, Floats]:
    """Precision by the four estimators, recall, and lift over a draw by chance; NaN where undefined.

    - naive: mean label over the judged rows on the list.
    - weighted: mean label of each stratum (Hájek 1971), put together by the places it holds.
    - inverse_propensity: totals weighted by 1 / (inclusion x response) over all places (Horvitz and Thompson 1952,
      with the response of a stratum as in Särndal, Swensson and Wretman 1992, chapter 15).
    - doubly_robust: the stated probabilities of everybody on the list, plus what the judged ones show them to be off by
      (Robins, Rotnitzky and Zhao 1994).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        total, response = sums.places.sum(-1), sums.answered / sums.listed
        weighted = _over_held(sums, sums.places * sums.hits / sums.weight) / total
        corrections = _over_held(sums, (sums.hits - sums.stated) / response)
        found = weighted * total
        need = found + _missed(sums)
        recall = np.where(need > 0, found / need, np.nan)
        return {
            "naive": sums.place_hits / sums.place,
            "weighted": weighted,
            "inverse_propensity": _over_held(sums, sums.hits / response) / total,
            "doubly_robust": (sums.expected + corrections) / total,
            "recall": recall,
            "lift": recall * sums.sizes.sum(-1) / total,
        }


def _over_held(sums: ListSums, by_stratum: Floats) -> Floats:
    """The sum over the strata that hold places; undefined where one of them has nobody judged on the list."""
    known = np.where(sums.weight > 0, by_stratum, np.nan)
    return np.asarray(np.where(sums.places > _NO_PLACE, known, 0.0).sum(-1))


def _missed(sums: ListSums) -> Floats:
    """Estimated need among the candidates that have no place: the judged ones stand for their whole stratum."""
    return np.asarray(np.where(sums.sizes > 0, sums.sizes * _missed_rate(sums), 0.0).sum(-1))


def _missed_rate(sums: ListSums) -> Floats:
    """Share of each stratum that is in need and has no place."""
    return np.asarray((sums.need - sums.hits) / sums.all_weight)


def _backing(sums: ListSums, now: Mapping[str, Floats]) -> dict[str, Backing]:
    """``sums`` and ``now`` (the estimates) are of the data as they are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total, response = sums.places.sum(-1), sums.answered / sums.listed
        share = np.where(sums.places > _NO_PLACE, sums.places / total[..., None], 0.0)
        mean, rows = sums.hits / sums.weight, effective_n(sums.weight, sums.weight_squares)
        weighted_rows = 1 / np.where(share > 0, share**2 / rows, 0.0).sum(-1)
        propensity_rows = effective_n(_known(sums.weight / response), _known(sums.weight_squares / response**2))
        naive_rows = effective_n(sums.place, sums.place_squares)
        lift = np.nan_to_num(sums.sizes.sum(-1) / total, posinf=0.0)
    below, above = least_margins(share, mean, rows)
    recall_below, recall_above = _recall_reach(sums, now, total, below, above)
    need_rows = effective_n(sums.need.sum(-1), sums.need_squares)
    naive_reach = least_margins(np.ones((1,)), now["naive"][..., None], naive_rows[..., None])
    behind = {
        "naive": (sums.rows, naive_rows, *naive_reach),
        "weighted": (sums.rows, weighted_rows, below, above),
        "inverse_propensity": (sums.rows, propensity_rows, below, above),
        "doubly_robust": (sums.rows, propensity_rows, below, above),
        "recall": (sums.positives, need_rows, recall_below, recall_above),
        "lift": (sums.rows, weighted_rows, recall_below * lift, recall_above * lift),
    }
    return {name: Backing(*np.broadcast_arrays(*parts)) for name, parts in behind.items()}


def _known(by_stratum: Floats) -> Floats:
    """The sum over strata; one in which nobody was listed has no response, and no row either."""
    return np.asarray(np.nan_to_num(by_stratum).sum(-1))


def _recall_reach(
    sums: ListSums, now: Mapping[str, Floats], total: Floats, below: Floats, above: Floats
) -> tuple[Floats, Floats]:
    """How far recall moves with the least margins of the precision, and with those of the need that was missed.

    Both are put together by their squared distances, as in `least_margins`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found, missed = now["weighted"] * total, _missed(sums)
        rows = effective_n(sums.all_weight, sums.all_squares)
        missed_below, missed_above = least_margins(np.maximum(sums.sizes, 0), _missed_rate(sums), rows)

        def recall(found: Floats, missed: Floats) -> Floats:
            return np.asarray(found / (found + missed))

        lower = recall(found - below * total, missed), recall(found, missed + missed_above)
        upper = recall(found + above * total, missed), recall(found, missed - missed_below)
        value = now["recall"]
        return (
            np.nan_to_num(np.hypot(value - lower[0], value - lower[1])),
            np.nan_to_num(np.hypot(upper[0] - value, upper[1] - value)),
        )


def _with_ties(figure: Figure, sums: ListSums, at: tuple[int, int]) -> Figure:
    """The figure with all ties at the cut broken in favour of need (best) and against it (worst).

    Of K households tied for T places a share r is in need: at best min(T, K r) of the places go to them, at worst
    max(0, T - K (1 - r)), drawn by chance T r.
    """
    group = at[0]
    places, tied = float(sums.tied_places[group, 0]), float(sums.tied_candidates[group, 0])
    if places <= _NO_PLACE:
        return figure
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = float(sums.tied_need[at] / sums.tied[group, 0])
    drawn, total = places * rate, float(sums.places[group, 0].sum())
    best = figure.value + (np.minimum(places, tied * rate) - drawn) / total
    worst = figure.value + (np.maximum(0.0, places - tied * (1 - rate)) - drawn) / total
    return replace(figure, best=float(min(best, 1.0)), worst=float(max(worst, 0.0)))


def paired_difference(evidence: Evidence, one: MeasuredList, other: MeasuredList, label: str) -> Figure:
    """Weighted precision of ``one`` minus that of ``other``, on the same resamples of dongs.

    Rows on both lists with the same part of them cancel; ``n`` are those that do not, and only they widen the interval.
    """
    index = one.labels.index(label)
    values = one.estimates["weighted"][:, 0, index] - other.estimates["weighted"][:, 0, index]
    gap = _row_shares(evidence, one) - _row_shares(evidence, other)
    gap[np.abs(gap) < _NO_PLACE * np.abs(gap).max(initial=0)] = 0
    truth = evidence.truth(label)
    sides = np.column_stack([np.maximum(gap, 0), np.maximum(-gap, 0)])
    share = sides.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = truth @ sides / share
    reach = least_margins(share * [1, -1], mean, effective_n(share, (sides**2).sum(axis=0)))
    return resampled_figure(
        values,
        dongs=one.dongs,
        n=float(np.count_nonzero(gap)),
        effective=kish_effective_n(np.abs(gap)),
        margins=(float(reach[0]), float(reach[1])),
    )


def _row_shares(evidence: Evidence, measured: MeasuredList) -> Floats:
    """How much each judged row counts in the weighted precision; they add up to 1 where it is defined."""
    sums = measured.observed
    places, weight = sums.places[0, 0], sums.weight[0, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        per_weight = np.where(weight > 0, places / places.sum() / weight, 0.0)
    return np.asarray(evidence.weight * evidence.place(measured.method) * per_weight[evidence.stratum])


def precision_by_dong(evidence: Evidence, method: str, label: str) -> pl.DataFrame:
    """Each dong's places and its precision by every estimator, null where undefined; the response is that of all dongs.

    Columns: ``dong_code``, ``places``, ``chosen_places``, ``n`` (judged rows on the list), and `ESTIMATES`.
    """
    _, sums = list_sums(evidence, method, [label])
    everywhere = {
        name: np.broadcast_to(getattr(sums, name).sum(axis=0), getattr(sums, name).shape)
        for name in ("listed", "answered")
    }
    estimates = estimate(replace(sums, **everywhere))
    columns = {name: estimates[name][:, 0, 0] for name in ESTIMATES}
    counts = {"places": sums.places[:, 0, 0].sum(-1), "chosen_places": sums.places[:, 0, 0, 0]}
    frame = pl.DataFrame({"dong_code": evidence.dongs, **counts, "n": sums.rows[:, 0, 0].astype(np.int64), **columns})
    return frame.with_columns(pl.col(ESTIMATES).fill_nan(None))


def precision_by_round(evidence: Evidence, method: str, label: str) -> dict[int, float]:
    """Weighted precision at capacity of each round by itself, oldest first."""
    rounds, of_dongs = list_sums(evidence, method, [label], by="round")
    estimates = estimate(ListSums(**{name: array.sum(axis=0) for name, array in vars(of_dongs).items()}))
    return dict(sorted(zip(map(int, rounds), estimates["weighted"][:, 0].tolist(), strict=True)))
