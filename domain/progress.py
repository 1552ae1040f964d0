"""How work that takes its time says how far it is: to a function of the caller's, so that no room knows a terminal."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told the name of the stage, how much more of it is done, and how much there is in all."""


def untold(stage: str, done: int, total: int) -> None:
    """Tells nobody."""
