"""A service over files of a made-up town: the model in use, a second one nobody proposed, features, a made-up store."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

from domain.policy import FairnessPolicy, GatePolicy, Policy
from sagak.artefacts import make_matrices
from sagak.settings import Settings
from scoring.bundle import canonical_json, read_contents, write_bundle
from serving.service import Places, Service
from store.database import Database
from tests.support.made_service import made_service
from tests.support.made_store import Made, fill
from tests.support.once import made_once
from tests.support.weeks import WEEK, copy_of, settings_of, the_town

# Limits that a small town can pass, whatever its few outcomes are.
LENIENT = Policy(
    gates=GatePolicy(
        min_judged=1, min_effective_n=0, max_loss_at_capacity=1.0, min_lift_over_indicator_count=0.0,
        max_calibration_error=1.0,
    ),
    fairness=FairnessPolicy(min_group=100_000),
)  # fmt: skip


def town() -> Settings:
    """The town's files with this week's features and no lists, never changed."""
    return settings_of(made_once("analysts-town", _make_town))


def _make_town(home: Path) -> None:
    settings = copy_of(the_town(), home, listed=False)
    make_matrices(settings, WEEK)
    settings.exports.mkdir(parents=True, exist_ok=True)


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
