"""Words of casework that dong staff and hubs read: contacts, outcomes, requests, and why something was not saved."""

from collections.abc import Mapping

from domain.casework import Attempt, HandoverStep, Method, Request, Status
from domain.outcome import Outcome
from domain.published import Change
from serving.wording_ko import SLOT

METHODS: Mapping[Method, str] = {
    Method.PHONE: "전화",
    Method.VISIT: "방문",
    Method.OFFICE: "내방 상담",
    Method.MESSAGE: "문자",
}
ATTEMPTS: Mapping[Attempt, str] = {
    Attempt.REACHED: "연락됨",
    Attempt.NO_ANSWER: "받지 않음",
    Attempt.ABSENT: "부재중",
    Attempt.WRONG_NUMBER: "번호 틀림",
    Attempt.DECLINED: "대화를 사양",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.BASIC_LIVELIHOOD: "기초생활보장 신청·연계",
    Outcome.NEAR_POVERTY: "차상위 지원 신청·연계",
    Outcome.EMERGENCY_AID: "긴급복지지원 연계",
    Outcome.OTHER_PUBLIC: "그 밖의 공적 지원 연계",
    Outcome.CASE_MANAGEMENT: "통합사례관리 대상 선정",
    Outcome.CASE_MANAGEMENT_DIFFICULT: "통합사례관리 대상 선정(고난도)",
    Outcome.PRIVATE_SERVICE: "민간 서비스 연계",
    Outcome.VISITED_CLOSED: "상담 후 종결(지원 불필요)",
    Outcome.INVESTIGATED_CLOSED: "확인 후 종결(이미 지원 중 등)",
    Outcome.REFUSED: "지원을 원하지 않음",
    Outcome.UNREACHABLE: "연락 두절(여러 번 시도)",
    Outcome.VACANT: "빈집",
    Outcome.MOVED: "이사·전출",
    Outcome.HOSPITALISED: "장기 입원·시설 입소",
    Outcome.WRONG_DATA: "자료가 사실과 다름",
    Outcome.DECEASED: "사망",
}
REQUESTS: Mapping[Request, str] = {
    Request.EXCLUSION: "명단 제외",
    Request.CORRECTION: "자료 정정",
    Request.EXPLANATION: "선정 까닭 설명",
    Request.WITHDRAWAL: "명단 제외 취소",
}
HANDOVERS: Mapping[HandoverStep, str] = {
    HandoverStep.REQUESTED: "희망복지지원단에 의뢰",
    HandoverStep.TAKEN: "희망복지지원단이 맡음",
    HandoverStep.RETURNED: "동으로 돌려보냄",
    HandoverStep.REOPENED: "다시 시작",
}
CHANGES: Mapping[Change, str] = {
    Change.NEW: "신규",
    Change.CARRIED: "이월",
    Change.UP: "▲ {steps} 오름",
    Change.DOWN: "▼ {steps} 내림",
    Change.SAME: "유지",
}
CHANGE_TONES: Mapping[Change, str] = {Change.NEW: "primary", Change.CARRIED: "warning"}
# Statuses as the tiles and the filter put them together.
GROUPS: Mapping[str, tuple[str, frozenset[Status]]] = {
    "waiting": ("연락 전", frozenset((Status.OPEN, Status.ASSIGNED))),
    "working": ("연락 중", frozenset((Status.TRYING, Status.IN_TOUCH, Status.WITH_HUB))),
    "done": ("처리 완료", frozenset((Status.CLOSED,))),
}
MINE, NOBODYS = "내 담당", "미배정"
TO_ME, TO_NOBODY = "나", "배정 취소"
NOT_HERE = "전출한 가구"
UNNAMED = "성명 미상"
NO_PHONE = "전화번호 없음"
NO_ADDRESS = "주소 없음"
HIDDEN_REST = "○○"

LISTED, OF_CAPACITY = "명단에 오른 가구", "처리 가능 {capacity}건"
BEYOND_CAPACITY = "처리 가능 {capacity}건 · 이월로 {n}가구 많음"
GROUP_NOTES: Mapping[str, str] = {
    "waiting": "첫 연락을 기다립니다",
    "working": "결과가 아직 없습니다",
    "done": "처리 결과를 적었습니다",
}
NEWEST = "최근 자료 {month}"
STALE = (
    "기준일이 {monday}인 이번 주 명단이 아직 올라오지 않아, 기준일이 {as_of}인 명단을 보여 드립니다. 새 명단이 "
    "올라올 때까지 이 명단으로 일하시고, 오전이 지나도 올라오지 않으면 관리자에게 알려 주십시오."
)
STALE_ON_PAPER = "기준일이 {monday}인 이번 주 명단이 올라오기 전에, 기준일이 {as_of}인 명단을 인쇄한 것입니다."
SOME_WORKER = "다른 담당자"
CARRIED, CARRIED_NOTE = "이월", "지난주에서 넘어왔습니다"
NOBODYS_NOTE = "담당을 정해 주십시오"

# --- this week's list -------------------------------------------------------------------------------------------------

NO_LIST_TITLE = "이번 주 명단"
LIST_TITLE = "{dong} 방문·연락 명단"
LIST_LEAD = "{round} 회차"
FILES_TITLE = "명단 내려받기"
FILE_STEM = "방문대상"
VISIT_STEM = "방문기록지"
UNMASKED_PART = "가림해제"
COUNT = "{n}가구"
COLUMNS = {
    "select": "선택",
    "rank": "순위",
    "name": "가구",
    "band": f"우선순위·{SLOT}",
    "why": "먼저 살피는 까닭",
    "status": "처리 상태",
    "worker": "담당",
    "change": "지난주 대비",
    "next": "다음 연락",
}
DOWNLOAD_REASONS: Mapping[str, str] = {
    "visit": "방문·연락 준비",
    "meeting": "사례회의 자료",
    "report": "결재·보고",
    "other": "그 밖의 업무",
}
FILE_KINDS: Mapping[str, tuple[str, str]] = {
    "xlsx": ("엑셀(xlsx)", "정렬하거나 이어서 적을 때"),
    "hwpx": ("한글(hwpx)", "결재 문서에 붙일 때"),
    "pdf": ("PDF", "그대로 인쇄할 때"),
    "csv": ("CSV", "다른 프로그램에 넣을 때"),
}
SHEET_COLUMNS = ("순위", "가구", "가구 형태", "우선순위", SLOT, "까닭", "처리 상태", "담당", "다음 연락")
VISIT_TITLE, AS_OF = "방문 기록지", "기준일 {day}"
MEMBERS, BENEFITS, NONE = "가구원", "받는 급여", "없음"
NAME, PHONE, ADDRESS = "성명", "전화", "주소"
SHEET_PEOPLE = ("전화번호", "주소")
SHEET_NOTE = "우선순위는 인공지능이 행정자료로 계산한 참고 자료입니다. 도움을 드릴지는 담당자가 만나 뵙고 판단합니다."
VISIT_BOXES: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("방문한 때", 12, ("첫 방문", "다시 방문")),
    ("만난 결과", 12, ("만남", "부재", "거절", "이사·빈집")),
    ("생활 형편", 17, ()),
    ("건강·돌봄", 17, ()),
    ("바라시는 도움", 17, ()),
    ("이어 드릴 지원", 14, ("기초생활보장", "긴급복지", "사례관리", "민간 서비스", "필요 없음")),
    ("다음 약속", 12, ()),
)

# --- a household ------------------------------------------------------------------------------------------------------

HOUSEHOLD_TITLE = "가구 살펴보기"
REVEAL_REASONS: Mapping[str, str] = {
    "phone": "전화 연락",
    "visit": "가정 방문",
    "identify": "본인 확인",
    "other": "그 밖의 업무",
}
REVEAL_SENTENCES: Mapping[str, str] = {
    "phone": "전화 연락을 위해 열어 봄",
    "visit": "가정 방문을 위해 열어 봄",
    "identify": "본인 확인을 위해 열어 봄",
}
CORRECT_TITLE = "연락 기록 정정"
TENURES: Mapping[str, str] = {
    "own": "자가",
    "jeonse": "전세",
    "deposit_rent": "보증부 월세",
    "monthly_rent": "월세",
    "public_rental": "공공임대",
    "free": "무상",
}
DWELLINGS: Mapping[str, str] = {
    "apartment": "아파트",
    "detached": "단독주택",
    "multi_unit": "다세대·연립·다가구",
    "officetel": "오피스텔",
    "gosiwon": "고시원",
    "basement": "지하·반지하",
    "rooftop": "옥탑",
    "non_dwelling": "주택이 아닌 거처",
}
RELATIONS: Mapping[str, str] = {
    "head": "가구주",
    "spouse": "배우자",
    "child": "자녀",
    "parent": "부모",
    "grandparent": "조부모",
    "grandchild": "손자녀",
    "sibling": "형제자매",
    "other": "그 밖의 가구원",
}
SEXES: Mapping[str, str] = {"male": "남", "female": "여"}
DISABILITIES: Mapping[str, str] = {"none": "", "mild": "심하지 않은 장애", "severe": "심한 장애"}
PREGNANT = "임신 중(20주 이후)"
PROGRAMS: Mapping[str, str] = {
    "basic_livelihood": "생계급여",
    "basic_medical": "의료급여",
    "basic_housing": "주거급여",
    "basic_education": "교육급여",
    "near_poverty": "차상위계층 지원",
    "basic_pension": "기초연금",
    "disability_allowance": "장애수당",
    "single_parent": "한부모가족 지원",
    "emergency_aid": "긴급복지지원",
    "energy_voucher": "에너지바우처",
    "child_allowance": "아동수당",
    "case_management": "통합사례관리",
}
UNKNOWN_VALUE = "알 수 없음"
HOME_FACTS = {"tenure": "점유 형태", "dwelling": "거처", "moved_in_on": "전입일", "phone": "연락처"}
ADDRESS_MISMATCH = "주민등록 주소와 실제 사는 곳이 다를 수 있습니다."
HAS_PHONE, HAS_NO_PHONE = "확인됨", "확인된 번호 없음"
AGE, AGE_OPEN = "{first}~{last}세", "{first}세 이상"
HOW_LONG = "{months}개월 밀림"
CORRECTION, WAS_CORRECTED_SINCE = " (정정)", " (정정 전)"
SINCE, UNTIL = "{month}부터", "{month}까지"
ONGOING = "받는 중"
NOT_CONTACTED = "연락되지 않음"
LISTED_BEFORE = "{round} 회차"
AGE_OF_DATA = "가장 최근 위기정보는 {month}분으로, 기준일보다 {months}개월 앞선 자료입니다."
AGE_OF_DATA_THIS_MONTH = "가장 최근 위기정보는 {month}분입니다."
TIMELINE_TITLE = "최근 24개월 위기정보"
TIMELINE_TEXT = "{first}부터 {last}까지 위기정보가 확인된 달을 표시했습니다. 같은 내용이 아래 표에 있습니다."

DID = {
    "contact": "{method} · {attempt}",
    "corrected": "연락 기록 정정",
    "assigned": "담당을 {worker} 님으로 정함",
    "given_back": "담당 배정을 취소함",
    "note": "메모",
    "request": "요청 접수: {kind}",
    "answered": "요청에 답변함",
    "listed": "{round} 회차 명단 {rank}위",
}
YEAR = "{year}년"
WAS_CORRECTED = "뒤에 정정된 기록"
WHY_CORRECTED = "정정하는 까닭: {reason}"
NEXT_ON = "다음 연락 {day}"
DUE_ON = "{day}까지 답변"
ANSWER_TO = "{kind} ({day}까지)"
EXCLUDED = "연락 제외 요청"
MOVED_IN = (
    "전입한 가구입니다. {dong}에 지난 기록이 있습니다({contact}). 내용은 그 동에서만 볼 수 있으니, 연락하시기 전에 "
    "{ask}에 확인해 주십시오."
)
LAST_CONTACT, NO_CONTACT = "마지막 연락 {day}", "연락한 기록은 없음"
ASK_WORKER, ASK_OFFICE, SOME_DONG = "{dong} 행정복지센터({worker})", "{dong} 행정복지센터", "다른 동"
ASK_FIRST = "■ 전입한 가구입니다. 연락하시기 전에 지난 동의 행정복지센터에 확인해 주십시오."
EXCLUDED_ON_PAPER = "■ 연락 제외"
DO_NOT_CONTACT = "■ 연락 제외를 요청한 가구입니다. 연락하거나 찾아가지 마십시오."
ENDS_ON = "{day}까지 제외"
NO_END = "기한 없이 제외"

# --- tasks ------------------------------------------------------------------------------------------------------------

FEW = "2가구 이하"
YEAR_TEXT = (
    "최근 {n}개 회차에 {listed}가구가 명단에 올랐고, {contacted}가구에 연락했으며, "
    "{found}가구가 공적 지원이나 사례관리로 이어졌습니다."
)
YEAR_NOT_YET = "최근 {n}개 회차에 {listed}가구가 명단에 올랐고, 아직 연락한 가구는 없습니다."
TASKS_TITLE, ROUNDS_TITLE, AREA_TITLE = "내 할 일", "{dong} 지난 회차", "{dong} 살펴보기"
TASK_GROUPS: Mapping[str, tuple[str, str]] = {
    "late": ("늦어진 일", "약속한 날이 지났거나, 명단에 오른 뒤 5근무일 안에 연락하지 못했습니다."),
    "today": ("오늘 할 일", "오늘 연락하기로 했거나 첫 연락 기한이 오늘인 가구입니다."),
    "new": ("아직 연락하지 않은 가구", "명단에 오른 뒤 5근무일 안에 첫 연락을 해 주십시오."),
    "next": ("다음에 할 일", "다음 연락일이 남았거나 이어서 살필 가구입니다."),
    "answer": ("요청 답변 기한", "요청을 받은 날부터 30일 안에 답해 드려야 합니다. 담당이 없는 가구도 함께 보입니다."),
    "hub": (
        "희망복지지원단과 함께하는 가구",
        "지원단에 의뢰했거나 지원단이 맡은 가구입니다. 동에서도 연락할 수 있습니다.",
    ),
    "excluded": ("연락 제외를 요청한 가구", "연락하지 않습니다. 제외를 취소하면 다시 할 일에 들어옵니다."),
}
LATE_PROMISE = "약속한 날이 {days}근무일 지났습니다"
LATE_FIRST = "첫 연락 기한이 {days}근무일 지났습니다"
FIRST_UNTIL, FIRST_TODAY = "첫 연락 {day}까지", "첫 연락 기한이 오늘입니다"
PROMISED = "다음 연락 {day}"
TODAY = "오늘 연락"
ASKED_HUB, TAKEN_BY_HUB = "지원단에 의뢰했습니다", "지원단이 맡아 진행하고 있습니다"
ANSWER_UNTIL, ANSWER_LATE = "{day}까지 답변", "답변 기한({day})이 지났습니다"
NO_DAY = "다음 연락일을 정하지 않았습니다"
TRIED = "최근 {n}번 닿지 않음"  # counted since somebody was last reached

# --- what an act came to ----------------------------------------------------------------------------------------------

DONE: Mapping[str, str] = {
    "contact": "연락 결과를 저장했습니다.",
    "closed": "연락 결과를 저장하고 처리를 마쳤습니다.",
    "corrected": "기록을 정정했습니다. 앞선 기록도 남아 있습니다.",
    "note": "메모를 저장했습니다.",
    "assigned": "담당을 정했습니다.",
    "given_back": "담당 배정을 취소했습니다.",
    "handed_over": "희망복지지원단에 의뢰했습니다.",
    "taken": "지원단이 맡았습니다.",
    "returned": "동으로 돌려보냈습니다.",
    "reopened": "다시 시작했습니다.",
    "request": "요청을 접수했습니다.",
    "answered": "요청에 답변한 내용을 저장했습니다.",
}
