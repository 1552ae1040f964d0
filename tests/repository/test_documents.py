"""Documents tell the truth: commands, settings and folders they name are those that are there."""

import re
from pathlib import Path

import pytest
import typer

from sagak import cli, cli_service
from sagak.settings import KNOWN, Settings

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
GROUPS = {"people": cli_service.people, "audit": cli_service.audit}
EXAMPLE = (PROJECT / "deploy" / "sagak.env").read_text(encoding="utf-8")
OPERATING = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
DOCUMENTS = sorted({PROJECT / "README.md", *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("*/README.md")})


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command: str) -> None:
    assert re.search(rf"sagak {command}\b", README)


def test_documents_name_no_command_that_is_not_there() -> None:
    named = {
        (path.name, word)
        for path in DOCUMENTS
        for word in re.findall(r"`sagak ([a-z]+)", path.read_text(encoding="utf-8"))
    }
    assert {(name, word) for name, word in named if word not in COMMANDS} == set()


def test_documents_name_no_command_of_a_group_that_is_not_there() -> None:
    known = {(name, command.name) for name, group in GROUPS.items() for command in group.registered_commands}
    named = {
        pair
        for path in DOCUMENTS
        for pair in re.findall(r"\bsagak (people|audit) ([a-z]+)", path.read_text(encoding="utf-8"))
    }
    assert named <= known


@pytest.mark.parametrize("setting", sorted(KNOWN))
def test_every_setting_is_explained_in_one_document_and_stands_in_the_example(setting: str) -> None:
    assert f"`{setting}`" in OPERATING
    assert re.search(rf"^#?{setting}=", EXAMPLE, re.MULTILINE)


def test_the_example_of_settings_holds_no_other_and_changes_nothing_as_it_is() -> None:
    assert set(re.findall(r"^#?(SAGAK_[A-Z_]+)=", EXAMPLE, re.MULTILINE)) == set(KNOWN)
    assert [line for line in EXAMPLE.splitlines() if line and not line.startswith("#")] == []


def test_the_readme_leads_to_the_settings() -> None:
    assert "(docs/operating.md)" in README
    assert "(deploy/sagak.env)" in README


def test_documents_name_no_setting_that_is_not_there() -> None:
    named = {word for path in DOCUMENTS for word in re.findall(r"\bSAGAK_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    assert named <= set(KNOWN)


def test_the_data_readme_names_every_folder_of_the_settings() -> None:
    text = (PROJECT / "data" / "README.md").read_text(encoding="utf-8")
    settings = Settings.from_environment({"SAGAK_HOME": str(PROJECT)})
    places = [getattr(settings, name) for name, kind in vars(Settings).items() if isinstance(kind, property)]
    under_data = [place.name for place in places if place.parent.name == "data"]
    assert len(under_data) == 10
    assert [name for name in under_data if f"`{name}/`" not in text] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        (str(path.relative_to(PROJECT)), target)
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []


def test_files_that_documents_name_are_there() -> None:
    """Paths in backquotes that begin with a room or with docs/, as `training/labels.py`."""
    rooms = "domain|store|sources|features|scoring|training|outreach|audit|serving|sagak|docs|requirements|deploy|tests"
    missing = [
        (str(path.relative_to(PROJECT)), name)
        for path in DOCUMENTS
        for name in re.findall(rf"`((?:{rooms})/[\w/.-]+\.\w+)`", path.read_text(encoding="utf-8"))
        if not (PROJECT / name).exists()
    ]
    assert missing == []


def test_the_make_targets_that_the_readme_names_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)", README)) <= targets
    assert {"run", "test"} <= targets
