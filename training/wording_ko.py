"""Words of a bundle's documents, in natural and polite Korean."""

from collections.abc import Mapping

from scoring.wording_ko import ATTRIBUTES as SHARED_ATTRIBUTES
from scoring.wording_ko import BASELINES
from scoring.wording_ko import CASES as CASES
from scoring.wording_ko import GROUPS as GROUPS
from scoring.wording_ko import HELPED as HELPED
from scoring.wording_ko import HOUSEHOLDS as HOUSEHOLDS
from scoring.wording_ko import TABLES as TABLES

METHODS: Mapping[str, str] = {"model": "이 모형", **BASELINES, "arrears_count": "체납 종류 개수"}
ATTRIBUTES: Mapping[str, str] = {**SHARED_ATTRIBUTES, "region": "권역"}
# What a sentence may say, by where the interval of the difference lies.
COMPARED: Mapping[str, str] = {
    "better": "{than} 견주어 더 잘 찾습니다: 차이 {difference}.",
    "worse": "{than} 견주어 덜 찾습니다: 차이 {difference}.",
    "unknown": "{than} 견주어 나은지 이 자료로는 알 수 없습니다: 차이 {difference}.",
    "too_few": "{than} 견줄 만큼 결과가 모이지 않아 판단하지 않습니다(실효 {effective}건).",
    "undefined": "{than} 견준 차이는 이 자료로 계산할 수 없습니다.",
    "not_comparable": "{than} 견줄 수 없음: 두 명단이 갈린 자리에 결과가 확인된 가구가 없습니다.",
}
UNDEFINED = "알 수 없음"
KINDS: Mapping[str, str] = {
    "standard": "기관이 보낸 자료",
    "synthetic": "지어낸 자료",
    "koweps": "한국복지패널 조사 자료",
}
NOT_JUDGED = "판단하지 않음"
NOT_GIVEN = "-"
TOO_FEW = "판단하지 않음(실효 {effective:.0f}건)"
# The survey's documents.
SURVEY_COHORTS = ("기초생활보장을 받지 않는 가구", "모든 가구")
SURVEY_LABELS: Mapping[str, str] = {
    "crisis_material": "돈이 없어 식사, 난방, 진료 가운데 하나라도 거른 적이 있음",
    "crisis_severe": "식사를 두 가지 이상으로 거르거나 난방이나 진료를 거른 적이 있음",
    "crisis_broad": "위의 어려움이 있거나, 가구원에게 깊은 우울이나 자살 생각이 있음",
}
