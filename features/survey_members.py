"""Survey features: who lives together, schooling, and what work they have."""

import narwhals as nw

from features.declaration import Direction, Family, Feature, Unit
from features.survey_words import about, as_reported, flag, per

_home = about(family=Family.HOUSEHOLD, theme="가구")
_kind = about(family=Family.HOUSEHOLD, theme="가구", unit=Unit.FLAG)
_head = about(family=Family.HOUSEHOLD, theme="가구주")
_work = about(family=Family.HOUSEHOLD, theme="일자리", unit=Unit.PERSONS)

# 혼인상태
_MARRIED, _BEREAVED, _DIVORCED, _SEPARATED, _NEVER_MARRIED = 1, 2, 3, 4, 5
_REGULAR_JOB = 1

MEMBERS: tuple[Feature, ...] = (
    _home("hh_size", "가구원 수", Unit.PERSONS, measure=as_reported("hh_size"), present_ko="가구원이 {value}입니다"),
    _kind(
        "is_single",
        "1인 가구",
        measure=flag(lambda: nw.col("hh_size") == 1),
        present_ko="혼자 사십니다",
        absent_ko="함께 사는 가족이 있습니다",
    ),
    _kind(
        "is_elder_alone",
        "65세 이상 혼자 사는 가구",
        measure=flag(lambda: (nw.col("hh_size") == 1) & (nw.col("n_elders") == 1)),
        present_ko="65세 이상 어르신이 혼자 사십니다",
    ),
    _kind(
        "is_working_age_alone",
        "19~64세 혼자 사는 가구",
        measure=flag(lambda: (nw.col("hh_size") == 1) & (nw.col("n_working_age") == 1)),
        present_ko="65세 미만이신 분이 혼자 사십니다",
    ),
    _kind(
        "is_alone_without_regular_job",
        "19~64세 1인 가구, 상용직 아님",
        measure=flag(lambda: (nw.col("hh_size") == 1) & (nw.col("n_working_age") == 1) & (nw.col("n_regular") == 0)),
        direction=Direction.RAISES,
        present_ko="혼자 사시며 상용직 일자리가 없습니다",
    ),
    _kind(
        "is_single_parent",
        "한부모 가구",
        measure=flag(lambda: nw.col("household_type").is_in([2.0, 3.0])),
        direction=Direction.RAISES,
        present_ko="한부모 가구입니다",
    ),
    _kind(
        "is_grandparent",
        "조손 가구",
        measure=flag(lambda: nw.col("household_type") == 4),
        direction=Direction.RAISES,
        present_ko="조부모와 손자녀가 함께 사는 가구입니다",
    ),
    _home(
        "n_infants",
        "영유아(7세 미만) 수",
        Unit.PERSONS,
        measure=as_reported("n_infants"),
        present_ko="7세 미만 아이가 {value} 있습니다",
    ),
    _home(
        "n_children",
        "아동(18세 미만) 수",
        Unit.PERSONS,
        measure=as_reported("n_children"),
        present_ko="18세 미만 자녀가 {value} 있습니다",
    ),
    _home(
        "n_working_age",
        "19~64세 가구원 수",
        Unit.PERSONS,
        measure=as_reported("n_working_age"),
        present_ko="19세에서 64세 사이의 가구원이 {value}입니다",
        absent_ko="19세에서 64세 사이의 가구원이 없습니다",
    ),
    _home(
        "n_elders",
        "65세 이상 가구원 수",
        Unit.PERSONS,
        measure=as_reported("n_elders"),
        present_ko="65세 이상 가구원이 {value}입니다",
    ),
    _home(
        "age_oldest",
        "가장 연장자의 나이",
        Unit.YEARS,
        measure=as_reported("age_oldest"),
        present_ko="가장 연세가 많은 분이 {value}입니다",
    ),
    _head("head_age", "가구주 나이", Unit.YEARS, measure=as_reported("head_age"), present_ko="가구주가 {value}입니다"),
    _head(
        "head_is_female",
        "여성 가구주",
        Unit.FLAG,
        measure=as_reported("head_is_female"),
        present_ko="가구주가 여성입니다",
    ),
    _head(
        "head_education",
        "가구주 교육 수준",
        Unit.CODE,
        measure=as_reported("head_education"),
        direction=Direction.LOWERS,
    ),
    _head(
        "adult_education_highest",
        "성인 가구원의 가장 높은 교육 수준",
        Unit.CODE,
        measure=as_reported("adult_education_highest"),
        direction=Direction.LOWERS,
    ),
    _head(
        "head_is_married",
        "가구주 배우자 있음",
        Unit.FLAG,
        measure=flag(lambda: nw.col("head_marital_status") == _MARRIED),
        direction=Direction.LOWERS,
        present_ko="가구주에게 배우자가 있습니다",
        absent_ko="가구주에게 배우자가 없습니다",
    ),
    _head(
        "head_is_divorced",
        "가구주 이혼·별거",
        Unit.FLAG,
        measure=flag(lambda: nw.col("head_marital_status").is_in([float(_DIVORCED), float(_SEPARATED)])),
        direction=Direction.RAISES,
        present_ko="가구주가 이혼했거나 별거 중입니다",
    ),
    _head(
        "head_is_bereaved",
        "가구주 사별",
        Unit.FLAG,
        measure=flag(lambda: nw.col("head_marital_status") == _BEREAVED),
        present_ko="가구주가 배우자와 사별했습니다",
    ),
    _head(
        "head_never_married",
        "가구주 미혼",
        Unit.FLAG,
        measure=flag(lambda: nw.col("head_marital_status") == _NEVER_MARRIED),
        present_ko="가구주가 미혼입니다",
    ),
)

WORK: tuple[Feature, ...] = (
    _work(
        "n_regular",
        "상용직 인원",
        measure=as_reported("n_regular"),
        direction=Direction.LOWERS,
        present_ko="상용직으로 일하는 가구원이 {value} 있습니다",
        absent_ko="상용직으로 일하는 가구원이 없습니다",
    ),
    _work(
        "n_temporary",
        "임시직 인원",
        measure=as_reported("n_temporary"),
        present_ko="임시직으로 일하는 가구원이 {value} 있습니다",
    ),
    _work(
        "n_daily",
        "일용직 인원",
        measure=as_reported("n_daily"),
        direction=Direction.RAISES,
        present_ko="일용직으로 일하는 가구원이 {value} 있습니다",
    ),
    _work(
        "n_public_work",
        "자활·공공근로·노인일자리 인원",
        measure=as_reported("n_public_work"),
        present_ko="자활근로나 공공근로, 노인일자리에 참여하는 가구원이 {value} 있습니다",
    ),
    _work(
        "n_self_employed",
        "자영업 인원",
        measure=as_reported("n_self_employed"),
        present_ko="자영업을 하는 가구원이 {value} 있습니다",
    ),
    _work(
        "n_unemployed",
        "실업 인원",
        measure=as_reported("n_unemployed"),
        direction=Direction.RAISES,
        present_ko="일자리를 찾고 있는 가구원이 {value} 있습니다",
    ),
    _work(
        "n_inactive_working_age",
        "19~64세 비경제활동 인원",
        measure=as_reported("n_inactive_working_age"),
        present_ko="19세에서 64세 사이에 일을 하지 않는 가구원이 {value} 있습니다",
    ),
    _work(
        "has_unemployed_or_daily",
        "실업자 또는 일용직 있음",
        unit=Unit.FLAG,
        measure=flag(lambda: nw.col("n_unemployed") + nw.col("n_daily") > 0),
        direction=Direction.RAISES,
        present_ko="일자리를 찾고 있거나 일용직으로 일하는 가구원이 있습니다",
    ),
    _work(
        "head_is_regular",
        "가구주 상용직",
        unit=Unit.FLAG,
        measure=flag(lambda: nw.col("head_employment") == _REGULAR_JOB),
        direction=Direction.LOWERS,
        present_ko="가구주가 상용직으로 일합니다",
        absent_ko="가구주에게 상용직 일자리가 없습니다",
    ),
    _work(
        "n_in_small_firms",
        "5인 미만 사업장 인원",
        measure=as_reported("n_in_small_firms"),
        present_ko="5인 미만 사업장에서 일하는 가구원이 {value} 있습니다",
    ),
    _work(
        "months_worked_most",
        "일한 개월 수(가장 긴 가구원)",
        unit=Unit.MONTHS,
        measure=as_reported("months_worked_most"),
        direction=Direction.LOWERS,
        present_ko="지난해 가장 오래 일한 가구원이 {value} 동안 일했습니다",
        absent_ko="지난해 일한 가구원이 없습니다",
    ),
    _work(
        "months_worked_each",
        "19~64세 1명당 일한 개월 수",
        unit=Unit.MONTHS,
        measure=per("months_worked", "n_working_age"),
        direction=Direction.LOWERS,
        present_ko="지난해 일한 기간이 19~64세 가구원 한 명당 {value}입니다",
        absent_ko="지난해 일한 가구원이 없습니다",
    ),
    _work(
        "n_left_job",
        "사직·폐업 경험 인원",
        measure=as_reported("n_left_job"),
        direction=Direction.RAISES,
        present_ko="지난 1년 사이 일을 그만두었거나 폐업한 가구원이 {value} 있습니다",
    ),
    _work(
        "n_employment_insured",
        "고용보험 가입 인원",
        measure=as_reported("n_employment_insured"),
        direction=Direction.LOWERS,
        present_ko="고용보험에 가입한 가구원이 {value} 있습니다",
        absent_ko="고용보험에 가입한 가구원이 없습니다",
    ),
    _work(
        "n_employment_uninsured",
        "고용보험 미가입 근로자 수",
        measure=as_reported("n_employment_uninsured"),
        present_ko="고용보험 없이 일하는 가구원이 {value} 있습니다",
    ),
    _work(
        "n_pension_recipients",
        "공적연금 수급 인원",
        measure=as_reported("n_pension_recipients"),
        direction=Direction.LOWERS,
        present_ko="공적연금을 받는 가구원이 {value} 있습니다",
    ),
    _work(
        "n_pension_payers",
        "국민연금 납부 인원",
        measure=as_reported("n_pension_payers"),
        direction=Direction.LOWERS,
        present_ko="국민연금을 내는 가구원이 {value} 있습니다",
        absent_ko="국민연금을 내는 가구원이 없습니다",
    ),
)
