"""The document on the synthetic population names what the code reproduces."""

import csv
from pathlib import Path

from sources.reference import indicators, reference_path
from sources.synthetic.facts import LEFT_OUT
from sources.synthetic.registers import CUT_OFFS, REGISTERS

DOCUMENT = Path(__file__).parents[2] / "docs" / "synthetic.md"


def published() -> set[str]:
    with reference_path("published_facts.csv").open(encoding="utf-8", newline="") as file:
        return {row["fact"] for row in csv.DictReader(file)}


def test_every_fact_that_is_reproduced_has_a_line_with_its_figures() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    documented = {line.split("|")[1].strip() for line in lines if line.startswith("| ") and line.count("|") == 6}
    assert published() - LEFT_OUT.keys() == documented - {"fact"}


def test_what_is_left_out_is_published() -> None:
    assert LEFT_OUT.keys() <= published()


def test_every_registered_indicator_is_simulated() -> None:
    assert {known.code for known in indicators()} == REGISTERS.keys() | CUT_OFFS.keys()
