"""Names of households and workers that no page of ours would send: refused as absent or wrong, never a failure."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from domain.people import ALL
from serving.service import Service
from store.database import Database
from store.tables import trail
from tests.support.made_service import client_of, csrf_of, made_service, signed_in
from tests.support.made_store import Made, fill

OWN, FAR = "4128151000", "4128551000"
WORKER, HUB = f"dong-{OWN}", "hub-41281"
# A sign that PostgreSQL keeps in no text, more digits than Python reads, and more than a column of numbers holds.
ZERO, ENDLESS, LARGE = "a\0b", "9" * 5_000, "9" * 20


@pytest.fixture
def made(any_database: Database) -> Made:
    return fill(any_database)


@pytest.fixture
def service(made: Made) -> Service:
    return made_service(made.database)


def post(client: TestClient, path: str, **typed: object) -> int:
    return int(client.post(path, data={"csrf": csrf_of(client), **typed}).status_code)


@pytest.mark.parametrize("worker", [ENDLESS, LARGE, "²", ""])
def test_a_worker_is_a_number_that_a_worker_could_have(service: Service, made: Made, worker: str) -> None:
    client, ref = signed_in(client_of(service), WORKER), made.house(OWN, 0).ref
    assert post(client, f"/households/{ref}/worker", seen="0", worker=worker) == 422
    assert post(client, "/assignments", chosen=f"{ref}:0", worker=worker) == 422


@pytest.mark.parametrize("box", [f"{ZERO}:0", ":", "", f"{'A' * 22}:{ENDLESS}", f"{'A' * 21}\0:0"])
def test_a_box_that_is_none_of_ours_counts_as_none(service: Service, made: Made, box: str) -> None:
    client = signed_in(client_of(service), WORKER)
    assert post(client, "/assignments", chosen=box, worker=str(made.users[WORKER])) == 422


@pytest.mark.parametrize("act", ["take", "return"])
def test_a_hub_finds_no_case_by_a_name_that_none_has(service: Service, act: str) -> None:
    client = signed_in(client_of(service), HUB)
    assert post(client, f"/hub/cases/a%00b/{act}", seen="0", reason="이웃이 걱정해서 확인합니다") == 404


def test_whoever_acts_on_a_household_of_another_area_is_on_record(service: Service, made: Made) -> None:
    foreign, why = made.house(FAR, 0).ref, "이웃이 걱정해서 확인합니다"
    worker, hub = signed_in(client_of(service), WORKER), signed_in(client_of(service), HUB)
    assert post(worker, f"/households/{foreign}/notes", seen="0", note=why) == 404
    assert post(worker, f"/households/{foreign}/reveal", why="other", reason=why) == 404
    assert post(worker, "/assignments", chosen=f"{foreign}:0", worker="none") == 404
    assert post(hub, f"/hub/cases/{foreign}/take", seen="0") == 404
    with service.database.reading(ALL) as connection:
        query = select(trail.c.actor, trail.c.subjects).where(trail.c.act == "refused").order_by(trail.c.id)
        found = [tuple(row) for row in connection.execute(query)]
    assert found == [(WORKER, foreign), (WORKER, foreign), (WORKER, ""), (HUB, foreign)]
