"""The command that puts two models side by side on one page."""

from pathlib import Path

from rich.console import Console

from audit.comparison import compare
from domain.errors import UsageError
from domain.storage import FOR_A_FILE, check_writable, storing, write_whole
from features.catalogues import catalogue_of
from sagak.artefacts import features_by_district, known_core, open_bundle, week_of
from sagak.progress import stages
from sagak.settings import Settings
from serving.compare_page import compare_page
from sources.koweps_core import ADAPTER as KOWEPS

out = Console()


def run_compare(a: str, b: str, output: Path | None, *, seed: int) -> None:
    """Writes the page about bundles ``a`` and ``b`` and says where it lies."""
    settings = Settings.from_environment()
    if a == b:
        raise UsageError(
            "A model cannot be compared with itself.", hint="Name two bundles, such as standard-1 standard-2."
        )
    core = known_core(settings, None)
    if core.adapter == KOWEPS:
        raise UsageError(
            "A survey has no rounds on which two models could be compared.",
            hint="Its own figures stand in the bundle's card.",
        )
    page = output or settings.exports / f"compare-{a}-{b}.html"
    catalogue = catalogue_of(core)
    bundle_a, bundle_b = (open_bundle(settings, catalogue, name) for name in (a, b))
    check_writable(page, "The page")  # before minutes of judging, not after
    week = week_of(core)
    with stages() as progress:
        matrices = features_by_district(settings, core, week, progress=progress)
        compared = compare(
            bundle_a,
            bundle_b,
            core,
            catalogue,
            settings.policy(),
            week=week,
            matrices=matrices,
            seed=seed,
            progress=progress,
        )
    with storing("The page", room=FOR_A_FILE):
        write_whole(page, compare_page(compared).encode())
    out.print(f"Compared on {len(compared.report['rounds'])} past rounds: {page}", soft_wrap=True, markup=False)
