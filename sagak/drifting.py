"""The command that says whether the data has moved away from what the model in use was made on."""

from collections.abc import Iterator
from datetime import date
from functools import partial

import polars as pl
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audit.drift import Drift, Finding, Kind, Level, drift_between
from domain.calendar import Round
from domain.errors import UsageError
from domain.progress import Progress
from features.catalogues import catalogue_of
from sagak.artefacts import core_of, features_by_district, open_bundle, week_of
from sagak.progress import stages
from sagak.settings import Settings
from scoring.bundle import Bundle
from scoring.reference import Reference
from scoring.score import raw_scores
from sources.core import find_core
from training.reference import state_of_round

# Its own exit code, so that a timer can tell an alarm from a mistake.
ALARM_EXIT_CODE = 10
_COLOURS = {Level.ALARM: "bold red", Level.NOTICE: "yellow", Level.OK: "green", Level.UNJUDGED: "dim"}

out = Console()


def run_drift(as_of: date | None, bundle_name: str | None) -> int:
    """Prints what changed since the bundle was made; gives the exit code, `ALARM_EXIT_CODE` on an alarm."""
    settings = Settings.from_environment()
    core = find_core(settings.core, as_of or date.max)
    week = Round(as_of) if as_of else week_of(core)
    core = core_of(settings, week)
    catalogue = catalogue_of(core)
    bundle = open_bundle(settings, catalogue, bundle_name)
    reference = Reference.from_json(bundle.reference)
    _check_is_later(week, bundle, reference.rounds[0])
    with stages() as progress:
        districts = features_by_district(settings, core, week, progress=progress)
        present = state_of_round(
            core,
            _told(districts, len(core.districts), progress),
            catalogue,
            partial(raw_scores, bundle),
            as_of=week.as_of,
            like=reference,
        )
    drift = drift_between(reference, present, settings.policy().drift)
    _print(drift, bundle, week)
    return ALARM_EXIT_CODE if drift.level is Level.ALARM else 0


def _check_is_later(week: Round, bundle: Bundle, made_on: date) -> None:
    """What was less known then would look like a change of the world."""
    if week.as_of < made_on:
        raise UsageError(
            f"Round {week.label} is earlier than the data {bundle.name} was made on ({made_on}): drift looks forward.",
            hint=f"Ask for a round from {made_on} on, or name an older model with --bundle.",
        )


def _told(districts: Iterator[tuple[str, pl.DataFrame]], total: int, progress: Progress) -> Iterator[pl.DataFrame]:
    """The features alone, and how many districts are done."""
    for _, features in districts:
        yield features
        progress("drift", 1, total)


def _print(drift: Drift, bundle: Bundle, week: Round) -> None:
    shown = drift.at(Level.ALARM) + drift.at(Level.NOTICE)
    if shown:
        table = Table(box=SIMPLE, title=f"Round {week.label} against the data {bundle.name} was made on")
        for heading in ("level", "what", "name", "change", "interval", "since"):
            table.add_column(heading, justify="right" if heading == "change" else "left")
        for finding in shown:
            level = f"[{_COLOURS[finding.level]}]{finding.level}[/]"
            table.add_row(level, finding.kind, finding.name, _change(finding), _interval(finding), finding.since or "")
        out.print(table)
        for finding in shown:
            out.print(f"· {escape(finding.sentence)}", soft_wrap=True)
    else:
        out.print(f"Round {week.label}: nothing has moved away from the data {bundle.name} was made on.")
    looked = {kind: [finding for finding in drift.findings if finding.kind is kind] for kind in Kind}
    for kind, findings in looked.items():
        unjudged = sum(finding.level is Level.UNJUDGED for finding in findings)
        if findings:
            out.print(f"{kind}: {len(findings)} looked at, {unjudged} not to be judged.", highlight=False)
    if not looked[Kind.REPORTS]:
        out.print("This data holds no indicators by month, so no provider's reports could be compared.")


def _change(finding: Finding) -> str:
    if finding.measured is None:
        return "-"
    return f"{finding.measured:.3f}" if finding.kind in (Kind.DISTRIBUTION, Kind.SCORE) else f"{finding.measured:+.1%}"


def _interval(finding: Finding) -> str:
    low, high = (f"{bound:+.0%}" if bound is not None else "any" for bound in (finding.low, finding.high))
    return f"{low} to {high}" if finding.kind is Kind.REPORTS else ""
