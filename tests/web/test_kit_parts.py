"""The kit without a browser: what templates hold, how values are written and read, and what is built from what."""

import json
import re
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from domain.errors import UsageError
from domain.listing import Band
from serving import wording_ko
from serving.rendering import STATIC, Column, Sorting, korean_datetime, masked_phone, render, url, won
from serving.typed import typed_date
from tests.support.kit_site import FRAME, TEMPLATES, proof, sheet

FRONTEND = Path(__file__).parents[2] / "serving" / "frontend"


def test_no_template_holds_a_style_or_a_script_of_its_own() -> None:
    for html in (proof(), sheet(3)):
        assert "style=" not in html
        assert "<style" not in html
        assert " onclick" not in html
        assert html.count("<script") == html.count('<script src="/static/')


def test_what_people_typed_is_text_and_a_forgotten_variable_is_an_error() -> None:
    shown = render("error.html.j2", frame=FRAME, status=404, sentence="<b>굵게</b>", advice='"&')
    assert "&lt;b&gt;굵게&lt;/b&gt;" in shown
    with pytest.raises(UndefinedError):
        render("error.html.j2", frame=FRAME, status=404, sentence="없음")


def test_the_band_is_told_by_a_word_and_a_shape_and_not_by_colour_alone() -> None:
    parts = TEMPLATES.get_template("macros/parts.html.j2").module
    drawn = {band: str(parts.band_badge(band)) for band in Band}
    assert [drawn[band].count('class="on"') for band in Band] == [4, 3, 2, 1]
    assert [wording_ko.BANDS[band] in drawn[band] for band in Band] == [True] * 4


def test_links_keep_the_rest_of_the_query() -> None:
    sorting = Sorting("/list", "rank", query={"band": "high"})
    assert sorting.href(Column("순위", sort="rank")) == "/list?band=high&sort=rank&order=desc"
    assert sorting.href(Column("가구", sort="name")) == "/list?band=high&sort=name&order=asc"
    assert [sorting.state(Column("", sort=key)) for key in ("rank", "name")] == ["ascending", "none"]
    assert url("/list", {"band": None, "worker": "", "page": 0}) == "/list?page=0"


def test_values_are_written_as_offices_write_them() -> None:
    assert korean_datetime(datetime(2026, 11, 15, 23, 10, tzinfo=UTC)) == "2026. 11. 16.(월) 08:10"
    assert won(234580) == "234,580원"
    assert [masked_phone(phone) for phone in ("010-1234-5678", "0312345678", "05012345678", "15880000", "")] == [
        "010-****-5678",
        "031-***-5678",
        "0501-***-5678",
        "******00",
        "",
    ]


@pytest.mark.parametrize(
    "typed", ["20261116", "2026-11-16", "2026. 11. 16.", "2026.11.16", "2026/11/16", " 2026. 11. 16.(월) "]
)
def test_a_day_is_read_however_it_is_typed(typed: str) -> None:
    assert typed_date(typed) == date(2026, 11, 16)


@pytest.mark.parametrize("typed", ["2026111", "20261131", "2026-11", "어제", "261116", "2026-11-16 08:10"])
def test_what_is_no_day_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed_date(typed)
    assert typed not in str(refused.value)


def test_nothing_typed_is_no_day() -> None:
    assert typed_date("  ") is None


def test_the_manifest_names_every_built_file_and_no_other() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    there = {path.name for path in STATIC.iterdir()} - {"manifest.json", "NOTICE.txt"}
    assert set(manifest.values()) == there
    assert {"app.css", "app.js", "htmx.js", "favicon.svg"} <= set(manifest)


def test_built_files_name_no_other_host() -> None:
    for path in STATIC.iterdir():
        if path.suffix in (".css", ".js"):
            found = re.findall(r"https?://[^\s\"')]+", path.read_text(encoding="utf-8"))
            assert [address for address in found if not address.startswith("http://www.w3.org/")] == []


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    if shutil.which("node") is None or not (FRONTEND / "node_modules").is_dir():
        pytest.skip(
            "node or serving/frontend/node_modules is not there: that static/ is built from its sources is NOT checked"
        )
    subprocess.run(["node", "build.mjs", str(tmp_path)], cwd=FRONTEND, check=True, capture_output=True, timeout=120)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in STATIC.iterdir()}
    assert [path.name for path in STATIC.iterdir() if path.read_bytes() != (tmp_path / path.name).read_bytes()] == []
