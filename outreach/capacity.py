"""The hub's decision how many households each of its dongs can see: from the next round on, signed and with a reason.

    with visit.acting() as connection:
        set_capacity(connection, by=visit.by, week=week, policy=policy, wanted={"4128151000": Places(12, 8)}, reason=…)

Places move between dongs, or the district has more or fewer of them: each dong's new number is a row of its own, all
of them or none, with a line in the trail. Lists that are published stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.calendar import Round
from domain.casework import ActRefused
from domain.dong import district_of
from domain.errors import SagakError, UsageError
from domain.people import Signature
from domain.policy import Policy
from outreach.signing import checked_words
from store.capacities import add_capacity, capacities_for, lock_district
from store.database import Connection
from store.trail import Line, append

MOST_PLACES = 300  # households in a week: more is a slip of the hand, even for a dong of forty workers


@dataclass(frozen=True)
class Places:
    """A dong's places in a week: those that whoever decides saw, and those that are wanted."""

    seen: int
    wanted: int


class CapacityMoved(SagakError):
    """Somebody else has set a dong's places since the caller looked; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("The places were set by somebody else meanwhile.", hint="Look at them anew and decide again.")


def places_in(connection: Connection, policy: Policy, week: Round) -> Policy:
    """The policy of a round: with what hubs have decided up to it."""
    return policy.with_capacities(capacities_for(connection, week.label))


def set_capacity(
    connection: Connection,
    *,
    by: Signature,
    week: Round,
    policy: Policy,
    wanted: Mapping[str, Places],
    reason: str,
) -> tuple[str, ...]:
    """Sets the places of dongs from ``week`` on and gives the codes of those that change.

    ``wanted`` is by dong code. Raises `ActRefused` for a reason that says nothing, a number that cannot be, where
    nothing would change, or for a dong of another district, and `CapacityMoved`.
    """
    try:
        _, why = checked_words(by.login, reason)
    except UsageError as error:
        raise ActRefused(str(error), hint=error.hint) from error
    changed = {code: places for code, places in wanted.items() if places.wanted != places.seen}
    if not changed:
        raise ActRefused("No number of places is another than before.", hint="Change one, or leave the page.")
    for code, places in changed.items():
        _check(by, code, places)
    for district in sorted({district_of(code) for code in changed}):
        lock_district(connection, district)
    known = places_in(connection, policy, week)
    for code, places in changed.items():
        if known.capacity(code) != places.seen:
            raise CapacityMoved
    for code, places in changed.items():
        add_capacity(connection, by=by, dong_code=code, from_round=week.label, capacity=places.wanted, reason=why)
        detail = {"round": week.label, "before": places.seen, "after": places.wanted, "reason": why}
        append(connection, Line.of(by, "set_capacity", code, **detail))
    return tuple(changed)


def _check(by: Signature, dong_code: str, places: Places) -> None:
    if not by.scope.covers(district_of(dong_code)):
        raise ActRefused("Only the hub of the district sets the places of its dongs.", hint="Ask the hub.")
    if not 0 <= places.wanted <= MOST_PLACES:
        raise ActRefused(f"A dong has between 0 and {MOST_PLACES} places a week.", hint="Type a smaller number.")
