"""The command that makes a delivery of people who do not exist."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console

from sagak.progress import Stages, stages
from sagak.settings import Settings
from sagak.terminal import print_facts
from sources.synthetic import EXPLORATION_SHARE, compute_facts, dongs_of, synthesize

# The demo's week is fixed, so that everybody sees the same town.
DEMO_AS_OF = date(2026, 11, 16)
DEMO_PLACE = "고양시"

out = Console()


@dataclass(frozen=True)
class Town:
    """What is to be made up: where, how many households, from which seed, as of when, and its past."""

    place: str
    households: int
    seed: int
    as_of: date = DEMO_AS_OF
    months: int = 24
    weeks: int = 56
    surge_from: date | None = None
    exploration_share: float = EXPLORATION_SHARE


def run_synthesize(folder: Path | None, town: Town, *, report: bool) -> None:
    """Makes a delivery and, if asked, prints the published facts beside it."""
    settings = Settings.from_environment()
    target = folder or settings.raw / f"synthetic-{town.as_of}"
    with stages() as progress:
        make_town(settings, target, town, progress)
    out.print(f"Made {target}")
    if report:
        print_facts(out, compute_facts(target, truth_folder=settings.truth / target.name, surge_from=town.surge_from))


def make_town(settings: Settings, target: Path, town: Town, progress: Stages) -> None:
    """Writes the delivery to ``target`` and its hidden truth under the home."""
    synthesize(
        target,
        truth_folder=settings.truth / target.name,
        as_of=town.as_of,
        seed=town.seed,
        dongs=dongs_of(town.place),
        households=town.households,
        months=town.months,
        past_weeks=town.weeks,
        surge_from=town.surge_from,
        exploration_share=town.exploration_share,
        progress=lambda done, total: progress("people", 1, total),
    )
