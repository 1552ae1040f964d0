"""Past lists made again, and compared with what the store and the files hold."""

from collections.abc import Sequence
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from audit.replay import Replay, replay
from audit.sources_of_round import Sources
from domain.dong import DISTRICT_DIGITS
from domain.published import CurrentRound, PublishedDong, dong_names
from serving import wording_audit_ko as ko
from serving.access import Visit
from serving.pages.audit_frame import Auditor, audit_page, chosen_round, folders_of
from serving.rendering import Choice, Flash, url
from serving.showing.replay_view import replay_view, source_rows
from store.lists import dongs_of_round
from store.past_lists import past_entries

router = APIRouter(include_in_schema=False)
_Text = Annotated[str, Form(max_length=20)]
_one_at_a_time = Lock()


@router.get("/audit/replay")
def choose_replay(visit: Auditor, round: str = "", area: str = "") -> Response:  # noqa: A002  (the word in the address)
    """What the round was made from, and whether it is still there; the lists of a dong with links to its entries."""
    published, rounds = chosen_round(visit, round)
    if published is None:
        return audit_page(visit, "nothing.html.j2", ko.REPLAY)
    visit.look("view_replay", round=published.round)
    return _page(visit, published, rounds, area, None)


@router.post("/audit/replay")
def run_replay(visit: Auditor, round: str = "", area: _Text = "", thorough: _Text = "") -> Response:  # noqa: A002
    """Makes the lists of one dong or one district again, one request at a time; the whole round is for the command.

    Features are computed anew for one dong alone: whoever else has a visit open waits for this one's processor. Another
    worker may replay beside this one: nothing is written, each only takes a processor of its own.
    """
    published, rounds = chosen_round(visit, round)
    if published is None:
        return audit_page(visit, "nothing.html.j2", ko.REPLAY)
    dongs = dongs_of_round(visit.connection, published.round, visit.scope)
    codes, is_thorough = _asked(dongs, area), thorough == "1"
    if is_thorough and len(codes) > 1:
        return _page(visit, published, rounds, area, None, flash=Flash(ko.THOROUGH_OF_ONE, "warning"), status=422)
    if not _one_at_a_time.acquire(blocking=False):
        return _page(visit, published, rounds, area, None, flash=Flash(ko.REPLAY_BUSY, "warning"), status=409)
    try:
        found = _replayed(visit, published, dongs, codes, is_thorough=is_thorough)
    finally:
        _one_at_a_time.release()
    visit.look("replay", published.round, **told(found, area))
    return _page(visit, published, rounds, area, found)


def _replayed(
    visit: Visit,
    published: CurrentRound,
    dongs: Sequence[PublishedDong],
    codes: Sequence[str],
    *,
    is_thorough: bool,
) -> Replay:
    sources = Sources.find(folders_of(visit), published, dongs, policy=visit.service.policy)
    return replay(visit.connection, visit.scope, sources, codes, is_thorough=is_thorough)


def told(found: Replay, area: str) -> dict[str, Any]:
    """What the trail keeps of a replay: its extent, what came of it, and the digest of all that was computed."""
    return {
        "version": found.sources.published.version,
        "area": area,
        "dongs": len(found.dongs),
        "entries": found.entries,
        "is_done": found.is_done,
        "is_same": found.is_same,
        "differences": len(found.differences),
        "values_differing": None if found.values_differing is None else len(found.values_differing),
        "digest": found.digest if found.is_done else "",
    }


def _page(
    visit: Visit,
    published: CurrentRound,
    rounds: Sequence[CurrentRound],
    area: str,
    found: Replay | None,
    *,
    flash: Flash | None = None,
    status: int = 200,
) -> Response:
    dongs = dongs_of_round(visit.connection, published.round, visit.scope)
    by_code = {one.dong.code: one for one in dongs}
    codes = _asked(dongs, area) if dongs else []
    area = area if area in codes or (area and codes[:1] and codes[0].startswith(area)) else (codes[:1] or [""])[0]
    sources = found.sources if found else Sources.find(
        folders_of(visit), published, dongs, policy=visit.service.policy
    )  # fmt: skip
    return audit_page(
        visit,
        "replay.html.j2",
        ko.REPLAY,
        flash=flash,
        status=status,
        round=published,
        rounds=tuple(Choice(one.round, one.round) for one in rounds),
        areas=_areas(dongs),
        area=area,
        post_href=url("/audit/replay", {"round": published.round}),
        sources=source_rows(sources),
        can_be_replayed=sources.can_be_replayed,
        command=ko.WHOLE_TOWN.format(round=published.round),
        found=replay_view(found, by_code, published.round) if found else None,
        entries=_entries(visit, published, area) if len(area) > DISTRICT_DIGITS else (),
        dong=dong_names(dongs).get(area, ""),
    )


def _entries(visit: Visit, published: CurrentRound, dong_code: str) -> tuple[dict[str, Any], ...]:
    listed = past_entries(visit.connection, visit.scope, published, [dong_code])[dong_code]
    visit.look("view_list", *(one.ref for one in listed), round=published.round, dong_code=dong_code)
    return tuple(
        {"rank": one.entry.rank, "slot": one.entry.slot, "band": one.entry.band, "propensity": one.entry.propensity,
         "ref": one.ref, "href": f"/audit/entries/{published.round}/{one.ref}"}
        for one in listed
    )  # fmt: skip


def _asked(dongs: Sequence[PublishedDong], area: str) -> list[str]:
    """The dongs of the area; of the first dong where there is no such area."""
    found = [one.dong.code for one in dongs if len(area) >= DISTRICT_DIGITS and one.dong.code.startswith(area)]
    return found or [one.dong.code for one in dongs[:1]]


def _areas(dongs: Sequence[PublishedDong]) -> tuple[Choice, ...]:
    districts = {one.dong.sigungu_code: one.dong.sigungu or one.dong.sido for one in dongs}
    whole = [Choice(code, ko.WHOLE_DISTRICT.format(district=name)) for code, name in districts.items()]
    names = dong_names(dongs)
    return tuple(whole + [Choice(one.dong.code, f"{one.dong.sigungu} {names[one.dong.code]}") for one in dongs])
