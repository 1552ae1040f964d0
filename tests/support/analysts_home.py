"""A service over files of a made-up town: the model in use, a second one nobody proposed, features, a made-up store."""

import atexit
import json
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from domain.policy import FairnessPolicy, GatePolicy, Policy
from sagak.settings import Settings
from sagak.weekly import make_matrices
from scoring.bundle import canonical_json, read_contents, write_bundle
from serving.service import Places, Service
from store.database import Database
from tests.support.made_service import made_service
from tests.support.made_store import Made, fill
from tests.support.weeks import WEEK, make_core, promote, settings_of, train_without_log

# Limits that a small town can pass, whatever its few outcomes are.
LENIENT = Policy(
    gates=GatePolicy(
        min_judged=1, min_effective_n=0, max_loss_at_capacity=1.0, min_lift_over_indicator_count=0.0,
        max_calibration_error=1.0,
    ),
    fairness=FairnessPolicy(min_group=100_000),
)  # fmt: skip
# Judged in seconds: the figures are shown, not believed.
_QUICK = "[evaluation]\ndraws = 100\ntest_rounds = 2\n"


@cache
def town() -> Settings:
    """The town's files, made once a test process and never changed."""
    home = Path(tempfile.mkdtemp(prefix="sagak-analysts-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "policy.toml").write_text(_QUICK, encoding="utf-8")
    settings = settings_of(home)
    train_without_log(settings, make_core(settings))
    promote(settings.models, "standard-1")
    make_matrices(settings, WEEK)
    settings.exports.mkdir(parents=True, exist_ok=True)
    return settings


class AnalystsHome:
    """The service, what is in its store, and the folders of its files, free to be changed."""

    def __init__(self, database: Database, home: Path, *, policy: Policy = LENIENT) -> None:
        self.made: Made = fill(database)
        shutil.copytree(town().home, home)
        self.settings: Settings = settings_of(home)
        self.copy_bundle("standard-2", seed=2)
        of = self.settings
        places = Places(of.home, of.models, of.core, of.matrices, of.scores, of.lists, of.exports)
        self.service: Service = replace(made_service(database, policy=policy), places=places)

    def copy_bundle(self, name: str, *, seed: int = 1, **changed: str) -> None:
        """The bundle in use under another name and seed; ``changed`` replaces documents by their name up to the dot."""
        about, contents = read_contents(self.settings.models / "standard-1")
        files = {file: content.decode() for file, content in contents.items()}
        recipe = canonical_json(json.loads(files["recipe.json"]) | {"seed": seed})
        files |= {"recipe.json": recipe} | {f"{stem}.md": text for stem, text in changed.items()}
        write_bundle(self.settings.models / name, files, label=about["label"], catalogue=about["catalogue"])
