"""Lists for machines: who sees which, what is recorded of it, and what no answer ever holds."""

from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from domain.people import ALL
from serving.service import Service
from store.database import Database
from store.tables import trail
from tests.support.made_service import bearer, client_of, made_service
from tests.support.made_store import DONGS, NEWEST, OLDER, Made, fill
from tests.support.postgres import ON_SQLITE

OWN, NEIGHBOUR, FAR = "4128151000", "4128152000", "4128551000"
READERS = ("dong-4128151000", "hub-41281", "auditor")


class Machines:
    """A service on a made-up database, and the tokens of people in it."""

    def __init__(self, database: Database) -> None:
        self.made: Made = fill(database)
        self.service: Service = made_service(database)
        self.client: TestClient = client_of(self.service)
        self.tokens: dict[str, Mapping[str, str]] = {}

    def get(self, login: str, path: str):
        return self.client.get(f"/api/v1{path}", headers=self.headers(login))

    def headers(self, login: str) -> Mapping[str, str]:
        if login not in self.tokens:
            self.tokens[login] = bearer(self.service, login)
        return self.tokens[login]

    def lines(self, act: str) -> list[tuple[str, str]]:
        with self.service.database.reading(ALL) as connection:
            query = select(trail.c.actor, trail.c.subjects).where(trail.c.act == act).order_by(trail.c.id)
            return [(row.actor, row.subjects) for row in connection.execute(query)]


@pytest.fixture
def machines(any_database: Database) -> Machines:
    return Machines(any_database)


def test_a_worker_reads_the_own_list_by_rank_with_three_reasons_and_what_speaks_against(machines: Machines) -> None:
    answer = machines.get("dong-4128151000", f"/rounds/{NEWEST}/dongs/{OWN}/list")
    entries = answer.json()["entries"]
    assert [entry["ref"] for entry in entries] == [house.ref for house in machines.made.listed(NEWEST, OWN)]
    assert [entry["change"] for entry in entries] == ["carried", "new", "up", "new", "up", "new"]
    assert entries[0]["reasons"][1:] == ["혼자 살고 있습니다", "월세로 살고 있습니다"]
    assert entries[0]["against"] == "기초연금을 받고 있습니다"
    assert entries[2]["case"] == {
        "version": 1,
        "status": "trying",
        "worker_id": None,
        "attempts": 1,
        "last_contact_at": "2026-11-12T10:15:00+09:00",
        "outcome": None,
        "next_on": None,
    }


def test_no_list_or_entry_holds_the_number_behind_its_band(machines: Machines) -> None:
    entries = machines.get("dong-4128151000", f"/rounds/{NEWEST}/dongs/{OWN}/list").json()["entries"]
    told = [*entries, *(machines.get("auditor", f"/rounds/{NEWEST}/entries/{one['ref']}").json() for one in entries)]
    assert {one["band"] for one in told} <= {"very_high", "high", "medium", "low"}
    assert [name for one in told for name in one if "score" in name or "probability" in name] == []


def test_nobody_reads_a_list_of_another_area_and_cannot_tell_it_from_one_that_is_not_there(machines: Machines) -> None:
    foreign = machines.get("dong-4128151000", f"/rounds/{NEWEST}/dongs/{NEIGHBOUR}/list")
    absent = machines.get("dong-4128151000", f"/rounds/{NEWEST}/dongs/9999999999/list")
    assert foreign.status_code == absent.status_code == 404
    assert {**foreign.json(), "instance": ""} == {**absent.json(), "instance": ""}
    assert machines.get("hub-41281", f"/rounds/{NEWEST}/dongs/{NEIGHBOUR}/list").status_code == 200
    assert machines.get("hub-41281", f"/rounds/{NEWEST}/dongs/{FAR}/list").status_code == 404
    assert machines.get("auditor", f"/rounds/{NEWEST}/dongs/{FAR}/list").status_code == 200


def test_an_analyst_reads_rounds_and_no_households(machines: Machines) -> None:
    ref = machines.made.house(OWN, 0).ref
    assert [known["round"] for known in machines.get("analyst", "/rounds").json()["rounds"]] == [NEWEST, OLDER]
    for path in (f"/rounds/{NEWEST}/dongs/{OWN}/list", f"/rounds/{NEWEST}/entries/{ref}", f"/households/{ref}"):
        assert machines.get("analyst", path).status_code == 403


@pytest.mark.parametrize("login", ["ended", "not-yet", "without", "left"])
def test_whoever_has_no_right_today_sees_nothing(machines: Machines, login: str) -> None:
    assert machines.get(login, f"/rounds/{NEWEST}/dongs/{OWN}/list").status_code in (401, 403)


def test_no_answer_holds_a_name_a_phone_an_address_a_pseudonym_or_a_note(machines: Machines) -> None:
    paths = ["/me", "/rounds", f"/rounds/{NEWEST}/dongs"]
    paths += [f"/rounds/{NEWEST}/dongs/{code}/list" for code in DONGS]
    for house in machines.made.in_dong(OWN):
        paths += [f"/rounds/{NEWEST}/entries/{house.ref}", f"/households/{house.ref}"]
    for login in READERS:
        told = "".join(machines.get(login, path).text for path in paths)
        assert not [house for house in machines.made.houses if any(word in told for word in house.who)]
        assert not [house for house in machines.made.houses if house.household_id in told]
        assert "적어 둔 말" not in told


def test_no_machine_meets_a_household_outside_its_area(machines: Machines) -> None:
    reach = {"dong-4128151000": OWN, "hub-41285": "41285"}
    for login, area in reach.items():
        told = ""
        for house in (machines.made.house(code, place) for code in DONGS for place in (1, 3, 8)):
            for path in (f"/households/{house.ref}", f"/rounds/{NEWEST}/entries/{house.ref}"):
                answer = machines.get(login, path)
                if not house.dong_code.startswith(area):
                    assert answer.status_code == 404
                told += answer.text
        told += "".join(machines.get(login, f"/rounds/{OLDER}/dongs/{code}/list").text for code in DONGS)
        outside = [house for house in machines.made.houses if not house.dong_code.startswith(area)]
        assert not [house.number for house in outside if any(word in told for word in house.canaries)]


def test_an_entry_says_everything_for_and_against(machines: Machines) -> None:
    house = machines.made.house(OWN, 0)
    entry = machines.get("auditor", f"/rounds/{NEWEST}/entries/{house.ref}").json()
    assert entry["raising"][0] == f"건강보험료를 5개월째 내지 못했습니다 ({house.mark})"
    assert entry["lowering"] == ["기초연금을 받고 있습니다"]
    assert entry["unknown"] == ["소득을 알 수 없습니다"]
    assert (entry["rank"], entry["slot"], entry["propensity"], entry["bundle"]) == (1, "carried_over", 1.0, "need-1")


def test_the_dongs_of_a_round_are_those_of_the_caller(machines: Machines) -> None:
    dongs = machines.get("hub-41285", f"/rounds/{NEWEST}/dongs").json()["dongs"]
    assert [(dong["dong_code"], dong["capacity"], dong["entries"]) for dong in dongs] == [
        ("4128551000", 6, 6),
        ("4128552600", 6, 6),
    ]
    assert machines.get("hub-41285", "/rounds/2020-W01/dongs").status_code == 404


def test_every_look_at_a_household_is_on_record_before_it_is_shown(machines: Machines) -> None:
    ref = machines.made.house(OWN, 0).ref
    machines.get("hub-41281", f"/rounds/{NEWEST}/dongs/{OWN}/list")
    machines.get("hub-41281", f"/rounds/{NEWEST}/entries/{ref}")
    machines.get("hub-41281", f"/households/{ref}")
    machines.get("hub-41285", f"/households/{ref}")
    listed = " ".join(house.ref for house in machines.made.listed(NEWEST, OWN))
    assert machines.lines("list") == [("hub-41281", listed)]
    assert machines.lines("entry") == machines.lines("household") == [("hub-41281", ref)]
    assert machines.lines("refused") == [("hub-41285", ref)]


def test_a_look_that_cannot_be_recorded_shows_nothing(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    house = machines.made.house(OWN, 0)
    headers = machines.headers("auditor")

    def full(lines: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(type(machines.service.recorder), "submit", lambda self, lines: full(lines))
    answer = machines.client.get(f"/api/v1/households/{house.ref}", headers=headers)
    assert answer.status_code == 503
    assert house.ref not in answer.text


@ON_SQLITE
def test_the_description_names_only_machines_calls_and_ours_is_the_form_of_errors(machines: Machines) -> None:
    described = machines.get("analyst", "/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for calls in described["paths"].values():
        for call in calls.values():
            assert {"401", "403", "422", "503"} <= call["responses"].keys()
            assert call["operationId"]
