"""Reading in a child process: whatever happens to the child, the caller gets a result or a plain refusal."""

import ctypes
import os
from collections.abc import Callable

import pytest

from domain.errors import DeliveryRefused, SagakError
from sources.isolation import run_isolated


def add(left: int, right: int) -> int:
    return left + right


def read_two_files(*, progress: Callable[[str], None]) -> str:
    progress("reading a.csv")
    progress("reading b.csv")
    return "done"


def crash(*, progress: Callable[[str], None]) -> None:
    progress("reading a.csv")
    ctypes.string_at(0)


def eat_memory() -> list[bytes]:
    eaten = []
    while True:
        eaten.append(bytes(64_000_000))


def spin() -> None:
    while True:
        pass


def refuse() -> None:
    raise DeliveryRefused("no", hint="this way")


def blunder() -> None:
    raise ZeroDivisionError("our own mistake")


def chatter() -> int:
    os.write(1, b"a row")
    os.write(2, b"a row")
    return 1


def run(function: Callable[..., object], *args: object, **settings: object) -> object:
    return run_isolated(function, *args, **({"memory_mb": 1_024, "seconds": 60} | settings))  # type: ignore[arg-type]


def test_the_result_comes_back() -> None:
    assert run(add, 2, 3) == 5


def test_progress_is_passed_on() -> None:
    steps: list[str] = []
    assert run(read_two_files, progress=steps.append) == "done"
    assert steps == ["reading a.csv", "reading b.csv"]


def test_a_crash_is_a_refusal_that_names_the_last_step() -> None:
    with pytest.raises(DeliveryRefused, match=r"broke down while reading a\.csv"):
        run(crash, progress=lambda step: None)


def test_memory_without_end_is_a_refusal() -> None:
    with pytest.raises(DeliveryRefused, match="more memory"):
        run(eat_memory, memory_mb=400)


def test_time_without_end_is_a_refusal() -> None:
    with pytest.raises(DeliveryRefused, match="too long"):
        run(spin, seconds=1)


def test_a_refusal_in_the_child_keeps_its_hint() -> None:
    with pytest.raises(SagakError) as refused:
        run(refuse)
    assert (str(refused.value), refused.value.hint) == ("no", "this way")


def test_our_own_mistakes_stay_loud_and_say_where() -> None:
    with pytest.raises(ZeroDivisionError) as mistake:
        run(blunder)
    assert "blunder" in mistake.value.__notes__[0]


def test_what_a_parser_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(chatter) == 1
    assert capfd.readouterr() == ("", "")
