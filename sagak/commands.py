"""What each command does: settings, the rooms' functions, and what is printed. Counts only, but for a list itself."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from rich.console import Console

from domain.calendar import Round
from domain.dong import Dong
from domain.errors import CheckFailed, NotFound
from domain.korean import korean_date
from outreach.publishing import PublishedRound, find_entry, published_round, read_entries
from sagak.adapters import catalogue_of, find_dong, refuse_mixture, take_in
from sagak.progress import Stages, stages
from sagak.settings import Settings
from sagak.terminal import (
    list_subtitle,
    print_explanation,
    print_facts,
    print_figures,
    print_list,
    print_report,
    print_survey,
)
from sagak.weekly import export_lists, is_made_from, make_matrices, make_scores, open_bundle, run_round
from scoring.reasons import contributions
from scoring.score import score
from sources.core import Core, find_core
from sources.ingest import check_delivery, delivery_report
from sources.koweps_core import ADAPTER as KOWEPS
from sources.synthetic import ADAPTER as SYNTHETIC
from sources.synthetic import compute_facts, dongs_of, synthesize
from sources.vault import names_of
from training.survey_bundle import train_on_survey
from training.train import Trained, train

# The demo's week is fixed, so that everybody sees the same town.
DEMO_AS_OF = date(2026, 11, 16)
DEMO_PLACE = "고양시"
_NEWEST = date.max

out = Console()


def _week(settings: Settings, as_of: date | None) -> Round:
    """The round asked for; by default the first Monday on or after the newest delivery's date."""
    return Round(as_of) if as_of else Round.of(find_core(settings.core, _NEWEST).as_of + timedelta(days=6))


def _published(settings: Settings, round_label: str | None) -> PublishedRound:
    return published_round(settings.lists, Round.parse(round_label) if round_label else None)


def run_synthesize(
    folder: Path | None,
    *,
    place: str,
    households: int,
    seed: int,
    as_of: date | None,
    months: int,
    weeks: int,
    surge_from: date | None,
    report: bool,
) -> None:
    """Makes a delivery and, if asked, prints the published facts beside it."""
    settings = Settings.from_environment()
    day = as_of or DEMO_AS_OF
    target = folder or settings.raw / f"synthetic-{day}"
    with stages() as progress:
        _synthesize(settings, target, place, households, seed, day, progress, months, weeks, surge_from)
    out.print(f"Made {target}")
    if report:
        print_facts(out, compute_facts(target, truth_folder=settings.truth / target.name, surge_from=surge_from))


def _synthesize(
    settings: Settings,
    target: Path,
    place: str,
    households: int,
    seed: int,
    day: date,
    progress: Stages,
    months: int = 24,
    weeks: int = 56,
    surge_from: date | None = None,
) -> None:
    synthesize(
        target,
        truth_folder=settings.truth / target.name,
        as_of=day,
        seed=seed,
        dongs=dongs_of(place),
        households=households,
        months=months,
        past_weeks=weeks,
        surge_from=surge_from,
        progress=lambda done, total: progress("people", 1, total),
    )


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


def run_train(as_of: date | None, *, seed: int) -> None:
    """Trains and prints the figures beside the baselines."""
    settings = Settings.from_environment()
    core = find_core(settings.core, as_of or _NEWEST)
    if core.adapter == KOWEPS:
        _train_on_survey(settings, core, seed)
        return
    with stages() as progress:
        trained = _train(settings, core, as_of or core.as_of, seed, progress)
    print_figures(out, trained.figures)
    _say_bundle(trained.folder, trained.digest)


def _train_on_survey(settings: Settings, core: Core, seed: int) -> None:
    with stages() as progress:
        trained = train_on_survey(
            core, seed=seed, models_root=settings.models, mlruns=settings.mlruns, progress=progress
        )
    print_survey(out, trained.rows)
    _say_bundle(trained.folder, trained.digest)


def _say_bundle(folder: Path, digest: str) -> None:
    out.print(f"Bundle: {folder} (sha256 {digest[:12]}…)", soft_wrap=True)


def _train(settings: Settings, core: Core, as_of: date, seed: int, progress: Stages) -> Trained:
    return train(
        core,
        catalogue_of(core),
        settings.policy(),
        as_of=as_of,
        seed=seed,
        models_root=settings.models,
        mlruns=settings.mlruns,
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


def run_week(as_of: date | None, bundle_name: str | None) -> None:
    """Runs the week and says where the lists lie."""
    settings = Settings.from_environment()
    with stages() as progress:
        published = run_round(settings, _week(settings, as_of), bundle_name=bundle_name, progress=progress)
    exports = export_lists(settings, published)
    _say_where(published, exports)


def _say_where(published: PublishedRound, exports: Path) -> None:
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
    _show(settings, published, find_dong(published.dongs, dong_text))


def _show(settings: Settings, published: PublishedRound, dong: Dong) -> None:
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
    core = find_core(settings.core, published.round.as_of)
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


def run_demo(*, households: int, seed: int, dong: str, fresh: bool) -> None:
    """Makes the demo town if it is not there, and shows one dong's list."""
    settings = Settings.from_environment()
    week = Round(DEMO_AS_OF)
    refuse_mixture(settings, SYNTHETIC)
    is_there = (settings.lists / week.label / "current").exists()
    find_dong({known.code: known for known in dongs_of(DEMO_PLACE)}, dong)
    if is_there and not fresh:
        out.print("The town is there already; --fresh makes it again.")
    else:
        _make_demo(settings, week, households=households, seed=seed)
    published = published_round(settings.lists, week)
    _show(settings, published, find_dong(published.dongs, dong))
    _say_where(published, settings.exports / week.label)
    out.print("Everybody on it is made up. Go on with: sagak list --dong NAME, sagak explain HOUSEHOLD")


def _make_demo(settings: Settings, week: Round, *, households: int, seed: int) -> None:
    target = settings.raw / f"demo-{week.as_of}"
    for made_before in (target, settings.truth / target.name):
        shutil.rmtree(made_before, ignore_errors=True)
    with stages() as progress:
        _synthesize(settings, target, DEMO_PLACE, households, seed, week.as_of, progress)
        core = take_in(settings, target, "standard", progress)
        trained = _train(settings, core, week.as_of, seed, progress)
        published = run_round(settings, week, progress=progress)
    export_lists(settings, published)
    print_report(out, delivery_report(core))
    print_figures(out, trained.figures)
