"""Bundles on disk as people read about them: verified to the byte, figures and documents, no model parsed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import BundleRefused, NotFound
from scoring.bundle import bundles_of, read_contents


@dataclass(frozen=True)
class BundleOnDisk:
    """What a bundle says of itself. ``card`` and ``sheet`` are Markdown."""

    name: str
    digest: str
    catalogue: str
    label: str
    recipe: Mapping[str, Any]
    metrics: Mapping[str, Any]
    reference: Mapping[str, Any]
    card: str
    sheet: str

    @property
    def candidate(self) -> str:
        """The key under which its own figures stand in ``metrics``; empty where it has none."""
        return next(iter(self.metrics.get("contenders") or ()), "")


@dataclass(frozen=True)
class Shelf:
    """All bundles of a folder by name, and the names of those that are refused."""

    bundles: Mapping[str, BundleOnDisk]
    damaged: tuple[str, ...]


def read_bundle(models_root: Path, name: str) -> BundleOnDisk:
    """One bundle; raises `NotFound` where there is none of that name, `BundleRefused` where it is damaged."""
    if name not in bundles_of(models_root):
        raise NotFound("There is no bundle of that name.", hint="Open it from the list of models.")
    about, contents = read_contents(models_root / name)
    try:
        recipe, metrics, reference = (
            json.loads(contents[f"{part}.json"]) for part in ("recipe", "metrics", "reference")
        )
        card, sheet = (contents[f"{part}.md"].decode() for part in ("card", "sheet"))
    except ValueError as error:
        raise BundleRefused(f"{name} holds a file that is not what its name says.") from error
    return BundleOnDisk(
        name, about["digest"], about["catalogue"], about["label"], recipe, metrics, reference, card, sheet
    )


def read_shelf(models_root: Path) -> Shelf:
    """Every bundle there is; one that is damaged is named and stops nobody from reading the others."""
    bundles, damaged = {}, []
    for name in bundles_of(models_root):
        try:
            bundles[name] = read_bundle(models_root, name)
        except (BundleRefused, NotFound):  # an empty folder holds no bundle either
            damaged.append(name)
    return Shelf(bundles, tuple(damaged))
