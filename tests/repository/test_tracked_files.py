"""What is tracked: no person's data, no model, no address of a package registry, Korean only where it belongs."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# The one font of printed files: all syllables and hanja, which no smaller one has.
NOT_TEXT = {"serving/files/fonts/NanumBarunGothic.ttf"}


def is_text(name: str) -> bool:
    """All but fonts (the one of printed files, and the three weights of the screen) and the guides' pictures."""
    is_font = name in NOT_TEXT or (name.startswith("serving/static/") and name.endswith(".woff2"))
    return not is_font and not (name.startswith("docs/pictures/") and name.endswith(".png"))


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing can be said about what is tracked")
    return [name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


@pytest.fixture(scope="module")
def texts(tracked: list[str]) -> dict[str, str]:
    return {name: (PROJECT / name).read_bytes().decode("utf-8") for name in tracked if is_text(name)}


def test_every_tracked_file_is_text_in_utf8_with_plain_line_ends(texts: dict[str, str]) -> None:
    assert [name for name, text in texts.items() if "\r" in text or text.startswith("\ufeff")] == []
    assert [name for name, text in texts.items() if "\0" in text] == []


def test_no_data_model_or_training_log_is_tracked(tracked: list[str]) -> None:
    below = [name for name in tracked if name.startswith(("data/", "models/", "mlruns/"))]
    allowed = {"data/README.md", "models/README.md", "mlruns/README.md"}
    assert [name for name in below if name not in allowed and not name.startswith("data/reference/")] == []
    assert [
        name for name in tracked if name.endswith((".parquet", ".sav", ".dta", ".rda", ".pkl", ".db", ".key"))
    ] == []


# In two parts, so that this file does not hold them itself.
REGISTRIES = [
    first + last
    for first, last in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("test.", "pypi"),
        ("anaconda", ".org"),
        ("conda", "-forge"),
        ("npmjs", ".org"),
        ("registry", ".npmjs"),
        ("hugging", "face.co"),
        ("docker", ".io"),
        ("ghcr", ".io"),
        ("crates", ".io"),
        ("proxy", ".golang.org"),
        ("--index", "-url "),
        ("--extra-", "index-url"),
        ("--find-", "links"),
    )
]


@pytest.mark.parametrize("needle", REGISTRIES)
def test_no_registry_is_named(texts: dict[str, str], needle: str) -> None:
    assert [name for name, text in texts.items() if needle in text.lower()] == []


def test_files_are_small_enough_to_be_read(tracked: list[str]) -> None:
    sizes = {name: (PROJECT / name).stat().st_size for name in tracked if name not in NOT_TEXT}
    assert {name: size for name, size in sizes.items() if size > 700_000} == {}


# Korean in Python, each with its reason.
KOREAN_ALLOWED = {
    "features/": "labels and sentences of the catalogue",
    "serving/wording_": "the words of screens, files and the trail, each beside what it is for",
    "scoring/wording_ko.py": "methods and groups, for documents and pages alike",
    "training/wording_ko.py": "the words of the model card and the data sheet",
    "domain/korean.py": "particles, units and surnames",
    "tests/": "what is expected on a screen",
    "benchmarks/": "places of the made-up population",
}
KOREAN_IN_CODE = {
    "training/labels.py": "labels' names on screen, beside their definition",
    "scoring/reasons.py": "the sentence around what is not known",
    "serving/pages/typed_contact.py": "how people write a time of day",
    "serving/showing/people.py": "how names of roads end",
    "sagak/synthesizing.py": "the demo's place",
    "sagak/cli.py": "the demo's place",
    "training/population.py": "how names of towns, townships and neighbourhoods end",
    "training/documents.py": "the particle after a method's name",
    "sources/cells.py": "the Korean name of what was found in a column, for whoever sent it",
    "sources/reading.py": "the first and last syllable, to tell encodings apart",
}
HANGUL = re.compile("[가-힣]")


def code_lines_with_korean(text: str) -> list[int]:
    """Lines with Korean outside comments and docstrings, where a law's or an office's own word may stand."""
    import io
    import tokenize

    found = []
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_docstring = token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.NL)
        if token.type != tokenize.COMMENT and not is_docstring and HANGUL.search(token.string):
            found.append(token.start[0])
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            before = token.type
    return found


def is_korean_data(name: str) -> bool:
    """Reading and making Korean files needs their words: survey labels, places, addresses, names of regions."""
    return name.startswith(("sources/koweps", "sources/synthetic/"))


def test_korean_stands_only_where_people_who_know_the_words_will_look(texts: dict[str, str]) -> None:
    where = {
        name
        for name, text in texts.items()
        if name.endswith(".py")
        and not name.startswith(tuple(KOREAN_ALLOWED))
        and not is_korean_data(name)
        and code_lines_with_korean(text)
    }
    assert where <= set(KOREAN_IN_CODE)


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_locks_pin_every_package_with_hashes_and_name_no_address(name: str) -> None:
    text = (PROJECT / "requirements" / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")))
    assert len(entries) > 50
    assert [entry for entry in entries if not re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", entry)] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_locks_hold_every_dependency_within_its_bounds() -> None:
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for file, wanted in (("run.txt", project["dependencies"]), ("dev.txt", [*extras["dev"], *extras["spark"]])):
        text = (PROJECT / "requirements" / file).read_text(encoding="utf-8")
        pinned = {canonicalize_name(n): v for n, v in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE)}
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement.name


def test_the_development_lock_agrees_with_the_one_that_runs() -> None:
    def pins(file: str) -> dict[str, str]:
        text = (PROJECT / "requirements" / file).read_text(encoding="utf-8")
        return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, re.MULTILINE))

    run, dev = pins("run.txt"), pins("dev.txt")
    assert {name: (run[name], dev[name]) for name in run.keys() & dev.keys() if run[name] != dev[name]} == {}


def test_every_dependency_says_where_it_is_used() -> None:
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(r'^  "(?:[^"]+)",.*$', text.split("dependencies = [\n")[1].split("\n]\n")[0], re.MULTILINE)
    assert len(lines) == len(tomllib.loads(text)["project"]["dependencies"])
    assert [line for line in lines if "#" not in line] == []


# Words of how things came about, which a reader of the project has no use for. In two parts, as above.
MAKING = ["/wo" + "rk/", "sha" + "red/data", "this br" + "ief", "issue" + " #", "chat" + "gpt", "clau" + "de"]


@pytest.mark.parametrize("needle", MAKING)
def test_nothing_tells_how_the_project_is_made(texts: dict[str, str], needle: str) -> None:
    """`.ci/run` alone may look for survey data beside the checkout."""
    assert [name for name, text in texts.items() if needle in text.lower() and name != ".ci/run"] == []
