"""Published facts beside what a synthetic delivery produced: the proof that the made-up town is like the real ones."""

import csv
import json
from dataclasses import dataclass
from datetime import date
from math import sqrt
from pathlib import Path

from domain.errors import NotFound, UsageError
from sources.reference import reference_path
from sources.synthetic.counting import Counts, DistrictTables, DongCounts, count_district
from sources.synthetic.registers import SURGE

# 24 million households (register census) in 3,512 dongs; a national round lasts two months.
NATIONAL_DONG_HOUSEHOLDS = 24_000_000 / 3_512
WEEKS_PER_NATIONAL_ROUND = 52 / 6

# Facts of casework, or of a model, which a delivery does not hold.
LEFT_OUT = {
    "precarious_rooms": "places chosen for visits, with a wider notion of crisis",
    "several_needs": "casework, not part of a delivery",
    "case_length": "casework, not part of a delivery",
    "first_contact": "a delivery does not say how a household was contacted",
    "model_roc_auc": "measured with a model, see the document",
    "model_average_precision": "measured with a model, see the document",
}


@dataclass(frozen=True)
class Fact:
    """One published fact; ``produced`` is None where it is left out, and ``note`` says why.

    ``slack`` is the stated tolerance plus two standard errors of the produced figure, so that a small town is not
    asked for more than its size can tell.
    """

    fact: str
    fact_ko: str
    source: str
    low: float | None
    high: float | None
    slack: float
    produced: float | None
    n: int
    note: str = ""

    @property
    def state(self) -> str:
        """ "ok", "outside" or "left out"."""
        if self.produced is None or self.low is None or self.high is None:
            return "left out"
        return "ok" if self.low - self.slack <= self.produced <= self.high + self.slack else "outside"


@dataclass(frozen=True)
class _Figure:
    value: float
    standard_error: float
    n: int


def _share(part: float, whole: float) -> _Figure | None:
    if not whole:
        return None
    share = part / whole
    return _Figure(share, sqrt(share * (1 - share) / whole), int(whole))


def _change(before: int, after: int) -> _Figure | None:
    if not before or not after:
        return None
    ratio = after / before
    return _Figure(ratio - 1, ratio * sqrt(1 / before + 1 / after), before + after)


def compute_facts(
    delivery: Path, *, truth_folder: Path | None = None, surge_from: date | None = None
) -> tuple[Fact, ...]:
    """Every published fact with the figure of the Parquet delivery in that folder, in the order of the reference table.

    Reads district by district. The hidden need is left out without ``truth_folder``, the rises without ``surge_from``
    (the month `synthesize` was told). Raises `NotFound` without a manifest and `UsageError` for a CSV delivery.
    """
    try:
        manifest = json.loads((delivery / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound(f"{delivery} holds no delivery.", hint="Make one first: sagak synthesize.") from error
    if any(not file["name"].endswith(".parquet") for file in manifest["files"]):
        raise UsageError("Facts are computed from Parquet deliveries only.", hint="Synthesize without the CSV format.")
    codes = sorted(file["name"][:-8].rsplit("-", 1)[1] for file in manifest["files"] if file["table"] == "households")
    as_of = date.fromisoformat(manifest["as_of"])
    counts = Counts()
    for code in codes:
        tables = DistrictTables.read(delivery, code, truth_folder)
        counts.add(count_district(tables, as_of=as_of, surge_from=surge_from))
    figures = _figures(counts, has_truth=truth_folder is not None)
    return tuple(_judged(row, figures) for row in _published())


def _published() -> list[dict[str, str]]:
    with reference_path("published_facts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _judged(row: dict[str, str], figures: dict[str, _Figure | None]) -> Fact:
    figure = figures.get(row["fact"])
    note = LEFT_OUT.get(row["fact"], "" if figure else "not asked for, or nothing to count")
    return Fact(
        fact=row["fact"],
        fact_ko=row["fact_ko"],
        source=row["source"],
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        slack=float(row["tolerance"] or 0) + (2 * figure.standard_error if figure else 0.0),
        produced=figure.value if figure else None,
        n=figure.n if figure else 0,
        note=note,
    )


def _figures(counts: Counts, *, has_truth: bool) -> dict[str, _Figure | None]:
    totals = counts.totals
    figures = {
        "persons_with_indicator": _share(totals["persons_with_indicator"], totals["persons"]),
        "listed_of_persons": _share(
            totals["persons_listed_lately"], totals["persons_with_indicator"] * counts.late_rounds
        ),
        "entries_per_dong_week": _entries_per_dong_week(counts),
        "heaviest_dong": _heaviest_dong(counts.dongs),
        "address_mismatch": _share(totals["listings_mismatched"], totals["listings"]),
        "selected_twice": _share(totals["selected_twice"], totals["selected"]),
        "selected_three_times": _share(totals["selected_three_times"], totals["selected"]),
        "hidden_need": _hidden_need(counts.dongs) if has_truth else None,
    }
    for kind in ("supported", "public_benefit", "basic_livelihood", "emergency_aid", "not_reached"):
        figures[kind] = _share(totals[kind], totals["results"])
    for kind in ("case_single_elder", "case_single_parent", "case_single_working_age"):
        figures[kind] = _share(totals[kind], totals["cases"])
    for code in SURGE:
        figures[f"surge_{code}"] = _change(totals[f"before_{code}"], totals[f"after_{code}"])
    return figures


def _entries_per_dong_week(counts: Counts) -> _Figure | None:
    """Persons listed a round in a dong of national size, spread over the weeks of a national round."""
    if not counts.rounds:
        return None
    persons = counts.totals["persons_listed"]
    per_household = persons / counts.rounds / counts.totals["households"]
    return _Figure(per_household * NATIONAL_DONG_HOUSEHOLDS / WEEKS_PER_NATIONAL_ROUND, 0.0, persons)


def _heaviest_dong(dongs: list[DongCounts]) -> _Figure | None:
    listings = [dong.listings for dong in dongs]
    return _Figure(max(listings) * len(listings) / sum(listings), 0.0, len(listings)) if sum(listings) else None


def _hidden_need(dongs: list[DongCounts]) -> _Figure | None:
    """Need among households without indicator or support, in the third of dongs with most indicators."""
    poorest = sorted(dongs, key=lambda dong: -dong.with_indicator_rate)[: max(1, len(dongs) // 3)]
    return _share(sum(dong.unknown_in_need for dong in poorest), sum(dong.unknown for dong in poorest))
