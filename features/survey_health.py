"""Survey features: disability, illness, use of care and its cost, and how members are insured."""

import narwhals as nw

from features.declaration import Direction, Family, Feature, Sensitivity, Unit
from features.survey_words import about, as_reported, flag, per, share_of_income

_health = about(family=Family.HEALTH, theme="건강", sensitivity=Sensitivity.HEALTH)
_illness = about(family=Family.HEALTH, theme="질병", unit=Unit.PERSONS, sensitivity=Sensitivity.HEALTH)
_disability = about(
    family=Family.HEALTH, theme="장애", unit=Unit.PERSONS, direction=Direction.RAISES, sensitivity=Sensitivity.HEALTH
)
_insurance = about(family=Family.HEALTH, theme="의료보장", unit=Unit.PERSONS, sensitivity=Sensitivity.HEALTH)

HEALTH: tuple[Feature, ...] = (
    _disability(
        "n_disabled",
        "등록장애인 수",
        measure=as_reported("n_disabled"),
        present_ko="등록장애인이 {value} 있습니다",
        absent_ko="등록장애인이 없습니다",
    ),
    _disability(
        "n_severely_disabled",
        "심한 장애(1~3급) 인원",
        measure=as_reported("n_severely_disabled"),
        present_ko="장애 정도가 심한 가구원이 {value} 있습니다",
    ),
    _disability(
        "n_disabled_mental",
        "정신장애 등록 인원",
        measure=as_reported("n_disabled_mental"),
        present_ko="정신장애로 등록된 가구원이 {value} 있습니다",
    ),
    _illness(
        "n_depression",
        "우울증 진료 인원",
        measure=as_reported("n_depression"),
        direction=Direction.RAISES,
        present_ko="우울증으로 진료를 받는 가구원이 {value} 있습니다",
    ),
    _illness(
        "n_cancer",
        "암 진료 인원",
        measure=as_reported("n_cancer"),
        direction=Direction.RAISES,
        present_ko="암으로 진료를 받는 가구원이 {value} 있습니다",
    ),
    _illness(
        "n_chronic",
        "6개월 이상 만성질환 인원",
        measure=as_reported("n_chronic"),
        present_ko="여섯 달 이상 치료하거나 약을 드시는 가구원이 {value} 있습니다",
        absent_ko="오래 치료 중인 가구원이 없습니다",
    ),
    _illness(
        "chronic_rate",
        "만성질환 가구원 비율",
        unit=Unit.RATE,
        measure=per("n_chronic", "hh_size"),
        direction=Direction.RAISES,
        present_ko="가구원의 {value}가 여섯 달 이상 치료를 받고 있습니다",
    ),
    _health(
        "outpatient_visits",
        "외래진료 횟수(연, 가구 합)",
        Unit.TIMES,
        measure=as_reported("outpatient_visits"),
        present_ko="지난 1년 동안 가구원이 외래진료를 모두 {value} 받았습니다",
        absent_ko="지난 1년 동안 외래진료를 받은 기록이 없습니다",
    ),
    _health(
        "admissions",
        "입원 횟수(연)",
        Unit.TIMES,
        measure=as_reported("admissions"),
        present_ko="지난 1년 동안 {value} 입원했습니다",
        absent_ko="지난 1년 동안 입원한 적이 없습니다",
    ),
    _health(
        "hospital_days",
        "입원 일수(연)",
        Unit.DAYS,
        measure=as_reported("hospital_days"),
        direction=Direction.RAISES,
        present_ko="지난 1년 동안 입원한 날이 모두 {value}입니다",
    ),
    _health(
        "is_long_stay",
        "30일 이상 입원",
        Unit.FLAG,
        measure=as_reported("is_long_stay"),
        direction=Direction.RAISES,
        present_ko="지난 1년 동안 30일 이상 입원했습니다",
    ),
    _health(
        "checkup_rate",
        "건강검진 수검 비율(20세 이상)",
        Unit.RATE,
        measure=per("checked_adults", "adults_of_20"),
        direction=Direction.LOWERS,
        present_ko="20세 이상 가구원의 {value}가 지난 1년 안에 건강검진을 받았습니다",
        absent_ko="지난 1년 동안 건강검진을 받은 가구원이 없습니다",
    ),
    _health(
        "medical_spend_month",
        "월평균 의료비",
        Unit.MANWON,
        measure=as_reported("medical_spend_month"),
        present_ko="의료비로 한 달에 {value}을 씁니다",
        absent_ko="의료비 지출이 없습니다",
    ),
    _health(
        "medical_spend_rate",
        "소득 대비 의료비 비율",
        Unit.RATE,
        measure=share_of_income("medical_spend_month", times=12),
        present_ko="확인되는 소득의 {value}를 의료비로 씁니다",
    ),
    _health(
        "ltc_recipient",
        "장기요양급여 이용",
        Unit.FLAG,
        measure=as_reported("ltc_recipient"),
        present_ko="노인장기요양급여를 받는 가구원이 있습니다",
    ),
    _insurance(
        "has_medical_aid",
        "의료급여 가구",
        unit=Unit.FLAG,
        measure=flag(lambda: nw.col("n_medical_aid_1") + nw.col("n_medical_aid_2") > 0),
        direction=Direction.RAISES,
        present_ko="의료급여를 받는 가구원이 있습니다",
    ),
    _insurance(
        "n_regional_insured",
        "지역 건강보험 인원",
        measure=as_reported("n_regional_insured"),
        present_ko="지역 건강보험에 가입한 가구원이 {value} 있습니다",
    ),
    _insurance(
        "n_workplace_insured",
        "직장 건강보험 인원",
        measure=as_reported("n_workplace_insured"),
        direction=Direction.LOWERS,
        present_ko="직장 건강보험으로 보장받는 가구원이 {value} 있습니다",
        absent_ko="직장 건강보험으로 보장받는 가구원이 없습니다",
    ),
)
