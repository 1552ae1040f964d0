"""The console a command is typed at: who types, and how the command answers."""

import getpass

from rich.console import Console

from domain.people import ALL, Signature
from sagak.settings import now

out = Console(highlight=False)
_HERE = "this machine"


def say(text: str) -> None:
    """Prints a line as it is: neither wrapped nor taken for markup, since names and paths may look like it."""
    out.print(text, markup=False, soft_wrap=True)


def typed_by() -> Signature:
    """Whoever runs the command, as the trail names them: by their account on this machine."""
    return Signature(0, f"console:{getpass.getuser()}"[:64], ALL, now(), _HERE)
