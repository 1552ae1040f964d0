"""Why something was not saved, and what to do next: for staff, field by field."""

from collections.abc import Mapping

CHANGED_MEANWHILE = (
    "저장하지 않았습니다. 화면을 여신 뒤 {who} 님이 {at}에 먼저 기록했습니다. 아래에 지금 상태를 다시 불러왔고, 적으신 "
    "내용은 그대로 두었습니다. 확인하시고 다시 저장해 주십시오."
)
LIST_CHANGED_MEANWHILE = (
    "배정하지 않았습니다. 명단을 여신 뒤 {who} 님이 {at}에 고른 가구 가운데 하나를 먼저 처리했습니다. 지금 상태를 다시 "
    "불러왔으니 확인하시고 다시 배정해 주십시오."
)
CHANGED_BY_LIST = (
    "저장하지 않았습니다. 화면을 여신 뒤 {at}에 새 명단이 공개되면서 이 가구의 처리 상태가 바뀌었습니다. 지금 상태를 "
    "불러왔으니 확인하시고 다시 해 주십시오."
)
REGISTRATION_NUMBER = (
    "주민등록번호로 보이는 숫자가 있어 저장하지 않았습니다. 주민등록번호는 적을 수 없으니 지우고 다시 저장해 주십시오."
)
# For each refusal of `outreach.casework` by its first words: the field it is about, and what to do, to people.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "A household that was reached cannot be closed as unreachable": (
        "outcome",
        "연락이 닿은 가구는 ‘연락 두절’로 마칠 수 없습니다. 상담 결과를 골라 주십시오.",
    ),
    "This outcome needs somebody to have been reached": (
        "outcome",
        "연락이 닿지 않았을 때는 이 처리 결과를 쓸 수 없습니다. 처리 결과를 비우고 시도만 저장해 주십시오.",
    ),
    "The time of the attempt has no zone": ("made_on", "연락한 때를 다시 적어 주십시오."),
    "The attempt lies in the future": ("made_on", "연락한 때가 지금보다 뒤입니다. 날짜와 시각을 확인해 주십시오."),
    "The attempt is more than 60 days old": (
        "made_on",
        "60일이 지난 연락은 연락 결과로 적을 수 없습니다. 메모로 남겨 주십시오.",
    ),
    "A closed case has no next attempt": (
        "next_on",
        "처리 결과를 고르면 처리가 끝납니다. 다음 연락일을 비우거나 처리 결과를 비워 주십시오.",
    ),
    "The next attempt lies before this one": (
        "next_on",
        "다음 연락일은 연락한 날부터 1년 안의 날짜로 적어 주십시오.",
    ),
    "The request lies in the future": ("made_on", "요청받은 날은 오늘까지, 60일 안의 날짜로 적어 주십시오."),
    "Only an exclusion can end on a day": ("ends_on", "끝나는 날은 명단 제외 요청에만 적을 수 있습니다."),
    "The exclusion ends before it begins": ("ends_on", "제외가 끝나는 날은 요청받은 날보다 뒤여야 합니다."),
    "This request is written down already": ("kind", "같은 날 같은 요청이 이미 접수되어 있습니다."),
    "A later wish about listing": ("made_on", "더 나중에 접수된 제외·취소 요청이 있습니다. 날짜를 확인해 주십시오."),
    "That request was answered before": ("asked", "이미 답변한 요청입니다."),
    "The case is in the dong's hands": ("", "동에서 맡고 있는 가구입니다. 먼저 ‘지원단에서 맡기’를 눌러 주십시오."),
    "Only the dong gives its cases": ("", "이 동의 담당자만 할 수 있습니다."),
    "That record was put right before": ("reason", "이미 정정된 기록입니다. 가장 새로운 기록을 정정해 주십시오."),
    "The note is empty": ("note", "메모를 적어 주십시오."),
    "The note holds a resident": ("note", REGISTRATION_NUMBER),
    "The reason holds a resident": ("reason", REGISTRATION_NUMBER),
    "The note needs": ("note", "메모는 2,000자까지 적을 수 있습니다."),
    "The note holds signs": (
        "note",
        "메모에 보이지 않는 글자가 들어 있습니다. 메모장에 붙여 넣었다가 다시 옮겨 주십시오.",
    ),
    "The reason needs": ("reason", "까닭을 5자 이상 500자 이하로 적어 주십시오."),
    "The reason holds signs": (
        "reason",
        "까닭에 보이지 않는 글자가 들어 있습니다. 메모장에 붙여 넣었다가 다시 옮겨 주십시오.",
    ),
    "Between 1 and": ("chosen", "한 번에 1가구에서 200가구까지 배정할 수 있습니다. 가구를 골라 주십시오."),
    "That is nobody who works for this dong": ("worker", "이 동의 담당자가 아닙니다. 담당자를 다시 골라 주십시오."),
    "The case is closed": ("", "이미 처리가 끝난 가구입니다. 더 적으시려면 먼저 ‘다시 시작’을 눌러 주십시오."),
    "The case is not closed": ("", "아직 처리 중인 가구라 다시 시작할 필요가 없습니다."),
    "The case is with the hub already": ("", "이미 희망복지지원단에 의뢰되어 있습니다."),
    "The hub has taken this case already": ("", "이미 지원단이 맡고 있습니다."),
    "The case is not with the hub": ("", "지원단이 맡고 있는 가구가 아닙니다."),
    "Only the hub of the district": ("", "이 지역의 희망복지지원단만 할 수 있습니다."),
}
# Files with names as they are
OPEN_LIST = "가리지 않은 명단은 그 동의 담당자만 내려받을 수 있습니다. 가린 채로 내려받아 주십시오."
OPEN_VISIT = (
    "가리지 않은 방문표는 이 가구를 맡은 곳에서만 내려받을 수 있습니다. 먼저 맡거나, 가린 채로 내려받아 주십시오."
)
MISSING: Mapping[str, str] = {
    "method": "연락한 방법을 골라 주십시오.",
    "attempt": "연락이 닿았는지 골라 주십시오.",
    "next_on": "다음 연락일을 20261116처럼 적어 주십시오.",
    "made_on": "날짜를 20261116처럼 적어 주십시오.",
    "made_time": "시각을 14:30처럼 적어 주십시오.",
    "ends_on": "끝나는 날을 20261116처럼 적어 주십시오.",
    "asked": "어느 요청에 답하셨는지 골라 주십시오.",
    "kind": "무엇을 요청하셨는지 골라 주십시오.",
    "worker": "담당자를 골라 주십시오.",
    "why": "까닭을 골라 주십시오.",
    "reveal": "‘그 밖의 업무’일 때에는 까닭을 10자 이상 적어 주십시오.",
    "reason": "‘그 밖의 업무’이거나 가리지 않고 내려받을 때에는 까닭을 10자 이상 적어 주십시오.",
    "format": "파일 형식을 골라 주십시오.",
}
