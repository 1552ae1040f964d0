"""Searches the settings of the risk model on past rounds, so that the rounds it is judged on later stay unseen.

    earlier closed rounds: folds rolled forward, here settings are compared | newest closed rounds: never touched here

A tuning is a study (`training.study`), named by what it was made from: features, delivery, label, rounds, seed, space.
Other data or other features begin a new study; nothing is mixed. Trial 0 is always the default recipe, so that a gain
is one over it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
from joblib import delayed
from sklearn.metrics import average_precision_score

from domain.calendar import Round, day_of
from domain.errors import NotFound, UsageError
from domain.policy import Policy
from domain.progress import Progress, untold
from domain.storage import sole_writer
from features.catalogue import Catalogue
from scoring.bundle import canonical_json
from sources.core import Core
from training.backtest import JOBS, Material
from training.cohort import closed_listings
from training.learning import MIN_OUTCOMES, Examples, Rows, Slices, fit_ranker
from training.recipe import Recipe
from training.side_by_side import run_side_by_side
from training.splits import rolled_forward
from training.study import Trial, database, finished, space, studies, try_next
from training.tracking import log_run


@dataclass(frozen=True)
class Tuned:
    """The finished trials of a study, at least one, in their order; the first is the default recipe.

    ``rounds`` (day numbers) are those the settings were compared on.
    """

    study: str
    rounds: tuple[int, ...]
    trials: tuple[Trial, ...]
    run_id: str = ""

    @property
    def default(self) -> Trial:
        return self.trials[0]

    @property
    def best(self) -> Trial:
        """The highest value; of equals the first tried."""
        return max(self.trials, key=lambda trial: (trial.value, -trial.number))

    @property
    def gain(self) -> float:
        """Mean of the best trial's average precision over the default's, fold by fold."""
        return float(np.mean(self._gains))

    @property
    def gain_error(self) -> float:
        """Standard error of the gain over the folds; infinite for a single fold."""
        gains = self._gains
        return float(np.std(gains, ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else float("inf")

    @property
    def _gains(self) -> list[float]:
        return [ours - theirs for ours, theirs in zip(self.best.folds, self.default.folds, strict=True)]

    @property
    def chosen(self) -> Trial:
        """The best trial, or the default where its gain is not above one standard error.

        The one-standard-error rule (Breiman et al. 1984, 3.4.3): of many trials the best is partly the luckiest, so
        what is known to work is kept until something is visibly better.
        """
        return self.best if self.gain > self.gain_error else self.default


def tune(
    core: Core,
    catalogue: Catalogue,
    policy: Policy,
    *,
    as_of: date,
    seed: int,
    trials: int,
    minutes: float,
    clock: Callable[[], float],
    mlruns: Path,
    jobs: int = JOBS,
    progress: Progress = untold,
) -> Tuned:
    """Tries settings until the study holds ``trials`` or ``minutes`` have passed, and gives all that were tried.

    A study that was broken off goes on where it stopped and comes to the same trials as one that was not, since each
    trial is drawn from ``seed`` and the finished trials before it alone. ``clock`` gives seconds; the default recipe is
    always tried, and a trial that was begun is finished. Raises `UsageError` where too little is known to compare
    settings, `StorageFailed` where nothing can be kept.
    """
    import optuna  # seconds to import, as MLflow: only who tunes pays for it

    deadline = clock() + 60 * minutes
    name = study_name(core, catalogue, policy, as_of=as_of, seed=seed)
    material = Material.of(core, catalogue, policy, as_of=as_of, jobs=jobs, progress=progress)
    folds = _Folds.of(material.examples, catalogue, policy, jobs=jobs)
    with sole_writer(mlruns, "Another tuning is under way."), studies(mlruns) as storage:
        study = optuna.create_study(storage=storage, study_name=name, direction="maximize", load_if_exists=True)
        tried = finished(study, seed)
        progress("trials", len(tried), max(trials, len(tried)))
        while len(tried) < trials and (not tried or clock() < deadline):
            try_next(study, folds.average_precisions, seed=seed, done=len(tried))
            tried = finished(study, seed)
            progress("trials", 1, trials)
    tuned = Tuned(name, folds.rounds, tuple(tried))
    run_id = _log(mlruns, tuned, core, policy, as_of=as_of, seed=seed)
    progress("log", 1, 1)
    return replace(tuned, run_id=run_id)


def get_tuned(core: Core, catalogue: Catalogue, policy: Policy, *, as_of: date, seed: int, mlruns: Path) -> Tuned:
    """The study made from these very data, features, label and seed, without its rounds; raises `NotFound`."""
    import optuna

    name = study_name(core, catalogue, policy, as_of=as_of, seed=seed)
    missing = NotFound(
        f"No tuning was made for these data, features and label ({policy.label.ranks_by}) with seed {seed}.",
        hint="Make one: sagak tune. Data or features that changed since need a new one.",
    )
    if not database(mlruns).exists():
        raise missing
    with studies(mlruns) as storage:
        try:
            found = finished(optuna.load_study(study_name=name, storage=storage), seed)
        except KeyError as error:
            raise missing from error
    if not found:
        raise missing
    return Tuned(name, (), tuple(found))


def study_name(core: Core, catalogue: Catalogue, policy: Policy, *, as_of: date, seed: int) -> str:
    """Label and a digest of everything that a trial's figures depend on but the versions of the packages."""
    listings = closed_listings(core, as_of=as_of, horizon_days=policy.label.horizon_days)
    made_from = {
        "features": catalogue.digest(),
        "delivery": core.delivery_digest,
        "label": policy.label.ranks_by,
        "horizon_days": policy.label.horizon_days,
        "rounds": _earlier(listings.filter("is_judged")["round"], policy),
        "tests": policy.evaluation.test_rounds,
        "max_weight": policy.evaluation.max_weight,
        "seed": seed,
        "space": repr(space()),
        "default": Recipe().to_json(),
    }
    return f"{policy.label.ranks_by}-{sha256(canonical_json(made_from).encode()).hexdigest()[:12]}"


def _earlier(rounds: pl.Series, policy: Policy) -> tuple[int, ...]:
    """All but the newest, on which models are judged."""
    ordered = rounds.unique().sort().to_list()
    return tuple(ordered[: max(0, len(ordered) - policy.evaluation.test_rounds)])


@dataclass(frozen=True)
class _Folds:
    """What each trial is judged on: rolled forward over the earlier rounds, as many as models are judged on later."""

    catalogue: Catalogue
    known: Examples
    folds: tuple[tuple[int, Slices, Rows], ...]  # round, rows to learn from, rows of the round itself
    jobs: int

    @classmethod
    def of(cls, rows: pl.DataFrame, catalogue: Catalogue, policy: Policy, *, jobs: int) -> "_Folds":
        """Raises `UsageError` where no round has both enough before it and outcomes of both kinds."""
        known = Examples.of(
            rows, catalogue.learned, label=policy.label.ranks_by, max_weight=policy.evaluation.max_weight
        )
        splits = rolled_forward(
            _earlier(rows["round"], policy),
            horizon_days=policy.label.horizon_days,
            tests=policy.evaluation.test_rounds,
        )
        folds = []
        for split in splits:
            assert split.test is not None
            slices = Slices.of(rows, split)
            tested = np.flatnonzero((rows["round"] == split.test).to_numpy())
            if slices.fewest_outcomes(known.truth) >= MIN_OUTCOMES and len(np.unique(known.truth[tested])) == 2:
                # An order needs no calibration, so the later slice is learned from as well.
                folds.append((split.test, Slices(np.union1d(slices.train, slices.calibrate), slices.calibrate), tested))
        if not folds:
            raise UsageError(
                f"No round before the newest {policy.evaluation.test_rounds} has outcomes enough to compare settings.",
                hint="Deliver outcomes of more rounds or of a larger area; the default recipe does without.",
            )
        return cls(catalogue, known, tuple(folds), jobs)

    @property
    def rounds(self) -> tuple[int, ...]:
        return tuple(day for day, *_ in self.folds)

    def average_precisions(self, recipe: Recipe) -> list[float]:
        """How well the recipe orders the judged households of each fold's round.

        Average precision, since the list is the top of the order: it weighs a household the more the higher it stands,
        and unlike precision at a cut it uses every positive, of which a round of a small town has fewer than twenty.
        The mean of the folds' own values does not compare scores of models that were fitted apart. It foretold how
        recipes do on later rounds as well as log loss and ROC-AUC did, and far better than precision in the top tenth
        (docs/learning.md). Rows count alike: weighted by their chance of being listed, a handful would decide.
        """
        tasks = [delayed(self._average_precision)(recipe, slices, tested) for _, slices, tested in self.folds]
        return run_side_by_side(tasks, jobs=self.known.fit_jobs(self.jobs))

    def _average_precision(self, recipe: Recipe, slices: Slices, tested: Rows) -> float:
        ranker = fit_ranker(recipe, self.catalogue.learned, self.known, slices)
        return float(average_precision_score(self.known.truth[tested], ranker.raw_scores(self.known.matrix[tested])))


def _log(mlruns: Path, tuned: Tuned, core: Core, policy: Policy, *, as_of: date, seed: int) -> str:
    """One run for the tuning as a whole, its trials as steps; a run for each would bury the trained ones in the log."""
    best, default = tuned.best, tuned.default
    values = [trial.value for trial in tuned.trials]
    trials = [{"value": trial.value, "folds": trial.folds, **trial.settings} for trial in tuned.trials]
    return log_run(
        mlruns,
        name=tuned.study,
        parameters=best.settings
        | {
            "label": policy.label.ranks_by,
            "horizon_days": policy.label.horizon_days,
            "as_of": as_of,
            "seed": seed,
            "trials": len(trials),
            "first_test_round": Round.of(day_of(tuned.rounds[0])).label,
            "last_test_round": Round.of(day_of(tuned.rounds[-1])).label,
        },
        figures={
            "tuning.best": best.value,
            "tuning.default": default.value,
            "tuning.gain": tuned.gain,
            "tuning.gain_error": tuned.gain_error,
        },
        steps={
            "tuning.trial": values,
            "fold.best.average_precision": best.folds,
            "fold.default.average_precision": default.folds,
        },
        tags={"study": tuned.study, "delivery_digest": core.delivery_digest},
        artifacts={"trials.json": canonical_json(trials)},
    )
