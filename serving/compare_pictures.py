"""The pictures of the page that compares two models; each repeats numbers of a table beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from audit.comparison import Comparison
from serving import wording_ko as ko
from serving.charts import STYLES, Axis, Line, Point, Row, Style, interval_plot, line_plot, number_axis
from serving.compare_numbers import untold, with_interval
from serving.compare_tables import group_counts, group_name, group_pairs, is_untold

Report = Mapping[str, Any]
_GROUP_FIGURES = ("recall", "precision")
_NEED = STYLES[5]
_SHARE_AXIS = tuple((step / 10, f"{step * 10}%") for step in range(0, 11, 2))


@dataclass(frozen=True)
class Picture:
    """A drawing, its title, and what stands below it; no drawing where nothing is told that could be drawn."""

    title: str
    svg: Markup | None
    caption: str


def pictures(comparison: Comparison) -> dict[str, Picture]:
    """The pictures by name, but for those of the groups."""
    report = comparison.report
    return {
        "forest": _forest(report),
        "folds": _folds(report),
        "reliability": _reliability(report),
        "gains": _gains(comparison),
    }


def group_pictures(comparison: Comparison) -> list[Picture]:
    """What each group of an attribute finds and gets, one picture an attribute."""
    attributes = dict.fromkeys(a["attribute"] for a, _ in group_pairs(comparison.report))
    return [_of_attribute(comparison.report, attribute) for attribute in attributes]


def _style(report: Report, method: str) -> Style:
    return STYLES[report["methods"].index(method) % len(STYLES)]


def _point(figure: Mapping[str, Any], style: Style) -> Iterator[Point]:
    if figure["value"] is not None:
        yield Point(figure["value"], figure["low"], figure["high"], style)


def _reach(rows: list[Row], panel: int) -> list[float]:
    """Every number a panel has to hold."""
    points = [point for row in rows if len(row.panels) > panel for point in row.panels[panel]]
    return [number for p in points for number in (p.value, p.low, p.high) if number is not None]


def _forest(report: Report) -> Picture:
    weighted = {m: report["figures"][m]["capacity"][report["label"]]["weighted"] for m in report["methods"]}
    rows = [
        Row(
            ko.METHODS[method],
            (tuple(_point(figure, _style(report, method))),),
            untold(figure) if figure["value"] is None else "",
        )
        for method, figure in weighted.items()
    ]
    values = ", ".join(f"{ko.METHODS[method]} {with_interval(figure)}" for method, figure in weighted.items())
    title, caption = ko.COMPARE_PICTURES["forest"], ko.COMPARE_DESCRIPTIONS["forest"]
    axis = number_axis(ko.AXES["precision"], _reach(rows, 0))
    guide = weighted[report["contenders"][0]]["value"]
    svg = interval_plot("forest", title, f"{caption} {values}", rows=rows, axes=[axis], guides=[guide])
    return Picture(title, svg, caption)


def _folds(report: Report) -> Picture:
    labels = list(dict.fromkeys(fold["round"] for fold in report["folds"]))
    lines = []
    for method in report["methods"]:
        capacities = {fold["round"]: fold["capacity"] for fold in report["folds"] if fold["method"] == method}
        known = [(index, capacities.get(label)) for index, label in enumerate(labels)]
        points = tuple((float(index), value) for index, value in known)
        lines.append(Line(ko.METHODS[method], _style(report, method), points))
    x_axis = Axis(ko.AXES["round"], -0.3, len(labels) - 0.7, tuple((float(i), label) for i, label in enumerate(labels)))
    y_axis = number_axis(
        ko.AXES["precision"], [value for line in lines for _, value in line.points if value is not None]
    )
    return _lines("folds", lines, x_axis, y_axis)


def _lines(name: str, lines: list[Line], x_axis: Axis, y_axis: Axis, *, diagonal: bool = False) -> Picture:
    title, description = ko.COMPARE_PICTURES[name], ko.COMPARE_DESCRIPTIONS[name]
    if not any(value is not None for line in lines for _, value in line.points):
        return Picture(title, None, ko.NOT_DRAWN)
    svg = line_plot(name, title, description, lines=lines, x_axis=x_axis, y_axis=y_axis, diagonal=diagonal)
    return Picture(title, svg, description)


def _reliability(report: Report) -> Picture:
    lines = [
        Line(
            ko.METHODS[method],
            _style(report, method),
            # Where nothing is told the curve breaks off, whatever place on the axis the gap is given.
            tuple((part["stated"] or 0.0, part["observed"]) for part in report["figures"][method]["reliability"]),
        )
        for method in report["contenders"]
    ]
    reach = [number for line in lines for point in line.points for number in point if number is not None]
    x_axis, y_axis = (number_axis(ko.AXES[name], reach) for name in ("stated", "observed"))
    return _lines("reliability", lines, x_axis, y_axis, diagonal=True)


def _gains(comparison: Comparison) -> Picture:
    report = comparison.report
    lines = (
        []
        if is_untold(comparison)
        else [
            Line(
                ko.METHODS[method],
                _style(report, method),
                tuple(zip(gains.looked_at, gains.found, strict=True)),
            )
            for method, gains in comparison.gains.items()
        ]
    )
    x_axis, y_axis = (Axis(ko.AXES[name], 0.0, 1.0, _SHARE_AXIS) for name in ("looked_at", "found"))
    return _lines("gains", lines, x_axis, y_axis, diagonal=True)


def _of_attribute(report: Report, attribute: str) -> Picture:
    styles = {method: _style(report, method) for method in report["contenders"]}
    rows, counts = [], group_counts(report)
    for a, b in group_pairs(report):
        if a["attribute"] == attribute:
            panels = tuple(_group_panels(a, b, tuple(styles.values())))
            why_empty = _why_empty(a, counts[attribute, a["group"]], panels)
            rows.append(Row(group_name(attribute, a["group"]), panels, why_empty))
    axes = [
        number_axis(ko.AXES[name], _reach(rows, panel), steps=4)
        for panel, name in enumerate((*_GROUP_FIGURES, "share"))
    ]
    title = ko.COMPARE_PICTURES["group"].format(attribute=ko.ATTRIBUTES[attribute])
    legend = [*((ko.METHODS[method], style) for method, style in styles.items()), (ko.NEED_SHARE, _NEED)]
    slug, description = f"group-{attribute.replace('_', '-')}", ko.COMPARE_DESCRIPTIONS["group"]
    return Picture(title, interval_plot(slug, title, description, rows=rows, axes=axes, legend=legend), description)


def _why_empty(group: Mapping[str, Any], count: str, panels: Sequence[tuple[Point, ...]]) -> str:
    if not group["is_judged"]:
        return ko.NOT_JUDGED.format(n=count)
    return "" if any(panels[: len(_GROUP_FIGURES)]) else untold(group[_GROUP_FIGURES[0]])


def _group_panels(a: Mapping[str, Any], b: Mapping[str, Any], styles: Sequence[Style]) -> Iterator[tuple[Point, ...]]:
    """Recall, precision, and the share of places beside the share of need."""
    pair = tuple(zip((a, b), styles, strict=True))
    for figure in _GROUP_FIGURES:
        yield tuple(point for row, style in pair if a["is_judged"] for point in _point(row[figure], style))
    shares = [(row["share_of_places"], style) for row, style in pair] + [(a["share_of_need"], _NEED)]
    yield tuple(Point(value, None, None, style) for value, style in shares if value is not None)
