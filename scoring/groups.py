"""The same figures for each group of households, side by side: who is found, who is not, and how sure that is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from scoring.capacity import MeasuredList, measure_list
from scoring.evidence import Evidence
from scoring.figures import NAN, Figure, json_number, resampled_figure
from scoring.list_sums import codes_of, group_of
from scoring.metrics import calibration_bin
from scoring.pooled import gap_by_bin, mirrored
from scoring.resampling import Floats, Places, resample_sums, sums_by_cell

GroupPoints = Mapping[tuple[str, str], Mapping[str, Any]]  # by attribute and group
ATTRIBUTES = ("household_type", "age_band", "head_sex", "region_kind", "indicator_kinds", "reachability")


@dataclass(frozen=True)
class GroupFigures:
    """One group: its figures, and its share of places, of candidates and of the estimated need.

    ``n`` are its judged rows. Where they are fewer than the policy's minimum the group is named and not judged: its
    figures are undefined.
    """

    attribute: str
    group: str
    n: int
    positives: int
    is_judged: bool
    precision: Figure
    recall: Figure
    calibration_error: Figure
    share_of_places: float
    share_of_candidates: float
    share_of_need: float

    def to_json(self) -> dict[str, Any]:
        """As JSON data; undefined is null."""
        return {
            name: value.to_json()
            if isinstance(value, Figure)
            else json_number(value)
            if name.startswith("share_")
            else value
            for name, value in vars(self).items()
        }


def group_figures(evidence: Evidence, method: str, label: str, *, min_group: int) -> list[GroupFigures]:
    """Figures of ``method`` for every group of every attribute, in the order of `ATTRIBUTES`, groups by name."""
    lists = {attribute: measure_list(evidence, method, [label], by=attribute) for attribute in ATTRIBUTES}
    points = group_points(evidence, lists)
    return [
        figures
        for attribute, measured in lists.items()
        for figures in _of_attribute(evidence, measured, attribute, points, min_group=min_group)
    ]


def _of_attribute(
    evidence: Evidence, measured: MeasuredList, attribute: str, points: GroupPoints, *, min_group: int
) -> list[GroupFigures]:
    label = measured.labels[0]
    errors = _resampled_errors(evidence, measured, attribute)
    shares = {name: _shares(evidence, measured, attribute, name) for name in ("places", "candidates")}
    all_need = sum(point["need"] for (name, _), point in points.items() if name == attribute)

    def figures_of(index: int, group: str) -> GroupFigures:
        point = points.get((attribute, group), _NOBODY)
        n, is_judged = int(point["n"]), point["n"] >= max(min_group, 1)
        precision, recall, error = Figure(n=n), Figure(n=n), Figure(n=n)
        if is_judged:
            precision, recall = (
                _at_point(measured.figure(name, label, group=group), point[name]) for name in ("weighted", "recall")
            )
            error = _error_figure(evidence, point, errors[:, index])
        return GroupFigures(
            attribute,
            group,
            n,
            int(point["positives"]),
            is_judged,
            precision,
            recall,
            error,
            share_of_places=shares["places"][index],
            share_of_candidates=shares["candidates"][index],
            share_of_need=point["need"] / all_need if is_judged and all_need > 0 else NAN,
        )

    return [figures_of(index, group) for index, group in enumerate(measured.groups)]


def group_points(evidence: Evidence, lists: Mapping[str, MeasuredList]) -> GroupPoints:
    """By attribute and group with judged rows: what fairlearn's `MetricFrame` finds for each of `_METRICS`, and counts.

    ``lists`` are one method's, by attribute. Fairlearn goes through rows one by one, a second for some thirty thousand;
    so rows of a group that agree in label, stratum and bin of the stated probability are handed over as one, with their
    weights summed: at most forty a group. Attributes go together, since each frame takes a twentieth of a second.
    """
    from fairlearn.metrics import MetricFrame  # more than a second to import: only those who judge groups pay for it

    alike = (_alike_rows(evidence, measured, attribute) for attribute, measured in lists.items())
    rows = pl.concat(alike).with_columns(key=pl.struct(_KEY).rank("dense"))
    if rows.is_empty():
        return {}
    columns = {name: rows[name].to_numpy() for name in rows.columns}
    frame = MetricFrame(
        metrics={name: metric for name, (metric, _) in _METRICS.items()},
        y_true=columns["truth"],
        y_pred=columns["bin"],
        sensitive_features=columns["key"],
        sample_params={name: {key: columns[key] for key in keys} for name, (_, keys) in _METRICS.items()},
    )
    figures = frame.by_group.to_dict("index")
    return {
        (counts["attribute"], counts["group"]): counts | figures[counts["key"]]
        for counts in _counts(rows).iter_rows(named=True)
    }


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    """Judged rows and positives of each group, its estimated need, and how many rows tell as much as its own."""
    return rows.group_by("key", *_KEY, maintain_order=True).agg(
        pl.col("n").sum(),
        positives=(pl.col("truth") * pl.col("n")).sum(),
        need=(pl.col("truth") * pl.col("standing")).sum(),
        effective_n=pl.col("weight").sum() ** 2 / pl.col("squares").sum(),
    )


_KEY = ("attribute", "group")
_SUMMED = ("n", "found", "missed", "standing", "weight", "squares", "stated")


def _alike_rows(evidence: Evidence, measured: MeasuredList, attribute: str) -> pl.DataFrame:
    """Judged rows by group, label, stratum and bin of the stated probability, with what they stand for.

    ``found``: places of the list; ``missed`` and ``standing``: candidates without a place, and all of them.
    """
    stated, place = evidence.probability(measured.method), evidence.place(measured.method)
    weight, stratum = evidence.weight, evidence.stratum
    group = group_of(evidence.judged, attribute, attribute)
    sums = measured.observed
    per_place = _where_known(sums.places, sums.weight)[codes_of(group, measured.groups), 0, stratum]
    per_row = _where_known(sums.sizes, sums.all_weight)[0, 0, stratum]
    rows = pl.DataFrame(
        {
            "group": group,
            "truth": evidence.truth(measured.labels[0]),
            "stratum": stratum,
            "bin": np.zeros(len(place), np.intp) if stated is None else calibration_bin(stated),
            "n": np.ones(len(place)),
            "found": weight * place * per_place,
            "missed": weight * (1 - place) * per_row,
            "standing": weight * per_row,
            "weight": weight,
            "squares": weight**2,
            "stated": weight * (NAN if stated is None else stated),
        }
    )
    alike = rows.group_by("group", "truth", "stratum", "bin", maintain_order=True).agg(pl.col(_SUMMED).sum())
    return alike.select(pl.lit(attribute).alias("attribute"), pl.all())


def _where_known(counted: Floats, weight: Floats) -> Floats:
    """What one unit of judged weight stands for; none where nobody was judged, who then has no row either."""
    return np.divide(counted, weight, out=np.zeros_like(counted), where=weight > 0)


def _precision(truth: Floats, _: Places, *, found: Floats) -> float:
    return _ratio(truth @ found, found.sum())


def _recall(truth: Floats, _: Places, *, found: Floats, missed: Floats) -> float:
    return _ratio(truth @ found, truth @ (found + missed))


def _calibration_error(truth: Floats, in_bin: Places, *, weight: Floats, stated: Floats) -> float:
    return _ratio(np.abs(np.bincount(in_bin, stated - weight * truth)).sum(), weight.sum())


def _ratio(above: Any, below: Any) -> float:
    return float(above / below) if below else NAN


# Each with the columns of `_alike_rows` it takes; fairlearn calls them with the label, the bin, and these.
_METRICS: Mapping[str, tuple[Callable[..., float], tuple[str, ...]]] = {
    "weighted": (_precision, ("found",)),
    "recall": (_recall, ("found", "missed")),
    "calibration_error": (_calibration_error, ("weight", "stated")),
}
_NOBODY = {"n": 0.0, "positives": 0.0, "need": 0.0}


def _at_point(figure: Figure, value: float) -> Figure:
    """The figure with fairlearn's value; what is undefined for want of a stratum stays so."""
    return replace(figure, value=value) if np.isfinite(figure.value) else figure


def _resampled_errors(evidence: Evidence, measured: MeasuredList, attribute: str) -> Floats:
    """Calibration error of each resample (1 + draws, groups); NaN for a method that states no probability."""
    stated, groups = evidence.probability(measured.method), len(measured.groups)
    if stated is None:
        return np.full((len(evidence.times), groups), np.nan)
    group = codes_of(group_of(evidence.judged, attribute, attribute), measured.groups)
    gaps = gap_by_bin(evidence.truth(measured.labels[0]), stated, evidence.weight)
    columns = np.column_stack([evidence.weight, gaps])
    sums = sums_by_cell(columns, evidence.dong, group, dongs=len(evidence.dongs), groups=groups)
    draws = resample_sums(evidence.times, {"sums": sums})["sums"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(draws[..., 1:]).sum(axis=-1) / draws[..., 0])


def _error_figure(evidence: Evidence, point: Mapping[str, float], draws: Floats) -> Figure:
    value = point["calibration_error"]
    values = np.concatenate([[value], mirrored(value, draws[1:])])
    return resampled_figure(values, dongs=len(evidence.dongs), n=point["n"], effective=point["effective_n"])


def _shares(evidence: Evidence, measured: MeasuredList, attribute: str, column: str) -> Floats:
    """Each group's share of all places or candidates, whether anybody of it was judged or not."""
    counts = evidence.lists[measured.method, attribute]
    group = codes_of(group_of(counts, attribute, "group"), measured.groups)
    totals = np.bincount(group, counts[column].to_numpy(), minlength=len(measured.groups))
    return totals / totals.sum() if totals.sum() else np.full_like(totals, np.nan)
