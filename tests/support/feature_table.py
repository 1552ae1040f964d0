"""The table of features in docs/features.md: `python -m tests.support.feature_table` writes it anew."""

from pathlib import Path

from features.catalogue import STANDARD
from features.declaration import Direction, Feature

DOCUMENT = Path(__file__).parents[2] / "docs" / "features.md"
BEGIN, END = "<!-- features: begin -->\n", "<!-- features: end -->\n"
_DIRECTIONS = {Direction.RAISES: "raises", Direction.LOWERS: "lowers", Direction.FREE: "free"}


def feature_table() -> str:
    """Every stored feature as a row of a Markdown table, in the order of the matrix."""
    head = "| feature | 이름 | unit | family | direction | used for |\n|---|---|---|---|---|---|\n"
    return head + "".join(map(_row, STANDARD.stored))


def _row(feature: Feature) -> str:
    direction, use = (_DIRECTIONS[feature.direction], "model") if feature.is_learned else ("", "list only")
    cells = (f"`{feature.name}`", feature.label_ko, feature.unit.value, feature.family.value, direction, use)
    return f"| {' | '.join(cells)} |\n".replace("|  |", "| |")


def table_in(document: str) -> str:
    """What stands between the two marks."""
    return document.split(BEGIN, 1)[1].split(END, 1)[0]


def write_table() -> None:
    """Replaces the table in the document, and leaves the rest as it is."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(text.replace(table_in(text), feature_table()), encoding="utf-8")


if __name__ == "__main__":
    write_table()
