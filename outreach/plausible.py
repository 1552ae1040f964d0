"""What can be true of an attempt or a request at the moment it is written down."""

from datetime import date, datetime, timedelta

from domain.calendar import SEOUL
from domain.casework import ActRefused, Asked, Contacted, Request, check_outcome_fits
from domain.people import Signature

LATEST_RECORD = timedelta(days=60)  # an attempt is written down while somebody still remembers it
LONGEST_WAIT = timedelta(days=366)  # nobody plans the next attempt without a look within a year
_CLOCKS_APART = timedelta(minutes=2)  # a caller's clock may run ahead of ours


def check_contact(made: Contacted, by: Signature, *, may_be_old: bool = False) -> None:
    """Raises `ActRefused` for an attempt in the future or too long ago, or one that contradicts itself."""
    if made.made_at.tzinfo is None:
        raise ActRefused("The time of the attempt has no zone.", hint="Send it with its offset, such as +09:00.")
    if made.made_at > by.at + _CLOCKS_APART:
        raise ActRefused("The attempt lies in the future.", hint="Record it once it was made.")
    if made.made_at < by.at - LATEST_RECORD and not may_be_old:
        raise ActRefused("The attempt is more than 60 days old.", hint="Write it down as a note.")
    check_outcome_fits(made.attempt, made.outcome)
    if made.next_on is None:
        return
    if made.outcome is not None:
        raise ActRefused("A closed case has no next attempt.", hint="Leave one of the two out.")
    if not _day(made.made_at) <= made.next_on <= _day(by.at + LONGEST_WAIT):
        raise ActRefused(
            "The next attempt lies before this one or more than a year ahead.", hint="Choose a nearer day."
        )


def check_request(asked: Asked, by: Signature) -> None:
    """Raises `ActRefused` for days that cannot be those of such a request."""
    today = _day(by.at)
    if not today - LATEST_RECORD <= asked.made_on <= today:
        raise ActRefused("The request lies in the future or more than 60 days back.", hint="Choose the day it came.")
    if asked.ends_on is not None and asked.kind is not Request.EXCLUSION:
        raise ActRefused("Only an exclusion can end on a day.", hint="Leave the day out.")
    if asked.ends_on is not None and asked.ends_on <= asked.made_on:
        raise ActRefused("The exclusion ends before it begins.", hint="Choose a later day.")


def _day(moment: datetime) -> date:
    return moment.astimezone(SEOUL).date()
