"""What people did, in words, for whoever reads the trail: one label for each act that is ever recorded."""

from collections.abc import Mapping

from serving.wording_analysis_ko import WAIVERS
from serving.wording_people_ko import ROLES

ACTS: Mapping[str, str] = {
    # Looks
    "view_list": "명단 조회",
    "view_left": "지난주 명단에서 빠진 가구 조회",
    "print_list": "명단 인쇄",
    "view_household": "가구 조회",
    "view_contact": "연락 기록 열람",
    "view_tasks": "내 할 일 조회",
    "view_rounds": "지난 회차 조회",
    "view_area": "동 현황 조회",
    "view_dongs": "관할 동 현황 조회",
    "view_hub_cases": "지원단 사례 조회",
    "reveal": "성명·전화·주소 열람",
    "download": "파일 내려받기",
    "download_open": "가리지 않은 파일 내려받기",
    "list": "명단 조회(연계 시스템)",
    "entry": "명단 항목 조회(연계 시스템)",
    "household": "가구 조회(연계 시스템)",
    "score": "가구 평가 요청(연계 시스템)",
    # Acts on a household
    "contact": "연락 결과 기록",
    "contact.correct": "연락 결과 정정",
    "note": "메모 기록",
    "assign": "담당 배정",
    "case.requested": "희망복지지원단 의뢰",
    "case.taken": "희망복지지원단 접수",
    "case.returned": "동으로 돌려보냄",
    "case.reopened": "다시 시작",
    "request.exclusion": "명단 제외 요청 접수",
    "request.correction": "자료 정정 요청 접수",
    "request.explanation": "설명 요청 접수",
    "request.withdrawal": "명단 제외 요청 취소 접수",
    "request.answer": "요청에 대한 처리 기록",
    # Rounds and capacities
    "publish": "명단 공개",
    "set_capacity": "처리 가능 건수 변경",
    # People and rights
    "sign_in": "로그인",
    "sign_in_failed": "로그인 실패",
    "sign_in_refused": "로그인 거절(쓸 수 없는 계정)",
    "sign_out": "로그아웃",
    "locked": "계정 잠김(여러 번 실패)",
    "lock": "계정 잠금",
    "unlock": "계정 잠금 해제",
    "add_user": "사용자 등록",
    "grant": "권한 부여",
    "revoke": "권한 회수",
    "set_password": "비밀번호 변경",
    "issue_token": "연계 토큰 발급",
    "refused": "거부된 요청",
    # Models and data
    "view_models": "모형 목록 조회",
    "view_model": "모형 조회",
    "compare_models": "모형 비교 조회",
    "download_comparison": "모형 비교 결과 내려받기",
    "view_deliveries": "받은 자료 조회",
    "view_drift": "입력 자료의 변화 조회",
    "propose_model": "모형 제안",
    # Audit
    "view_audit": "감사 개요 조회",
    "view_replay": "명단 재현 화면 조회",
    "replay": "명단 재현",
    "view_entry_in_full": "명단 항목 전체 설명 조회",
    "view_fairness": "공정성 화면 조회",
    "search_trail": "접속기록 조회",
    "export_trail": "접속기록 내려받기",
    "review_access": "접속기록 점검 서명",
    "view_trail": "처리 이력 검증 화면 조회",
    "verify_trail": "처리 이력 검증",
    "view_promotions": "모형 적용 승인 화면 조회",
    "approve_promotion": "모형 적용 승인",
    "reject_promotion": "모형 적용 반려",
}
# What a line says besides: each name that `Line.detail` is ever written with.
DETAILS: Mapping[str, str] = {
    "reason": "까닭",
    "sentence": "점검한 내용",
    "round": "회차",
    "dong_code": "행정동",
    "area": "지역",
    "role": "역할",
    "format": "형식",
    "document_no": "문서번호",
    "rows": "행",
    "row": "기록 번호",
    "version": "판",
    "bundle": "모형",
    "entries": "가구",
    "dongs": "동",
    "searched": "찾은 조건",
    "status": "응답",
    "who": "처리한 사람",
    "done_at": "처리한 때",
    "route": "화면",
    "findings": "이상",
    "is_same": "같음",
    "is_done": "재현함",
    "differences": "다른 자리",
    "values_differing": "다른 입력값",
    "digest": "해시값",
    "sealed": "봉인한 기록",
    "checkpoints": "확인점",
    "year": "연도",
    "as_of": "기준일",
    "contact": "연락 기록 번호",
    "before": "전",
    "after": "후",
    "moved": "이사한 가구",
    "changed_people": "인적 사항이 바뀐 가구",
    "renamed_dongs": "코드가 바뀐 행정동",
    "waiver": "기준 예외",
    "proposed_by": "제안한 사람",
    "way": "방법",
    "ended": "끝낸 접속",
    "failures": "이어서 실패한 수",
    "minutes": "잠근 시간(분)",
    "typed": "입력한 아이디(해시값)",
    "must_change": "다음 로그인 때 변경",
    "by_password": "비밀번호로 로그인",
    "by_sign_on": "통합 로그인",
    "valid_from": "시작",
    "valid_to": "끝",
    "expires_at": "만료",
}
# Words of a closed list among what a line says, by its name.
VALUES: Mapping[str, Mapping[str, str]] = {
    "way": {"password": "비밀번호", "sign_on": "통합 로그인", "new_password": "비밀번호 변경"},
    "role": {role.value: name for role, name in ROLES.items()},
    "area": {"*": "전체"},
    "waiver": WAIVERS,
    "format": {"xlsx": "엑셀", "hwpx": "한글", "pdf": "PDF", "csv": "CSV"},
}
# Names under which a line says a dong, or a wider place, by its code.
DONGS, DONG = ("dong_code", "area"), "{name}({code})"
TIMES = ("valid_from", "valid_to", "expires_at", "done_at")
# Where a line comes from that is no address, and who writes one that is no person.
ORIGINS: Mapping[str, str] = {"this machine": "서버 명령줄", "round": "회차 실행", "record": "모형 적용 승인 기록"}
ACTORS: Mapping[str, str] = {"sagak": "프로그램", "demo": "맛보기"}
NONE = "없음"
YES, NO = "예", "아니요"
