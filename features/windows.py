"""Looking back from the as-of date over rows of indicators, as expressions every engine can compute.

Months are counted back from the as-of date's own month: 0 is that month, 1 the one before. Reports arrive about six
weeks late, so a state counts as current while its newest report is less than `CURRENT_MONTHS` old.
"""

import narwhals as nw

from domain.indicator import Indicator
from features.declaration import AsOf

CURRENT_MONTHS = 4
HISTORY_MONTHS = 24
# "None in the history" for a quantity that counts months back; one more than the oldest month that can be seen.
NEVER_MONTHS_AGO = HISTORY_MONTHS

# A value is packed below its month, so that the maximum of the packed numbers is the newest month's value (the worst of
# several reports of one month). Engines agree on a maximum; "last by order" they compute differently or not at all.
_PACK = 4096


def months_ago(as_of: AsOf, column: str = "observed_month") -> nw.Expr:
    """Whole months from a month column to the as-of date's month."""
    return as_of.month - nw.col(column)


def is_one_of(*indicators: Indicator) -> nw.Expr:
    """Rows of these indicators."""
    return nw.col("indicator_no").is_in([known.number for known in indicators])


def within(as_of: AsOf, *, start: int = 0, months: int) -> nw.Expr:
    """Observed at least ``start`` and less than ``start + months`` months ago."""
    ago = months_ago(as_of)
    return (ago >= start) & (ago < start + months)


def months_overdue(_: AsOf) -> nw.Expr:
    """Months overdue; a report that does not say is of one month, since something is overdue or there was no report."""
    return nw.col("months_overdue").fill_null(1)


def is_open(as_of: AsOf) -> nw.Expr:
    """Whether a report is a sign of hardship; one of zero months says that arrears were settled."""
    return months_overdue(as_of) > 0


def packed_months_overdue(as_of: AsOf) -> nw.Expr:
    """Months overdue packed below the month they were observed in."""
    return nw.col("observed_month") * _PACK + months_overdue(as_of)


def unpacked(column: str) -> nw.Expr:
    """The value of the newest month from a maximum of packed numbers; 0 where there was none."""
    return nw.col(column) % _PACK
