"""`policy.toml` says every number that the policy knows, with the value that holds without the file, and why."""

import tomllib
from dataclasses import asdict
from pathlib import Path

from domain.policy import BandPolicy, LabelPolicy, ListPolicy, Policy
from training.labels import LABELS

TEXT = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
FILE = tomllib.loads(TEXT)


def test_the_file_states_every_number_with_its_default() -> None:
    assert {name: FILE[name] for name in ("list", "label", "bands")} == {
        "list": asdict(ListPolicy()),
        "label": asdict(LabelPolicy()),
        "bands": asdict(BandPolicy()),
    }
    assert FILE["capacity"] == {}
    assert set(FILE) == {"list", "label", "bands", "capacity"}
    assert Policy.parse(FILE) == Policy()


def test_every_number_of_the_list_is_explained_beside_it() -> None:
    lines = {line.split("=")[0].strip(): line for line in TEXT.splitlines() if "=" in line and not line.startswith("#")}
    for name in (*asdict(ListPolicy()), *asdict(LabelPolicy())):
        assert len(lines[name].partition("#")[2].strip()) > 10, name


def test_the_label_that_ranks_is_one_there_is() -> None:
    assert FILE["label"]["ranks_by"] in LABELS
