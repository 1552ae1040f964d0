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


def test_a_command_typed_at_a_site_has_its_settings_its_home_and_its_user(tmp_path: Path) -> None:
    """The wrapper as it is, but for the paths of this test and its user."""
    import getpass
    import os

    settings, program = tmp_path / "sagak.env", tmp_path / "program"
    settings.write_text(
        "# a comment\nSAGAK_CONTACT=복지정책과 031-000-0000 (평일)\n#SAGAK_PORT=1\nSAGAK_HTTPS=yes", "utf-8"
    )
    program.write_text('#!/bin/sh\nenv | grep "^SAGAK_\\|^LOGNAME"; umask; echo "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    text = (PROJECT / "deploy" / "sagak").read_text(encoding="utf-8")
    for name, here in (("user", getpass.getuser()), ("program", program), ("settings", settings)):
        text, times = re.subn(rf"^{name}=\S+$", f"{name}={here}", text, flags=re.MULTILINE)
        assert times == 1
    command = ["/bin/sh", "-c", text, "sagak", "backup", "/tmp/a b.db"]
    clean = {"PATH": os.environ["PATH"], "SUDO_USER": "kim.minji", "USER": getpass.getuser()}
    told = subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout.splitlines()
    assert sorted(told) == sorted(
        [
            "SAGAK_HOME=/var/lib/sagak",
            "SAGAK_CONTACT=복지정책과 031-000-0000 (평일)",
            "SAGAK_HTTPS=yes",
            "LOGNAME=kim.minji",
            "0077",
            "backup /tmp/a b.db",
        ]
    )


def test_the_wrapper_and_the_units_name_one_home_one_program_one_user_and_one_file_of_settings() -> None:
    wrapper = (PROJECT / "deploy" / "sagak").read_text(encoding="utf-8")
    for unit in (unit.read_text(encoding="utf-8") for unit in UNITS if unit.suffix == ".service"):
        assert re.search(r"^User=(\S+)", unit, re.MULTILINE)[1] in re.findall(r"^user=(\S+)", wrapper, re.MULTILINE)
        assert re.search(r"^EnvironmentFile=(\S+)", unit, re.MULTILINE)[1] in wrapper
        assert re.search(r"^Environment=(SAGAK_HOME=\S+)", unit, re.MULTILINE)[1] in wrapper
        assert "program=/opt/sagak/.venv/bin/sagak\n" in wrapper


def test_checkpoints_can_be_written_where_the_example_puts_them() -> None:
    example = (PROJECT / "deploy" / "sagak.env").read_text(encoding="utf-8")
    (place,) = re.findall(r"^#SAGAK_CHECKPOINTS=(\S+)$", example, re.MULTILINE)
    for name in ("sagak", "sagak-round", "sagak-verify"):
        unit = (PROJECT / "deploy" / "systemd" / f"{name}.service").read_text(encoding="utf-8")
        (writable,) = re.findall(r"^ReadWritePaths=-(\S+)$", unit, re.MULTILINE)
        assert Path(place).is_relative_to(writable)


@pytest.mark.parametrize("name", ["operating.md", "api.md"])
def test_documents_for_sites_call_the_wrapper_in_every_line_to_be_typed(name: str) -> None:
    lines = (PROJECT / "docs" / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.match(r"    sagak ", line)] == []
