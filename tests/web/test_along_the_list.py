"""Whoever narrows the list and opens a household stays on that list: back, on along it, and after each form."""

import re
from pathlib import Path

import pytest

from tests.support.desk import DONG, Office, rows_of
from tests.support.made_store import NEWEST, made_sqlite


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(made_sqlite(tmp_path))


def links(page: str) -> dict[str, str]:
    """Where the buttons beside the heading lead, by their words."""
    found = re.findall(r'<a class="krds-btn[^>]*href="([^"]*)"[^>]*>([^<]*)</a>', page)
    return {word: href.replace("&amp;", "&") for href, word in found}


def opened(office: Office, asked: str, place: int) -> str:
    """The household in that place of the list as it was asked for."""
    row = rows_of(office.get(f"/list?{asked}"))[place]
    return re.search(r'href="([^"]*)" data-row-link', row)[1].replace("&amp;", "&")


def test_a_narrowed_list_leads_to_its_households_and_back(office: Office) -> None:
    one, two = (house.ref for house in office.made.listed(NEWEST, DONG)[1:3])
    href = opened(office, "band=high&sort=name&order=desc", 0)
    assert href.endswith(f"?round={NEWEST}&band=high&sort=name&order=desc")
    ways = links(office.get(href))
    assert ways["명단"] == f"/list?dong={DONG}&round={NEWEST}&band=high&sort=name&order=desc"
    assert len(rows_of(office.get(ways["명단"]))) == 2
    assert {ref for ref in (one, two) if f"/households/{ref}?" in href + ways["다음 가구"]} == {one, two}
    assert "앞 가구" not in ways
    assert "다음 가구" not in links(office.get(ways["다음 가구"]))


def test_the_whole_list_is_walked_as_before(office: Office) -> None:
    houses = office.made.listed(NEWEST, DONG)
    ways = links(office.get(opened(office, "", 2)))
    assert ways["앞 가구"] == f"/households/{houses[1].ref}?round={NEWEST}"
    assert ways["다음 가구"] == f"/households/{houses[3].ref}?round={NEWEST}"


def test_who_was_just_phoned_fits_no_more_and_the_walk_goes_on_from_there(office: Office) -> None:
    waiting = [house.ref for house in office.made.listed(NEWEST, DONG) if house != office.made.house(DONG, 1)]
    href = opened(office, "status=waiting", 1)
    action = re.search(r'action="([^"]*/contacts[^"]*)"', office.get(href))[1].replace("&amp;", "&")
    assert action == f"/households/{waiting[1]}/contacts?round={NEWEST}&status=waiting"
    ways = links(office.saved(action, seen=0, method="phone", attempt="reached"))
    assert ways["앞 가구"] == f"/households/{waiting[0]}?round={NEWEST}&status=waiting"
    assert ways["다음 가구"] == f"/households/{waiting[2]}?round={NEWEST}&status=waiting"
    assert waiting[1] not in "".join(rows_of(office.get(ways["명단"])))


def test_putting_a_contact_right_comes_back_to_the_narrowed_list(office: Office) -> None:
    page = office.get(opened(office, "status=working", 0))
    form = office.get(re.search(r'href="([^"]*/contacts/[^"]*)"', page)[1].replace("&amp;", "&"))
    assert f"?round={NEWEST}&amp;status=working" in form
    action = re.search(r'action="([^"]*/contacts/[^"]*)"', form)[1].replace("&amp;", "&")
    answer = office.post(action, seen=1, method="phone", attempt="absent", made_on="2026. 11. 12.", made_time="10:15",
                         reason="집에 계시지 않았던 것을 잘못 적음")  # fmt: skip
    assert answer.headers["location"].endswith(f"?round={NEWEST}&status=working&done=corrected")


def test_what_no_list_knows_is_not_kept(office: Office) -> None:
    ref = office.made.listed(NEWEST, DONG)[0].ref
    page = office.get(f"/households/{ref}?round={NEWEST}&band=huge&worker=none%00&sort=x&order=desc%22")
    assert links(page)["명단"] == f"/list?dong={DONG}&round={NEWEST}"
