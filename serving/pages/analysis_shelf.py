"""What pages and calls about models begin with: the bundles on disk, the record, and which one is in use."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.bundles import BundleOnDisk, Shelf, read_bundle, read_shelf
from domain.errors import BundleRefused, CheckFailed, NotFound
from outreach.promotion_record import Record, read_record
from serving import wording_analysis_ko as ko
from serving.access import Visit
from serving.refusals import NoSuchThing
from serving.rendering import NavItem
from serving.showing.models_view import states_of


@dataclass(frozen=True)
class Models:
    """All bundles, where each stands by name, and the record; None where the record is not what was written."""

    shelf: Shelf
    states: Mapping[str, str]
    record: Record | None

    def named(self, state: str) -> tuple[str, ...]:
        """Names of the bundles in a state."""
        return tuple(name for name, found in self.states.items() if found == state)


def models_of(visit: Visit) -> Models:
    """Everything in the folder of models."""
    root = visit.service.places.models
    shelf = read_shelf(root)
    try:
        record = read_record(root)
    except CheckFailed:
        record = None
    return Models(shelf, states_of(shelf, record), record)


def bundle_called(visit: Visit, name: str) -> BundleOnDisk:
    """One bundle; a name that none has and a damaged one are answered like any thing that is not there."""
    try:
        return read_bundle(visit.service.places.models, name)
    except (NotFound, BundleRefused) as error:
        raise NoSuchThing from error


def tabs(path: str) -> tuple[NavItem, ...]:
    """The tabs of the analysts' pages."""
    return tuple(NavItem(label, href, href == path) for href, label in ko.TABS.items())
