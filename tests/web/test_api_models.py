"""Models, figures, groups and drift for machines: who reads them, what is hidden, what is said where nothing is."""

import json
from pathlib import Path

import pytest

from scoring.bundle import canonical_json, write_bundle
from scoring.reference import HIDDEN_UP_TO
from store.database import Database
from tests.support.analysts_home import AnalystsHome
from tests.support.made_service import bearer, client_of
from tests.support.weeks import WEEK, bundle_files

CALLS = ("/models", "/models/standard-1", "/models/standard-1/metrics", "/models/standard-1/fairness", "/drift")


class Machine(AnalystsHome):
    """A machine with the analyst's token."""

    def __init__(self, database: Database, home: Path) -> None:
        super().__init__(database, home)
        self.client = client_of(self.service)
        self.headers = bearer(self.service, "analyst")

    def get(self, path: str):
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def described(self) -> dict:
        return self.client.get("/api/v1/openapi.json").json()


@pytest.fixture
def machine(sqlite_database: Database, tmp_path: Path) -> Machine:
    return Machine(sqlite_database, tmp_path / "home")


def test_models_are_listed_with_where_each_stands(machine: Machine) -> None:
    (machine.settings.models / "standard-3").mkdir()
    answer = machine.get("/models").json()
    assert [(one["name"], one["state"]) for one in answer["models"]] == [
        ("standard-1", "in_use"),
        ("standard-2", "candidate"),
    ]
    assert answer["damaged"] == ["standard-3"]
    assert machine.get("/models/standard-2").json()["recipe"]["seed"] == 2


def test_analysts_and_auditors_read_and_nobody_else(machine: Machine) -> None:
    for login, status in (("auditor", 200), ("dong-4128151000", 403), ("hub-41281", 403)):
        headers = bearer(machine.service, login)
        assert {machine.client.get(f"/api/v1{path}", headers=headers).status_code for path in CALLS} == {status}


@pytest.mark.parametrize("name", ["standard-9", "nothing-1"])
def test_a_model_that_is_not_there_is_a_404(machine: Machine, name: str) -> None:
    for path in (f"/models/{name}", f"/models/{name}/metrics", f"/models/{name}/fairness"):
        assert machine.get(path).status_code == 404


def test_what_too_few_outcomes_stand_behind_has_no_value(machine: Machine) -> None:
    metrics = machine.get("/models/standard-1/metrics").json()["metrics"]
    least, label = metrics["test"]["min_effective_n"], metrics["label"]
    figure = metrics["figures"]["model"]["capacity"][label]["weighted"]
    assert figure["is_too_few"] == (figure["effective_n"] is not None and figure["effective_n"] < least)
    assert figure["value"] is None or not figure["is_too_few"]
    assert "groups" not in metrics


def test_groups_come_with_rounded_counts_and_small_ones_hidden(machine: Machine) -> None:
    groups = machine.get("/models/standard-1/fairness").json()["groups"]
    assert {"household_type", "age_band"} <= {one["attribute"] for one in groups}
    known = [one["judged"] for one in groups if one["judged"] is not None]
    assert all(count > HIDDEN_UP_TO and count % 5 == 0 for count in known)
    assert not [one for one in groups if not one["is_judged"] and one["recall"]["value"] is not None]


def test_drift_is_told_once_it_is_computed(machine: Machine) -> None:
    answer = machine.get("/drift").json()
    while answer["state"] == "computing":
        answer = machine.get("/drift").json()
    assert (answer["state"], answer["model"], answer["round"]) == ("ready", "standard-1", WEEK.label)
    assert {"score", "distribution", "missing"} <= {one["kind"] for one in answer["findings"]}


def test_without_features_drift_says_so(machine: Machine) -> None:
    (machine.settings.matrices / WEEK.label / "made_from").unlink()
    answer = machine.get("/drift").json()
    assert (answer["state"], answer["why"], answer["findings"]) == ("none", "There are no features yet.", [])


def test_a_bundle_with_hardly_any_figures_is_no_error(machine: Machine) -> None:
    files = bundle_files() | {"metrics.json": canonical_json({"figures": {}})}
    write_bundle(machine.settings.models / "standard-4", files, label="public_or_case", catalogue="standard")
    assert machine.get("/models/standard-4/fairness").json()["groups"] == []
    assert machine.get("/models/standard-4/metrics").status_code == 200


def test_no_answer_names_a_household(machine: Machine) -> None:
    text = json.dumps([machine.get(path).json() for path in CALLS], ensure_ascii=False)
    assert not [canary for house in machine.made.houses for canary in house.canaries if canary in text]


def test_the_description_has_every_call_with_examples(machine: Machine) -> None:
    described = machine.described()
    wanted = {"getModels", "getModel", "getMetrics", "getFairness", "getDrift"}
    assert wanted <= {call["operationId"] for path in described["paths"].values() for call in path.values()}
    shown = described["components"]["schemas"]
    assert shown["ModelShown"]["properties"]["name"]["examples"] == ["standard-1"]
