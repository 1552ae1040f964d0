"""What a measured process does to judge models: backtest, evaluation, comparison, the picture kept for drift.

`benchmarks.tasks` runs these too. They look at towns of `sources.synthetic`, whose past listings have outcomes.
"""

from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks.timing import AS_OF, Parts, Stages, timed
from domain.calendar import Round

if TYPE_CHECKING:
    from sagak.settings import Settings

PLACE = "고양시"


def _settings(home: str) -> "Settings":
    from sagak.settings import Settings

    return Settings.from_environment({"SAGAK_HOME": home})


def town(home: str, households: int, dongs: int) -> Parts:
    """Makes people who do not exist in the first dongs of a city, with 56 past rounds, and takes them in."""
    from sources.ingest import ingest
    from sources.synthetic import dongs_of, synthesize

    settings = _settings(home)
    synthesize(
        settings.raw / "town", truth_folder=settings.truth / "town", as_of=AS_OF, seed=1,
        dongs=dongs_of(PLACE)[:dongs], households=households,
    )  # fmt: skip
    key = settings.pseudonym_key()
    core = ingest(settings.raw / "town", core_root=settings.core, vault_root=settings.vault, key=key)
    return {f"{name} rows": rows for name, rows in core.rows.items()}


def candidates(home: str) -> Parts:
    """Two bundles, the second weighted by the chance of being listed, and the week's features.

    They are judged on one round, with few resamples and without the training log: that is not what is measured.
    """
    import training.candidate
    import training.train
    from domain.policy import EvaluationPolicy, Policy
    from features.catalogue import STANDARD
    from sagak.artefacts import make_matrices
    from sources.core import find_core
    from training.recipe import Recipe

    settings = _settings(home)
    core = find_core(settings.core, AS_OF)
    policy = Policy(evaluation=EvaluationPolicy(test_rounds=1, draws=20))
    with patch.object(training.candidate, "log_run", lambda *_, **__: ""):
        for is_weighted in (False, True):
            training.train.train(
                core, STANDARD, policy, as_of=AS_OF, seed=1, recipe=Recipe(is_weighted=is_weighted),
                models_root=settings.models, mlruns=settings.mlruns,
            )  # fmt: skip
    make_matrices(settings, Round(AS_OF))
    return {}


def backtest_ours(home: str) -> Parts:
    """A model and four baselines on eight rounds, folds and districts on both cores, and all their figures."""
    return _backtest(home, jobs=2)


def backtest_in_turn(home: str) -> Parts:
    """The same, one fold and one district after the other."""
    return _backtest(home, jobs=1)


def _backtest(home: str, *, jobs: int) -> Parts:
    from features.catalogue import STANDARD
    from sources.core import find_core
    from training.backtest import Contender, backtest
    from training.recipe import Recipe
    from training.report import evaluation_report

    settings = _settings(home)
    core, policy, stages = find_core(settings.core, AS_OF), settings.policy(), Stages()
    tested = backtest(
        core, STANDARD, policy, {"model": Contender(Recipe())}, as_of=AS_OF, seed=1, jobs=jobs, progress=stages
    )
    evaluation_report(tested, policy, as_of=AS_OF, seed=1)
    stages("report", 1, 1)
    return stages.seconds | {"rounds": len(tested.folds), "judged": tested.judged.height}


def compare_ours(home: str) -> Parts:
    """Both bundles put side by side as `sagak compare` does it; the page's own work is "lists" and "page"."""
    import polars as pl

    from audit.comparison import compare
    from features.catalogue import STANDARD
    from scoring.bundle import load_bundle
    from serving.compare_page import compare_page
    from sources.core import find_core

    settings, week = _settings(home), Round(AS_OF)
    core = find_core(settings.core, AS_OF)
    a, b = (load_bundle(settings.models / f"{STANDARD.name}-{number}", STANDARD) for number in (1, 2))
    folder = settings.matrices / week.label
    matrices = ((district, pl.read_parquet(folder / f"{district}.parquet")) for district in core.districts)
    stages = Stages()
    compared = compare(a, b, core, STANDARD, settings.policy(), week=week, matrices=matrices, seed=1, progress=stages)
    # Reasons of those who move are found after the last district's matrix was read.
    stages("lists", 1, 1)
    page = compare_page(compared).encode()
    stages("page", 1, 1)
    return stages.seconds | {"bytes": len(page), "entering": compared.movement.total.entering}


def drift_ours(home: str) -> Parts:
    """The picture of its inputs that a bundle keeps: all households in four rounds of the past year."""
    import json

    from features.catalogue import STANDARD
    from scoring.bundle import load_bundle
    from sources.core import find_core
    from training.reference import reference_of

    settings, parts = _settings(home), Parts()
    booster = load_bundle(settings.models / f"{STANDARD.name}-1", STANDARD).booster
    with timed(parts, "reference"):
        picture = reference_of(find_core(settings.core, AS_OF), STANDARD, booster, as_of=AS_OF)
    return parts | {"bytes": len(json.dumps(picture))}


def report_ours(dongs: int) -> Parts:
    """Every figure of one evaluation, a thousand resamples behind each interval."""
    from benchmarks.judging import made_backtest
    from domain.policy import Policy
    from training.report import evaluation_report

    backtest, parts = made_backtest(dongs), Parts()
    with timed(parts, "report"):
        evaluation_report(backtest, Policy(), as_of=AS_OF, seed=1)
    return parts


def bootstrap_ours(dongs: int, draws: int) -> Parts:
    """Figures of one method's list for every label, and of all methods' lists, with their intervals."""
    import numpy as np

    from benchmarks.judging import METHODS, MODEL, made_backtest
    from domain.policy import EvaluationPolicy
    from scoring.capacity import ESTIMATES, measure_list
    from scoring.evidence import Evidence
    from training.labels import LABELS

    backtest, parts, policy = made_backtest(dongs), Parts(), EvaluationPolicy(draws=draws)

    def figures(methods: tuple[str, ...]) -> None:
        evidence = Evidence.gather(
            backtest.judged, backtest.places, backtest.listings,
            max_weight=policy.max_weight, draws=policy.draws, rng=np.random.default_rng(1),
        )  # fmt: skip
        for measured in [measure_list(evidence, method, tuple(LABELS)) for method in methods]:
            for name in (*ESTIMATES, "recall", "lift"):
                for label in LABELS:
                    measured.figure(name, label)

    with timed(parts, "one list"):
        figures((MODEL,))
    with timed(parts, "all lists"):
        figures(METHODS)
    return parts


def bootstrap_loop(dongs: int, draws: int) -> Parts:
    """One method's weighted precision for every label, resample after resample with pandas."""
    import numpy as np

    from benchmarks.judging import MODEL, loop_intervals, made_backtest
    from domain.policy import EvaluationPolicy
    from scoring.resampling import draw_dongs

    backtest, parts, policy = made_backtest(dongs), Parts(), EvaluationPolicy(draws=draws)
    with timed(parts, "one list"):
        times = draw_dongs(dongs, draws=policy.draws, rng=np.random.default_rng(1))
        loop_intervals(backtest, MODEL, times, max_weight=policy.max_weight)
    return parts


JUDGING_TASKS = (
    town, candidates, backtest_ours, backtest_in_turn, compare_ours, drift_ours, report_ours, bootstrap_ours,
    bootstrap_loop,
)  # fmt: skip
