"""Benefits held and ended. Only whole months before the as-of date count, since deliveries do not give the day.

Case management is the exception: a case of this month keeps a household off the list, and is never learned from.
"""

import narwhals as nw

from domain.household import BASIC_LIVELIHOOD, Program
from features.declaration import Aggregate, AsOf, Derived, Family, Feature, Unit

_PAID = tuple(program for program in Program if program is not Program.CASE_MANAGEMENT)
_WELFARE = tuple(program for program in _PAID if program not in BASIC_LIVELIHOOD)


def _is_program(*programs: Program) -> nw.Expr:
    return nw.col("program_code").is_in([program.value for program in programs])


def _is_running(as_of: AsOf) -> nw.Expr:
    """Not ended in an earlier month. An end in the future is treated like no end."""
    return nw.col("to_month").is_null() | (nw.col("to_month") >= as_of.month)


def _is_held(as_of: AsOf) -> nw.Expr:
    """Begun in an earlier month and still running: what begins this month may begin after the date."""
    return (nw.col("from_month") < as_of.month) & _is_running(as_of)


def _has_ended(as_of: AsOf) -> nw.Expr:
    return _is_program(*_PAID) & (nw.col("from_month") < as_of.month) & (nw.col("to_month") < as_of.month)


def _held(
    name: str, label_ko: str, *programs: Program, present_ko: str = "", is_learned: bool = True, is_helper: bool = False
) -> Feature:
    return Feature(
        name,
        label_ko,
        Unit.FLAG,
        Family.HOUSEHOLD,
        "복지급여",
        Aggregate("benefits", "max", lambda as_of: _is_program(*programs) & _is_held(as_of)),
        present_ko=present_ko,
        is_learned=is_learned,
        is_helper=is_helper,
    )


# One flag a programme: two members may draw the same one.
_EACH = tuple(_held(f"_holds_{program}", f"{program}(합쳐진 값)", program, is_helper=True) for program in _WELFARE)


FEATURES: tuple[Feature, ...] = (
    *_EACH,
    _held("holds_near_poverty", "차상위 급여 이용", Program.NEAR_POVERTY, present_ko="차상위계층 지원을 받고 있습니다"),
    _held("holds_basic_pension", "기초연금 이용", Program.BASIC_PENSION, present_ko="기초연금을 받고 있습니다"),
    Feature("benefits_held", "받고 있는 급여 종류 수", Unit.KINDS, Family.HOUSEHOLD, "복지급여",
            Derived(lambda _: nw.sum_horizontal(*(nw.col(held.name) for held in _EACH))),
            # Basic livelihood support is not counted, nor what begins this month: the page may show both.
            present_ko="지난달 말까지의 자료에서 기초생활보장 외에 복지급여를 {value} 받는 것으로 확인되었습니다",
            absent_ko="지난달 말까지의 자료에서는 기초생활보장 외에 받는 복지급여가 확인되지 않았습니다"),
    Feature("_benefit_ended_month", "마지막으로 끝난 급여의 달", Unit.MONTHS, Family.HOUSEHOLD, "복지급여",
            Aggregate("benefits", "max", _has_ended,
                      lambda _: nw.col("to_month"), empty=None), is_helper=True),
    Feature("benefit_ended_months_ago", "급여가 끝난 뒤 지난 개월", Unit.MONTHS_AGO, Family.HOUSEHOLD, "복지급여",
            Derived(lambda as_of: as_of.month - nw.col("_benefit_ended_month")),
            present_ko="받던 복지급여가 {value}에 끝났습니다", nothing=-1),
    _held("is_recipient", "기초생활보장 수급", *BASIC_LIVELIHOOD, is_learned=False),
    Feature("is_case_managed", "통합사례관리 진행 중", Unit.FLAG, Family.HOUSEHOLD, "복지급여",
            Aggregate("benefits", "max", lambda as_of: _is_program(Program.CASE_MANAGEMENT) & _is_running(as_of)),
            is_learned=False),
)  # fmt: skip
