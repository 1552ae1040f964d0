"""How every route is asked: for whom it is, and one example. Without a row, and with a stale one, the matrix fails."""

from dataclasses import replace

from domain.people import Role
from serving.api.scores import EXAMPLE_RECORDS
from tests.support.matrix import ASKING, WITH_HUB, Row
from tests.web.routes_table import ANYONE, SIGNED_IN

D, H = frozenset((Role.DONG,)), frozenset((Role.HUB,))
A, U = frozenset((Role.ANALYST,)), frozenset((Role.AUDITOR,))
_PLACE = "dong={dong_code}&round={round}"
_WHY = "이웃이 걱정해서 확인합니다"
_CONTACT = {"seen": "{seen}", "method": "phone", "attempt": "no_answer", "note": "받지 않음"}
_FILE = {"format": "xlsx", "why": "visit", "reason": _WHY}
_SCORE = {"as_of": "2026-11-16", "values": {}}


def _act(who: frozenset[Role], place: int = 0, ok: int = 303, absent: int = 404, **form: str) -> Row:
    return Row(who=who, place=place, form={"seen": "{seen}", **form}, ok=ok, absent=absent)


ROWS: dict[tuple[str, str], Row] = {
    # --- for everybody ------------------------------------------------------------------------------------------------
    ("GET", "/login"): Row(who=ANYONE, query="next=/households/{ref}", is_about_one=False),
    ("POST", "/login"): Row(who=ANYONE, form={"login": "nobody", "password": "x"}, ok=401, is_about_one=False),
    ("GET", "/contrast"): Row(who=ANYONE, query="mode=high&next=/list", ok=303, is_about_one=False),
    ("GET", "/oidc"): Row(who=ANYONE, ok=404, is_about_one=False),
    ("GET", "/oidc/callback"): Row(who=ANYONE, ok=404, is_about_one=False),
    ("GET", "/healthz"): Row(who=ANYONE, is_about_one=False),
    ("GET", "/readyz"): Row(who=ANYONE, is_about_one=False),
    ("GET", "/api/v1/openapi.json"): Row(who=ANYONE, is_about_one=False),
    # --- for everybody who is signed in -------------------------------------------------------------------------------
    ("POST", "/logout"): Row(who=SIGNED_IN, form={}, ok=303, is_about_one=False),
    ("GET", "/session"): Row(who=SIGNED_IN, is_about_one=False),
    ("POST", "/session/extend"): Row(who=SIGNED_IN, form={}, ok=303, is_about_one=False),
    ("GET", "/password"): Row(who=SIGNED_IN, is_about_one=False),
    ("POST", "/password"): Row(who=SIGNED_IN, form={"old": "x", "new": "x"}, ok=422, is_about_one=False),
    ("GET", "/"): Row(who=D | H | A | U, ok=303, is_about_one=False),
    # --- pages of dongs -----------------------------------------------------------------------------------------------
    ("GET", "/list"): Row(who=D | H, query=_PLACE, absent=200),
    ("GET", "/list/print"): Row(who=D | H, query=_PLACE, absent=200),
    ("GET", "/list/files"): Row(who=D | H, query=_PLACE, absent=200),
    ("POST", "/list/files"): Row(who=D | H, query=_PLACE, form=_FILE, absent=200),
    ("GET", "/tasks"): Row(who=D, query="ref={ref}", is_about_one=False),
    ("GET", "/rounds"): Row(who=D | H, query=_PLACE, absent=200),
    ("GET", "/area"): Row(who=D | H, query=_PLACE, absent=200),
    ("POST", "/assignments"): Row(who=D, query=_PLACE, form={"chosen": "{ref}:{seen}", "worker": "{worker}"}, ok=303),
    ("GET", "/households/{ref}"): Row(who=D | H, query="round={round}"),
    ("POST", "/households/{ref}/contacts"): Row(who=D | H, query="round={round}", form=_CONTACT, ok=303),
    ("GET", "/households/{ref}/contacts/{number}"): Row(who=D | H, place=1),
    ("POST", "/households/{ref}/contacts/{number}"): Row(who=D | H, place=1, form=_CONTACT | {"reason": _WHY}, ok=303),
    ("POST", "/households/{ref}/files"): Row(who=D | H, query="round={round}", form=_FILE | {"format": "hwpx"}),
    ("POST", "/households/{ref}/handover"): _act(D, reason=_WHY),
    ("POST", "/households/{ref}/notes"): _act(D | H, note="문 앞에 우편물이 쌓여 있음"),
    ("POST", "/households/{ref}/reopen"): _act(D | H, 3, reason=_WHY),
    ("POST", "/households/{ref}/requests"): _act(D | H, kind="explanation", note="설명을 듣고 싶다고 함"),
    ("POST", "/households/{ref}/answers"): _act(D | H, ASKING, asked="{request}", note="고쳐 드렸다고 말씀드림"),
    ("POST", "/households/{ref}/return"): _act(H, WITH_HUB, reason=_WHY),
    ("POST", "/households/{ref}/reveal"): Row(
        who=D | H, form={"why": "other", "reason": _WHY}, query="round={round}", opens=True
    ),
    ("POST", "/households/{ref}/take"): _act(H, reason=_WHY),
    ("POST", "/households/{ref}/worker"): _act(D, worker="{worker}"),
    # --- pages of hubs ------------------------------------------------------------------------------------------------
    ("GET", "/hub"): Row(who=H, query="district={district}&round={round}", absent=200),
    ("GET", "/hub/dongs/{dong_code}"): Row(who=H, ok=303),
    ("GET", "/hub/cases"): Row(who=H, query="ref={ref}", is_about_one=False),
    ("POST", "/hub/cases/{ref}/take"): _act(H),
    ("POST", "/hub/cases/{ref}/return"): _act(H, WITH_HUB, reason=_WHY),
    ("GET", "/hub/capacity"): Row(who=H, query="district={district}", absent=200),
    ("POST", "/hub/capacity"): Row(
        who=H,
        form={
            "district": "{district}",
            "dong": "{dong_code}",
            "was": "{capacity}",
            "places": "61",
            "reason": _WHY,
            "agreed": "1",
        },
        ok=303,
        absent=422,
    ),
    # --- pages of analysts: without a model there is none to show -----------------------------------------------------
    ("GET", "/analysis"): Row(who=A | U, is_about_one=False),
    ("GET", "/analysis/bundles/{name}"): Row(who=A | U, ok=404, is_about_one=False),
    ("POST", "/analysis/proposals"): Row(who=A, form={"name": "need-1", "reason": _WHY}, ok=422, is_about_one=False),
    ("GET", "/analysis/compare"): Row(who=A | U, query="a=need-1&b=need-2", is_about_one=False),
    ("GET", "/analysis/compare/file"): Row(who=A | U, query="a=need-1&b=need-2", ok=404, is_about_one=False),
    ("GET", "/analysis/deliveries"): Row(who=A | U, is_about_one=False),
    ("GET", "/analysis/drift"): Row(who=A | U, is_about_one=False),
    # --- pages of auditors --------------------------------------------------------------------------------------------
    ("GET", "/audit"): Row(who=U, is_about_one=False),
    ("GET", "/audit/replay"): Row(who=U, query="round={round}&area={dong_code}", absent=200),
    ("POST", "/audit/replay"): Row(who=U, query="round={round}", form={"area": "{dong_code}"}, absent=200),
    ("GET", "/audit/entries/{round}/{ref}"): Row(who=U),
    ("GET", "/audit/fairness"): Row(who=U, is_about_one=False),
    ("GET", "/audit/access"): Row(who=U, query="whose={ref}", absent=200),
    ("POST", "/audit/access/files"): Row(who=U, query="whose={ref}", form={"reason": _WHY}, absent=200),
    ("POST", "/audit/reviews"): Row(who=U, form={"month": "2026-09", "sentence": _WHY}, ok=422, is_about_one=False),
    ("GET", "/audit/trail"): Row(who=U, is_about_one=False),
    ("POST", "/audit/trail"): Row(who=U, form={}, is_about_one=False),
    ("GET", "/audit/promotions"): Row(who=U, is_about_one=False),
    ("POST", "/audit/promotions/{bundle}"): Row(
        who=U, form={"decision": "approve", "why": _WHY, "digest": "0"}, ok=409, is_about_one=False
    ),
    # --- machines -----------------------------------------------------------------------------------------------------
    ("GET", "/metrics"): Row(who=U, is_about_one=False),
    ("GET", "/api/v1/me"): Row(who=D | H | A | U, is_about_one=False),
    ("GET", "/api/v1/rounds"): Row(who=D | H | A | U, is_about_one=False),
    ("GET", "/api/v1/rounds/{round}/dongs"): Row(who=D | H | U, is_about_one=False),
    ("GET", "/api/v1/rounds/{round}/dongs/{dong_code}/list"): Row(who=D | H | U),
    ("GET", "/api/v1/rounds/{round}/entries/{ref}"): Row(who=D | H | U),
    ("GET", "/api/v1/households/{ref}"): Row(who=D | H | U),
    ("PUT", "/api/v1/households/{ref}/assignment"): Row(who=D | H, json={"version": "{seen}", "worker_id": None}),
    ("POST", "/api/v1/households/{ref}/contacts"): Row(
        who=D | H,
        json={"version": "{seen}", "method": "phone", "attempt": "no_answer", "made_at": "2026-11-18T09:40:00+09:00"},
        ok=201,
    ),
    ("POST", "/api/v1/households/{ref}/notes"): Row(
        who=D | H, json={"version": "{seen}", "note": "문 앞에 우편물이 쌓여 있음"}, ok=201
    ),
    ("GET", "/api/v1/models"): Row(who=A | U, is_about_one=False),
    ("GET", "/api/v1/models/{name}"): Row(who=A | U, ok=404, is_about_one=False),
    ("GET", "/api/v1/models/{name}/metrics"): Row(who=A | U, ok=404, is_about_one=False),
    ("GET", "/api/v1/models/{name}/fairness"): Row(who=A | U, ok=404, is_about_one=False),
    ("GET", "/api/v1/drift"): Row(who=A | U, is_about_one=False),
    ("POST", "/api/v1/scores"): Row(who=A | U, json=_SCORE, ok=503, is_about_one=False),
    ("POST", "/api/v1/scores/records"): Row(who=A | U, json=EXAMPLE_RECORDS, ok=503, is_about_one=False),
}

# What a site with a model in use answers otherwise: see `tests.support.matrix_home`.
_TWO = "a=standard-1&b=standard-2"
_WITH_MODEL: dict[tuple[str, str], dict[str, object]] = {
    ("GET", "/analysis/bundles/{name}"): {"ok": 200},
    ("POST", "/analysis/proposals"): {"form": {"name": "standard-1", "reason": _WHY}},  # in use already
    ("GET", "/analysis/compare"): {"query": _TWO},
    ("GET", "/analysis/compare/file"): {"query": _TWO, "ok": 200},
    ("GET", "/api/v1/models/{name}"): {"ok": 200},
    ("GET", "/api/v1/models/{name}/metrics"): {"ok": 200},
    ("GET", "/api/v1/models/{name}/fairness"): {"ok": 200},
    ("POST", "/api/v1/scores"): {"ok": 200},
    ("POST", "/api/v1/scores/records"): {"ok": 200},
}
ROWS_WITH_MODEL = ROWS | {route: replace(ROWS[route], **changed) for route, changed in _WITH_MODEL.items()}  # type: ignore[arg-type]

# Files with names as they are, in every format that is offered; asked for apart, since one route has one row.
_LIST, _VISIT = ("POST", "/list/files"), ("POST", "/households/{ref}/files")
_OPEN = {"open": "1", "why": "visit", "reason": _WHY}
OPEN_FILES: dict[str, tuple[tuple[str, str], Row]] = {
    **{
        f"list {kind}": (_LIST, replace(ROWS[_LIST], form=_OPEN | {"format": kind}, opens_list=True))
        for kind in ("xlsx", "csv", "hwpx", "pdf")
    },
    **{
        f"visit {kind}": (_VISIT, replace(ROWS[_VISIT], form=_OPEN | {"format": kind}, opens=True))
        for kind in ("hwpx", "pdf")
    },
}
