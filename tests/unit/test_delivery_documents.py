"""What docs/deliveries.md and the reason table say is what the code does."""

import re
from pathlib import Path

import pytest

from sources.quality import Reason, reason_texts
from sources.tables import TABLES

DOCUMENT = (Path(__file__).parents[2] / "docs" / "deliveries.md").read_text(encoding="utf-8")


def test_every_reason_has_its_words_in_the_order_of_the_code() -> None:
    assert list(reason_texts()) == list(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_the_document_lists_every_reason_in_its_words(reason: Reason) -> None:
    text = reason_texts()[reason]
    assert f"| {reason.value} | {text.message_ko} | {text.hint_ko} |" in DOCUMENT


def test_the_document_lists_no_reason_that_is_gone() -> None:
    rows = re.findall(r"^\| ([a-z_]+) \| .*(?:니다|십시오)\. \|", DOCUMENT, re.MULTILINE)
    assert set(rows) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_reasons_are_polite_whole_sentences(reason: Reason) -> None:
    text = reason_texts()[reason]
    assert text.message_ko.endswith("니다.")
    assert text.hint_ko.endswith(("십시오.", "니다."))


@pytest.mark.parametrize("table", TABLES)
def test_the_document_lists_every_column_and_word(table: str) -> None:
    section = DOCUMENT.split(f"### {table}", 1)[1].split("\n#", 1)[0]
    assert re.findall(r"^\| ([a-z_]+) \|", section, re.MULTILINE)[1:] == list(TABLES[table].column_names)
    for column in TABLES[table].columns:
        line = next(line for line in section.splitlines() if line.startswith(f"| {column.name} |"))
        assert re.findall(r"`([a-z_]+)`", line.split("|")[2]) == list(
            column.choices or re.findall("`(true|false)`", line)
        )
        assert line.split("|")[3].strip() == ("yes" if column.nullable else "no")
        assert line.split("|")[4].strip() == ("yes" if column.may_be_future else "no")
    assert f"Key: {', '.join(TABLES[table].key)}." in section
