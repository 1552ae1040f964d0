"""Two dongs of one district are both called 중산동: wherever one of several is named, its code says which."""

from datetime import date

import pytest

from domain.dong import Dong, told_apart
from domain.errors import NotFound
from domain.policy import Policy
from domain.published import PublishedDong
from sagak.adapters import find_dong
from serving.pages.audit_replay import _areas
from serving.showing.dong_map import tile_map
from serving.showing.hub_view import dong_rows, places_rows
from sources.dongs import current_dongs
from store.figures_of_dongs import DongFigures

ONE, OTHER, THIRD = "4128552500", "4128552600", "4128553000"
SAID = {ONE: "중산동(4128552500)", OTHER: "중산동(4128552600)", THIRD: "정발산동"}
DONGS = {code: Dong(code, "경기도", "고양시일산동구", SAID[code].split("(")[0]) for code in SAID}
PUBLISHED = tuple(PublishedDong(dong, 10, 0, "") for dong in DONGS.values())


def test_the_register_has_them() -> None:
    known = current_dongs(date(2026, 11, 16))
    assert [known[code].name for code in (ONE, OTHER)] == ["중산동", "중산동"]


def test_only_namesakes_of_one_district_carry_their_code() -> None:
    names = {code: dong.name for code, dong in DONGS.items()}
    assert told_apart(names) == SAID
    assert told_apart({ONE: "중앙동", "4128151000": "중앙동"}) == {ONE: "중앙동", "4128151000": "중앙동"}


def test_a_dong_that_is_not_found_is_answered_with_names_that_lead_to_one() -> None:
    with pytest.raises(NotFound) as raised:
        find_dong(DONGS, "중산1동")
    assert "중산동(4128552500), 중산동(4128552600)" in raised.value.hint
    assert find_dong(DONGS, "중산동(4128552600)").code == OTHER


def test_the_hubs_tables_and_the_map_of_a_dong_tell_them_apart() -> None:
    figures = [DongFigures("2026-W47", date(2026, 11, 16), code, dong.name, 10, 8, 0, 0, 0, 0)
               for code, dong in DONGS.items()]  # fmt: skip
    assert {row.name for row in dong_rows(figures, {}, sort="name", is_descending=False)} == set(SAID.values())
    assert [row.name for row in places_rows(PUBLISHED, {}, Policy(), {})] == list(SAID.values())
    tiles = tile_map(PUBLISHED, ONE, {}).apart
    assert {tile.name for tile in tiles} == set(SAID.values())
    # On the map a name is drawn in full, the code that tells it apart below it.
    assert {tile.lines for tile in tiles} == {("중산동", f"({ONE})"), ("중산동", f"({OTHER})"), ("정발산동",)}


def test_an_auditor_chooses_one_of_them() -> None:
    _, *dongs = _areas(PUBLISHED)
    assert [choice.label for choice in dongs] == [f"고양시일산동구 {name}" for name in SAID.values()]
