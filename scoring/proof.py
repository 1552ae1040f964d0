"""The proof of a bundle's directions, kept by its digest: it takes tenths of a second to seconds and never changes."""

from features.catalogue import Catalogue
from scoring.bundle import Bundle
from scoring.monotone import monotone_breaks

_REMEMBERED = 16
_proven: dict[tuple[str, str], tuple[str, ...]] = {}


def breaks_of(bundle: Bundle, catalogue: Catalogue) -> tuple[str, ...]:
    """What breaks the directions of the catalogue, as `monotone_breaks` says it; nothing is a proof."""
    key = (bundle.digest, catalogue.digest())
    found = _proven.get(key)
    if found is None:
        found = _proven[key] = tuple(monotone_breaks(bundle.booster, catalogue.learned))
        for oldest in list(_proven)[:-_REMEMBERED]:
            _proven.pop(oldest, None)
    return found


def broken_features(bundle: Bundle, catalogue: Catalogue) -> frozenset[str]:
    """Features against whose direction a tree of the bundle goes; "" stands for a model of which nothing is proven."""
    names = (line.split(":")[0] for line in breaks_of(bundle, catalogue))
    return frozenset(name if name in catalogue.by_name else "" for name in names)
