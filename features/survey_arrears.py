"""Survey features: bills, premiums and contributions not paid, and money owed."""

import narwhals as nw

from features.declaration import Direction, Family, Feature, Sensitivity, Unit
from features.survey_words import about, as_reported, count_of, flag, share_of_income

_unpaid = about(family=Family.ARREARS, theme="체납", direction=Direction.RAISES, sensitivity=Sensitivity.FINANCIAL)
_pension = about(family=Family.ARREARS, theme="국민연금", direction=Direction.RAISES, sensitivity=Sensitivity.FINANCIAL)
_owed = about(family=Family.ARREARS, theme="부채", sensitivity=Sensitivity.FINANCIAL)

# The first counting rule: one point each, no weights.
ARREARS_FLAGS: tuple[Feature, ...] = (
    _unpaid(
        "utility_arrears",
        "공과금 체납",
        Unit.FLAG,
        measure=as_reported("utility_arrears"),
        present_ko="지난 1년 동안 전기·가스·수도 요금을 기한 안에 내지 못한 적이 있습니다",
        absent_ko="공과금을 밀린 적이 없습니다",
    ),
    _unpaid(
        "utility_cutoff",
        "단전·단수 등 경험",
        Unit.FLAG,
        measure=as_reported("utility_cutoff"),
        present_ko="지난 1년 동안 요금을 내지 못해 전기·전화·수도가 끊긴 적이 있습니다",
    ),
    _unpaid(
        "rent_arrears_2m",
        "집세 2개월 이상 체납",
        Unit.FLAG,
        measure=as_reported("rent_arrears_2m"),
        present_ko="지난 1년 동안 집세를 두 달 이상 밀렸거나 집세를 내지 못해 이사했습니다",
    ),
    _unpaid(
        "edu_fee_arrears",
        "자녀 교육비 미납",
        Unit.FLAG,
        measure=as_reported("edu_fee_arrears"),
        present_ko="자녀의 학교 교육비를 한 달 이상 내지 못한 적이 있습니다",
    ),
    _unpaid(
        "credit_delinquent",
        "금융 연체(신용 문제)",
        Unit.FLAG,
        measure=as_reported("credit_delinquent"),
        present_ko="가구원 가운데 금융 연체로 신용에 어려움을 겪은 분이 있습니다",
        absent_ko="금융 연체로 어려움을 겪은 가구원이 없습니다",
    ),
    _unpaid(
        "housing_loan_late",
        "주택대출 상환 연체",
        Unit.FLAG,
        measure=as_reported("housing_loan_late"),
        present_ko="지난 1년 동안 주택 대출금을 제때 갚지 못한 적이 있습니다",
    ),
    _unpaid(
        "has_nhi_arrears",
        "건강보험료 체납",
        Unit.FLAG,
        measure=flag(lambda: (nw.col("nhi_arrears") == 1) | (nw.col("nhi_suspended") == 1)),
        present_ko="건강보험료를 내지 못했거나 그 때문에 보험 급여가 멈춘 적이 있습니다",
        absent_ko="건강보험료를 밀린 적이 없습니다",
    ),
    _pension(
        "has_pension_arrears",
        "국민연금 보험료 체납",
        Unit.FLAG,
        measure=flag(lambda: nw.col("n_pension_arrears") > 0),
        present_ko="국민연금 보험료를 내지 못한 가구원이 있습니다",
    ),
    _pension(
        "is_exempt_for_hardship",
        "생활 곤란으로 국민연금 납부예외",
        Unit.FLAG,
        measure=flag(lambda: nw.col("n_exempt_for_hardship") > 0),
        present_ko="생활이 어려워 국민연금 납부예외를 받은 가구원이 있습니다",
    ),
)

ARREARS: tuple[Feature, ...] = (
    *ARREARS_FLAGS,
    _unpaid(
        "nhi_arrears_months",
        "건강보험료 체납 개월 수",
        Unit.MONTHS,
        measure=as_reported("nhi_arrears_months"),
        present_ko="지난 1년 가운데 {value} 동안 건강보험료를 내지 못했습니다",
    ),
    _pension(
        "pension_arrears_months",
        "국민연금 체납 개월 수",
        Unit.MONTHS,
        measure=as_reported("pension_arrears_months"),
        present_ko="지난 1년 가운데 {value} 동안 국민연금 보험료를 내지 못했습니다",
    ),
    _pension(
        "n_exempt_for_job_loss",
        "실직·휴직·사업 중단 납부예외 인원",
        Unit.PERSONS,
        measure=as_reported("n_exempt_for_job_loss"),
        present_ko="실직이나 사업 중단으로 국민연금을 내지 않는 가구원이 {value} 있습니다",
    ),
    _pension(
        "pension_exempt_months",
        "국민연금 납부예외 개월 수",
        Unit.MONTHS,
        measure=as_reported("pension_exempt_months"),
        present_ko="지난 1년 가운데 {value} 동안 국민연금 납부예외 상태였습니다",
    ),
    _unpaid(
        "arrears_kinds",
        "체납 종류 수",
        Unit.KINDS,
        measure=count_of(ARREARS_FLAGS),
        present_ko="체납이나 납부예외가 {value} 확인됩니다",
        absent_ko="확인되는 체납이 없습니다",
    ),
    _owed(
        "financial_loan",
        "금융기관 대출 잔액",
        Unit.MANWON,
        measure=as_reported("fin_loan_manwon"),
        present_ko="금융기관 대출이 {value} 있습니다",
        absent_ko="금융기관 대출이 없습니다",
    ),
    _owed(
        "card_debt",
        "카드빚",
        Unit.MANWON,
        measure=as_reported("card_debt_manwon"),
        direction=Direction.RAISES,
        present_ko="카드로 진 빚이 {value} 있습니다",
    ),
    _owed(
        "housing_debt",
        "주택 관련 부채",
        Unit.MANWON,
        measure=as_reported("housing_debt_manwon"),
        present_ko="주택과 관련된 부채가 {value} 있습니다",
    ),
    _owed(
        "interest_other",
        "그 밖의 이자(연)",
        Unit.MANWON,
        measure=as_reported("interest_other_manwon"),
        present_ko="지난해 주거와 관련 없는 이자로 {value}을 냈습니다",
    ),
    _owed(
        "loan_to_income_rate",
        "소득 대비 대출 비율",
        Unit.RATE,
        measure=share_of_income("fin_loan_manwon"),
        present_ko="금융기관 대출이 한 해 소득의 {value}에 이릅니다",
    ),
)
