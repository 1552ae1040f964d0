"""The survey by the same commands as every week: taken in, learned from, promoted by two people, listed, explained."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.errors import UsageError
from sagak.cli import app
from tests.support.koweps import made_up_survey, write_survey
from tests.support.weeks import environment_variables

NAME = "koweps12_public.parquet"
ROUND = "2017-W23"
HOUSEHOLD = re.compile(r"\b[a-z2-7]{16}\b")
# Of three hundred made-up households with answers drawn by chance no gate can be expected to hold.
LENIENT = """
[gates]
max_calibration_error = 1.0
min_lift_over_indicator_count = 0.1
[fairness]
min_recall_ratio = 0.0
max_calibration_error = 1.0
"""
SagakCommand = Callable[..., str]


def commands_in(home: Path) -> SagakCommand:
    def run(*arguments: str) -> str:
        with environment_variables({"SAGAK_HOME": str(home)}):
            result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    return run


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A home where all commands were run on a made-up survey, and what each of them printed."""
    home = tmp_path_factory.mktemp("survey")
    (home / "policy.toml").write_text(LENIENT, encoding="utf-8")
    write_survey(made_up_survey(300, seed=11), home / "welfare.sav")
    return home, the_whole_week(home, home / "welfare.sav")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    folder = os.environ.get("SAGAK_OUTSIDE_DATA")
    if not folder:
        pytest.skip(
            f"SAGAK_OUTSIDE_DATA is not set: the week on the real survey is NOT checked (it should hold {NAME})"
        )
    home = tmp_path_factory.mktemp("real")
    try:
        yield home, the_whole_week(home, Path(folder) / NAME)
    finally:
        shutil.rmtree(home)  # rows of the survey are left nowhere


def the_whole_week(home: Path, survey: Path) -> dict[str, str]:
    sagak = commands_in(home)
    said = {
        "ingest": sagak("ingest", "--adapter", "koweps", str(survey)),
        "train": sagak("train"),
        "propose": sagak("propose", "survey-1", "--by", "analyst", "--why", "The first model of the survey."),
        "approve": sagak("approve", "survey-1", "--by", "auditor", "--why", "Its figures and groups were looked at."),
        "round": sagak("round"),
        "list": sagak("list", "--dong", "서울"),
    }
    first = HOUSEHOLD.findall(said["list"])[0]
    return said | {"explain": sagak("explain", first)}


def metrics_of(home: Path) -> dict[str, dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]]:
    found: dict[str, dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]] = json.loads(
        (home / "models" / "survey-1" / "metrics.json").read_text(encoding="utf-8")
    )
    return found


def test_a_made_up_survey_goes_through_the_whole_week(made_up: tuple[Path, dict[str, str]]) -> None:
    _, said = made_up
    assert "survey-1" in said["train"]
    assert f"Round {ROUND}: 70 entries in 7 dongs (0 with none), ranked by survey-1." in said["round"]
    assert len(HOUSEHOLD.findall(said["list"])) == 10
    assert "calibrated probability" in said["explain"]


def test_training_prints_every_method_beside_the_model_with_spread_and_interval(
    made_up: tuple[Path, dict[str, str]],
) -> None:
    printed = made_up[1]["train"]
    assert "300 households" in printed
    assert printed.count("sd of folds") == 8  # four methods on two cohorts
    assert printed.count("LightGBM, monotone minus") == 2
    for method in ("arrears count", "crisis-indicator count", "logistic regression"):
        assert len(re.findall(rf"{method} +[+-]\.\d+ ±\.\d+", printed)) == 2


def test_the_list_holds_nobody_on_basic_livelihood_support(made_up: tuple[Path, dict[str, str]]) -> None:
    import polars as pl

    home, _ = made_up
    entries = pl.concat(pl.read_csv(path) for path in sorted((home / "data" / "exports" / ROUND).glob("*.csv")))
    households = pl.read_parquet(home / "data" / "core" / "2017-06-05" / "households" / "*.parquet")
    listed = households.filter(pl.col("household_id").is_in(entries["가구"].to_list()))
    assert listed.height == 70
    assert listed["is_recipient"].sum() == 0


def test_the_bundle_says_that_its_figures_come_from_cross_validation(made_up: tuple[Path, dict[str, str]]) -> None:
    home, _ = made_up
    metrics = metrics_of(home)
    assert metrics["evaluation"]["kind"] == "cross_validation"
    assert "교차검증" in (home / "models" / "survey-1" / "card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [("tune",), ("compare", "survey-1", "survey-2")])
def test_what_needs_past_rounds_says_that_a_survey_has_none(
    made_up: tuple[Path, dict[str, str]], command: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError, match="survey has no rounds") as refused:
        commands_in(made_up[0])(*command)
    assert refused.value.hint


@pytest.mark.soak  # half a minute; its parts are tested on the real file in test_koweps_real.py
def test_the_real_survey_goes_through_the_whole_week_with_the_policy_as_it_is(
    real: tuple[Path, dict[str, str]],
) -> None:
    home, said = real
    assert f"Round {ROUND}: 70 entries in 7 dongs (0 with none), ranked by survey-1." in said["round"]
    figures = metrics_of(home)["figures"]["model"]
    assert figures["pooled"]["crisis_material"]["roc_auc"]["value"] > 0.865
    assert figures["pooled"]["crisis_material"]["average_precision"]["value"] > 0.32
    assert figures["recall"]["crisis_material"]["value"] > 0.53
