"""What the record says of each gate, in Korean: the record holds English sentences, which `outreach.gates` writes."""

from collections.abc import Mapping

from outreach.gates import NOBODY_DIFFERS, NONE_IN_USE
from outreach.proposing import IS_IN_USE, NOT_COMPARED, SURVEY_ONLY, TRAINED_ON, USED_BEFORE
from serving.proofs import BEING_PROVEN

_AS_TRAINED = "모형을 배울 때의 성적으로 판정했으며, 지금 적용 중인 모형과는 견주지 않았습니다"
_FEW = "집단의 결과가 실효 {n}건에 못 미쳐 판단하지 않음: {groups}."
_UNWEIGHTED = "단순 집계(보정한 값은 없거나 결과가 너무 적음)"
WHOLE: Mapping[str, str] = {
    NONE_IN_USE: "아직 적용 중인 모형이 없어 견줄 것이 없습니다.",
    NOBODY_DIFFERS: "결과가 확인된 가구 가운데 두 모형이 다르게 고른 가구가 없어, 차이를 알 수 없습니다.",
    IS_IN_USE: "지금 적용 중인 모형 자신이므로 견줄 것이 없습니다.",
    NOT_COMPARED: f"{_AS_TRAINED}. 같은 회차에서 견주려면 명령줄에서 sagak propose로 제안합니다.",
    USED_BEFORE: f"{_AS_TRAINED}. 전에 적용하던 모형으로 되돌리는 일은 기다릴 수 없기 때문입니다.",
    SURVEY_ONLY: f"{_AS_TRAINED}. 조사 자료에는 두 모형을 견줄 회차가 없습니다.",
    f"{TRAINED_ON}.": f"{_AS_TRAINED}.",
    BEING_PROVEN: "모든 결정나무에서 증명하고 있습니다. 잠시 뒤 다시 열어 주십시오.",
    "No group has the outcomes to be judged by.": "판단할 만큼 결과가 모인 집단이 없습니다.",
}
_UNKNOWN = "is undefined: too little is known to judge it"
# Patterns of whole sentences; a named part is put into words by `STATES`, a list of groups by their own words.
SENTENCES: Mapping[str, str] = {
    r"Judged on (?P<judged>[\d,]+) known outcomes of (?P<needed>[\d,]+) that it takes: (?P<state>.+)\.": (
        "결과가 확인된 {judged}건으로 시험했고 {needed}건이 필요합니다: {state}."
    ),
    r"Precision at capacity (?P<apart>\S+) points against the model in use \(95 % interval (?P<low>\S+) points to "
    r"(?P<high>\S+) points\): (?P<state>.+)\.": (
        "명단 적중률이 적용 중인 모형과 {apart}%p 차이입니다(95% 구간 {low}~{high}%p): {state}."
    ),
    r"Precision at capacity (?P<apart>\S+) points against the model in use, unweighted, since the weighted difference "
    r"is undefined or rests on too few outcomes: (?P<state>.+)\.": (
        f"명단 적중률이 적용 중인 모형과 {{apart}}%p 차이입니다. {_UNWEIGHTED}: {{state}}."
    ),
    rf"Precision at capacity against the model in use {_UNKNOWN}\.": (
        "적용 중인 모형과 견줄 명단 적중률이 없습니다. 알려진 결과가 너무 적습니다."
    ),
    r"Precision at capacity (?P<own>\S+), the rule that counts indicators (?P<other>\S+), of which (?P<times>\S+) "
    r"times is needed: (?P<state>.+)\.": (
        "명단 적중률 {own}, 위기정보 개수 방식 {other}이며 그 {times}배 이상이어야 합니다: {state}."
    ),
    r"Precision at capacity \(unweighted: [^)]+\) (?P<own>\S+), the rule that counts indicators (?P<other>\S+), of "
    r"which (?P<times>\S+) times is needed: (?P<state>.+)\.": (
        "명단 적중률 {own}, 위기정보 개수 방식 {other}이며 그 {times}배 이상이어야 합니다. "
        f"{_UNWEIGHTED}: {{state}}."
    ),
    rf"Precision at capacity (\(unweighted: [^)]+\) )?beside the rule that counts indicators {_UNKNOWN}\.": (
        "위기정보 개수 방식과 견줄 명단 적중률이 없습니다. 알려진 결과가 너무 적습니다."
    ),
    r"The mean gap of stated and observed probability (?P<lack>.+), and the unweighted one (?P<also>.+): it cannot be "
    r"judged\.": "말한 확률과 확인된 비율의 차이를 판단할 수 없습니다. 보정한 값은 {lack}, 단순 집계도 {also}.",
    r"The mean gap of stated and observed probability (?P<lack>.+): it cannot be judged\.": (
        "말한 확률과 확인된 비율의 차이를 판단할 수 없습니다. 보정한 값은 {lack}."
    ),
    r"Stated and observed probability are (?P<gap>\S+) apart among those listed, unweighted, since the weighted gap "
    r"(?P<lack>[^:]+): (?P<state>.+)\.": (
        "명단에 오른 가구만 단순 집계하면 말한 확률과 확인된 비율이 {gap} 차이입니다(보정한 값은 {lack}): {state}."
    ),
    r"Stated and observed probability are (?P<gap>\S+) apart: (?P<state>.+)\.": (
        "말한 확률과 확인된 비율이 {gap} 차이입니다: {state}."
    ),
    r"Of (?P<n>\d+) groups the (?P<what>.+) has to be (?P<bound>at least|at most) (?P<limit>\S+); (?P<state>.+)\.": (
        "집단 {n}개의 {what}: {limit} {bound} 합니다. {state}."
    ),
    rf"The (?P<what>.+) of (?P<groups>.+) {_UNKNOWN}\.": (
        "{what} 값을 알 수 없는 집단: {groups}. 알려진 결과가 너무 적습니다."
    ),
    r"Fewer than (?P<n>\d+) outcomes, so not judged: (?P<groups>.+)\.": (
        "결과가 {n}건에 못 미쳐 판단하지 않음: {groups}."
    ),
    r"No need was found in them, so none could be missed: (?P<groups>.+)\.": (
        "도움이 필요한 가구가 확인되지 않아 놓친 가구도 없음: {groups}."
    ),
    r"(Recall|Calibration) rests on fewer than (?P<n>\S+) equally weighted outcomes, so it is not judged: "
    r"(?P<groups>.+)\.": _FEW,
    r"(?P<n>\d+) outcomes or more, but left out by the policy of its training: (?P<groups>.+)\.": (
        "결과가 {n}건 이상이지만 배울 때의 운영 기준으로 빠짐: {groups}."
    ),
    r"More hardship may never lower the score: (?P<breaks>.+)\.": (
        "어려움이 클수록 점수가 낮아지면 안 됩니다: {breaks}."
    ),
}
STATES: Mapping[str, str] = {
    "enough": "충분합니다",
    r"(\S+) fewer than needed": "{0}건이 모자랍니다",
    r"(\S+) of the places short": "자리의 {0}만큼 모자랍니다",
    "surely worse, whatever loss is allowed": "허용한 손실과 관계없이 확실히 더 나쁩니다",
    r"within the limit of (\S+)": "한도 {0} 안입니다",
    r"(\S+) beyond the limit of (\S+)": "한도 {1}보다 {0}만큼 넘었습니다",
    r"beyond the limit of (\S+), but up to (\S+) this may be chance, for the interval begins at (\S+)": (
        "한도 {0}보다 크지만 {1}까지는 우연일 수 있습니다(구간이 {2}에서 시작)"
    ),
    "is undefined": "계산할 수 없습니다",
    r"rests on (\S+) equally weighted outcomes of (\S+) needed": "실효 {0}건뿐입니다({1}건 필요)",
    "recall over that of all households": "발견율(모든 가구의 발견율에 대한 비)",
    "gap of stated and observed probability": "확률 오차",
    "at least": "이상이어야",
    "at most": "이하여야",
    "proven over all trees": "모든 결정나무에서 증명했습니다",
}
BEYOND, WORST = "벗어난 집단: {groups}", "가장 나쁜 집단: {groups}"
BREAK = "‘{feature}’ 결정나무 {trees}개 가운데 {broken}개가 어긋납니다"
BREAK_UNKNOWN = "결정나무 {trees}개는 증명할 수 없는 꼴입니다"
AS_RECORDED = "기록된 문장(영문): {sentence}"
