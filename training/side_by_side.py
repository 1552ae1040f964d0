"""Independent tasks side by side, each in a process.

Never in threads: LightGBM keeps its number of threads for the whole process, and two datasets built at once have ended
it with a segmentation fault.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from joblib import Parallel


def run_side_by_side(tasks: Sequence[Any], *, jobs: int, progress: Callable[[], None] = lambda: None) -> list[Any]:
    """Results of `joblib.delayed` tasks in their order, ``progress`` called after each.

    ``jobs`` are processes as joblib counts them; with 1 the tasks run here, one after the other.
    """
    found = []
    with warnings.catch_warnings():
        # Loky replaces a process that grew by 300 MB, once the result is sent: a large district's tables do that, and
        # the memory they leave behind is better given back. Nothing is lost, and nobody has anything to do about it.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given", category=UserWarning)
        for result in Parallel(n_jobs=jobs, return_as="generator")(tasks):
            found.append(result)
            progress()
    return found
