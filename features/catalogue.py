"""The catalogue: every feature of the standard tables, in the one order that matrices and bundles use."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from features import arrears, benefits, contacts, health, household, neighbourhood, occasions, reports
from features.declaration import AreaRate, Feature


@dataclass(frozen=True)
class Catalogue:
    """A named set of features that belong together: one matrix, one bundle."""

    name: str
    features: tuple[Feature, ...]

    def __post_init__(self) -> None:
        names = [feature.name for feature in self.features]
        repeated = {name for name in names if names.count(name) > 1}
        if repeated:
            raise ValueError(f"declared twice: {sorted(repeated)}")

    @cached_property
    def learned(self) -> tuple[Feature, ...]:
        """What the model sees, in the order of its columns."""
        return tuple(feature for feature in self.features if feature.is_learned and not feature.is_helper)

    @cached_property
    def stored(self) -> tuple[Feature, ...]:
        """What a matrix holds: the learned features, then what only the list needs."""
        return self.learned + tuple(f for f in self.features if not f.is_learned and not f.is_helper)

    @cached_property
    def area_bases(self) -> tuple[Feature, ...]:
        """The household features that the dong's rates are made of, with the helpers these derive from."""
        bases = {f.measure.of for f in self.features if isinstance(f.measure, AreaRate)}
        return tuple(f for f in self.features if f.name in bases or (f.is_helper and f.name.endswith("_reported")))

    @cached_property
    def by_name(self) -> dict[str, Feature]:
        return {feature.name: feature for feature in self.features}

    def schema(self) -> list[dict[str, str | int]]:
        """What a bundle records of each learned feature, so that another catalogue cannot be mistaken for this one."""
        return [
            {"name": f.name, "unit": f.unit.value, "family": f.family.value, "direction": int(f.direction)}
            for f in self.learned
        ]

    def digest(self) -> str:
        return schema_digest(self.schema())

    def words_digest(self) -> str:
        """sha256 of everything that sentences are put together from, so that other words are known as such."""
        words = ("name", "unit", "theme", "present_ko", "absent_ko", "negative_ko")
        return schema_digest({word: str(getattr(f, word)) for word in words} for f in self.features)


def schema_digest(schema: Iterable[dict[str, str | int]]) -> str:
    """sha256 of a feature schema in canonical JSON."""
    return hashlib.sha256(json.dumps(list(schema), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


STANDARD = Catalogue(
    "standard",
    (
        *arrears.FEATURES,
        *reports.FEATURES,
        *health.FEATURES,
        *household.FEATURES,
        *benefits.FEATURES,
        *contacts.FEATURES,
        *neighbourhood.FEATURES,
        *occasions.FEATURES,
    ),
)
