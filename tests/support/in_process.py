"""The command line in the test's own process: a process of its own takes three seconds to load what this one has."""

import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from sagak import cli
from tests.support.weeks import environment_variables


def sagak_here(home: Path, *arguments: str, **settings: str) -> "CompletedProcess[str]":
    """As `tests.support.weeks.sagak`, through the same door as a user's; what is our own mistake is raised."""
    out, err = StringIO(), StringIO()
    with (
        environment_variables({"SAGAK_HOME": str(home), "COLUMNS": "200"} | settings),
        patch.object(sys, "argv", ["sagak", *arguments]),
        chdir(home),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = _exit_code()
    return CompletedProcess(["sagak", *arguments], code, out.getvalue(), err.getvalue())


def _exit_code() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0
