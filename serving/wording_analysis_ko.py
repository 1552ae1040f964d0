"""Words of the pages for analysts: models, gates, proposals, deliveries and drift."""

from collections.abc import Mapping

from audit.drift import Kind, Level
from outreach.promotion import WAS_IN_USE
from outreach.promotion_record import Step
from outreach.proposing import MADE_UP

MODELS_TITLE = "모형"
COMPARE_TITLE = "모형 비교"
DELIVERIES_TITLE = "받은 자료"
DRIFT_TITLE = "입력 자료의 변화"
OLDER_RULES = (
    "이 모형은 예전 방식으로 시험했습니다. ROC-AUC와 평균 정밀도가 기대는 실효 건수를 지금보다 크게 헤아렸으므로, "
    "지금이라면 판단하지 않을 값도 보일 수 있습니다. 다시 학습하면 지금의 방식으로 헤아립니다."
)
TABS_LABEL = "분석 업무"
TABS: Mapping[str, str] = {
    "/analysis": "모형",
    "/analysis/compare": "비교",
    "/analysis/deliveries": "받은 자료",
    "/analysis/drift": "입력 자료의 변화",
}
IN_USE, PROPOSED, FORMER, CANDIDATE, DAMAGED = "in_use", "proposed", "former", "candidate", "damaged"
STATES: Mapping[str, tuple[str, str]] = {
    IN_USE: ("적용 중", "success"),
    PROPOSED: ("승인 대기", "warning"),
    FORMER: ("예전에 적용", "gray"),
    CANDIDATE: ("후보", "information"),
    DAMAGED: ("손상됨", "danger"),
}
NONE = "없음"
HELPED_HOUSEHOLDS = "{helped} 가구"
SPAN = "{first}~{last}"
TREES = "{trees}개"
TUNED, NOT_TUNED = "탐색으로 정함", "기본 설정"
COUNT = "{n}건"
MODEL = "이 모형"
ADAPTERS: Mapping[str, str] = {
    "synthetic": "지어낸 자료",
    "koweps": "한국복지패널 조사 자료",
}
REAL_DATA = "행정 자료"

GATES: Mapping[str, str] = {
    "outcomes": "확인된 결과의 수",
    "model in use": "적용 중인 모형과 견줌",
    "counting indicators": "위기정보 개수 방식보다 나은 정도",
    "calibration": "확률 오차",
    "recall of groups": "집단별 발견율",
    "calibration of groups": "집단별 확률 오차",
    "groups too small": "결과가 적어 판단하지 않은 집단",
    "groups without need": "도움이 필요한 가구가 확인되지 않은 집단",
    "recall not judged": "발견율을 판단하지 않은 집단",
    "calibration not judged": "확률 오차를 판단하지 않은 집단",
    "groups without figures": "값이 없는 집단",
    "direction": "어려움이 클수록 점수가 낮아지지 않음",
}
GATE_STATES: Mapping[bool | None, tuple[str, str]] = {
    True: ("통과", "success"),
    False: ("미달", "danger"),
    None: ("판단하지 않음", "gray"),
}
GATE_COUNTS = "통과 {passed} · 미달 {failed} · 판단하지 않음 {left_out}"
STEPS: Mapping[Step, str] = {
    Step.PROPOSED: "제안",
    Step.APPROVED: "승인",
    Step.REJECTED: "반려",
}
WAIVED = "기준 예외: {why}"
# Reasons why gates did not block, as the record holds them.
WAIVERS: Mapping[str, str] = {
    MADE_UP: "지어낸 자료",
    WAS_IN_USE: "예전에 적용하던 모형",
}
WAIVE = "지어낸 자료이므로 기준에 미달해도 제안합니다"
WAIVE_HINT = (
    "실제 주민이 없는 자료에서만 할 수 있습니다. 미달한 기준과 기준 예외가 승인 기록과 처리 이력에 남고, "
    "승인할 분의 화면 맨 앞에 표시됩니다. 미달한 기준이 없으면 예외로 기록하지 않습니다."
)

DONE: Mapping[str, str] = {
    "proposed": "제안했습니다. 다른 사람이 감사 화면에서 승인하거나 반려합니다.",
}
NONE_TO_PROPOSE = "지금 제안할 모형이 없습니다."
NONE_TO_PROPOSE_ADVICE = "적용 중이거나 승인을 기다리는 모형뿐입니다. 명령줄에서 sagak train으로 새 모형을 만듭니다."
CHOOSE_MODEL = "제안할 모형을 골라 주십시오."
REASON_NEEDED = "까닭을 10자 이상 500자 이하로, 보이는 글자로 적어 주십시오."
# For each refusal of a proposal by its first words, or words in it: what to do.
REFUSALS: Mapping[str, str] = {
    "waived for made-up people only": (
        "기준 예외는 지어낸 자료에서만 할 수 있습니다. 예외 표시를 지우고 제안해 주십시오."
    ),
    "is in use already": "이미 적용 중인 모형입니다.",
    "Another model came into use": "그사이 다른 모형이 사용되기 시작했습니다. 화면을 새로 열어 다시 제안해 주십시오.",
    "and the policy ranks by": "이 모형이 배운 결과 변수가 지금 정책에서 순위를 정하는 결과 변수와 다릅니다.",
    "was trained for other features": "이 판의 프로그램이 계산하는 것과 다른 특성으로 배운 모형이라 쓸 수 없습니다.",
    "is not what was written": "모형 파일이나 승인 기록이 처음과 다릅니다. 관리자에게 알려 주십시오.",
}
GATES_MISSED = "기준에 미달하여 제안하지 않았습니다: {gates}. 얼마나 미달했는지는 모형 화면의 ‘적용 기준’에 있습니다."
REFUSED = "제안하지 못했습니다. 모형 파일이 온전한지 관리자에게 확인해 주십시오."
RECORD_BROKEN = (
    "승인 기록이 처음 적힌 것과 다릅니다. 고칠 때까지 어떤 모형도 쓰지 않습니다. 관리자에게 바로 알려 주십시오."
)

CHOOSE_TWO = "서로 다른 두 모형을 골라 주십시오."
ONLY_ONE, ONLY_ONE_ADVICE = (
    "견줄 모형이 하나뿐입니다.",
    "명령줄에서 sagak train으로 다른 모형을 만들면 견줄 수 있습니다.",
)
FACTS: Mapping[str, str] = {
    "label": "배운 결과",
    "trained_as_of": "배운 기준일",
    "horizon_days": "결과를 기다린 기간",
    "train": "배운 회차",
    "calibrate": "확률을 맞춘 회차",
    "tested": "시험한 회차",
    "judged": "판정한 결과",
    "trees": "결정나무",
    "tuned_by": "설정을 정한 방법",
    "seed": "난수 시작값",
    "delivery": "배운 자료(해시값)",
    "catalogue": "특성 목록(해시값)",
    "digest": "모형(해시값)",
}
DAYS = "{n}일"
DRAWN = "{judged}(무작위로 정한 {drawn} 포함)"
FIGURES: Mapping[str, str] = {
    "weighted": "명단 적중률(보정)",
    "naive": "명단 적중률(단순 집계)",
    "recall": "발견율",
    "lift": "무작위 대비 배수",
    "indicator_count": "위기정보 개수 방식과의 차이",
    "last_score": "지난주 점수 방식과의 차이",
    "logistic_regression": "로지스틱 회귀와의 차이",
    "area_only": "지역만 본 방식과의 차이",
    "calibration_error": "확률 오차(보정)",
    "calibration_error_listed": "확률 오차(단순 집계)",
    "brier": "브라이어 점수(보정)",
    "brier_listed": "브라이어 점수(단순 집계)",
    "roc_auc": "ROC-AUC(보정)",
    "roc_auc_listed": "ROC-AUC(단순 집계)",
    "average_precision": "평균 정밀도(AP, 보정)",
    "average_precision_listed": "평균 정밀도(AP, 단순 집계)",
}
SAME_TEST = "두 모형은 같은 자료의 같은 회차에서 시험했습니다."
OTHER_TEST = (
    "두 모형은 서로 다른 자료나 회차에서 시험했습니다. 아래 값을 바로 견주지 마시고, 같은 회차에서 다시 견주려면 "
    "명령줄에서 sagak compare를 실행해 주십시오."
)

LEVELS: Mapping[Level, tuple[str, str]] = {
    Level.ALARM: ("경보", "danger"),
    Level.NOTICE: ("주의", "warning"),
    Level.OK: ("이상 없음", "success"),
    Level.UNJUDGED: ("판단하지 않음", "gray"),
}
KINDS: Mapping[Kind, str] = {
    Kind.REPORTS: "기관에서 들어오는 위기정보의 수",
    Kind.DISTRIBUTION: "특성의 분포",
    Kind.SCORE: "점수의 분포",
    Kind.MISSING: "알 수 없는 값의 비율",
    Kind.CATEGORY: "전에 없던 값",
}
DRIFT_SUMMARY: Mapping[Level, str] = {
    Level.ALARM: "경보가 {alarms}건 있습니다. 자료를 보낸 기관과 원인을 먼저 확인하고, 그 전에는 새로 배우지 마십시오.",
    Level.NOTICE: "주의가 {notices}건 있습니다. 다음 회차에도 이어지는지 지켜보아 주십시오.",
    Level.OK: "모형을 만들 때의 자료와 달라진 점이 확인되지 않았습니다.",
    Level.UNJUDGED: "판단할 만큼 자료가 모이지 않았습니다.",
}
NO_FEATURES = "이번 회차의 특성이 아직 없거나 다른 자료로 만든 것입니다. 명단을 만든 뒤 다시 열어 주십시오."
NO_MODEL = "적용 중인 모형이 없어 견줄 기준이 없습니다."
NO_REFERENCE = "적용 중인 모형에 배운 자료의 모습이 남아 있지 않습니다. 다시 배운 모형부터 견줄 수 있습니다."
EARLIER = "가장 새로운 회차가 모형을 만든 자료보다 앞섭니다. 변화는 앞으로만 봅니다."
NOT_READABLE = "모형이나 자료를 읽을 수 없습니다. 관리자에게 알려 주십시오."
SURVEY_REASON = "조사 자료에서 뺀 행"
EVERY_COLUMN = "행 전체"
