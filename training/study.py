"""The studies of `training.tuning`: what may be tried, how the next trial is drawn, where all of them are kept.

One SQLite database by optuna, ``mlruns/optuna.db``, with settings and figures and no row of any person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from training.fit import PARAMETERS, TREES
from training.recipe import Recipe
from training.tracking import check_database, unwritable

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

TRIED = (
    "learning_rate",
    "num_leaves",
    "max_depth",
    "min_data_in_leaf",
    "feature_fraction",
    "bagging_fraction",
    "lambda_l2",
    "extra_trees",
    "trees",
)


@dataclass(frozen=True)
class Trial:
    """Settings that were tried, and the average precision they reached in each fold, oldest fold first."""

    number: int
    recipe: Recipe
    folds: tuple[float, ...]

    @property
    def value(self) -> float:
        """Mean of the folds' average precision: what is searched for."""
        return float(np.mean(self.folds))

    @property
    def settings(self) -> dict[str, Any]:
        """The values of what may be tried."""
        return {name: self.recipe.trees if name == "trees" else self.recipe.parameters[name] for name in TRIED}

    def folds_above(self, other: "Trial") -> int:
        """In how many folds it reached more than ``other``."""
        return sum(own > theirs for own, theirs in zip(self.folds, other.folds, strict=True))


def space() -> "dict[str, BaseDistribution]":
    """What may be tried.

    Depth stays small because exact SHAP costs an order of magnitude more with each step of it; the other bounds lie an
    order of magnitude around the default recipe (training/fit.py). Whether households drawn by chance count for those
    not drawn is not searched for: trials are compared on rows that count alike, which always speaks against it.
    """
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    return {
        "learning_rate": FloatDistribution(0.02, 0.3, log=True),
        "num_leaves": IntDistribution(3, 12),
        "max_depth": IntDistribution(2, 4),
        "min_data_in_leaf": IntDistribution(10, 200, log=True),
        "feature_fraction": FloatDistribution(0.05, 0.6),
        "bagging_fraction": FloatDistribution(0.5, 1.0),
        "lambda_l2": FloatDistribution(0.1, 100.0, log=True),
        "extra_trees": CategoricalDistribution((False, True)),
        "trees": IntDistribution(50, 500, log=True),
    }


def try_next(study: "Study", judge: Callable[[Recipe], list[float]], *, seed: int, done: int) -> None:
    """Draws the trial after ``done`` finished ones, has it judged fold by fold, stores it. The first is the default."""
    import optuna  # seconds to import, as MLflow: only who tunes pays for it

    if not done:
        settings = {name: TREES if name == "trees" else PARAMETERS[name] for name in TRIED}
        reached = judge(_recipe(settings, seed))
        study.add_trial(
            optuna.trial.create_trial(
                params=settings,
                distributions=space(),
                value=float(np.mean(reached)),
                user_attrs={"folds": reached},
            )
        )
        return
    # A sampler of its own for each trial: what it draws depends on nothing but the seed and the trials finished so far,
    # also after a trial that a kill left unfinished, which counts for nothing.
    own_seed = int(np.random.SeedSequence([seed, done]).generate_state(1)[0])
    study.sampler = optuna.samplers.TPESampler(seed=own_seed, constant_liar=False)
    trial = study.ask(space())
    reached = judge(_recipe(trial.params, seed))
    trial.set_user_attr("folds", reached)
    study.tell(trial, float(np.mean(reached)))


def _recipe(settings: Mapping[str, Any], seed: int) -> Recipe:
    of_lightgbm = {name: value for name, value in settings.items() if name != "trees"}
    return Recipe({**PARAMETERS, **of_lightgbm}, settings["trees"], seed=seed)


def finished(study: "Study", seed: int) -> list[Trial]:
    """The finished trials in their order, numbered anew: one that was broken off leaves no gap."""
    from optuna.trial import TrialState

    found: Sequence[FrozenTrial] = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return [
        Trial(number, _recipe(trial.params, seed), tuple(trial.user_attrs["folds"]))
        for number, trial in enumerate(found)
    ]


def database(mlruns: Path) -> Path:
    """Where all studies are kept."""
    return mlruns / "optuna.db"


@contextmanager
def studies(mlruns: Path) -> Iterator[Any]:
    """The database of all studies, opened; what goes wrong in it during the block is told as `StorageFailed`."""
    check_database(database(mlruns))
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield optuna.storages.RDBStorage(f"sqlite:///{database(mlruns)}")
    except (SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        raise unwritable(database(mlruns), error) from error
