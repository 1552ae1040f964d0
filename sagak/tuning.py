"""The command that tunes, and what `sagak train` makes of its options: which label, which recipe."""

import time
from dataclasses import replace
from datetime import date
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from domain.calendar import Round, day_of
from domain.errors import UsageError
from domain.policy import Policy
from features.catalogues import catalogue_of
from sagak.artefacts import known_core
from sagak.progress import stages
from sagak.settings import Settings
from sources.core import Core
from sources.koweps_core import ADAPTER as KOWEPS
from training.labels import get_label
from training.recipe import Recipe
from training.study import Trial
from training.tuning import Tuned, get_tuned, tune

_SHOWN = 4
_ROWS = {
    "learning_rate": "learning rate",
    "num_leaves": "leaves",
    "max_depth": "depth",
    "min_data_in_leaf": "households in a leaf",
    "feature_fraction": "share of columns",
    "bagging_fraction": "share of rows",
    "lambda_l2": "L2",
    "extra_trees": "random thresholds",
    "trees": "trees",
}

out = Console()


def run_tune(as_of: date | None, *, seed: int, label: str | None, trials: int, minutes: float) -> None:
    """Searches settings and prints the best of them beside the default recipe."""
    settings = Settings.from_environment()
    core = known_core(settings, as_of)
    if core.adapter == KOWEPS:
        raise UsageError(
            "The survey has no rounds to compare settings on.", hint="Its recipe stands in training/survey.py."
        )
    policy = with_label(settings.policy(), label)
    with stages() as progress:
        tuned = tune(
            core,
            catalogue_of(core),
            policy,
            as_of=as_of or core.as_of,
            seed=seed,
            trials=trials,
            minutes=minutes,
            clock=time.monotonic,
            mlruns=settings.mlruns,
            progress=progress,
        )
    _print_tuning(tuned, wanted=trials)


def with_label(policy: Policy, label: str | None) -> Policy:
    """The policy with another label to rank by, if one was named; says aloud what a label that needs it is made of."""
    chosen = get_label(label or policy.label.ranks_by)
    if chosen.warning:
        out.print(f"[bold yellow]Careful:[/bold yellow] {chosen.warning}", soft_wrap=True, highlight=False)
    return replace(policy, label=replace(policy.label, ranks_by=chosen.name))


def chosen_recipe(
    settings: Settings, core: Core, policy: Policy, *, as_of: date, seed: int, is_weighted: bool, is_tuned: bool
) -> tuple[Recipe, str | None]:
    """The default recipe, or the one tuning chose with the study's name.

    Raises `NotFound` where nothing was tuned on these data.
    """
    recipe, study = Recipe(), None
    if is_tuned:
        tuned = get_tuned(core, catalogue_of(core), policy, as_of=as_of, seed=seed, mlruns=settings.mlruns)
        trial, study = tuned.chosen, tuned.study
        recipe = trial.recipe
        what = f"Settings of trial {trial.number}" if trial.number else "The default recipe, which nothing was above"
        out.print(f"{what}; average precision {trial.value:.3f} when tuned.", highlight=False)
    return replace(recipe, is_weighted=is_weighted, seed=seed), study


def _print_tuning(tuned: Tuned, *, wanted: int) -> None:
    first, last = (Round.of(day_of(tuned.rounds[place])).label for place in (0, -1))
    best = sorted(tuned.trials, key=lambda trial: (-trial.value, trial.number))[:_SHOWN]
    shown = [tuned.default, *(trial for trial in best if trial.number)]
    table = Table(box=SIMPLE, title=f"{len(tuned.trials)} trials on {first} to {last}")
    table.add_column("")
    for trial in shown:
        table.add_column(f"trial {trial.number}" if trial.number else "default", justify="right")
    table.add_row("average precision", *(f"{trial.value:.3f}" for trial in shown))
    table.add_row("rounds above default", *(_above(trial, tuned.default) for trial in shown))
    for name, words in _ROWS.items():
        table.add_row(words, *(_setting(trial.settings[name]) for trial in shown))
    out.print(table)
    out.print(_verdict(tuned), soft_wrap=True, highlight=False)
    if len(tuned.trials) < wanted:
        out.print(f"The time was up after {len(tuned.trials)} of {wanted} trials; the same command goes on from there.")


def _above(trial: Trial, default: Trial) -> str:
    return f"{trial.folds_above(default)} of {len(trial.folds)}" if trial.number else "-"


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else f"{value:.3g}"


def _verdict(tuned: Tuned) -> str:
    """The gain with its spread, what comes of it, and why it is not to be believed as it stands."""
    if tuned.best.number == 0:
        return "Nothing tried was above the default recipe, so `sagak train --tuned` uses that one."
    gain = (
        f"Best over default: {tuned.gain:+.3f} ± {tuned.gain_error:.3f} average precision (standard error over rounds)"
    )
    if tuned.chosen.number == 0:
        return f"{gain}. That is no more than chance, so `sagak train --tuned` uses the default recipe."
    return (
        f"{gain}. The best of {len(tuned.trials)} looks better than it is: `sagak train --tuned` judges it on "
        "later rounds that no trial has seen, beside the baselines."
    )
