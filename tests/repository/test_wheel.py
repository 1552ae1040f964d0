"""The wheel holds all that a closed site needs, and runs from a bare folder."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest

from tests.support.processes import serving

PROJECT = Path(__file__).parents[2]
REFERENCE = sorted(path.name for path in (PROJECT / "data" / "reference").glob("*.csv"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    try:
        built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=PROJECT)
    except subprocess.TimeoutExpired:
        pytest.skip("building the wheel takes longer than a minute here")
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_reference_tables_and_the_policy(names: set[str]) -> None:
    assert {f"sources/reference/{name}" for name in REFERENCE} <= names
    assert "sagak/policy.toml" in names


def test_the_wheel_holds_every_template(names: set[str]) -> None:
    templates = {str(path.relative_to(PROJECT)) for path in PROJECT.glob("*/templates/**/*.j2")}
    assert "serving/templates/compare.html.j2" in templates
    assert templates <= names


def test_the_wheel_holds_what_the_pages_are_made_of_and_not_its_workshop(names: set[str]) -> None:
    built = {str(path.relative_to(PROJECT)) for path in (PROJECT / "serving" / "static").iterdir()}
    assert "serving/static/manifest.json" in built
    assert built <= names
    assert not [name for name in names if "node_modules" in name or name.startswith("serving/frontend")]


def test_the_wheel_holds_the_font_its_licence_and_the_pages_of_printed_files(names: set[str]) -> None:
    assert {"serving/files/fonts/NanumBarunGothic.ttf", "serving/files/fonts/OFL.txt"} <= names
    assert {f"serving/files/{name}.typ" for name in ("frame", "list", "visit")} <= names


def test_the_wheel_holds_every_room_and_nothing_of_a_workshop(names: set[str]) -> None:
    modules = {
        str(path.relative_to(PROJECT))
        for room in (
            "domain",
            "store",
            "sources",
            "features",
            "scoring",
            "training",
            "outreach",
            "audit",
            "serving",
            "sagak",
        )
        for path in (PROJECT / room).rglob("*.py")
        if "node_modules" not in path.parts
    }
    assert modules <= names
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {module.split("/")[0] for module in modules}
    assert not [name for name in names if name.endswith((".pyc", ".parquet", ".key"))]


def test_the_installed_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Beside the libraries that are installed here; its own folder comes first and the checkout is nowhere."""
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAGAK_")}
    environment |= {"PYTHONPATH": str(target), "SAGAK_HOME": str(tmp_path / "home")}
    script = (
        "from sagak.settings import Settings; from sources.reference import reference_path, indicators; import sagak;"
        "s = Settings.from_environment(); s.policy(); print(len(indicators()), s.policy_file, sagak.__file__)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.split()
    assert told == ["46", str(target / "sagak" / "policy.toml"), str(target / "sagak" / "__init__.py")]
    helped = subprocess.run(
        [sys.executable, "-m", "sagak", "--help"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Show a dong's list" in helped.stdout


def test_the_installed_wheel_serves_its_pages_from_a_bare_folder(wheel: Path, tmp_path: Path) -> None:
    """A new home, its database made by the migrations inside, the sign-in page and every file that it names."""
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    (tmp_path / "home").mkdir()
    with serving(tmp_path / "home", PYTHONPATH=str(target)) as running:
        page = httpx2.get(f"{running.address}/login").text
        files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page)))
        assert len(files) > 2
        assert {httpx2.get(f"{running.address}{name}").status_code for name in files} == {200}
        style = next(name for name in files if name.endswith(".css"))
        named = re.findall(r"url\(['\"]?([^'\")]+)", httpx2.get(f"{running.address}{style}").text)
        fonts = [name for name in named if name.endswith(".woff2")]
        assert fonts
        assert {httpx2.get(f"{running.address}/static/{Path(name).name}").status_code for name in fonts} == {200}
        ready = httpx2.get(f"{running.address}/readyz").json()
        assert (ready["schema"], ready["round"]) == (True, False)
