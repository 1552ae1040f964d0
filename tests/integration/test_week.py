"""A week from a trained bundle to the published list: every dong, the same bytes again, only whole lists read."""

import csv
import io
import json
import shutil
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from domain.calendar import Round
from domain.errors import BundleRefused, CheckFailed, NotFound, SagakError, UsageError
from domain.listing import Entry, Slot
from domain.policy import Policy
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.matrices import district_matrix
from outreach import origin, publishing
from outreach.origin import is_by_this_program
from outreach.publishing import find_entry, make_current, published_round, read_entries, stage_lists
from sagak.artefacts import make_matrices, make_scores, open_bundle
from sagak.settings import Settings
from sagak.weekly import export_lists, run_round
from scoring.score import raw_scores
from serving import wording_ko as ko
from sources.dongs import current_dongs
from sources.ingest import ingest
from tests.support.deliveries import DeliveryFolder, five_households
from tests.support.weeks import (
    AS_OF,
    KEY,
    QUICK,
    WEEK,
    Town,
    add_second_bundle,
    copy_of,
    files_under,
    make_core,
    promote,
    settings_of,
    small_bundle,
    train_without_log,
)


def with_policy(settings: Settings, text: str) -> Settings:
    (settings.home / "policy.toml").write_text(text, encoding="utf-8")
    return settings_of(settings.home)


def files_of_the_round(settings: Settings) -> dict[str, bytes]:
    return files_under(settings.matrices, settings.scores, settings.lists, settings.exports)


def test_every_dong_of_the_districts_is_in_the_round_also_those_with_nobody(town: Town) -> None:
    about = json.loads((town.published.folder / "round.json").read_text(encoding="utf-8"))
    deokyang = {code for code, dong in current_dongs(AS_OF).items() if dong.sigungu_code == "41281"}
    assert set(about["dongs"]) == deokyang == set(town.published.entries_by_dong)
    assert about["as_of"] == "2026-11-16"
    assert about["round"] == "2026-W47"
    assert set(town.published.entries_by_dong.values()) == {0, 10}


def test_a_round_says_what_it_was_made_from(town: Town) -> None:
    assert town.published.bundle == "standard-1"
    assert town.published.bundle_digest == town.bundle.digest
    assert town.published.delivery_digest == town.core.delivery_digest


def test_entries_carry_score_rank_slot_and_reasons(town: Town) -> None:
    policy, scores = town.settings.policy(), {row["household_id"]: row for row in town.scores().rows(named=True)}
    for code, count in town.published.entries_by_dong.items():
        entries = read_entries(town.published, code)
        assert [entry.rank for entry in entries] == list(range(1, count + 1))
        for entry in entries:
            scored = scores[entry.household_id]
            assert (entry.dong_code, entry.round, entry.bundle) == (scored["dong_code"], "2026-W47", "standard-1")
            assert (entry.raw_score, entry.probability) == (scored["raw_score"], scored["probability"])
            assert entry.band is policy.band(entry.probability)
            assert (entry.slot_sentence != "") is (entry.slot in (Slot.CARRIED_OVER, Slot.COHORT, Slot.SAFETY_NET))


def test_nobody_is_on_two_lists_and_nobody_excluded_is_on_one(town: Town) -> None:
    listed = [entry.household_id for entry in read_entries(town.published)]
    assert len(listed) == len(set(listed))
    requests = town.core.scan("requests").filter(pl.col("kind") == "exclusion").collect()
    days = (AS_OF - date(1970, 1, 1)).days
    in_force = requests.filter((pl.col("made_on") < days) & (pl.col("ends_on").is_null() | (pl.col("ends_on") >= days)))
    managed = town.matrix().filter(pl.col("is_case_managed") > 0)["household_id"].to_list()
    assert in_force.height + len(managed) > 0
    assert not set(listed) & {*in_force["household_id"].to_list(), *managed}


def test_who_was_left_out_has_no_higher_score_than_who_was_chosen_for_it(town: Town) -> None:
    """A plain loop over the round's files, knowing nothing of the allocation's own frames."""
    matrix = {row["household_id"]: row for row in town.matrix().rows(named=True)}
    listed = {entry.household_id for entry in read_entries(town.published)}
    barred = set(town.core.scan("requests").filter(pl.col("kind") == "exclusion").collect()["household_id"])
    for code in town.published.entries_by_dong:
        tops = [entry.raw_score for entry in read_entries(town.published, code) if entry.slot is Slot.TOP]
        waiting = [
            row["raw_score"]
            for row in town.scores().filter(pl.col("dong_code") == code).rows(named=True)
            if (known := matrix[row["household_id"]])
            and row["household_id"] not in listed | barred
            and not (known["is_recipient"] or known["is_case_managed"])
            and (known["days_since_contact"] is None or known["days_since_contact"] > 90)
        ]
        assert not tops or not waiting or min(tops) >= max(waiting)


def test_stored_features_are_those_the_scores_were_computed_from(town: Town) -> None:
    assert raw_scores(town.bundle, town.matrix()).tolist() == town.scores()["raw_score"].to_list()
    again = district_matrix(town.core, "41281", STANDARD, AsOf.on(AS_OF))
    assert again.equals(town.matrix())


def test_running_the_round_again_gives_the_same_version_and_the_same_bytes(own_town: Settings) -> None:
    before = files_of_the_round(own_town)
    version = published_round(own_town.lists).folder.name
    export_lists(own_town, run_round(own_town, WEEK))
    assert published_round(own_town.lists).folder.name == version
    assert files_of_the_round(own_town) == before


def test_a_round_from_nothing_gives_the_same_bytes_as_one_that_was_there(town: Town, unlisted_town: Settings) -> None:
    export_lists(unlisted_town, run_round(unlisted_town, WEEK))
    made = {name.removeprefix(str(unlisted_town.home)): b for name, b in files_of_the_round(unlisted_town).items()}
    there = {name.removeprefix(str(town.settings.home)): b for name, b in files_of_the_round(town.settings).items()}
    assert made == there


def test_the_same_training_twice_gives_the_same_digest(own_town: Settings, town: Town) -> None:
    add_second_bundle(own_town.models)
    trained = train_without_log(own_town, town.core)
    assert trained.folder.name == "standard-3"
    first = {
        name: town.settings.models / "standard-1" / name for name in ("model.txt", "calibration.json", "metrics.json")
    }
    assert {name: path.read_bytes() for name, path in first.items()} == {
        name: (trained.folder / name).read_bytes() for name in first
    }
    other = own_town.models / "standard-2" / "model.txt"
    assert other.read_bytes() != first["model.txt"].read_bytes(), "another seed learns another model"


def test_the_same_delivery_in_two_homes_gives_one_digest(tmp_path: Path, town: Town) -> None:
    settings = with_policy(settings_of(tmp_path), QUICK)
    trained = train_without_log(settings, make_core(settings))
    assert trained.digest == town.bundle.digest


def test_another_policy_makes_another_version_and_the_former_stays(own_town: Settings) -> None:
    before = files_under(published_round(own_town.lists).folder)
    policy = with_policy(own_town, '[list]\ncapacity = 3\n[capacity]\n"4128151000" = 5\n"4128152000" = 0\n')
    published = run_round(policy, WEEK)
    counts = list(published.entries_by_dong.items())[:4]
    assert counts == [("4128151000", 5), ("4128152000", 0), ("4128153000", 3), ("4128154000", 3)]
    assert before.items() <= files_under(own_town.lists).items()
    assert read_entries(published, "4128152000") == []


def test_another_round_draws_anew(own_town: Settings) -> None:
    next_week = WEEK.plus_weeks(1)
    one, other = (
        {entry.household_id for entry in read_entries(published) if entry.slot is Slot.EXPLORATION}
        for published in (published_round(own_town.lists), run_round(own_town, next_week))
    )
    assert one != other
    assert published_round(own_town.lists).round == next_week
    assert published_round(own_town.lists, WEEK).round == WEEK


def test_a_newer_bundle_is_taken_for_the_next_round_once_it_is_promoted_and_the_older_no_more(
    own_town: Settings, town: Town
) -> None:
    next_week = WEEK.plus_weeks(1)
    add_second_bundle(own_town.models)
    promote(own_town.models, "standard-2")
    with pytest.raises(BundleRefused, match="standard-1 is not in use, standard-2 is") as raised:
        run_round(own_town, next_week, bundle_name="standard-1")
    assert "sagak propose standard-1" in raised.value.hint
    assert run_round(own_town, next_week, bundle_name="standard-2").bundle == "standard-2"
    assert published_round(own_town.lists).bundle == "standard-2"
    promote(own_town.models, "standard-1")
    assert run_round(own_town, next_week.plus_weeks(1)).bundle == "standard-1"


def test_a_published_round_keeps_its_bundle_when_another_is_promoted(own_town: Settings, town: Town) -> None:
    """Staff are at work on its list; households must not be exchanged under their hands."""
    before = files_under(own_town.lists, own_town.scores)
    add_second_bundle(own_town.models)
    promote(own_town.models, "standard-2")
    again = run_round(own_town, WEEK)
    assert (again.bundle, again.version, again.is_news) == ("standard-1", town.published.version, False)
    assert files_under(own_town.lists, own_town.scores) == before
    assert not run_round(own_town, WEEK, bundle_name="standard-1").is_news
    with pytest.raises(BundleRefused, match="2026-W47 was published with standard-1 and keeps it") as raised:
        run_round(own_town, WEEK, bundle_name="standard-2")
    assert "begins with the next round" in raised.value.hint


def test_a_published_round_that_is_made_anew_from_other_places_keeps_its_bundle_too(own_town: Settings) -> None:
    add_second_bundle(own_town.models)
    promote(own_town.models, "standard-2")
    (own_town.home / "policy.toml").write_text("[list]\ncapacity = 3\n", encoding="utf-8")
    again = run_round(settings_of(own_town.home), WEEK)
    assert (again.bundle, again.is_news) == ("standard-1", True)


def test_a_published_round_stays_where_only_rules_or_sentences_of_the_program_changed(
    own_town: Settings, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff who are at work on a list get no other one for a wording."""
    before = files_under(own_town.lists, own_town.scores)
    monkeypatch.setattr(origin, "RULES", origin.RULES + 1)
    kept = run_round(own_town, WEEK)
    assert (kept.version, kept.is_news) == (town.published.version, False)
    assert files_under(own_town.lists, own_town.scores) == before
    assert not is_by_this_program(kept.origin, STANDARD)
    anew = run_round(own_town, WEEK, is_again=True)
    assert anew.is_news
    assert is_by_this_program(anew.origin, STANDARD)
    assert run_round(own_town, WEEK).version == anew.version


@pytest.mark.parametrize("changed", ["[list]\ncapacity = 3\n", "[list]\nexploration_places = 2\n"])
def test_a_published_round_is_made_anew_where_people_decided_otherwise(
    own_town: Settings, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setattr(origin, "RULES", origin.RULES + 1)
    assert run_round(with_policy(own_town, changed), WEEK).is_news


def test_a_published_round_stays_where_people_decided_otherwise_about_models_alone(own_town: Settings) -> None:
    assert not run_round(with_policy(own_town, "[gates]\nmin_judged = 7\n"), WEEK).is_news


def test_a_published_round_whose_files_are_lost_is_made_anew(
    own_town: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "RULES", origin.RULES + 1)
    shutil.rmtree(published_round(own_town.lists).folder)
    assert run_round(own_town, WEEK).is_news


def test_a_published_round_is_not_made_again_with_another_bundle_of_the_same_name(own_town: Settings) -> None:
    add_second_bundle(own_town.models)
    promote(own_town.models, "standard-2")
    shutil.rmtree(own_town.models / "standard-1")
    with pytest.raises(BundleRefused, match="standard-1 is what 2026-W47 was published with, but its folder is gone"):
        run_round(own_town, WEEK)
    small_bundle(own_town.models)
    with pytest.raises(BundleRefused, match="standard-1 is not the bundle that was approved"):
        run_round(own_town, WEEK)


@pytest.mark.parametrize("label", ["public_benefit", "publik_benefit"])
def test_nobody_is_ranked_by_a_model_of_another_label_than_the_policy_names(own_town: Settings, label: str) -> None:
    (own_town.home / "policy.toml").write_text(f'[label]\nranks_by = "{label}"\n', encoding="utf-8")
    settings = settings_of(own_town.home)
    kind, said = (
        (BundleRefused, "standard-1 learned public_or_case, and the policy ranks by public_benefit")
        if label == "public_benefit"
        else (UsageError, "There is no label 'publik_benefit'")
    )
    before = files_under(own_town.lists, own_town.scores)
    with pytest.raises(kind, match=said) as raised:
        run_round(settings, WEEK)
    assert raised.value.hint
    with pytest.raises(kind, match=said):
        make_scores(settings, WEEK, open_bundle(settings, STANDARD))
    assert files_under(own_town.lists, own_town.scores) == before
    assert not own_town.tried.exists()


def test_entries_are_read_back_as_they_were_written(town: Town) -> None:
    entries = read_entries(town.published)
    assert entries == [e for code in town.published.dongs for e in read_entries(town.published, code)]
    assert find_entry(town.published, entries[7].household_id) == entries[7]
    assert find_entry(town.published, "nobody") is None
    assert read_entries(town.published, "0000000000") == []


def test_staging_alone_shows_nobody_anything(own_town: Settings, town: Town) -> None:
    before = (own_town.lists / WEEK.label / "current").read_bytes()
    staged = stage_lists(
        [], town.published.dongs, own_town.lists, WEEK, capacities=town.published.capacities,
        origin={"bundle": "standard-1", "bundle_digest": "x", "delivery_digest": "y"},
    )  # fmt: skip
    assert (own_town.lists / WEEK.label / "current").read_bytes() == before
    assert len(read_entries(published_round(own_town.lists))) == 60
    make_current(own_town.lists, WEEK, staged.version)
    assert read_entries(published_round(own_town.lists)) == []


def test_what_reads_back_differently_is_never_published(own_town: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = publishing._frame

    def damaged(entries: list[Entry]) -> pl.DataFrame:
        return whole(entries).with_columns(rank=pl.col("rank").reverse())

    before = files_under(own_town.lists / WEEK.label / "current")
    monkeypatch.setattr(publishing, "_frame", damaged)
    with pytest.raises(CheckFailed, match="read back differently") as raised:
        run_round(own_town, WEEK)
    assert raised.value.exit_code == 6
    assert files_under(own_town.lists / WEEK.label / "current") == before
    monkeypatch.undo()
    assert len(read_entries(run_round(own_town, WEEK))) == 60


def flipped(path: Path, place: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])


def test_a_damaged_published_list_is_never_shown(own_town: Settings) -> None:
    path = published_round(own_town.lists).folder / "entries.parquet"
    whole, shown_wrongly = path.read_bytes(), 0
    for place in range(4, len(whole), len(whole) // 12):
        flipped(path, place)
        try:
            read_entries(published_round(own_town.lists))
        except SagakError:
            pass
        else:
            shown_wrongly += 1
        path.write_bytes(whole)
    assert shown_wrongly == 0


def test_running_the_round_again_mends_a_damaged_version(own_town: Settings) -> None:
    path = published_round(own_town.lists).folder / "entries.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    run_round(own_town, WEEK)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("name", ["round.json", "current"])
def test_a_damaged_round_is_told_in_plain_words(own_town: Settings, name: str) -> None:
    folder = published_round(own_town.lists).folder
    (folder / name if name == "round.json" else folder.parent / name).write_text("x")
    with pytest.raises(SagakError):
        read_entries(published_round(own_town.lists))


def test_a_round_that_was_never_run_names_those_that_were(town: Town, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no list of round 2026-W46") as raised:
        published_round(town.settings.lists, Round.parse("2026-W46"))
    assert "2026-W47" in raised.value.hint
    with pytest.raises(NotFound, match="No list has been published"):
        published_round(tmp_path)


def test_scores_make_the_matrix_that_is_missing(unlisted_town: Settings, town: Town) -> None:
    folder = make_scores(unlisted_town, WEEK, open_bundle(unlisted_town, STANDARD))
    of_the_round = town.settings.scores / WEEK.label
    assert (folder / "41281.parquet").read_bytes() == (of_the_round / "41281.parquet").read_bytes()
    assert not unlisted_town.scores.exists()


def test_what_is_made_by_hand_leaves_alone_what_published_lists_stand_on(own_town: Settings) -> None:
    before = files_under(own_town.matrices, own_town.scores, own_town.lists, own_town.recorded)
    add_second_bundle(own_town.models)
    make_scores(own_town, WEEK, open_bundle(own_town, STANDARD, "standard-2"))
    shutil.rmtree(own_town.raw)
    shutil.rmtree(own_town.truth)
    make_core(own_town, households=1200, seed=7)
    folder = make_scores(own_town, WEEK, open_bundle(own_town, STANDARD))
    assert pl.read_parquet(folder / "*.parquet").height == 1200
    assert make_matrices(own_town, WEEK) == own_town.tried / WEEK.label / "features"
    assert files_under(own_town.matrices, own_town.scores, own_town.lists, own_town.recorded) == before


def test_features_of_a_published_round_that_are_lost_come_back_in_their_place(own_town: Settings) -> None:
    before = files_under(own_town.matrices)
    shutil.rmtree(own_town.matrices)
    make_scores(own_town, WEEK, open_bundle(own_town, STANDARD))
    assert files_under(own_town.matrices) == before


def chances(scores: pl.Series) -> pl.Series:
    """One place: a quarter of the draw is even, the rest falls as 1 / (rank + 10); equals share their ranks' middle."""
    likely = 1 / (scores.rank("average", descending=True) + 10)
    return 0.25 / len(scores) + 0.75 * likely / likely.sum()


def test_propensities_agree_with_the_pool_they_were_drawn_from(town: Town) -> None:
    """One exploration place a dong, drawn from those who could have had a place by score and got none."""
    matrix = town.matrix().join(town.scores().select("household_id", "raw_score"), on="household_id")
    taken = {e.household_id for e in read_entries(town.published) if e.slot is not Slot.EXPLORATION}
    barred = set(town.core.scan("requests").filter(pl.col("kind") == "exclusion").collect()["household_id"])
    rested = pl.col("days_since_contact").is_null() | (pl.col("days_since_contact") > 90)
    pool = matrix.filter(
        rested & (pl.col("is_recipient") == 0) & (pl.col("is_case_managed") == 0)
        & ~pl.col("household_id").is_in([*taken, *barred])
    )  # fmt: skip
    drawn = [e for e in read_entries(town.published) if e.slot is Slot.EXPLORATION]
    assert len(drawn) == 6
    for entry in drawn:
        others = pool.filter(pl.col("dong_code") == entry.dong_code)
        expected = others.with_columns(chance=chances(others["raw_score"]))
        own = expected.filter(pl.col("household_id") == entry.household_id)["chance"].item()
        assert entry.propensity == pytest.approx(own)


def test_over_many_weeks_the_draws_hit_each_part_of_the_pool_as_often_as_stated(town: Town) -> None:
    """Draws of 150 weeks: the pool halved by name is hit half and half, its better half as often as its chances say."""
    from outreach.allocation import allocate
    from outreach.eligibility import COLUMNS, seed_of, with_claims

    policy, code = Policy().list, "4128151000"
    claims = with_claims(
        town.scores().hstack(town.matrix().select(COLUMNS)), town.core.scan("requests").collect(), AS_OF, policy
    )
    frame = claims.filter(pl.col("dong_code") == code).sort("household_id")
    drawn = []
    for week in range(150):
        rng = np.random.default_rng(seed_of(WEEK.plus_weeks(week), code))
        drawn += [p.row for p in allocate(frame, capacity=10, policy=policy, rng=rng) if p.slot is Slot.EXPLORATION]
    assert len(drawn) == 150
    listed = {p.row for p in allocate(frame, capacity=10, policy=policy, rng=np.random.default_rng(1))}
    pool = frame.with_row_index().filter("may_rank").with_columns(chance=chances(frame.filter("may_rank")["raw_score"]))
    pool = pool.filter(~pl.col("index").is_in([row for row in listed if row not in drawn]))
    for order in ("household_id", "raw_score"):
        half = pool.sort(order, descending=True).head(pool.height // 2)
        share = half["chance"].sum() / pool["chance"].sum()
        # Three deviations of 150 draws, and a little for the places by rule, which differ between ties.
        assert abs(sum(row in set(half["index"]) for row in drawn) - 150 * share) < 3.3 * 6.1 + 8


def csv_files(folder: Path) -> dict[str, list[list[str]]]:
    return {
        path.name: list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        for path in sorted(folder.iterdir())
    }


def test_exports_are_one_file_a_dong_that_excel_opens(town: Town) -> None:
    folder = town.settings.exports / WEEK.label
    files = csv_files(folder)
    assert len(files) == len(town.published.dongs) == 21
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in folder.iterdir())
    assert all(rows[0] == list(ko.CSV_COLUMNS) for rows in files.values())
    assert "방문대상_고양시덕양구_주교동_4128151000_20261116.csv" in files
    for code, dong in town.published.dongs.items():
        rows = files[f"방문대상_{dong.sigungu}_{dong.name}_{code}_20261116.csv"][1:]
        entries = read_entries(town.published, code)
        assert [row[3] for row in rows] == [entry.household_id for entry in entries]
        assert [row[2] for row in rows] == [str(entry.rank) for entry in entries]


def test_exports_hold_no_number_of_the_model_and_no_name(town: Town) -> None:
    text = "".join(path.read_text(encoding="utf-8-sig") for path in (town.settings.exports / WEEK.label).iterdir())
    for entry in read_entries(town.published):
        for reason in entry.explanation.raising + entry.explanation.lowering:
            assert f"{abs(reason.contribution):.4f}" not in text
        assert f"{entry.raw_score:.4f}" not in text
    people = pl.read_parquet(town.settings.vault / AS_OF.isoformat() / "people" / "*.parquet")
    assert not [name for name in people["name"].unique() if f",{name}," in text]
    assert not [phone for phone in people["phone"].drop_nulls() if phone in text]


def test_two_dongs_of_one_name_get_a_file_each(town: Town, tmp_path: Path) -> None:
    """4128552500 and 4128552600 of 일산동구 are both called 중산동 in the snapshot."""
    from dataclasses import replace

    namesakes = {code: current_dongs(AS_OF)[code] for code in ("4128552500", "4128552600")}
    settings = copy_of(town, tmp_path)
    published = replace(town.published, dongs={**town.published.dongs, **namesakes})
    assert len(list(export_lists(settings, published).iterdir())) == len(published.dongs)


def small_home(home: Path, town: Town, rows: dict) -> Settings:
    """A home with the town's bundle and a delivery written out row by row."""
    settings = copy_of(town, home, listed=False)
    ingest(DeliveryFolder(home / "d", rows).write(), core_root=settings.core, vault_root=settings.vault, key=KEY)
    return settings


def test_households_of_whom_nothing_was_ever_reported_are_ranked_all_the_same(town: Town, tmp_path: Path) -> None:
    rows = five_households() | {"indicators": [], "outcomes": [], "requests": [], "benefits": []}
    published = run_round(small_home(tmp_path, town, rows), WEEK)
    assert sum(published.entries_by_dong.values()) == 5
    assert {entry.slot for entry in read_entries(published)} == {Slot.TOP}


def test_a_round_of_last_year_from_this_years_delivery_knows_only_what_was_known_then(
    town: Town, tmp_path: Path
) -> None:
    settings = small_home(tmp_path, town, five_households())
    earlier = run_round(settings, Round(date(2026, 10, 12)))
    matrix = pl.read_parquet(settings.matrices / earlier.round.label / "*.parquet")
    assert matrix["indicator_reports_12m"].sum() == 0  # all reports of that delivery became known on 15 October


def test_a_round_before_a_dong_changed_its_code_still_lists_its_households(town: Town, tmp_path: Path) -> None:
    settings = small_home(tmp_path, town, five_households())
    assert sum(run_round(settings, Round(date(2023, 6, 5))).entries_by_dong.values()) > 0


def test_the_policy_in_the_checkout_is_the_one_a_round_uses_by_default(town: Town) -> None:
    assert town.settings.policy() == Policy.parse(tomllib.loads(town.settings.policy_file.read_text(encoding="utf-8")))
