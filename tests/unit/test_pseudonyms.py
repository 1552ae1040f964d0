"""Pseudonyms: keyed, stable, unrelated between households and persons; and the care of their key."""

import stat
from pathlib import Path

import pytest

from domain.errors import UsageError
from domain.keys import load_key
from sources.pseudonyms import Subject, key_fingerprint, pseudonym, pseudonyms

KEY = bytes(range(32))


def test_a_pseudonym_is_sixteen_letters_and_digits_that_never_change() -> None:
    assert pseudonym("H1", KEY, Subject.HOUSEHOLD) == "i7bl4fiippcxio5k"
    assert pseudonym("H1", KEY, Subject.PERSON) == "clb2ycbkase5lu4n"


def test_many_at_once_agree_with_one_at_a_time() -> None:
    ids = [f"가구-{number}" for number in range(500)] + ["", "a", "A" * 64]
    assert pseudonyms(ids, KEY, Subject.HOUSEHOLD).to_pylist() == [pseudonym(i, KEY, Subject.HOUSEHOLD) for i in ids]
    assert pseudonyms([], KEY, Subject.HOUSEHOLD).to_pylist() == []


def test_another_key_gives_other_pseudonyms_and_another_fingerprint() -> None:
    other = bytes(32)
    assert pseudonym("H1", KEY, Subject.HOUSEHOLD) != pseudonym("H1", other, Subject.HOUSEHOLD)
    assert key_fingerprint(KEY) != key_fingerprint(other)


def test_a_key_is_drawn_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "pseudonym.key"
    key = load_key(path, lost="")
    assert len(key) == 32
    assert load_key(path, lost="") == key
    assert load_key(tmp_path / "another.key", lost="") != key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["pseudonym.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "pseudonym.key"
    load_key(path, lost="")
    path.chmod(mode)
    with pytest.raises(UsageError, match="Others may read"):
        load_key(path, lost="")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_size_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_bytes(bytes(size))
    path.chmod(0o600)
    with pytest.raises(UsageError, match="32 bytes"):
        load_key(path, lost="")
