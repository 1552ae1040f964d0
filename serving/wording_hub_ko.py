"""Words of the pages for a district's hub: dongs side by side, places a week, and households it has taken over."""

from collections.abc import Mapping

from domain.casework import HandoverStep
from serving.wording_refusals_ko import REGISTRATION_NUMBER

OVERVIEW_TITLE = "{district} 동 현황"
CAPACITY_TITLE = "{district} 처리 가능 건수"
CASES_TITLE = "의뢰·인계 가구"
NOTHING_TITLE = "동 현황"
TABS_LABEL = "지원단 업무"
TABS: Mapping[str, str] = {
    "/hub": "동 현황",
    "/hub/cases": "의뢰·인계 가구",
    "/hub/capacity": "처리 가능 건수",
}
ROUND = "{round} 회차"
STALE = (
    "기준일이 {monday}인 이번 주 명단이 아직 올라오지 않아, 기준일이 {as_of}인 회차의 현황을 보여 드립니다. 오전이 "
    "지나도 올라오지 않으면 관리자에게 알려 주십시오."
)
LEAD = "{round} 회차 · 기준일 {as_of} · {dongs}개 동"
COLUMNS: Mapping[str, str] = {
    "name": "행정동",
    "capacity": "처리 가능",
    "listed": "명단",
    "carried": "이월",
    "unassigned": "미배정",
    "contacted": "연락 시도",
    "reached": "연락됨",
    "found": "공적 지원·사례관리",
    "overdue": "늦어진 일",
    "load": "자리당 남은 일",
}
TOTAL = "합계"
OF = "{part}/{whole}"
LOAD = "{load:.1f}"
NO_LOAD = "-"
TILES: Mapping[str, tuple[str, str]] = {
    "listed": ("이번 명단", "처리 가능 {capacity}건"),
    "contacted": ("연락을 시도한 가구", "명단의 {share}"),
    "reached": ("연락된 가구", "시도한 가구의 {share}"),
    "found": ("공적 지원·사례관리", "연락된 가구의 {share}"),
    "overdue": ("늦어진 일", "동과 상의해 주십시오"),
    "with_hub": ("지원단이 맡은 가구", "의뢰받은 가구 포함"),
}
NO_SHARE = "-"
BEYOND = "자리보다 {n} 많음"
MAY_GO_BEYOND = "이월이 {n}가구 많음"

STEPS: Mapping[HandoverStep | None, str] = {
    HandoverStep.REQUESTED: "동에서 의뢰",
    HandoverStep.TAKEN: "지원단이 맡음",
    None: "다른 동에서 전입",
}
STEP_TONES: Mapping[HandoverStep | None, str] = {HandoverStep.REQUESTED: "warning", HandoverStep.TAKEN: "success"}
WAITS = "{days}일째"
SINCE_TODAY = "오늘"
SELECT_HOUSEHOLD = "{dong} {name} 가구"

DONE: Mapping[str, str] = {
    "taken": "지원단이 맡았습니다. 이제 지원단에서 연락을 기록할 수 있습니다.",
    "returned": "까닭과 함께 동으로 돌려보냈습니다.",
    "capacity": "다음 회차부터 적용할 처리 가능 건수를 저장했습니다. 이미 공개된 명단은 바뀌지 않습니다.",
    "beyond": (
        "다음 회차부터 적용할 처리 가능 건수를 저장했습니다. 다만 줄인 동 가운데 아직 연락되지 않은 가구가 그 건수보다 "
        "많은 동이 있습니다. 그때까지 연락되지 않은 가구는 모두 이월되어, 다음 명단이 건수보다 길고 새 가구는 오르지 "
        "않습니다."
    ),
}
CHANGED_MEANWHILE = (
    "저장하지 않았습니다. 화면을 여신 뒤 {who} 님이 {at}에 먼저 기록했습니다. 지금 상태를 다시 불러왔으니 확인하시고 "
    "다시 해 주십시오."
)
CAPACITY_MOVED = (
    "저장하지 않았습니다. 화면을 여신 뒤 다른 분이 처리 가능 건수를 먼저 바꾸었습니다. 지금 건수를 다시 불러왔고, "
    "적으신 건수는 그대로 두었습니다. 확인하시고 다시 저장해 주십시오."
)
NUMBER_NEEDED = "{dong}의 건수를 0에서 {most} 사이의 숫자로 적어 주십시오."
REASON_NEEDED = "까닭을 10자 이상 500자 이하로, 보이는 글자로 적어 주십시오."
TOTAL_CHANGES = (
    "{district} 전체가 한 주 {before}건에서 {after}건으로 바뀝니다. 옮기는 것이 아니라 늘리거나 줄이는 것이 맞으면 "
    "아래 ‘전체 건수가 바뀌는 것을 확인했습니다’에 표시하고 다시 저장해 주십시오."
)
# For each refusal of `outreach.capacity` by its first words: the field it is about, and what to do.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "The reason holds a resident": ("reason", REGISTRATION_NUMBER),
    "No number of places": ("act", "바뀐 건수가 없습니다. 한 동 이상의 건수를 고쳐 주십시오."),
    "Only the hub of the district": ("act", "이 동의 건수는 바꿀 수 없습니다."),
}
