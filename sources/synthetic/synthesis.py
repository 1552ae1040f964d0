"""Makes a delivery of a population that does not exist, district by district."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, auto
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from domain.calendar import Round, day_number, month_number
from domain.dong import Dong
from domain.errors import UsageError
from sources.parquet import write_parquet
from sources.synthetic import tables
from sources.synthetic.benefits import Benefits, draw_benefits
from sources.synthetic.grants import granted_benefits
from sources.synthetic.hardship import Homes, draw_frailty, draw_hardship, draw_homes
from sources.synthetic.history import EXPLORATION_SHARE, Listings, draw_listings, past_rounds
from sources.synthetic.indicators import NONE, Reports, Window, draw_reports
from sources.synthetic.need import draw_need
from sources.synthetic.outcomes import draw_address_mismatch, draw_outcomes_if_contacted
from sources.synthetic.people import draw_people
from sources.synthetic.plan import District, draw_dong_traits, plan_districts
from sources.synthetic.population import Flags, Floats, Households, Ints, Members, draw_households
from sources.synthetic.requests import Requests, draw_requests
from sources.synthetic.writing import DeliveryWriter, Encoding, FileFormat

_NO_PHONE_RATE = 0.03
_REQUEST_DAYS_BEFORE = 28  # a referral made before the first past round may still count in it


@dataclass(frozen=True)
class Plan:
    """What is made: which weeks and months, from which seed."""

    as_of: date
    seed: int
    window: Window
    rounds: tuple[Round, ...]
    exploration_share: float = EXPLORATION_SHARE

    @classmethod
    def of(
        cls,
        *,
        as_of: date,
        seed: int,
        months: int,
        past_weeks: int,
        surge_from: date | None = None,
        exploration_share: float = EXPLORATION_SHARE,
    ) -> "Plan":
        rounds = past_rounds(as_of, past_weeks)
        first_month = month_number(as_of) - months
        if past_weeks < 1 or month_number(rounds[0].as_of) < first_month + 2:
            raise UsageError(
                f"{past_weeks} past weeks do not fit into {months} months.",
                hint="Past rounds need two months of indicators before them; ask for more months or fewer weeks.",
            )
        surge_month = month_number(surge_from) if surge_from else None
        if surge_month is not None and not first_month + 12 <= surge_month <= month_number(as_of) - 6:
            raise UsageError(
                f"A rise from {surge_from:%Y-%m} on cannot be seen in {months} months before {as_of}.",
                hint="The delivery must hold the half-year from that month on and the same months a year before.",
            )
        if not 0 <= exploration_share < 1:
            raise UsageError(
                f"{exploration_share} is no share of places.", hint="Write the share drawn by chance as 0.10."
            )
        return cls(as_of, seed, Window(first_month, months, day_number(as_of), surge_month), rounds, exploration_share)


@dataclass(frozen=True)
class Synthesized:
    """What was written: the manifest, rows per table, and the truth files apart from it."""

    manifest: Path
    rows: dict[str, int]
    truth_files: tuple[Path, ...]


class _Part(IntEnum):
    """The parts of the work that draw on chance of their own: a change in one leaves the others as they were."""

    DONGS = 0
    HOUSEHOLDS = auto()
    FRAILTY = auto()
    HOMES = auto()
    HARDSHIP = auto()
    BENEFITS = auto()
    REPORTS = auto()
    REQUESTS = auto()
    ADDRESSES = auto()
    OUTCOMES = auto()
    LISTINGS = auto()
    RESULTS = auto()
    PHONES = auto()
    MOVES = auto()
    PEOPLE = auto()
    NEED = auto()


@dataclass(frozen=True)
class _Simulated:
    """A district as arrays."""

    households: Households
    members: Members
    homes: Homes
    reports: Reports
    benefits: Benefits
    requests: Requests
    listings: Listings
    mismatch: Flags
    has_phone: Flags
    moved_in_day: Ints
    need: Flags
    outcome: NDArray[np.int8]


@dataclass(frozen=True)
class MadeDistrict:
    """A district's tables, ready to write."""

    delivery: dict[str, pl.DataFrame]
    truth: pl.DataFrame


def synthesize(
    folder: Path,
    *,
    truth_folder: Path,
    as_of: date,
    seed: int,
    dongs: Sequence[Dong],
    households: int,
    months: int = 24,
    past_weeks: int = 56,
    surge_from: date | None = None,
    exploration_share: float = EXPLORATION_SHARE,
    file_format: FileFormat = FileFormat.PARQUET,
    encoding: Encoding = Encoding.UTF8,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Synthesized:
    """Writes one delivery into ``folder`` and its hidden truth into ``truth_folder``.

    Memory is bounded by the largest district. The same arguments give the same bytes, and a district's files depend
    only on the seed and its own number of households. ``surge_from`` plants the published rise of three kinds of
    arrears in the half-year from that month on. ``exploration_share`` of the past places was drawn by chance.
    ``progress`` hears of districts done and their number. Raises `UsageError` where a folder is not empty, lies in the
    other, the weeks do not fit into the months, or the share is none.
    """
    if truth_folder.resolve().is_relative_to(folder.resolve()):
        raise UsageError("The truth would lie inside the delivery.", hint="Name a folder apart for the truth.")
    plan = Plan.of(
        as_of=as_of,
        seed=seed,
        months=months,
        past_weeks=past_weeks,
        surge_from=surge_from,
        exploration_share=exploration_share,
    )
    districts = plan_districts(dongs, households)
    writer = DeliveryWriter(folder, as_of, file_format, encoding)
    truth_folder.mkdir(parents=True, exist_ok=True)
    truth_files = []
    for done, district in enumerate(districts, start=1):
        made = make_district(district, plan)
        for table, rows in made.delivery.items():
            writer.write(table, district.code, rows)
        truth_files.append(truth_folder / f"truth-{district.code}.parquet")
        write_parquet(made.truth, truth_files[-1])
        progress(done, len(districts))
    return Synthesized(writer.finish(), writer.rows(), tuple(truth_files))


def _draw_moves(households: Households, homes: Homes, as_of_day: int, rng: np.random.Generator) -> Ints:
    """The day each household moved in: owners stay ten years, others four; unknown for one in fifty."""
    mean_days = np.where(homes.tenure == 0, 10.0, 4.0) * 365
    stayed = np.minimum(rng.exponential(mean_days), np.minimum(households.oldest_months * 30.0, 14_000)).astype(
        np.int64
    )
    return np.where(rng.random(len(stayed)) < 0.02, NONE, as_of_day - stayed)


def _draw_phones(frailty: Floats, rng: np.random.Generator) -> Flags:
    return np.asarray(rng.random(len(frailty)) >= _NO_PHONE_RATE * np.exp(0.4 * np.clip(frailty, -2, 3)))


def _simulate(district: District, plan: Plan) -> _Simulated:
    window = plan.window
    truth_month = month_number(plan.rounds[0].as_of) - window.first_month

    def chance(part: _Part) -> np.random.Generator:
        return district.generator(plan.seed, part)

    households, members = draw_households(draw_dong_traits(district, chance(_Part.DONGS)), chance(_Part.HOUSEHOLDS))
    frailty = draw_frailty(households, chance(_Part.FRAILTY))
    homes = draw_homes(households, frailty, chance(_Part.HOMES))
    hardship = draw_hardship(households, frailty, months=window.months, rng=chance(_Part.HARDSHIP))
    benefits = draw_benefits(households, homes, frailty, months=window.months, rng=chance(_Part.BENEFITS))
    reports = draw_reports(households, homes, hardship, window=window, rng=chance(_Part.REPORTS))
    # Need follows from what happened, also where no report of it has arrived yet.
    need = draw_need(homes, hardship, reports, first_month=truth_month, rng=chance(_Part.NEED))
    reports = reports.where(reports.known_day <= window.as_of_day)
    first_day = day_number(plan.rounds[0].as_of) - _REQUEST_DAYS_BEFORE
    requests = draw_requests(need, first_day=first_day, last_day=window.as_of_day, rng=chance(_Part.REQUESTS))
    mismatch = draw_address_mismatch(households, homes, chance(_Part.ADDRESSES))
    outcome = draw_outcomes_if_contacted(households, hardship, need, mismatch, rng=chance(_Part.OUTCOMES))
    listings = draw_listings(
        households,
        reports,
        benefits,
        requests,
        outcome,
        dongs=len(district.dongs),
        rounds=plan.rounds,
        window=window,
        exploration_share=plan.exploration_share,
        rng=chance(_Part.LISTINGS),
        results_rng=chance(_Part.RESULTS),
    )
    granted = granted_benefits(listings, window=window)
    return _Simulated(
        households=households,
        members=members,
        homes=homes,
        reports=reports,
        benefits=Benefits.joined([benefits, granted]),
        requests=requests,
        listings=listings,
        mismatch=mismatch,
        has_phone=_draw_phones(frailty, chance(_Part.PHONES)),
        moved_in_day=_draw_moves(households, homes, window.as_of_day, chance(_Part.MOVES)),
        need=need,
        outcome=outcome,
    )


def make_district(district: District, plan: Plan) -> MadeDistrict:
    """All tables of one district, in memory."""
    made, first_month = _simulate(district, plan), plan.window.first_month
    ids = tables.household_ids(district)
    delivery = {
        "households": tables.households_table(
            ids,
            district,
            made.households,
            made.homes,
            moved_in_day=made.moved_in_day,
            mismatch=made.mismatch,
            has_phone=made.has_phone,
        ),
        "members": tables.members_table(ids, district, made.members, as_of_month=month_number(plan.as_of)),
        "indicators": tables.indicators_table(ids, made.reports, first_month=first_month),
        "benefits": tables.benefits_table(ids, made.benefits, first_month=first_month),
        "outcomes": tables.outcomes_table(ids, made.listings, plan.rounds),
        "requests": tables.requests_table(ids, made.requests),
        "people": draw_people(
            ids, made.households.dong, district.dongs, made.has_phone, district.generator(plan.seed, _Part.PEOPLE)
        ),
    }
    truth = tables.truth_table(ids, made.need, made.outcome, first_month=month_number(plan.rounds[0].as_of))
    return MadeDistrict(delivery, truth)
