"""One made-up town, taken in, learned from and listed: made once a test run, copied for whoever changes it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl

import training.candidate
import training.train
from domain.calendar import SEOUL, Round
from domain.policy import Policy
from features.catalogue import STANDARD, Catalogue
from outreach.promotion import approve, newest_approval, propose
from outreach.promotion_record import read_record
from outreach.publishing import PublishedRound, published_round
from sagak.settings import Settings
from sagak.weekly import export_lists, run_round
from scoring.bundle import Bundle, canonical_json, load_bundle, write_bundle
from sources.core import Core, find_core
from sources.ingest import ingest
from sources.synthetic import dongs_of, synthesize
from tests.support.once import made_once, own_copy
from training.fit import fit_model
from training.recipe import Recipe

AS_OF = date(2026, 11, 16)
WEEK = Round(AS_OF)
KEY = bytes(range(32))
PROJECT = Path(__file__).parents[2]
# Judged in a second: the figures are shown, not believed.
QUICK = "[evaluation]\ndraws = 100\ntest_rounds = 2\n"


@dataclass(frozen=True)
class Town:
    """A home folder with a core, one bundle and this week's published lists."""

    settings: Settings
    published: PublishedRound

    @property
    def core(self) -> Core:
        return find_core(self.settings.core, AS_OF)

    @property
    def bundle(self) -> Bundle:
        return load_bundle(self.settings.models / "standard-1", STANDARD)

    def matrix(self) -> pl.DataFrame:
        return pl.read_parquet(self.settings.matrices / WEEK.label / "*.parquet")

    def scores(self) -> pl.DataFrame:
        return pl.read_parquet(self.settings.scores / WEEK.label / "*.parquet")


def settings_of(home: Path) -> Settings:
    return Settings.from_environment({"SAGAK_HOME": str(home)})


def make_core(settings: Settings, *, households: int = 1500, seed: int = 1, place: str = "고양시") -> Core:
    """A core of six dongs with 56 past rounds, under a fixed key."""
    synthesize(
        settings.raw / "town", truth_folder=settings.truth / "town", as_of=AS_OF, seed=seed,
        dongs=dongs_of(place)[:6], households=households, months=24, past_weeks=56,
    )  # fmt: skip
    settings.key_file.parent.mkdir(parents=True, exist_ok=True)
    settings.key_file.write_bytes(KEY)
    settings.key_file.chmod(0o600)
    return ingest(settings.raw / "town", core_root=settings.core, vault_root=settings.vault, key=KEY)


def train_without_log(
    settings: Settings, core: Core, *, seed: int = 1, recipe: Recipe | None = None
) -> training.candidate.Candidate:
    """Training as it is, but for the training log, whose database takes ten times as long as everything else."""
    with patch.object(training.candidate, "log_run", lambda *_, **__: ""):
        return training.train.train(
            core, STANDARD, settings.policy(), as_of=AS_OF, seed=seed,
            models_root=settings.models, mlruns=settings.mlruns, recipe=recipe,
        )  # fmt: skip


def promote(models: Path, name: str, catalogue: Catalogue = STANDARD) -> None:
    """Two people promote a bundle; no gate stands in the way."""
    bundle = load_bundle(models / name, catalogue)
    current = newest_approval(read_record(models), catalogue)
    at = datetime(2026, 11, 16, 9, tzinfo=SEOUL)
    propose(
        models, bundle, catalogue, Policy(), by="analyst", why="the tests need one", at=at, gates=(),
        replaces=current.digest if current else None,
    )  # fmt: skip
    approve(models, name, catalogue, by="auditor", why="the tests need one", at=at)


@cache
def the_town() -> Town:
    """The town that tests only look at."""
    settings = settings_of(own_copy("town", _make_town))
    return Town(settings, published_round(settings.lists))


def _make_town(home: Path) -> None:
    (home / "policy.toml").write_text(QUICK, encoding="utf-8")
    settings = settings_of(home)
    train_without_log(settings, make_core(settings))
    promote(settings.models, "standard-1")
    export_lists(settings, run_round(settings, WEEK))


def add_second_bundle(models: Path) -> None:
    """Puts ``standard-2`` beside the town's bundle: learned from the same delivery with another seed, proposed by
    nobody."""
    learned = made_once("second-bundle", _make_second_bundle)
    shutil.copytree(learned / "models" / "standard-2", models / "standard-2")


def _make_second_bundle(home: Path) -> None:
    settings = copy_of(the_town(), home)
    train_without_log(settings, find_core(settings.core, AS_OF), seed=2)


def copy_of(town: Town, home: Path, *, listed: bool = True) -> Settings:
    """The town's files in a home of their own; without matrices, scores, lists, exports and store if not ``listed``."""
    shutil.copytree(town.settings.home, home, dirs_exist_ok=True)
    settings = settings_of(home)
    if not listed:
        store = settings.home / "data" / "store"
        for folder in (settings.matrices, settings.scores, settings.lists, settings.exports, store):
            shutil.rmtree(folder)
    return settings


def random_matrix(catalogue: Catalogue, rows: int, *, seed: int = 1) -> pl.DataFrame:
    """Small whole numbers for every stored feature, a tenth of them unknown."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 5, (rows, len(catalogue.stored))).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    frame = pl.DataFrame(values, schema=[feature.name for feature in catalogue.stored]).fill_nan(None)
    names = [f"h{row:04d}" for row in range(rows)]
    return pl.select(household_id=pl.Series(names), dong_code=pl.lit("4128151000")).hstack(frame)


def bundle_files(catalogue: Catalogue = STANDARD) -> dict[str, str]:
    """The files of a bundle that learned from noise, but it is a real model."""
    return {
        "model.txt": _noise_model(catalogue),
        "calibration.json": canonical_json({"method": "sigmoid", "slope": 1.2, "intercept": -0.5}),
        "features.json": canonical_json(catalogue.schema()),
        "recipe.json": canonical_json({"parameters": {}, "trees": 5, "is_weighted": False, "seed": 1}),
        "metrics.json": canonical_json({"figures": {}}),
        "reference.json": canonical_json({}),
        "card.md": "# a card\n",
        "sheet.md": "# a sheet\n",
    }


@cache
def _noise_model(catalogue: Catalogue) -> str:
    matrix = random_matrix(catalogue, 200).select(f.name for f in catalogue.learned).to_numpy()
    truth = (np.nan_to_num(matrix[:, 0]) + np.nan_to_num(matrix[:, 5]) > 4).astype(int)
    return fit_model(matrix, truth, catalogue.learned, seed=1, trees=5).model_to_string()


def small_bundle(models: Path, catalogue: Catalogue = STANDARD, *, number: int = 1, **changed: str) -> Path:
    """A bundle folder ``standard-1``; ``changed`` replaces files by their name up to the dot."""
    files = bundle_files(catalogue)
    files |= {name: text for name in files for stem, text in changed.items() if name.startswith(f"{stem}.")}
    folder = models / f"{catalogue.name}-{number}"
    write_bundle(folder, files, label="public_or_case", catalogue=catalogue.name)
    return folder


def files_under(*folders: Path) -> dict[str, bytes]:
    """Every file's bytes by its path."""
    return {str(path): path.read_bytes() for top in folders for path in sorted(top.rglob("*")) if path.is_file()}


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a user's shell: no test settings, one thread for the frames."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("SAGAK_", "PYTEST_"))}
    return plain | {"SAGAK_HOME": str(home), "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(PROJECT)} | more


def sagak(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return python(home, ["-m", "sagak", *arguments], **more)


def python(home: Path, arguments: Sequence[str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment(home, **more), cwd=home, capture_output=True, text=True,
        timeout=180, check=False,
    )  # fmt: skip


@contextmanager
def environment_variables(changes: Mapping[str, str]) -> Iterator[None]:
    """The process's own ``SAGAK_…`` settings are exactly ``changes`` for the time of the block."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("SAGAK_")}
    with patch.dict(os.environ, others | dict(changes), clear=True):
        yield
