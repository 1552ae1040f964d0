"""Words of a bundle's documents, in natural and polite Korean."""

from collections.abc import Mapping

from scoring.wording_ko import ATTRIBUTES as SHARED_ATTRIBUTES
from scoring.wording_ko import BASELINES
from scoring.wording_ko import GROUPS as GROUPS

METHODS: Mapping[str, str] = {"model": "이 모형", **BASELINES, "arrears_count": "체납 종류 개수"}
ATTRIBUTES: Mapping[str, str] = {**SHARED_ATTRIBUTES, "region": "권역"}
# What a sentence may say, by where the interval of the difference lies.
COMPARED: Mapping[str, str] = {
    "better": "{than} 견주어 더 잘 찾습니다: 차이 {difference}.",
    "worse": "{than} 견주어 덜 찾습니다: 차이 {difference}.",
    "unknown": "{than} 견주어 나은지 이 자료로는 알 수 없습니다: 차이 {difference}.",
    "undefined": "{than} 견줄 수 있을 만큼 결과가 모이지 않았습니다.",
}
UNDEFINED = "알 수 없음"
KINDS: Mapping[str, str] = {
    "standard": "기관이 보낸 자료",
    "synthetic": "지어낸 자료",
    "koweps": "한국복지패널 조사 자료",
}
TABLES: Mapping[str, str] = {
    "households": "가구",
    "members": "가구원",
    "indicators": "위기정보",
    "benefits": "급여",
    "outcomes": "처리 결과",
    "requests": "요청(제외·의뢰)",
    "people": "이름과 주소",
}
NOT_JUDGED = "판단하지 않음"
TOO_FEW_DRAWN = "판단하지 않음(실효 {effective:.0f}건)"
# The survey's documents.
SURVEY_COHORTS = ("기초생활보장을 받지 않는 가구", "모든 가구")
SURVEY_LABELS: Mapping[str, str] = {
    "crisis_material": "돈이 없어 식사, 난방, 진료 가운데 하나라도 거른 적이 있음",
    "crisis_severe": "식사를 두 가지 이상으로 거르거나 난방이나 진료를 거른 적이 있음",
    "crisis_broad": "위의 어려움이 있거나, 가구원에게 깊은 우울이나 자살 생각이 있음",
}
