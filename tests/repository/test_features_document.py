"""docs/features.md says what the catalogue and the code say."""

import re

from features.catalogue import STANDARD
from features.reports import AREAS
from features.windows import CURRENT_MONTHS, HISTORY_MONTHS
from sources.tables import TABLES
from tests.support.feature_table import DOCUMENT, feature_table, table_in

TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_table_is_that_of_the_catalogue() -> None:
    is_current = table_in(TEXT) == feature_table()
    assert is_current, "docs/features.md is out of date: run `python -m tests.support.feature_table`"


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    list_only = len(STANDARD.stored) - len(STANDARD.learned)
    assert f"{len(STANDARD.learned)} learned features and {list_only} for the list only" in TEXT
    assert f"{CURRENT_MONTHS} months" in TEXT
    assert f"{HISTORY_MONTHS} months" in TEXT
    assert f"{len(AREAS)} areas" in TEXT


def test_the_rule_of_what_was_known_names_columns_that_exist() -> None:
    section = TEXT.split("## What was known", 1)[1].split("\n## ", 1)[0]
    rules = re.findall(r"^\| ([a-z]+) \| (.+) \|$", section, re.MULTILINE)
    named = {table: set(re.findall(r"`([a-z_]+)`", rule)) for table, rule in rules if table in TABLES}
    assert set(named) == {"indicators", "members", "benefits", "outcomes", "households"}
    for table, columns in named.items():
        assert columns
        assert columns <= set(TABLES[table].column_names)


def test_files_the_text_points_to_exist() -> None:
    root = DOCUMENT.parents[1]
    paths = re.findall(r"`((?:features|tests|docs|domain)/[\w/.*-]+\.(?:py|md))`", TEXT)
    assert paths
    assert [path for path in paths if not list(root.glob(path))] == []
