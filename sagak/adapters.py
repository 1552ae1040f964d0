"""What depends on how a core was taken in: the reader, the catalogue, the areas that get a list."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from domain.dong import Dong, told_apart
from domain.errors import NotFound, UsageError
from sagak.progress import Stages
from sagak.settings import Settings
from sources.core import Core
from sources.dongs import current_dongs
from sources.ingest import ingest
from sources.koweps_core import ADAPTER as KOWEPS
from sources.koweps_core import ingest_survey, region_areas
from sources.manifest import load_manifest
from sources.synthetic import ADAPTER as SYNTHETIC

ADAPTERS = ("standard", KOWEPS)


def take_in(settings: Settings, source: Path, adapter: str, progress: Stages) -> Core:
    """Takes a delivery or a survey file in; raises `UsageError` for an unknown adapter."""
    if adapter not in ADAPTERS:
        raise UsageError(f"There is no adapter {adapter!r}.", hint=f"Known: {', '.join(ADAPTERS)}.")
    refuse_mixture(settings, KOWEPS if adapter == KOWEPS else load_manifest(source).adapter)
    key = settings.pseudonym_key()
    if adapter == KOWEPS:
        return ingest_survey(source, core_root=settings.core, key=key)
    return ingest(source, core_root=settings.core, vault_root=settings.vault, key=key, progress=progress.tell)


def refuse_mixture(settings: Settings, adapter: str) -> None:
    """Raises `UsageError` where a home holds another kind of people: real, made up, or a survey's."""
    kinds = {_kind(Core.open(path.parent).adapter) for path in settings.core.glob("[0-9]*/core.json")}
    others = kinds - {_kind(adapter)}
    if others:
        raise UsageError(
            f"This home holds {others.pop()}; {_kind(adapter)} are not put beside them.",
            hint="Use a home of its own, such as SAGAK_HOME=/tmp/sagak-demo.",
        )


def _kind(adapter: str) -> str:
    return {SYNTHETIC: "made-up people", KOWEPS: "people of a survey"}.get(adapter, "real people")


def dongs_of_core(core: Core, as_of: date) -> Mapping[str, Dong]:
    """Every dong of the core's districts, in the order of their codes, also those where nobody lives."""
    if core.adapter == KOWEPS:
        return region_areas()
    served = set(core.districts)
    # A core's codes are those of its own date; a round before that date uses them too.
    known = current_dongs(max(as_of, core.as_of))
    return {code: dong for code, dong in sorted(known.items()) if dong.sigungu_code in served}


def find_dong(dongs: Mapping[str, Dong], text: str) -> Dong:
    """The dong with that code or name; raises `NotFound` with names that come near, or the codes of namesakes."""
    names = told_apart({code: dong.name for code, dong in dongs.items()})
    found = [dong for code, dong in dongs.items() if text in (code, dong.name, dong.full_name, names[code])]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{dong.code} {dong.full_name}" for dong in found)
        raise NotFound(f"Several dongs are called {text}.", hint=f"Give the code: {several}.")
    near = get_close_matches(text, [dong.name for dong in dongs.values()], n=3, cutoff=0.4)
    known = [name for code, name in names.items() if dongs[code].name in near] or list(names.values())[:5]
    raise NotFound(f"No dong of this round is called {text}.", hint=f"Did you mean {', '.join(known)}?")
