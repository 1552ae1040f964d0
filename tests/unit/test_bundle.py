"""A bundle is used only as it was written: every other byte, file or name is refused before LightGBM sees it."""

import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest

from domain.errors import BundleRefused, NotFound
from features.catalogue import STANDARD, Catalogue
from scoring.bundle import FILES, FORMAT, canonical_json, load_bundle, newest_bundle, next_name, write_bundle
from scoring.score import raw_scores, score
from tests.support.weeks import bundle_files, random_matrix, small_bundle

ALL_FILES = (*FILES, "manifest.json")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bundle(tmp_path_factory.mktemp("models"))


@pytest.fixture
def bundle(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / written.name))


@pytest.fixture
def no_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object, **__: object) -> None:
        pytest.fail("LightGBM was given bytes that nobody had verified")

    monkeypatch.setattr(lgb, "Booster", parse)


def rewrite(folder: Path, change: Callable[[dict], object], **contents: str) -> None:
    """Changes files and manifest so that all hashes fit again, as a faulty program would write them."""
    about = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    about.pop("digest")
    for stem, text in contents.items():
        name = next(file for file in FILES if file.startswith(f"{stem}."))
        (folder / name).write_text(text, encoding="utf-8")
        about["files"][name] = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text.encode())}
    change(about)
    digest = hashlib.sha256(canonical_json(about).encode()).hexdigest()
    (folder / "manifest.json").write_text(canonical_json(about | {"digest": digest}), encoding="utf-8")


def nothing(about: dict) -> None:
    """Leaves the manifest as it is."""


def test_a_written_bundle_scores_as_the_model_did_before_it_was_written(tmp_path: Path) -> None:
    files = bundle_files()
    write_bundle(tmp_path / "standard-1", files, label="public_or_case", catalogue="standard")
    frame = random_matrix(STANDARD, 60, seed=9)
    values = frame.select(f.name for f in STANDARD.learned).to_numpy()
    expected = lgb.Booster(model_str=files["model.txt"]).predict(values, raw_score=True)

    loaded = load_bundle(tmp_path / "standard-1", STANDARD)

    assert raw_scores(loaded, frame).tolist() == expected.tolist()
    scored = score(loaded, frame)
    assert scored["household_id"].to_list() == frame["household_id"].to_list()
    assert np.allclose(scored["probability"], 1 / (1 + np.exp(-(1.2 * expected - 0.5))))


def test_the_digest_names_the_bytes_and_the_manifest_states_it(tmp_path: Path) -> None:
    first = write_bundle(tmp_path / "a" / "standard-1", bundle_files(), label="x", catalogue="standard")
    again = write_bundle(tmp_path / "b" / "standard-1", bundle_files(), label="x", catalogue="standard")
    other = write_bundle(tmp_path / "c" / "standard-2", bundle_files(), label="x", catalogue="standard")
    assert first == again != other
    assert load_bundle(tmp_path / "a" / "standard-1", STANDARD).digest == first


def positions(size: int, wanted: int) -> list[int]:
    return sorted({0, 1, size // 2, size - 2, size - 1, *np.linspace(0, size - 1, wanted).astype(int).tolist()})


def refuse_changes(bundle: Path, name: str, wanted: int) -> None:
    path = bundle / name
    whole = path.read_bytes()
    for place in positions(len(whole), wanted):
        for mask in (0x01, 0x20, 0x80):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ mask]) + whole[place + 1 :])
            with pytest.raises(BundleRefused):
                load_bundle(bundle, STANDARD)
        path.write_bytes(whole[:place])
        with pytest.raises(BundleRefused):
            load_bundle(bundle, STANDARD)
    for addition in (b"\n", b" ", b"\0", b"x" * 1000, whole):
        path.write_bytes(whole + addition)
        with pytest.raises(BundleRefused):
            load_bundle(bundle, STANDARD)


@pytest.mark.parametrize("name", ALL_FILES)
def test_a_changed_byte_or_another_length_is_refused_before_it_is_parsed(
    bundle: Path, name: str, no_parsing: None
) -> None:
    refuse_changes(bundle, name, 40)


@pytest.mark.soak
@pytest.mark.parametrize("name", ALL_FILES)
def test_thousands_of_changed_bytes_are_refused(bundle: Path, name: str, no_parsing: None) -> None:
    refuse_changes(bundle, name, 4000)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(bundle: Path, name: str, no_parsing: None) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleRefused, match="missing or too many"):
        load_bundle(bundle, STANDARD)


@pytest.mark.parametrize("name", ["model.pkl", ".hidden", "model.txt.bak"])
def test_a_file_too_many_is_refused(bundle: Path, name: str, no_parsing: None) -> None:
    (bundle / name).write_text("x")
    with pytest.raises(BundleRefused, match="missing or too many"):
        load_bundle(bundle, STANDARD)


@pytest.mark.parametrize("name", FILES)
def test_a_link_in_place_of_a_file_is_refused(bundle: Path, name: str, no_parsing: None, tmp_path: Path) -> None:
    (bundle / name).rename(tmp_path / name)
    (bundle / name).symlink_to(tmp_path / name)
    with pytest.raises(BundleRefused):
        load_bundle(bundle, STANDARD)


@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_place_of_a_file_is_refused(bundle: Path, name: str, no_parsing: None) -> None:
    (bundle / name).unlink()
    (bundle / name).mkdir()
    with pytest.raises(BundleRefused):
        load_bundle(bundle, STANDARD)


@pytest.mark.parametrize(
    "name", ["../standard-1", "standard", "standard-0", "standard-01", "Standard-1", "a b-1", ".."]
)
def test_a_folder_with_a_name_that_no_bundle_has_is_refused(bundle: Path, name: str, no_parsing: None) -> None:
    folder = bundle.parent / "elsewhere" / name if name.startswith("..") else bundle.rename(bundle.parent / name)
    with pytest.raises((BundleRefused, NotFound)):
        load_bundle(folder, STANDARD)


def test_a_renamed_bundle_is_refused(bundle: Path, no_parsing: None) -> None:
    with pytest.raises(BundleRefused, match="another name"):
        load_bundle(bundle.rename(bundle.parent / "standard-2"), STANDARD)


def test_an_empty_folder_and_no_folder_say_that_there_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "standard-1").mkdir()
    for name in ("standard-1", "standard-2"):
        with pytest.raises(NotFound, match="no bundle") as raised:
            load_bundle(tmp_path / name, STANDARD)
        assert "sagak train" in raised.value.hint


@pytest.mark.parametrize("name", ["../../secret.txt", "/etc/hostname", "sub/model.txt"])
def test_a_manifest_that_names_files_elsewhere_is_refused(bundle: Path, name: str, no_parsing: None) -> None:
    def lead_astray(about: dict) -> None:
        about["files"][name] = about["files"].pop("card.md")

    rewrite(bundle, lead_astray)
    with pytest.raises(BundleRefused):
        load_bundle(bundle, STANDARD)


@pytest.mark.parametrize("text", ["", "null", "[]", "3", '"x"', "{", '{"digest": "x"}', '{"digest": 1, "files": []}'])
def test_a_manifest_that_is_no_manifest_is_refused(bundle: Path, text: str, no_parsing: None) -> None:
    (bundle / "manifest.json").write_text(text)
    with pytest.raises(BundleRefused):
        load_bundle(bundle, STANDARD)


@pytest.mark.parametrize(("number", "version"), [(1, "an earlier"), (FORMAT + 1, "a later")])
def test_a_bundle_of_another_format_says_which_version_wrote_it_and_what_to_do(
    bundle: Path, no_parsing: None, number: int, version: str
) -> None:
    rewrite(bundle, lambda about: about.update(sagak_bundle=number))
    with pytest.raises(BundleRefused) as raised:
        load_bundle(bundle, STANDARD)
    assert str(raised.value) == (
        f"standard-1 was written by {version} version (format {number}; this one reads {FORMAT})."
    )
    assert "rain again: sagak train, then sagak propose." in raised.value.hint


@pytest.mark.parametrize("number", [None, "2", 2.5, True, []])
def test_a_format_that_is_no_number_is_damage(bundle: Path, no_parsing: None, number: object) -> None:
    rewrite(bundle, lambda about: about.update(sagak_bundle=number))
    with pytest.raises(BundleRefused, match="is not what was written"):
        load_bundle(bundle, STANDARD)


def other_catalogues() -> list[Catalogue]:
    first = STANDARD.learned[0]
    turned = tuple(replace(f, direction=-f.direction) if f is first else f for f in STANDARD.features)
    without = tuple(f for f in STANDARD.features if f is not first)
    moved = (*(f for f in STANDARD.features if f is not first), first)
    return [
        Catalogue("survey", STANDARD.features),
        *(Catalogue("standard", features) for features in (turned, without, moved)),
    ]


@pytest.mark.parametrize("catalogue", other_catalogues(), ids=["name", "direction", "one less", "order"])
def test_a_bundle_for_other_features_is_refused(bundle: Path, catalogue: Catalogue, no_parsing: None) -> None:
    with pytest.raises(BundleRefused, match="other features"):
        load_bundle(bundle, catalogue)


@pytest.mark.parametrize("slope", ["0", "-1.5", "NaN", "Infinity", "-Infinity"])
def test_a_calibration_that_does_not_rise_is_refused(tmp_path: Path, slope: str) -> None:
    text = f'{{"intercept": 0.1, "method": "sigmoid", "slope": {slope}}}'
    with pytest.raises(BundleRefused, match="would not rise"):
        load_bundle(small_bundle(tmp_path, calibration=text), STANDARD)


def test_a_calibration_of_an_unknown_method_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleRefused, match="method"):
        load_bundle(small_bundle(tmp_path, calibration='{"method": "isotonic"}'), STANDARD)


@pytest.mark.parametrize(
    ("stem", "text"),
    [
        ("calibration", "[]"),
        ("calibration", '{"method": "sigmoid"}'),
        ("calibration", '{"method": "sigmoid", "slope": "steep", "intercept": 0}'),
        ("calibration", "not json"),
        ("features", "not json"),
        ("features", "3"),
        ("metrics", "not json"),
    ],
)
def test_a_file_that_was_written_wrongly_is_refused(tmp_path: Path, stem: str, text: str) -> None:
    with pytest.raises(BundleRefused):
        load_bundle(small_bundle(tmp_path, **{stem: text}), STANDARD)


@pytest.mark.parametrize(
    "key",
    [
        "catalogue",
        "label",
    ],
)
def test_a_manifest_without_a_key_is_refused(bundle: Path, key: str) -> None:
    rewrite(bundle, lambda about: about.pop(key))
    with pytest.raises(BundleRefused):
        load_bundle(bundle, STANDARD)


def test_a_link_in_place_of_the_manifest_is_refused(bundle: Path, tmp_path: Path) -> None:
    (bundle / "manifest.json").rename(tmp_path / "manifest.json")
    (bundle / "manifest.json").symlink_to(tmp_path / "manifest.json")
    with pytest.raises(BundleRefused):
        load_bundle(bundle, STANDARD)


def test_a_file_in_place_of_the_folder_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "standard-1").write_text("x")
    with pytest.raises((BundleRefused, NotFound)):
        load_bundle(tmp_path / "standard-1", STANDARD)


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.mark),)


def test_a_pickle_in_place_of_the_model_is_refused_and_not_run(bundle: Path, tmp_path: Path, no_parsing: None) -> None:
    (bundle / "model.txt").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(BundleRefused, match=r"model\.txt"):
        load_bundle(bundle, STANDARD)
    assert not (tmp_path / "sprung").exists()


def test_a_model_of_other_columns_than_the_schema_is_refused(tmp_path: Path) -> None:
    names = [f.name for f in STANDARD.learned]
    model = bundle_files()["model.txt"].replace(" ".join(names), " ".join([*names[1:], names[0]]))
    with pytest.raises(BundleRefused, match="columns"):
        load_bundle(small_bundle(tmp_path, model=model), STANDARD)


def test_names_count_upwards_and_the_newest_is_the_highest_number(tmp_path: Path) -> None:
    assert next_name(tmp_path, "standard") == "standard-1"
    for name in ("standard-2", "standard-10", "standard-x", ".standard-11.staging", "survey-12"):
        (tmp_path / name).mkdir()
    assert next_name(tmp_path, "standard") == "standard-11"
    assert newest_bundle(tmp_path, "standard").name == "standard-10"


def test_no_model_yet_says_how_to_train_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no trained model") as raised:
        newest_bundle(tmp_path, "standard")
    assert "sagak train" in raised.value.hint


def test_a_bundle_is_never_written_over_another(bundle: Path) -> None:
    before = (bundle / "manifest.json").read_bytes()
    with pytest.raises(OSError):
        write_bundle(bundle, bundle_files(), label="x", catalogue="standard")
    assert (bundle / "manifest.json").read_bytes() == before


def test_only_the_known_files_make_a_bundle(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="files"):
        write_bundle(tmp_path / "standard-1", {"model.txt": ""}, label="x", catalogue="standard")
    assert not (tmp_path / "standard-1").exists()
