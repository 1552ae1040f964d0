"""Words of the auditor's pages: for somebody who asks whether what was shown was right, and who looked at it."""

from collections.abc import Mapping

from audit.access_review import Mark
from audit.replay import Kind, Where
from audit.sources_of_round import State, What
from features.declaration import Direction
from outreach.promotion_record import Step
from scoring.wording_ko import HOUSEHOLDS as HOUSEHOLDS
from serving.wording_ko import SLOT
from store.verifying import Kind as TrailKind

TABS: tuple[tuple[str, str], ...] = (
    ("개요", "/audit"),
    ("명단 재현", "/audit/replay"),
    ("공정성", "/audit/fairness"),
    ("접속기록", "/audit/access"),
    ("처리 이력 검증", "/audit/trail"),
    ("모형 적용 승인", "/audit/promotions"),
)
TABS_LABEL = "감사 메뉴"
OVERVIEW, REPLAY, ENTRY = "감사 개요", "명단 재현", "명단 항목 전체 설명"
FAIRNESS, ACCESS, TRAIL, PROMOTIONS = "공정성", "접속기록", "처리 이력 검증", "모형 적용 승인"
NONE_YET = "아직 공개한 명단이 없습니다."

DONE: Mapping[str, str] = {
    "signed": "접속기록 점검을 서명하여 기록했습니다.",
    "approved": "모형 적용을 승인했습니다. {week}부터 쓰이며, 이미 공개한 명단은 바뀌지 않습니다.",
    "rejected": "제안을 반려했습니다. 적용 중인 모형이 그대로 쓰입니다.",
}

# --- replays ----------------------------------------------------------------------------------------------------------
SOURCES: Mapping[What, str] = {
    What.BUNDLE: "모형",
    What.DELIVERY: "받은 자료",
    What.RECORDED: "업무 중 기록(다시 반영된 것)",
    What.MATRIX: "입력값 표",
    What.POLICY: "운영 기준",
    What.WORDS: "사유 문장",
    What.FILES: "명단 파일",
}
STATES: Mapping[State, tuple[str, str]] = {
    State.SAME: ("그때와 같음", "success"),
    State.OTHER: ("그때와 다른 것이 있음", "danger"),
    State.DAMAGED: ("손상되어 읽을 수 없음", "danger"),
    State.GONE: ("없어짐", "danger"),
    State.NOT_NOTED: ("그때 기록하지 않음", "warning"),
}
STATE_ADVICE: Mapping[tuple[What, State], str] = {
    (What.POLICY, State.NOT_NOTED): "오늘의 운영 기준으로 재현했습니다. 다르게 나오면 기준이 바뀐 탓일 수 있습니다.",
    (
        What.WORDS,
        State.OTHER,
    ): "프로그램의 사유 문장이 그 뒤에 바뀌었습니다. 문장의 차이만으로는 명단이 달라지지 않습니다.",
    (What.WORDS, State.NOT_NOTED): "사유 문장이 다르게 나오면 프로그램의 문장이 바뀐 탓일 수 있습니다.",
    (What.MATRIX, State.GONE): "입력값 표가 없어 재현할 수 없습니다. 백업에서 되돌려 놓으십시오.",
    (What.BUNDLE, State.GONE): "모형이 없어 재현할 수 없습니다. 백업에서 되돌려 놓으십시오.",
    (What.BUNDLE, State.DAMAGED): "모형의 바이트가 기록과 달라 읽지 않았습니다. 백업과 견주십시오.",
    (What.BUNDLE, State.OTHER): "같은 이름으로 다른 모형이 놓여 있습니다. 아래 차이는 그 모형으로 계산한 것입니다.",
    (What.DELIVERY, State.GONE): "그때의 자료가 없어 재현할 수 없습니다.",
    (What.DELIVERY, State.OTHER): "그때의 자료가 없어 그날까지의 가장 새 자료로 계산했습니다.",
    (What.RECORDED, State.OTHER): "그때 반영한 업무 기록과 다른 파일이 놓여 있습니다.",
    (What.RECORDED, State.GONE): "그때 반영한 업무 기록 파일이 없습니다. 제외 요청이 빠질 수 있습니다.",
    (What.MATRIX, State.OTHER): "다른 자료나 다른 정의로 만든 입력값 표입니다. 아래 차이는 그 표로 계산한 것입니다.",
    (What.FILES, State.GONE): "명단 파일이 없어 화면에 쓰는 저장소와만 견주었습니다.",
    (What.FILES, State.DAMAGED): "명단 파일이 공개한 것과 다릅니다. 화면에 쓰는 저장소와만 견주었습니다.",
}
WHERE: Mapping[Where, str] = {Where.STORE: "화면에 쓰는 저장소", Where.FILES: "명단 파일"}
KINDS: Mapping[Kind, str] = {
    Kind.CHANGED: "내용이 다름",
    Kind.NOT_REPLAYED: "명단에는 있으나 재현에는 없음",
    Kind.NOT_LISTED: "재현에는 있으나 명단에는 없음",
}
FIELDS: Mapping[str, str] = {
    "household_id": "가구",
    "rank": "순위",
    "slot": SLOT,
    "slot_sentence": "선정 까닭",
    "propensity": "선정 확률",
    "raw_score": "원점수",
    "probability": "확률",
    "band": "우선순위 구간",
    "tied_with": "동점 가구 수",
    "household_type": "가구 형태",
    "bundle": "모형 이름",
    "raising": "먼저 살피는 까닭",
    "lowering": "덜 급하다고 본 점",
    "unknown": "알아 둘 점",
    "newest_report": "가장 최근 위기정보",
    "has_reports": "위기정보 유무",
}
REPLAY_SAME = "{dongs}개 동 {entries}가구를 다시 계산했고, 저장소와 명단 파일이 한 바이트도 다르지 않습니다."
REPLAY_SAME_WITHOUT_FILES = (
    "{dongs}개 동 {entries}가구를 다시 계산했고, 저장소와 같습니다. 명단 파일은 견주지 못했습니다."
)
REPLAY_DIFFERENT = "{dongs}개 동 가운데 {different}개 동에서 {places}자리가 재현과 다릅니다. 아래에 하나씩 적었습니다."
REPLAY_MOVED = "명단은 같으나, 명단을 만든 입력값이나 점수 파일이 그때와 다릅니다. 아래에 적었습니다."
REPLAY_NOT_DONE = "재현할 수 없습니다. 빠진 것은 아래 표에 적었습니다. 명단이 틀렸다는 뜻은 아닙니다."
REPLAY_BUSY = "다른 분이 재현하고 있습니다. 잠시 뒤 다시 눌러 주십시오."
THOROUGH_OF_ONE = (
    "입력값을 받은 자료에서 다시 만드는 것은 화면에서 동 하나씩만 됩니다. "
    "동을 고르거나 그 선택을 빼고 다시 눌러 주십시오. 시군구와 회차 전체는 서버에서 아래 명령으로 하십시오."
)
SCORES_SAME = "점수 파일의 {compared}가구 점수가 모두 같습니다."
SCORES_DIFFERENT = "점수 파일의 {compared}가구 가운데 {differing}가구의 점수가 다시 계산한 것과 다릅니다."
VALUES_SAME = "받은 자료에서 다시 만든 입력값과 입력값 표가 모두 같습니다."
VALUE_DIFFERENT = "입력값 ‘{feature}’: {households}가구의 값이 받은 자료에서 다시 만든 것과 다릅니다."
SCORES_GONE = "점수 파일이 없어 견주지 못했습니다."
NOT_ON_FILE = "견주지 못함"
DIGESTS = ("공개할 때 적은 값", "다시 계산한 값", "저장소의 값", "파일의 값")
DIGESTS_OF_ENTRY = (
    "모형",
    "모형 해시값",
    "받은 자료 해시값",
    "업무 중 기록 해시값",
    "운영 기준 해시값",
    "명단 판 번호",
    "이 동 명단 해시값",
)
SAME, DIFFERENT = "같음", "다름"
WHOLE_TOWN = "sagak audit replay --round {round}"
WHOLE_DISTRICT = "{district} 전체"
MOST_DIFFERENCES = 200

# --- one entry --------------------------------------------------------------------------------------------------------
DIRECTIONS: Mapping[Direction, str] = {
    Direction.RAISES: "클수록 낮아지지 않음",
    Direction.LOWERS: "클수록 높아지지 않음",
    Direction.FREE: "정하지 않음",
}
PROVEN: Mapping[bool | None, str] = {True: "모든 결정나무에서 증명됨", False: "어긋나는 결정나무가 있음", None: "-"}
UNKNOWN_VALUE = "알 수 없음"
FLAG: Mapping[bool, str] = {True: "예", False: "아니요"}
BASE, OTHERS, TOTAL = "기준값(모든 가구의 평균)", "그 밖의 분야 {n}개", "원점수"
ADDS_UP = "기준값과 모든 기여를 더한 값은 원점수와 {gap} 차이이며, 허용 오차 {tolerance} 안입니다."
ADDS_NOT_UP = "기준값과 모든 기여를 더한 값이 원점수와 {gap} 차이가 납니다. 허용 오차 {tolerance}를 넘었습니다."
AS_LISTED = "다시 계산한 원점수와 확률이 명단에 적힌 값과 끝자리까지 같습니다."
NOT_AS_LISTED = (
    "다시 계산한 값(원점수 {raw}, 확률 {probability})이 명단에 적힌 값과 다릅니다. 명단 재현에서 까닭을 보십시오."
)
CALIBRATION = "확률 = 1 ÷ (1 + exp(−({slope} × 원점수 {intercept})))"
CLAIMS: Mapping[str, str] = {
    "may_be_listed": "명단에 올릴 수 있음(제외 요청·진행 중인 사례관리가 없음)",
    "is_carried_over": "이월(앞선 명단에서 아직 만나지 못함)",
    "is_referred": "지역사회 의뢰가 있음",
    "is_resting": "최근 접촉 뒤 쉬는 기간",
    "may_rank": "점수나 추첨으로 오를 수 있음",
}
COHORT_DUE, SAFETY_NET_DUE, NOT_DUE = "생애주기 사유", "긴급 확인 사유", "해당 없음"
DONG_COUNTS = ("동의 가구", "명단에 올릴 수 있는 가구", "점수·추첨 대상 가구", "이 동의 자리")
CERTAIN = "규칙으로 정해진 자리여서 선정 확률은 1입니다."
TIED_DRAW = (
    "같은 점수의 가구끼리 마지막 자리를 추첨했습니다. 선정 확률({propensity})은 남은 자리를 같은 점수의 가구 수로 "
    "나눈 값입니다."
)
CHANCE = (
    "무작위로 정한 자리입니다. 아직 오르지 않은 가구 모두에게 순위에 따라 정해진 확률이 있었고, "
    "이 가구의 확률은 {propensity}이었습니다."
)
BY_SCORE = "점수로 오를 수 있는 {ranked}가구 가운데 {place}번째입니다."
NOT_BY_SCORE = "점수 순위에는 들지 않는 가구입니다. 다른 사유로 자리를 받았습니다."
CANNOT_EXPLAIN = (
    "이 회차를 만든 모형·입력값·자료 가운데 일부를 읽을 수 없어 다시 계산할 수 없습니다. "
    "명단에 적힌 내용만 보입니다. 무엇이 빠졌는지는 명단 재현에 적혀 있습니다."
)
WATERFALL = "원점수가 만들어진 과정"
WATERFALL_TEXT = (
    "기준값에서 시작하여 분야마다 원점수를 얼마나 올리거나 내렸는지 차례로 나타냅니다. 같은 수가 아래 표에 있습니다."
)

# --- fairness ---------------------------------------------------------------------------------------------------------
NO_MODEL = "적용 중인 모형이 없습니다."
LIVE_COLUMNS = ("가구 형태", "명단에 오름", "연락을 시도함", "연락이 닿음", "도움이 필요했음")
ALL_TYPES = "모두"
NO_TYPE = "알 수 없음"

# --- access -----------------------------------------------------------------------------------------------------------
MARKS: Mapping[Mark, str] = {
    Mark.ABOVE_ALL: "전체 상위 1% 조회",
    Mark.ABOVE_OWN: "평소의 3배 넘게 조회",
    Mark.REVEALS: "가림 해제 많음",
    Mark.NIGHT: "심야 접속",
    Mark.REFUSED: "거절된 접근 반복",
}
MONTH = "{year}년 {month}월"
OVERDUE = "{months} 접속기록 점검 서명이 기한({day})을 넘겼습니다. 접속기록을 점검하고 서명해 주십시오."
DUE = "{months} 접속기록 점검이 아직 남아 있습니다. {day}까지 서명해 주십시오."
ALL_SIGNED = "지난 달까지의 접속기록 점검을 모두 서명했습니다."
EXPORT_TITLE = "접속기록"
EXPORT_COLUMNS = ("번호", "일시", "계정", "접속지", "수행업무", "정보주체", "내용")
EXPORT_MOST = 10_000
MISSING: Mapping[str, str] = {
    "reason": "내려받는 까닭을 10자 이상 적어 주십시오.",
    "sentence": "점검한 내용을 10자 이상 적어 주십시오.",
    "month": "서명할 달을 골라 주십시오.",
    "why": "까닭을 10자 이상, 눈에 보이는 글자로 적어 주십시오.",
    "decision": "승인 또는 반려를 골라 주십시오.",
}

# --- the trail --------------------------------------------------------------------------------------------------------
FINDINGS: Mapping[TrailKind, str] = {
    TrailKind.EDITED: "기록한 뒤에 내용이 바뀌었습니다",
    TrailKind.MISSING: "봉인은 있으나 기록이 지워졌습니다",
    TrailKind.BROKEN: "앞 봉인에서 이어지지 않습니다(순서가 바뀌었거나 끼워 넣음)",
    TrailKind.GAP: "이 앞의 봉인이 빠졌습니다",
    TrailKind.UNSEALED: "봉인되지 않은 기록이 끼어 있습니다",
    TrailKind.CUT: "확인점에는 있으나 기록의 끝이 잘려 나갔습니다",
    TrailKind.REWRITTEN: "확인점에 적힌 봉인과 다릅니다(옛 상태로 되돌렸거나 다시 씀)",
    TrailKind.CHECKPOINT: "확인점 파일에 우리 열쇠로 서명하지 않은 줄이 있습니다",
    TrailKind.UNREADABLE: "이 뒤로 데이터베이스를 읽을 수 없어 확인하지 못했습니다",
}
TRAIL_WHOLE = "기록 {sealed}건과 확인점 {checkpoints}개가 모두 맞습니다. 고치거나 지우거나 순서를 바꾼 흔적이 없습니다."
TRAIL_NO_CHECKPOINTS = (
    "견줄 확인점이 없었습니다. 기록 {sealed}건 사이에는 이상이 없으나, 맨 끝이 잘려 나갔는지는 확인점 없이는 "
    "알 수 없습니다."
)
TRAIL_BROKEN = "기록 {sealed}건을 확인하여 이상 {number}곳을 찾았습니다. 자리와 종류를 아래에 적었습니다."
TRAIL_TOO_LONG = (
    "기록이 {rows}건이어서 화면에서는 확인하지 않습니다(화면은 {most}건까지). 서버에서 아래 명령으로 확인해 주십시오."
)
TRAIL_BUSY = "다른 분이 검증하고 있습니다. 잠시 뒤 다시 눌러 주십시오."
VERIFY_COMMAND = "sagak audit verify"
POSITION, LINE_ID, NOWHERE = "{number}번째 봉인", "기록 번호 {number}", "확인점 파일"

# --- promotions -------------------------------------------------------------------------------------------------------
STEPS: Mapping[Step, tuple[str, str]] = {
    Step.PROPOSED: ("제안", "primary"),
    Step.APPROVED: ("승인", "success"),
    Step.REJECTED: ("반려", "danger"),
}
SAME_PERSON = "제안한 사람은 승인할 수 없습니다. 다른 감사 담당자가 검토하고 승인해야 합니다."
NOT_PROPOSED = "그사이 제안이 바뀌었거나 이미 처리되었습니다. 지금 상태를 확인해 주십시오."
NOT_THE_BYTES = "제안한 뒤에 모형 파일이 바뀌어 승인할 수 없습니다. 다시 제안해야 합니다."
RECORD_BROKEN = "모형 적용 기록이 온전하지 않습니다. 승인하거나 반려할 수 없습니다. 관리자와 함께 확인해 주십시오."
WAIVED_TITLE = "기준 예외로 제안되었습니다"
WAIVED = (
    "미달한 적용 기준이 {failed}개 있지만 막지 않습니다: {names}. 적힌 까닭: {why}. "
    "아래 판정을 보시고 승인할지 정해 주십시오."
)
COUNTS_FROM = "승인하면 {week}부터 쓰입니다. 이미 공개한 명단은 다시 만들어도 그때의 모형을 씁니다."
FROM_ROUND, FROM_FIRST_ROUND = "다음 회차({round}) 명단", "첫 회차 명단"
