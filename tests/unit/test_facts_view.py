"""Reports as a page shows them: what a later report of the same month put right is told as such."""

from datetime import date

from serving.showing.facts_view import facts_view

HOME = {"tenure": None, "dwelling": None, "moved_in_on": None, "is_address_mismatch": False, "has_phone": True}


def report(number: int, month: str, known_on: str, months_overdue: int | None) -> dict:
    return {
        "indicator_no": number,
        "observed_month": month,
        "known_on": known_on,
        "months_overdue": months_overdue,
        "amount_krw": None,
    }


def shown(*reports: dict):
    facts = {"household": HOME, "members": [], "reports": list(reports), "benefits": [], "listings": []}
    return facts_view(facts, date(2026, 11, 16))


def test_the_later_report_of_a_month_is_marked_and_drawn() -> None:
    view = shown(
        report(10, "2026-07-01", "2026-08-20", 3),
        report(10, "2026-06-01", "2026-09-02", 4),
        report(10, "2026-06-01", "2026-07-20", 2),
        report(4, "2026-06-01", "2026-07-18", 1),
    )
    assert [row[:3] for row in view.reports] == [
        ("수도요금 체납", "2026년 7월", "3개월 밀림"),
        ("수도요금 체납", "2026년 6월 (정정)", "4개월 밀림"),
        ("수도요금 체납", "2026년 6월 (정정 전)", "2개월 밀림"),
        ("전기료 체납", "2026년 6월", "1개월 밀림"),
    ]
    electricity, water = view.timeline.lanes
    assert [mark.text for mark in sorted(water.marks, key=lambda mark: mark.place)] == ["4", "3"]
    assert [mark.text for mark in electricity.marks] == ["1"]


def test_what_happens_twice_in_a_month_is_no_correction() -> None:
    view = shown(report(13, "2026-06-01", "2026-07-20", None), report(13, "2026-06-01", "2026-07-04", None))
    assert [row[:2] for row in view.reports] == [("단수", "2026년 6월")] * 2


def test_the_name_of_an_indicator_is_never_cut() -> None:
    short, long = shown(report(13, "2026-06-01", "2026-07-20", None)), shown(report(5, "2026-06-01", "2026-07-20", 3))
    assert [lane.name for lane in long.timeline.lanes] == ["공공임대주택 임대료 체납"]
    assert long.timeline.label_width > short.timeline.label_width
