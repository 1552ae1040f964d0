"""Drift of the newest features on disk against the data that a model was made on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from audit.drift import Drift, drift_between
from domain.calendar import Round
from domain.errors import NotFound, UsageError
from domain.policy import DriftPolicy
from features.catalogue import Catalogue
from features.matrices import MADE_FROM, are_made_from
from scoring.bundle import Bundle
from scoring.reference import Reference
from scoring.score import raw_scores
from sources.core import Core, find_core
from training.reference import state_of_round


@dataclass(frozen=True)
class Features:
    """A round's features on disk, and the core they were made from."""

    week: Round
    folder: Path
    core: Core
    made_from: str

    def by_district(self) -> Iterator[pl.DataFrame]:
        """A frame a district: no more than one is held in memory."""
        return (pl.read_parquet(self.folder / f"{code}.parquet", glob=False) for code in self.core.districts)


def newest_features(matrices: Path, cores: Path, recorded: Path, catalogue: Catalogue) -> Features:
    """The features of the newest round; raises `NotFound` where there are none of a delivery that is here."""
    found = sorted(path.parent for path in matrices.glob(f"[0-9]*/{MADE_FROM}"))
    if not found:
        raise NotFound("There are no features yet.", hint="Make this week's list first: sagak round.")
    folder = found[-1]
    week = Round.parse(folder.name)
    core = find_core(cores, week.as_of).with_recorded(recorded / week.label)
    if not are_made_from(folder, core, catalogue):
        raise NotFound(
            "The newest features are of another delivery or another version.",
            hint="Make this week's list again: sagak round.",
        )
    return Features(week, folder, core, (folder / MADE_FROM).read_text(encoding="ascii"))


def drift_of_features(bundle: Bundle, features: Features, catalogue: Catalogue, policy: DriftPolicy) -> Drift:
    """What changed since the bundle was made; about a second for each 40,000 households.

    Raises `UsageError` for features of an earlier round: what was less known then would look like a change.
    """
    reference = Reference.from_json(bundle.reference)
    if features.week.as_of < reference.rounds[0]:
        raise UsageError("The round is earlier than the data the model was made on.", hint="Drift looks forward.")
    present = state_of_round(
        features.core,
        features.by_district(),
        catalogue,
        partial(raw_scores, bundle),
        as_of=features.week.as_of,
        like=reference,
    )
    return drift_between(reference, present, policy)
