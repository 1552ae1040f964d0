"""Every catalogue there is, by the name that its bundles begin with."""

from collections.abc import Mapping

from domain.errors import NotFound
from features.catalogue import STANDARD, Catalogue
from features.survey import SURVEY
from sources.core import Core
from sources.koweps_core import ADAPTER as KOWEPS

CATALOGUES: Mapping[str, Catalogue] = {catalogue.name: catalogue for catalogue in (STANDARD, SURVEY)}


def catalogue_of(core: Core) -> Catalogue:
    """The features that a core's tables can answer."""
    return SURVEY if core.adapter == KOWEPS else STANDARD


def catalogue_of_bundle(name: str) -> Catalogue:
    """The features that a bundle such as standard-3 was made for; raises `NotFound`."""
    found = CATALOGUES.get(name.rsplit("-", 1)[0])
    if found is None:
        raise NotFound(
            f"There is no bundle {name}.", hint=f"Names begin with {' or '.join(CATALOGUES)}, such as standard-3."
        )
    return found
