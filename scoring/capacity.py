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
from scoring.figures import NAN, Figure, effective_n, kish_effective_n, least_margins, resampled_figure
from scoring.list_sums import ListSums, counts_of, group_of, list_sums, resampled
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
    """What stands behind an estimate, each (groups, labels): rows, effective rows, least reach below and above.

    A reach of zero leaves the interval to the resamples (`resampled_figure`).
    """

    n: Floats
    effective_n: Floats
    below: Floats
    above: Floats


@dataclass(frozen=True)
class MeasuredList:
    """A method's list on the data as they are and on each resample: estimates are (1 + draws, groups, labels).

    ``cuts`` are the lists of a dong and round with ties at the cut: group, tied (candidates) and tied_places.
    """

    method: str
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    dongs: int
    observed: ListSums
    cuts: pl.DataFrame
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
        cuts = self.cuts.filter(group=group)
        if name not in ESTIMATES[1:] or cuts.is_empty():
            return figure
        return _with_ties(figure, cuts, self._tied_rate(at), self._places(at), within=_WITHIN[name])

    def _places(self, at: tuple[int, int]) -> float:
        return float(self.observed.places[at[0], 0].sum())

    def _tied_rate(self, at: tuple[int, int]) -> float:
        """Share in need among those tied at a cut, all lists together: of one list hardly anybody is judged."""
        need, tied = float(self.observed.tied_need[at]), float(self.observed.tied[at[0], 0])
        return need / tied if tied else NAN


def measure_list(evidence: Evidence, method: str, labels: Sequence[str], *, by: str = "all") -> MeasuredList:
    """The list of ``method``, apart for each group of ``by``: an attribute, "round", or "all" (one group, "")."""
    groups, of_dongs = list_sums(evidence, method, labels, by=by)
    sums = resampled(of_dongs, evidence.times)
    observed = ListSums(**{name: array[0] for name, array in vars(sums).items()})
    estimates = estimate(sums)
    now = {name: array[0] for name, array in estimates.items()}
    return MeasuredList(
        method,
        tuple(labels),
        groups,
        len(evidence.dongs),
        observed,
        _cuts(evidence, method, by),
        estimates,
        _backing(observed, now),
    )


def _cuts(evidence: Evidence, method: str, by: str) -> pl.DataFrame:
    """The lists with ties at the cut; of a group of households none, since counts do not say whom of it a tie seats."""
    lists = counts_of(evidence, method, by).filter(pl.col("tied_places") > _NO_PLACE)
    return lists.select("tied", "tied_places", group=group_of(lists, by, "group"))


def estimate(sums: ListSums) -> dict[str, Floats]:
    """Precision by the four estimators, recall, and lift over a draw by chance; NaN where undefined.

    - naive: mean label over the judged rows on the list.
    - weighted: mean label of each stratum (Hájek 1971), put together by the places it holds.
    - inverse_propensity: totals weighted by 1 / (inclusion x response) over all places (Horvitz and Thompson 1952,
      with the response of a stratum as in Särndal, Swensson and Wretman 1992, chapter 15).
    - doubly_robust: the stated probabilities of everybody on the list, plus what the judged ones show them to be off by
      (Robins, Rotnitzky and Zhao 1994).

    The last two are no means of proportions, so that Wilson's interval says nothing of them: theirs is that of the
    resamples alone. It is too narrow where few rows were drawn, which is why the weighted figure is the headline.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        total, response = sums.places.sum(-1), sums.answered / sums.listed
        found = _over_held(sums, sums.places * sums.hits / sums.weight)
        corrections = _over_held(sums, (sums.hits - sums.stated) / response)
        need = found + _missed(sums)
        recall = np.where(need > 0, found / need, np.nan)
        return {
            "naive": sums.place_hits / sums.place,
            "weighted": found / total,
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
    by_resamples = np.zeros_like(below)
    behind = {
        "naive": (sums.rows, naive_rows, *naive_reach),
        "weighted": (sums.rows, weighted_rows, below, above),
        "inverse_propensity": (sums.rows, propensity_rows, by_resamples, by_resamples),
        "doubly_robust": (sums.rows, propensity_rows, by_resamples, by_resamples),
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


def _with_ties(figure: Figure, cuts: pl.DataFrame, rate: float, total: float, *, within: tuple[float, float]) -> Figure:
    """The figure with all ties at the cut broken in favour of need (best) and against it (worst).

    Of K households of a dong and round tied for T places a share ``rate`` r is in need: at best min(T, K r) of the
    places go to them, at worst max(0, T - K (1 - r)), drawn by chance T r. A place of one dong is no other dong's, so
    the bounds add up list by list; ``total`` are all places.
    """
    places, tied = (cuts[name].to_numpy().astype(np.float64) for name in ("tied_places", "tied"))
    best = figure.value + (np.minimum(places, tied * rate) - places * rate).sum() / total
    worst = figure.value + (np.maximum(0.0, places - tied * (1 - rate)) - places * rate).sum() / total
    best, worst = np.clip((best, worst), *within)
    return replace(figure, best=float(best), worst=float(worst))


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
    """A row a dong, in the order of ``evidence.dongs``: precision naive and weighted, null where undefined, and n.

    ``n`` are the judged rows on its list.
    """
    _, sums = list_sums(evidence, method, [label])
    estimates = estimate(sums)
    columns = {name: estimates[name][:, 0, 0] for name in ("naive", "weighted")}
    frame = pl.DataFrame({"n": sums.rows[:, 0, 0].astype(np.int64), **columns})
    return frame.with_columns(pl.col(columns).fill_nan(None))


def precision_by_round(evidence: Evidence, method: str, label: str) -> dict[int, Figure]:
    """Weighted precision at capacity of each round by itself, oldest first."""
    measured = measure_list(evidence, method, [label], by="round")
    return {int(day): measured.figure("weighted", label, group=day) for day in sorted(measured.groups, key=int)}
