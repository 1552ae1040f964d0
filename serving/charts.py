"""Pictures as SVG text that stands in the page itself: no script, no outside file, readable without colour.

Every series has a marker shape and a dash pattern of its own beside its colour (after Okabe and Ito, told apart with
any colour vision), every picture a title and a description for those who hear the page.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from markupsafe import Markup

WIDTH = 720.0
_HEAD, _AXIS = 24.0, 44.0  # a line of the legend, and the room below a plot
_LABELS = 190.0  # room for the names of rows
_GAP = 26.0
_PLOT_HEIGHT = 250.0
_OVER_LINES = {"stroke": "#ffffff", "stroke_width": "4", "paint_order": "stroke"}
_APART = 8.0  # points of one row, one above the other
_INK, _FAINT = "#222222", "#b8b8b8"


@dataclass(frozen=True)
class Style:
    """How one series looks: colour, dash pattern ("" = solid), marker, and whether the marker is filled."""

    colour: str
    dash: str
    marker: str  # "circle", "square", "triangle", "diamond", "cross" or "bar"
    is_filled: bool


STYLES = (
    Style("#0072b2", "", "circle", True),
    Style("#d55e00", "7 4", "square", False),
    Style("#009e73", "2 3", "triangle", True),
    Style("#8a4b75", "10 3 2 3", "diamond", False),
    Style("#6b5b00", "4 2 1 2", "cross", True),
    Style("#444444", "1 4", "bar", True),
)


@dataclass(frozen=True)
class Point:
    """A value with its interval; ``low`` and ``high`` are None where there is none to draw."""

    value: float
    low: float | None
    high: float | None
    style: Style


@dataclass(frozen=True)
class Row:
    """A named row: its points in each panel, or a note where it has none."""

    name: str
    panels: tuple[tuple[Point, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A named series over an axis; it breaks off where a value is not known."""

    name: str
    style: Style
    points: tuple[tuple[float, float | None], ...]


@dataclass(frozen=True)
class Axis:
    """What an axis measures, from where to where, and where it is marked with what."""

    name: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float, start: float, end: float) -> float:
        """Where a value lies between two places on paper."""
        return start + (end - start) * (value - self.low) / (self.high - self.low)


def number_axis(name: str, values: Iterable[float], *, steps: int = 6) -> Axis:
    """An axis from zero, in at most so many round steps or one more, that holds all of ``values``.

    >>> [label for _, label in number_axis("", [0.07, 0.33]).ticks]
    ['0', '0.1', '0.2', '0.3', '0.4']
    """
    known = [0.0, *values]
    low, high = min(known), max(known)
    high = high if high > low else 0.1
    step = _round_step(high - low, steps)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = tuple((index * step, f"{index * step:.6g}") for index in range(first, last + 1))
    return Axis(name, first * step, last * step, ticks)


def _round_step(span: float, steps: int) -> float:
    power: float = 10.0 ** math.floor(math.log10(span))
    return next(size * power for size in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if span / (size * power) <= steps)


def interval_plot(
    slug: str,
    title: str,
    description: str,
    *,
    rows: Sequence[Row],
    axes: Sequence[Axis],
    legend: Sequence[tuple[str, Style]] = (),
    guides: Sequence[float | None] = (),
) -> Markup:
    """Rows of points with their intervals, in one panel an axis; ``guides`` are dashed verticals, one a panel."""
    top = 6.0 + _legend_height(legend)
    # A row without points still has its name and why it has none.
    row_height = 12.0 + _APART * max((1, *(len(points) for row in rows for points in row.panels)))
    bottom = top + row_height * len(rows)
    svg = _picture(slug, title, description, bottom + _AXIS)
    _legend(svg, legend)
    width = (WIDTH - _LABELS - _GAP * len(axes)) / len(axes)
    starts = [_LABELS + index * (width + _GAP) for index in range(len(axes))]
    for index, (axis, start) in enumerate(zip(axes, starts, strict=True)):
        _horizontal(svg, axis, start, start + width, top, bottom)
        guide = guides[index] if guides else None
        if guide is not None:
            x = axis.at(guide, start, start + width)
            _line(svg, x, top, x, bottom, stroke=_INK, stroke_dasharray="4 3")
    for number, row in enumerate(rows):
        middle = top + row_height * (number + 0.5)
        if number:
            _line(
                svg,
                0.0,
                middle - row_height / 2,
                WIDTH - _GAP,
                middle - row_height / 2,
                stroke=_FAINT,
                stroke_width="0.5",
            )
        _text(svg, _LABELS - 10, middle + 4, row.name, text_anchor="end")
        if row.note:
            _text(svg, _LABELS + 6, middle + 4, row.note, font_style="italic", **_OVER_LINES)
        for axis, start, points in zip(axes, starts, row.panels, strict=False):
            _points(svg, points, axis, start, start + width, middle)
    return _markup(svg)


def line_plot(
    slug: str,
    title: str,
    description: str,
    *,
    lines: Sequence[Line],
    x_axis: Axis,
    y_axis: Axis,
    diagonal: bool = False,
) -> Markup:
    """Series with a marker at each point; ``diagonal`` draws where both axes are equal."""
    legend = [(line.name, line.style) for line in lines]
    left, right, top = 62.0, WIDTH - 24.0, 6.0 + _legend_height(legend)
    bottom = top + _PLOT_HEIGHT
    svg = _picture(slug, title, description, bottom + _AXIS)
    _legend(svg, legend)
    _horizontal(svg, x_axis, left, right, top, bottom)
    for value, label in y_axis.ticks:
        y = y_axis.at(value, bottom, top)
        _line(svg, left, y, right, y, stroke=_FAINT)
        _text(svg, left - 8, y + 4, label, text_anchor="end")
    turned = f"rotate(-90 16 {(top + bottom) / 2:.1f})"
    _text(svg, 16, (top + bottom) / 2, y_axis.name, text_anchor="middle", transform=turned)
    if diagonal:
        ends = max(x_axis.low, y_axis.low), min(x_axis.high, y_axis.high)
        (x1, y1), (x2, y2) = ((x_axis.at(end, left, right), y_axis.at(end, bottom, top)) for end in ends)
        _line(svg, x1, y1, x2, y2, stroke=_INK, stroke_dasharray="4 3")
    for line in lines:
        for known, points in groupby(line.points, key=lambda point: point[1] is not None):
            if known:
                _curve(
                    svg, [(x_axis.at(x, left, right), y_axis.at(y or 0.0, bottom, top)) for x, y in points], line.style
                )
    return _markup(svg)


def _curve(svg: ET.Element, places: Sequence[tuple[float, float]], style: Style) -> None:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    _add(svg, "polyline", points=path, fill="none", stroke=style.colour, stroke_width="2", **_dashes(style))
    for x, y in places:
        _marker(svg, x, y, style)


def _picture(slug: str, title: str, description: str, height: float) -> ET.Element:
    names = f"{slug}-title {slug}-desc"
    svg = ET.Element("svg", {"viewBox": f"0 0 {WIDTH:.0f} {height:.0f}", "role": "img", "aria-labelledby": names})
    for tag, text in (("title", title), ("desc", description)):
        ET.SubElement(svg, tag, {"id": f"{slug}-{tag}"}).text = text
    return svg


def _markup(svg: ET.Element) -> Markup:
    # ElementTree has escaped every text and attribute, so the page must not do it a second time.
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704


def _add(parent: ET.Element, tag: str, **attributes: object) -> ET.Element:
    texts = {
        name.replace("_", "-"): f"{value:.1f}" if isinstance(value, float) else str(value)
        for name, value in attributes.items()
    }
    return ET.SubElement(parent, tag, texts)


def _text(parent: ET.Element, x: float, y: float, text: str, **attributes: object) -> None:
    _add(parent, "text", x=float(x), y=float(y), fill=_INK, **attributes).text = text


def _line(parent: ET.Element, x1: float, y1: float, x2: float, y2: float, **attributes: object) -> None:
    _add(parent, "line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def _dashes(style: Style) -> dict[str, str]:
    return {"stroke_dasharray": style.dash} if style.dash else {}


def _horizontal(svg: ET.Element, axis: Axis, left: float, right: float, top: float, bottom: float) -> None:
    for value, label in axis.ticks:
        x = axis.at(value, left, right)
        _line(svg, x, top, x, bottom, stroke=_FAINT)
        _text(svg, x, bottom + 16, label, text_anchor="middle")
    _line(svg, left, bottom, right, bottom, stroke=_INK)
    _text(svg, (left + right) / 2, bottom + 36, axis.name, text_anchor="middle")


def _points(svg: ET.Element, points: Sequence[Point], axis: Axis, left: float, right: float, middle: float) -> None:
    for index, point in enumerate(points):
        # Two intervals of one row lie one above the other, so that neither hides the other.
        y = middle + (index - (len(points) - 1) / 2) * _APART
        if point.low is not None and point.high is not None:
            ends = (axis.at(end, left, right) for end in (point.low, point.high))
            x1, x2 = ends
            _line(svg, x1, y, x2, y, stroke=point.style.colour, stroke_width="2", **_dashes(point.style))
            for x in (x1, x2):
                _line(svg, x, y - 3, x, y + 3, stroke=point.style.colour, stroke_width="2")
        _marker(svg, axis.at(point.value, left, right), y, point.style)


def _legend_height(entries: Sequence[tuple[str, Style]]) -> float:
    return _HEAD * math.ceil(len(entries) / 3)


def _legend(svg: ET.Element, entries: Sequence[tuple[str, Style]]) -> None:
    """Up to three entries a line, each with a piece of its line and its marker."""
    width = (WIDTH - 70) / 3
    for index, (name, style) in enumerate(entries):
        x, y = 62 + width * (index % 3), 12 + _HEAD * (index // 3)
        _line(svg, x, y, x + 36, y, stroke=style.colour, stroke_width="2", **_dashes(style))
        _marker(svg, x + 18, y, style)
        _text(svg, x + 44, y + 4, name)


def _marker(svg: ET.Element, x: float, y: float, style: Style) -> None:
    inside = style.colour if style.is_filled else "#ffffff"
    drawn = {"fill": inside, "stroke": style.colour, "stroke_width": "1.8"}
    match style.marker:
        case "circle":
            _add(svg, "circle", cx=x, cy=y, r="4.2", **drawn)
        case "square":
            _add(svg, "rect", x=x - 4, y=y - 4, width="8", height="8", **drawn)
        case "triangle":
            _add(svg, "path", d=f"M{x:.1f} {y - 5:.1f} l5 9 h-10 z", **drawn)
        case "diamond":
            _add(svg, "path", d=f"M{x:.1f} {y - 5.5:.1f} l5.5 5.5 l-5.5 5.5 l-5.5 -5.5 z", **drawn)
        case "cross":
            _add(svg, "path", d=f"M{x - 4:.1f} {y - 4:.1f} l8 8 m0 -8 l-8 8", **drawn)
        case _:
            _add(svg, "path", d=f"M{x:.1f} {y - 5.5:.1f} v11", **(drawn | {"stroke_width": "3"}))
