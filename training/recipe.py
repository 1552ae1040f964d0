"""How a model is made, as data: enough to fit it again on other rounds, kept in its bundle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from domain.errors import BundleRefused
from training.fit import PARAMETERS, TREES


@dataclass(frozen=True)
class Recipe:
    """LightGBM parameters, number of trees, whether households drawn by chance count for those not drawn, seed."""

    parameters: Mapping[str, Any] = field(default_factory=lambda: dict(PARAMETERS))
    trees: int = TREES
    is_weighted: bool = False
    seed: int = 1

    def to_json(self) -> dict[str, Any]:
        return {
            "parameters": dict(self.parameters),
            "trees": self.trees,
            "is_weighted": self.is_weighted,
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The recipe in a bundle; raises `BundleRefused` where it is none. Other keys are not its business."""
        try:
            weighted = bool(data["is_weighted"])
            return cls(dict(data["parameters"]), int(data["trees"]), is_weighted=weighted, seed=int(data["seed"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BundleRefused("The bundle's recipe is not one.", hint="Train the model again.") from error
