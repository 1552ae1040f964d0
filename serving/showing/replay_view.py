"""A replay as a page shows it: what it was made from, what came of it, and every place that differs."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.replay import Difference, DongReplay, Replay, Where
from audit.sources_of_round import Source, Sources, State, What
from domain.korean import korean_number
from domain.published import PublishedDong, dong_names
from serving import wording_audit_ko as ko
from serving.rendering import Flash, url

_SHORT = 12  # signs of a digest: enough to compare by eye


@dataclass(frozen=True)
class SourceRow:
    name: str
    state: str
    tone: str
    noted: str
    found: str
    advice: str


@dataclass(frozen=True)
class DongRow:
    name: str
    href: str
    entries: int
    digests: tuple[str, ...]
    places: int
    state: str
    tone: str


@dataclass(frozen=True)
class DifferenceRow:
    dong: str
    where: str
    rank: int
    kind: str
    fields: str
    href: str


@dataclass(frozen=True)
class ReplayView:
    """What the page places."""

    verdict: Flash
    scores: str
    values: tuple[str, ...]
    digest: str
    dongs: tuple[DongRow, ...]
    differences: tuple[DifferenceRow, ...]
    more: int


def source_rows(sources: Sources) -> tuple[SourceRow, ...]:
    """What the round was made from, and how it is found now."""
    return tuple(_source_row(one) for one in sources.found)


def _source_row(one: Source) -> SourceRow:
    state, tone = ko.STATES[one.state]
    return SourceRow(
        ko.SOURCES[one.what],
        state,
        tone,
        _short(one.noted),
        _short(one.found),
        ko.STATE_ADVICE.get((one.what, one.state), ""),
    )


def _short(digest: str) -> str:
    return " · ".join(part[:_SHORT] for part in digest.split(" ") if part) or "-"


def replay_view(found: Replay, dongs: Mapping[str, PublishedDong], label: str) -> ReplayView:
    """What came of a replay, in words and tables."""
    shown, names = found.differences[: ko.MOST_DIFFERENCES], dong_names(dongs.values())
    return ReplayView(
        verdict=_verdict(found),
        scores=_scores(found),
        values=_values(found),
        digest=found.digest if found.is_done else "",
        dongs=tuple(_dong_row(one, names, label) for one in found.dongs),
        differences=tuple(_difference_row(one, names, label) for one in shown),
        more=len(found.differences) - len(shown),
    )


def _verdict(found: Replay) -> Flash:
    if not found.is_done:
        return Flash(ko.REPLAY_NOT_DONE, "danger")
    counts = {"dongs": len(found.dongs), "entries": korean_number(found.entries)}
    if found.is_same:
        with_files = found.sources.state(What.FILES) is State.SAME
        sentence = ko.REPLAY_SAME if with_files else ko.REPLAY_SAME_WITHOUT_FILES
        return Flash(sentence.format(**counts), "success")
    if not found.differences and all(dong.is_same for dong in found.dongs):
        return Flash(ko.REPLAY_MOVED, "danger")
    different = sum(not dong.is_same for dong in found.dongs)
    places = len({(one.dong_code, one.rank) for one in found.differences})
    return Flash(ko.REPLAY_DIFFERENT.format(**counts, different=different, places=places), "danger")


def _scores(found: Replay) -> str:
    if not found.scores_compared:
        return ko.SCORES_GONE
    counts = {"compared": korean_number(found.scores_compared), "differing": korean_number(found.scores_differing)}
    return (ko.SCORES_DIFFERENT if found.scores_differing else ko.SCORES_SAME).format(**counts)


def _values(found: Replay) -> tuple[str, ...]:
    """Features whose values in the matrix are not what the delivery gives; empty where that was not asked for."""
    if found.values_differing is None:
        return ()
    labels = {feature.name: feature.label_ko for feature in found.sources.catalogue.features}
    sentences = tuple(
        ko.VALUE_DIFFERENT.format(feature=labels.get(name, name), households=korean_number(count))
        for name, count in sorted(found.values_differing.items())
    )
    return sentences or (ko.VALUES_SAME,)


def _dong_row(one: DongReplay, names: Mapping[str, str], label: str) -> DongRow:
    digests = (one.noted, one.replayed, one.stored, one.in_files)
    return DongRow(
        name=names[one.dong_code],
        href=url("/audit/replay", {"round": label, "area": one.dong_code}),
        entries=one.entries,
        digests=tuple(ko.NOT_ON_FILE if digest is None else _short(digest) for digest in digests),
        places=len({difference.rank for difference in one.differences}),
        state=ko.SAME if one.is_same else ko.DIFFERENT,
        tone="success" if one.is_same else "danger",
    )


def _difference_row(one: Difference, names: Mapping[str, str], label: str) -> DifferenceRow:
    return DifferenceRow(
        dong=names[one.dong_code],
        where=ko.WHERE[Where(one.where)],
        rank=one.rank,
        kind=ko.KINDS[one.kind],
        fields=", ".join(ko.FIELDS[name] for name in one.fields),
        href=f"/audit/entries/{label}/{one.ref}" if one.ref else "",
    )
