"""The data behind a household's place, as tables with dates: see `outreach.facts` for what comes in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.indicator import Indicator, IndicatorKind
from domain.korean import korean_date, korean_month
from domain.outcome import Outcome
from serving import wording_casework_ko as ko
from serving import wording_ko
from serving.rendering import won
from serving.showing.timeline import Timeline, timeline_of
from sources.reference import indicators

_Facts = Mapping[str, Any]
_Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FactsView:
    """What a page shows of the facts: pairs of the home, rows of tables, a picture of the reports."""

    home: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    members: _Rows
    reports: _Rows
    benefits: _Rows
    listings: _Rows
    timeline: Timeline | None


def facts_view(facts: _Facts, as_of: date) -> FactsView:
    """The facts of a household as of a round, with every word ready."""
    home = facts["household"]
    return FactsView(
        home=_home(home),
        warnings=(ko.ADDRESS_MISMATCH,) if home["is_address_mismatch"] else (),
        members=tuple(map(_member, facts["members"])),
        reports=_reports(facts["reports"]),
        benefits=tuple(map(_benefit, facts["benefits"])),
        listings=tuple(map(_listing, facts["listings"])),
        timeline=timeline_of(facts["reports"], as_of),
    )


def _home(home: _Facts) -> tuple[tuple[str, str], ...]:
    moved_in = home["moved_in_on"]
    phone = {True: ko.HAS_PHONE, False: ko.HAS_NO_PHONE}.get(home["has_phone"], ko.UNKNOWN_VALUE)
    return (
        (ko.HOME_FACTS["tenure"], ko.TENURES.get(home["tenure"] or "", ko.UNKNOWN_VALUE)),
        (ko.HOME_FACTS["dwelling"], ko.DWELLINGS.get(home["dwelling"] or "", ko.UNKNOWN_VALUE)),
        (ko.HOME_FACTS["moved_in_on"], korean_date(date.fromisoformat(moved_in)) if moved_in else ko.UNKNOWN_VALUE),
        (ko.HOME_FACTS["phone"], phone),
    )


def _member(one: _Facts) -> tuple[str, ...]:
    age = ko.AGE if one["age_to"] is not None else ko.AGE_OPEN
    notes = (ko.DISABILITIES.get(one["disability"] or "", ""), ko.PREGNANT if one["is_pregnant"] else "")
    return (
        ko.RELATIONS.get(one["relation"] or "", ko.UNKNOWN_VALUE),
        age.format(first=one["age_from"], last=one["age_to"]),
        ko.SEXES.get(one["sex"] or "", ko.UNKNOWN_VALUE),
        " · ".join(note for note in notes if note) or "-",
    )


def _reports(those: Sequence[_Facts]) -> _Rows:
    """The reports, newest first; of several of an indicator for one month the later puts the former right.

    What happens may happen twice in a month, so that two reports of an event are two events.
    """
    left = Counter(_what_and_when(one) for one in those if _known(one).kind is not IndicatorKind.EVENT)
    given, rows = Counter(left), []
    for one in those:
        of = _what_and_when(one)
        mark = "" if given[of] < 2 else ko.CORRECTION if left[of] == given[of] else ko.WAS_CORRECTED_SINCE
        left[of] -= 1
        rows.append(_report(one, mark))
    return tuple(rows)


def _what_and_when(one: _Facts) -> tuple[int, str]:
    return one["indicator_no"], one["observed_month"]


def _known(one: _Facts) -> Indicator:
    return {indicator.number: indicator for indicator in indicators()}[one["indicator_no"]]


def _report(one: _Facts, mark: str) -> tuple[str, ...]:
    known = _known(one)
    return (
        known.name_ko,
        korean_month(date.fromisoformat(one["observed_month"])) + mark,
        ko.HOW_LONG.format(months=one["months_overdue"]) if one["months_overdue"] else "-",
        won(one["amount_krw"]) if one["amount_krw"] else "-",
        korean_date(date.fromisoformat(one["known_on"])),
        known.provider_ko,
    )


def _benefit(one: _Facts) -> tuple[str, ...]:
    until = korean_month(date.fromisoformat(one["to"])) if one["to"] else ""
    return (
        ko.PROGRAMS.get(one["program"], ko.UNKNOWN_VALUE),
        ko.SINCE.format(month=korean_month(date.fromisoformat(one["from"]))),
        ko.UNTIL.format(month=until) if until else ko.ONGOING,
    )


def _listing(one: _Facts) -> tuple[str, ...]:
    contacted, outcome = one["contacted_on"], one["outcome"]
    return (
        ko.LISTED_BEFORE.format(round=one["round"]),
        wording_ko.SLOTS.get(one["slot"], "-"),
        korean_date(date.fromisoformat(contacted)) if contacted else ko.NOT_CONTACTED,
        ko.OUTCOMES[Outcome(outcome)] if outcome else "-",
    )
