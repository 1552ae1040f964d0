"""What the list needs to know but the model must not learn: due dates, grave reports, reachability, household type.

Reachability is kept from the model on purpose: it predicts who is *found*, not who is in need.
"""

import narwhals as nw

from domain.indicator import Indicator
from features.arrears import SHUTOFFS
from features.declaration import Aggregate, AsOf, Derived, Expression, Family, Feature, Unit
from features.household import TYPES, age_months, household_type_code
from sources.reference import indicator

SUICIDE = (indicator("self_harm_emergency_visit"), indicator("suicide_risk_managed"))
_BIRTHDAY_MONTHS = 3  # a birthday stays due for the month it falls in and the two after


def _turned(years: int) -> Feature:
    def is_due(as_of: AsOf) -> nw.Expr:
        past = age_months(as_of) - years * 12
        return (past >= 0) & (past < _BIRTHDAY_MONTHS)

    return Feature(
        f"turned_{years}", f"{years}세가 된 가구원 수", Unit.PERSONS, Family.HOUSEHOLD, "생애주기",
        Aggregate("members", "sum", is_due),
        present_ko=f"이달이나 지난 두 달 사이 {years}세가 되는 가구원이 {{value}} 있습니다",
        is_learned=False,
    )  # fmt: skip


def _days_known(as_of: AsOf) -> nw.Expr:
    return as_of.day - nw.col("known_at")


def _days_since_known(name: str, label_ko: str, of: tuple[Indicator, ...], present_ko: str) -> Feature:
    return Feature(
        name, label_ko, Unit.DAYS, Family.HEALTH, "긴급",
        Aggregate("indicators", "min", value=_days_known, empty=None, of=of),
        present_ko=present_ko, nothing=-1, is_learned=False,
    )  # fmt: skip


def _of_household(name: str, label_ko: str, unit: Unit, value: Expression) -> Feature:
    return Feature(name, label_ko, unit, Family.HOUSEHOLD, "가구 정보", Derived(value), is_learned=False)


FEATURES: tuple[Feature, ...] = (
    _turned(65),
    _turned(70),
    _days_since_known("suicide_known_days", "마음 건강 위기가 알려진 뒤 일수", SUICIDE,
                      "마음 건강을 급히 살펴야 한다는 정보가 {value} 전에 들어왔습니다"),
    _days_since_known("shutoff_known_days", "공급 중단이 알려진 뒤 일수", SHUTOFFS,
                      "전기·가스·수도가 끊기거나 제한되었다는 정보가 {value} 전에 들어왔습니다"),
    _of_household("household_type", "가구 유형", Unit.CODE, lambda _: household_type_code(TYPES)),
    _of_household("is_address_mismatch", "주소 불일치", Unit.FLAG, lambda _: nw.col("is_address_mismatch")),
    _of_household("has_phone", "연락처 있음", Unit.FLAG, lambda _: nw.col("has_phone")),
)  # fmt: skip
