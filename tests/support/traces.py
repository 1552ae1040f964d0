"""Whether something that was kept names a household."""

import re
from collections.abc import Iterable

_WIDTH = 16  # of a pseudonym: letters a to z and digits 2 to 7
_RUN = re.compile(rb"[a-z2-7]{16,}")


def named_in(content: bytes, households: Iterable[str]) -> set[str]:
    """The households whose pseudonym stands anywhere in ``content``, in one pass over it."""
    windows = {run[start : start + _WIDTH] for run in _RUN.findall(content) for start in range(len(run) - _WIDTH + 1)}
    return {household for household in households if household.encode() in windows}
