"""Progress on standard error: one bar a stage, so that whoever waits sees what is going on."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_UNCOUNTED = "take in"


class Stages:
    """Bars by the name of their stage; call it with (stage, how much more is done, how much there is)."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total, step="")
        self._progress.advance(self._tasks[stage], done)

    def tell(self, step: str) -> None:
        """Says what a stage without a known length is doing."""
        if _UNCOUNTED not in self._tasks:
            self._tasks[_UNCOUNTED] = self._progress.add_task(_UNCOUNTED, total=None, step=step)
        self._progress.update(self._tasks[_UNCOUNTED], step=step)


@contextmanager
def stages() -> Iterator[Stages]:
    """A progress display for the time of the block."""
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[step]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Stages(progress)
