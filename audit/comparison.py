"""Two models side by side: what each reached on past rounds, whom the lists would gain and lose, how inputs changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from audit.drift import Drift, drift_between
from audit.movement import Movement, movement
from domain.calendar import Round
from domain.dong import told_apart
from domain.errors import BundleRefused
from domain.policy import Policy
from domain.progress import Progress, untold
from features.catalogue import Catalogue
from scoring.bundle import Bundle
from scoring.candidates import with_candidacy
from scoring.figures import kish_effective_n
from scoring.groups import ATTRIBUTES
from scoring.reference import Reference
from sources.core import Core
from sources.dongs import current_dongs
from sources.synthetic import ADAPTER as SYNTHETIC
from training.backtest import Backtest, backtest, contender_of
from training.labels import LABELS
from training.population import with_groups
from training.recipe import Recipe
from training.report import evaluation_report

# Shares of all households, best first, at which it is told how much of the need they hold.
_LOOKED_AT = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Model:
    """One of the two, as its bundle says: name, digest of its bytes, what it ranks by, when and how it was made."""

    name: str
    digest: str
    label: str
    trained_as_of: str
    delivery_digest: str
    recipe: Recipe

    @property
    def origins(self) -> Mapping[str, str | int]:
        """What a model comes from beside its recipe."""
        return {
            "label": self.label,
            "trained_as_of": self.trained_as_of,
            "delivery_digest": self.delivery_digest,
            "seed": self.recipe.seed,
        }

    @classmethod
    def of(cls, bundle: Bundle) -> "Model":
        origin = bundle.recipe
        return cls(
            bundle.name,
            bundle.digest,
            bundle.label,
            origin["trained_as_of"],
            origin["delivery_digest"],
            Recipe.from_json(origin),
        )


@dataclass(frozen=True)
class Gains:
    """Share of all need found when that share of households is looked at, best first; None where there was no need.

    ``n`` are the judged rows in need, all that a share found can rest on; ``effective_n`` what they are worth.
    """

    looked_at: tuple[float, ...]
    found: tuple[float | None, ...]
    n: int
    effective_n: float


@dataclass(frozen=True)
class Comparison:
    """Everything the page about A and B shows. No household's identifier is in it.

    ``report`` is the evaluation of `training.report` for the contenders "A" and "B"; ``drift`` is None where a model
    kept no picture of the data it learned from.
    """

    a: Model
    b: Model
    delivery_as_of: date
    delivery_digest: str
    is_made_up: bool
    report: Mapping[str, Any]
    min_group: int
    labels: Mapping[str, str]  # words of each label
    gains: Mapping[str, Gains]  # by method
    movement: Movement
    dongs: Mapping[str, str]  # names by code
    drift: Drift | None

    @property
    def is_same_recipe(self) -> bool:
        """Whether both are made alike; the seed does not count, since past rounds are judged with one for both."""
        return replace(self.a.recipe, seed=0) == replace(self.b.recipe, seed=0)

    @property
    def origins_apart(self) -> tuple[str, ...]:
        """What can make two models of one recipe differ, of label, trained_as_of, delivery_digest and seed."""
        return tuple(name for name, value in self.a.origins.items() if value != self.b.origins[name])


def compare(
    a: Bundle,
    b: Bundle,
    core: Core,
    catalogue: Catalogue,
    policy: Policy,
    *,
    week: Round,
    matrices: Iterable[tuple[str, pl.DataFrame]],
    seed: int,
    progress: Progress = untold,
) -> Comparison:
    """Judges both models on the closed rounds of ``core`` and lets both make the lists of ``week``.

    ``matrices`` are the features of the week, district by district. Raises `BundleRefused` for a bundle that does not
    say how it was made, `UsageError` where too little is known to judge on.
    """
    label = policy.label.ranks_by
    contenders = {"A": contender_of(a, label=label), "B": contender_of(b, label=label)}
    tested = backtest(core, catalogue, policy, contenders, as_of=week.as_of, seed=seed, progress=progress)
    report = evaluation_report(tested, policy, as_of=week.as_of, seed=seed)
    progress("report", 1, 1)
    moved = movement(
        _candidates(core, catalogue, policy, week, matrices, progress),
        a,
        b,
        catalogue,
        week=week,
        capacity=policy.capacity,
        attributes=ATTRIBUTES,
    )
    return Comparison(
        Model.of(a),
        Model.of(b),
        core.as_of,
        core.delivery_digest,
        core.adapter == SYNTHETIC,
        report,
        policy.fairness.min_group,
        {name: label.label_ko for name, label in LABELS.items()},
        {method: _gains(tested, method, policy.evaluation.max_weight) for method in tested.methods},
        moved,
        told_apart({code: one.full_name for code, one in current_dongs(core.as_of).items() if code in moved.dongs}),
        _drift(a, b, policy),
    )


def _candidates(
    core: Core,
    catalogue: Catalogue,
    policy: Policy,
    week: Round,
    matrices: Iterable[tuple[str, pl.DataFrame]],
    progress: Progress,
) -> Iterator[pl.DataFrame]:
    """Who competes for a place by score in each district, with the groups as text."""
    for district, matrix in matrices:
        marked = with_candidacy(matrix, core.scan("requests", [district]).collect(), week.as_of, policy.list)
        yield with_groups(marked.filter(pl.col("may_rank") & ~pl.col("is_carried_over")), catalogue, core)
        progress("lists", 1, len(core.districts))


def _gains(tested: Backtest, method: str, max_weight: float) -> Gains:
    """Over all judged households, each standing for as many as the chance it was listed with says."""
    weight = np.minimum(1 / tested.judged["inclusion"].to_numpy(), max_weight)
    need = weight * tested.judged[f"label_{tested.label}"].to_numpy()
    _, equal = np.unique(-tested.judged[f"score_{method}"].to_numpy(), return_inverse=True)
    # Equals are looked at in random order, so that between two scores the need found grows evenly.
    looked_at, found = (np.concatenate(([0.0], np.cumsum(np.bincount(equal, part)))) for part in (weight, need))
    if not found[-1]:
        return Gains(_LOOKED_AT, (None,) * len(_LOOKED_AT), 0, 0.0)
    shares = np.interp(_LOOKED_AT, looked_at / looked_at[-1], found / found[-1])
    found_at = tuple(float(share) for share in shares)
    return Gains(_LOOKED_AT, found_at, int(np.count_nonzero(need)), kish_effective_n(need))


def _drift(a: Bundle, b: Bundle, policy: Policy) -> Drift | None:
    try:
        return drift_between(Reference.from_json(a.reference), Reference.from_json(b.reference), policy.drift)
    except BundleRefused:
        return None  # the page says so; everything else can still be compared
