"""Words that dong staff read, in natural and polite Korean; nothing here brands a household."""

from collections.abc import Mapping

from domain.household import HouseholdType
from domain.listing import Band, Slot

BANDS: Mapping[Band, str] = {
    Band.VERY_HIGH: "매우 높음",
    Band.HIGH: "높음",
    Band.MEDIUM: "보통",
    Band.LOW: "낮음",
}
SLOTS: Mapping[Slot, str] = {
    Slot.CARRIED_OVER: "이월",
    Slot.COHORT: "생애주기",
    Slot.SAFETY_NET: "긴급 확인",
    Slot.REFERRAL: "지역사회 의뢰",
    Slot.TOP: "높은 순위",
    Slot.EXPLORATION: "탐색 배정",
}
HOUSEHOLD_TYPES: Mapping[str, str] = {
    HouseholdType.SINGLE_ELDER: "홀로 사는 어르신",
    HouseholdType.SINGLE_WORKING_AGE: "홀로 사는 청장년",
    HouseholdType.SINGLE_PARENT: "한부모 가구",
    HouseholdType.GRANDPARENT: "조손 가구",
    HouseholdType.ELDER_ONLY: "어르신 가구",
    HouseholdType.WITH_CHILDREN: "자녀 양육 가구",
    HouseholdType.OTHER: "그 밖의 가구",
    "": "",
}

LIST_TITLE = "{dong} 이번 주 방문·연락 명단"
LIST_SUBTITLE = "{round} 회차 · 기준일 {as_of} · {entries}가구"
PURPOSE = "도움을 먼저 여쭙기 위한 명단입니다. 급여 중지나 부정 수급 조사에는 쓰지 않습니다."
NOBODY = "이번 주 명단에 오른 가구가 없습니다."
PLACE = "[우선순위 {band} · {slot}]"
REFERRED = "살펴봐 달라는 요청이 있었습니다"
DRAWN = "무작위로 정한 가구입니다. 자료에 드러나지 않은 어려움이 있는지 살펴봐 주세요"
NO_REASON = "특별히 높인 까닭이 없습니다"
AGAINST = "덜 급하다고 본 점"
UNKNOWN = "알아 둘 점"
RAISING = "먼저 살피는 까닭"
NEWEST_REPORT = "이 가구의 가장 최근 위기정보는 {month}분입니다"
NO_REPORT = "최근 2년 동안 확인된 위기정보가 없습니다"
CSV_COLUMNS = (
    "회차",
    "행정동",
    "순위",
    "가구",
    "가구 형태",
    "우선순위",
    "배정",
    "까닭 1",
    "까닭 2",
    "까닭 3",
    AGAINST,
    UNKNOWN,
)
EXPORT_NAME = "방문대상_{dong}_{as_of:%Y%m%d}.csv"
