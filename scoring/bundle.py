"""A model bundle on disk: data only, every byte accounted for before anything is parsed.

    models/standard-3/manifest.json      names and sha256 of the files below, and of itself
    models/standard-3/model.txt          LightGBM's own text format
    models/standard-3/calibration.json   slope and intercept
    models/standard-3/features.json      names, units, families and directions, in column order
    models/standard-3/recipe.json        how to fit it again: parameters, trees, weights, seed, what it learned from
    models/standard-3/metrics.json       figures of the rolled-forward evaluation
    models/standard-3/reference.json     what its inputs looked like, as counts: drift is measured against it
    models/standard-3/card.md            what it is for and what it is not, in words (Korean)
    models/standard-3/sheet.md           what it learned from, in words (Korean)

Reading one runs no code: no pickle, no joblib, no MLflow. LightGBM's parser may end the whole process on damaged text,
so the hash is checked first.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.errors import BundleRefused, NotFound
from domain.storage import FOR_A_FILE, storing, write_whole
from features.catalogue import Catalogue, schema_digest
from scoring.calibration import Calibration

if TYPE_CHECKING:
    import lightgbm as lgb

FORMAT = 2
FILES = (
    "model.txt",
    "calibration.json",
    "features.json",
    "recipe.json",
    "metrics.json",
    "reference.json",
    "card.md",
    "sheet.md",
)
_NAME = re.compile(r"[a-z][a-z0-9_]*-[1-9][0-9]*")
_MAX_BYTES = 200_000_000
_COPY_AGAIN = "Copy the bundle again from where it was trained, or go back to a former one."


@dataclass(frozen=True)
class Bundle:
    """A loaded model: verified, ready to score. ``digest`` names these very bytes."""

    name: str
    digest: str
    label: str
    booster: "lgb.Booster"
    calibration: Calibration
    feature_names: tuple[str, ...]
    recipe: Mapping[str, Any]
    metrics: Mapping[str, Any]
    reference: Mapping[str, Any]


def canonical_json(data: Any) -> str:
    """The one spelling of some data as JSON, so that equal data are equal bytes."""
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def next_name(models_root: Path, stem: str) -> str:
    """The first free name of the form ``<stem>-<n>``."""
    taken = [int(path.name.rsplit("-", 1)[1]) for path in models_root.glob(f"{stem}-*") if _NAME.fullmatch(path.name)]
    return f"{stem}-{max(taken, default=0) + 1}"


def newest_bundle(models_root: Path, stem: str) -> Path:
    """The folder of the newest bundle for a catalogue; raises `NotFound` where none was trained."""
    found = [path for path in models_root.glob(f"{stem}-*") if _NAME.fullmatch(path.name)]
    if not found:
        raise NotFound("There is no trained model yet.", hint="Train one first: sagak train.")
    return max(found, key=lambda path: int(path.name.rsplit("-", 1)[1]))


def write_bundle(folder: Path, files: Mapping[str, str], *, label: str, catalogue: str) -> str:
    """Writes a bundle that was not there before, whole or not at all; gives its digest."""
    if set(files) != set(FILES):
        raise ValueError(f"a bundle has the files {FILES}")
    contents = {name: text.encode() for name, text in files.items()}
    about: dict[str, Any] = {
        "sagak_bundle": FORMAT,
        "name": folder.name,
        "catalogue": catalogue,
        "label": label,
        "files": {name: {"sha256": _sha256(content), "bytes": len(content)} for name, content in contents.items()},
    }
    digest = _sha256(canonical_json(about).encode())
    with storing(f"The bundle {folder.name}", room=FOR_A_FILE):
        staging = folder.with_name(f".{folder.name}.staging")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        for name, content in contents.items():
            write_whole(staging / name, content)
        write_whole(staging / "manifest.json", canonical_json(about | {"digest": digest}).encode())
        staging.rename(folder)
    return digest


def load_bundle(folder: Path, catalogue: Catalogue) -> Bundle:
    """The bundle in ``folder``; raises `BundleRefused` if a byte differs or it was made for other features."""
    about, contents = read_contents(folder)
    try:
        schema, calibration, recipe, metrics, reference = (
            json.loads(contents[f"{name}.json"])
            for name in ("features", "calibration", "recipe", "metrics", "reference")
        )
        names = tuple(row["name"] for row in schema)
        made_for_this = about["catalogue"] == catalogue.name and schema_digest(schema) == catalogue.digest()
        fitted = Calibration.from_json(calibration)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleRefused(f"{folder.name} holds a file that is not what its name says.", hint=_COPY_AGAIN) from error
    if not made_for_this:
        raise BundleRefused(
            f"{folder.name} was trained for other features than this version computes.",
            hint="Train a new model, or use the version it was trained with.",
        )
    booster = _parsed(folder, contents["model.txt"])
    if tuple(booster.feature_name()) != names:
        raise BundleRefused(f"The columns of {folder.name}'s model are not those of its schema.")
    return Bundle(
        folder.name,
        about["digest"],
        about["label"],
        booster,
        fitted,
        names,
        recipe,
        metrics,
        reference,
    )


def read_contents(folder: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest and every file of a bundle, verified and not parsed, whatever features it was made for.

    Raises `NotFound` where there is none and `BundleRefused` where a byte differs.
    """
    if not _NAME.fullmatch(folder.name):
        raise BundleRefused(f"{folder.name!r} is not the name of a bundle.", hint="Names look like standard-3.")
    about = _read_manifest(folder)
    return about, {name: _read_verified(folder, name, entry) for name, entry in about["files"].items()}


def bundles_of(models_root: Path) -> list[str]:
    """Names of all bundles in a folder, by catalogue and then by number."""
    names = [path.name for path in models_root.glob("*-*") if _NAME.fullmatch(path.name)]
    return sorted(names, key=lambda name: (name.rsplit("-", 1)[0], int(name.rsplit("-", 1)[1])))


def other_label(bundle: Bundle, label: str) -> str:
    """Says that a bundle learned another label than the policy ranks by; empty where it learned this one."""
    return "" if bundle.label == label else f"{bundle.name} learned {bundle.label}, and the policy ranks by {label}"


def check_learned(bundle: Bundle, label: str) -> None:
    """Raises `BundleRefused` where a bundle learned another label than the policy ranks by."""
    if other := other_label(bundle, label):
        raise BundleRefused(
            f"{other}.",
            hint="Use one that learned what the list ranks by (sagak train makes it), or change [label] ranks_by back.",
        )


def _parsed(folder: Path, text: bytes) -> "lgb.Booster":
    # LightGBM brings scikit-learn and pandas with it; the service starts without and loads it with the first model.
    import lightgbm as lgb

    try:
        return lgb.Booster(model_str=text.decode())
    except (UnicodeDecodeError, lgb.basic.LightGBMError) as error:
        raise BundleRefused(f"{folder.name}/model.txt is not a LightGBM model.", hint=_COPY_AGAIN) from error


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not folder.is_dir() or not path.exists():
        raise NotFound(f"There is no bundle {folder.name}.", hint="sagak train makes one.")
    if path.is_symlink():
        raise _damaged(folder, "manifest.json")
    try:
        text = path.read_text(encoding="utf-8")
        about: dict[str, Any] = json.loads(text)
        stated = about.pop("digest")
        files = about["files"]
        if not isinstance(about["label"], str) or not isinstance(about["catalogue"], str):
            raise _damaged(folder, "manifest.json")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise _damaged(folder, "manifest.json") from error
    _check_format(folder, about.get("sagak_bundle"))
    if about.get("name") != folder.name:
        raise BundleRefused(
            f"The folder {folder.name} holds a bundle of another name.", hint="Give the folder its former name back."
        )
    if stated != _sha256(canonical_json(about).encode()) or text != canonical_json(about | {"digest": stated}):
        raise _damaged(folder, "manifest.json")
    if set(files) != set(FILES) or {path.name for path in folder.iterdir()} != {*FILES, "manifest.json"}:
        raise BundleRefused(f"{folder.name} has files missing or too many.", hint="Copy the bundle again, whole.")
    return about | {"digest": stated}


def _check_format(folder: Path, found: object) -> None:
    """Formats are counted upwards, so a number tells which way round the versions differ."""
    if type(found) is not int:
        raise _damaged(folder, "manifest.json")
    numbers = f"(format {found}; this one reads {FORMAT})"
    if found < FORMAT:
        raise BundleRefused(
            f"{folder.name} was written by an earlier version {numbers}.",
            hint="Train again: sagak train, then sagak propose.",
        )
    if found > FORMAT:
        raise BundleRefused(
            f"{folder.name} was written by a later version {numbers}.",
            hint="Use the version that wrote it, or train again: sagak train, then sagak propose.",
        )


def _read_verified(folder: Path, name: str, entry: Mapping[str, Any]) -> bytes:
    path = folder / name
    if path.is_symlink() or path.stat().st_size != entry["bytes"] or entry["bytes"] > _MAX_BYTES:
        raise _damaged(folder, name)
    content = path.read_bytes()
    if _sha256(content) != entry["sha256"]:
        raise _damaged(folder, name)
    return content


def _damaged(folder: Path, name: str) -> BundleRefused:
    return BundleRefused(
        f"{folder.name}/{name} is not what was written: the bundle is not used.",
        hint=_COPY_AGAIN,
    )
