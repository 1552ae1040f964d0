"""Words that documents of a model and pages share: methods, labels, tables, groups, and counts that are not told."""

from collections.abc import Iterable, Mapping

from domain.household import HouseholdType

HOUSEHOLD_TYPES: Mapping[str, str] = {
    HouseholdType.SINGLE_ELDER.value: "홀로 사는 어르신",
    HouseholdType.SINGLE_WORKING_AGE.value: "홀로 사는 청장년",
    HouseholdType.SINGLE_PARENT.value: "한부모 가구",
    HouseholdType.GRANDPARENT.value: "조손 가구",
    HouseholdType.ELDER_ONLY.value: "어르신 가구",
    HouseholdType.WITH_CHILDREN.value: "자녀 양육 가구",
    HouseholdType.OTHER.value: "그 밖의 가구",
}
BASELINES: Mapping[str, str] = {
    "logistic_regression": "로지스틱 회귀",
    "last_score": "지난주 점수 그대로",
    "indicator_count": "위기정보 개수(예전 방식)",
    "area_only": "지역만 보기",
}
# What a label counts, as it stands before "가구": help that was recorded, which is less than need.
HELPED: Mapping[str, str] = {
    "any_support": "지원(민간 포함)으로 이어진",
    "public_benefit": "공적 급여로 이어진",
    "case_management": "통합사례관리로 이어진",
    "public_or_case": "공적 급여나 사례관리로 이어진",
    "severe_crisis": "긴급복지나 고난도 사례관리로 이어진",
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
CASES, HOUSEHOLDS = "건", "가구"
FEWER_THAN, ABOUT, HIDDEN = "{limit}{unit} 미만", "약 {n}{unit}", "숨김"
ATTRIBUTES: Mapping[str, str] = {
    "household_type": "가구 형태",
    "age_band": "가구주 나이",
    "head_sex": "가구주 성별",
    "region_kind": "지역",
    "indicator_kinds": "위기정보 종류 수",
    "reachability": "연락 가능성",
}
_UNKNOWN = {"unknown": "알 수 없음"}
GROUPS: Mapping[str, Mapping[str, str]] = {
    "household_type": {**HOUSEHOLD_TYPES, **_UNKNOWN},
    "age_band": {
        "under_35": "34세 이하",
        "35_49": "35~49세",
        "50_64": "50~64세",
        "65_74": "65~74세",
        "75_plus": "75세 이상",
    }
    | _UNKNOWN,
    "head_sex": {"female": "여성", "male": "남성"} | _UNKNOWN,
    "region_kind": {"dong": "동", "eup": "읍", "myeon": "면"} | _UNKNOWN,
    "indicator_kinds": {"0": "없음", "1": "1종", "2": "2종", "3+": "3종 이상"} | _UNKNOWN,
    "reachability": {
        "reachable": "전화와 주소가 있음",
        "address_mismatch": "주소가 맞지 않음",
        "no_phone": "전화가 없음",
    }
    | _UNKNOWN,
}


def in_order(keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of attribute and group in the order of `GROUPS`; what has no word there comes last, as it came."""
    known = [(attribute, group) for attribute, groups in GROUPS.items() for group in groups]
    place = {key: number for number, key in enumerate(known)}
    return sorted(keys, key=lambda key: place.get(key, len(place)))
