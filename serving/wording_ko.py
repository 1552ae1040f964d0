"""Words that dong staff read, in natural and polite Korean; nothing here brands a household."""

from collections.abc import Mapping

from domain.listing import REASONS_SHOWN, Band, Slot
from scoring.wording_ko import ATTRIBUTES as ATTRIBUTES
from scoring.wording_ko import BASELINES
from scoring.wording_ko import CASES as CASES
from scoring.wording_ko import GROUPS as GROUPS
from scoring.wording_ko import HELPED as HELPED
from scoring.wording_ko import HIDDEN as HIDDEN
from scoring.wording_ko import HOUSEHOLD_TYPES as TYPES
from scoring.wording_ko import TABLES as TABLES

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
    Slot.EXPLORATION: "무작위 선정",
}
HOUSEHOLD_TYPES: Mapping[str, str] = {**TYPES, "": ""}

SLOT = "선정 방법"  # how a household came by its place
LIST_TITLE = "{dong} 이번 주 방문·연락 명단"
LIST_SUBTITLE = "{round} 회차 · 기준일 {as_of} · {entries}가구"
PURPOSE = "도움을 먼저 여쭙기 위한 명단입니다. 급여 중지나 부정 수급 조사에는 쓰지 않습니다."
NOBODY = "이번 주 명단에 오른 가구가 없습니다."
PLACE = "[우선순위 {band} · {slot}]"
REFERRED = "살펴봐 달라는 요청이 있었습니다"
DRAWN = "무작위로 정한 가구입니다. 자료에 드러나지 않은 어려움이 있는지 살펴봐 주십시오"
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
    SLOT,
    *(f"까닭 {number}" for number in range(1, REASONS_SHOWN + 2)),  # what the place is for, and the reasons
    AGAINST,
    UNKNOWN,
)
EXPORT_NAME = "방문대상_{dong}_{as_of:%Y%m%d}.csv"

# The page that compares two models, for analysts and auditors who need not be statisticians.
METHODS: Mapping[str, str] = {"A": "모형 A", "B": "모형 B", **BASELINES}
PRECISION, RECALL = "명단 적중률", "발견율"
SCORE_QUALITY: Mapping[str, str] = {
    "roc_auc": "ROC-AUC",
    "average_precision": "평균 정밀도(AP)",
    "brier": "브라이어 점수",
    "calibration_error": "확률 오차",
}
QUALITY_ROWS: Mapping[str, str] = {"pooled": "보정", "among_listed": "단순 집계"}
UNDEFINED = "계산할 수 없음"
NO_INTERVAL = "구간 없음"
NOT_GIVEN = "-"
TOO_FEW = "판단하지 않음(실효 {effective}건)"
NOT_JUDGED = "판단하지 않음({n})"
NOT_COMPARABLE = "견줄 수 없음"
COUNTED = "{n}(실효 {effective}건)"
NOBODY_KNOWS = "어느 쪽이 나은지 알 수 없습니다"
NOT_SURE = "얼마나 확실한지 알 수 없어 판단하지 않습니다"
RETRAINED = "이 회차들에서는 두 모형을 같은 방법으로 다시 배워 견줄 수 없습니다"
NO_ROWS_APART = "두 명단이 갈린 자리에 결과가 확인된 가구가 없어 견줄 수 없습니다"
IS_BETTER = "{method} 쪽이 더 많이 찾습니다"
MINUS = "{one} − {other}"

COMPARE_CAPTIONS: Mapping[str, str] = {
    "rounds": "시험한 회차와 그때 배운 회차",
    "headline": "처리 가능 건수 안에서 찾은 비율 (결과 변수: {label}, 괄호 안은 95% 구간)",
    "checks": "같은 적중률을 다른 방법으로 어림한 값 (서로 크게 다르면 믿기 어렵습니다)",
    "differences": "명단 적중률의 차이 (괄호 안은 95% 구간, 같은 동끼리 짝지어 계산)",
    "labels": "다른 결과 변수로 본 명단 적중률 (보정한 값)",
    "quality": "순위와 확률의 질 (결과 변수: {label})",
    "reliability": "모형이 말한 확률과 실제로 확인된 비율",
    "gains": "점수가 높은 순서로 살펴본 가구 비율에 따라 찾게 되는 비율 ({helped} 가구 가운데)",
    "folds": "회차별 명단 적중률",
    "groups": "집단별 발견율과 명단 적중률 (결과 변수: {label})",
    "shares": "집단별로 차지한 자리의 비율, {helped} 가구 가운데 그 집단의 비율, 확률 오차",
    "moved_groups": "집단별로 명단에 새로 오르는 가구와 빠지는 가구",
    "moved_dongs": "동별로 바뀌는 자리",
    "moved_themes": "점수를 높인 까닭으로 가장 많이 나온 분야 (한 가구에 최대 3개)",
    "drift": "두 모형이 배운 자료 사이에서 달라진 입력값",
}
COMPARE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rounds": ("시험한 회차", "배운 회차", "확률을 맞춘 회차", "배운 결과", "그중 {helped} 가구"),
    "headline": ("방법", "명단 적중률(보정)", "단순 집계", "발견율", "무작위 대비 배수", "판정 건수"),
    "checks": ("방법", "보정한 값(기준)", "역확률 가중", "이중 강건", "동점을 나쁘게~좋게 가를 때"),
    "differences": ("견준 것", "차이", "풀이"),
    "reliability": ("묶음", "A 말한 확률", "A 확인된 비율", "A 건수", "B 말한 확률", "B 확인된 비율", "B 건수"),
    "groups": ("집단", "판정 건수"),
    "shares": ("집단", "후보 비율", "A의 자리", "B의 자리", "이어진 비율", "A의 확률 오차", "B의 확률 오차"),
    "moved_groups": ("집단", "새로 오름", "빠짐", "그대로"),
    "moved_dongs": ("행정동", "자리", "바뀌는 자리", "그대로"),
    "moved_themes": ("분야", "새로 오르는 가구(B의 까닭)", "빠지는 가구(A의 까닭)"),
    "drift": ("입력값", "정도", "내용"),
}
COMPARE_PICTURES: Mapping[str, str] = {
    "forest": "명단 적중률과 95% 구간",
    "folds": "회차별 명단 적중률",
    "reliability": "말한 확률과 확인된 비율",
    "gains": "살펴본 비율과 찾은 비율",
    "group": "{attribute}에 따른 발견율, 명단 적중률, 자리의 비율",
}
COMPARE_DESCRIPTIONS: Mapping[str, str] = {
    "forest": "점은 보정한 적중률, 가로선은 95% 구간, 세로 점선은 모형 A의 값입니다.",
    "folds": "가로는 시험한 회차, 세로는 그 회차의 명단 적중률입니다. 값은 아래 표에 있습니다.",
    "reliability": "가로는 모형이 말한 확률, 세로는 확인된 비율입니다. 점선에 가까울수록 확률을 믿을 만합니다.",
    "gains": "가로는 점수가 높은 순서로 살펴본 가구의 비율, 세로는 그때까지 찾은 비율입니다. 점선은 무작위입니다.",
    "group": "왼쪽부터 발견율, 명단 적중률(가로선은 95% 구간), 자리와 이어진 비율입니다. 값은 아래 표에 있습니다.",
}
AXES: Mapping[str, str] = {
    "precision": "명단 적중률",
    "recall": "발견율",
    "round": "시험한 회차",
    "stated": "모형이 말한 확률",
    "observed": "실제로 확인된 비율",
    "looked_at": "살펴본 가구의 비율",
    "found": "찾은 비율",
    "share": "비율",
}
NEED_SHARE = "이어진 비율"
DRIFT_LEVELS: Mapping[str, str] = {"alarm": "경보", "notice": "주의"}
DRIFT_SENTENCES: Mapping[str, str] = {
    "reports": "{since}부터 위기정보가 들어온 가구 수가 한 해 전 같은 달보다 {change} 달라졌습니다",
    "distribution": "값의 분포가 달라졌습니다(안정성 지수 {index})",
    "score": "점수의 분포가 달라졌습니다(안정성 지수 {index})",
    "missing": "값을 알 수 없는 가구의 비율이 {points} 늘었습니다",
    "category": "전에 없던 값 {words}: 적힌 행의 {share}",
}
DRIFT_SCORE = "점수"
COLUMN_OF_TABLE = "{table} 표의 {column}"
COLUMNS: Mapping[str, str] = {
    "households.tenure": "점유 형태",
    "households.dwelling": "집의 종류",
    "members.sex": "성별",
    "members.relation": "가구주와의 관계",
    "members.disability": "장애 정도",
    "benefits.program_code": "급여 종류",
    "outcomes.slot": SLOT,
    "outcomes.outcome_code": "처리 결과",
    "requests.kind": "요청 종류",
    "requests.made_by": "요청한 사람",
}
OTHER_DONGS = "그 밖의 {n}개 동"
SUMMARY_PRECISION = "{method}: 명단에 올려 연락이 닿은 가구 가운데 {helped} 가구의 비율은 {figure}입니다."
SUMMARY_TOO_FEW = "{method}: 무작위로 정한 가구의 결과가 적어 판단하지 않습니다(실효 {effective}건)."
SUMMARY_NOT_COMPUTED = "{method}: 명단에 들 만한 가구의 결과가 모자라 계산할 수 없습니다."
SUMMARY_WIDE = "이 구간은 매우 넓습니다. 무작위로 정한 가구의 결과가 더 쌓이기 전에는 이 값만으로 판단하지 마십시오."
SUMMARY_NAIVE = "예전 규칙이 고른 가구까지 그대로 센 단순 집계로는 모형 A {a}, 모형 B {b}이며 실제보다 높기 쉽습니다."
SUMMARY_UNKNOWN = "두 모형의 차이(B − A)는 {difference}입니다. 구간이 0을 품고 있어 어느 쪽이 나은지 알 수 없습니다."
SUMMARY_NO_INTERVAL = "두 모형의 차이(B − A)는 {difference}입니다. 얼마나 확실한지 알 수 없어 판단하지 않습니다."
SUMMARY_BETTER = "두 모형의 차이(B − A)는 {difference}입니다. 우연만으로 보기 어려우며 {method} 쪽이 더 많이 찾습니다."
SUMMARY_UNDEFINED = "두 모형의 차이는 이 자료로 계산할 수 없습니다."
SUMMARY_DIFFERENCE_TOO_FEW = "두 명단이 갈린 자리의 결과가 적어 두 모형의 차이는 판단하지 않습니다(실효 {effective}건)."
# By where the interval lies; None: there is none.
SUMMARY_BASELINES: Mapping[int | None, str] = {
    1: "{names}보다 더 많이 찾습니다.",
    -1: "{names}보다 덜 찾습니다.",
    0: "{names_with} 어느 쪽이 나은지 알 수 없습니다.",
    None: "{names_with} 견줄 만큼 결과가 모이지 않아 판단하지 않습니다.",
}
WITH, SUBJECT = "과는/와는", "이/가"
ORIGINS: Mapping[str, str] = {
    "label": "배운 결과 변수",
    "trained_as_of": "배운 날(기준일)",
    "delivery_digest": "배운 자료",
    "seed": "난수 시작값",
}
SAME_RECIPE = "두 모형은 만드는 법이 같고 {origins} 다릅니다."
SAME_BUT_SEED = (
    "두 모형은 만드는 법과 배운 자료가 같고 난수 시작값만 다릅니다. 명단에서 달라지는 자리는 우연히 달라진 것입니다."
)
SAME_IN_ALL = "두 모형은 만드는 법도, 배운 자료와 난수 시작값도 같습니다."
ALL_SHARES = "모든 비율"
NOT_DRAWN = "그릴 수 있는 값이 없습니다. 까닭은 표에 적었습니다."
SUMMARY_METHOD = "기준 방법과 견준 {method}: {verdicts}"
SUMMARY_GROUPS = "집단 {groups}개 가운데 {unjudged}개는 판정 건수가 {min_group}건에 못 미쳐 판단하지 않았습니다."
SUMMARY_MOVED = (
    "점수만으로 {round} 회차의 {places}자리를 채운다면, A를 B로 바꿀 때 {changed}자리({share})의 가구가 바뀝니다."
)
SUMMARY_DRIFT = "두 모형이 배운 자료 사이에서 경보 {alarms}건, 주의 {notices}건이 확인되었습니다."
SUMMARY_ROUNDS = "{first}~{last}({n}개 회차)"
