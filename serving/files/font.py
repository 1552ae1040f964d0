"""The font that is shipped, and which characters it can draw."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

# NanumBarunGothic 1.000, Naver, OFL-1.1: all 11,172 syllables and 4,620 hanja in one file.
FOLDER = Path(__file__).parent / "fonts"
FAMILY = "NanumBarunGothic"
_STAND_IN = "〓"


def drawable(text: str) -> str:
    """The text with a ``〓`` for each character that the font lacks; a PDF/UA may not hold one it cannot draw."""
    known = _characters()
    return "".join(c if c in known or c == "\n" else _STAND_IN for c in text)


@cache
def _characters() -> frozenset[str]:
    with TTFont(FOLDER / "NanumBarunGothic.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))
