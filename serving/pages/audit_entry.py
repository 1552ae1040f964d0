"""One entry of a past list in full, for auditors: the household by its ref only, never by name."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from audit.entry import FullEntry, full_entry
from audit.sources_of_round import Sources
from domain.errors import CheckFailed, NotFound
from domain.published import CurrentRound, ListedEntry
from outreach.promotion import policy_digest
from serving import wording_audit_ko as ko
from serving.access import Visit
from serving.pages.audit_frame import Auditor, audit_page, folders_of
from serving.presenting import occasion
from serving.refusals import NoSuchThing
from serving.rendering import url
from serving.showing import entry_in_full as view
from serving.typed import is_ref
from store.lists import dongs_of_round, entry_of, round_called
from store.past_lists import past_entries

router = APIRouter(include_in_schema=False)


@router.get("/audit/entries/{round}/{ref}")
def show_entry(visit: Auditor, round: str, ref: str) -> Response:  # noqa: A002  (the word in the address)
    """Everything behind one place: how it came about, what the score is made of, from which artefacts."""
    if not (is_ref(ref) and round.isprintable()):
        raise NoSuchThing
    try:
        published = round_called(visit.connection, round)
    except NotFound as error:
        raise NoSuchThing from error
    listed = entry_of(visit.connection, visit.scope, published.round, ref)
    if listed is None:
        raise NoSuchThing
    visit.look("view_entry_in_full", ref, round=published.round)
    dongs = dongs_of_round(visit.connection, published.round)
    sources = Sources.find(folders_of(visit), published, dongs, policy=visit.service.policy)
    found = _explained(visit, sources, listed)
    dong = next(one.dong for one in dongs if one.dong.code == listed.dong_code)
    return audit_page(
        visit,
        "entry.html.j2",
        ko.ENTRY,
        entry=listed,
        place=f"{dong.sigungu} {dong.name}",
        numbers={name: view.rounded(getattr(listed, name)) for name in ("propensity", "raw_score", "probability")},
        occasion=occasion(listed),
        digests=_digests(published, sources, listed),
        replay_href=url("/audit/replay", {"round": published.round, "area": listed.dong_code}),
        found=found,
        **(_told(found, listed, sources) if found else {}),
    )


def _explained(visit: Visit, sources: Sources, listed: ListedEntry) -> FullEntry | None:
    """The entry computed anew; None where what it was made from cannot be read."""
    past = past_entries(visit.connection, visit.scope, sources.published, [listed.dong_code])[listed.dong_code]
    own = next((one.entry for one in past if one.ref == listed.ref and one.entry.household_id), None)
    if own is None:
        return None
    try:
        return full_entry(sources, own)
    except (NotFound, CheckFailed):
        return None


def _told(found: FullEntry, listed: ListedEntry, sources: Sources) -> dict[str, Any]:
    labels = {feature.name: feature.label_ko for feature in sources.catalogue.features}
    return {
        "checks": view.checks(found),
        "waterfall": view.waterfall(found),
        "features": view.feature_lines(found),
        "calibration": view.calibration(found),
        "sentences": view.place_sentences(listed, found.claims),
        "claims": view.claim_pairs(found.claims, labels),
        "of_dong": view.dong_pairs(found.claims),
        "themes_after": view.signed(found.raw_score),
    }


def _digests(published: CurrentRound, sources: Sources, listed: ListedEntry) -> tuple[tuple[str, str], ...]:
    """What names the artefacts, whole: to be compared with what is kept elsewhere."""
    origin = published.origin
    values = (
        origin["bundle"],
        origin["bundle_digest"],
        origin["delivery_digest"],
        origin.get("recorded_digest", "") or "-",
        policy_digest(sources.policy),
        published.version,
        sources.noted[listed.dong_code],
    )
    return tuple(zip(ko.DIGESTS_OF_ENTRY, values, strict=True))
