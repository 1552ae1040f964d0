"""HWPX documents, read back and validated by the library."""

import io
import re
import zipfile

from hwpx import HwpxDocument
from hwpx.tools.package_validator import validate_editor_open_safety

from serving.files.naming import FileKind
from serving.files.sheet import Kind
from serving.files.writing import write
from tests.support.sheets import one_column, sheet, visit

ROW = (1, "0012345678", "김○○", "010-1234-5678", None, "뷁쀼 金 <b>&amp; #code\n둘째 줄")


def section(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read("Contents/section0.xml").decode()


def is_sound(content: bytes) -> bool:
    return HwpxDocument.open(content).validate().ok and validate_editor_open_safety(content).ok


def test_a_list_is_a_sound_document_with_every_text() -> None:
    content = write(sheet(ROW, ROW), FileKind.HWPX)
    assert is_sound(content)
    table = HwpxDocument.open(content).tables.all[0]
    assert [cell.text for cell in table.rows[0].cells] == ["순위", "관리번호", "가구", "연락처", "확인일", "까닭"]
    assert [cell.text for cell in table.rows[2].cells] == ["1", *ROW[1:4], "", ROW[5]]


def test_a_list_lies_on_a4_and_its_heading_repeats() -> None:
    content = write(sheet(ROW), FileKind.HWPX)
    size = HwpxDocument.open(content).page.size()
    assert (size.drawn_width, size.drawn_height) == (84189, 59528)  # 297 by 210 mm in 1/7200 inch
    text = section(content)
    assert 'repeatHeader="1"' in text
    assert 'pageBreak="TABLE"' in text  # between rows only
    assert text.count('header="1"') == 6


def test_widths_and_heights_are_given_for_every_cell() -> None:
    table = HwpxDocument.open(write(sheet(ROW), FileKind.HWPX)).tables.all[0]
    for row in table.rows:
        assert sum(cell.width for cell in row.cells) in range(76815, 76825)  # 271 mm
        assert len({cell.height for cell in row.cells}) == 1
    head, body = (row.cells[0].height for row in table.rows)
    assert body > head > 1900  # two lines are higher than one


def test_a_row_too_tall_for_a_page_may_break() -> None:
    content = write(one_column(Kind.LONG_TEXT, "가나다라 " * 3000), FileKind.HWPX)
    assert 'pageBreak="CELL"' in section(content)
    assert is_sound(content)


def test_every_page_is_stamped_and_numbered() -> None:
    footer = re.search("<hp:footer .*?</hp:footer>", section(write(sheet(ROW), FileKind.HWPX)), re.DOTALL)
    assert footer is not None
    assert "출력자 박주무관 · 일시 2026. 11. 22. 08:05 · 문서번호 20261122-0007" in footer.group()
    assert re.search('numType="PAGE".*/.*numType="TOTAL_PAGE"', footer.group(), re.DOTALL)


def test_the_fonts_are_those_of_korean_offices_and_the_properties_name_nobody() -> None:
    with zipfile.ZipFile(io.BytesIO(write(sheet(ROW), FileKind.HWPX))) as parts:
        header, properties = (parts.read(f"Contents/{name}").decode() for name in ("header.xml", "content.hpf"))
    assert 'face="맑은 고딕"' in header
    assert 'face="함초롬바탕"' in header
    assert "<opf:title>이번 주 방문 대상</opf:title>" in properties
    assert "박주무관" not in properties
    assert "2026-11-21T23:05:00Z" in properties


def test_a_title_that_looks_like_one_of_our_marks_stays_what_it_is() -> None:
    content = write(sheet(ROW, title="@stamp@ & <@title@>", printed_by="@title@"), FileKind.HWPX)
    assert is_sound(content)
    text = section(content)
    assert "<hp:t>@stamp@ &amp; &lt;@title@&gt;</hp:t>" in text
    assert "출력자 @title@ ·" in text


def test_no_two_things_in_a_document_have_one_id() -> None:
    ids = re.findall(r'<hp:(?:p|tbl) [^>]*?\bid="(\d+)"', section(write(sheet(ROW, ROW), FileKind.HWPX)))
    doubled = [one for one in set(ids) if ids.count(one) > 1]
    assert len(ids) > 20
    assert len(doubled) <= 2, "the library writes the footer's two paragraphs twice"


def test_an_empty_list_says_so() -> None:
    content = write(sheet(), FileKind.HWPX)
    assert is_sound(content)
    assert "해당하는 내용이 없습니다." in HwpxDocument.open(content).text.plain()


def test_a_visit_has_what_is_known_and_room_to_write() -> None:
    content = write(visit(unknown=("금융연체는 아직 모릅니다.",)), FileKind.HWPX)
    assert is_sound(content)
    document = HwpxDocument.open(content)
    size = document.page.size()
    assert size.drawn_width < size.drawn_height
    facts, boxes = document.tables.all
    assert [[cell.text for cell in row.cells] for row in facts.rows] == [["성명", "김하늘"], ["거처", "공공임대"]]
    assert boxes.rows[0].cells[1].text.split() == ["□", "만남", "□", "부재"]
    assert boxes.rows[1].cells[1].height in range(8500, 8510)  # 30 mm
    text = document.text.plain()
    assert "건강보험료를 5개월째" in text
    assert "□ 알아 둘 점" in text
    assert "□ 덜 급하다고 본 점" not in text


def test_a_visit_of_which_nothing_is_known_is_sound() -> None:
    assert is_sound(write(visit(facts=(), reasons=(), boxes=()), FileKind.HWPX))
