"""Files are whole or not there, and a failure to write says what to do."""

import errno
import os
from pathlib import Path

import pytest

from domain.errors import StorageFailed
from domain.storage import FOR_A_FILE, append_whole, check_writable, replaced_folder, storing, write_whole


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_with_what_could_not_be_written(number: int) -> None:
    with (
        pytest.raises(StorageFailed, match="The lists could not be written: the disk is full") as raised,
        storing("The lists"),
    ):
        raise OSError(number, os.strerror(number))
    assert raised.value.exit_code == 7
    assert "Free about three times" in raised.value.hint


def test_what_is_small_asks_for_little_room() -> None:
    with pytest.raises(StorageFailed) as raised, storing("The act", room=FOR_A_FILE):
        raise OSError(errno.ENOSPC, "full")
    assert "delivery" not in raised.value.hint
    with pytest.raises(StorageFailed, match="not allowed") as raised, storing("The act", room=FOR_A_FILE):
        raise OSError(errno.EROFS, "read-only")
    assert "read-only" in raised.value.hint


def test_a_folder_that_is_gone_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "current"
    for write in (lambda: write_whole(path, b"one"), lambda: append_whole(path, b"one", after=0)):
        with pytest.raises(StorageFailed, match=r"current could not be written: there is no folder .*gone") as raised:
            write()
        assert "Make the folder" in raised.value.hint
    assert list(tmp_path.iterdir()) == []


def test_whether_a_file_can_be_written_is_known_beforehand_and_nothing_is_left(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "page.html", "The page")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "page.html").write_text("as it was", encoding="utf-8")
    check_writable(tmp_path / "page.html", "The page")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == "as it was"
    for path in (tmp_path / "new", tmp_path / "page.html" / "below.html"):
        with pytest.raises(StorageFailed, match="The page could not be written: something else stands"):
            check_writable(path, "The page")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_place_where_nobody_may_write_is_told(number: int) -> None:
    with pytest.raises(StorageFailed, match="writing is not allowed") as raised, storing("The lists"):
        raise OSError(number, os.strerror(number))
    assert "read-only" in raised.value.hint


def test_what_is_our_own_mistake_stays_loud() -> None:
    with pytest.raises(FileNotFoundError), storing("The lists"):
        Path("/nowhere/at/all").read_bytes()
    with pytest.raises(ZeroDivisionError), storing("The lists"):
        _ = 1 / 0


def test_a_written_file_holds_what_was_given_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "current", b"one")
    write_whole(tmp_path / "current", b"two")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"current": b"two"}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "current", b"one")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailed), storing("It"):
        write_whole(tmp_path / "current", b"two")
    assert (tmp_path / "current").read_bytes() == b"one"


def test_a_folder_takes_the_place_of_the_old_one_when_all_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "old").touch()
    with replaced_folder(folder, "It") as staging:
        (staging / "new").touch()
        assert [path.name for path in folder.iterdir()] == ["old"]
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), ValueError()])
def test_a_folder_that_could_not_be_written_leaves_the_old_one_and_no_rest(
    tmp_path: Path, failure: BaseException
) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "old").touch()
    with pytest.raises((StorageFailed, type(failure))), replaced_folder(folder, "It") as staging:
        (staging / "half").touch()
        raise failure
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


def test_what_a_killed_run_left_behind_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / ".w.staging").mkdir()
    (tmp_path / ".w.staging" / "rest").touch()
    with replaced_folder(tmp_path / "w", "It") as staging:
        (staging / "new").touch()
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["new"]
