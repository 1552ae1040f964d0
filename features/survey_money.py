"""Survey features: income as public registers know it, taxes, premiums and benefits."""

import narwhals as nw

from features.declaration import Direction, Family, Feature, Sensitivity, Unit
from features.survey_words import (
    about,
    as_reported,
    equivalised,
    flag,
    from_columns,
    per,
    share_of_income,
    total_of,
)

_income = about(
    family=Family.HOUSEHOLD,
    theme="소득",
    unit=Unit.MANWON,
    direction=Direction.LOWERS,
    sensitivity=Sensitivity.FINANCIAL,
)
_tax = about(
    family=Family.HOUSEHOLD,
    theme="세금·보험료",
    unit=Unit.MANWON,
    direction=Direction.LOWERS,
    sensitivity=Sensitivity.FINANCIAL,
)
_benefit = about(family=Family.HOUSEHOLD, theme="급여", unit=Unit.MANWON, sensitivity=Sensitivity.FINANCIAL)
_service = about(family=Family.HOUSEHOLD, theme="서비스", unit=Unit.FLAG)

LOW_INCOME_MANWON = 1_000  # the counting rule's line: equivalised income after tax, a year
_REFUSED = 3  # 수급자 선정 여부: 탈락

# Every benefit of a public body; bl_* are 국민기초생활보장.
_PUBLIC_TRANSFERS = (
    "bl_livelihood_amt",
    "bl_housing_amt",
    "bl_education_amt",
    "ben_public_pension",
    "ben_unemp_benefit",
    "ben_injury_benefit",
    "ben_disability_allow",
    "ben_basic_pension",
    "ben_single_parent_support",
    "ben_foster",
    "ben_childrearing_allow",
    "ben_childcare_subsidy",
    "ben_edu_support",
    "ben_veteran_allow",
    "ben_farm_subsidy",
    "ben_emergency_aid",
    "ben_voucher_amt",
    "ben_eitc",
    "ben_ctc",
    "ben_meal_support",
    "ben_energy_relief",
    "ben_telecom_relief",
    "ben_other_gov",
)

INCOME: tuple[Feature, ...] = (
    _income(
        "income_eq",
        "균등화 소득(연, 사적이전 제외)",
        measure=from_columns(lambda: equivalised("income_admin")),
        present_ko="가구원 수를 감안한 한 해 소득이 {value}입니다",
        negative_ko="가구원 수를 감안하면 지난해 소득보다 손실이 {value} 더 많았습니다",
        absent_ko="확인되는 소득이 없습니다",
    ),
    _income(
        "income_after_tax_eq",
        "균등화 세후 소득(연, 사적이전 제외)",
        measure=from_columns(lambda: equivalised("income_after_tax")),
        present_ko="세금과 사회보험료를 빼고 가구원 수를 감안한 한 해 소득이 {value}입니다",
        negative_ko="가구원 수를 감안하면 지난해 세금과 사회보험료, 손실이 소득보다 {value} 더 많았습니다",
        absent_ko="세금과 사회보험료를 빼면 남는 소득이 없습니다",
    ),
    _income(
        "income_total",
        "가구 소득(연, 사적이전 제외)",
        measure=as_reported("income_admin"),
        present_ko="확인되는 한 해 가구 소득이 {value}입니다",
        negative_ko="지난해 소득보다 손실이 {value} 더 많았습니다",
        absent_ko="확인되는 소득이 없습니다",
    ),
    _income(
        "has_low_income",
        "균등화 세후 소득 1,000만원 미만",
        unit=Unit.FLAG,
        measure=flag(lambda: equivalised("income_after_tax") < LOW_INCOME_MANWON),
        direction=Direction.RAISES,
        present_ko="세금과 사회보험료를 빼고 가구원 수를 감안한 소득이 한 해 1,000만원에 못 미칩니다",
        absent_ko="가구원 수를 감안한 세후 소득이 한 해 1,000만원 이상입니다",
    ),
    _income(
        "earned_regular",
        "상용 근로소득(연)",
        measure=as_reported("earned_regular"),
        present_ko="상용직 근로소득이 한 해 {value}입니다",
        absent_ko="상용직 근로소득이 없습니다",
    ),
    _income(
        "earned_temporary",
        "임시·일용 근로소득(연)",
        measure=as_reported("earned_temporary"),
        direction=Direction.FREE,
        present_ko="임시직·일용직 근로소득이 한 해 {value}입니다",
    ),
    _income(
        "earned_business",
        "사업·농림어업 소득(연)",
        measure=as_reported("earned_business"),
        present_ko="사업이나 농림어업으로 번 소득이 한 해 {value}입니다",
        negative_ko="사업이나 농림어업에서 지난해 {value}의 손실이 있었습니다",
    ),
    _income(
        "earned_eq",
        "균등화 근로·사업 소득(연)",
        measure=from_columns(lambda: equivalised("earned_regular", "earned_temporary", "earned_business")),
        present_ko="일해서 번 소득이 가구원 수를 감안해 한 해 {value}입니다",
        negative_ko="가구원 수를 감안하면 지난해 일해서 번 소득보다 손실이 {value} 더 많았습니다",
        absent_ko="일해서 번 소득이 없습니다",
    ),
)

TAXES: tuple[Feature, ...] = (
    _tax(
        "tax_month",
        "세금(월평균)",
        measure=as_reported("tax_month"),
        present_ko="세금으로 한 달에 {value}을 냅니다",
        absent_ko="내는 세금이 없습니다",
    ),
    _tax(
        "social_contrib_month",
        "사회보험료(월평균)",
        measure=as_reported("social_contrib_month"),
        present_ko="사회보험료로 한 달에 {value}을 냅니다",
        absent_ko="내는 사회보험료가 없습니다",
    ),
    _tax(
        "property_taxes",
        "재산세·부동산세(월평균)",
        measure=total_of(("property_tax", "real_estate_tax")),
        present_ko="재산세로 한 달에 {value}을 냅니다",
        absent_ko="내는 재산세가 없습니다",
    ),
    _tax(
        "car_tax", "자동차세(월평균)", measure=as_reported("car_tax"), present_ko="자동차세로 한 달에 {value}을 냅니다"
    ),
    _tax(
        "nhi_premium",
        "건강보험료(월평균)",
        measure=as_reported("nhi_premium"),
        present_ko="건강보험료로 한 달에 {value}을 냅니다",
        absent_ko="내는 건강보험료가 없습니다",
    ),
    _tax(
        "nhi_premium_each",
        "1인당 건강보험료(월평균)",
        measure=per("nhi_premium", "hh_size"),
        present_ko="건강보험료가 가구원 한 명당 한 달 {value}입니다",
    ),
)

BENEFITS: tuple[Feature, ...] = (
    _benefit(
        "bl_programs",
        "받고 있는 기초생활보장 급여 수",
        unit=Unit.KINDS,
        measure=total_of(("bl_livelihood", "bl_medical", "bl_housing", "bl_education")),
        present_ko="기초생활보장 급여를 {value} 받고 있습니다",
        absent_ko="기초생활보장 급여를 받고 있지 않습니다",
    ),
    _benefit(
        "bl_livelihood",
        "생계급여 수급",
        unit=Unit.FLAG,
        measure=as_reported("bl_livelihood"),
        present_ko="생계급여를 받고 있습니다",
    ),
    _benefit(
        "bl_livelihood_amt",
        "생계급여 총액(연)",
        measure=as_reported("bl_livelihood_amt"),
        present_ko="지난해 생계급여로 {value}을 받았습니다",
    ),
    _benefit(
        "bl_applied",
        "기초생활보장 신청",
        unit=Unit.FLAG,
        measure=as_reported("bl_applied"),
        direction=Direction.RAISES,
        present_ko="지난 1년 사이 기초생활보장을 신청했습니다",
    ),
    _benefit(
        "bl_rejected",
        "기초생활보장 신청 탈락",
        unit=Unit.FLAG,
        measure=flag(lambda: nw.col("bl_application_result") == _REFUSED),
        direction=Direction.RAISES,
        present_ko="기초생활보장을 신청했으나 선정되지 못했습니다",
    ),
    _benefit(
        "bl_received_past_year",
        "지난 1년 기초생활보장 수급 경험",
        unit=Unit.FLAG,
        measure=as_reported("bl_received_past_year"),
        present_ko="지난 1년 사이 기초생활보장 급여를 받은 적이 있습니다",
    ),
    _benefit(
        "has_emergency_aid_or_refusal",
        "긴급복지 수급 또는 기초생활보장 탈락",
        unit=Unit.FLAG,
        measure=flag(lambda: (nw.col("ben_emergency_aid") > 0) | (nw.col("bl_application_result") == _REFUSED)),
        direction=Direction.RAISES,
        present_ko="긴급복지지원을 받았거나 기초생활보장 신청에서 선정되지 못했습니다",
    ),
    _benefit(
        "basic_pension",
        "기초연금(연)",
        measure=as_reported("ben_basic_pension"),
        present_ko="지난해 기초연금으로 {value}을 받았습니다",
    ),
    _benefit(
        "public_pension",
        "공적연금(연)",
        measure=as_reported("ben_public_pension"),
        direction=Direction.LOWERS,
        present_ko="지난해 공적연금으로 {value}을 받았습니다",
        absent_ko="받는 공적연금이 없습니다",
    ),
    _benefit(
        "disability_allowance",
        "장애수당·장애인연금(연)",
        measure=as_reported("ben_disability_allow"),
        present_ko="지난해 장애수당이나 장애인연금으로 {value}을 받았습니다",
    ),
    _benefit(
        "earned_income_credit",
        "근로장려금(연)",
        measure=as_reported("ben_eitc"),
        present_ko="지난해 근로장려금으로 {value}을 받았습니다",
    ),
    _benefit(
        "energy_relief",
        "에너지 감면·보조(연)",
        measure=as_reported("ben_energy_relief"),
        present_ko="지난해 에너지 요금을 {value} 감면받았습니다",
    ),
    _benefit(
        "public_transfers",
        "공적이전 합계(연)",
        measure=total_of(_PUBLIC_TRANSFERS),
        present_ko="지난해 공적 급여를 모두 {value} 받았습니다",
        absent_ko="받는 공적 급여가 없습니다",
    ),
    _benefit(
        "public_transfer_rate",
        "소득 가운데 공적이전 비율",
        unit=Unit.RATE,
        measure=share_of_income(*_PUBLIC_TRANSFERS),
        present_ko="공적 급여가 확인되는 소득의 {value}입니다",
    ),
)

SERVICES: tuple[Feature, ...] = (
    _service(
        "goods_support",
        "물품지원 이용",
        measure=as_reported("goods_support"),
        present_ko="쌀이나 반찬 같은 물품 지원을 받은 적이 있습니다",
    ),
    _service(
        "energy_voucher",
        "에너지 바우처 이용",
        measure=as_reported("energy_voucher"),
        present_ko="에너지 바우처를 이용합니다",
    ),
)
