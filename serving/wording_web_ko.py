"""Words that every page of the service shares: its frame, its macros, its keys."""

from collections.abc import Mapping

from domain.casework import Status
from domain.listing import Band
from serving.wording_ko import PURPOSE as PURPOSE

SERVICE = "사각"
SERVICE_TAIL = "복지 사각지대 방문·연락 지원"
SERVICE_LONG = "도움이 필요한 가구를 먼저 찾아 여쭙는 업무 시스템입니다."
PAGE_TITLE = "{title} | 사각"
SKIP = "본문 바로가기"
NAVIGATION = "주 메뉴"
UTILITIES = "사용자 메뉴"
LOGOUT = "로그아웃"
LOGIN = "로그인"
CHANGE_PASSWORD = "비밀번호 변경"
CONTRAST_ON, CONTRAST_OFF = "고대비로 보기", "기본 화면으로 보기"
AI_NOTICE = (
    "이 화면의 우선순위와 까닭은 인공지능이 행정자료로 계산한 참고 자료입니다(「인공지능 발전과 신뢰 기반 조성 "
    "등에 관한 기본법」 제31조). 도움을 드릴지는 담당자가 만나 뵙고 판단하며, "
    "우선순위가 낮다고 도움에서 빠지지 않습니다."
)
OVERSEER = "인공지능 운영 책임자"
CONTACT = "문의"
NEEDS_SCRIPT = "자바스크립트를 쓸 수 없는 환경입니다. 조회와 저장은 그대로 할 수 있습니다."

# The session's end: announced, put off by one press, and survived by what was typed.
TIME_LEFT = "자동 로그아웃까지"
EXTEND = "연장"
EXTEND_LONG = "로그인 시간 연장"
MINUTES = "{minutes}분"
WARNING_TITLE = "곧 자동으로 로그아웃됩니다"
WARNING_TEXT = "한동안 사용이 없어 개인정보 보호를 위해 로그아웃합니다. 계속하시려면 연장을 눌러 주십시오."
WARNING_KEPT = "적던 내용은 이 화면에 그대로 있습니다."
EXPIRED_TITLE = "로그아웃되었습니다"
EXPIRED_TEXT = "개인정보 보호를 위해 화면을 가렸습니다. 적던 내용은 지워지지 않았습니다."
EXPIRED_STEPS = (
    "아래 ‘새 창에서 로그인’을 눌러 같은 사람으로 로그인합니다.",
    "이 창으로 돌아와 ‘이어서 하기’를 누르면 적던 화면이 그대로 나타납니다.",
)
LOGIN_ELSEWHERE = "새 창에서 로그인"
NEW_WINDOW = "(새 창)"
RESUME = "이어서 하기"
NOT_YET = "아직 로그인되지 않았습니다. 먼저 새 창에서 로그인해 주십시오."
OTHER_PERSON = "다른 사람으로 로그인되었습니다. 이 화면은 다시 열 수 없으니 창을 닫아 주십시오."
NO_ANSWER = "서버에서 답을 받지 못했습니다. 적은 내용은 그대로 있으니 잠시 뒤 다시 시도해 주십시오."

SIGN_IN_HINT = "업무용 계정으로 로그인합니다. 여러 번 틀리면 계정이 잠깁니다."
SIGN_IN_SSO = "기관 통합인증으로 로그인"
LOGIN_ID, LOGIN_PASSWORD = "아이디", "비밀번호"
OLD_PASSWORD, NEW_PASSWORD, NEW_PASSWORD_AGAIN = "지금 비밀번호", "새 비밀번호", "새 비밀번호 확인"
FIRST_SIGN_IN = "처음 로그인하셨습니다. 비밀번호를 바꾼 뒤 쓸 수 있습니다."
SAVE = "저장"
HOME = "처음 화면으로"
BACK = "이전 화면으로"
ERROR_NUMBER = "오류 번호 {status}"

REQUIRED = "필수"
CHOOSE = "선택하십시오"
DATE_HINT = "예: 20261116 또는 2026-11-16"
FORM_ERRORS = "입력한 내용을 확인해 주십시오"
EXPORT_REASON = "내려받는 까닭"

MOVED_IN = "전입"  # since then: there are records in another dong
TABLE_EMPTY = "해당하는 것이 없습니다."
SELECT_ALL = "모두 선택"
SELECTED = "가구 선택"
PRINT = "인쇄"
PRINT_BY_HAND = "Ctrl+P를 눌러 인쇄하십시오."
ALERTS: Mapping[str, str] = {"critical": "긴급", "danger": "확인", "warning": "주의", "info": "안내", "success": "완료"}
BAND_PREFIX = "우선순위"
# A shape for each band, so that it is read in black and white and by whoever does not tell the colours apart.
BAND_LEVELS: Mapping[Band, int] = {Band.VERY_HIGH: 4, Band.HIGH: 3, Band.MEDIUM: 2, Band.LOW: 1}

STATUSES: Mapping[Status, str] = {
    Status.OPEN: "연락 전",
    Status.ASSIGNED: "배정됨",
    Status.TRYING: "연락 시도 중",
    Status.IN_TOUCH: "연락됨",
    Status.WITH_HUB: "지원단과 함께",
    Status.CLOSED: "처리 완료",
}
STATUS_TONES: Mapping[Status, str] = {
    Status.OPEN: "gray",
    Status.ASSIGNED: "primary",
    Status.TRYING: "warning",
    Status.IN_TOUCH: "success",
    Status.WITH_HUB: "information",
    Status.CLOSED: "gray",
}

SHORTCUTS = "단축키"
SHORTCUTS_USE = "단축키 사용"
SHORTCUT_KEYS: tuple[tuple[str, str], ...] = (
    ("n", "다음 가구로 가기"),
    ("p", "앞 가구로 가기"),
    ("Enter", "고른 가구 열기"),
    ("c", "연락 결과 적기"),
)

APPROVAL = "결재"
APPROVERS: tuple[str, ...] = ("담당", "팀장", "동장")
PRINTED_BY = "출력자 {name} · 출력 일시 {at}"
PAPER_CARE = "개인정보가 든 문서입니다. 업무가 끝나면 파쇄해 주십시오."
WON = "{amount:,}원"
