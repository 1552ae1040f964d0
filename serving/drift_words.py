"""A finding of drift in words: which input, and what changed."""

from audit.drift import Finding, Kind
from features.catalogues import CATALOGUES
from serving import wording_ko as ko
from serving.compare_numbers import percent, plain, signed_percent
from sources.reference import indicator


def input_name(finding: Finding) -> str:
    """The input as people call it."""
    match finding.kind:
        case Kind.REPORTS:
            return indicator(finding.name).name_ko
        case Kind.SCORE:
            return ko.DRIFT_SCORE
        case Kind.CATEGORY:
            return _column_name(finding.name)
    return next(known.by_name[finding.name].label_ko for known in CATALOGUES.values() if finding.name in known.by_name)


def _column_name(name: str) -> str:
    """A column, given as table.column."""
    table, _, column = name.partition(".")
    return ko.COLUMN_OF_TABLE.format(table=ko.TABLES[table], column=ko.COLUMNS.get(name, column))


def change_in_words(finding: Finding) -> str:
    """What changed, in a sentence; for a finding that is grave enough to be told."""
    measured = finding.measured
    return ko.DRIFT_SENTENCES[finding.kind].format(
        since=finding.since or "",
        change=signed_percent(measured),
        index=plain(measured),
        points=f"{percent(measured)}p",
        share=percent(measured),
        words=", ".join(f"‘{word}’" for word in finding.words),
    )
