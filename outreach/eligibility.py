"""Who may take a place this week and for what, as columns of a frame: one row a household, with score and occasions."""

from datetime import date

import polars as pl

from domain.calendar import Round, day_number
from domain.policy import ListPolicy
from scoring.candidates import open_requests, with_candidacy, with_unknown

# Life stages in the order in which they are served; none is due again within a year of a contact.
LIFE_STAGES = ("members_pregnant_20w", "turned_70", "turned_65", "members_infant")
GRAVE = ("suicide_known_days", "shutoff_known_days")
_LIFE_STAGE_REST_DAYS = 365
_REFERRAL_DAYS = 60

# How this version gives out places. A round notes it, so that it is replayed by the rules it was made by:
# 1 (not noted): what is grave is judged by its age on the as-of date, also of an entry that an earlier list left open
# 2: an open entry stays what it was listed for: its occasion is judged by its age on the day of that list
RULES = 2

# What this room reads of a matrix; a catalogue that lacks one (a survey knows no contacts) leaves it unknown.
COLUMNS = (
    *LIFE_STAGES,
    *GRAVE,
    "is_recipient",
    "is_case_managed",
    "days_since_contact",
    "days_since_open_listing",
    "listings_without_help",
    "household_type",
)


def with_claims(
    scored: pl.DataFrame, requests: pl.DataFrame, as_of: date, policy: ListPolicy, *, rules: int = RULES
) -> pl.DataFrame:
    """``scored`` (household, dong, raw score, probability, `COLUMNS`) with what each household may have a place for.

    Adds ``may_be_listed``, ``is_carried_over``, ``cohort``, ``safety_net`` (names of what is due, null for nothing),
    ``is_referred``, and ``may_rank`` (for the highest scores, or by chance).
    """
    known = with_candidacy(with_unknown(scored, COLUMNS), requests, as_of, policy)
    frame = known.join(_open_referrals(requests, as_of), on="household_id", how="left")
    contact = pl.col("days_since_contact")
    return frame.with_columns(
        cohort=_cohort(contact),
        safety_net=_safety_net(contact, policy, rules),
        is_referred=((pl.col("referred_days") < contact) | contact.is_null()) & pl.col("referred_days").is_not_null(),
    )


def _open_referrals(requests: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The age of the newest open referral, one row a household."""
    age = day_number(as_of) - pl.col("made_on")
    is_referral = (pl.col("kind") == "referral") & age.is_between(1, _REFERRAL_DAYS)
    return open_requests(requests, as_of).filter(is_referral).group_by("household_id").agg(referred_days=age.min())


def _first_of(conditions: dict[str, pl.Expr]) -> pl.Expr:
    """The name of the first condition that holds, else null."""
    return pl.coalesce([pl.when(holds.fill_null(False)).then(pl.lit(name)) for name, holds in conditions.items()])


def _cohort(contact: pl.Expr) -> pl.Expr:
    has_rested = contact.is_null() | (contact > _LIFE_STAGE_REST_DAYS)
    return _first_of({name: (pl.col(name) > 0) & has_rested for name in LIFE_STAGES})


def _safety_net(contact: pl.Expr, policy: ListPolicy, rules: int) -> pl.Expr:
    """Grave reports that nobody has acted on since they became known, then repeated listings without help.

    Of an entry carried over both are judged as on the day of the list that left it open: a supply cut off 54 days
    before that list is no less grave for having waited a week.
    """
    is_open = pl.col("is_carried_over")
    waited = pl.when(is_open & (rules >= 2)).then(pl.col("days_since_open_listing")).otherwise(0)
    conditions = {
        name: (pl.col(name) - waited <= policy.grave_report_days) & (contact.is_null() | (contact > pl.col(name)))
        for name in GRAVE
    }
    listings = pl.col("listings_without_help") - is_open.cast(pl.Int32)  # before the one that is still open
    repeated = (listings >= policy.listings_without_help) & ~pl.col("is_resting") & (~is_open | (rules >= 2))
    return _first_of(conditions | {"listings_without_help": repeated})


def seed_of(week: Round, dong_code: str) -> list[int]:
    """What the week's draws in a dong start from: the same again when the round is run again."""
    return [day_number(week.as_of), int.from_bytes(dong_code.encode())]
