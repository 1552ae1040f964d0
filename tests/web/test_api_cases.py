"""Recording for machines: once per key, on the version that was seen, inside the own area."""

import asyncio
import json
import re
from datetime import date
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select

from domain.casework import Request
from domain.people import ALL, Scope, Signature
from outreach import casework
from store.database import Database
from store.tables import cases, contacts, trail
from tests.support.made_store import NEWEST, NOW
from tests.support.postgres import ON_SQLITE
from tests.web.test_api_lists import OWN, Machines

WORKER, COLLEAGUE, HUB = "dong-4128151000", "dong-4128151000-2", "hub-41281"
ATTEMPT = {"version": 0, "method": "phone", "attempt": "no_answer", "made_at": "2026-11-18T09:40:00+09:00"}
HELPED = ATTEMPT | {"attempt": "reached", "outcome": "near_poverty", "note": "전화로 만남"}


class Recording(Machines):
    def post(self, login: str, ref: str, body: object, *, key: str = "key-0001", call: str = "contacts"):
        headers = {**self.headers(login), "Idempotency-Key": key}
        return self.client.post(f"/api/v1/households/{ref}/{call}", headers=headers, json=body)

    def at_once(self, *sent: tuple[str, str, object]) -> list[httpx2.Response]:
        """Contacts (login, ref, body) sent by machines that do not wait for each other, as one server meets them."""

        async def send() -> list[httpx2.Response]:
            transport = httpx2.ASGITransport(self.client.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://localhost/api/v1/households") as client:
                posts = (
                    client.post(f"/{ref}/contacts", headers={**headers, "Idempotency-Key": "key-0001"}, json=body)
                    for headers, ref, body in prepared
                )
                return list(await asyncio.gather(*posts))

        prepared = [(self.headers(login), ref, body) for login, ref, body in sent]
        return asyncio.run(send())

    def assign(self, login: str, ref: str, version: int, worker_id: int | None):
        body = {"version": version, "worker_id": worker_id}
        return self.client.put(f"/api/v1/households/{ref}/assignment", headers=self.headers(login), json=body)

    def contacts_of(self, ref: str) -> int:
        with self.service.database.reading(ALL) as connection:
            return connection.execute(select(func.count()).where(contacts.c.ref == ref)).scalar_one()

    def version_of(self, ref: str) -> int:
        with self.service.database.reading(ALL) as connection:
            return connection.execute(select(cases.c.version).where(cases.c.ref == ref)).scalar_one()


@pytest.fixture
def machines(any_database: Database) -> Recording:
    return Recording(any_database)


@pytest.fixture
def ref(machines: Recording) -> str:
    """A household that nobody has acted on."""
    return machines.made.house(OWN, 6).ref


def test_the_example_of_the_document_is_taken_as_it_stands(machines: Recording, ref: str) -> None:
    document = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    (example,) = re.findall(
        r"curl https://sagak\.example/api/v1/households/\$REF/contacts (.*?)\n\n", document, re.DOTALL
    )
    headers = dict(line.split(": ", 1) for line in re.findall(r'-H "([^"]+)"', example))
    (body,) = re.findall(r"-d '([^']+)'", example)
    headers["Authorization"] = machines.headers(WORKER)["authorization"]
    answer = machines.client.post(f"/api/v1/households/{ref}/contacts", headers=headers, content=body.encode())
    assert (answer.status_code, answer.json()["case"]["status"]) == (201, "closed")


def test_a_registration_number_in_a_note_is_refused_and_not_said_back(machines: Recording, ref: str) -> None:
    for key, (call, body) in enumerate((("contacts", ATTEMPT), ("notes", {"version": 0}))):
        sent = body | {"note": "번호 900101-1234567"}
        answer = machines.post(WORKER, ref, sent, key=f"key-000{key}", call=call)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert "registration number" in answer.json()["detail"]
        assert "1234567" not in answer.text
    assert machines.contacts_of(ref) == machines.version_of(ref) == 0


def test_a_contact_with_an_excluded_household_is_taken_as_on_the_page_and_the_wish_holds(
    machines: Recording, ref: str
) -> None:
    by = Signature(machines.made.users[WORKER], WORKER, Scope((OWN,)), NOW, "-")
    with machines.service.database.writing(by.scope) as connection:
        asked = {"kind": Request.EXCLUSION, "made_on": date(2026, 11, 18)}
        casework.record_request(connection, by=by, ref=ref, seen=0, **asked)
    assert machines.post(WORKER, ref, ATTEMPT | {"version": 1}).status_code == 201
    wish = machines.get(WORKER, f"/households/{ref}").json()["exclusion"]
    assert wish == {"made_on": "2026-11-18", "ends_on": None}


def test_an_outcome_closes_the_case_and_the_history_tells_it(machines: Recording, ref: str) -> None:
    answer = machines.post(WORKER, ref, HELPED)
    assert answer.status_code == 201
    assert answer.json()["case"] == {
        "version": 1,
        "status": "closed",
        "worker_id": None,
        "attempts": 0,
        "last_contact_at": "2026-11-18T09:40:00+09:00",
        "outcome": "near_poverty",
        "next_on": None,
    }
    household = machines.get(WORKER, f"/households/{ref}").json()
    assert household["rounds"] == [NEWEST]
    assert household["history"] == [
        {
            "id": answer.json()["id"],
            "kind": "contact",
            "at": "2026-11-18T10:00:00+09:00",
            "by_user": machines.made.users[WORKER],
            "what": "reached",
            "outcome": "near_poverty",
            "corrects": None,
        }
    ]


def test_the_same_request_again_does_nothing_and_gets_the_same_answer(machines: Recording, ref: str) -> None:
    first, again = machines.post(WORKER, ref, ATTEMPT), machines.post(WORKER, ref, ATTEMPT)
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert machines.contacts_of(ref) == machines.version_of(ref) == 1


@pytest.mark.parametrize("change", [{"version": 1}, {"attempt": "absent"}, {"note": "다른 말"}])
def test_a_key_stands_for_one_request(machines: Recording, ref: str, change: dict) -> None:
    machines.post(WORKER, ref, ATTEMPT)
    assert machines.post(WORKER, ref, ATTEMPT | change).status_code == 409
    other = machines.made.house(OWN, 7).ref
    assert machines.post(WORKER, other, ATTEMPT).status_code == 409
    assert machines.post(WORKER, ref, {"version": 1, "note": "말"}, call="notes").status_code == 409
    assert machines.contacts_of(ref) == 1


def test_a_key_is_the_callers_own(machines: Recording, ref: str) -> None:
    machines.post(WORKER, ref, ATTEMPT)
    other = machines.post(COLLEAGUE, ref, ATTEMPT | {"version": 1})
    assert other.status_code == 201
    assert machines.contacts_of(ref) == 2


def test_twenty_at_once_with_one_key_record_one_contact_and_get_one_answer(machines: Recording, ref: str) -> None:
    answers = machines.at_once(*[(WORKER, ref, ATTEMPT)] * 20)
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert machines.contacts_of(ref) == machines.version_of(ref) == 1


def test_of_two_who_saw_the_same_version_one_is_told_who_was_faster(machines: Recording, ref: str) -> None:
    answers = machines.at_once(*[(login, ref, ATTEMPT | {"note": "비밀스러운 말"}) for login in (WORKER, COLLEAGUE)])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (late,) = (answer for answer in answers if answer.status_code == 409)
    assert any(name in late.json()["detail"] for name in ("담당1", "둘째담당"))
    assert "2026-11-18 10:00" in late.json()["detail"]
    assert "비밀스러운" not in late.text
    assert machines.contacts_of(ref) == 1


def test_nobody_records_outside_the_own_area_or_without_the_role(machines: Recording, ref: str) -> None:
    absent = machines.post("dong-4128152000", "x" * 22, ATTEMPT)
    foreign = machines.post("dong-4128152000", ref, ATTEMPT)
    assert absent.status_code == foreign.status_code == 404
    assert {**absent.json(), "instance": ""} == {**foreign.json(), "instance": ""}
    for login in ("analyst", "auditor"):
        assert machines.post(login, ref, ATTEMPT).status_code == 403
        assert machines.assign(login, ref, 0, None).status_code == 403
    assert machines.assign("dong-4128152000", ref, 0, None).status_code == 404
    assert machines.contacts_of(ref) == machines.version_of(ref) == 0


def test_an_answer_is_not_given_again_once_the_right_has_ended(machines: Recording, ref: str) -> None:
    machines.post(WORKER, ref, ATTEMPT)
    with machines.service.database.writing(ALL) as connection:
        connection.execute(cases.update().where(cases.c.ref == ref).values(dong_code="4128152000"))
    assert machines.post(WORKER, ref, ATTEMPT).status_code == 404


def test_a_case_is_given_to_a_worker_of_its_dong_only(machines: Recording, ref: str) -> None:
    users = machines.made.users
    assert machines.assign(HUB, ref, 0, users[WORKER]).status_code == 422
    given = machines.assign(WORKER, ref, 0, users[WORKER])
    assert (given.status_code, given.json()["case"]["status"]) == (200, "assigned")
    for stranger in ("dong-4128152000", HUB, "auditor", "ended", "not-yet", "without", "left"):
        assert machines.assign(WORKER, ref, 1, users[stranger]).status_code == 422
    assert machines.assign(WORKER, ref, 1, None).json()["case"]["status"] == "open"


@ON_SQLITE
@pytest.mark.parametrize(
    "wrong",
    [
        {"version": "0"},
        {"version": True},
        {"version": 0.5},
        {"version": -1},
        {"version": 2**63},
        {"version": 10**400},
        {"method": "fax"},
        {"made_at": 0},
        {"made_at": "2026-11-18"},
        {"made_at": "2026-11-18T09:40:00"},
        {"made_at": "2026-11-18T10:03:00+09:00"},
        {"made_at": "2026-09-18T10:00:00+09:00"},
        {"made_at": "0001-01-01T00:00:00+14:00"},
        {"made_at": "9999-12-31T23:59:59-14:00"},
        {"next_on": 20260101},
        {"next_on": "2026-11-17"},
        {"next_on": "2028-01-01"},
        {"note": "a\x00b"},
        {"note": "월세\u202e밀림"},
        {"note": "\ud800"},
        {"note": "\u200b"},
        {"note": "가" * 2_001},
        {"note": None},
        {"outcome": "rich"},
        {"outcome": "near_poverty"},
        {"attempt": "reached", "outcome": "unreachable"},
        {"attempt": "reached", "outcome": "refused", "next_on": "2026-11-20"},
        {"extra": "canary-in-an-unknown-field"},
        {"canary-in-an-unknown-name": 1},
    ],
)
def test_what_cannot_be_is_refused_and_not_said_back(machines: Recording, ref: str, wrong: dict) -> None:
    answer = machines.client.post(
        f"/api/v1/households/{ref}/contacts",
        headers={**machines.headers(WORKER), "Idempotency-Key": "key-0001", "content-type": "application/json"},
        content=json.dumps(ATTEMPT | wrong).encode(),  # lone surrogates go as \\ud800
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary" not in answer.text
    assert machines.contacts_of(ref) == machines.version_of(ref) == 0


@ON_SQLITE
@pytest.mark.parametrize("key", ["", "short", "k" * 65, "key with space"])
def test_a_contact_needs_a_key_of_its_own(machines: Recording, ref: str, key: str) -> None:
    assert machines.post(WORKER, ref, ATTEMPT, key=key).status_code == 422
    bare = machines.client.post(f"/api/v1/households/{ref}/contacts", headers=machines.headers(WORKER), json=ATTEMPT)
    assert bare.status_code == 422


def test_every_act_has_its_line_in_the_trail_and_no_line_holds_what_was_written(machines: Recording, ref: str) -> None:
    machines.post(WORKER, ref, ATTEMPT | {"note": "비밀스러운 말"})
    machines.post(COLLEAGUE, ref, {"version": 1, "note": "비밀스러운 메모"}, call="notes")
    machines.assign(WORKER, ref, 2, machines.made.users[WORKER])
    assert machines.lines("contact") == machines.lines("assign") == [(WORKER, ref)]
    assert machines.lines("note") == [(COLLEAGUE, ref)]
    with machines.service.database.reading(ALL) as connection:
        assert not [row for row in connection.execute(select(trail.c.detail)).scalars() if "비밀" in str(row)]


def test_an_act_on_a_household_of_another_area_leaves_a_line_with_its_name(machines: Recording) -> None:
    foreign = machines.made.house("4128551000", 0).ref
    assert machines.post(WORKER, foreign, ATTEMPT).status_code == 404
    assert machines.post(WORKER, foreign, {"version": 0, "note": "x"}, call="notes").status_code == 404
    assert machines.assign(WORKER, foreign, 0, None).status_code == 404
    assert machines.lines("refused") == [(WORKER, foreign)] * 3
