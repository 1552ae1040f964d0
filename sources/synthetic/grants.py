"""The benefits that past listings brought."""

import numpy as np

from domain.household import Program
from domain.outcome import Outcome
from sources.synthetic.benefits import NO_END, PROGRAMS, Benefits
from sources.synthetic.history import Listings
from sources.synthetic.indicators import Window
from sources.synthetic.outcomes import OUTCOMES

_GRANTED = {
    Outcome.BASIC_LIVELIHOOD: (Program.LIVELIHOOD, Program.HOUSING),
    Outcome.NEAR_POVERTY: (Program.NEAR_POVERTY,),
    Outcome.EMERGENCY_AID: (Program.EMERGENCY_AID,),
    Outcome.CASE_MANAGEMENT: (Program.CASE_MANAGEMENT,),
    Outcome.CASE_MANAGEMENT_DIFFICULT: (Program.CASE_MANAGEMENT,),
}


def granted_benefits(listings: Listings, *, window: Window) -> Benefits:
    """The benefits that recorded outcomes brought, from the month after the record on."""
    recorded_month, last = window.months_of(listings.recorded_day), window.months
    empty = np.empty(0, dtype=np.int64)
    parts = [Benefits(empty, empty, empty, empty)]
    for outcome, programs in _GRANTED.items():
        won = np.flatnonzero((listings.outcome == OUTCOMES.index(outcome)) & (recorded_month < last))
        begin = recorded_month[won] + 1
        end = np.full(len(won), NO_END)
        if Program.EMERGENCY_AID in programs:
            end = np.where(begin + 2 > last, NO_END, begin + 2)
        if Program.CASE_MANAGEMENT in programs:
            end = listings.case_end_month[won]
        parts += [
            Benefits(listings.household[won], np.full(len(won), PROGRAMS.index(program)), begin, end)
            for program in programs
        ]
    return Benefits.joined(parts)
