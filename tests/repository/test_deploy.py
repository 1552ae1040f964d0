"""The examples for a site are what systemd takes, and name what is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from sagak import cli

PROJECT = Path(__file__).parents[2]
UNITS = sorted((PROJECT / "deploy" / "systemd").iterdir())
COMMANDS = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]


def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("no systemd-analyze here: the units are NOT checked")
    for unit in UNITS:
        # The program and the user are the site's: here neither exists.
        text = unit.read_text(encoding="utf-8").replace("/opt/sagak/.venv/bin/sagak", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("=sagak\n", "=root\n"), encoding="utf-8")
    told = subprocess.run(
        [analyze, "verify", *map(str, sorted(tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_is_there(unit: Path) -> None:
    started = re.findall(r"/opt/sagak/\.venv/bin/sagak (\w+)", unit.read_text(encoding="utf-8"))
    assert started
    assert set(started) <= COMMANDS


def test_every_timer_has_its_service_and_the_service_comes_back_by_itself() -> None:
    names = {unit.name for unit in UNITS}
    assert {name.replace(".timer", ".service") for name in names if name.endswith(".timer")} <= names
    service = (PROJECT / "deploy" / "systemd" / "sagak.service").read_text(encoding="utf-8")
    assert "\nRestart=always\n" in service


def test_no_unit_may_do_more_than_the_service() -> None:
    def walls(unit: Path) -> set[str]:
        names = "Protect|Private|Restrict|NoNew|Capability|Ambient|Lock|SystemCall|UMask|LimitCORE"
        return set(re.findall(rf"^(?:{names}).*$", unit.read_text(encoding="utf-8"), re.MULTILINE))

    services = [unit for unit in UNITS if unit.suffix == ".service"]
    assert len(services) == 4
    assert all(walls(unit) == walls(services[0]) for unit in services)
    assert len(walls(services[0])) > 20
