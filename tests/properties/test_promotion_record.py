"""The record of promotions finds every edit, cut and move, and tells what a crash leaves behind from what people do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.errors import CheckFailed
from outreach.gate import Gate
from outreach.promotion_record import HEAD, RECORD, Act, Record, Step, add_act, read_record

GATE = Gate("calibration", is_passed=True, measured=0.031, limit=0.05, sentence="0.031 apart: within the limit.")


def act(number: int, why: str = "Better at capacity in eight rounds.") -> Act:
    """Proposals, each answered by the next act: approved, rejected, and so on."""
    place, proposal = number % 4, number // 2
    step = (Step.PROPOSED, Step.APPROVED, Step.PROPOSED, Step.REJECTED)[place]
    return Act(
        act=step, at=f"2026-11-{number + 1:02d}T09:00:00+09:00", who=("김분석", "이감사")[number % 2], why=why,
        catalogue="standard", bundle=f"standard-{proposal}", digest=f"{proposal:x}" * 64, gates=(GATE,), waiver="",
        policy_digest="9" * 64,
    )  # fmt: skip


def written(models: Path, acts: Sequence[Act]) -> Record:
    for one in acts:
        add_act(models, read_record(models), one)
    return read_record(models)


@cache
def files_of(acts: int) -> dict[str, bytes]:
    """A record's two files, made once: flushing to disk takes its time."""
    with TemporaryDirectory() as folder:
        written(Path(folder), [act(number) for number in range(acts)])
        return {name: (Path(folder) / name).read_bytes() for name in (RECORD, HEAD)}


@contextmanager
def record_of(acts: int) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        for name, content in files_of(acts).items():
            (Path(folder) / name).write_bytes(content)
        yield Path(folder)


@pytest.fixture
def models() -> Iterator[Path]:
    with record_of(4) as folder:
        yield folder


def lines_of(models: Path) -> list[bytes]:
    return (models / RECORD).read_bytes().splitlines(keepends=True)


def refused(models: Path, lines: Sequence[bytes]) -> str:
    (models / RECORD).write_bytes(b"".join(lines))
    with pytest.raises(CheckFailed, match="not what was written") as raised:
        read_record(models)
    assert "both from the same backup" in raised.value.hint
    return str(raised.value)


def test_no_record_is_a_record_of_nothing(tmp_path: Path) -> None:
    assert read_record(tmp_path) == Record((), "", 0)
    (tmp_path / RECORD).touch()
    assert read_record(tmp_path).acts == ()


reasons = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@settings(max_examples=15)
@given(st.lists(reasons, max_size=4))
def test_acts_are_read_back_as_they_were_added_and_numbered(whys: list[str]) -> None:
    with TemporaryDirectory() as folder:
        acts = [act(number, why) for number, why in enumerate(whys)]
        record = written(Path(folder), acts)
        assert [one.sequence for one in record.acts] == list(range(1, len(acts) + 1))
        assert [(one.why, one.gates, one.act) for one in record.acts] == [(a.why, a.gates, a.act) for a in acts]
        assert (Path(folder) / RECORD).exists() is bool(acts)


def test_what_was_there_before_is_never_touched_by_a_new_act(models: Path) -> None:
    before = (models / RECORD).read_bytes()
    written(models, [act(4)])
    assert (models / RECORD).read_bytes().startswith(before)


@given(place=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_every_changed_byte_is_found(place: int, mask: int) -> None:
    with record_of(3) as models:
        whole = bytearray((models / RECORD).read_bytes())
        whole[place % len(whole)] ^= mask
        refused(models, [bytes(whole)])


@given(st.permutations(range(5)))
def test_every_other_order_of_the_lines_is_found(order: list[int]) -> None:
    assume(order != sorted(order))
    with record_of(5) as models:
        lines = lines_of(models)
        assert "does not follow" in refused(models, [lines[place] for place in order])


@given(st.sets(st.integers(0, 4), min_size=1))
def test_lines_taken_out_anywhere_are_found(gone: set[int]) -> None:
    with record_of(5) as models:
        refused(models, [line for place, line in enumerate(lines_of(models)) if place not in gone])


def test_a_cut_end_is_found_at_every_byte(models: Path) -> None:
    whole = (models / RECORD).read_bytes()
    for length in range(0, len(whole), 7):
        assert "cut off" in refused(models, [whole[:length]])
    refused(models, [whole[:-1]])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (1, "line 1 or line 2 was changed"),
        (2, "line 2 or line 3 was changed"),
        (4, "its end does not fit the head"),
    ],
)
def test_a_changed_line_is_named_or_one_of_two(models: Path, changed: int, said: str) -> None:
    lines = lines_of(models)
    lines[changed - 1] = lines[changed - 1].replace(b"Better", b"Nicer")
    assert said in refused(models, lines)


def test_a_record_that_is_gone_is_found(models: Path) -> None:
    (models / RECORD).unlink()
    with pytest.raises(CheckFailed):
        read_record(models)


def test_a_line_put_in_twice_or_written_by_another_hand_is_found(models: Path) -> None:
    lines = lines_of(models)
    refused(models, [*lines, lines[-1]])
    refused(models, [*lines, b"\n"])
    refused(models, [*lines[:-1], lines[-1].replace(b'": ', b'":', 1)])
    refused(models, [b"{}\n", *lines])


@pytest.mark.parametrize("head", [b"", b"2 abc\n", b"4\n", b"\xff"])
def test_a_head_that_is_gone_or_changed_is_found(models: Path, head: bytes) -> None:
    (models / HEAD).write_bytes(head)
    with pytest.raises(CheckFailed, match="head"):
        read_record(models)


def test_an_older_head_put_back_hides_no_act(models: Path) -> None:
    """One line behind is what a crash leaves, and the line counts; more than one is somebody's doing."""
    head = (models / HEAD).read_bytes()
    written(models, [act(4)])
    (models / HEAD).write_bytes(head)
    assert len(read_record(models).acts) == 5
    written(models, [act(5)])
    (models / HEAD).write_bytes(head)
    with pytest.raises(CheckFailed, match="head"):
        read_record(models)


def test_who_reads_while_an_act_is_added_sees_the_record_before_it_or_after_it(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the two files that a reader opens, somebody else adds a whole act."""
    read, is_added = Path.read_bytes, False

    def read_slowly(path: Path) -> bytes:
        nonlocal is_added
        content = read(path)
        if path.name == RECORD and not is_added:
            is_added = True
            written(models, [act(4)])
        return content

    monkeypatch.setattr(Path, "read_bytes", read_slowly)
    assert len(read_record(models).acts) == 5


def test_a_torn_last_line_does_not_count_and_the_next_act_cuts_it_off(models: Path) -> None:
    whole = (models / RECORD).read_bytes()
    line = lines_of(models)[-1]
    for length in range(1, len(line)):
        (models / RECORD).write_bytes(whole + line[:length])
        assert len(read_record(models).acts) == 4
    written(models, [act(4)])
    assert len(read_record(models).acts) == 5
    assert (models / RECORD).read_bytes().startswith(whole)
    assert (models / RECORD).read_bytes().count(b"\n") == 5


def test_a_failed_write_leaves_the_record_as_it_was(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    from domain.errors import StorageFailed

    before, record = (models / RECORD).read_bytes(), read_record(models)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageFailed, match="The act could not be written: the disk is full"):
            add_act(models, record, act(4))
    assert (models / RECORD).read_bytes() == before
    assert read_record(models) == record


def test_whoever_rewrites_everything_is_not_found_here_but_by_a_digest_noted_elsewhere(models: Path) -> None:
    """What a chain without a key cannot do; see docs/promotion.md."""
    noted = read_record(models).digest
    for file in (RECORD, HEAD):
        (models / file).unlink()
    rewritten = written(models, [act(number, "Nobody ever objected to this.") for number in range(4)])
    assert rewritten.digest != noted


@given(rest=st.binary(max_size=300))
def test_whatever_follows_the_last_line_never_adds_an_act(rest: bytes) -> None:
    with record_of(3) as models:
        record = read_record(models)
        with (models / RECORD).open("ab") as file:
            file.write(rest)
        with suppress(CheckFailed):
            assert read_record(models) == record
