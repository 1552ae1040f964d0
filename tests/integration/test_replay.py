"""A past list comes out again to the last bit; whatever is not as it was is named: the thing, the place, the field."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import update

import outreach.publishing
from audit.entry import full_entry
from audit.replay import Kind, Replay, Where, replay
from audit.sources_of_round import Sources, State, What
from domain.errors import NotFound
from domain.listing import Slot
from domain.people import ALL
from domain.policy import ListPolicy, Policy
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.matrices import district_matrix
from outreach.eligibility import RULES
from outreach.entries import district_entries
from outreach.promotion import policy_digest
from outreach.publishing import read_entries
from sagak.settings import Settings
from scoring.score import raw_scores, score
from sources.parquet import write_parquet
from store import tables
from store.database import Database
from store.lists import dongs_of_round, round_called
from store.past_lists import PastEntry, past_entries
from tests.support.audited import folders_of, town_store
from tests.support.weeks import WEEK, Town, small_bundle, the_town

Held = tuple[Settings, Database]


@pytest.fixture(scope="module")
def town() -> Town:
    return the_town()


@pytest.fixture
def held(town: Town, tmp_path: Path) -> Iterator[Held]:
    with town_store(town, tmp_path / "home") as there:
        yield there


def sources_of(held: Held, policy: Policy | None = None) -> Sources:
    settings, database = held
    with database.reading(ALL) as connection:
        published, dongs = round_called(connection, WEEK.label), dongs_of_round(connection, WEEK.label)
    return Sources.find(folders_of(settings), published, dongs, policy=policy or settings.policy())


def replayed(held: Held, *dong_codes: str, policy: Policy | None = None) -> Replay:
    sources = sources_of(held, policy)
    with held[1].reading(ALL) as connection:
        return replay(connection, ALL, sources, dong_codes or tuple(sources.noted), is_thorough=True)


def first_entry(held: Held) -> PastEntry:
    """The first place of the first dong that has one."""
    sources = sources_of(held)
    with held[1].reading(ALL) as connection:
        listed = past_entries(connection, ALL, sources.published, tuple(sources.noted))
    return next(entries[0] for entries in listed.values() if entries)


def change_matrix(settings: Settings, household_id: str, feature: str, value: float) -> None:
    (path,) = (settings.matrices / WEEK.label).glob("*.parquet")
    frame = pl.read_parquet(path)
    is_own = pl.col("household_id") == household_id
    changed = pl.when(is_own).then(pl.lit(value, frame.schema[feature])).otherwise(pl.col(feature)).alias(feature)
    path.unlink()
    write_parquet(frame.with_columns(changed), path, is_matrix=True)


def another_value(held: Held, past: PastEntry) -> tuple[str, float]:
    """A feature and a value with which the household's score is another one."""
    sources = sources_of(held)
    dong = sources.matrix(sources.district_of(past.entry.dong_code), [past.entry.dong_code])
    own = dong.filter(pl.col("household_id") == past.entry.household_id)
    assert sources.bundle is not None
    for share in full_entry(sources, past.entry).shares:
        for value in (0.0, 600.0):
            changed = own.with_columns(pl.lit(value, own.schema[share.feature.name]).alias(share.feature.name))
            if raw_scores(sources.bundle, changed)[0] != past.entry.raw_score:
                return share.feature.name, value
    raise AssertionError("nothing moves this score")


def test_the_whole_round_comes_out_byte_equal_from_store_and_files(held: Held) -> None:
    found = replayed(held)
    assert found.is_same
    assert {one.state for one in found.sources.found} == {State.SAME}
    assert not found.differences
    assert (len(found.dongs), found.entries, found.scores_compared) == (len(found.sources.noted), 60, 1500)
    for dong in found.dongs:
        assert dong.noted == dong.replayed == dong.stored == dong.in_files


def test_a_changed_value_that_moves_nobody_is_found_all_the_same(held: Held) -> None:
    past = first_entry(held)
    change_matrix(held[0], past.entry.household_id, "has_phone", 7.0)
    found = replayed(held)
    assert (found.values_differing, found.differences, found.is_same) == ({"has_phone": 1}, (), False)


def test_one_dong_alone_comes_out_as_it_does_with_all_others(held: Held) -> None:
    code = first_entry(held).entry.dong_code
    (alone,) = replayed(held, code).dongs
    assert alone == next(dong for dong in replayed(held).dongs if dong.dong_code == code)


def test_the_policy_of_then_counts_and_not_that_of_today(held: Held) -> None:
    other = Policy(list=ListPolicy(capacity=1, exploration_places=0))
    assert replayed(held, policy=other).is_same
    (of_then,) = (one for one in sources_of(held, other).found if one.what is What.POLICY)
    assert of_then.noted == of_then.found == policy_digest(replace(held[0].policy(), capacities={}))


def test_a_round_that_kept_no_policy_says_so_and_differs_where_the_policy_changed(held: Held) -> None:
    sources = sources_of(held, Policy(list=replace(ListPolicy(), exploration_places=0)))
    origin = {name: value for name, value in sources.published.origin.items() if name != "policy"}
    with held[1].writing(ALL) as connection:
        connection.execute(update(tables.publications).values(origin=origin))
    unchanged = replayed(held)
    assert unchanged.is_same
    assert unchanged.sources.state(What.POLICY) is State.NOT_NOTED
    changed = replayed(held, policy=Policy(list=replace(ListPolicy(), exploration_places=0)))
    assert {one.kind for one in changed.differences} >= {Kind.NOT_REPLAYED, Kind.NOT_LISTED}


def test_a_round_is_replayed_by_the_rules_and_held_against_the_words_it_was_made_with(held: Held) -> None:
    assert sources_of(held).rules == RULES
    origin = dict(sources_of(held).published.origin)
    with held[1].writing(ALL) as connection:
        older = {name: value for name, value in origin.items() if name not in ("rules", "words")}
        connection.execute(update(tables.publications).values(origin=older))
    assert (sources_of(held).rules, sources_of(held).state(What.WORDS)) == (1, State.NOT_NOTED)
    with held[1].writing(ALL) as connection:
        connection.execute(update(tables.publications).values(origin=origin | {"words": "0" * 64}))
    assert sources_of(held).state(What.WORDS) is State.OTHER


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (1, "7일 전 명단에 올랐으나 아직 연락이 닿지 않았습니다"),
        (2, "전기·가스·수도가 끊기거나 제한되었다는 정보가 61일 전에 들어왔습니다"),
    ],
)
def test_an_entry_carried_over_says_what_it_was_listed_for_and_a_former_round_what_it_said(
    held: Held, rules: int, sentence: str
) -> None:
    """The supply was cut off 54 days before the list that nobody could act on yet; a week later it is off still."""
    past, sources = first_entry(held).entry, sources_of(held)
    matrix = sources.matrix(sources.district_of(past.dong_code), [past.dong_code])
    assert sources.bundle is not None
    assert sources.core is not None
    is_own = pl.col("household_id") == past.household_id
    known = {"shutoff_known_days": 61.0, "days_since_open_listing": 7.0, "days_since_contact": None}
    changed = matrix.with_columns(
        pl.when(is_own).then(pl.lit(value, pl.Float32)).otherwise(pl.col(name)).alias(name)
        for name, value in known.items()
    )
    entries = district_entries(
        changed,
        score(sources.bundle, changed),
        sources.core.scan("requests").collect().clear(),
        bundle=sources.bundle,
        catalogue=sources.catalogue,
        week=sources.week,
        policy=sources.policy,
        rules=rules,
    )
    own = next(entry for entry in entries if entry.household_id == past.household_id)
    assert (own.slot, own.slot_sentence) == (Slot.CARRIED_OVER, sentence)


def test_a_changed_matrix_value_shows_at_its_household_and_in_the_scores_on_file(held: Held) -> None:
    past = first_entry(held)
    feature, value = another_value(held, past)
    change_matrix(held[0], past.entry.household_id, feature, value)
    found = replayed(held)
    assert found.values_differing == {feature: 1}
    assert not found.is_same
    assert found.scores_differing == 1
    own = [one for one in found.differences if one.ref == past.ref]
    assert {one.where for one in own} == {Where.STORE, Where.FILES}
    for one in own:
        assert one.kind is Kind.NOT_REPLAYED or {"raw_score", "probability"} <= set(one.fields)


@pytest.mark.parametrize(
    ("column", "value"),
    [("raw_score", 9.75), ("slot", "referral"), ("propensity", 0.5), ("slot_sentence", "바뀐 말"), ("tied_with", 3)],
)
def test_a_changed_entry_in_the_store_is_named_by_place_and_field(held: Held, column: str, value: object) -> None:
    past = first_entry(held)
    with held[1].writing(ALL) as connection:
        connection.execute(update(tables.entries).where(tables.entries.c.ref == past.ref).values({column: value}))
    found = replayed(held)
    (one,) = found.differences
    assert (one.where, one.kind, one.rank, one.fields, one.ref) == (
        Where.STORE, Kind.CHANGED, past.entry.rank, (column,), past.ref)  # fmt: skip
    (dong,) = [dong for dong in found.dongs if not dong.is_same]
    assert dong.noted == dong.replayed == dong.in_files != dong.stored


def test_a_removed_entry_and_a_changed_reason_are_named(held: Held) -> None:
    past = first_entry(held)
    own = tables.entries.c.ref == past.ref
    why = {"raising": [], "lowering": [], "unknown": ["다른 말"], "newest_report": None, "has_reports": False}
    with held[1].writing(ALL) as connection:
        connection.execute(update(tables.entries).where(own).values(explanation=why))
    (one,) = replayed(held).differences
    assert {"raising", "unknown", "has_reports"} <= set(one.fields)
    with held[1].writing(ALL) as connection:
        connection.execute(tables.entries.delete().where(own))
    (gone,) = replayed(held).differences
    assert (gone.kind, gone.where, gone.rank) == (Kind.NOT_LISTED, Where.STORE, past.entry.rank)


def test_a_swapped_bundle_is_named_and_its_effect_is_shown(held: Held) -> None:
    settings = held[0]
    shutil.rmtree(settings.models / "standard-1")
    small_bundle(settings.models)
    found = replayed(held)
    assert found.sources.state(What.BUNDLE) is State.OTHER
    assert not found.is_same
    assert found.scores_differing
    assert any("raw_score" in one.fields or one.kind is not Kind.CHANGED for one in found.differences)


def damage_bundle(settings: Settings) -> None:
    path = settings.models / "standard-1" / "model.txt"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))


def swap_files(settings: Settings) -> None:
    (path,) = (settings.lists / WEEK.label).glob("*/entries.parquet")
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def other_delivery(settings: Settings) -> None:
    (path,) = settings.core.glob("*/core.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"delivery_digest": "0" * 64}), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "what", "state", "is_done"),
    [
        (lambda home: shutil.rmtree(home.models / "standard-1"), What.BUNDLE, State.GONE, False),
        (damage_bundle, What.BUNDLE, State.DAMAGED, False),
        (lambda home: shutil.rmtree(home.matrices), What.MATRIX, State.GONE, False),
        (lambda home: (home.matrices / WEEK.label / "made_from").write_text("a b c\n"), What.MATRIX, State.OTHER, True),
        (lambda home: shutil.rmtree(home.core), What.DELIVERY, State.GONE, False),
        (other_delivery, What.DELIVERY, State.OTHER, True),
        (lambda home: shutil.rmtree(home.recorded), What.RECORDED, State.GONE, True),
        (lambda home: shutil.rmtree(home.lists), What.FILES, State.GONE, True),
        (swap_files, What.FILES, State.DAMAGED, True),
    ],
)
def test_what_is_gone_damaged_or_another_is_said(
    held: Held, change: object, what: What, state: State, is_done: bool
) -> None:
    change(held[0])  # type: ignore[operator]
    found = replayed(held)
    assert found.sources.state(what) is state
    assert found.is_done is is_done


def test_one_entry_in_full_adds_up_and_is_what_was_listed(held: Held) -> None:
    sources, seen = sources_of(held), set()
    with held[1].reading(ALL) as connection:
        listed = past_entries(connection, ALL, sources.published, tuple(sources.noted))
    for past in (past for entries in listed.values() for past in entries):
        found = full_entry(sources, past.entry)
        seen.add(past.entry.slot)
        assert found.is_as_listed
        assert found.adds_up
        assert abs(found.base + sum(theme.contribution for theme in found.themes) - found.raw_score) < 1e-6
        assert {share.is_proven for share in found.shares} == {True, None}, "the tests' model keeps every direction"
        assert found.claims.flags["may_be_listed"]
        assert found.claims.capacity == 10
    assert len(seen) > 2


def test_one_entry_without_its_row_is_refused_and_names_nobody(held: Held) -> None:
    past = first_entry(held)
    with pytest.raises(NotFound) as refused:
        full_entry(sources_of(held), replace(past.entry, household_id="0" * 16))
    assert past.entry.household_id not in str(refused.value)


def test_files_of_the_round_hold_the_same_entries_as_the_store(held: Held, town: Town) -> None:
    sources = sources_of(held)
    in_files = sources.entries_in_files(tuple(sources.noted))
    assert in_files is not None
    assert [entry for entries in in_files.values() for entry in entries] == read_entries(town.published)


def test_of_the_files_of_a_round_only_the_dongs_asked_for_are_read(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    as_it_is = outreach.publishing._entry
    monkeypatch.setattr("outreach.publishing._entry", lambda row: made.append(row["dong_code"]) or as_it_is(row))
    code = first_entry(held).entry.dong_code
    assert made == []
    replayed(held, code)
    assert set(made) == {code}


def test_the_features_of_a_dong_alone_are_those_it_has_in_its_district(town: Town) -> None:
    kept = town.matrix().sort("household_id")
    for code in kept["dong_code"].unique():
        alone = district_matrix(town.core, "41281", STANDARD, AsOf.on(WEEK.as_of), dong_codes=[code])
        assert alone.equals(kept.filter(pl.col("dong_code") == code).select(alone.columns))
