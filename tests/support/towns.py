"""Random towns: small ones drawn by hypothesis, and one of a few hundred households made from a seed."""

import random
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from domain.calendar import day_number, month_number
from domain.household import Disability, Dwelling, Program, Relation, Sex, Tenure
from domain.outcome import Outcome
from sources.reference import indicators
from tests.support.cores import DONG, OTHER_DONG, Row, Town

# In the first week of a year, in and after the month in which indicators began, and in ordinary weeks. All Mondays.
DATES = (date(2026, 11, 16), date(2024, 1, 1), date(2023, 11, 27), date(2024, 12, 2), date(2025, 3, 31))

_NUMBERS = tuple(known.number for known in indicators())
_BIRTHDAYS = (0, 3, 18, 19, 65, 70)  # at which something changes
_OFTEN = (1, 1, 11, 12, 25, 29)  # so that one household has several reports of one indicator


def fewer_examples(times: int) -> settings:
    """Settings for a slow test: the profile's number of random cases divided by ``times``."""
    profile = settings.default
    assert profile is not None
    return settings(profile, max_examples=max(1, profile.max_examples // times))


def around(now: int, past: int, ahead: int) -> st.SearchStrategy[int]:
    """Whole numbers near ``now``, the edges of what counts among them."""
    return st.integers(-past, ahead).map(lambda step: now + step)


def words(of: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([word.value for word in of])


def homes(as_of: date) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "dong_code": st.sampled_from([DONG, OTHER_DONG]),
            "tenure": st.none() | words(Tenure),
            "dwelling": st.none() | words(Dwelling),
            "moved_in_on": st.none() | around(day_number(as_of), 400, 40) | around(day_number(as_of) - 1_800, 40, 40),
            "is_address_mismatch": st.booleans(),
            "has_phone": st.booleans(),
        }
    )


def members(
    ids: st.SearchStrategy[str], as_of: date, *, born: st.SearchStrategy[int] | None = None
) -> st.SearchStrategy[Row]:
    now = month_number(as_of)
    edges = st.sampled_from(_BIRTHDAYS).flatmap(lambda years: around(now - years * 12, 3, 1))
    return st.fixed_dictionaries(
        {
            "household_id": ids,
            "person_id": st.just("P"),
            "birth_month": edges | around(now, 1000, 3) if born is None else born,
            "sex": words(Sex),
            "relation": words(Relation),
            "disability": words(Disability),
            "pregnancy_due_month": st.none() | around(now, 3, 9),
            "is_foreign": st.booleans(),
        }
    )


def reports(
    ids: st.SearchStrategy[str], as_of: date, *, known: st.SearchStrategy[int] | None = None
) -> st.SearchStrategy[Row]:
    today = day_number(as_of)
    return st.fixed_dictionaries(
        {
            "household_id": ids,
            "indicator_no": st.sampled_from(_OFTEN) | st.sampled_from(_NUMBERS),
            "observed_month": around(month_number(as_of), 8, 1) | around(month_number(as_of), 30, 2),
            "known_at": around(today, 2, 2) | around(today, 300, 30) if known is None else known,
            "months_overdue": st.none() | st.integers(0, 12) | st.integers(0, 600),
            "amount_krw": st.none() | st.integers(0, 3_000_000) | st.integers(0, 10**12),
        }
    )


def benefits(
    ids: st.SearchStrategy[str], as_of: date, *, start: st.SearchStrategy[int] | None = None
) -> st.SearchStrategy[Row]:
    now = month_number(as_of)
    return st.fixed_dictionaries(
        {
            "household_id": ids,
            "program_code": words(Program),
            "from_month": around(now, 30, 2) if start is None else start,
            "to_month": st.none() | around(now, 10, 5),
        }
    )


def listings(
    ids: st.SearchStrategy[str], as_of: date, *, weeks: st.SearchStrategy[int] | None = None
) -> st.SearchStrategy[Row]:
    today = day_number(as_of)
    return st.fixed_dictionaries(
        {
            "household_id": ids,
            "round": (around(0, 110, 3) if weeks is None else weeks).map(lambda week: today + 7 * week),
            "slot": st.just("top"),
            "propensity": st.just(1.0),
            "contacted_at": st.none() | around(today, 3, 3) | around(today, 800, 100),
            "outcome_code": st.none() | words(Outcome),
            "recorded_at": st.none() | around(today, 3, 3) | around(today, 800, 100),
        }
    )


@st.composite
def towns(draw: st.DrawFn, as_of: date) -> Town:
    """One to five households of two dongs with up to some fifty rows about them, some of them from the future."""
    drawn = draw(st.lists(homes(as_of), min_size=1, max_size=5))
    households = [{"household_id": f"H{number}"} | row for number, row in enumerate(drawn)]
    ids = st.sampled_from([row["household_id"] for row in households])
    return {
        "households": households,
        "members": draw(st.lists(members(ids, as_of), max_size=12)),
        "indicators": draw(st.lists(reports(ids, as_of), max_size=25)),
        "benefits": draw(st.lists(benefits(ids, as_of), max_size=8, unique_by=_BENEFIT_KEY)),
        "outcomes": draw(st.lists(listings(ids, as_of), max_size=8, unique_by=_household_and("round"))),
    }


def _household_and(*columns: str) -> Any:
    return lambda row: (row["household_id"], *(row[column] for column in columns))


_BENEFIT_KEY = _household_and("program_code", "from_month")


def seeded_town(as_of: date, *, households: int, seed: int) -> Town:
    """A town of all tables from a seed, its rows sorted by household as core files are."""
    chance = random.Random(seed)
    today, now = day_number(as_of), month_number(as_of)
    ids = [f"H{number:04d}" for number in range(households)]

    def some(most: int, row: Any) -> list[Row]:
        return [{"household_id": who} | row() for who in ids for _ in range(chance.randint(0, most))]

    def maybe(low: int, high: int) -> int | None:
        return chance.choice([None, chance.randint(low, high)])

    def any_of(of: Any) -> str:
        return str(chance.choice(list(of)).value)

    def place() -> Row:
        return {
            "dong_code": f"4128{chance.randint(0, 9)}00000",
            "tenure": chance.choice([None, any_of(Tenure)]),
            "dwelling": chance.choice([None, any_of(Dwelling)]),
            "moved_in_on": maybe(today - 2_400, today + 20),
            "is_address_mismatch": chance.random() < 0.1,
            "has_phone": chance.random() < 0.9,
        }

    def member() -> Row:
        return {
            "person_id": "P",
            "birth_month": now - chance.choice([chance.randint(-2, 1000), chance.choice(_BIRTHDAYS) * 12]),
            "sex": any_of(Sex),
            "relation": any_of(Relation),
            "disability": any_of(Disability),
            "pregnancy_due_month": maybe(now - 2, now + 8),
            "is_foreign": chance.random() < 0.1,
        }

    def report() -> Row:
        return {
            "indicator_no": chance.choice(_NUMBERS),
            "observed_month": now - chance.randint(-1, 30),
            "known_at": today - chance.randint(-20, 300),
            "months_overdue": maybe(0, 24),
            "amount_krw": maybe(0, 90_000_000),
        }

    def held() -> Row:
        return {
            "program_code": any_of(Program),
            "from_month": now - chance.randint(-1, 40),
            "to_month": maybe(now - 12, now + 3),
        }

    def listed() -> Row:
        return {
            "round": today - 7 * chance.randint(-2, 120),
            "slot": "top",
            "propensity": 1.0,
            "contacted_at": maybe(today - 700, today + 10),
            "outcome_code": chance.choice([None, any_of(Outcome)]),
            "recorded_at": maybe(today - 700, today + 10),
        }

    return {
        "households": [{"household_id": who} | place() for who in ids],
        "members": some(4, member),
        "indicators": some(30, report),
        "benefits": some(3, held),
        "outcomes": some(3, listed),
    }
