"""Who lives together and where: ages, household type, tenure, a recent move."""

from collections.abc import Mapping

import narwhals as nw

from domain.household import Dwelling, HouseholdType, Relation, Sex, Tenure
from features.declaration import Aggregate, AsOf, Derived, Expression, Family, Feature, Unit

ADULT_YEARS = 19  # 민법 제4조
CHILD_YEARS = 18  # under: 아동복지법 제3조
ELDER_YEARS = 65  # 노인복지법 제26조 and the basic pension
INFANT_YEARS = 3  # under: "up to two" of 찾아가는 동주민센터

_MONTH_DAYS = 30  # whole numbers of days, so that every engine gets the same whole number of months
_LONG_AGO_MONTHS = 60  # said of every move of that long ago or longer, and where only a later one is known

_PRECARIOUS = (Dwelling.GOSIWON, Dwelling.BASEMENT, Dwelling.ROOFTOP, Dwelling.NON_DWELLING)


def age_months(as_of: AsOf) -> nw.Expr:
    """Completed months since the month of birth; deliveries do not give the day."""
    return as_of.month - nw.col("birth_month")


def _aged(as_of: AsOf, *, from_years: int = 0, below_years: int = 200) -> nw.Expr:
    age = age_months(as_of)
    return (age >= from_years * 12) & (age < below_years * 12)


def _relation(relation: Relation) -> nw.Expr:
    return nw.col("relation") == relation.value


def _members(
    name: str, label_ko: str, where: Expression, present_ko: str = "", *, helper: bool = False, theme: str = "가구원"
) -> Feature:
    return Feature(
        name,
        label_ko,
        Unit.PERSONS,
        Family.HOUSEHOLD,
        theme,
        Aggregate("members", "sum", where),
        present_ko=present_ko,
        is_helper=helper,
    )


def _flag(name: str, label_ko: str, is_true: nw.Expr, present_ko: str, *, theme: str) -> Feature:
    return Feature(
        name,
        label_ko,
        Unit.FLAG,
        Family.HOUSEHOLD,
        theme,
        Derived(lambda _: nw.when(is_true).then(1).otherwise(0)),
        present_ko=present_ko,
    )


def _age(name: str, label_ko: str, where: nw.Expr) -> Feature:
    return Feature(
        name, label_ko, Unit.MONTHS, Family.HOUSEHOLD, "가구원",
        Aggregate("members", "max", lambda _: where, age_months, empty=None), is_helper=True,
    )  # fmt: skip


def _years(name: str, label_ko: str, of: str) -> Feature:
    return Feature(
        name, label_ko, Unit.YEARS, Family.HOUSEHOLD, "나이",
        Derived(lambda _: (nw.col(of) - nw.col(of) % 12) / 12), nothing=-1,
    )  # fmt: skip


def _at_place(name: str, label_ko: str, column: str, words: tuple[str, ...], present_ko: str) -> Feature:
    """A flag of the place the delivery gives, whatever the date; unknown only where the provider does not say.

    Held back until the household moved there, it would be unknown at past dates for those alone who move later, and
    so tell a model who does.
    """

    def value(_: AsOf) -> nw.Expr:
        here = nw.when(nw.col(column).is_in([*words])).then(1).otherwise(0)
        return nw.when(~nw.col(column).is_null()).then(here)

    return Feature(
        name, label_ko, Unit.FLAG, Family.HOUSEHOLD, "주거 형태", Derived(value), present_ko=present_ko,
        may_be_unknown=True,
    )  # fmt: skip


def _moved_months_ago(as_of: AsOf) -> nw.Expr:
    """Months since the last move, at most 60: a move of the date or later is none yet, and says nothing of its own."""
    days = as_of.day - nw.col("moved_in_on")
    is_recent = (days > 0) & (days < _LONG_AGO_MONTHS * _MONTH_DAYS)
    months = nw.when(is_recent).then((days - days % _MONTH_DAYS) / _MONTH_DAYS).otherwise(float(_LONG_AGO_MONTHS))
    return nw.when(~nw.col("moved_in_on").is_null()).then(months)


_size, _elders, _children = nw.col("household_size"), nw.col("members_elder"), nw.col("members_child")
_adults, _grandchildren = nw.col("_members_adult"), nw.col("_members_grandchild")
_own_children = nw.col("_members_child_of_head")
_is_single_elder = (_size == 1) & (_elders == 1)
_is_single_working_age = (_size == 1) & (_elders == 0) & (_adults == 1)
_is_single_parent = (_adults == 1) & (_children > 0) & (_own_children > 0) & (nw.col("_members_spouse") == 0)
_is_grandparent = (_grandchildren > 0) & (_own_children == 0)

FEATURES: tuple[Feature, ...] = (
    _members("household_size", "가구원 수", lambda as_of: _aged(as_of),),
    _members("members_elder", "65세 이상 가구원 수", lambda as_of: _aged(as_of, from_years=ELDER_YEARS),
             "65세 이상 가구원이 {value} 있습니다"),
    _members("members_child", "18세 미만 가구원 수", lambda as_of: _aged(as_of, below_years=CHILD_YEARS),
             "18세 미만 가구원이 {value} 있습니다"),
    _members("members_infant", "2세 이하 가구원 수", lambda as_of: _aged(as_of, below_years=INFANT_YEARS),
             "2세 이하 아기가 {value} 있습니다"),
    _members("members_foreign", "외국인 가구원 수", lambda _: nw.col("is_foreign")),
    _members("_members_adult", "성인 수", lambda as_of: _aged(as_of, from_years=ADULT_YEARS), helper=True),
    _members("_members_grandchild", "손자녀 수",
             lambda as_of: _relation(Relation.GRANDCHILD) & _aged(as_of, below_years=CHILD_YEARS), helper=True),
    _members("_members_child_of_head", "가구주의 자녀 수", lambda as_of: _relation(Relation.CHILD) & _aged(as_of),
             helper=True),
    _members("_members_spouse", "배우자 수", lambda _: _relation(Relation.SPOUSE), helper=True),
    _members("_head_female", "여성 가구주", lambda _: _relation(Relation.HEAD) & (nw.col("sex") == Sex.FEMALE.value),
             helper=True),
    _age("_head_age_months", "가구주 나이(개월)", _relation(Relation.HEAD)),
    _age("_oldest_age_months", "최고 나이(개월)", nw.lit(True)),
    _years("head_age", "가구주 나이", "_head_age_months"),
    _years("oldest_age", "가장 나이 많은 가구원의 나이", "_oldest_age_months"),
    _flag("is_head_female", "여성 가구주", nw.col("_head_female") > 0, "", theme="가구 형태"),
    _flag("is_single_elder", "홀로 사는 어르신", _is_single_elder, "어르신이 홀로 생활합니다", theme="가구 형태"),
    _flag("is_single_working_age", "홀로 사는 청장년", _is_single_working_age, "19~64세 가구원이 홀로 생활합니다",
          theme="가구 형태"),
    _flag("is_single_parent", "한부모 가구", _is_single_parent, "부모 한 분이 자녀와 함께 생활합니다",
          theme="가구 형태"),
    _flag("is_grandparent", "조손 가구", _is_grandparent, "조부모가 손자녀와 함께 생활합니다", theme="가구 형태"),
    _at_place("is_renting_monthly", "월세 거주", "tenure", (Tenure.MONTHLY_RENT, Tenure.DEPOSIT_RENT),
              "다달이 월세를 내는 집에 삽니다"),
    _at_place("is_public_rental", "공공임대 거주", "tenure", (Tenure.PUBLIC_RENTAL,), "공공임대주택에 삽니다"),
    _at_place("is_precarious_dwelling", "주거 취약 거처 거주", "dwelling", _PRECARIOUS,
              "고시원·지하·옥탑 등 주거 환경을 살펴야 하는 곳에 삽니다"),
    Feature("moved_months_ago", "이사 온 뒤 지난 개월(60은 5년 이상)", Unit.MONTHS, Family.HOUSEHOLD, "이사 온 때",
            Derived(_moved_months_ago), nothing=-1, may_be_unknown=True),
)  # fmt: skip


TYPES: Mapping[HouseholdType, nw.Expr] = {
    HouseholdType.SINGLE_ELDER: _is_single_elder,
    HouseholdType.SINGLE_WORKING_AGE: _is_single_working_age,
    HouseholdType.SINGLE_PARENT: _is_single_parent,
    HouseholdType.GRANDPARENT: _is_grandparent,
    HouseholdType.ELDER_ONLY: (_size > 1) & (_elders == _size),
    HouseholdType.WITH_CHILDREN: _children > 0,
}


def household_type_code(types: Mapping[HouseholdType, nw.Expr]) -> nw.Expr:
    """The place in `HouseholdType` of the first type that holds, in its order; `OTHER` where none does."""
    order = list(HouseholdType)
    code: nw.Expr = nw.lit(order.index(HouseholdType.OTHER))
    for kind in reversed(order[:-1]):
        code = nw.when(types[kind]).then(nw.lit(order.index(kind))).otherwise(code)
    return code
