"""What the record of promotions holds, the trail holds: also what a page could not keep, and acts by command."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.calendar import SEOUL
from domain.errors import CheckFailed
from domain.people import ALL, Signature
from domain.policy import Policy
from features.catalogue import STANDARD
from outreach.promotion import approve, propose
from outreach.promotion_record import RECORD
from outreach.promotion_trail import note_promotions
from scoring.bundle import load_bundle
from store.database import Database
from store.trail import Line, append
from store.trail_search import lines_of
from tests.support.weeks import small_bundle

PROPOSED_AT = datetime(2026, 11, 18, 9, 0, 0, 123_456, tzinfo=SEOUL)
APPROVED_AT = PROPOSED_AT + timedelta(hours=2)
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=SEOUL)
WHY = "지난 회차로 다시 배운 모형"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A bundle that one person proposed and another approved."""
    folder = tmp_path / "models"
    small_bundle(folder)
    bundle = load_bundle(folder / "standard-1", STANDARD)
    propose(
        folder, bundle, STANDARD, Policy(), by="분석담당 (analyst)", why=WHY, at=PROPOSED_AT, gates=(), replaces=None
    )
    approve(folder, "standard-1", STANDARD, by="감사담당 (auditor)", why=WHY, at=APPROVED_AT)
    return folder


def told(database: Database) -> list[Line]:
    with database.reading(ALL) as connection:
        return list(lines_of(connection, ("propose_model", "approve_promotion")))


def test_an_act_without_a_line_gets_one_that_says_who_did_it_and_when(any_database: Database, models: Path) -> None:
    assert note_promotions(any_database, models, at=MONDAY) == 2
    proposal, approval = told(any_database)
    assert (proposal.act, proposal.detail["who"]) == ("propose_model", "분석담당 (analyst)")
    assert (approval.at, approval.actor, approval.act, approval.subjects) == (
        MONDAY, "sagak", "approve_promotion", ("standard-1",))  # fmt: skip
    assert approval.detail["done_at"] == "2026-11-18T11:00:00+09:00"
    assert note_promotions(any_database, models, at=MONDAY + timedelta(weeks=1)) == 0


def test_what_a_page_has_kept_is_not_told_twice(any_database: Database, models: Path) -> None:
    by = Signature(7, "analyst", ALL, PROPOSED_AT, "10.0.0.7")
    with any_database.writing(ALL) as connection:
        append(connection, Line.of(by, "propose_model", "standard-1", reason=WHY))
    assert note_promotions(any_database, models, at=MONDAY) == 1
    assert [(line.actor, line.act) for line in told(any_database)] == [
        ("analyst", "propose_model"), ("sagak", "approve_promotion")]  # fmt: skip


def test_of_a_record_that_was_changed_nothing_is_told(any_database: Database, models: Path) -> None:
    text = (models / RECORD).read_text(encoding="utf-8")
    (models / RECORD).write_text(text.replace("감사담당", "다른사람"), encoding="utf-8")
    with pytest.raises(CheckFailed):
        note_promotions(any_database, models, at=MONDAY)
    assert told(any_database) == []
