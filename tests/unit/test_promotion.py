"""Two people, a reason each, and exactly the bytes that were proposed; going back is the same act without the wait."""

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.calendar import SEOUL
from domain.errors import BundleRefused, CheckFailed, NotFound, StorageFailed, UsageError
from domain.policy import GatePolicy, Policy
from domain.storage import sole_writer
from features.catalogue import STANDARD
from features.survey import SURVEY
from outreach.gate import Gate
from outreach.promotion import (
    WAS_IN_USE,
    approve,
    current_bundle,
    newest_approval,
    open_proposals,
    policy_digest,
    propose,
    reject,
)
from outreach.promotion_record import RECORD, Act, Step, add_act, read_record
from outreach.signing import same_person
from scoring.bundle import load_bundle
from tests.support.weeks import small_bundle

NINE = datetime(2026, 11, 16, 9, tzinfo=SEOUL)
WHY = "Finds more need at capacity."
PASSED = Gate("calibration", is_passed=True, measured=0.03, limit=0.05, sentence="0.03 apart: within the limit.")
MISSED = Gate("outcomes", is_passed=False, measured=160, limit=200, sentence="40 fewer than needed.")
LEFT_OUT = Gate("model in use", is_passed=None, measured=None, limit=None, sentence="No model is in use yet.")


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("three")
    for number in (1, 2, 3):
        small_bundle(folder, number=number)
    return folder


@pytest.fixture
def models(three: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(three, tmp_path / "models"))


def proposed(models: Path, name: str, *, by: str = "김분석", why: str = WHY, gates: tuple[Gate, ...] = (PASSED,), waiver: str = "") -> Act:  # fmt: skip  # noqa: E501
    current = newest_approval(read_record(models), STANDARD)
    return propose(
        models, load_bundle(models / name, STANDARD), STANDARD, Policy(), by=by, why=why, at=NINE, gates=gates,
        replaces=current.digest if current else None, waiver=waiver,
    )  # fmt: skip


def approved(models: Path, name: str, *, by: str = "이감사", why: str = WHY) -> Act:
    return approve(models, name, STANDARD, by=by, why=why, at=NINE + timedelta(hours=1))


def promoted(models: Path, *names: str) -> None:
    for name in names:
        proposed(models, name)
        approved(models, name)


def acts(models: Path) -> list[tuple[str, str]]:
    return [(act.act, act.bundle) for act in read_record(models).acts]


def test_a_bundle_comes_into_use_by_a_proposal_and_the_approval_of_somebody_else(models: Path) -> None:
    proposed(models, "standard-1", gates=(PASSED, LEFT_OUT))
    with pytest.raises(NotFound):
        current_bundle(models, STANDARD)
    act = approved(models, "standard-1")
    assert current_bundle(models, STANDARD).name == "standard-1"
    assert (act.act, act.who, act.why, act.at) == (Step.APPROVED, "이감사", WHY, "2026-11-16T10:00:00+09:00")
    assert act.digest == load_bundle(models / "standard-1", STANDARD).digest
    assert act.gates == (PASSED, LEFT_OUT)


def test_the_line_of_an_act_says_who_did_what_when_why_and_by_which_figures(models: Path) -> None:
    promoted(models, "standard-1")
    first, second = ((models / RECORD).read_text(encoding="utf-8")).splitlines()
    line = json.loads(first)
    assert set(line) == {
        "sequence", "at", "act", "who", "why", "catalogue", "bundle", "digest", "gates", "waiver", "policy_digest",
        "previous",
    }  # fmt: skip
    assert line["gates"][0] == {
        "name": "calibration", "is_passed": True, "measured": 0.03, "limit": 0.05,
        "sentence": "0.03 apart: within the limit.",
    }  # fmt: skip
    assert line["policy_digest"] == policy_digest(Policy())
    assert (line["previous"], len(json.loads(second)["previous"])) == ("", 64)


def test_the_digest_of_a_policy_changes_with_any_number_of_it() -> None:
    assert policy_digest(Policy()) == policy_digest(Policy.parse({}))
    assert policy_digest(Policy()) != policy_digest(Policy(gates=GatePolicy(min_judged=201)))
    assert policy_digest(Policy()) != policy_digest(Policy(capacities={"4128151000": 14}))


# Two people


@pytest.mark.parametrize(
    "name",
    ["김분석", " 김분석 ", "김 분석", "\u1100\u1175\u11b7분석", "김\u3000분석", "김분석.", "(김·분석)", "김분석\u0301"],
)
def test_whoever_proposed_cannot_approve_however_the_name_is_typed(models: Path, name: str) -> None:
    proposed(models, "standard-1")
    with pytest.raises(UsageError, match="cannot approve it") as raised:
        approved(models, "standard-1", by=name)
    assert "second person" in raised.value.hint
    assert acts(models) == [("proposed", "standard-1")]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Kim Bunseok", "kim  BUNSEOK", True),
        ("Straße", "STRASSE", True),
        ("Ａｎｎａ", "anna", True),
        ("김분석", "김분섭", False),
        ("Kim", "Kim 2", False),
        ("김분석.", "김분석", True),
        ("Kim-Bunseok", "Kim Bunseok", True),
        ("김분석\u3164", "김분석", True),
    ],
)
def test_names_are_compared_by_their_letters_and_digits(one: str, other: str, is_same: bool) -> None:
    assert same_person(one, other) is is_same


@pytest.mark.parametrize("name", ["", "  ", "김분석\u200b", "김\u202e분석", "a" * 501, "\ud800", "이\x1b[2J감사"])
def test_a_name_that_is_empty_or_holds_what_cannot_be_seen_is_refused(models: Path, name: str) -> None:
    with pytest.raises(UsageError, match="The name"):
        proposed(models, "standard-1", by=name)
    proposed(models, "standard-1")
    with pytest.raises(UsageError, match="The name"):
        approved(models, "standard-1", by=name)
    assert acts(models) == [("proposed", "standard-1")]


@pytest.mark.parametrize("why", ["", "ok", "좋음", " .  .  .  . ", "a" * 501])
def test_an_act_without_a_reason_is_refused(models: Path, why: str) -> None:
    with pytest.raises(UsageError, match="The reason needs 10 to 500 characters"):
        proposed(models, "standard-1", why=why)
    proposed(models, "standard-1")
    for act in (approve, reject):
        with pytest.raises(UsageError, match="The reason"):
            act(models, "standard-1", STANDARD, by="이감사", why=why, at=NINE)
    assert acts(models) == [("proposed", "standard-1")]


UNSEEN = "\u3164\u1160\u115f\uffa0\u2800\ufe0f\u034f\u00ad\u200b\u180b\u17b4\U000e0101\ufeff"


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_signs_that_a_terminal_shows_as_nothing_stand_in_no_name_and_no_reason(models: Path, sign: str) -> None:
    proposed(models, "standard-1")
    for by, why in ((f"김분석{sign}", WHY), ("이감사", f"{WHY}{sign}")):
        with pytest.raises(UsageError, match="signs that cannot be seen"):
            approved(models, "standard-1", by=by, why=why)
    assert acts(models) == [("proposed", "standard-1")]


@pytest.mark.parametrize("name", [".", "...", "- -", "♥"])
def test_a_name_needs_a_letter_or_a_digit(models: Path, name: str) -> None:
    with pytest.raises(UsageError, match="The name needs a letter or a digit"):
        proposed(models, "standard-1", by=name)


def test_a_reason_of_several_lines_becomes_one_line(models: Path) -> None:
    assert proposed(models, "standard-1", why="More need found.\n  Fewer false alarms.").why == (
        "More need found. Fewer false alarms."
    )


def test_a_time_without_a_zone_is_our_own_mistake(models: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        propose(
            models, load_bundle(models / "standard-1", STANDARD), STANDARD, Policy(), by="a", why=WHY,
            at=datetime(2026, 11, 16), gates=(), replaces=None,
        )  # fmt: skip


# What is proposed


def test_gates_that_are_not_passed_stop_a_proposal_with_name_and_figure(models: Path) -> None:
    with pytest.raises(CheckFailed) as raised:
        proposed(models, "standard-1", gates=(PASSED, MISSED, LEFT_OUT))
    assert "does not pass 1 of 3 gates" in str(raised.value)
    assert "[outcomes] 40 fewer than needed." in str(raised.value)
    assert raised.value.exit_code == 6
    assert acts(models) == []


def test_what_is_not_proposed_cannot_be_approved_or_rejected(models: Path) -> None:
    for act in (approve, reject):
        with pytest.raises(NotFound, match="standard-1 is not proposed now: nothing is"):
            act(models, "standard-1", STANDARD, by="이감사", why=WHY, at=NINE)


def test_a_newer_proposal_takes_the_place_of_an_older_one(models: Path) -> None:
    proposed(models, "standard-1")
    proposed(models, "standard-2")
    with pytest.raises(NotFound, match="standard-1 is not proposed now: standard-2 is"):
        approved(models, "standard-1")
    approved(models, "standard-2")
    assert current_bundle(models, STANDARD).name == "standard-2"


def test_an_answered_proposal_is_no_longer_open(models: Path) -> None:
    promoted(models, "standard-1")
    with pytest.raises(NotFound, match="nothing is"):
        approved(models, "standard-1")
    proposed(models, "standard-2")
    reject(models, "standard-2", STANDARD, by="이감사", why="Single parents lose places.", at=NINE)
    with pytest.raises(NotFound):
        approved(models, "standard-2")
    assert current_bundle(models, STANDARD).name == "standard-1"
    assert open_proposals(read_record(models)) == ()


def test_whoever_proposed_may_take_it_back(models: Path) -> None:
    proposed(models, "standard-1")
    reject(models, "standard-1", STANDARD, by="김분석", why="The wrong one was proposed.", at=NINE)
    assert acts(models) == [("proposed", "standard-1"), ("rejected", "standard-1")]


def rewritten(models: Path, name: str) -> None:
    """Another valid bundle under the same name."""
    shutil.rmtree(models / name)
    small_bundle(models, number=int(name.rsplit("-", 1)[1]), card="# another\n")


def test_a_proposal_is_approved_for_exactly_the_bytes_it_named(models: Path) -> None:
    proposed(models, "standard-1")
    rewritten(models, "standard-1")
    with pytest.raises(BundleRefused, match="is not the bundle that was proposed"):
        approved(models, "standard-1")
    assert acts(models) == [("proposed", "standard-1")]


def test_gates_judged_against_a_model_that_is_no_longer_in_use_do_not_count(models: Path) -> None:
    bundle = load_bundle(models / "standard-2", STANDARD)
    promoted(models, "standard-1")
    with pytest.raises(CheckFailed, match="Another model came into use while the gates were judged"):
        propose(
            models, bundle, STANDARD, Policy(), by="a", why=WHY, at=NINE, gates=(), replaces=None,
        )  # fmt: skip


def test_the_bundle_in_use_is_not_proposed_again(models: Path) -> None:
    promoted(models, "standard-1")
    with pytest.raises(UsageError, match="in use already"):
        proposed(models, "standard-1")


def test_catalogues_are_promoted_each_for_itself(models: Path) -> None:
    small_bundle(models, SURVEY)
    promoted(models, "standard-1")
    with pytest.raises(NotFound, match="No model has been promoted yet"):
        current_bundle(models, SURVEY)
    proposed(models, "standard-2")
    propose(
        models, load_bundle(models / "survey-1", SURVEY), SURVEY, Policy(), by="김분석", why=WHY, at=NINE, gates=(),
        replaces=None,
    )  # fmt: skip
    approve(models, "survey-1", SURVEY, by="이감사", why=WHY, at=NINE)
    approved(models, "standard-2")
    assert [current_bundle(models, known).name for known in (STANDARD, SURVEY)] == ["standard-2", "survey-1"]


# Going back


def test_going_back_is_the_same_act_and_no_gate_blocks_it(models: Path) -> None:
    promoted(models, "standard-1", "standard-2")
    act = proposed(models, "standard-1", gates=(MISSED,))
    assert (act.waiver, act.gates) == (WAS_IN_USE, (MISSED,))
    assert approved(models, "standard-1").waiver == WAS_IN_USE
    assert current_bundle(models, STANDARD).name == "standard-1"


def test_going_back_takes_two_people_as_well(models: Path) -> None:
    promoted(models, "standard-1", "standard-2")
    proposed(models, "standard-1")
    with pytest.raises(UsageError, match="cannot approve it"):
        approved(models, "standard-1", by="김분석")
    assert current_bundle(models, STANDARD).name == "standard-2"


def test_only_bytes_that_were_in_use_go_past_the_gates_not_a_name(models: Path) -> None:
    promoted(models, "standard-1", "standard-2")
    proposed(models, "standard-3")
    rewritten(models, "standard-1")
    with pytest.raises(CheckFailed, match="does not pass"):
        proposed(models, "standard-1", gates=(MISSED,))
    with pytest.raises(CheckFailed, match="does not pass"):
        proposed(models, "standard-3", gates=(MISSED,))  # proposed before, never approved


def test_a_waiver_is_recorded_with_the_gates_it_waived(models: Path) -> None:
    act = proposed(models, "standard-1", gates=(MISSED,), waiver="the people are made up")
    assert (act.waiver, act.gates) == ("the people are made up", (MISSED,))


# What lists are made with


def test_before_any_promotion_the_hint_names_the_next_step(models: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no trained model yet"):
        current_bundle(tmp_path / "nothing", STANDARD)
    with pytest.raises(NotFound, match="No model has been promoted yet") as raised:
        current_bundle(models, STANDARD)
    assert "sagak propose standard-3 --by NAME --why TEXT" in raised.value.hint
    proposed(models, "standard-2")
    with pytest.raises(NotFound) as raised:
        current_bundle(models, STANDARD)
    assert "sagak approve standard-2" in raised.value.hint


def test_another_bundle_under_the_approved_name_is_not_used(models: Path) -> None:
    promoted(models, "standard-1")
    rewritten(models, "standard-1")
    with pytest.raises(BundleRefused, match="is not the bundle that was approved"):
        current_bundle(models, STANDARD)
    shutil.rmtree(models / "standard-1")
    with pytest.raises(BundleRefused, match="is in use, but its folder is gone"):
        current_bundle(models, STANDARD)


def test_a_bundle_in_use_without_its_manifest_is_damaged_and_not_one_that_never_was(models: Path) -> None:
    promoted(models, "standard-1")
    (models / "standard-1" / "manifest.json").unlink()
    with pytest.raises(BundleRefused, match="is in use, but its folder is gone"):
        current_bundle(models, STANDARD)


# Lines added by hand, each well chained: the record as a whole has to make sense


def answer_of(models: Path, **changed: object) -> Act:
    """An approval of the newest act, as somebody writes it who may write the file."""
    newest = read_record(models).acts[-1]
    return replace(newest, **({"act": Step.APPROVED, "who": "이감사"} | changed))  # type: ignore[arg-type]


def added(models: Path, act: Act) -> None:
    add_act(models, read_record(models), act)


def test_an_approval_of_what_was_proposed_reads_back_whoever_wrote_it(models: Path) -> None:
    """Two names are all that the record can know; see docs/promotion.md."""
    proposed(models, "standard-1")
    added(models, answer_of(models))
    assert current_bundle(models, STANDARD).name == "standard-1"


@pytest.mark.parametrize("who", ["김분석", "김 분석.", "김분석\u3164"])
def test_an_approval_by_whoever_proposed_is_not_believed_though_its_line_is_chained(models: Path, who: str) -> None:
    proposed(models, "standard-1")
    added(models, answer_of(models, who=who))
    with pytest.raises(CheckFailed, match="line 2 is an approval by whoever proposed"):
        current_bundle(models, STANDARD)


@pytest.mark.parametrize(
    "changed",
    [
        {"digest": "0" * 64}, {"bundle": "standard-2"}, {"catalogue": "survey"}, {"gates": ()}, {"waiver": "none"},
        {"policy_digest": "0" * 64}, {"act": Step.REJECTED, "bundle": "standard-2"},
    ],
)  # fmt: skip
def test_an_answer_to_something_else_than_what_was_proposed_is_not_believed(
    models: Path, changed: dict[str, object]
) -> None:
    proposed(models, "standard-1")
    added(models, answer_of(models, **changed))
    with pytest.raises(CheckFailed, match="line 2 answers what was not proposed"):
        read_record(models)


def test_an_approval_without_a_proposal_or_of_an_answered_one_is_not_believed(models: Path, tmp_path: Path) -> None:
    promoted(models, "standard-1")
    approval = read_record(models).acts[1]
    added(models, approval)
    with pytest.raises(CheckFailed, match="line 3 answers what was not proposed"):
        read_record(models)
    (tmp_path / "other").mkdir()
    added(tmp_path / "other", approval)
    with pytest.raises(CheckFailed, match="line 1 answers what was not proposed"):
        read_record(tmp_path / "other")


def test_while_somebody_records_another_is_told_to_wait(models: Path) -> None:
    with sole_writer(models, "busy"), pytest.raises(StorageFailed, match="Somebody else is recording a promotion"):
        proposed(models, "standard-1")
    proposed(models, "standard-1")
