"""A study: what is drawn depends on the seed and on what was finished before, and on nothing else."""

from pathlib import Path

import optuna
import pytest

from domain.errors import StorageFailed
from training.fit import PARAMETERS, TREES
from training.recipe import Recipe
from training.study import TRIED, Trial, finished, space, studies, try_next
from training.tuning import Tuned


def reached(recipe: Recipe) -> list[float]:
    """A made-up landscape: two folds that like a slow model of many trees."""
    rate = recipe.parameters["learning_rate"]
    return [0.3 - abs(rate - 0.05), 0.2 + recipe.trees / 1e4]


def tried(mlruns: Path, wanted: int, *, seed: int = 1, judge=reached) -> list[Trial]:
    """The trials of a study once it holds ``wanted`` of them."""
    mlruns.mkdir(exist_ok=True)
    with studies(mlruns) as storage:
        study = optuna.create_study(storage=storage, study_name="s", direction="maximize", load_if_exists=True)
        while (done := len(finished(study, seed))) < wanted:
            try_next(study, judge, seed=seed, done=done)
        return finished(study, seed)


def test_the_first_trial_is_the_default_recipe(tmp_path: Path) -> None:
    (first,) = tried(tmp_path, 1, seed=7)
    assert first.recipe == Recipe(dict(PARAMETERS), TREES, seed=7)


def test_the_default_recipe_lies_within_what_may_be_tried() -> None:
    default = dict(PARAMETERS) | {"trees": TREES}
    assert [
        name for name, values in space().items() if not values._contains(values.to_internal_repr(default[name]))
    ] == []
    assert tuple(space()) == TRIED


def test_no_tree_may_grow_deeper_than_exact_reasons_can_bear() -> None:
    assert space()["max_depth"].high == 4


def test_a_study_in_pieces_comes_to_the_same_trials_as_one_in_a_single_go(tmp_path: Path) -> None:
    whole = tried(tmp_path / "whole", 14)
    for wanted in (1, 4, 12, 14):
        pieces = tried(tmp_path / "pieces", wanted)
    assert pieces == whole
    assert len({tuple(trial.settings.values()) for trial in whole}) == 14


def test_a_trial_that_was_broken_off_leaves_no_trace_in_those_after_it(tmp_path: Path) -> None:
    def killed(recipe: Recipe) -> list[float]:
        raise KeyboardInterrupt

    tried(tmp_path / "broken", 5)
    with pytest.raises(KeyboardInterrupt):
        tried(tmp_path / "broken", 6, judge=killed)
    assert tried(tmp_path / "broken", 13) == tried(tmp_path / "whole", 13)


def test_even_the_default_recipe_may_be_broken_off(tmp_path: Path) -> None:
    def killed(recipe: Recipe) -> list[float]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tried(tmp_path / "broken", 1, judge=killed)
    assert tried(tmp_path / "broken", 3) == tried(tmp_path / "whole", 3)


def test_another_seed_tries_other_settings(tmp_path: Path) -> None:
    one, other = tried(tmp_path / "one", 3, seed=1), tried(tmp_path / "other", 3, seed=2)
    assert one[0].settings == other[0].settings
    assert one[1].settings != other[1].settings


def test_a_damaged_database_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "optuna.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageFailed, match="it is damaged") as raised:
        tried(tmp_path, 1)
    assert raised.value.hint == "Move it away; a new one is made."


def tuned(*folds: tuple[float, ...]) -> Tuned:
    trials = tuple(Trial(number, Recipe(trees=100 + number), values) for number, values in enumerate(folds))
    return Tuned("s", (20000, 20007, 20014), trials)


def test_of_equals_the_first_tried_is_best() -> None:
    assert tuned((0.3, 0.3, 0.3), (0.4, 0.4, 0.4), (0.4, 0.4, 0.4)).best.number == 1


def test_a_gain_in_every_fold_is_chosen() -> None:
    """Gains .10, .08, .12: .10 on average, standard error .012."""
    study = tuned((0.30, 0.30, 0.30), (0.40, 0.38, 0.42))
    assert (round(study.gain, 3), round(study.gain_error, 3)) == (0.1, 0.012)
    assert study.chosen.number == 1


def test_a_gain_within_one_standard_error_keeps_the_default() -> None:
    """Gains .20, -.08, -.06: .02 on average, standard error .09."""
    study = tuned((0.30, 0.30, 0.30), (0.50, 0.22, 0.24))
    assert study.best.number == 1
    assert study.chosen.number == 0


def test_one_fold_alone_chooses_nothing() -> None:
    assert tuned((0.3,), (0.9,)).chosen.number == 0
