"""`policy.toml` says every number that the policy knows, with the value that holds without the file, and why."""

import tomllib
from dataclasses import asdict
from pathlib import Path

from domain.policy import Policy
from training.labels import LABELS

TEXT = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
FILE = tomllib.loads(TEXT)


def test_the_file_states_every_number_with_its_default() -> None:
    sections = asdict(Policy())
    assert sections.pop("capacities") == FILE["capacity"] == {}
    assert sections | {"capacity": {}} == FILE
    assert Policy.parse(FILE) == Policy()


def test_every_number_but_of_the_bands_and_second_levels_is_explained_beside_it() -> None:
    plain = {"very_high", "high", "medium", "missing_alarm", "psi_alarm", "rate_alarm"}
    lines = [line for line in TEXT.splitlines() if "=" in line and not line.startswith("#")]
    unexplained = {line.split("=")[0].strip() for line in lines if len(line.partition("#")[2].strip()) <= 10}
    assert unexplained <= plain


def test_the_label_that_ranks_is_one_there_is() -> None:
    assert FILE["label"]["ranks_by"] in LABELS
