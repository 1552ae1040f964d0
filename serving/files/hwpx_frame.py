"""What every HWPX document shares: page, fonts, shapes of text and borders, made and checked by python-hwpx once.

The library builds, normalises and checks a document of sixty rows in a quarter of a second, most of it for what is the
same in all of them. So it makes an empty one for each kind of page; the text of a document is put into that as XML
(`serving.files.hwpx_file`), and the tests let the library read and check whole documents.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from hwpx import HwpxDocument
from hwpx.model import Paragraph

from serving import wording_files_ko as ko

MARGIN_MM = 13.0
BODY_PT, SMALL_PT, STRONG_PT, TITLE_PT = 9.5, 8.5, 11.0, 17.0
_SECTION, _PROPERTIES = "Contents/section0.xml", "Contents/content.hpf"
_TITLE, _STAMP, _FIRST = "@title@", "@stamp@", "@first@"  # where a document's own text goes
_TIME = "2000-01-01T00:00:00Z"
_STORED = "mimetype"  # KS X 6101, 5.2: first and as it is


@dataclass(frozen=True)
class Shapes:
    """Ids of the shapes of characters, of paragraphs and of borders that a document uses."""

    strong: str
    body: str
    bold: str
    small: str
    line: str  # a line of text
    spaced: str  # the same with room above
    left: str
    centre: str
    right: str
    border: str
    shade: str


@dataclass(frozen=True)
class Frame:
    """An empty document: its parts, its section cut where the text goes, and the shapes that the text may name."""

    parts: tuple[tuple[ZipInfo, bytes], ...]
    head: str
    shapes: Shapes

    def filled(self, *, title: str, stamp: str, at: str, body: Iterable[str]) -> bytes:
        """The document's bytes; ``body`` is its paragraphs as XML, ``at`` the time in UTC that its properties name."""
        own = {_TITLE: escape(title), _STAMP: escape(stamp), _TIME: at}
        held = io.BytesIO()
        with ZipFile(held, "w") as document:
            for part, content in self.parts:
                if part.filename == _SECTION:
                    content = "".join((_replaced(self.head, own), *body, "</hs:sec>")).encode()
                elif part.filename == _PROPERTIES:
                    content = _replaced(content.decode(), own).encode()
                method = ZIP_STORED if part.filename == _STORED else ZIP_DEFLATED
                document.writestr(ZipInfo(part.filename, part.date_time), content, method)
        return held.getvalue()


def _replaced(text: str, own: dict[str, str]) -> str:
    """Every mark gives way at once, so that a title that looks like a mark stays what it is."""
    for mark in own:
        text = text.replace(mark, f"\0{mark}\0")
    return "".join(own.get(piece, piece) for piece in text.split("\0"))


@cache
def frame(*, is_landscape: bool) -> Frame:
    """The empty document of one kind of page; making it takes some 0.1 s, once in a process."""
    made = HwpxDocument.new()
    made.page.setup(
        paper_size="A4",
        orientation="landscape" if is_landscape else "portrait",
        margin_left_mm=MARGIN_MM, margin_right_mm=MARGIN_MM, margin_top_mm=8, margin_bottom_mm=7,
        header_margin_mm=5, footer_margin_mm=8,
    )  # fmt: skip
    for font in (ko.BODY_FONT, ko.TITLE_FONT):
        made.styles.ensure_font(font)
    made.paragraphs[0].text = _TITLE
    for run in made.paragraphs[0].runs:
        run.char_pr_id_ref = made.styles.ensure_run(font=ko.TITLE_FONT, size=TITLE_PT, bold=True)
    made.styles.apply_paragraph_format(paragraphs=made.paragraphs[:1], alignment="CENTER", spacing_after_pt=4)
    number = {"page_number": "page/total", "position": "NONE"}
    taken = {"text": _STAMP, "font": ko.BODY_FONT, "size": SMALL_PT, "color": "#555555"}
    made.page.set_footer(content=[{"align": "LEFT", "children": [taken]}, {"align": "RIGHT", "children": [number]}])
    # Title and time, and no person: properties travel further than the page's footer.
    made.parts.clear_document_metadata(timestamp=_TIME)
    made.parts.set_document_metadata(title=_TITLE, created_date=_TIME, modified_date=_TIME)
    shapes = _shapes(made)
    with ZipFile(io.BytesIO(made.to_bytes())) as packed:
        parts = tuple((part, packed.read(part)) for part in packed.infolist())
    (section,) = (content.decode() for part, content in parts if part.filename == _SECTION)
    return Frame(parts, section[: section.rindex("<hp:p ", 0, section.index(_FIRST))], shapes)


def _shapes(made: HwpxDocument) -> Shapes:
    """Puts a paragraph of each shape at the end, to learn the shape's id; what stands there is cut away again."""
    run, border = made.styles.ensure_run, made.styles.ensure_border_fill
    first, *others = (made.add_paragraph(_FIRST, inherit_style=False) for _ in range(4))
    made.styles.apply_paragraph_format(paragraphs=[first], alignment="LEFT", line_spacing_percent=140)
    made.styles.apply_paragraph_format(
        paragraphs=others[:1], alignment="LEFT", line_spacing_percent=140, spacing_before_pt=8
    )
    for paragraph, alignment in zip(others[1:], ("CENTER", "RIGHT"), strict=True):
        made.styles.apply_paragraph_format(paragraphs=[paragraph], alignment=alignment)
    plain = made.add_paragraph(_FIRST, inherit_style=False)
    return Shapes(
        strong=run(font=ko.BODY_FONT, size=STRONG_PT, bold=True),
        body=run(font=ko.BODY_FONT, size=BODY_PT),
        bold=run(font=ko.BODY_FONT, size=BODY_PT, bold=True),
        small=run(font=ko.BODY_FONT, size=SMALL_PT, color="#444444"),
        line=_shape(first),
        spaced=_shape(others[0]),
        left=_shape(plain),
        centre=_shape(others[1]),
        right=_shape(others[2]),
        border=border(border_color="#7F7F7F", border_width="0.12 mm"),
        shade=border(border_color="#7F7F7F", border_width="0.12 mm", fill_color="#E7ECF3"),
    )


def _shape(paragraph: Paragraph) -> str:
    named = paragraph.para_pr_id_ref
    assert named is not None, "a paragraph has a shape"
    return str(named)
