"""What whoever runs the service lives through: a start, a stop, a kill, a backup while people work, and a restore.

Everything happens in processes, by the commands of docs/operating.md.
"""

import json
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import httpx2
import pytest

from domain.calendar import SEOUL
from domain.errors import CheckFailed, UsageError
from domain.keys import load_key
from domain.people import ALL, Role, Signature
from outreach.accounts import add_user, grant_right, issue_token
from outreach.passwords import ChosenPassword
from outreach.publishing import published_round
from sagak.serving import run_serve
from sagak.settings import Settings
from sagak.stores import store_of
from store.chain import Signer, newest_seal
from store.checkpoints import read_checkpoints
from tests.support.in_process import sagak_here
from tests.support.postgres import Cluster
from tests.support.processes import Running, answers, serving
from tests.support.weeks import WEEK, environment_variables, sagak

DONG = "4128151000"
LIST = f"/api/v1/rounds/{WEEK.label}/dongs/{DONG}/list"


# People who work in it


def token_of(settings: Settings) -> dict[str, str]:
    """A machine that works in the dong."""
    at = datetime.now(SEOUL)
    by = Signature(0, "console", ALL, at, "-")
    with store_of(settings) as database, database.writing(ALL) as connection:
        password = ChosenPassword.of("a long enough one", login="worker", name="worker")
        add_user(connection, login="worker", name="worker", password=password, by=by)
        grant_right(connection, login="worker", role=Role.DONG, area=DONG, reason="works there", by=by)
        token = issue_token(
            connection, login="worker", expires_at=at + timedelta(days=1), reason="for the drill", by=by
        )
    return {"authorization": f"Bearer {token}"}


def entries(caller: httpx2.Client) -> list[dict[str, Any]]:
    answer = caller.get(LIST)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["entries"]
    return found


def digest_of(listed: list[dict[str, Any]]) -> str:
    """Who is on the list, in which order and why; not where the cases stand."""
    bare = [{name: value for name, value in entry.items() if name != "case"} for entry in listed]
    return sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()


def attempts_of(caller: httpx2.Client, ref: str) -> int:
    acts = caller.get(f"/api/v1/households/{ref}").json()["history"]
    return sum(act["kind"] == "contact" for act in acts)


class Caller:
    """Records one attempt after the other, until it is told to stop or nobody answers; counts what was confirmed."""

    def __init__(self, client: httpx2.Client, ref: str) -> None:
        self.client, self.ref, self.confirmed = client, ref, 0
        self._stop = Event()
        self._thread = Thread(target=self._work)

    def __enter__(self) -> "Caller":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        version = self.client.get(f"/api/v1/households/{self.ref}").json()["case"]["version"]
        while not self._stop.is_set():
            made_at = (datetime.now(SEOUL) - timedelta(hours=1)).isoformat()
            sent = {"version": version, "method": "phone", "attempt": "no_answer", "made_at": made_at}
            key = {"Idempotency-Key": f"drill-{version:08d}"}
            try:
                answer = self.client.post(f"/api/v1/households/{self.ref}/contacts", json=sent, headers=key)
            except httpx2.TransportError:
                return
            assert answer.status_code == 201, answer.text
            version = answer.json()["case"]["version"]
            self.confirmed += 1

    def wait_for(self, number: int) -> None:
        deadline = monotonic() + 60
        while self.confirmed < number:
            assert monotonic() < deadline, "nothing is recorded"
            sleep(0.01)


@contextmanager
def calling(running: Running, headers: Mapping[str, str]) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=running.address, headers=dict(headers), timeout=30) as client:
        yield client


def test_a_killed_service_starts_again_by_itself_and_its_backup_comes_back_elsewhere(
    own_town: Settings, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    home, copy = own_town.home, tmp_path / "backups" / "monday.db"
    headers = token_of(own_town)
    with serving(home) as first, calling(first, headers) as client:
        listed = entries(client)
        ref = listed[0]["ref"]
        with Caller(client, ref) as worker:
            worker.wait_for(5)
            before = worker.confirmed
            told = sagak(home, "backup", str(copy))
            assert told.returncode == 0, told.stderr
            worker.wait_for(before + 5)
            assert first.stop(signal.SIGKILL) == -signal.SIGKILL

    # Nobody repairs anything: the same command, the same home.
    with serving(home) as second, calling(second, headers) as client:
        record_property("second_start_seconds", round(second.first_page_after, 2))
        record_property("second_start_processor_seconds", round(second.worked, 2))
        print(f"second start to the first page: {second.first_page_after:.1f} s, {second.worked:.1f} s of a processor")
        assert second.worked <= 5
        assert digest_of(entries(client)) == digest_of(listed)
        assert worker.confirmed <= attempts_of(client, ref) <= worker.confirmed + 1, "what was confirmed is kept"
        began = monotonic()
        assert second.stop() == -signal.SIGTERM
        assert monotonic() - began < 10
    assert_last_seal_is_a_checkpoint(own_town)
    assert "The trail is whole." in sagak_here(home, "audit", "verify").stdout

    elsewhere = replace_store(home, tmp_path / "elsewhere")
    told = sagak_here(elsewhere, "restore", str(copy))
    assert told.returncode == 0, told.stderr
    verified = sagak_here(elsewhere, "audit", "verify")
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "The trail is whole." in verified.stdout
    with serving(elsewhere) as restored, calling(restored, headers) as client:
        assert digest_of(entries(client)) == digest_of(listed)
        assert before <= attempts_of(client, ref) <= worker.confirmed


@pytest.mark.parametrize("missing", ["store.key", "trail.key"])
def test_a_copy_is_not_put_where_the_keys_it_was_made_with_are_not(tmp_path: Path, missing: str) -> None:
    """Keys drawn in their place would open nothing, and hide that the right ones have to be brought."""
    home, keys = tmp_path / "home", tmp_path / "home" / "data" / "keys"
    for name in {"store.key", "trail.key"} - {missing}:
        load_key(keys / name, lost="")
    (tmp_path / "copy.db").write_bytes(bytes(4096))
    before = sorted(home.rglob("*"))
    told = sagak_here(home, "restore", str(tmp_path / "copy.db"))
    assert (told.returncode, told.stdout) == (4, "")
    assert f"There is no key at {keys / missing}." in told.stderr.replace("\n", "")
    assert "Bring it back from its backup." in told.stderr
    assert sorted(home.rglob("*")) == before


def assert_last_seal_is_a_checkpoint(settings: Settings) -> None:
    marks = read_checkpoints(settings.checkpoints, Signer(settings.trail_key()))
    with store_of(settings) as database, database.reading(ALL) as connection:
        position, _, mac = newest_seal(connection)
    assert marks[-1] is not None
    assert (marks[-1].position, marks[-1].mac) == (position, mac)


def replace_store(home: Path, elsewhere: Path) -> Path:
    """Another machine that has the home's files and keys, and neither its database nor its checkpoints."""
    shutil.copytree(home, elsewhere)
    shutil.rmtree(elsewhere / "data" / "store")
    shutil.rmtree(elsewhere / "data" / "trail")
    return elsewhere


@pytest.mark.soak
def test_a_worker_that_is_killed_is_replaced_while_the_others_answer(postgres: Cluster, tmp_path: Path) -> None:
    name = postgres.new("sagak_template")
    address = postgres.url("sagak_app", name)
    with serving(tmp_path, SAGAK_DATABASE=address, SAGAK_WORKERS="2") as running:
        workers = children_of(running.process.pid)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        deadline = monotonic() + 60
        while len(set(children_of(running.process.pid)) - {workers[0]}) < 2:
            assert monotonic() < deadline, "no other worker takes its place"
            sleep(0.1)
        assert answers(running.address)
        assert running.stop() in (0, -signal.SIGTERM)
    postgres.drop(name)


def children_of(pid: int) -> list[int]:
    """Workers alone: multiprocessing has a helper beside them."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


# What is refused before anybody is answered


def refused(home: Path, **settings: str) -> UsageError:
    with environment_variables({"SAGAK_HOME": str(home)} | settings), pytest.raises(UsageError) as raised:
        run_serve()
    return raised.value


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    assert "Unknown setting SAGAK_PROT" in str(refused(tmp_path, SAGAK_PROT="81"))


def test_several_processes_on_sqlite_are_refused(tmp_path: Path) -> None:
    told = refused(tmp_path, SAGAK_WORKERS="2")
    assert "one process" in str(told)
    assert "PostgreSQL" in told.hint
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_refused_in_plain_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = refused(tmp_path, SAGAK_PORT=port)
    assert f"cannot listen on port {port}" in str(told)
    assert "SAGAK_PORT" in told.hint


# Lists that an earlier Sagak published


def test_lists_published_before_places_were_stored_ask_for_the_round_again(own_town: Settings) -> None:
    current = own_town.lists / WEEK.label / "current"
    folder = current.parent / current.read_text(encoding="ascii")
    about = json.loads((folder / "round.json").read_bytes())
    for dong in about["dongs"].values():
        del dong["capacity"]
    text = json.dumps(about, ensure_ascii=False)
    (folder / "round.json").write_text(text, encoding="utf-8")
    version = sha256(text.encode()).hexdigest()[:16]
    folder.rename(folder.with_name(version))
    current.write_text(version, encoding="ascii")
    with pytest.raises(CheckFailed, match="earlier Sagak") as told:
        published_round(own_town.lists)
    assert told.value.hint == "Run the round again."
