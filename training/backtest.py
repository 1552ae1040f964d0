"""Models judged as they would have been used: for each past round, fitted on what was known before it opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from joblib import delayed

from domain.calendar import day_of
from domain.errors import BundleRefused, UsageError
from domain.policy import Policy
from domain.progress import Progress, untold
from features.catalogue import Catalogue
from scoring.bundle import Bundle, check_learned
from sources.core import Core
from training.cohort import closed_listings, examples
from training.labels import get_label
from training.leaks import check_leaks
from training.learning import MIN_OUTCOMES, Examples, Ranker, Slices, fit_ranker, fit_regression
from training.population import parts
from training.recipe import Recipe
from training.rounds import BASELINES, LOGISTIC, Judged, RankedRound, judge_part
from training.side_by_side import run_side_by_side
from training.splits import TimeSplit, rolled_forward

JOBS = 2


@dataclass(frozen=True)
class Contender:
    """A way to make a model, and the model itself where one was made so.

    A round that opened on or after ``trained_as_of`` is ranked by the bundle, which could not know it; for an earlier
    round the recipe is fitted again on what was known then.
    """

    recipe: Recipe
    bundle: Bundle | None = None
    trained_as_of: date | None = None

    def knows_nothing_of(self, day: int) -> bool:
        """Whether the bundle was made before that round opened."""
        return self.bundle is not None and self.trained_as_of is not None and self.trained_as_of <= day_of(day)


def contender_of(bundle: Bundle, *, label: str) -> Contender:
    """The contender behind a bundle, to be judged by ``label``.

    Raises `BundleRefused` where it learned another label or its recipe does not say when it was made.
    """
    check_learned(bundle, label)
    try:
        trained_as_of = date.fromisoformat(bundle.recipe["trained_as_of"])
    except (KeyError, TypeError, ValueError) as error:
        raise BundleRefused(f"The recipe of {bundle.name} is not whole.", hint="Train the model again.") from error
    return Contender(Recipe.from_json(bundle.recipe), bundle, trained_as_of)


@dataclass(frozen=True)
class Material:
    """What can be learned from as of a day: all closed listings, and the features of those judged.

    Examples are of households without basic livelihood support at their round: the list is for those the office does
    not know.
    """

    listings: pl.DataFrame
    examples: pl.DataFrame

    @property
    def rounds(self) -> tuple[int, ...]:
        return tuple(self.examples["round"].unique().sort())

    @classmethod
    def of(
        cls,
        core: Core,
        catalogue: Catalogue,
        policy: Policy,
        *,
        as_of: date,
        jobs: int = JOBS,
        progress: Progress = untold,
    ) -> "Material":
        """Raises `UsageError` where no listing has a known outcome."""
        listings = closed_listings(core, as_of=as_of, horizon_days=policy.label.horizon_days)
        total = len(parts(core))
        rows = examples(core, catalogue, listings, jobs=jobs, progress=lambda done: progress("features", done, total))
        return cls(listings, rows.filter(pl.col("is_recipient") == 0))


@dataclass(frozen=True)
class Fold:
    """A tested round (day number), the rounds its models learned from, and how many outcomes those hold."""

    round: int
    train: tuple[int, ...]
    calibrate: tuple[int, ...]
    examples: int
    positives: int


@dataclass(frozen=True)
class Backtest:
    """What every method would have listed in past rounds, and what came of the households somebody reached.

    judged: a row a round and candidate whose outcome is known; places: counts by round, dong, method and group;
    listings: how many candidates were listed and judged, by round, dong and stratum. `training.rounds` makes them.
    ``judged`` is about persons: it is never written to where models or logs are kept.
    """

    label: str
    horizon_days: int
    methods: tuple[str, ...]
    contenders: tuple[str, ...]
    folds: tuple[Fold, ...]
    judged: pl.DataFrame
    places: pl.DataFrame
    listings: pl.DataFrame


def backtest(
    core: Core,
    catalogue: Catalogue,
    policy: Policy,
    contenders: Mapping[str, Contender],
    *,
    as_of: date,
    seed: int,
    material: Material | None = None,
    jobs: int = JOBS,
    progress: Progress = untold,
) -> Backtest:
    """Judges contenders and baselines on the newest closed rounds, `policy.evaluation.test_rounds` of them at most.

    All models of a fold start from ``seed``, so that two contenders with one recipe are one model; results do not
    depend on ``jobs`` (processes as joblib counts them). ``material`` is made where it is not given.
    Raises `UsageError` where too little is known to judge on, `CheckFailed` where a feature knows the answer.
    """
    _check_names(contenders)
    material = material or Material.of(core, catalogue, policy, as_of=as_of, jobs=jobs, progress=progress)
    folds, rounds = fit_folds(material, catalogue, policy, contenders, seed=seed, jobs=jobs, progress=progress)
    judged = _judge(core, catalogue, policy, material.listings, rounds, jobs=jobs, progress=progress)
    return Backtest(
        label=policy.label.ranks_by,
        horizon_days=policy.label.horizon_days,
        methods=(*contenders, *BASELINES),
        contenders=tuple(contenders),
        folds=folds,
        judged=judged.judged,
        places=judged.places,
        listings=judged.listings,
    )


def fit_folds(
    material: Material,
    catalogue: Catalogue,
    policy: Policy,
    contenders: Mapping[str, Contender],
    *,
    seed: int,
    jobs: int = JOBS,
    progress: Progress = untold,
) -> tuple[tuple[Fold, ...], list[RankedRound]]:
    """The folds, and for each of them what ranks its round; raises as `backtest` does."""
    label = get_label(policy.label.ranks_by).name
    known = Examples.of(material.examples, catalogue.learned, label=label, max_weight=policy.evaluation.max_weight)
    folds = _folds(material, known, policy)
    tested_days = [split.test for split, _ in folds]
    is_tested = material.examples["round"].is_in(tested_days).to_numpy()
    check_leaks(known.matrix[is_tested], known.truth[is_tested], catalogue.learned)
    rounds = _fitted(folds, known, catalogue, contenders, seed=seed, jobs=jobs, progress=progress)
    return tuple(_fold(split, slices, known) for split, slices in folds), rounds


def _check_names(contenders: Mapping[str, Contender]) -> None:
    if not contenders or set(contenders) & set(BASELINES):
        raise UsageError(
            "At least one model is judged, and none may have the name of a baseline.", hint=f"Taken: {BASELINES}."
        )


def _folds(material: Material, known: Examples, policy: Policy) -> list[tuple[TimeSplit, Slices]]:
    """The folds with enough outcomes to learn from; raises `UsageError` where there is none."""
    splits = rolled_forward(
        material.rounds, horizon_days=policy.label.horizon_days, tests=policy.evaluation.test_rounds
    )
    folds = [(split, Slices.of(material.examples, split)) for split in splits]
    enough = [fold for fold in folds if fold[1].fewest_outcomes(known.truth) >= MIN_OUTCOMES]
    if not enough:
        # The newest round has the most before it, so its refusal names what is missing.
        folds[-1][1].check_outcomes(known.truth)
    return enough


def _fold(split: TimeSplit, slices: Slices, known: Examples) -> Fold:
    assert split.test is not None
    truth = [known.truth[rows] for rows in (slices.train, slices.calibrate)]
    return Fold(
        split.test,
        split.train,
        split.calibrate,
        examples=sum(map(len, truth)),
        positives=sum(int(part.sum()) for part in truth),
    )


def _fitted(
    folds: Sequence[tuple[TimeSplit, Slices]],
    known: Examples,
    catalogue: Catalogue,
    contenders: Mapping[str, Contender],
    *,
    seed: int,
    jobs: int,
    progress: Progress,
) -> list[RankedRound]:
    features = catalogue.learned
    wanted = []
    for split, slices in folds:
        assert split.test is not None
        for name, contender in contenders.items():
            if contender.bundle is not None and contender.knows_nothing_of(split.test):
                task = delayed(Ranker.of_booster)(contender.bundle.booster, contender.bundle.calibration)
            else:
                task = delayed(fit_ranker)(replace(contender.recipe, seed=seed), features, known, slices)
            wanted.append((split.test, name, task))
        wanted.append((split.test, LOGISTIC, delayed(fit_regression)(known, slices)))
    rankers: dict[int, dict[str, Ranker]] = {}
    fitted = run_side_by_side(
        [task for *_, task in wanted],
        jobs=known.fit_jobs(jobs),
        progress=lambda: progress("fit", 1, len(wanted)),
    )
    for (day, name, _), ranker in zip(wanted, fitted, strict=True):
        rankers.setdefault(day, {})[name] = ranker
    return [RankedRound(day, of_day) for day, of_day in rankers.items()]


def _judge(
    core: Core,
    catalogue: Catalogue,
    policy: Policy,
    listings: pl.DataFrame,
    rounds: Sequence[RankedRound],
    *,
    jobs: int,
    progress: Progress,
) -> Judged:
    tested = listings.filter(pl.col("round").is_in([one.day for one in rounds]))
    all_parts = parts(core)
    return Judged.together(
        run_side_by_side(
            [delayed(judge_part)(core, part, catalogue, policy, tested, rounds) for part in all_parts],
            jobs=min(jobs, len(all_parts)),
            progress=lambda: progress("judge", 1, len(all_parts)),
        )
    )
