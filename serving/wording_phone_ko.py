"""What can be said on the phone, in spoken Korean.

The list's own sentences are written for the office; read aloud they sound like a file that is held against somebody.
So each theme has words of its own here. A theme that is not named is not spoken of: a pension, an age, who lives
together or a pregnancy is no reason that one would say aloud, and what a clinic or the police told is only hinted at.
"""

from collections.abc import Mapping

GREETING = "안녕하십니까. {dong} 행정복지센터에서 복지 업무를 맡고 있는 {worker}입니다. {name} 님이십니까?"
IF_IT_IS_THEM = "본인이라고 하시면"
BECAUSE = "{known} 혹시 어려움이 있으신지, 도와드릴 일이 있는지 여쭙고자 전화드렸습니다. 잠시 통화 괜찮으십니까?"
BECAUSE_OF_NOTHING = (
    "요즘 지내시는 데 어려움은 없으신지, 도와드릴 일이 있는지 여쭙고자 전화드렸습니다. 잠시 통화 괜찮으십니까?"
)
IF_OTHER_PERSON = "다른 분이 받으시면"
OTHER_REPLY = "{dong} 행정복지센터입니다. 안부를 여쭈려고 전화드렸습니다. 언제 다시 걸면 통화할 수 있겠습니까?"
IF_ASKED_HOW = "어떻게 알고 전화했는지 물으시면"
HOW_KNOWN = (
    "저희 센터는 어려움이 있으실 수 있는 이웃을 먼저 찾아뵙도록, 법에 따라 공공기관의 자료를 받아 보고 있습니다. "
    "사실과 다르면 말씀해 주십시오. 바로잡겠습니다. 지금 받으시는 지원을 줄이거나 조사하려는 연락이 아닙니다."
)
HOW_DRAWN = (
    "자료에 나타나지 않은 어려움이 있을 수 있어 여러 가구에 차례로 안부를 여쭙고 있습니다. 조사하려는 연락이 아닙니다."
)
IF_DECLINED = "원하지 않으시면"
DECLINED_REPLY = (
    "알겠습니다. 필요하실 때 언제든 행정복지센터로 연락 주십시오. "
    "앞으로 이런 연락을 원하지 않으시면 제외 요청으로 접수하겠습니다."
)
CARE = (
    "본인인지 확인하기 전에는, 그리고 다른 분이나 음성 사서함에는 까닭을 말씀하지 마십시오. 의심스러워하시면 끊고 "
    "행정복지센터 대표 번호로 직접 걸어 보시라고 말씀해 주십시오. 계좌나 비밀번호는 여쭙지 않습니다."
)

_OWED = "{what} 밀리신 일이 있는 것으로 알고,"
_MONEY = "살림살이에 부담이 있으실 수 있다고 보아,"
_JOB = "하시던 일에 변화가 있으셨던 것으로 알고,"
_RENT = "집세로 부담이 있으실 수 있다고 보아,"
_HARD_TIME = "최근에 힘든 일을 겪으신 것으로 알고,"
_TREATMENT = "치료와 의료비로 부담이 있으실 수 있다고 보아,"
_CARE_NEEDED = "돌봄에 도움이 필요하실 수 있다고 보아,"
_BABY = "아기를 돌보시는 데 도움이 필요하실 수 있다고 보아,"
_STANDS_CLOSE = "요즘 마음 편히 지내시는지 궁금하여,"
_SHUTOFF = "댁에서 전기나 가스, 수도를 쓰시는 데 불편이 있으셨던 것으로 알고,"

# By a part of the sentence that says what a place is for (features.occasions).
OCCASIONS: Mapping[str, str] = {"끊기거나 제한": _SHUTOFF, "마음 건강": _STANDS_CLOSE}
# By the theme of a reason (features.catalogue).
THEMES: Mapping[str, str] = {
    "건강보험료 체납": _OWED.format(what="건강보험료가"),
    "국민연금 보험료 체납": _OWED.format(what="국민연금 보험료가"),
    "전기료 체납": _OWED.format(what="전기요금이"),
    "수도요금 체납": _OWED.format(what="수도요금이"),
    "가스요금 체납": _OWED.format(what="가스요금이"),
    "통신비 체납": _OWED.format(what="통신요금이"),
    "공동주택 관리비 체납": _OWED.format(what="관리비가"),
    "공공임대주택 임대료 체납": _OWED.format(what="임대료가"),
    "여러 체납": _OWED.format(what="내셔야 할 요금이"),
    "금융연체": _MONEY,
    "채무조정 중지(실효)": _MONEY,
    "노후긴급자금 대부": _MONEY,
    "정책서민금융 신청 반려": _MONEY,
    "공급 중단": _SHUTOFF,
    "개별연장급여 지급 대상": _JOB,
    "실업급여 미수급": _JOB,
    "산재요양 종결 후 근로단절": _JOB,
    "이직 실업급여 수급자": _JOB,
    "휴·폐업자": _JOB,
    "고용보험 상실": _JOB,
    "전세취약가구": _RENT,
    "월세취약가구": _RENT,
    "형사범죄 피해자": _HARD_TIME,
    "주택화재 피해자": _HARD_TIME,
    "재난 피해자": _HARD_TIME,
    "세대주 사망 세대원": _HARD_TIME,
    "기초생활·긴급복지 신청 탈락·중지": "전에 복지급여를 알아보신 일이 있는 것으로 알고,",
    "시설 퇴소자": "새로 자리를 잡으시는 데 도움이 필요하실 수 있다고 보아,",
    "맞춤형급여 미신청자(복지멤버십)": "받으실 수 있는데 아직 신청하지 않으신 급여가 있는 것으로 알고,",
    "위기학생(교육비 지원)": "자녀분 교육비로 부담이 있으실 수 있다고 보아,",
    "자해·자살시도 응급실 내원": _STANDS_CLOSE,
    "자살고위험군 관리 대상": _STANDS_CLOSE,
    "의료기관 장기 미이용": "건강을 돌보시는 데 불편이 있으실 수 있다고 보아,",
    "의료비 과다지출": _TREATMENT,
    "중증질환 산정특례": _TREATMENT,
    "피부양자 요양병원 장기입원": _TREATMENT,
    "재난적 의료비 지원 대상": _TREATMENT,
    "노인장기요양 등급자": _CARE_NEEDED,
    "노인장기요양 등급외자": _CARE_NEEDED,
    "신생아 난청 확진": _BABY,
    "영양플러스 미지원": _BABY,
    "저소득층 기저귀·조제분유 지원 대상": _BABY,
}
