"""Looking back from the as-of date over rows of indicators, as expressions every engine can compute.

Months are counted back from the as-of date's own month: 0 is that month, 1 the one before. Reports arrive about six
weeks late, so a state counts as current while its newest report is less than `CURRENT_MONTHS` old.
"""

import narwhals as nw

from features.declaration import AsOf

CURRENT_MONTHS = 4
HISTORY_MONTHS = 24
# How sentences name these times. Of the months it is about ("분"), not of when it came in: a report that the page shows
# as learned last month may be of half a year ago.
CURRENT_KO, YEAR_KO = f"최근 {CURRENT_MONTHS}개월분 자료에서", "최근 1년분 자료에서"
# "None in the history" for a quantity that counts months back; one more than the oldest month that can be seen.
NEVER_MONTHS_AGO = HISTORY_MONTHS

# A value is packed below its month, so that the maximum of the packed numbers is the newest month's value (the worst of
# several reports of one month). Engines agree on a maximum; "last by order" they compute differently or not at all.
_PACK = 4096


def months_ago(as_of: AsOf) -> nw.Expr:
    """Months from the observed month to the as-of date's month."""
    return as_of.month - nw.col("observed_month")


def within(as_of: AsOf, *, start: int = 0, months: int) -> nw.Expr:
    """Observed at least ``start`` and less than ``start + months`` months ago."""
    ago = months_ago(as_of)
    return (ago >= start) & (ago < start + months)


def current(as_of: AsOf) -> nw.Expr:
    """Observed in the months that still count as the present."""
    return within(as_of, months=CURRENT_MONTHS)


def current_3m_ago(as_of: AsOf) -> nw.Expr:
    """Observed in the months that counted as the present three months ago."""
    return within(as_of, start=3, months=CURRENT_MONTHS)


def in_a_year(as_of: AsOf) -> nw.Expr:
    """Observed in the last twelve months."""
    return within(as_of, months=12)


def open_now(as_of: AsOf) -> nw.Expr:
    """A sign of hardship of the present months."""
    return current(as_of) & is_open(as_of)


def open_in_a_year(as_of: AsOf) -> nw.Expr:
    """A sign of hardship of the last twelve months."""
    return in_a_year(as_of) & is_open(as_of)


def amount_krw(_: AsOf) -> nw.Expr:
    """The amount owed, in won."""
    return nw.col("amount_krw")


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
