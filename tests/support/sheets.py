"""Small documents for the tests of files; everything that does not matter has a value here."""

from datetime import datetime
from typing import Any

from domain.calendar import SEOUL
from serving.files.sheet import Box, Cell, Column, Fact, Kind, Sheet, VisitSheet

PRINTED_AT = datetime(2026, 11, 22, 8, 5, tzinfo=SEOUL)
STAMPED: dict[str, Any] = {
    "title": "이번 주 방문 대상",
    "subtitle_lines": ("행복1동 · 기준일 2026. 11. 16.(월)",),
    "printed_by": "박주무관",
    "printed_at": PRINTED_AT,
    "document_no": "20261122-0007",
    "purpose": "주간 방문 준비",
    "is_masked": True,
}
COLUMNS = (
    Column("순위", Kind.NUMBER, 14),
    Column("관리번호", Kind.CODE, 30),
    Column("가구", Kind.TEXT, 30),
    Column("연락처", Kind.PHONE, 34),
    Column("확인일", Kind.DATE, 28),
    Column("까닭", Kind.LONG_TEXT, 135),
)


def sheet(*rows: tuple[Cell, ...], **other: Any) -> Sheet:
    return Sheet(**STAMPED | {"columns": COLUMNS, "rows": rows} | other)


def one_column(kind: Kind, *cells: Cell, **other: Any) -> Sheet:
    return sheet(*((cell,) for cell in cells), columns=(Column("내용", kind, 271),), **other)


def visit(**other: Any) -> VisitSheet:
    shown = {
        "title": "방문 기록지",
        "facts": (Fact("성명", "김하늘"), Fact("거처", "공공임대")),
        "reasons": ("건강보험료를 5개월째 내지 못했습니다.",),
        "boxes": (Box("만난 결과", 12, ("만남", "부재")), Box("바라시는 것", 30)),
    }
    return VisitSheet(**STAMPED | shown | other)
