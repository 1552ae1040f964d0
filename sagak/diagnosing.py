"""Whether a site is set up as it should be: one line a check, and what to do where it is not. Nothing is changed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from rich.console import Console
from rich.text import Text

from domain.errors import CheckFailed, SagakError
from domain.people import ALL, NOBODY
from features.catalogue import STANDARD
from outreach.promotion import current_bundle
from sagak.settings import Settings, now
from sagak.site import Site
from store.database import Database, open_database, sqlite_file
from store.diagnosis import is_head_sound, signed_in_as
from store.lists import newest_round
from store.schema import check_schema

out = Console(highlight=False)
_LEAST_FREE_BYTES = 2_000_000_000  # a round of a city and a backup beside it
_LEAST_FREE_RATE = 0.1
_OLDEST_ROUND = timedelta(days=8)  # a week, and a Monday's work


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What one check found; ``advice`` says what to do."""

    level: Level
    said: str
    advice: str = ""


@dataclass(frozen=True)
class Place:
    """What the checks look at; without a database that opens, those of the database say so once."""

    settings: Settings
    site: Site
    at: datetime
    database: Database | None = field(default=None, repr=False)


Check = Callable[[Place], Finding]


def run_doctor() -> None:
    """Prints every check; raises `CheckFailed` where one failed, and `UsageError` for settings that make no sense."""
    settings, site = Settings.from_environment(), Site.from_environment()
    out.print("ok    settings: every one is known and makes sense")
    failed = 0
    for name, finding in diagnose(settings, site, at=now()):
        failed += finding.level is Level.FAIL
        out.print(Text(f"{finding.level:<5} {name}: {finding.said}"), soft_wrap=True)
        if finding.advice:
            out.print(Text(f"      -> {finding.advice}"), soft_wrap=True)
    if failed:
        raise CheckFailed(f"{failed} of these checks failed.", hint="Each says above what to do.")


def diagnose(settings: Settings, site: Site, *, at: datetime) -> Iterator[tuple[str, Finding]]:
    """Every check's name with what it found, in the order in which a site is set up."""
    with _opened(settings) as database:
        place = Place(settings, site, at, database)
        for name, check in CHECKS.items():
            try:
                yield name, check(place)
            except SagakError as error:
                yield name, Finding(Level.FAIL, str(error), error.hint)


@contextmanager
def _opened(settings: Settings) -> Iterator[Database | None]:
    """The database where it and its keys are there; looking must not make them."""
    is_made = all(path.exists() for path in (settings.store_key_file, settings.trail_key_file))
    file = sqlite_file(settings.database)
    if not is_made or (file and not file.exists()):
        yield None
        return
    try:
        database = open_database(settings.database, key=settings.store_key(), trail_key=settings.trail_key())
    except SagakError:  # a key that cannot be used: its own check says why
        yield None
        return
    try:
        yield database
    finally:
        database.close()


def _policy(place: Place) -> Finding:
    place.settings.policy()
    return Finding(Level.OK, f"{place.settings.policy_file} can be read")


def _keys(place: Place) -> Finding:
    settings = place.settings
    uses = {
        settings.key_file: settings.pseudonym_key,
        settings.store_key_file: settings.store_key,
        settings.trail_key_file: settings.trail_key,
    }
    missing = [path.name for path in uses if not path.exists()]
    for path, load in uses.items():
        if path.exists():
            load()
    file = sqlite_file(settings.database)
    if missing and file and file.exists():
        return Finding(
            Level.FAIL, f"there is a database, but not {', '.join(missing)}", "Bring the keys back from their backup."
        )
    if missing:
        return Finding(Level.WARN, f"{', '.join(missing)}: not there yet", "Each is made when it is first needed.")
    return Finding(Level.OK, "all three are there, and their owner alone may read them")


def _database(place: Place) -> Finding:
    if place.database is None:
        return _no_database(place)
    check_schema(place.database)
    return Finding(Level.OK, "it answers and has the schema of this Sagak")


def _no_database(place: Place) -> Finding:
    file = sqlite_file(place.settings.database)
    if file is None or file.exists():
        return Finding(Level.FAIL, "it cannot be opened without its keys", "See the check of the keys.")
    return Finding(Level.WARN, "there is none yet", "sagak serve and sagak round make it.")


def _trail(place: Place) -> Finding:
    if place.database is None:
        return _no_database(place)
    with place.database.reading(ALL) as connection:
        if not is_head_sound(connection):
            return Finding(
                Level.FAIL, "its newest lines are not as they were written", "Find where: sagak audit verify"
            )
    return Finding(Level.OK, "its newest lines are whole; all of it: sagak audit verify")


def _rows(place: Place) -> Finding:
    if sqlite_file(place.settings.database):
        return Finding(Level.OK, "SQLite has no locks on rows; every query narrows by itself")
    if place.database is None:
        return _no_database(place)
    with place.database.reading(NOBODY) as connection:
        role = signed_in_as(connection)
    owner = "Sign in as sagak_app, which owns nothing: docs/operating.md."
    if role.is_superuser or role.passes_by:
        return Finding(Level.FAIL, f"the role {role.name} passes row-level security by", owner)
    if role.owned:
        return Finding(Level.FAIL, f"the role {role.name} owns tables and could take the locks off", owner)
    if role.open_to_all:
        return Finding(
            Level.FAIL, f"rows are not locked in {', '.join(role.open_to_all)}", "As their owner: sagak migrate --owner"
        )
    return Finding(Level.OK, f"row-level security is forced, and {role.name} can neither pass nor change it")


def _https(place: Place) -> Finding:
    site = place.site
    if site.is_reached_from_elsewhere and not site.is_secure:
        return Finding(
            Level.FAIL,
            f"{site.host} can be reached from other machines, and passwords would go there in the open",
            "Listen on 127.0.0.1 behind a proxy with https, and set SAGAK_HTTPS=yes.",
        )
    if site.is_secure and not site.proxy:
        return Finding(
            Level.WARN, "SAGAK_PROXY is not set: the trail will hold the proxy's address for everybody's", "Set it."
        )
    return Finding(Level.OK, "by https alone" if site.is_secure else "this machine alone reaches the service")


def _processes(place: Place) -> Finding:
    if sqlite_file(place.settings.database) and place.site.workers > 1:
        return Finding(Level.FAIL, "a SQLite database is served by one process", "Set SAGAK_WORKERS=1.")
    return Finding(Level.OK, f"{place.site.workers}")


def _checkpoints(place: Place) -> Finding:
    path, home = place.settings.checkpoints.resolve(), place.settings.home
    if path.is_relative_to(home):
        return Finding(
            Level.WARN,
            "they lie in the home: who can cut the trail can cut them as well",
            "Set SAGAK_CHECKPOINTS to a place that the database's administrator cannot write (and ReadWritePaths= "
            "of the units to its folder), or copy them there.",
        )
    return Finding(Level.OK, f"outside the home, {path}")


def _disk(place: Place) -> Finding:
    usage = shutil.disk_usage(
        next(path for path in (place.settings.home, *place.settings.home.parents) if path.exists())
    )
    said = f"{usage.free / 1e9:.1f} GB free of {usage.total / 1e9:.1f}"
    if usage.free < _LEAST_FREE_BYTES:
        return Finding(Level.FAIL, said, "Make room before the next round: what cannot be recorded is not shown.")
    is_little = usage.free < _LEAST_FREE_RATE * usage.total
    return Finding(Level.WARN, said, "Make room soon.") if is_little else Finding(Level.OK, said)


def _round(place: Place) -> Finding:
    if place.database is None:
        return _no_database(place)
    with place.database.reading(ALL) as connection:
        newest = newest_round(connection)
    age = place.at.date() - newest.as_of
    if age > _OLDEST_ROUND:
        return Finding(
            Level.WARN, f"the newest, {newest.round}, is {age.days} days old", "Make this week's: sagak round"
        )
    return Finding(Level.OK, f"{newest.round} is the newest")


def _model(place: Place) -> Finding:
    bundle = current_bundle(place.settings.models, STANDARD)
    return Finding(Level.OK, f"{bundle.name} is in use, and its files are what was approved")


CHECKS: dict[str, Check] = {
    "policy": _policy,
    "keys": _keys,
    "database": _database,
    "trail": _trail,
    "rows": _rows,
    "https": _https,
    "processes": _processes,
    "checkpoints": _checkpoints,
    "disk": _disk,
    "round": _round,
    "model": _model,
}
