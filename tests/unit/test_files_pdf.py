"""PDF files, read back: tagged, in Korean, and nothing of a note is run."""

import io
from datetime import UTC, datetime

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from serving.files.font import FOLDER, drawable
from serving.files.naming import FileKind
from serving.files.sheet import Document, Kind
from serving.files.writing import write
from tests.support.sheets import one_column, sheet, visit

ROW = (1, "0012345678", "김○○", "010-1234-5678", None, "뷁쀼 金")


def read(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(write(document, FileKind.PDF)))


def text_of(document: Document) -> str:
    return "\n".join(page.extract_text() for page in read(document).pages)


def test_the_file_is_tagged_for_screen_readers_and_says_its_language() -> None:
    root = read(sheet(ROW)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "ko-KR"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().replace(b"\n", b"")
    tags = str(write(sheet(ROW), FileKind.PDF))
    assert {tag for tag in ("/Table", "/TH", "/TD", "/H1") if tag not in tags} == set()


def test_the_properties_have_a_title_and_a_time_and_no_person() -> None:
    about = read(sheet(ROW)).metadata
    assert about is not None
    assert about.title == "이번 주 방문 대상"
    assert about.author is None
    assert about.creation_date == datetime(2026, 11, 21, 23, 5, tzinfo=UTC)


def test_rare_syllables_and_hanja_are_drawn() -> None:
    text = text_of(sheet(ROW))
    for part in ("뷁쀼 金", "0012345678", "김○○", "출력 목적: 주간 방문 준비", "이름과 연락처는 일부를 가렸습니다."):
        assert part in text


def test_a_list_lies_on_a4_and_each_page_repeats_heading_stamp_and_number() -> None:
    rows = tuple((n, "0012345678", "김○○", "010", None, "두 줄\n입니다") for n in range(1, 61))
    pages = read(sheet(*rows)).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
        text = page.extract_text()
        assert f"{number} / {len(pages)}" in text
        assert "출력자 박주무관 · 일시 2026. 11. 22. 08:05 · 문서번호 20261122-0007" in text
        assert "관리번호" in text


def test_rows_are_not_split_over_pages() -> None:
    rows = tuple((n, "0", "가", "0", None, f"처음{n}\n{'가' * 100}\n{'나' * 100}\n마지막{n}") for n in range(1, 31))
    for page in read(sheet(*rows)).pages:
        text = page.extract_text()
        assert text.count("처음") == text.count("마지막")


def test_a_row_taller_than_a_page_goes_on_and_loses_nothing() -> None:
    text = text_of(one_column(Kind.LONG_TEXT, "앞", "낱말 " * 3000, "뒤"))
    assert (text.count("낱"), text.count("말")) == (3000, 3000)
    for letters in range(500, 2500, 100):  # around the length from which a row may break
        assert text_of(sheet((1, "0", "가", "0", None, "W" * letters))).count("W") == letters


@pytest.mark.parametrize(
    "note",
    ["#eval(1)", "*굵게* _기울게_", "$x^2$", "= 제목", "<label> @ref", '#import "@preview/x:1.0.0"', '\\u{41} " \\'],
)
def test_markup_in_a_note_stays_text(note: str) -> None:
    assert note in text_of(sheet((1, "0", "가", "0", None, note), title=note))


def test_a_character_that_the_font_lacks_is_marked_and_explained() -> None:
    text = text_of(sheet((1, "0", "가😀나", "0", None, "𠀀 −")))
    assert "가〓나" in text
    assert "글꼴에 없는 글자는 〓로 나타냈습니다." in text
    assert "글꼴에 없는" not in text_of(sheet(ROW))


def test_the_font_draws_every_syllable_and_the_signs_that_files_use() -> None:
    syllables = "".join(map(chr, range(0xAC00, 0xD7A4)))
    assert drawable(syllables) == syllables
    assert drawable("□○※·〓…—「」『』→▲▼㎡㉮") == "□○※·〓…—「」『』→▲▼㎡㉮"
    with TTFont(FOLDER / "NanumBarunGothic.ttf") as font:
        assert font["name"].getDebugName(1) == "NanumBarunGothic"
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")


def test_an_empty_list_says_so() -> None:
    assert "해당하는 내용이 없습니다." in text_of(sheet())


def test_a_visit_fits_one_upright_page_with_room_to_write() -> None:
    pages = read(visit(against=("긴급복지를 받고 있습니다.",), notes=("주의",))).pages
    assert len(pages) == 1
    assert pages[0].mediabox.width < pages[0].mediabox.height
    text = pages[0].extract_text()
    for part in ("김하늘", "건강보험료를 5개월째", "덜 급하다고 본 점", "□ 부재", "바라시는 것", "1 / 1", "※ 주의"):
        assert part in text
    assert "알아 둘 점" not in text


def test_a_visit_of_which_nothing_is_known_is_written() -> None:
    assert "따로 적힌 까닭이 없습니다." in text_of(visit(facts=(), reasons=(), boxes=()))


def test_the_same_document_is_the_same_bytes() -> None:
    assert write(sheet(ROW), FileKind.PDF) == write(sheet(ROW), FileKind.PDF)
