"""Promotion as people do it: commands that refuse with figures, kills at every step, two people at the same time."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from features.catalogue import STANDARD
from outreach import origin
from outreach.promotion import current_bundle, newest_approval, policy_digest
from outreach.promotion_record import HEAD, RECORD, read_record
from outreach.proposing import MADE_UP
from sagak import promoting
from sagak.artefacts import make_scores, open_bundle
from sagak.settings import Settings
from sagak.weekly import run_round
from tests.support.in_process import sagak_here
from tests.support.kills import forks
from tests.support.weeks import (
    WEEK,
    Town,
    add_second_bundle,
    promote,
    small_bundle,
    train_without_log,
)
from training.recipe import Recipe

ME, OTHER = ("--by", "김분석"), ("--by", "이감사")
WHY = ("--why", "Finds more need at capacity.")


def gates_of(heard: CompletedProcess[str]) -> dict[str, str]:
    found = re.findall(r"^ +(passed|not passed|left out)  ([a-z ]+): ", heard.stdout, re.MULTILINE)
    return {name: state for state, name in found}


def lenient(settings: Settings) -> None:
    """Limits that a town of 1,500 households can pass, whatever its few outcomes are."""
    (settings.home / "policy.toml").write_text(
        "[evaluation]\ndraws = 100\ntest_rounds = 2\n"
        "[gates]\nmin_judged = 1\nmin_effective_n = 0\nmax_loss_at_capacity = 1.0\n"
        "min_lift_over_indicator_count = 0.0\nmax_calibration_error = 1.0\n[fairness]\nmin_group = 100000\n",
        encoding="utf-8",
    )


def settings_again(settings: Settings) -> Settings:
    return Settings.from_environment({"SAGAK_HOME": str(settings.home)})


def test_a_candidate_is_compared_with_the_model_in_use_proposed_and_approved(
    own_town: Settings, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient(own_town)
    train_without_log(settings_again(own_town), town.core, recipe=Recipe(trees=40))
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY)
    assert heard.returncode == 0, heard.stderr
    assert gates_of(heard)["model in use"] == "passed"
    assert "against the model in use" in heard.stdout
    assert gates_of(heard)["direction"] == "passed"
    assert gates_of(heard)["groups too small"] == "left out"
    assert "Proposed: standard-2" in heard.stdout

    refused = sagak_here(own_town.home, "approve", "standard-2", "--by", " 김 분석", *WHY)
    assert refused.returncode == 2
    assert "Whoever proposed standard-2 cannot approve it" in refused.stderr
    assert run_round(own_town, WEEK).bundle == "standard-1"

    assert "In use from now on: standard-2" in sagak_here(own_town.home, "approve", "standard-2", *OTHER, *WHY).stdout
    week = sagak_here(own_town.home, "round").stdout
    assert "These very lists were published before: nothing has changed." in week
    assert "2026-W47 keeps standard-1, with which it was first published" in week
    assert "standard-2, approved since, begins with 2026-W48." in week
    assert "sagak round --again" not in week
    monkeypatch.setattr(origin, "RULES", origin.RULES + 1)
    assert (
        "rules or sentences of the program changed, and today's begin with 2026-W48"
        in sagak_here(own_town.home, "round").stdout
    )
    assert "another version of Sagak" not in sagak_here(own_town.home, "round", "--again").stdout
    coming = sagak_here(own_town.home, "round", "--as-of", "2026-11-23").stdout
    assert "ranked by standard-2." in coming
    assert "keeps" not in coming

    shown = sagak_here(own_town.home, "promotions").stdout
    assert "3  " in shown
    assert "by 김분석: Finds more need at capacity." in shown
    assert f"In use: standard-2 (sha256 {open_bundle(own_town, STANDARD).digest})." in shown
    assert f"Digest of the record, to be noted elsewhere: {read_record(own_town.models).digest}" in shown


def test_a_candidate_of_the_same_recipe_is_not_said_to_be_as_good_where_nothing_could_differ(
    own_town: Settings, town: Town
) -> None:
    """Both learned after the tested rounds, so both are fitted anew for them, and alike."""
    lenient(own_town)
    add_second_bundle(own_town.models)
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY)
    assert heard.returncode == 0, heard.stderr
    assert gates_of(heard)["model in use"] == "left out"
    assert "No judged household differs between the two" in heard.stdout


def test_a_candidate_that_misses_a_gate_is_refused_with_its_figures_and_nothing_is_recorded(
    own_town: Settings, town: Town
) -> None:
    (own_town.home / "policy.toml").write_text(
        "[evaluation]\ndraws = 100\ntest_rounds = 2\n[gates]\nmin_judged = 100000\n", encoding="utf-8"
    )
    add_second_bundle(own_town.models)
    before = (own_town.models / RECORD).read_bytes()
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY)
    assert heard.returncode == 6
    assert re.search(r"standard-2 does not pass \d of \d+ gates", heard.stderr)
    assert re.search(
        r"\[outcomes\] Judged on [\d,]+ known outcomes of 100,000 that it takes: [\d,]+ fewer", heard.stderr
    )
    assert gates_of(heard)["outcomes"] == "not passed"
    assert (own_town.models / RECORD).read_bytes() == before
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY, "--waive")  # of made-up people
    assert heard.returncode == 0, heard.stderr
    assert "The gates do not block: the people are made up." in heard.stdout
    act = read_record(own_town.models).acts[-1]
    assert (act.waiver, {gate.name for gate in act.gates if gate.is_passed is False} >= {"outcomes"}) == (MADE_UP, True)


def test_gates_are_not_waived_where_people_are_real(own_town: Settings) -> None:
    about = next(own_town.core.glob("*/core.json"))
    about.write_text(about.read_text(encoding="utf-8").replace('"synthetic"', '"standard"'), encoding="utf-8")
    add_second_bundle(own_town.models)
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY, "--waive")
    assert (heard.returncode, gates_of(heard)) == (2, {}), "said before anything is judged"
    assert "Gates are waived for made-up people only." in heard.stderr


def test_going_back_needs_no_delivery_and_no_figures(own_town: Settings) -> None:
    """The bundle in use turns out bad, and the deliveries are not at hand."""
    small_bundle(own_town.models, number=2)
    promote(own_town.models, "standard-2")
    shutil.rmtree(own_town.core)
    heard = sagak_here(own_town.home, "propose", "standard-1", *ME, "--why", "The lists of standard-2 look wrong.")
    assert heard.returncode == 0, heard.stderr
    assert gates_of(heard)["model in use"] == "left out"
    assert sagak_here(own_town.home, "approve", "standard-1", *OTHER, *WHY).returncode == 0
    assert open_bundle(own_town, STANDARD).name == "standard-1"
    assert read_record(own_town.models).acts[-1].waiver == "it was in use before"


def test_a_proposal_can_be_turned_down_and_nothing_changes(own_town: Settings) -> None:
    small_bundle(own_town.models, number=2)
    promote(own_town.models, "standard-2")
    sagak_here(own_town.home, "propose", "standard-1", *ME, *WHY)
    assert "Waits for a second person: standard-1" in sagak_here(own_town.home, "promotions").stdout
    assert (
        "What was in use stays"
        in sagak_here(own_town.home, "reject", "standard-1", *OTHER, "--why", "Not needed, it was us.").stdout
    )
    assert open_bundle(own_town, STANDARD).name == "standard-2"
    assert sagak_here(own_town.home, "approve", "standard-1", *OTHER, *WHY).returncode == 4


@pytest.mark.parametrize("command", ["propose", "approve", "reject"])
def test_what_cannot_be_is_refused_before_anything_is_computed(own_town: Settings, command: str) -> None:
    for name, words, code in (
        ("standard-9", (*ME, *WHY), 4),
        ("model", (*ME, *WHY), 4),
        ("../standard-1", (*ME, *WHY), 4),
        ("standard-1", (*ME, "--why", "ok"), 2),
        ("standard-1", ("--by", " ", *WHY), 2),
    ):
        heard = sagak_here(own_town.home, command, name, *words)
        assert (heard.returncode, heard.stdout) == (code, ""), heard.stderr


def test_a_list_is_never_published_with_a_bundle_nobody_approved_but_it_can_be_tried(
    own_town: Settings, town: Town
) -> None:
    small_bundle(own_town.models, number=2)
    heard = sagak_here(own_town.home, "round", "--bundle", "standard-2")
    assert heard.returncode == 5
    assert "standard-2 is not in use, standard-1 is" in heard.stderr
    assert "sagak score --bundle standard-2" in heard.stderr
    make_scores(own_town, WEEK, open_bundle(own_town, STANDARD, "standard-2"))
    assert run_round(own_town, WEEK).bundle == "standard-1"


def test_a_record_that_was_changed_stops_the_round(own_town: Settings) -> None:
    path = own_town.models / RECORD
    path.write_text(path.read_text(encoding="utf-8").replace("analyst", "nobody"), encoding="utf-8")
    for command in (["round"], ["score"], ["promotions"]):
        heard = sagak_here(own_town.home, *command)
        assert heard.returncode == 6
        assert "The record of promotions is not what was written: line 1 or line 2 was changed" in heard.stderr


def test_a_damaged_model_in_use_does_not_stop_its_successor(own_town: Settings, town: Town) -> None:
    lenient(own_town)
    add_second_bundle(own_town.models)
    (own_town.models / "standard-1" / "model.txt").write_text("x", encoding="utf-8")
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY)
    assert heard.returncode == 0, heard.stderr
    assert "The model in use cannot be compared: standard-1/model.txt is not what was written" in heard.stdout


def test_a_changed_label_leaves_the_comparison_out_with_a_sentence_and_never_silently(
    own_town: Settings, town: Town
) -> None:
    """People changed what the list ranks by; the candidate learned the new label, the model in use the former."""
    lenient(own_town)
    changed = (own_town.home / "policy.toml").read_text(encoding="utf-8") + '[label]\nranks_by = "any_support"\n'
    (own_town.home / "policy.toml").write_text(changed, encoding="utf-8")
    train_without_log(settings_again(own_town), town.core, seed=2)
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY)
    assert heard.returncode == 0, heard.stderr
    assert gates_of(heard)["model in use"] == "left out"
    assert "label that ranks was changed in the policy, which is a decision of its own" in heard.stdout
    assert "standard-1 learned public_or_case, and the policy ranks by any_support" in heard.stdout
    act = read_record(own_town.models).acts[-1]
    assert act.policy_digest == policy_digest(settings_again(own_town).policy())
    assert [gate.sentence for gate in act.gates if "decision of its own" in gate.sentence]


def test_a_candidate_that_learned_another_label_is_not_proposed_also_if_it_was_in_use_before(
    own_town: Settings,
) -> None:
    small_bundle(own_town.models, number=2)
    promote(own_town.models, "standard-2")
    (own_town.home / "policy.toml").write_text('[label]\nranks_by = "any_support"\n', encoding="utf-8")
    heard = sagak_here(own_town.home, "propose", "standard-1", *ME, *WHY)
    assert (heard.returncode, heard.stdout) == (5, "")
    assert "standard-1 learned public_or_case, and the policy ranks by any_support" in heard.stderr
    assert len(read_record(own_town.models).acts) == 4


def test_a_model_in_use_whose_manifest_is_gone_is_not_taken_for_none(own_town: Settings, town: Town) -> None:
    lenient(own_town)
    train_without_log(settings_again(own_town), town.core, seed=2)
    (own_town.models / "standard-1" / "manifest.json").unlink()
    heard = sagak_here(own_town.home, "propose", "standard-2", *ME, *WHY)
    assert "The model in use cannot be compared: standard-1 is in use, but its folder is gone" in heard.stdout


# Kills and two at once.
ACTS = """
import os
from datetime import datetime
from pathlib import Path
from domain.calendar import SEOUL
from domain.policy import Policy
from features.catalogue import STANDARD
from outreach.promotion import approve, newest_approval, propose
from outreach.promotion_record import read_record
from scoring.bundle import load_bundle
from tests.support.kills import serve

def act(number, models, what, name):
    models, at = Path(models), datetime(2026, 11, 16, 9, tzinfo=SEOUL)
    signed = {"by": f"person {number}", "why": "They were compared.", "at": at}
    if what == "approve":
        approve(models, name, STANDARD, **signed)
    else:
        current = newest_approval(read_record(models), STANDARD)
        propose(models, load_bundle(models / name, STANDARD), STANDARD, Policy(), gates=(),
                replaces=current.digest if current else None, **signed)

serve(act, [(os, "fsync"), (os, "replace"), (Path, "replace"), (Path, "open")])
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for number in (1, 2):
        small_bundle(tmp_path / "models", number=number)
    promote(tmp_path / "models", "standard-1")
    return tmp_path / "models"


@pytest.fixture
def act(tmp_path: Path) -> Iterator[Callable[..., list[int]]]:
    with forks(tmp_path, ACTS) as process:
        yield process.run


def torn(models: Path, length: int) -> None:
    """What a power cut in the middle of an append leaves."""
    line = (models / RECORD).read_bytes().splitlines()[-1]
    with (models / RECORD).open("ab") as file:
        file.write(line[:length])


def test_an_act_killed_at_any_step_counts_wholly_or_not_at_all_and_the_next_one_goes_through(
    models: Path, act: Callable[..., list[int]]
) -> None:
    before = {name: (models / name).read_bytes() for name in (RECORD, HEAD)}
    last, seen = 0, set()
    while True:
        last += 1
        for name, content in before.items():
            (models / name).write_bytes(content)
        (code,) = act(models, "propose", "standard-2", last=last)
        acts = len(read_record(models).acts)
        seen.add(acts)
        if code == 0:
            break
        assert code == -9
        assert acts in (2, 3)
        assert act(models, "propose", "standard-2") == [0], "the next one goes through"
        assert len(read_record(models).acts) == acts + 1
        assert (models / RECORD).read_bytes().startswith(before[RECORD])
    assert seen == {2, 3}
    assert last > 4


@pytest.mark.parametrize("length", [1, 40, 200])
def test_a_line_torn_by_a_power_cut_is_cut_off_by_the_next_act(
    models: Path, act: Callable[..., list[int]], length: int
) -> None:
    torn(models, length)
    assert act(models, "propose", "standard-2") == [0]
    assert [one.act for one in read_record(models).acts] == ["proposed", "approved", "proposed"]


def test_of_many_who_approve_at_the_same_time_one_does(models: Path, act: Callable[..., list[int]]) -> None:
    """Whoever comes later finds the record busy (7), or the proposal answered (4)."""
    for _ in range(3):
        name = "standard-2" if current_bundle(models, STANDARD).name == "standard-1" else "standard-1"
        count = len(read_record(models).acts)
        assert act(models, "propose", name) == [0]  # by "person 0", who cannot approve (2)
        codes = act(models, "approve", name, times=6)
        assert sorted(codes).count(0) == 1
        assert set(codes) <= {0, 2, 4, 7}
        assert len(read_record(models).acts) == count + 2
        assert current_bundle(models, STANDARD).name == name


def test_many_proposals_at_the_same_time_leave_one_whole_chain(models: Path, act: Callable[..., list[int]]) -> None:
    codes = [code for _ in range(3) for code in act(models, "propose", "standard-2", times=4)]
    assert set(codes) <= {0, 7}
    assert len(read_record(models).acts) == 2 + codes.count(0)
    approval = newest_approval(read_record(models), STANDARD)
    assert approval
    assert approval.bundle == "standard-1"


def test_the_demo_is_promoted_by_two_made_up_people(tmp_path: Path, town: Town) -> None:
    folder = Path(shutil.copytree(town.settings.models / "standard-1", tmp_path / "models" / "standard-1"))
    settings = Settings.from_environment({"SAGAK_HOME": str(tmp_path)})
    promoting.promote_demo(settings, folder)
    acts = read_record(settings.models).acts
    assert [(one.act, one.who) for one in acts] == [("proposed", "demo-analyst"), ("approved", "demo-auditor")]
    assert acts[0].gates
    assert acts[0].waiver in ("", "the people are made up")
    assert current_bundle(settings.models, STANDARD).name == "standard-1"
    assert json.loads((settings.models / RECORD).read_text(encoding="utf-8").splitlines()[0])["sequence"] == 1
