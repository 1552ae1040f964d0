"""No field of an entry is forgotten: it is on file, in the list's digest, compared by a replay, and has a name."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from audit.replay import changed_fields
from domain.listing import Band, Entry, Explanation, Reason, Slot
from serving.wording_audit_ko import FIELDS
from store.staging import digest_of
from tests.support.publications import WEST, lists_of

ONE = Entry(
    round="2026-W47",
    dong_code=WEST,
    rank=1,
    household_id="A",
    slot=Slot.TOP,
    slot_sentence="위험도 순",
    propensity=1.0,
    raw_score=0.5,
    probability=0.25,
    band=Band.HIGH,
    tied_with=0,
    household_type="one_person",
    bundle="standard-1",
    explanation=Explanation((Reason("주거", "월세가 밀림", 0.5),), (), ("건강",), date(2026, 8, 1)),
)
OF_THE_LIST = {"round", "dong_code"}  # where it is, which is never compared
EXPLAINED = {one.name for one in fields(Explanation)}
OWN = {one.name for one in fields(Entry)} - OF_THE_LIST - {"explanation"}


def otherwise(entry: Entry, name: str) -> Entry:
    """The same entry with another value in one field."""
    if name in EXPLAINED:
        return replace(entry, explanation=replace(entry.explanation, **{name: other(entry.explanation, name)}))
    return replace(entry, **{name: other(entry, name)})


def other(of: Entry | Explanation, name: str) -> object:
    match getattr(of, name):
        case bool() as value:
            return not value
        case Slot():
            return Slot.REFERRAL
        case Band():
            return Band.LOW
        case int() | float() as value:
            return value + 1
        case str() as value:
            return value + "!"
        case date():
            return None
        case ():
            return (Reason("부채", "빚이 없음", -0.5),)
        case _:
            return ()


@pytest.mark.parametrize("name", sorted(OWN | EXPLAINED))
def test_a_field_that_differs_is_named_by_a_replay_in_korean(name: str) -> None:
    assert changed_fields(ONE, otherwise(ONE, name)) == (name,)
    assert FIELDS[name]


@pytest.mark.parametrize("name", sorted((OWN | EXPLAINED) - {"bundle"}))  # one bundle a round: it stands there
def test_a_field_that_differs_gives_the_list_another_digest(name: str) -> None:
    assert digest_of([otherwise(ONE, name)]) != digest_of([ONE])


def test_the_file_of_a_round_has_a_column_for_every_field(tmp_path: Path) -> None:
    columns = set(pl.read_parquet_schema(lists_of(tmp_path, {WEST: "A"}).folder / "entries.parquet"))
    assert columns == OWN | EXPLAINED | OF_THE_LIST


def test_no_name_is_left_over() -> None:
    assert set(FIELDS) == OWN | EXPLAINED
