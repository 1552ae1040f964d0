"""What changed in the data between two models, as rows of a table: the input in words, how grave, and what."""

from collections.abc import Iterator

from audit.comparison import Comparison
from audit.drift import Finding, Kind
from features.catalogue import STANDARD
from serving import wording_ko as ko
from serving.compare_numbers import percent, plain, signed_percent
from sources.reference import indicator


def drift_rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """Alarms, then notices."""
    for finding in comparison.drift.findings if comparison.drift else ():
        if finding.level in ko.DRIFT_LEVELS:
            yield _input_name(finding), ko.DRIFT_LEVELS[finding.level], _change(finding)


def _input_name(finding: Finding) -> str:
    match finding.kind:
        case Kind.REPORTS:
            return indicator(finding.name).name_ko
        case Kind.SCORE:
            return ko.DRIFT_SCORE
        case Kind.CATEGORY:
            return _column_name(finding.name)
    return STANDARD.by_name[finding.name].label_ko


def _column_name(name: str) -> str:
    table = ko.TABLES[name.partition(".")[0]]
    return ko.COLUMN_OF_TABLE.format(table=table, column=ko.COLUMNS.get(name, name))


def _change(finding: Finding) -> str:
    measured = finding.measured
    return ko.DRIFT_SENTENCES[finding.kind].format(
        since=finding.since or "",
        change=signed_percent(measured),
        index=plain(measured),
        points=f"{percent(measured)}p",
        share=percent(measured),
        words=", ".join(f"‘{word}’" for word in finding.words),
    )
