"""Words of signing in, of rights, and of what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.people import Role


@dataclass(frozen=True)
class Error:
    """What an error page says: what happened, and what to do next."""

    title: str
    sentence: str
    advice: str


ROLES: Mapping[Role, str] = {
    Role.DONG: "동 담당자",
    Role.HUB: "희망복지지원단",
    Role.ANALYST: "분석 담당자",
    Role.AUDITOR: "감사 담당자",
}
MENUS: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.DONG: (("이번 주 명단", "/list"), ("내 할 일", "/tasks"), ("지난 회차", "/rounds"), ("우리 동", "/area")),
    Role.HUB: (("지원단", "/hub"),),
    Role.ANALYST: (("분석", "/analysis"),),
    Role.AUDITOR: (("감사", "/audit"),),
}
# Made-up people of the demo: surnames and given names are common ones, drawn for no one.
DEMO_NAMES: Mapping[Role, str] = {
    Role.DONG: "한바다",
    Role.HUB: "서누리",
    Role.ANALYST: "윤슬기",
    Role.AUDITOR: "강한결",
}
# Why the demo's people do what they do: the pages show it as they show anybody's reason.
DEMO_PROPOSES = "지어낸 마을의 자료로 배운 가장 새로운 모형입니다."
DEMO_APPROVES = "모형을 두 사람이 함께 적용하는 순서를 보여 줍니다."
DEMO_GRANTS = "이 업무를 맡은 분이 보는 화면을 보여 줍니다."
EVERYWHERE = "전국"
NO_ROLE = "권한 없음"
MORE_PLACES = "{place} 외 {more}곳"

LOGIN = "로그인"
PASSWORD_TITLE = "비밀번호 변경"
SIGN_IN_FAILED = (
    "아이디나 비밀번호가 맞지 않거나 지금 로그인할 수 없는 계정입니다. "
    "{failures}번 틀리면 {minutes}분 동안 잠깁니다. 계속 안 되면 관리자에게 문의해 주십시오."
)
WHY_SIGNED_OUT: Mapping[str, str] = {
    "elsewhere": (
        "다른 곳에서 같은 아이디로 로그인하여 이곳의 로그인이 끝났습니다. "
        "본인이 아니라면 바로 관리자에게 알려 주십시오."
    ),
    "out": "로그아웃했습니다.",
    "unknown": "기관 통합인증은 되었으나 사각에 등록되지 않은 분입니다. 관리자에게 사용 등록을 요청해 주십시오.",
    "refused": "기관 통합인증을 마치지 못했습니다. 처음부터 다시 로그인해 주십시오.",
}
DONE: Mapping[str, str] = {
    "replaced": (
        "다른 곳에 남아 있던 로그인을 끝냈습니다. 본인이 한 것이 아니라면 비밀번호를 바꾸고 관리자에게 알려 주십시오."
    ),
    "password": "비밀번호를 바꾸었습니다.",
}
PASSWORD_RULE = (
    "8자 이상, 어떤 글자든 쓸 수 있습니다. 흔한 비밀번호나 낱말, 아이디, 이름, 지명, 숫자를 이은 것은 쓸 수 없습니다. "
    "서로 상관없는 낱말 몇 개를 띄어 쓴 15자 이상이 좋습니다."
)
WRONG_OLD_PASSWORD = "지금 비밀번호가 맞지 않습니다."
NOT_THE_SAME = "새 비밀번호와 확인이 서로 다릅니다."
SAME_AS_BEFORE = "지금 쓰는 것과 다른 비밀번호를 정해 주십시오."
WEAK_PASSWORD = "쓸 수 없는 비밀번호입니다. {rule}"

# {whom}: the site's contact, which the page names below, or where it has none the administrator.
_ASK = "같은 일이 되풀이되면 아래 오류 번호를 {whom} 알려 주십시오."
TO_CONTACT, TO_ADMINISTRATOR = "문의처에", "관리자에게"
ERRORS: Mapping[str, Error] = {
    "NotSignedIn": Error(
        "로그인이 필요합니다", "로그인이 끝났거나 아직 로그인하지 않았습니다.", "다시 로그인한 뒤 이어서 하십시오."
    ),
    "NotAllowed": Error(
        "볼 수 없는 화면입니다",
        "맡은 업무로는 이 화면을 쓸 수 없습니다.",
        "필요하면 관리자에게 권한을 요청해 주십시오.",
    ),
    "PasswordFirst": Error(
        "비밀번호를 먼저 바꿔 주십시오",
        "처음 받은 비밀번호로는 이 일을 할 수 없습니다.",
        "비밀번호를 바꾼 뒤 다시 해 주십시오.",
    ),
    "Forged": Error(
        "저장하지 않았습니다",
        "이 화면에서 보낸 요청인지 확인할 수 없어 받지 않았습니다.",
        "화면을 새로 연 뒤 다시 해 주십시오. 로그인을 다시 했다면 먼저 연 창은 닫아 주십시오.",
    ),
    "TooManyFailures": Error(
        "지금은 로그인할 수 없습니다",
        "이 사무실의 인터넷 주소에서 로그인 실패가 너무 많아 잠시 받지 않습니다.",
        "10분쯤 뒤에 다시 해 주십시오. 까닭을 모르시면 관리자에게 바로 알려 주십시오.",
    ),
    "404": Error(
        "찾을 수 없습니다",
        "찾으시는 화면이나 자료가 없습니다.",
        "주소를 확인하시거나 처음 화면에서 다시 찾아 주십시오.",
    ),
    "405": Error(
        "쓸 수 없는 방법입니다", "이 주소는 이 방법으로 쓸 수 없습니다.", "처음 화면에서 다시 시작해 주십시오."
    ),
    "409": Error(
        "그사이 바뀌었습니다",
        "다른 분이 먼저 처리했거나 같은 내용이 이미 다르게 저장되었습니다.",
        "화면을 새로 열어 지금 내용을 확인한 뒤 다시 해 주십시오.",
    ),
    "413": Error("너무 큽니다", "보낸 내용이 너무 커서 받지 않았습니다.", "내용을 줄여 다시 보내 주십시오."),
    "422": Error(
        "입력한 내용을 확인해 주십시오", "빠졌거나 쓸 수 없는 값이 있습니다.", "이전 화면으로 돌아가 고쳐 주십시오."
    ),
    "429": Error("잠시 기다려 주십시오", "한꺼번에 많은 요청이 몰렸습니다.", "1분쯤 뒤에 다시 해 주십시오."),
    "503": Error(
        "지금은 쓸 수 없습니다",
        "자료를 읽거나 기록을 남길 수 없어 아무것도 보여 드리지 않습니다. 저장한 내용은 그대로입니다.",
        f"잠시 뒤 다시 해 주십시오. {_ASK}",
    ),
    "400": Error("처리할 수 없습니다", "보낸 내용을 이해하지 못했습니다.", f"처음 화면에서 다시 해 주십시오. {_ASK}"),
    "500": Error("문제가 생겼습니다", "프로그램의 잘못으로 처리하지 못했습니다.", f"한 번 더 해 보시고, {_ASK}"),
}
