"""Who may have a place for what: one drawn household a case."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from domain.calendar import Round, day_number
from domain.policy import ListPolicy
from outreach.eligibility import COLUMNS, LIFE_STAGES, RULES, seed_of, with_claims

AS_OF = date(2026, 11, 16)
POLICY = ListPolicy()
REQUESTS = {
    "household_id": pl.String,
    "kind": pl.String,
    "made_by": pl.String,
    "made_on": pl.Int32,
    "ends_on": pl.Int32,
}


def claims(
    *requests: dict[str, Any], policy: ListPolicy = POLICY, rules: int = RULES, **known: float | None
) -> dict[str, Any]:
    """The claims of one household of which ``known`` is known, with some requests about it."""
    values = dict.fromkeys(COLUMNS) | {"newest_report_months_ago": 2.0} | known
    scored = pl.DataFrame(
        [{"household_id": "a", "dong_code": "4128151000", "raw_score": 0.5, "probability": 0.2} | values],
        schema_overrides=dict.fromkeys(COLUMNS, pl.Float32),
    )
    asked = pl.DataFrame(list(requests), schema=REQUESTS)
    claimed = with_claims(scored, asked, AS_OF, policy, rules=rules)
    assert claimed.height == 1, "one row a household"
    return claimed.row(0, named=True)


def request(kind: str, made: int, ends: int | None = None, household: str = "a") -> dict[str, Any]:
    """A request made so many days before the as-of date; ``ends`` so many days after it."""
    today = day_number(AS_OF)
    return {"household_id": household, "kind": kind, "made_by": "self", "made_on": today - made,
            "ends_on": None if ends is None else today + ends}  # fmt: skip


def test_somebody_of_whom_nothing_was_reported_may_rank_and_so_be_drawn() -> None:
    claim = claims()
    assert (claim["may_be_listed"], claim["may_rank"]) == (True, True)
    assert (claim["is_carried_over"], claim["cohort"], claim["safety_net"], claim["is_referred"]) == (
        False,
        None,
        None,
        False,
    )


def test_a_household_under_case_management_takes_no_place() -> None:
    claim = claims(is_case_managed=1)
    assert (claim["may_be_listed"], claim["may_rank"]) == (False, False)


def test_recipients_may_be_listed_for_an_occasion_and_never_for_their_score() -> None:
    claim = claims(is_recipient=1, shutoff_known_days=3)
    assert (claim["may_be_listed"], claim["may_rank"]) == (True, False)
    assert claim["safety_net"] == "shutoff_known_days"


@pytest.mark.parametrize(("days", "ranks"), [(1, False), (90, False), (91, True)])
def test_after_a_contact_a_household_rests(days: int, ranks: bool) -> None:
    assert claims(days_since_contact=days)["may_rank"] is ranks


@pytest.mark.parametrize(
    ("listed", "contacted", "carried"),
    [
        (7, None, True),
        (21, None, True),
        (22, None, False),  # older than three weeks
        (7, 3, False),  # contacted since
        (7, 7, False),  # contacted on the very day
        (7, 8, True),  # the contact belongs to an earlier listing
        (None, None, False),
    ],
)
def test_a_listing_nobody_acted_on_is_carried_over(listed: int | None, contacted: int | None, carried: bool) -> None:
    claim = claims(days_since_open_listing=listed, days_since_contact=contacted)
    assert claim["is_carried_over"] is carried


@pytest.mark.parametrize(
    ("days", "contacted", "due"),
    [
        (0, None, True),
        (60, None, True),
        (61, None, False),
        (10, 3, False),  # somebody has been there since
        (10, 10, False),
        (10, 11, True),  # the report came after the visit, however lately that was
    ],
)
def test_a_grave_report_is_due_until_somebody_acts_on_it(days: int, contacted: int | None, due: bool) -> None:
    claim = claims(suicide_known_days=days, days_since_contact=contacted)
    assert claim["safety_net"] == ("suicide_known_days" if due else None)


@pytest.mark.parametrize(
    ("days", "listed", "due"),
    [
        (61, 7, True),  # 54 days when the list was made
        (67, 7, True),
        (68, 7, False),
        (81, 21, True),
        (82, 22, False),  # waits no longer
        (3, 7, True),  # came in since
    ],
)
def test_a_grave_report_stays_due_for_as_long_as_its_listing_waits(days: int, listed: int, due: bool) -> None:
    claim = claims(shutoff_known_days=days, days_since_open_listing=listed)
    assert claim["safety_net"] == ("shutoff_known_days" if due else None)


def test_a_listing_that_waits_is_not_one_without_help() -> None:
    listed_for_the_score = claims(listings_without_help=3, days_since_open_listing=7)
    listed_for_three_in_vain = claims(listings_without_help=4, days_since_open_listing=7)
    assert (listed_for_the_score["safety_net"], listed_for_three_in_vain["safety_net"]) == (
        None,
        "listings_without_help",
    )


def test_by_the_former_rules_a_report_grew_old_while_its_listing_waited() -> None:
    of_then = {"shutoff_known_days": 61, "days_since_open_listing": 7, "listings_without_help": 4}
    assert claims(rules=1, **of_then)["safety_net"] is None
    assert claims(rules=1, shutoff_known_days=60, days_since_open_listing=7)["safety_net"] == "shutoff_known_days"
    assert claims(rules=1, listings_without_help=3)["safety_net"] == "listings_without_help"


def test_the_gravest_report_names_the_occasion() -> None:
    assert claims(suicide_known_days=20, shutoff_known_days=1)["safety_net"] == "suicide_known_days"
    assert claims(shutoff_known_days=1, listings_without_help=5)["safety_net"] == "shutoff_known_days"


@pytest.mark.parametrize(
    ("times", "contacted", "due"), [(2, None, False), (3, None, True), (3, 90, False), (3, 91, True)]
)
def test_repeated_listings_without_help_bring_a_household_back_after_its_rest(
    times: int, contacted: int | None, due: bool
) -> None:
    claim = claims(listings_without_help=times, days_since_contact=contacted)
    assert claim["safety_net"] == ("listings_without_help" if due else None)


@pytest.mark.parametrize("stage", LIFE_STAGES)
@pytest.mark.parametrize(("contacted", "due"), [(None, True), (365, False), (366, True)])
def test_a_life_stage_is_due_unless_there_was_a_contact_within_a_year(
    stage: str, contacted: int | None, due: bool
) -> None:
    assert claims(**{stage: 1, "days_since_contact": contacted})["cohort"] == (stage if due else None)


def test_the_first_life_stage_in_the_order_of_service_is_named() -> None:
    assert claims(members_pregnant_20w=1, members_infant=2, turned_65=1)["cohort"] == "members_pregnant_20w"
    assert claims(members_infant=0)["cohort"] is None


@pytest.mark.parametrize(
    ("made", "ends", "excluded"),
    [
        (1, None, True),
        (400, None, True),
        (10, 0, True),
        (10, -1, False),
        (10, 30, True),
        (0, None, True),
        (-5, None, False),
    ],
)
def test_an_exclusion_holds_from_the_day_it_was_made_to_its_last_day(
    made: int, ends: int | None, excluded: bool
) -> None:
    assert claims(request("exclusion", made, ends))["may_be_listed"] is not excluded


@pytest.mark.parametrize(
    ("made", "contacted", "referred"),
    [
        (1, None, True),
        (60, None, True),
        (61, None, False),
        (0, None, False),
        (10, 5, False),
        (10, 10, False),
        (10, 11, True),
    ],
)
def test_a_referral_is_open_for_sixty_days_or_until_somebody_has_been_there(
    made: int, contacted: int | None, referred: bool
) -> None:
    claim = claims(request("referral", made), days_since_contact=contacted)
    assert claim["is_referred"] is referred
    assert claim["may_be_listed"] is True


def test_of_several_requests_the_exclusion_holds_and_the_newest_referral_counts() -> None:
    claim = claims(request("referral", 50), request("referral", 4), request("exclusion", 9), days_since_contact=20)
    assert (claim["is_referred"], claim["may_be_listed"]) == (True, False)


def test_requests_about_others_change_nothing() -> None:
    assert claims(request("exclusion", 5, household="b"))["may_be_listed"] is True


def test_a_catalogue_without_contacts_leaves_them_unknown() -> None:
    scored = pl.DataFrame({"household_id": ["a"], "dong_code": ["1"], "raw_score": [0.1], "probability": [0.1]})
    claim = with_claims(scored, pl.DataFrame(schema=REQUESTS), AS_OF, POLICY).row(0, named=True)
    assert (claim["may_be_listed"], claim["may_rank"], claim["cohort"]) == (True, True, None)


def test_each_dong_and_each_week_has_a_draw_of_its_own() -> None:
    week = Round(AS_OF)
    seeds = [
        seed_of(week, "4128151000"),
        seed_of(week, "4128152000"),
        seed_of(Round(AS_OF + timedelta(7)), "4128151000"),
    ]
    assert len({tuple(seed) for seed in seeds}) == 3
    assert seed_of(week, "4128151000") == seeds[0]
