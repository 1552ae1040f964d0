"""Reports of any indicator: how long ago each was last seen, how many kinds there are, how fresh the newest is."""

import narwhals as nw

from domain.indicator import Indicator
from features.declaration import Aggregate, Derived, Direction, Family, Feature, Sensitivity, Unit
from features.windows import (
    CURRENT_KO,
    NEVER_MONTHS_AGO,
    YEAR_KO,
    is_open,
    months_ago,
    open_in_a_year,
    open_now,
)
from sources.reference import indicators

# Reports that also say help is already there (a benefit, a grade, a service): recent ones may lower the risk as well.
_ALREADY_HELPED = frozenset(
    {
        "pension_emergency_loan",
        "unemployment_extended_benefit",
        "unemployment_benefit_recipient",
        "ltc_graded",
        "suicide_risk_managed",
        "severe_illness_registered",
        "catastrophic_medical_aid",
        "home_visit_health_intensive",
        "diaper_formula_support",
    }
)


def since_report(
    indicator: Indicator, family: Family, sensitivity: Sensitivity = Sensitivity.ORDINARY, *, theme: str = ""
) -> Feature:
    """Months since the indicator was last reported; `NEVER_MONTHS_AGO` where it was not in that time."""
    return Feature(
        f"{indicator.code}_months_ago",
        f"{indicator.name_ko}: 마지막 확인 후 개월",
        Unit.MONTHS_AGO,
        family,
        theme or indicator.name_ko,
        Aggregate("indicators", "min", value=months_ago, empty=NEVER_MONTHS_AGO, of=(indicator,)),
        direction=Direction.FREE if indicator.code in _ALREADY_HELPED else Direction.LOWERS,
        sensitivity=sensitivity,
        present_ko=indicator.sentence_ko,
        nothing=NEVER_MONTHS_AGO,
        indicators=(indicator.code,),
        may_be_unknown=True,
    )


def _area_flag(area: str) -> Feature:
    known = tuple(indicator for indicator in indicators() if indicator.area == area)
    return Feature(
        f"_{area}_reported",
        f"{area}(현재)",
        Unit.FLAG,
        Family.HOUSEHOLD,
        "위기정보",
        Aggregate("indicators", "max", open_now, of=known),
        is_helper=True,
    )


AREAS = tuple(dict.fromkeys(indicator.area for indicator in indicators()))
_AREA_FLAGS = tuple(_area_flag(area) for area in AREAS)

FEATURES: tuple[Feature, ...] = (
    *_AREA_FLAGS,
    Feature(
        "indicator_areas",
        "현재 확인된 위기정보 분야 수",
        Unit.AREAS,
        Family.HOUSEHOLD,
        "여러 위기정보",
        Derived(lambda _: nw.sum_horizontal(*(nw.col(flag.name) for flag in _AREA_FLAGS))),
        direction=Direction.RAISES,
        present_ko=f"{CURRENT_KO} {{value}} 분야의 위기정보가 확인되었습니다",
        absent_ko=f"{CURRENT_KO}는 위기정보가 확인되지 않았습니다",
    ),
    Feature(
        "indicator_reports_12m",
        "최근 1년 위기정보 수",
        Unit.TIMES,
        Family.HOUSEHOLD,
        "여러 위기정보",
        Aggregate("indicators", "sum", open_in_a_year),
        direction=Direction.RAISES,
        present_ko=f"{YEAR_KO} 위기정보가 {{value}} 확인되었습니다",
        absent_ko=f"{YEAR_KO}는 위기정보가 확인되지 않았습니다",
    ),
    Feature(
        "newest_report_months_ago",
        "가장 최근 위기정보 이후 개월",
        Unit.MONTHS_AGO,
        Family.HOUSEHOLD,
        "여러 위기정보",
        Aggregate("indicators", "min", is_open, months_ago, empty=NEVER_MONTHS_AGO),
        direction=Direction.FREE,
        nothing=NEVER_MONTHS_AGO,
    ),
    *(
        since_report(indicator, Family.HOUSEHOLD)
        for indicator in indicators()
        if indicator.area in ("employment", "housing", "incident", "welfare_history")
    ),
)
