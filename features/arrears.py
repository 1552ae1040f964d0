"""Arrears and cut-off supply: nine kinds of arrears with months and money, shut-offs, debts that fell through."""

import narwhals as nw

from domain.indicator import Indicator, IndicatorKind
from domain.korean import with_particle
from features.declaration import Aggregate, Derived, Direction, Expression, Family, Feature, Sensitivity, Unit
from features.reports import since_report
from features.windows import (
    CURRENT_KO,
    CURRENT_MONTHS,
    YEAR_KO,
    amount_krw,
    current,
    current_3m_ago,
    in_a_year,
    is_open,
    months_ago,
    months_overdue,
    open_in_a_year,
    packed_months_overdue,
    unpacked,
)
from sources.reference import indicators

ARREARS = tuple(known for known in indicators() if known.kind is IndicatorKind.ARREARS)
SHUTOFFS = tuple(known for known in indicators() if known.area == "shutoff")
_MONEY_EVENTS = tuple(
    known for known in indicators() if known.area == "arrears" and known.kind is not IndicatorKind.ARREARS
)


def _helper(indicator: Indicator, *, ago: int) -> Feature:
    return Feature(
        f"_{indicator.code}_{ago}m_ago",
        f"{indicator.name_ko}(합쳐진 값)",
        Unit.MONTHS,
        Family.ARREARS,
        indicator.name_ko,
        Aggregate(
            "indicators",
            "max",
            current_3m_ago if ago else current,
            packed_months_overdue,
            of=(indicator,),
        ),
        is_helper=True,
    )


def _arrears(indicator: Indicator) -> tuple[Feature, ...]:
    code, name, theme = indicator.code, indicator.name_ko, indicator.name_ko
    now, before = _helper(indicator, ago=0), _helper(indicator, ago=3)

    def learned(suffix: str, label: str, unit: Unit, measure: Aggregate | Derived, *sentences: str) -> Feature:
        present, absent, negative = (*sentences, "", "")[:3]
        return Feature(
            f"{code}_{suffix}",
            f"{name}: {label}",
            unit,
            Family.ARREARS,
            theme,
            measure,
            direction=Direction.RAISES,  # owing longer or more never lowers the risk
            sensitivity=Sensitivity.FINANCIAL,
            present_ko=present,
            absent_ko=absent,
            negative_ko=negative,
            indicators=(code,),
            may_be_unknown=True,
        )

    def longest(where: Expression, value: Expression) -> Aggregate:
        return Aggregate("indicators", "max", where, value, of=(indicator,))

    return (
        now,
        before,
        learned("months", "현재 밀린 개월", Unit.MONTHS, Derived(lambda _: unpacked(now.name)),
                indicator.sentence_ko, f"{CURRENT_KO}는 {with_particle(name, '이/가')} 확인되지 않았습니다"),
        learned("max_12m", "최근 1년 가장 길었던 개월", Unit.MONTHS, longest(in_a_year, months_overdue),
                f"최근 1년 사이 {name} 기간이 가장 길 때 {{value}}이었습니다"),
        learned("trend_3m", "3개월 전과의 차이", Unit.MONTHS,
                Derived(lambda _: unpacked(now.name) - unpacked(before.name)),
                f"확인된 {name} 기간이 3개월 전보다 {{value}} 길어졌습니다", "",
                f"확인된 {name} 기간이 3개월 전보다 {{value}} 짧아졌습니다"),
        learned("krw", f"최근 {CURRENT_MONTHS}개월 가장 컸던 체납 금액", Unit.KRW,
                longest(current, amount_krw),
                f"최근 {CURRENT_MONTHS}개월 사이 {name} 금액이 가장 클 때 {{value}}이었습니다"),
    )  # fmt: skip


def _kind_is_current(indicator: Indicator) -> nw.Expr:
    return nw.when(unpacked(f"_{indicator.code}_0m_ago") > 0).then(1).otherwise(0)


def _overview(
    name: str,
    label_ko: str,
    unit: Unit,
    measure: Aggregate | Derived,
    present_ko: str,
    absent_ko: str = "",
    *,
    direction: Direction = Direction.RAISES,
    nothing: float = 0,
    theme: str = "여러 체납",
) -> Feature:
    return Feature(
        name,
        label_ko,
        unit,
        Family.ARREARS,
        theme,
        measure,
        direction=direction,
        sensitivity=Sensitivity.FINANCIAL,
        present_ko=present_ko,
        absent_ko=absent_ko,
        nothing=nothing,
    )


_OVERVIEW = (
    _overview(
        "arrears_kinds", "현재 체납 종류 수", Unit.KINDS,
        Derived(lambda _: nw.sum_horizontal(*(_kind_is_current(known) for known in ARREARS))),
        f"{CURRENT_KO} {{value}}의 요금이나 대금이 밀린 것으로 확인되었습니다",
        f"{CURRENT_KO}는 체납이 확인되지 않았습니다",
    ),
    _overview(
        "arrears_months_total", "현재 밀린 개월의 합", Unit.MONTHS,
        Derived(lambda _: nw.sum_horizontal(*(unpacked(f"_{known.code}_0m_ago") for known in ARREARS))),
        f"{CURRENT_KO} 확인된 밀린 기간을 모두 더하면 {{value}}입니다",
    ),
    _overview(
        "arrears_krw_max_12m", "최근 1년 가장 컸던 체납 금액", Unit.KRW,
        Aggregate("indicators", "max", open_in_a_year, amount_krw, of=ARREARS),
        "최근 1년 사이 밀린 금액이 가장 클 때 {value}이었습니다",
    ),
    _overview(
        "arrears_reports_12m", "최근 1년 체납 정보 수", Unit.TIMES,
        Aggregate("indicators", "sum", open_in_a_year, of=ARREARS),
        f"{YEAR_KO} 체납이 {{value}} 확인되었습니다",
    ),
    _overview(
        "arrears_first_months_ago", "2년 사이 체납이 처음 확인된 때", Unit.MONTHS_AGO,
        Aggregate("indicators", "max", is_open, months_ago, empty=-1, of=ARREARS),
        "2년 사이 체납이 {value}에 처음 확인되었습니다", nothing=-1, direction=Direction.FREE,
    ),
    _overview(
        "shutoffs_12m", "최근 1년 공급 중단 정보 수", Unit.TIMES,
        Aggregate("indicators", "sum", open_in_a_year, of=SHUTOFFS),
        f"{YEAR_KO} 전기·가스·수도가 끊기거나 제한된 일이 {{value}} 확인되었습니다", theme="공급 중단",
    ),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = (
    *(feature for indicator in ARREARS for feature in _arrears(indicator)),
    *(since_report(known, Family.ARREARS, Sensitivity.FINANCIAL, theme="공급 중단") for known in SHUTOFFS),
    *(since_report(known, Family.ARREARS, Sensitivity.FINANCIAL) for known in _MONEY_EVENTS),
    *_OVERVIEW,
)
