"""Guides name pages, buttons and fields that are there, in their words, and show pictures that are there and small."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
GUIDES = sorted((PROJECT / "docs").glob("guide-*.md"))
PICTURES = sorted((PROJECT / "docs" / "pictures").glob("*.png"))
MOST_BYTES = 200_000


@pytest.fixture(scope="module")
def on_screen() -> str:
    """Everything that pages can say."""
    paths = [*(PROJECT / "serving").glob("wording_*.py"), *(PROJECT / "serving" / "templates").rglob("*.j2")]
    return "\n".join(path.read_text(encoding="utf-8") for path in [*paths, PROJECT / "scoring" / "wording_ko.py"])


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_what_a_guide_prints_bold_stands_on_a_page(guide: Path, on_screen: str) -> None:
    named = set(re.findall(r"\*\*([^*]+)\*\*", guide.read_text(encoding="utf-8")))
    assert named
    assert [word for word in sorted(named) if word not in on_screen] == []


@pytest.mark.parametrize("role", ["dong", "hub", "analyst", "auditor"])
def test_every_role_has_a_guide_with_pictures(role: str) -> None:
    text = (PROJECT / "docs" / f"guide-{role}.md").read_text(encoding="utf-8")
    assert re.search(r"!\[[^\]]+\]\(pictures/\w+\.png\)", text)


def test_every_picture_is_small_and_shown_somewhere() -> None:
    shown = "\n".join(path.read_text(encoding="utf-8") for path in [*GUIDES, PROJECT / "README.md"])
    assert [path.name for path in PICTURES if path.stat().st_size > MOST_BYTES] == []
    assert [path.name for path in PICTURES if f"pictures/{path.name}" not in shown] == []
    assert len(PICTURES) > 8
