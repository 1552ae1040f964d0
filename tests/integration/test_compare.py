"""Two trained bundles of a town, put side by side: what the page says, and that it names nobody."""

import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from audit.comparison import Comparison, compare
from domain.calendar import Round, day_number
from domain.errors import NotFound, StorageFailed, UsageError
from features.catalogue import STANDARD
from sagak.artefacts import core_of, is_made_from
from sagak.comparing import run_compare
from sagak.settings import Settings
from scoring.bundle import load_bundle
from scoring.score import raw_scores
from scoring.telling import as_told
from serving.compare_numbers import with_interval
from sources.core import find_core
from tests.support.weeks import (
    AS_OF,
    WEEK,
    Town,
    add_second_bundle,
    copy_of,
    environment_variables,
    settings_of,
)


@pytest.fixture(scope="module")
def home(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The town with a second bundle, fitted from another seed, under a policy that judges quickly."""
    settings = copy_of(town, tmp_path_factory.mktemp("compare"))
    add_second_bundle(settings.models)
    return settings


@pytest.fixture(scope="module")
def compared(home: Settings) -> Comparison:
    core = find_core(home.core, AS_OF)
    a, b = (load_bundle(home.models / f"standard-{number}", STANDARD) for number in (1, 2))
    parts = ((name, pl.read_parquet(home.matrices / WEEK.label / f"{name}.parquet")) for name in core.districts)
    return compare(a, b, core, STANDARD, home.policy(), week=WEEK, matrices=parts, seed=1)


@pytest.fixture(scope="module")
def page(home: Settings) -> str:
    with environment_variables({"SAGAK_HOME": str(home.home)}):
        run_compare("standard-1", "standard-2", None, seed=1)
    return (home.exports / "compare-standard-1-standard-2.html").read_text(encoding="utf-8")


def households_of(home: Settings) -> set[str]:
    return set(find_core(home.core, AS_OF).scan("households").select("household_id").collect().to_series())


def test_no_household_of_the_town_is_in_the_page(home: Settings, page: str) -> None:
    known = households_of(home)
    assert len(known) > 1_000
    assert known & set(re.findall(r"[a-z0-9]{16}", page)) == set()
    assert [one for one in known if one in page] == []


def test_no_household_of_the_town_is_in_what_the_page_is_made_of(home: Settings, compared: Comparison) -> None:
    told = repr(compared)
    assert [one for one in households_of(home) if one in told] == []


def test_the_page_is_small_enough_to_be_sent_and_names_both_models(home: Settings, page: str) -> None:
    assert len(page.encode()) < 2_000_000
    for number in (1, 2):
        bundle = load_bundle(home.models / f"standard-{number}", STANDARD)
        assert bundle.name in page
        assert bundle.digest in page
    assert find_core(home.core, AS_OF).delivery_digest in page


def test_the_page_says_the_numbers_of_the_evaluation(compared: Comparison, page: str) -> None:
    label = compared.report["label"]
    assert compared.report["contenders"] == ["A", "B"]
    figures = as_told(compared.report)["figures"]
    ranked = {method: figures[method]["pooled"][label]["roc_auc"] for method in compared.report["methods"]}
    naive = {method: figures[method]["capacity"][label]["naive"] for method in figures}
    assert [method for method, figure in naive.items() if figure["value"] is None] == []
    assert [method for method, figure in naive.items() if f">{with_interval(figure)}<" not in page] == []
    assert [method for method, figure in ranked.items() if f">{with_interval(figure, digits=3)}<" not in page] == []
    places = {method: figures[method]["capacity"][label]["weighted"] for method in figures}
    assert [method for method, figure in places.items() if f">{with_interval(figure)}<" not in page] == []
    assert f"{compared.report['test']['judged']:,}건" in page


def test_the_same_two_bundles_give_the_same_page(home: Settings, page: str, tmp_path: Path) -> None:
    with environment_variables({"SAGAK_HOME": str(home.home)}):
        run_compare("standard-1", "standard-2", tmp_path / "again.html", seed=1)
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page


def test_a_page_that_could_not_be_written_is_told_before_anything_is_judged(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sagak.comparing.compare", lambda *_, **__: pytest.fail("judged in vain"))
    (tmp_path / "a-file").touch()
    for output in (tmp_path, tmp_path / "a-file" / "page.html"):
        with (
            environment_variables({"SAGAK_HOME": str(home.home)}),
            pytest.raises(StorageFailed, match="The page could not be written"),
        ):
            run_compare("standard-1", "standard-2", output, seed=1)


def test_the_lists_move_as_a_plain_loop_over_the_households_says(home: Settings, compared: Comparison) -> None:
    """Every dong's highest scores among those who may rank, of each model; this town has no ties at a cut."""
    matrix = pl.concat([pl.read_parquet(path) for path in sorted((home.matrices / WEEK.label).glob("*.parquet"))])
    requests = find_core(home.core, AS_OF).scan("requests").filter(pl.col("kind") == "exclusion").collect()
    today = day_number(AS_OF)
    barred = {
        row["household_id"]
        for row in requests.rows(named=True)
        if row["made_on"] <= today and (row["ends_on"] is None or row["ends_on"] >= today)
    }
    lists = []
    for number in (1, 2):
        bundle = load_bundle(home.models / f"standard-{number}", STANDARD)
        best: dict[str, list[tuple[float, str]]] = {}
        for row, raw in zip(matrix.rows(named=True), raw_scores(bundle, matrix), strict=True):
            contact, listing = row["days_since_contact"], row["days_since_open_listing"]
            waits = listing is not None and listing <= 21 and (contact is None or contact > listing)
            rests = contact is not None and contact <= 90
            if not (row["is_recipient"] or row["is_case_managed"] or rests or waits or row["household_id"] in barred):
                best.setdefault(row["dong_code"], []).append((-raw, row["household_id"]))
        lists.append({code: {name for _, name in sorted(scored)[:10]} for code, scored in best.items()})
    before, after = lists
    assert {code: len(after[code] - before[code]) for code in before} == {
        code: moves.entering for code, moves in compared.movement.dongs.items()
    }
    total = compared.movement.total
    assert total.entering == total.leaving == sum(moves.entering for moves in compared.movement.dongs.values())
    assert total.places == sum(len(listed) for listed in before.values())


def test_each_attribute_counts_every_household_that_moves_once(compared: Comparison) -> None:
    total = compared.movement.total
    for attribute in {attribute for attribute, _ in compared.movement.groups}:
        moves = [moves for (known, _), moves in compared.movement.groups.items() if known == attribute]
        assert sum(move.entering for move in moves) == total.entering
        assert sum(move.leaving for move in moves) == total.leaving


def test_a_bundle_put_beside_itself_moves_nobody(home: Settings) -> None:
    core = find_core(home.core, AS_OF)
    one = load_bundle(home.models / "standard-1", STANDARD)
    parts = ((name, pl.read_parquet(home.matrices / WEEK.label / f"{name}.parquet")) for name in core.districts)
    compared = compare(one, one, core, STANDARD, home.policy(), week=WEEK, matrices=parts, seed=1)
    assert compared.movement.total.entering == 0
    assert compared.movement.total.staying > 0
    assert compared.is_same_recipe
    difference = compared.report["differences"]["B"]["A"][compared.report["label"]]
    assert difference["value"] in (0, None)


def test_a_week_without_features_gets_them_first(home: Settings, tmp_path: Path) -> None:
    shutil.copytree(home.home, tmp_path / "home")
    settings = settings_of(tmp_path / "home")
    shutil.rmtree(settings.matrices)
    with environment_variables({"SAGAK_HOME": str(settings.home)}):
        run_compare("standard-1", "standard-2", tmp_path / "page.html", seed=1)
    assert is_made_from(settings.matrices / Round(AS_OF).label, core_of(settings, Round(AS_OF)))


@pytest.mark.parametrize(("a", "b"), [("standard-1", "standard-1"), ("standard-1", "standard-9")])
def test_what_cannot_be_compared_is_refused_and_says_what_to_do(home: Settings, a: str, b: str) -> None:
    with environment_variables({"SAGAK_HOME": str(home.home)}), pytest.raises((UsageError, NotFound)) as refused:
        run_compare(a, b, None, seed=1)
    assert refused.value.hint
