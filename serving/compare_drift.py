"""What changed in the data between two models, as rows of a table: the input in words, how grave, and what."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from serving import wording_ko as ko
from serving.drift_words import change_in_words, input_name

if TYPE_CHECKING:  # see serving.compare_tables
    from audit.comparison import Comparison


def drift_rows(comparison: "Comparison") -> Iterator[tuple[str, ...]]:
    """Alarms, then notices."""
    for finding in comparison.drift.findings if comparison.drift else ():
        if finding.level in ko.DRIFT_LEVELS:
            yield input_name(finding), ko.DRIFT_LEVELS[finding.level], change_in_words(finding)
