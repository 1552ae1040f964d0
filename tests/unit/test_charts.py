"""Pictures: well-formed, named, escaped, drawn to scale, and told apart without colour."""

import itertools
from collections.abc import Iterable
from xml.etree import ElementTree as ET

import pytest

from serving.charts import STYLES, Axis, Line, Point, Row, interval_plot, line_plot, number_axis

SHARE = Axis("비율", 0.0, 1.0, ((0.0, "0"), (1.0, "1")))
SOLID, DASHED = STYLES[0], STYLES[1]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def found(svg: str, tag: str) -> list[ET.Element]:
    return list(parsed(svg).iter(tag))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in found(svg, "text")]


def intervals(*rows: Row, **more: object) -> str:
    return interval_plot("plot", "제목", "설명", rows=rows, axes=[SHARE], **more)  # type: ignore[arg-type]


def curve(*lines: Line) -> str:
    return line_plot("curve", "제목", "설명", lines=lines, x_axis=SHARE, y_axis=SHARE)


@pytest.mark.parametrize("svg", [intervals(), curve()], ids=["intervals", "lines"])
def test_a_picture_carries_its_title_and_description_for_those_who_hear_the_page(svg: str) -> None:
    root = parsed(svg)
    named = {element.get("id"): element.text for element in root}
    assert root.get("role") == "img"
    assert [named[name] for name in (root.get("aria-labelledby") or "").split()] == ["제목", "설명"]


def test_what_is_written_into_a_picture_is_text_and_never_markup() -> None:
    svg = intervals(Row("<script>alert(1)</script>", ()))
    assert "<script" not in svg
    assert "<script>alert(1)</script>" in texts(svg)


def test_a_value_lies_where_its_axis_says_and_its_interval_around_it() -> None:
    svg = intervals(Row("A", ((Point(0.5, 0.25, 0.75, SOLID),),)))
    (circle,) = found(svg, "circle")
    middle = float(circle.get("cx", ""))
    (bar,) = [
        line for line in found(svg, "line") if line.get("stroke") == SOLID.colour and line.get("y1") == line.get("y2")
    ]
    low, high = (float(bar.get(end, "")) for end in ("x1", "x2"))
    (axis,) = [line for line in found(svg, "line") if line.get("stroke") == "#222222"]
    left, right = (float(axis.get(end, "")) for end in ("x1", "x2"))
    width = right - left
    assert [middle - left, low - left, high - left] == pytest.approx([width / 2, width / 4, 3 * width / 4], abs=0.2)


def test_a_point_without_interval_has_a_marker_only() -> None:
    svg = intervals(Row("A", ((Point(0.5, None, None, SOLID),),)))
    assert len(found(svg, "circle")) == 1
    assert [line for line in found(svg, "line") if line.get("stroke") == SOLID.colour] == []


def test_a_row_without_points_says_why() -> None:
    assert "판단하지 않음(9건)" in texts(intervals(Row("조손 가구", (), "판단하지 않음(9건)")))


def test_names_of_rows_without_points_do_not_lie_on_each_other() -> None:
    svg = intervals(*(Row(name, ((),), "판단하지 않음") for name in "가나다"))
    heights = [float(text.get("y", "")) for text in found(svg, "text") if text.text in ("가", "나", "다")]
    assert [below - above >= 20 for above, below in itertools.pairwise(heights)] == [True, True]


def test_two_intervals_of_one_row_do_not_lie_on_each_other() -> None:
    svg = intervals(Row("A", ((Point(0.5, None, None, SOLID), Point(0.5, None, None, DASHED)),)))
    (circle,), (square,) = found(svg, "circle"), found(svg, "rect")
    assert abs(float(circle.get("cy", "")) - float(square.get("y", "")) - 4) > 5


def test_a_line_begins_bottom_left_and_ends_top_right_when_it_rises() -> None:
    (line,) = found(curve(Line("A", SOLID, ((0.0, 0.0), (1.0, 1.0)))), "polyline")
    (x1, y1), (x2, y2) = (map(float, place.split(",")) for place in (line.get("points") or "").split())
    assert x1 < x2
    assert y1 > y2  # paper counts from above


def test_a_line_breaks_off_where_a_value_is_not_known() -> None:
    svg = curve(Line("A", SOLID, ((0.0, 0.1), (0.4, None), (0.8, 0.3), (1.0, 0.3))))
    assert [len((line.get("points") or "").split()) for line in found(svg, "polyline")] == [1, 2]


def test_every_series_differs_from_every_other_in_marker_and_in_dashes() -> None:
    assert len({style.marker for style in STYLES}) == len({style.dash for style in STYLES}) == len(STYLES)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.07, 0.33], ["0", "0.1", "0.2", "0.3", "0.4"]),
        ([-0.02, 0.04], ["-0.02", "-0.01", "0", "0.01", "0.02", "0.03", "0.04"]),
        ([], ["0", "0.02", "0.04", "0.06", "0.08", "0.1"]),
        ([0.0], ["0", "0.02", "0.04", "0.06", "0.08", "0.1"]),
        ([0.031], ["0", "0.01", "0.02", "0.03", "0.04"]),
    ],
)
def test_an_axis_has_round_steps_and_holds_zero_and_every_value(values: list[float], labels: list[str]) -> None:
    axis = number_axis("", values)
    shown = [label for _, label in axis.ticks]
    assert axis.low <= min([0.0, *values])
    assert axis.high >= max([0.0, *values])
    assert shown == labels
    assert steps_are_even(number for number, _ in axis.ticks)


def steps_are_even(ticks: Iterable[float]) -> bool:
    numbers = list(ticks)
    steps = {round(after - before, 9) for before, after in itertools.pairwise(numbers)}
    return len(steps) == 1
