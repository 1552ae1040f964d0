"""What each command does: settings, the rooms' functions, and what is printed. Counts only, but for a list itself."""

from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console

from domain.calendar import Round
from domain.dong import Dong
from domain.errors import CheckFailed, NotFound, UsageError
from domain.korean import korean_date
from domain.people import ALL
from domain.policy import Policy
from features.catalogues import catalogue_of
from outreach.origin import is_by_this_program
from outreach.promotion import newest_approval
from outreach.promotion_record import read_record
from outreach.publishing import PublishedRound, find_entry, published_round, read_entries
from sagak.adapters import find_dong, take_in
from sagak.artefacts import core_of, is_made_from, known_core, make_matrices, make_scores, open_bundle, week_of
from sagak.progress import Stages, stages
from sagak.settings import Settings
from sagak.stores import store_of
from sagak.terminal import (
    list_subtitle,
    print_explanation,
    print_figures,
    print_list,
    print_report,
    print_survey,
)
from sagak.tuning import chosen_recipe, with_label
from sagak.weekly import export_lists, run_round
from scoring.reasons import contributions
from scoring.score import score
from sources.core import Core, find_core
from sources.ingest import check_delivery, delivery_report
from sources.koweps_core import ADAPTER as KOWEPS
from sources.vault import names_of
from store.lists import newest_round
from training.candidate import Candidate
from training.recipe import Recipe
from training.survey_bundle import train_on_survey
from training.train import train

_NEWEST = date.max

out = Console()


def _week(settings: Settings, as_of: date | None) -> Round:
    """The round asked for; by default that of the newest delivery."""
    return Round(as_of) if as_of else week_of(find_core(settings.core, _NEWEST))


def _published(settings: Settings, round_label: str | None) -> PublishedRound:
    return published_round(settings.lists, Round.parse(round_label) if round_label else None)


def run_check(folder: Path) -> None:
    """Prints what a delivery holds and what would be set aside."""
    with stages() as progress:
        report = check_delivery(folder, progress=progress.tell)
    print_report(out, report)


def run_ingest(source: Path, adapter: str) -> None:
    """Takes a delivery or survey file in."""
    settings = Settings.from_environment()
    with stages() as progress:
        core = take_in(settings, source, adapter, progress)
    if core.adapter != KOWEPS:
        print_report(out, delivery_report(core))
    out.print(f"Taken in as of {core.as_of}: {core.folder}")


def run_features(as_of: date | None) -> None:
    """Computes a round's features."""
    settings = Settings.from_environment()
    with stages() as progress:
        folder = make_matrices(settings, _week(settings, as_of), progress=progress)
    out.print(f"Features: {folder}")


def run_train(
    as_of: date | None, *, seed: int, label: str | None = None, is_weighted: bool = False, is_tuned: bool = False
) -> None:
    """Trains and prints the figures beside the baselines."""
    settings = Settings.from_environment()
    core = known_core(settings, as_of)
    if core.adapter == KOWEPS:
        if label or is_weighted or is_tuned:
            raise UsageError("The survey has one label and one recipe.", hint="Leave the options away.")
        _train_on_survey(settings, core, seed)
        return
    day, policy = as_of or core.as_of, with_label(settings.policy(), label)
    recipe, study = chosen_recipe(
        settings, core, policy, as_of=day, seed=seed, is_weighted=is_weighted, is_tuned=is_tuned
    )
    with stages() as progress:
        trained = train_standard(settings, core, day, seed, progress, policy=policy, recipe=recipe, tuned_by=study)
    print_figures(out, trained.figures, wanted_rounds=policy.evaluation.test_rounds)
    _say_bundle(trained.folder, trained.digest)


def _train_on_survey(settings: Settings, core: Core, seed: int) -> None:
    with stages() as progress:
        trained, rows = train_on_survey(
            core,
            settings.policy(),
            seed=seed,
            models_root=settings.models,
            mlruns=settings.mlruns,
            progress=progress,
        )
    print_survey(out, rows)
    _say_bundle(trained.folder, trained.digest)


def _say_bundle(folder: Path, digest: str) -> None:
    out.print(f"Bundle: {folder} (sha256 {digest[:12]}…)", soft_wrap=True)
    out.print(f"Next: sagak propose {folder.name} --by NAME --why TEXT", soft_wrap=True)


def train_standard(
    settings: Settings,
    core: Core,
    as_of: date,
    seed: int,
    progress: Stages,
    *,
    policy: Policy | None = None,
    recipe: Recipe | None = None,
    tuned_by: str | None = None,
) -> Candidate:
    """Trains on the standard tables of a core."""
    return train(
        core,
        catalogue_of(core),
        policy or settings.policy(),
        as_of=as_of,
        seed=seed,
        models_root=settings.models,
        mlruns=settings.mlruns,
        recipe=recipe,
        tuned_by=tuned_by,
        progress=progress,
    )


def run_score(as_of: date | None, bundle_name: str | None) -> None:
    """Scores a round."""
    settings = Settings.from_environment()
    week = _week(settings, as_of)
    bundle = open_bundle(settings, catalogue_of(find_core(settings.core, week.as_of)), bundle_name)
    with stages() as progress:
        folder = make_scores(settings, week, bundle, progress=progress)
    out.print(f"Scores by {bundle.name}: {folder}")


def run_week(as_of: date | None, bundle_name: str | None, *, is_again: bool = False) -> None:
    """Runs the week and says where the lists lie."""
    settings = Settings.from_environment()
    with stages() as progress:
        week = _week(settings, as_of)
        published = run_round(settings, week, bundle_name=bundle_name, is_again=is_again, progress=progress)
    exports = export_lists(settings, published)
    if not published.is_news:
        out.print("These very lists were published before: nothing has changed.")
    say_where(published, exports)
    _say_kept(settings, published)


def _say_kept(settings: Settings, published: PublishedRound) -> None:
    """Prints why the lists were not made with the model in use, or by this Sagak, where they were not."""
    catalogue = catalogue_of(find_core(settings.core, published.round.as_of))
    in_use = newest_approval(read_record(settings.models), catalogue)
    newer = in_use if in_use and in_use.digest != published.bundle_digest else None
    is_of_other_program = not is_by_this_program(published.origin, catalogue)
    if not newer and not is_of_other_program:
        return
    with store_of(settings) as database, database.reading(ALL) as connection:
        coming = newest_round(connection).followed_by
    if newer:
        out.print(
            f"{published.round.label} keeps {published.bundle}, with which it was first published, for people are at "
            f"work on it; {newer.bundle}, approved since, begins with {coming.label}.",
            soft_wrap=True,
        )
    if is_of_other_program:
        out.print(
            f"{published.round.label} stays as another version of Sagak made it, for people are at work on it: only "
            f"rules or sentences of the program changed, and today's begin with {coming.label}. To publish it anew all "
            "the same: sagak round --again",
            soft_wrap=True,
        )


def say_where(published: PublishedRound, exports: Path) -> None:
    """Prints how many entries a round has and where its files lie."""
    counts = published.entries_by_dong
    empty = sum(1 for count in counts.values() if not count)
    out.print(
        f"Round {published.round.label}: {sum(counts.values()):,} entries in {len(counts):,} dongs "
        f"({empty:,} with none), ranked by {published.bundle}."
    )
    out.print(f"All lists, one Excel-readable file a dong: {exports}", soft_wrap=True)


def run_list(dong_text: str, round_label: str | None) -> None:
    """Prints a dong's list."""
    settings = Settings.from_environment()
    published = _published(settings, round_label)
    show_list(settings, published, find_dong(published.dongs, dong_text))


def show_list(settings: Settings, published: PublishedRound, dong: Dong) -> None:
    """Prints a dong's list, heads of households masked."""
    entries = read_entries(published, dong.code)
    households = [entry.household_id for entry in entries]
    core = find_core(settings.core, published.round.as_of)
    names = names_of(settings.vault / core.as_of.isoformat(), dong.sigungu_code, households)
    as_of = korean_date(published.round.as_of)
    subtitle = list_subtitle(published.round.label, as_of, len(entries))
    print_list(out, dong, entries, subtitle=subtitle, names=names)


def run_explain(household: str, round_label: str | None) -> None:
    """Prints one household's score in full."""
    settings = Settings.from_environment()
    published = _published(settings, round_label)
    core = core_of(settings, published.round)
    catalogue = catalogue_of(core)
    files = sorted((settings.matrices / published.round.label).glob("*.parquet"))
    if not files:
        raise NotFound(f"The features of {published.round.label} are not there.", hint="Make them: sagak features.")
    bundle = open_bundle(settings, catalogue, published.bundle)
    is_same = is_made_from(settings.matrices / published.round.label, core) and bundle.digest == published.bundle_digest
    if not is_same or core.delivery_digest != published.delivery_digest:
        raise CheckFailed(
            f"Delivery, features or model are no longer those of the list of {published.round.label}.",
            hint="Run the round again to explain today's.",
        )
    row = pl.scan_parquet(files, glob=False).filter(pl.col("household_id") == household).collect()
    if row.is_empty():
        raise NotFound(
            f"Round {published.round.label} knows no such household.",
            hint="Copy it from the list: 16 letters and digits.",
        )
    scored = score(bundle, row)
    print_explanation(
        out,
        find_entry(published, household),
        contributions(bundle, row)[0],
        row.row(0, named=True),
        catalogue,
        raw=scored["raw_score"][0],
        probability=scored["probability"][0],
    )
