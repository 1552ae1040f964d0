"""A crisis indicator (위기정보): a registered signal of one provider."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.calendar import month_number


class IndicatorKind(StrEnum):
    ARREARS = "arrears"  # reported each month it lasts, with months overdue and amount
    EVENT = "event"  # reported once, in the month it happens
    STATUS = "status"  # reported each month it lasts


@dataclass(frozen=True)
class Indicator:
    """One row of the register.

    ``number`` is the indicator's fixed place in our files; it is never given to another one. ``lag_days`` is how long
    after the end of the observed month the report usually arrives. ``sentence_ko`` says it to the household, with
    ``{value}`` for the months overdue (arrears) or how long ago it was (everything else).
    """

    number: int
    code: str
    name_ko: str
    area: str
    kind: IndicatorKind
    has_amount: bool
    provider_ko: str
    known_since: date | None
    lag_days: int
    sentence_ko: str

    @property
    def first_month(self) -> int | None:
        """The month (number) of its first reports, None where it was always there.

        As of a date in that month or before, no report can have been known. "Not yet collected" is not "none": the
        value is then unknown for every household.
        """
        return None if self.known_since is None else month_number(self.known_since)
