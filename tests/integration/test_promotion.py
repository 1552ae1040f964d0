"""Promotion as people do it: commands that refuse with figures, kills at every step, two people at the same time."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from features.catalogue import STANDARD
from outreach.promotion import current_bundle, newest_approval, policy_digest
from outreach.promotion_record import HEAD, RECORD, read_record
from outreach.proposing import MADE_UP
from sagak import cli, promoting
from sagak.settings import Settings
from sagak.weekly import make_scores, open_bundle, run_round
from tests.support.kills import forks
from tests.support.weeks import (
    WEEK,
    Town,
    add_second_bundle,
    environment_variables,
    promote,
    small_bundle,
    train_without_log,
)
from training.recipe import Recipe

ME, OTHER = ("--by", "김분석"), ("--by", "이감사")
WHY = ("--why", "Finds more need at capacity.")


class Heard:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Heard]:
    """Runs a command in this process, through the same door as a user's."""

    def run(settings: Settings, *arguments: str) -> Heard:
        monkeypatch.setattr(promoting, "out", Console(width=200, force_terminal=False))
        monkeypatch.setattr("sys.argv", ["sagak", *arguments])
        capsys.readouterr()
        with environment_variables({"SAGAK_HOME": str(settings.home)}):
            try:
                cli.main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        heard = capsys.readouterr()
        assert "Traceback" not in heard.err
        return Heard(code, heard.out, heard.err)

    return run


def gates_of(heard: Heard) -> dict[str, str]:
    found = re.findall(r"^ +(passed|not passed|left out)  ([a-z ]+): ", heard.out, re.MULTILINE)
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
    said: Callable[..., Heard], own_town: Settings, town: Town
) -> None:
    lenient(own_town)
    train_without_log(settings_again(own_town), town.core, recipe=Recipe(trees=40))
    heard = said(own_town, "propose", "standard-2", *ME, *WHY)
    assert heard.code == 0, heard.err
    assert gates_of(heard)["model in use"] == "passed"
    assert "against the model in use" in heard.out
    assert gates_of(heard)["direction"] == "passed"
    assert gates_of(heard)["groups too small"] == "left out"
    assert "Proposed: standard-2" in heard.out

    refused = said(own_town, "approve", "standard-2", "--by", " 김 분석", *WHY)
    assert refused.code == 2
    assert "Whoever proposed standard-2 cannot approve it" in refused.err
    assert run_round(own_town, WEEK).bundle == "standard-1"

    assert "In use from now on: standard-2" in said(own_town, "approve", "standard-2", *OTHER, *WHY).out
    week = said(own_town, "round").out
    assert "These very lists were published before: nothing has changed." in week
    assert "2026-W47 keeps standard-1, with which it was first published" in week
    assert "standard-2, approved since, begins with 2026-W48." in week
    coming = said(own_town, "round", "--as-of", "2026-11-23").out
    assert "ranked by standard-2." in coming
    assert "keeps" not in coming

    shown = said(own_town, "promotions").out
    assert "3  " in shown
    assert "by 김분석: Finds more need at capacity." in shown
    assert f"In use: standard-2 (sha256 {open_bundle(own_town, STANDARD).digest})." in shown
    assert f"Digest of the record, to be noted elsewhere: {read_record(own_town.models).digest}" in shown


def test_a_candidate_of_the_same_recipe_is_not_said_to_be_as_good_where_nothing_could_differ(
    said: Callable[..., Heard], own_town: Settings, town: Town
) -> None:
    """Both learned after the tested rounds, so both are fitted anew for them, and alike."""
    lenient(own_town)
    add_second_bundle(own_town.models)
    heard = said(own_town, "propose", "standard-2", *ME, *WHY)
    assert heard.code == 0, heard.err
    assert gates_of(heard)["model in use"] == "left out"
    assert "No judged household differs between the two" in heard.out


def test_a_candidate_that_misses_a_gate_is_refused_with_its_figures_and_nothing_is_recorded(
    said: Callable[..., Heard], own_town: Settings, town: Town
) -> None:
    (own_town.home / "policy.toml").write_text(
        "[evaluation]\ndraws = 100\ntest_rounds = 2\n[gates]\nmin_judged = 100000\n", encoding="utf-8"
    )
    add_second_bundle(own_town.models)
    before = (own_town.models / RECORD).read_bytes()
    heard = said(own_town, "propose", "standard-2", *ME, *WHY)
    assert heard.code == 6
    assert re.search(r"standard-2 does not pass \d of \d+ gates", heard.err)
    assert re.search(r"\[outcomes\] Judged on [\d,]+ known outcomes of 100,000 that it takes: [\d,]+ fewer", heard.err)
    assert gates_of(heard)["outcomes"] == "not passed"
    assert (own_town.models / RECORD).read_bytes() == before
    heard = said(own_town, "propose", "standard-2", *ME, *WHY, "--waive")  # of made-up people
    assert heard.code == 0, heard.err
    assert "The gates do not block: the people are made up." in heard.out
    act = read_record(own_town.models).acts[-1]
    assert (act.waiver, {gate.name for gate in act.gates if gate.is_passed is False} >= {"outcomes"}) == (MADE_UP, True)


def test_gates_are_not_waived_where_people_are_real(said: Callable[..., Heard], own_town: Settings) -> None:
    about = next(own_town.core.glob("*/core.json"))
    about.write_text(about.read_text(encoding="utf-8").replace('"synthetic"', '"standard"'), encoding="utf-8")
    add_second_bundle(own_town.models)
    heard = said(own_town, "propose", "standard-2", *ME, *WHY, "--waive")
    assert (heard.code, gates_of(heard)) == (2, {}), "said before anything is judged"
    assert "Gates are waived for made-up people only." in heard.err


def test_going_back_needs_no_delivery_and_no_figures(said: Callable[..., Heard], own_town: Settings) -> None:
    """The bundle in use turns out bad, and the deliveries are not at hand."""
    small_bundle(own_town.models, number=2)
    promote(own_town.models, "standard-2")
    shutil.rmtree(own_town.core)
    heard = said(own_town, "propose", "standard-1", *ME, "--why", "The lists of standard-2 look wrong.")
    assert heard.code == 0, heard.err
    assert gates_of(heard)["model in use"] == "left out"
    assert said(own_town, "approve", "standard-1", *OTHER, *WHY).code == 0
    assert open_bundle(own_town, STANDARD).name == "standard-1"
    assert read_record(own_town.models).acts[-1].waiver == "it was in use before"


def test_a_proposal_can_be_turned_down_and_nothing_changes(said: Callable[..., Heard], own_town: Settings) -> None:
    small_bundle(own_town.models, number=2)
    promote(own_town.models, "standard-2")
    said(own_town, "propose", "standard-1", *ME, *WHY)
    assert "Waits for a second person: standard-1" in said(own_town, "promotions").out
    assert (
        "What was in use stays" in said(own_town, "reject", "standard-1", *OTHER, "--why", "Not needed, it was us.").out
    )
    assert open_bundle(own_town, STANDARD).name == "standard-2"
    assert said(own_town, "approve", "standard-1", *OTHER, *WHY).code == 4


@pytest.mark.parametrize("command", ["propose", "approve", "reject"])
def test_what_cannot_be_is_refused_before_anything_is_computed(
    said: Callable[..., Heard], own_town: Settings, command: str
) -> None:
    for name, words, code in (
        ("standard-9", (*ME, *WHY), 4),
        ("model", (*ME, *WHY), 4),
        ("../standard-1", (*ME, *WHY), 4),
        ("standard-1", (*ME, "--why", "ok"), 2),
        ("standard-1", ("--by", " ", *WHY), 2),
    ):
        heard = said(own_town, command, name, *words)
        assert (heard.code, heard.out) == (code, ""), heard.err


def test_a_list_is_never_published_with_a_bundle_nobody_approved_but_it_can_be_tried(
    said: Callable[..., Heard], own_town: Settings, town: Town
) -> None:
    small_bundle(own_town.models, number=2)
    heard = said(own_town, "round", "--bundle", "standard-2")
    assert heard.code == 5
    assert "standard-2 is not in use, standard-1 is" in heard.err
    assert "sagak score --bundle standard-2" in heard.err
    make_scores(own_town, WEEK, open_bundle(own_town, STANDARD, "standard-2"))
    assert run_round(own_town, WEEK).bundle == "standard-1"


def test_a_record_that_was_changed_stops_the_round(said: Callable[..., Heard], own_town: Settings) -> None:
    path = own_town.models / RECORD
    path.write_text(path.read_text(encoding="utf-8").replace("analyst", "nobody"), encoding="utf-8")
    for command in (["round"], ["score"], ["promotions"]):
        heard = said(own_town, *command)
        assert heard.code == 6
        assert "The record of promotions is not what was written: line 1 or line 2 was changed" in heard.err


def test_a_damaged_model_in_use_does_not_stop_its_successor(
    said: Callable[..., Heard], own_town: Settings, town: Town
) -> None:
    lenient(own_town)
    add_second_bundle(own_town.models)
    (own_town.models / "standard-1" / "model.txt").write_text("x", encoding="utf-8")
    heard = said(own_town, "propose", "standard-2", *ME, *WHY)
    assert heard.code == 0, heard.err
    assert "The model in use cannot be compared: standard-1/model.txt is not what was written" in heard.out


def test_a_changed_label_leaves_the_comparison_out_with_a_sentence_and_never_silently(
    said: Callable[..., Heard], own_town: Settings, town: Town
) -> None:
    """People changed what the list ranks by; the candidate learned the new label, the model in use the former."""
    lenient(own_town)
    changed = (own_town.home / "policy.toml").read_text(encoding="utf-8") + '[label]\nranks_by = "any_support"\n'
    (own_town.home / "policy.toml").write_text(changed, encoding="utf-8")
    train_without_log(settings_again(own_town), town.core, seed=2)
    heard = said(own_town, "propose", "standard-2", *ME, *WHY)
    assert heard.code == 0, heard.err
    assert gates_of(heard)["model in use"] == "left out"
    assert "label that ranks was changed in the policy, which is a decision of its own" in heard.out
    assert "standard-1 learned public_or_case, and the policy ranks by any_support" in heard.out
    act = read_record(own_town.models).acts[-1]
    assert act.policy_digest == policy_digest(settings_again(own_town).policy())
    assert [gate.sentence for gate in act.gates if "decision of its own" in gate.sentence]


def test_a_candidate_that_learned_another_label_is_not_proposed_also_if_it_was_in_use_before(
    said: Callable[..., Heard], own_town: Settings
) -> None:
    small_bundle(own_town.models, number=2)
    promote(own_town.models, "standard-2")
    (own_town.home / "policy.toml").write_text('[label]\nranks_by = "any_support"\n', encoding="utf-8")
    heard = said(own_town, "propose", "standard-1", *ME, *WHY)
    assert (heard.code, heard.out) == (5, "")
    assert "standard-1 learned public_or_case, and the policy ranks by any_support" in heard.err
    assert len(read_record(own_town.models).acts) == 4


def test_a_model_in_use_whose_manifest_is_gone_is_not_taken_for_none(
    said: Callable[..., Heard], own_town: Settings, town: Town
) -> None:
    lenient(own_town)
    train_without_log(settings_again(own_town), town.core, seed=2)
    (own_town.models / "standard-1" / "manifest.json").unlink()
    heard = said(own_town, "propose", "standard-2", *ME, *WHY)
    assert "The model in use cannot be compared: standard-1 is in use, but its folder is gone" in heard.out


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
