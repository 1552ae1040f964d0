"""The auditor's commands: verify the trail, replay a round, sign the monthly review of access records."""

from collections.abc import Mapping
from datetime import date
from time import perf_counter

from audit.access_review import REVIEWED, Month, review_months
from audit.replay import Difference, Replay, replay
from audit.sources_of_round import Folders, Sources
from domain.errors import CheckFailed, UsageError
from domain.people import ALL
from outreach.signing import checked_words
from sagak.console import say, typed_by
from sagak.progress import stages
from sagak.settings import Settings
from sagak.stores import store_of
from store.chain import Signer
from store.checkpoints import read_checkpoints
from store.database import Database
from store.lists import dongs_of_round, newest_round, round_called
from store.trail import Line, append
from store.verifying import Finding, verify

_MOST_PRINTED = 50


def run_verify() -> None:
    """Verifies every line, seal and checkpoint of the trail; raises `CheckFailed`, which exits with 6, on a finding."""
    settings = Settings.from_environment()
    marks = read_checkpoints(settings.checkpoints, Signer(settings.trail_key()))
    with store_of(settings) as database:
        began = perf_counter()
        found = verify(database, marks)
        seconds = perf_counter() - began
        detail = {"sealed": found.sealed, "checkpoints": found.checkpoints, "findings": found.number}
        _record(database, Line.of(typed_by(), "verify_trail", **detail))
    waiting = f", {found.waiting:,} written and not sealed yet" if found.waiting else ""
    say(f"{found.sealed:,} sealed lines{waiting} in {seconds:.1f} s, {found.checkpoints:,} checkpoints.")
    for one in found.named[:_MOST_PRINTED]:
        say(f"  {_place(one)}: {one.kind.value}")
    if not found.checkpoints:
        say("There was no checkpoint to compare with: an end that was cut off cannot be seen.")
    if not found.is_whole:
        raise CheckFailed(
            f"The trail is not whole: {found.number:,} findings.",
            hint="Keep database and checkpoints as they are, and tell whoever answers for data protection.",
        )
    say("The trail is whole.")


def run_replay(label: str | None, *, dong_code: str | None = None, is_thorough: bool = True) -> None:
    """Makes a past round's lists again; raises `CheckFailed`, which exits with 6, where anything differs."""
    settings = Settings.from_environment()
    with store_of(settings) as database, database.reading(ALL) as connection:
        published = round_called(connection, label) if label else newest_round(connection)
        dongs = dongs_of_round(connection, published.round)
        codes = [one.dong.code for one in dongs if dong_code in (None, one.dong.code)]
        if not codes:
            raise UsageError(f"{published.round} has no dong {dong_code}.", hint="Name it by its ten digits.")
        sources = Sources.find(folders_of(settings), published, dongs, policy=settings.policy())
        with stages() as progress:
            found = replay(
                connection, ALL, sources, codes, is_thorough=is_thorough,
                progress=lambda done: progress("replay", done, len(codes)),
            )  # fmt: skip
        detail = {"dongs": len(found.dongs), "entries": found.entries, "is_done": found.is_done,
                  "is_same": found.is_same, "differences": len(found.differences)}  # fmt: skip
        _record(database, Line.of(typed_by(), "replay", published.round, version=published.version, **detail))
    _print_replay(found)
    if not found.is_same:
        raise CheckFailed(
            f"The lists of {published.round} do not come out again as they stand."
            if found.is_done
            else f"{published.round} cannot be replayed: what it was made from is not all there.",
            hint="The lines above say what is not as it was. The same is shown on the auditor's page of replays.",
        )
    say(f"Byte-equal: {found.digest}")


def run_review(month: str, *, why: str) -> None:
    """Signs that the access records of a month (2026-10) were looked through."""
    settings, by = Settings.from_environment(), typed_by()
    first = _month(month)
    _, sentence = checked_words(by.login, why)
    with store_of(settings) as database, database.writing(ALL) as connection:
        months = {one.first: one for one in review_months(connection, now=by.at) if one.is_over}
        found = months.get(first)
        if found is None:
            raise UsageError(f"{first:%Y-%m} is no month that is over and has access records.", hint=_open_of(months))
        if found.signed_on:
            raise UsageError(
                f"{first:%Y-%m} was signed on {found.signed_on} by {found.signed_by}.", hint=_open_of(months)
            )
        append(connection, Line.of(by, REVIEWED, f"{first:%Y-%m}", sentence=sentence))
    say(f"Signed: the access records of {first:%Y-%m} were looked through.")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise UsageError(f"{text!r} is not a month.", hint="Write it as 2026-10.") from error


def _open_of(months: Mapping[date, Month]) -> str:
    waiting = sorted(f"{first:%Y-%m}" for first, month in months.items() if month.signed_on is None)
    return f"Still to be signed: {', '.join(waiting)}." if waiting else "Nothing is to be signed now."


def folders_of(settings: Settings) -> Folders:
    """Where the artefacts of rounds lie."""
    return Folders(
        models=settings.models,
        core=settings.core,
        recorded=settings.recorded,
        matrices=settings.matrices,
        scores=settings.scores,
        lists=settings.lists,
    )


def _print_replay(found: Replay) -> None:
    published = found.sources.published
    say(f"{published.round}, version {published.version}, made with {published.origin['bundle']}")
    for one in found.sources.found:
        say(f"  {one.what.value:>8}  {one.state.value.replace('_', ' ')}")
    say(f"{len(found.dongs):,} dongs, {found.entries:,} entries made again.")
    if found.scores_differing:
        say(f"{found.scores_differing:,} of {found.scores_compared:,} scores on file differ.")
    for feature, households in sorted((found.values_differing or {}).items()):
        say(f"  matrix: {feature} is another one for {households:,} households")
    for difference in found.differences[:_MOST_PRINTED]:
        say(f"  {_told(difference)}")
    if len(found.differences) > _MOST_PRINTED:
        say(f"  and {len(found.differences) - _MOST_PRINTED:,} more")


def _told(one: Difference) -> str:
    what = f"{one.kind.value.replace('_', ' ')}: {', '.join(one.fields)}" if one.fields else one.kind.value
    return f"{one.dong_code} rank {one.rank} ({one.where.value}) {what}"


def _place(one: Finding) -> str:
    if one.position is not None:
        return f"seal {one.position:,}"
    return f"line {one.line_id:,}" if one.line_id is not None else "checkpoints"


def _record(database: Database, line: Line) -> None:
    with database.writing(ALL) as connection:
        append(connection, line)
