"""The command line as people use it: what it prints, what it says when something is missing, what it never says."""

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import typer

from outreach.publishing import published_round, read_entries
from sagak import cli
from sagak.settings import KNOWN, Settings
from serving import wording_ko as ko
from tests.support.in_process import sagak_here
from tests.support.traces import named_in
from tests.support.weeks import (
    AS_OF,
    QUICK,
    WEEK,
    Town,
    copy_of,
    promote,
    python,
    sagak,
    train_without_log,
)

COMMANDS = sorted(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
HEAVY = ("polars", "pandas", "lightgbm", "sklearn", "mlflow", "narwhals", "pyarrow", "numpy", "shap", "joblib")


def plain(heard: CompletedProcess[str], code: int, message: str, hint: str = "") -> None:
    """One message, its hint, nothing else: no traceback, nothing on standard output."""
    assert heard.returncode == code, heard.stderr
    assert heard.stderr.lstrip().startswith("sagak: ")
    assert message in heard.stderr
    assert hint in heard.stderr
    assert heard.stdout == ""
    assert "Traceback" not in heard.stderr
    assert len(heard.stderr.strip().splitlines()) <= 2


# Help


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys\nsys.argv = ['sagak', '--help']\nfrom sagak.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', [name for name in {HEAVY} if name in sys.modules])"
    )
    result = python(tmp_path, ["-c", script])
    assert "Usage: sagak" in result.stdout
    assert "loaded: []" in result.stdout
    assert result.returncode == 0


def test_the_module_runs_as_well_as_the_command(tmp_path: Path) -> None:
    result = sagak(tmp_path, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert all(re.search(rf"^  {name}\b", result.stdout, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(command: str, tmp_path: Path) -> None:
    heard = sagak_here(tmp_path, command, "--help")
    assert heard.returncode == 0
    usage, about = heard.stdout.strip().split("\n\n")[:2]
    assert command in usage
    assert len(about.strip()) > 10


def test_no_command_shows_the_help(tmp_path: Path) -> None:
    heard = sagak_here(tmp_path)
    assert "Usage:" in heard.stdout + heard.stderr
    assert "explain" in heard.stdout + heard.stderr


def test_a_command_that_does_not_exist_is_a_mistake_in_use(tmp_path: Path) -> None:
    heard = sagak_here(tmp_path, "lsit")
    assert heard.returncode == 2
    assert "No such command" in heard.stderr
    assert "Traceback" not in heard.stderr


# What is missing or mistyped


def test_an_unknown_setting_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    for command in (["round"], ["list", "--dong", "주교동"], ["train"], ["demo"]):
        plain(sagak_here(tmp_path, *command, SAGAK_HMOE="/x"), 2, "Unknown setting SAGAK_HMOE", ", ".join(KNOWN))


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "2026/11/16", "16.11.2026"])
@pytest.mark.parametrize("command", ["features", "train", "score", "round"])
def test_a_date_that_is_none_is_refused(tmp_path: Path, command: str, day: str) -> None:
    plain(sagak_here(tmp_path, command, "--as-of", day), 2, "is not a date", "2026-11-16")


@pytest.mark.parametrize("command", ["features", "score", "round"])
def test_a_day_that_is_no_monday_is_answered_with_the_monday(tmp_path: Path, command: str) -> None:
    plain(sagak_here(tmp_path, command, "--as-of", "2026-11-18"), 2, "is not a Monday", "Use 2026-11-16")


@pytest.mark.parametrize("command", ["features", "train", "score", "round"])
def test_before_any_delivery_it_says_how_to_take_one_in(tmp_path: Path, command: str) -> None:
    plain(sagak_here(tmp_path, command), 4, "no core tables yet", "sagak ingest")
    plain(sagak_here(tmp_path, command, "--as-of", "2026-11-16"), 4, "no core tables yet", "sagak ingest")


@pytest.mark.parametrize("command", ["score", "round"])
def test_before_any_training_it_says_how_to_train(unlisted_town: Settings, command: str) -> None:
    shutil.rmtree(unlisted_town.models)
    plain(sagak_here(unlisted_town.home, command), 4, "no trained model yet", "sagak train")
    plain(sagak_here(unlisted_town.home, command, "--bundle", "standard-7"), 4, "no bundle standard-7", "sagak train")
    plain(sagak_here(unlisted_town.home, command, "--bundle", "../x"), 5, "not the name of a bundle", "standard-3")
    assert not unlisted_town.lists.exists()


@pytest.mark.parametrize("command", [["list", "--dong", "주교동"], ["explain", "abcdefgh22223333"]])
def test_before_any_round_it_says_how_to_run_one(tmp_path: Path, command: list[str]) -> None:
    plain(sagak_here(tmp_path, *command), 4, "No list has been published yet", "sagak round")


@pytest.mark.parametrize(
    ("label", "code", "message"),
    [("2026-W40", 4, "no list of round 2026-W40"), ("last", 2, "is not a round"), ("2026-W60", 2, "not a week")],
)
def test_a_round_that_is_not_there_is_named(town: Town, label: str, code: int, message: str) -> None:
    plain(sagak_here(town.settings.home, "list", "--dong", "주교동", "--round", label), code, message)


def test_an_unknown_dong_is_answered_with_names_that_come_near(town: Town) -> None:
    plain(sagak_here(town.settings.home, "list", "--dong", "주고동"), 4, "called 주고동", "주교동")
    plain(sagak_here(town.settings.home, "list", "--dong", "zzz"), 4, "called zzz", "Did you mean")
    plain(sagak_here(town.settings.home, "list", "--dong", "1111051500"), 4, "called 1111051500")


def test_a_name_that_two_dongs_share_is_answered_with_their_codes(own_town: Settings) -> None:
    path = published_round(own_town.lists).folder
    about = json.loads((path / "round.json").read_text(encoding="utf-8"))
    from dataclasses import replace

    from domain.dong import Dong
    from domain.errors import NotFound
    from sagak.adapters import find_dong

    dongs = {code: Dong(code, row["sido"], row["sigungu"], row["name"]) for code, row in about["dongs"].items()}
    other = replace(dongs["4128151000"], code="4128599900", sigungu="고양시일산동구")
    with pytest.raises(NotFound, match="Several dongs are called 주교동") as raised:
        find_dong(dongs | {other.code: other}, "주교동")
    assert "4128151000 경기도 고양시덕양구 주교동" in raised.value.hint
    assert "4128599900" in raised.value.hint
    assert find_dong(dongs | {other.code: other}, "4128599900") == other
    assert find_dong(dongs | {other.code: other}, "경기도 고양시덕양구 주교동").code == "4128151000"


def test_an_unknown_household_is_told_without_repeating_it(town: Town) -> None:
    heard = sagak_here(town.settings.home, "explain", "zzzzzzzz22223333")
    plain(heard, 4, "knows no such household", "16 letters and digits")
    assert "zzzzzzzz22223333" not in heard.stderr


def test_a_damaged_bundle_publishes_nothing(unlisted_town: Settings) -> None:
    path = unlisted_town.models / "standard-1" / "model.txt"
    path.write_bytes(path.read_bytes()[:-1])
    plain(
        sagak_here(unlisted_town.home, "round"),
        5,
        "standard-1/model.txt is not what was written",
        "Copy the bundle again",
    )
    assert not (unlisted_town.lists / WEEK.label / "current").exists()


def test_an_unknown_label_in_the_policy_is_answered_with_the_known_ones(own_town: Settings) -> None:
    (own_town.home / "policy.toml").write_text("[label]\nranks_by = 'poverty'\n", encoding="utf-8")
    heard = sagak_here(own_town.home, "train")
    assert (heard.returncode, heard.stdout) == (2, "")
    assert "There is no label 'poverty'" in heard.stderr
    assert "public_or_case" in heard.stderr


def test_a_date_before_all_outcomes_has_nothing_to_learn_from(own_town: Settings) -> None:
    heard = sagak_here(own_town.home, "train", "--as-of", "2020-01-06")
    assert (heard.returncode, heard.stdout) == (2, "")
    assert "nothing to learn from" in heard.stderr
    assert "Traceback" not in heard.stderr


def test_an_unknown_adapter_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    plain(
        sagak_here(tmp_path, "ingest", str(tmp_path), "--adapter", "kowep"), 2, "no adapter 'kowep'", "standard, koweps"
    )


def test_a_policy_that_makes_no_sense_stops_the_round_before_it_begins(unlisted_town: Settings) -> None:
    (unlisted_town.home / "policy.toml").write_text("[list]\ncapasity = 3\n", encoding="utf-8")
    plain(sagak_here(unlisted_town.home, "round"), 2, "unknown key capasity", "capacity")
    assert not unlisted_town.matrices.exists()


def test_explaining_after_the_features_are_gone_is_told_plainly(own_town: Settings) -> None:
    household = read_entries(published_round(own_town.lists))[0].household_id
    shutil.rmtree(own_town.matrices)
    heard = sagak_here(own_town.home, "explain", household)
    assert heard.returncode in (0, 4)
    assert household not in heard.stderr


def test_a_home_with_brackets_in_its_name_works_like_any_other(town: Town, tmp_path: Path) -> None:
    settings = copy_of(town, tmp_path / "[2026] town")
    assert sagak_here(settings.home, "round").returncode == 0
    entry = read_entries(town.published)[0]
    assert sagak_here(settings.home, "explain", entry.household_id).returncode == 0


def test_a_home_that_is_a_file_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    heard = sagak_here(tmp_path, "synthesize", "--households", "100", SAGAK_HOME=str(tmp_path / "home"))
    assert heard.returncode in (2, 7)


# What the lists show


def test_a_list_shows_rank_band_slot_and_up_to_three_reasons_of_each_entry(town: Town) -> None:
    heard = sagak_here(town.settings.home, "list", "--dong", "주교동")
    entries = read_entries(town.published, "4128151000")
    assert (heard.returncode, heard.stderr) == (0, "")
    assert "경기도 고양시덕양구 주교동" in heard.stdout
    assert ko.PURPOSE in heard.stdout
    for entry in entries:
        place = ko.PLACE.format(band=ko.BANDS[entry.band], slot=ko.SLOTS[entry.slot])
        assert re.search(rf"^ *{entry.rank}  {entry.household_id} .*{re.escape(place)}$", heard.stdout, re.MULTILINE)
    assert 10 <= len(re.findall(r"^       · ", heard.stdout, re.MULTILINE)) <= 30
    assert not re.search(r"\d\.\d{3}", heard.stdout), "no number of the model"


def test_names_on_a_list_are_masked(town: Town) -> None:
    import polars as pl

    heard = sagak_here(town.settings.home, "list", "--dong", "주교동")
    people = pl.read_parquet(town.settings.vault / AS_OF.isoformat() / "people" / "*.parquet")
    listed = [entry.household_id for entry in read_entries(town.published, "4128151000")]
    names = people.filter(pl.col("household_id").is_in(listed))["name"].to_list()
    assert names
    assert not [name for name in names if name in heard.stdout]
    assert heard.stdout.count("○") >= len(names)


def test_a_dong_with_nobody_says_so(town: Town) -> None:
    heard = sagak_here(town.settings.home, "list", "--dong", "4128165600")
    assert heard.returncode == 0
    assert ko.NOBODY in heard.stdout


def test_a_list_can_be_asked_for_by_code_name_or_full_name(town: Town) -> None:
    lists = [
        sagak_here(town.settings.home, "list", "--dong", text).stdout
        for text in ("4128151000", "주교동", "경기도 고양시덕양구 주교동")
    ]
    assert lists[0] == lists[1] == lists[2]


def test_an_explanation_adds_up(town: Town) -> None:
    entry = read_entries(town.published)[0]
    heard = sagak_here(town.settings.home, "explain", entry.household_id)
    assert heard.returncode == 0
    assert f"{entry.raw_score:+.4f}" in heard.stdout
    parts = [float(number) for number in re.findall(r"([+-]\d\.\d{4}) [│┃]", heard.stdout)]
    assert sum(parts) == pytest.approx(entry.raw_score, abs=1e-4 * len(parts))
    assert entry.explanation.raising[0].sentence in heard.stdout


def test_the_explanation_of_somebody_who_is_not_listed_is_there_as_well(town: Town) -> None:
    listed = {entry.household_id for entry in read_entries(town.published)}
    other = next(household for household in town.matrix()["household_id"] if household not in listed)
    heard = sagak_here(town.settings.home, "explain", other)
    assert heard.returncode == 0
    assert "raw score" in heard.stdout


def test_step_by_step_is_the_same_as_the_whole_week(unlisted_town: Settings, town: Town) -> None:
    home = unlisted_town.home
    assert "Features:" in sagak_here(home, "features").stdout
    assert "Scores by standard-1" in sagak_here(home, "score").stdout
    heard = sagak_here(home, "round")
    assert "Round 2026-W47: 60 entries in 21 dongs (15 with none), ranked by standard-1." in heard.stdout
    assert str(unlisted_town.exports / WEEK.label) in heard.stdout
    assert published_round(unlisted_town.lists).folder.name == town.published.folder.name


# What is never printed


def household_ids(settings: Settings) -> set[str]:
    import polars as pl

    return set(pl.read_parquet(settings.core / AS_OF.isoformat() / "households" / "*.parquet")["household_id"])


def test_nothing_but_list_and_explain_prints_a_household(unlisted_town: Settings) -> None:
    """The whole way, with the real training log."""
    home = unlisted_town.home
    shutil.rmtree(unlisted_town.models)
    ids = household_ids(unlisted_town)
    proposed = ["propose", "standard-1", "--by", "analyst", "--why", "the first one of the town"]
    for command in (["train"], proposed, ["round"], ["promotions"], ["check", str(unlisted_town.raw / "town")]):
        if command == ["round"]:
            promote(unlisted_town.models, "standard-1")
        result = sagak_here(home, *command)
        assert result.returncode == 0 or (command == proposed and result.returncode == 6), result.stderr
        words = set(re.findall(r"[a-z2-7]{16}", result.stdout + result.stderr))
        assert not words & ids
        assert len(ids) == 1500
    assert (unlisted_town.mlruns / "mlflow.db").exists()
    logged = b"".join(path.read_bytes() for path in unlisted_town.mlruns.rglob("*") if path.is_file())
    bundle = b"".join(path.read_bytes() for path in unlisted_town.models.rglob("*") if path.is_file())
    assert named_in(logged + bundle, ids) == set()


def test_a_failure_of_our_own_prints_no_household(own_town: Settings) -> None:
    """A matrix that lost a column is our own mistake and stays loud, but tells nobody's data."""
    import polars as pl

    path = next((own_town.matrices / WEEK.label).glob("*.parquet"))
    pl.read_parquet(path).drop("area_reported_rate").write_parquet(path)
    result = sagak(own_town.home, "score")
    assert result.returncode != 0
    assert not set(re.findall(r"[a-z2-7]{16}", result.stdout + result.stderr)) & household_ids(own_town)


def test_a_reader_that_stops_early_is_no_error(town: Town) -> None:
    import sys

    from tests.support.weeks import environment

    command = f"{sys.executable} -m sagak list --dong 주교동 | head -1"
    result = subprocess.run(
        ["bash", "-c", command], env=environment(town.settings.home), cwd=town.settings.home, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "Traceback" not in result.stderr
    assert not set(re.findall(r"[a-z2-7]{16}", result.stderr)) & household_ids(town.settings)


# The demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("demo")
    (home / "policy.toml").write_text(QUICK, encoding="utf-8")
    return home, sagak_here(home, "demo", "--households", "2000")


def test_the_demo_ends_with_a_list_and_where_the_lists_are(
    demo: tuple[Path, CompletedProcess[str]],
) -> None:
    home, result = demo
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert "경기도 고양시덕양구 주교동 이번 주 방문·연락 명단" in result.stdout
    ranks = re.findall(r"^ *(\d+)  [a-z2-7]{16}  .*\[우선순위 (.+) · (.+)\]$", result.stdout, re.MULTILINE)
    assert ranks
    assert [int(rank) for rank, _, _ in ranks] == list(range(1, len(ranks) + 1))
    assert {band for _, band, _ in ranks} <= set(ko.BANDS.values())
    assert {slot for _, _, slot in ranks} <= set(ko.SLOTS.values())
    for block in result.stdout.split("\n  1  ")[-1].split("[우선순위")[1:]:
        assert 1 <= block.count("\n       · ") <= 4
    exports = home / "data" / "exports" / "2026-W47"
    assert str(exports) in result.stdout
    for method in ("model", "logistic_regression", "last_score", "indicator_count", "area_only"):
        assert re.search(rf"│ {method} +│", result.stdout), "every baseline stands beside the model"
    assert "Everybody on it is made up" in result.stdout
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in exports.iterdir())
    assert all(
        next(csv.reader(io.StringIO(path.read_text("utf-8-sig")))) == list(ko.CSV_COLUMNS) for path in exports.iterdir()
    )


def test_the_demo_shown_again_is_the_same_list_at_once(demo: tuple[Path, CompletedProcess[str]]) -> None:
    home, first = demo
    heard = sagak_here(home, "demo", "--households", "2000")
    assert heard.returncode == 0
    shown = [line for line in first.stdout.splitlines() if re.match(r"^ *\d+  [a-z2-7]{16}  ", line)]
    assert shown == [line for line in heard.stdout.splitlines() if re.match(r"^ *\d+  [a-z2-7]{16}  ", line)]


def test_the_demo_is_not_made_beside_real_people(own_town: Settings) -> None:
    of_real_people(own_town)
    plain(sagak_here(own_town.home, "demo"), 2, "holds real people", "SAGAK_HOME=")


def of_real_people(settings: Settings) -> Path:
    """Makes the home's core say that it came from a provider and not from the generator; gives its description."""
    path = settings.core / "2026-11-16" / "core.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(about | {"adapter": "standard"}), encoding="utf-8")
    return path


def test_the_demo_never_takes_the_place_of_a_real_delivery_of_its_day(own_town: Settings) -> None:
    """The home held a demo, then a real delivery of the same date was taken in; now somebody runs the demo again."""
    (own_town.raw / "demo-2026-11-16").mkdir()
    before = of_real_people(own_town)
    digest = before.read_bytes()
    heard = sagak_here(own_town.home, "demo", "--fresh", "--households", "2000")
    assert before.read_bytes() == digest
    assert heard.returncode == 2


def test_an_unknown_dong_stops_the_demo_before_it_begins(tmp_path: Path) -> None:
    import sources.synthetic

    def too_late(*_: object, **__: object) -> None:
        raise AssertionError("a town is being made for a dong that does not exist")

    from sagak import synthesizing

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(synthesizing, "synthesize", too_late)
        patched.setattr(sources.synthetic, "synthesize", too_late)
        plain(sagak_here(tmp_path, "demo", "--households", "2000", "--dong", "없는동"), 4, "없는동")


def test_the_smallest_town_the_demo_allows_never_ends_in_a_traceback(tmp_path: Path, town: Town) -> None:
    from domain.errors import SagakError
    from tests.support.weeks import make_core, settings_of

    for seed in (5, 6):
        settings = settings_of(tmp_path / str(seed))
        core = make_core(settings, households=700, seed=seed)
        try:
            train_without_log(settings, core)
        except SagakError as error:
            assert error.hint


def test_nobody_else_on_the_machine_may_read_what_is_written(own_town: Settings) -> None:
    shutil.rmtree(own_town.home / "data" / "exports", ignore_errors=True)
    result = sagak_here(own_town.home, "round")
    assert result.returncode == 0, result.stderr
    files = list((own_town.home / "data" / "exports").rglob("*.csv"))
    assert files
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []
