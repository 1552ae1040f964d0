"""Drift of the newest features against the model in use, computed once beside the requests and then remembered."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from audit.drift import Drift
from audit.drift_of_round import drift_of_features, newest_features
from features.catalogue import Catalogue
from features.catalogues import catalogue_of
from outreach.promotion import current_bundle, policy_digest
from serving.background import Background
from serving.service import Service
from sources.core import find_core

# Results are known by digests of all they are made from, so that any number of services may share them.
_FOUND: Background[Drift] = Background()


@dataclass(frozen=True)
class NewestDrift:
    """Which model was held against which round; ``drift`` is None while it is being computed."""

    bundle: str
    week: str
    catalogue: Catalogue
    drift: Drift | None


def newest_drift(service: Service, *, seconds: float) -> NewestDrift:
    """The drift, waited for no longer than ``seconds``.

    Raises `NotFound` where there is no model in use or no features of a delivery that is here, `UsageError` where the
    newest round is earlier than the model's data, and `BundleRefused` or `CheckFailed` where the model cannot be read.
    """
    places = service.places
    catalogue = catalogue_of(find_core(places.core, date.max))  # a home holds one kind of people only
    bundle = current_bundle(places.models, catalogue)
    features = newest_features(places.matrices, places.core, places.recorded, catalogue)
    key = (bundle.digest, features.made_from, features.week.label, policy_digest(service.policy))
    compute = partial(drift_of_features, bundle, features, catalogue, service.policy.drift)
    return NewestDrift(bundle.name, features.week.label, catalogue, _FOUND.find(key, compute, seconds=seconds))
